//! Repairs of many files at once.

use crate::fork::one_line;

#[test]
fn every_header_at_once() {
    let project = one_line();
    project.git(["checkout", "-q", "-b", "headers"]);
    for number in 10..40_u32 {
        let parent = format!("'h{}'", number - 1);
        let parent = if number == 10 { "'c3d9'" } else { &parent };
        let text = format!(
            "\"\"\"h\n\nRevision ID: h{number}\nRevises: zzz\n\"\"\"\nrevision = 'h{number}'\ndown_revision = {parent}\n\n\ndef upgrade():\n    op.run({number})\n"
        );
        project.write(&format!("versions/h{number}.py"), &text);
    }
    let answer = project.onehead(["check", "--fix"]).exits(0);
    let _ = answer.shows("Next:   git add versions && git commit -m 'Mend migrations'");
    assert!(project.files()["versions/h39.py"].contains("\nRevises: h38\n"));
}
