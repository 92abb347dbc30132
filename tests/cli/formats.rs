//! `check --format` for the programs of others, `--output-file`, and what is written beside the text under GitHub Actions.

use serde_json::Value;

use crate::support::Project;

fn forked() -> Project {
    Project::new().history("a <- b, a <- c")
}

#[test]
fn every_format_says_the_same_and_ends_the_same() {
    let project = forked();
    for format in ["github", "gitlab", "sarif", "junit", "rdjson"] {
        for quiet in [&[][..], &["--quiet"]] {
            let arguments = [&["check", "--format", format], quiet].concat();
            let answer = project.onehead_with("", &arguments).exits(1);
            let said = &answer.stdout;
            assert!(said.contains("multiple-heads") && said.contains("versions/c.py"), "{said}");
            assert_eq!(answer.stderr.is_empty(), !quiet.is_empty(), "{}", answer.stderr);
            assert_eq!(project.onehead_with("", &arguments).stdout, *said);
        }
        project.onehead_with("", &["check", "--format", format, "--exit-zero"]).exits(0);
        project.onehead_with("", &["heads", "--format", format]).exits(2);
    }
}

#[test]
fn paths_are_those_of_the_repository_wherever_it_is_run() {
    let project = Project::empty();
    project.write("a/b/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    project.write("a/b/versions/a.py", "revision = 'a'\ndown_revision = None\n");
    project.write("a/b/versions/b.py", "revision = 'b'\ndown_revision = 'x'\n");
    project.git(["init", "-q"]);
    for format in ["github", "gitlab", "sarif", "junit", "rdjson"] {
        let top = project.onehead_in(".", ["check", "--format", format]);
        let deep = project.onehead_in("a/b/versions", ["check", "--format", format]);
        assert!(top.stdout.contains("a/b/versions/b.py"), "{}", top.stdout);
        assert_eq!(top.stdout, deep.stdout);
    }
}

#[test]
fn a_fingerprint_outlives_lines_and_names_of_files() {
    let fingerprint = |project: &Project| {
        let document: Value =
            serde_json::from_str(&project.onehead(["check", "--format", "gitlab"]).stdout).unwrap();
        document[0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let project = forked();
    let before = fingerprint(&project);
    let script = std::fs::read_to_string(project.path().join("versions/c.py")).unwrap();
    std::fs::remove_file(project.path().join("versions/c.py")).unwrap();
    project.write("versions/renamed.py", &format!("# one\n# two\n\n{script}"));
    assert_eq!(fingerprint(&project), before);
    project.write("versions/d.py", "revision = 'd'\ndown_revision = 'a'\n");
    assert_ne!(fingerprint(&project), before);
}

#[test]
fn what_is_old_has_the_lowest_level() {
    let project = forked();
    project.git(["init", "-q", "-b", "main"]);
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "-m", "first"]);
    for (format, word) in [
        ("github", "::notice file="),
        ("gitlab", r#""severity": "info""#),
        ("sarif", r#""level": "note""#),
        ("junit", "<system-out>old: "),
        ("rdjson", r#""severity": "INFO""#),
    ] {
        let arguments = ["check", "--new-only", "--baseline", "main", "--format", format];
        let answer = project.onehead(arguments).exits(0);
        assert!(answer.stdout.contains(word), "{}", answer.stdout);
    }
}

#[test]
fn warnings_fail_a_test_under_strict_alone() {
    let project = Project::new();
    project.write("versions/a1b2c3d4e5f6.py", "revision = 'a1b2c3d4e5f6'\ndown_revision = None\n");
    let lenient = project.onehead(["check", "--format", "junit"]).exits(0);
    assert!(lenient.stdout.contains("failures=\"0\""), "{}", lenient.stdout);
    assert!(lenient.stdout.contains("<system-out>warning: "), "{}", lenient.stdout);
    let strict = project.onehead(["check", "--format", "junit", "--strict"]).exits(1);
    assert!(strict.stdout.contains("type=\"warning\""), "{}", strict.stdout);
    // What was not looked at has not passed.
    let ignored = project.onehead(["check", "--format", "junit", "--ignore", "multiple-heads"]);
    assert!(!ignored.stdout.contains("multiple-heads"), "{}", ignored.stdout);
    assert!(!lenient.stdout.contains("empty-message"), "{}", lenient.stdout);
}

#[test]
fn several_formats_in_one_run() {
    let project = forked();
    let answer = project
        .onehead([
            "check",
            "--output-file",
            "sarif=out.sarif",
            "--output-file",
            "gitlab=quality.json",
            "--output-file",
            "./a=b",
        ])
        .exits(1);
    assert_eq!(answer.stdout, "");
    for (format, file) in [("sarif", "out.sarif"), ("gitlab", "quality.json"), ("text", "a=b")] {
        let alone = project.onehead(["check", "--format", format]).stdout;
        assert_eq!(project.files()[file], alone, "{file}");
    }
    let beside = project.onehead(["check", "--output-file", "junit=t.xml", "--format", "concise"]);
    assert_eq!(beside.stdout, project.onehead(["check", "--format", "concise"]).stdout);
    assert!(project.files()["t.xml"].starts_with("<?xml"));
    // Nothing lies about beside them.
    assert_eq!(project.files().keys().filter(|name| !name.starts_with("versions/")).count(), 5);
}

#[test]
fn a_file_is_replaced_whole_and_keeps_its_permissions() {
    let project = forked();
    project.write("r.json", "x".repeat(100_000).as_str());
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(project.path().join("r.json"), private).unwrap();
        symlink("r.json", project.path().join("link")).unwrap();
    }
    let name = if cfg!(unix) { "link" } else { "r.json" };
    project.onehead_with("", &["check", "--format", "json", "--output-file", name]).exits(1);
    let json = project.onehead(["check", "--format", "json"]).stdout;
    assert_eq!(project.files()["r.json"], json);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = std::fs::symlink_metadata(project.path().join("r.json")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        assert!(project.path().join("link").is_symlink());
    }
}

#[test]
fn a_file_that_cannot_be_written_is_a_failure() {
    let project = forked();
    project.make("folder");
    for (file, reason) in [
        (
            "sarif=no/such/folder.json",
            "cannot write no/such/folder.json: no such file or directory",
        ),
        ("sarif=folder", "cannot write folder: there is something else of that name"),
        ("sarif=versions/a.py/x", "cannot write versions/a.py/x: not a directory"),
    ] {
        let answer = project.onehead(["check", "--output-file", file]).exits(2);
        assert_eq!(answer.stdout, "");
        assert!(answer.stderr.contains(reason), "{}", answer.stderr);
    }
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_read() {
    let project = Project::empty();
    for (arguments, reason) in [
        (&["--output-file", "sarfi=x"][..], "there is no format `sarfi`: did you mean `sarif`?"),
        (&["--output-file", "sarif="], "--output-file has no name"),
        (&["--output-file", "x", "--output-file", "y"], "two files for the same answer"),
        (&["--output-file", "json=x", "--output-file", "sarif=x"], "x is named twice"),
        (&["--diff", "--output-file", "x"], "`--diff` shows what would be changed"),
        (&["--diff", "--format", "sarif"], "`--diff` shows what would be changed"),
    ] {
        let answer = project.onehead_with("", &[&["check"], arguments].concat()).exits(2);
        assert!(answer.stderr.contains(reason), "{}", answer.stderr);
        assert!(project.files().is_empty());
    }
}

fn on_github(project: Project) -> Project {
    let summary = project.path().join("summary.md");
    let summary = summary.to_str().expect("a path").to_owned();
    project.variable("GITHUB_ACTIONS", "true").variable("GITHUB_STEP_SUMMARY", &summary)
}

#[test]
fn github_gets_annotations_and_a_summary_beside_the_text() {
    let plain = forked().onehead(["check"]);
    let project = on_github(forked());
    let answer = project.onehead(["check"]).exits(1);
    assert!(answer.stdout.starts_with(&plain.stdout), "{}", answer.stdout);
    let more: Vec<&str> = answer.stdout[plain.stdout.len()..].lines().collect();
    assert_eq!(more.len(), 1, "{more:?}");
    assert!(more[0].starts_with("::error file=versions/c.py,line="), "{more:?}");
    assert_eq!(answer.stderr, plain.stderr);
    let first = project.files()["summary.md"].clone();
    assert!(first.starts_with("### onehead: 1 error in 3 revisions"), "{first}");
    assert!(first.contains("versions&#47;c.py"), "{first}");
    // Another run of the same step adds to it.
    project.onehead(["check"]);
    assert_eq!(project.files()["summary.md"], format!("{first}{first}"));
}

#[test]
fn github_gets_nothing_beside_what_is_for_programs_or_was_not_wanted() {
    let project = on_github(forked());
    for format in ["json", "gitlab", "sarif", "junit", "rdjson"] {
        let answer = project.onehead(["check", "--format", format]);
        assert_eq!(answer.stdout, forked().onehead(["check", "--format", format]).stdout);
    }
    assert_eq!(project.onehead(["check", "--quiet"]).stdout, "");
    assert!(!project.files().contains_key("summary.md"));
    let project = project.variable("ONEHEAD_NO_ANNOTATIONS", "1");
    assert_eq!(project.onehead(["check"]).stdout, forked().onehead(["check"]).stdout);
    assert!(!project.files().contains_key("summary.md"));
}

#[test]
fn a_summary_that_cannot_be_written_fails_nothing() {
    let project = forked()
        .variable("GITHUB_ACTIONS", "true")
        .variable("GITHUB_STEP_SUMMARY", "no/such/summary.md");
    let answer = project.onehead(["check"]).exits(1);
    assert!(answer.stderr.contains("the summary of the job was not written: no such file"));
}

#[test]
fn text_that_holds_commands_is_put_out_of_the_runners_reach() {
    let project = on_github(Project::new());
    project.write("versions/a.py", "revision = 'a'\ndown_revision = '##[add-mask]x'\n");
    let answer = project.onehead(["check"]);
    let word = answer.stdout.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
    let end = format!("\n::{word}::\n::error ");
    assert_eq!(answer.stdout.matches(&end).count(), 1, "{}", answer.stdout);
}

#[test]
fn what_kept_it_from_working_is_annotated_too() {
    let project = Project::empty();
    for (project, arguments) in [
        (project.variable("GITHUB_ACTIONS", "true"), &["check"][..]),
        (Project::empty(), &["check", "--format", "github"]),
    ] {
        let answer = project.onehead_with("", arguments).exits(2);
        let said = "::error title=onehead could not check::no Alembic environment found%0A";
        assert!(answer.stdout.starts_with(said), "{}", answer.stdout);
        assert_eq!(answer.stdout.lines().count(), 1);
        assert!(answer.stderr.starts_with("error: no Alembic environment found"));
    }
    let answer = Project::empty().onehead(["check", "--format", "sarif"]).exits(2);
    assert_eq!(answer.stdout, "");
}
