//! Where a repository may lie and what it may be made of: linked worktrees, submodules, sparse checkouts, other hashes.

use std::path::Path;

use super::{Room, heads, script};

/// A second head that is staged, and another one that only lies around.
fn fork_in(room: &Room, folder: &str) {
    room.write(&format!("{folder}/versions/c.py"), &script("c", "a"));
    room.git_in(folder, "add versions/c.py");
    room.write(&format!("{folder}/versions/d.py"), &script("d", "a"));
}

#[track_caller]
fn staged_heads(room: &Room, folder: impl AsRef<Path>, expected: &str) {
    let answer = room.onehead_in(folder, "check --staged --format json");
    assert_eq!(heads(&answer), expected, "{answer}");
    answer.exits(i32::from(expected.contains(' ')));
}

#[test]
fn each_worktree_has_an_index_of_its_own() {
    let room = Room::new();
    room.git("worktree add -q -b side linked");
    fork_in(&room, "linked");
    staged_heads(&room, "linked", "b c");
    staged_heads(&room, "linked/versions", "b c");
    staged_heads(&room, ".", "b");
    room.hook("pre-commit", "onehead check --staged");
    let output = room.try_git("linked/versions", &["commit", "-q", "-m", "x"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--> versions/c.py:6:17"), "{said}");
    room.git_in("linked", "commit -q --no-verify -m x");
    room.onehead("check --ref side").exits(1);
    room.onehead_in("linked", "check --ref main").exits(0);
    room.onehead("check --merge-with side").exits(1).shows("multiple-heads");
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let inner = Room::new();
    let room = Room::new();
    let source = inner.path();
    let arguments = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "-q",
        "add",
        source.to_str().unwrap(),
        "sub",
    ];
    assert!(room.try_git(".", &arguments).status.success());
    room.commit();
    fork_in(&room, "sub");
    staged_heads(&room, "sub", "b c");
    staged_heads(&room, "sub/versions", "b c");
    // Beside it lies a repository that is nothing but a name here.
    staged_heads(&room, ".", "b");
    room.onehead("check --ref HEAD").exits(0);
    room.onehead("check --merge-with HEAD").exits(0);
    // From a hook of the outer repository, the inner one is judged by its own index.
    room.hook("pre-commit", "onehead -C sub check --staged");
    room.write("README.md", "x");
    room.git("add README.md");
    let output = room.try_git(".", &["commit", "-q", "-m", "x"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("--> versions/c.py:6:17"),
        "{output:?}"
    );
}

#[test]
fn a_hook_may_ask_about_another_repository() {
    let other = Room::new();
    fork_in(&other, ".");
    let room = Room::new();
    let path = other.path();
    let path = path.display();
    // With the variables of the hook, git would answer about the repository that is committed to.
    room.hook(
        "pre-commit",
        &format!(
            "export GIT_DIR=\"$(git rev-parse --absolute-git-dir)\"\n\
             onehead -C {path} heads --staged >&2\n\
             onehead -C {path} heads --ref HEAD >&2\n\
             (cd {path} && env -u GIT_DIR -u GIT_INDEX_FILE {} heads --staged >&2)\n\
             onehead heads --staged >&2",
            super::ONEHEAD
        ),
    );
    room.script("x", "b");
    room.git("add -A");
    let output = room.try_git(".", &["commit", "-q", "-m", "x"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "b (head)\nc (head)\nb (head)\nb (head)\nc (head)\nx (head)\n");
}

#[test]
fn the_environment_may_say_which_repository_is_meant() {
    let room = Room::new();
    fork_in(&room, ".");
    room.git("init -q other");
    // The repository's folder lies apart from the files, which git is told and cannot see.
    let git_directory = room.path().join("apart");
    std::fs::rename(room.path().join(".git"), &git_directory).unwrap();
    let top = room.path();
    for folder in [".", "versions"] {
        room.onehead_in(folder, "check --staged").exits(2);
    }
    let room = room.variable("GIT_DIR", &git_directory).variable("GIT_WORK_TREE", &top);
    for folder in [".", "versions", "other"] {
        staged_heads(&room, folder, "b c");
        room.onehead_in(folder, "check --ref HEAD").exits(0);
        room.onehead_in(folder, "check --merge-with HEAD").exits(0);
    }
}

#[test]
fn what_paths_mean_to_git_by_other_variables_does_not_matter() {
    for name in ["GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"] {
        let room = Room::new().variable(name, "1");
        fork_in(&room, ".");
        staged_heads(&room, ".", "b c");
        room.onehead("check --ref HEAD").exits(0);
        room.onehead("check --merge-with HEAD").exits(0);
    }
}

#[test]
fn another_index_may_be_named() {
    let room = Room::new();
    fork_in(&room, ".");
    std::fs::copy(room.path().join(".git/index"), room.path().join(".git/other")).unwrap();
    room.git("rm -q --cached versions/c.py");
    staged_heads(&room, ".", "b");
    let absolute = room.path().join(".git/other");
    let room = room.variable("GIT_INDEX_FILE", absolute);
    staged_heads(&room, "versions", "b c");
    // Relative to the top folder, wherever the program is run.
    let room = room.variable("GIT_INDEX_FILE", ".git/other");
    staged_heads(&room, "versions", "b c");
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_in_the_index() {
    for sparse_index in ["", " --sparse-index"] {
        let room = Room::new();
        room.write("other/file", "x");
        room.commit();
        fork_in(&room, ".");
        room.commit();
        room.git(&format!("sparse-checkout init --cone{sparse_index}"));
        room.git("sparse-checkout set other");
        assert!(!room.path().join("versions").exists());
        staged_heads(&room, ".", "b c d");
        staged_heads(&room, "other", "b c d");
        room.onehead("check --ref HEAD").exits(1);
        room.onehead("check --merge-with HEAD~1").exits(1);
    }
}

#[test]
fn other_hashes_and_other_stores_of_refs_are_read() {
    for option in ["--object-format=sha256", "--ref-format=reftable"] {
        let room = Room { project: super::Project::new().history("a <- b"), variables: Vec::new() };
        let output = room.try_git(".", &["init", "-q", "-b", "main", option]);
        if !output.status.success() {
            // An older git knows no tables.
            assert!(option.contains("reftable"), "{output:?}");
            continue;
        }
        room.commit();
        fork_in(&room, ".");
        room.git("add -N versions/d.py");
        room.write("versions/e.py", "");
        room.git("add versions/e.py");
        let answer = room.onehead("check --staged --format json").exits(1);
        // An empty file has the id that Alembic takes from its name.
        assert_eq!(heads(&answer), "b c e");
        room.git("rm -q -f versions/e.py");
        room.git("checkout -q -b side");
        room.git("commit -q -m x versions/c.py");
        room.git("checkout -q main");
        room.write("versions/f.py", &script("f", "b"));
        room.git("add versions/f.py");
        room.git("commit -q -m x versions/f.py");
        let answer = room.onehead("check --merge-with side --format json").exits(1);
        assert_eq!(heads(&answer), "c f");
        room.onehead("check --ref side").exits(1);
        room.onehead("check --ref main").exits(0);
    }
}
