//! What is in progress, and how files stand.

use std::path::Path;
use std::process::Command;

use onehead::git::{FileState, Git, Progress};

use super::Repository;

/// A repository in which `main` and `other` disagree about `f`; on `main`.
fn conflict() -> Repository {
    let repository = Repository::new(&[]);
    repository.write("f", "1\n");
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "other"]);
    repository.write("f", "2\n");
    repository.commit();
    repository.write("f", "3\n");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("f", "4\n");
    repository.commit();
    repository
}

/// Runs git where it stops with a conflict.
fn stops(repository: &Repository, arguments: &[&str]) {
    let output = Command::new("git")
        .current_dir(&repository.top)
        .args(["-c", "user.name=A", "-c", "user.email=a@example.org"])
        .args(arguments)
        .env("GIT_EDITOR", "true")
        .output()
        .unwrap();
    assert!(!output.status.success(), "{arguments:?} did not stop");
}

#[track_caller]
fn check_progress(repository: &Repository, expected: Option<Progress>) {
    assert_eq!(Git::new(&repository.top).progress().unwrap(), expected);
}

#[test]
fn nothing_is_in_progress() {
    check_progress(&conflict(), None);
    check_progress(&Repository::new(&[]), None);
}

#[test]
fn what_is_in_progress_is_named() {
    let cases: &[(&[&str], Progress)] = &[
        (&["merge", "other"], Progress::Merge),
        (&["rebase", "other"], Progress::Rebase),
        (&["rebase", "--apply", "other"], Progress::Rebase),
        (&["cherry-pick", "other"], Progress::CherryPick),
        (&["revert", "--no-edit", "other"], Progress::Revert),
    ];
    for (arguments, progress) in cases {
        let repository = conflict();
        stops(&repository, arguments);
        check_progress(&repository, Some(*progress));
    }
}

#[test]
fn refs_in_tables_hide_nothing() {
    for (arguments, progress) in [
        (["cherry-pick", "other"], Progress::CherryPick),
        (["revert", "other~1"], Progress::Revert),
    ] {
        let repository = Repository::new(&["--ref-format=reftable"]);
        repository.write("f", "1\n");
        repository.commit();
        repository.git(&["checkout", "-q", "-b", "other"]);
        repository.write("f", "2\n");
        repository.commit();
        repository.write("f", "3\n");
        repository.commit();
        repository.git(&["checkout", "-q", "main"]);
        repository.write("f", "4\n");
        repository.commit();
        stops(&repository, &arguments);
        check_progress(&repository, Some(progress));
    }
}

#[test]
fn between_two_commits_of_a_sequence() {
    let repository = conflict();
    stops(&repository, &["cherry-pick", "other~1", "other"]);
    repository.write("f", "5\n");
    repository.git(&["add", "f"]);
    repository.git(&["commit", "-q", "-m", "resolved"]);
    check_progress(&repository, Some(Progress::CherryPick));
}

#[test]
fn a_bisection_does_not_hide_a_merge() {
    let repository = conflict();
    repository.git(&["bisect", "start"]);
    check_progress(&repository, Some(Progress::Bisect));
    stops(&repository, &["merge", "other"]);
    check_progress(&repository, Some(Progress::Merge));
}

#[test]
fn patches_in_progress() {
    let repository = conflict();
    let patch = repository.git(&["format-patch", "-1", "other", "--stdout"]);
    repository.write("p", &patch);
    stops(&repository, &["am", "p"]);
    check_progress(&repository, Some(Progress::Am));
    assert_eq!(Progress::Am.continue_command(), Some("git am --continue"));
}

#[test]
fn a_linked_worktree_has_its_own_progress() {
    let repository = conflict();
    repository.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    stops(&repository, &["merge", "other"]);
    let linked = Git::new(&repository.top.join("../linked"));
    assert_eq!(linked.progress().unwrap(), None);
    assert_eq!(linked.branch().unwrap().as_deref(), Some("linked"));
    assert_eq!(linked.directory().unwrap(), repository.top.join(".git/worktrees/linked"));
    check_progress(&repository, Some(Progress::Merge));
}

#[test]
fn a_submodule_has_its_own_directory() {
    let repository = conflict();
    let part = Repository::new(&[]);
    part.commit();
    let url = part.top.to_str().unwrap();
    repository.git(&["submodule", "--quiet", "add", url, "part"]);
    let git = Git::new(&repository.top.join("part"));
    assert_eq!(git.directory().unwrap(), repository.top.join(".git/modules/part"));
}

