//! The bundled examples, which the documentation and the first minutes of every reader rest on.

use std::fs;
use std::path::Path;

use crate::support::Project;

/// A copy of `examples/<name>`, outside of this repository.
fn example(name: &str) -> Project {
    let project = Project::empty();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    copy(&root, &root, &project);
    project
}

fn copy(folder: &Path, root: &Path, project: &Project) {
    for entry in fs::read_dir(folder).expect("the example is there") {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
        if name.ends_with("__pycache__") {
            continue;
        }
        if path.is_dir() {
            copy(&path, root, project);
        } else {
            project.write(&name, &fs::read(&path).expect("readable"));
        }
    }
}

#[test]
fn linear_is_clean() {
    let answer = example("linear").onehead(["check", "--all"]).exits(0).prints("");
    answer.says("1 head, 4 revisions, no problems (alembic.ini)");
}

#[test]
fn forked_has_two_heads_and_names_both_files() {
    let answer = example("forked").onehead(["check"]).exits(1);
    let answer = answer.shows("error[multiple-heads]: the history has 2 heads: `004` and `005`");
    answer.shows("004_create_carts.py").shows("005_create_labels.py");
}

#[test]
fn labelled_expects_its_two_heads() {
    let answer = example("labelled").onehead(["check", "--all"]).exits(0).prints("");
    answer.says("2 heads, 5 revisions, no problems (alembic.ini)");
}

#[test]
fn broken_has_every_integrity_defect() {
    let mut rules = example("broken").onehead(["check", "--format", "json"]).exits(1).rules();
    rules.sort();
    rules.dedup();
    let integrity = [
        "cycle",
        "duplicate-label",
        "duplicate-revision",
        "missing-dependency",
        "missing-parent",
        "unreadable-script",
    ];
    for rule in integrity {
        assert!(rules.iter().any(|found| found == rule), "{rule} is not among {rules:?}");
    }
}
