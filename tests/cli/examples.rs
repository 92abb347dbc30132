//! The bundled examples, which the documentation and the first minutes of every reader rest on.

use std::fs;
use std::path::Path;

use crate::support::{Project, check};

/// A copy of `examples/<name>`, outside of this repository.
pub fn example(name: &str) -> Project {
    let project = Project::empty();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("examples").join(name);
    copy(&folder, &folder, &project);
    project
}

/// Copies `folder` into the project, to where it lies below `root`.
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
    check!(example("linear").onehead(["check", "--all"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    1 head, 4 revisions, no problems (alembic.ini)
    ");
}

#[test]
fn forked_has_two_heads_and_names_both_files() {
    check!(example("forked").onehead(["check"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[multiple-heads]: the history has 2 heads: `004` and `005`
      --> migrations/versions/005_create_labels.py:16:50
       |
    16 | down_revision: Union[str, Sequence[str], None] = '003'
       |                                                  ^^^^^ `004` follows `003` too: here the history parts
       |
       = note: `004` create carts    migrations/versions/004_create_carts.py
       = note: `005` create labels   migrations/versions/005_create_labels.py
       = note: `alembic upgrade head` stops with `Multiple head revisions are present for given argument 'head'`
       = help: put what is unpublished on top of what is published:   onehead rebase
       = help: or join them with a merge:   onehead merge

    ----- stderr -----
    1 error in 5 revisions (alembic.ini)
    "#);
}

#[test]
fn labelled_expects_its_two_heads() {
    check!(example("labelled").onehead(["check", "--all"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    2 heads, 5 revisions, no problems (alembic.ini)
    ");
}

#[test]
fn broken_has_every_integrity_defect() {
    check!(example("broken").onehead(["check", "--format", "concise"]), @"
    exit_code: 1
    ----- stdout -----
    migrations/versions/b82f60d3e759_missing_parent.py:16:50: error[missing-parent] `b82f60d3e759` follows `d91c3b70a6e4`, which no file defines
    migrations/versions/05e3f9a7c2d8_missing_dependency.py:18:47: error[missing-dependency] `05e3f9a7c2d8` depends on `f7b04d61e83a`, which no file defines
    migrations/versions/6c19d8e4b072_add_books_pages_again.py:15:17: error[duplicate-revision] 2 files define `6c19d8e4b072`
    migrations/versions/1d8e72c4f96b_circle_ends.py:16:50: error[cycle] revisions follow each other in a circle: `1d8e72c4f96b` -> `a3f5b1e60d97` -> `1d8e72c4f96b`
    migrations/versions/e7206a9f3c4d_label_used_twice.py:17:51: error[duplicate-label] branch label `library` of `e7206a9f3c4d` is already used by `4a7d2e90c1f3`
    migrations/versions/f04c8b2d6e15_unreadable.py:16:50: error[unreadable-script] `down_revision` is computed when the file runs, so its value is not known here
    ----- stderr -----
    6 errors in 8 revisions (alembic.ini)
    ");
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

/// What every reader sees first is what the program prints.
#[test]
fn the_readme_shows_what_the_program_prints() {
    let project = Project::empty();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&root.join("examples/forked"), root, &project);
    // As in a clone: what is there is published.
    project.git(["init", "-q"]);
    project.git(["add", "-A"]);
    project.git(["commit", "-q", "-m", "clone"]);
    let readme = fs::read_to_string(root.join("README.md")).expect("it is there");
    let block = readme
        .split("```")
        .find_map(|block| block.trim_start().strip_prefix("$ onehead check examples/forked\n"));
    let answer = project.onehead(["check", "examples/forked"]).exits(1);
    assert_eq!(block, Some(&*(answer.stdout + &answer.stderr)));
}