#[test]
fn the_branch_also_before_its_first_commit() {
    let repository = Repository::new(&[]);
    let branch = || Git::new(&repository.top).branch().unwrap();
    assert_eq!(branch().as_deref(), Some("main"));
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "feature/x"]);
    assert_eq!(branch().as_deref(), Some("feature/x"));
    repository.git(&["checkout", "-q", "--detach"]);
    assert_eq!(branch(), None);
}

#[test]
fn outside_a_repository_nothing_is_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let git = Git::new(folder.path());
    assert!(git.branch().is_err());
    assert!(git.progress().is_err());
    assert!(git.states(&[Path::new("f")]).is_err());
}

#[test]
fn what_is_being_merged_is_named() {
    let repository = conflict();
    let merging = || Git::new(&repository.top).merging().unwrap();
    assert!(merging().is_empty());
    repository.git(&["branch", "another", "other"]);
    stops(&repository, &["merge", "other"]);
    // Two branches are there; the message says which.
    assert_eq!(merging(), ["other"]);
    repository.git(&["branch", "-D", "other"]);
    assert_eq!(merging(), ["another"]);
    repository.git(&["branch", "-D", "another"]);
    assert_eq!(merging(), ["other"]);
    repository.write(".git/MERGE_MSG", "another message\n");
    assert_eq!(merging()[0].len(), 12);
}

#[test]
fn files_in_every_state() {
    let repository = Repository::new(&[]);
    for name in ["clean", "staged", "modified", "both", "gone", "untracked out", "renamed"] {
        repository
            .write(name, &format!("{name} with a text that is long enough to be known again\n"));
    }
    repository.write(".gitignore", "out/\n");
    repository.commit();
    repository.write("staged", "2\n");
    repository.write("both", "2\n");
    repository.git(&["mv", "renamed", "renamed to"]);
    repository.git(&["add", "-u"]);
    repository.write("modified", "3\n");
    repository.write("both", "3\n");
    std::fs::remove_file(repository.top.join("gone")).unwrap();
    repository.git(&["rm", "-q", "--cached", "untracked out"]);
    repository.write("new/\"x\n", "1\n");
    repository.write("new/[a].py", "1\n");
    repository.write("out/ignored", "1\n");
    repository.write("intended", "1\n");
    repository.git(&["add", "-N", "intended"]);
    let changed = |staged, worktree| FileState::Changed { staged, worktree };
    let expected = [
        ("clean", FileState::Clean),
        ("staged", changed(true, false)),
        ("modified", changed(false, true)),
        ("both", changed(true, true)),
        ("gone", changed(false, true)),
        ("renamed", changed(true, false)),
        ("renamed to", changed(true, false)),
        ("new/\"x\n", FileState::Untracked),
        ("new/[a].py", FileState::Untracked),
        ("out/ignored", FileState::Ignored),
        ("intended", changed(false, true)),
        ("nowhere", FileState::Clean),
    ];
    let paths: Vec<&Path> = expected.iter().map(|(path, _)| Path::new(path)).collect();
    let before = std::fs::read(repository.top.join(".git/index")).unwrap();
    let states = Git::new(&repository.top).states(&paths).unwrap();
    for ((path, expected), state) in expected.iter().zip(states) {
        assert_eq!(state, *expected, "{path}");
    }
    let after = std::fs::read(repository.top.join(".git/index")).unwrap();
    assert!(before == after, "the index was written");
}

#[test]
fn a_conflict_is_unmerged_and_another_git_at_work_is_no_hindrance() {
    let repository = conflict();
    stops(&repository, &["merge", "other"]);
    repository.write(".git/index.lock", "");
    let states = Git::new(&repository.top).states(&[Path::new("f"), Path::new("alembic.ini")]);
    assert_eq!(states.unwrap(), [FileState::Unmerged, FileState::Clean]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let repository = Repository::new(&[]);
    repository.commit();
    let name = Path::new(std::ffi::OsStr::from_bytes(b"\xff.py"));
    std::fs::write(repository.top.join(name), "1\n").unwrap();
    let git = Git::new(&repository.top);
    assert_eq!(git.states(&[name]).unwrap(), [FileState::Untracked]);
    git.stage(&[name]).unwrap();
    let staged = FileState::Changed { staged: true, worktree: false };
    assert_eq!(git.states(&[name]).unwrap(), [staged]);
}
