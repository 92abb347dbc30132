//! Commits of single files: nothing else goes along, and what fails leaves everything as it was.

use std::path::{Path, PathBuf};

use onehead::git::{CommitFailed, Committed, Git};

use super::Repository;

/// A repository with an identity of its own and one commit.
fn identified(options: &[&str]) -> Repository {
    let repository = unborn(options);
    for name in ["edited", "deleted", "staged", "moved", "other"] {
        repository
            .write(name, &format!("{name} with a text that is long enough to be known again\n"));
    }
    repository.commit();
    repository
}

fn unborn(options: &[&str]) -> Repository {
    let repository = Repository::new(options);
    identify(&repository);
    repository
}

fn identify(repository: &Repository) {
    for (key, value) in
        [("user.name", "Ann"), ("user.email", "ann@example.org"), ("commit.gpgsign", "false")]
    {
        repository.git(&["config", key, value]);
    }
}

/// Everything a repair may do to files, with other changes staged and not staged beside it.
fn disturbed(repository: &Repository) {
    repository.write("staged", "staged\n");
    repository.write("staged new", "staged\n");
    repository.git(&["add", "staged", "staged new"]);
    repository.write("staged", "and changed again\n");
    repository.write("other", "not staged\n");
    repository.write("untracked", "1\n");
    repository.write("added [x] \u{e9}", "1\n");
    repository.write("edited", "2\n");
    let moved = repository.top.join("moved");
    std::fs::rename(moved, repository.top.join("moved away")).unwrap();
    std::fs::remove_file(repository.top.join("deleted")).unwrap();
}

const OURS: &[&str] = &["added [x] \u{e9}", "edited", "deleted", "moved", "moved away"];

const COMMITTED: &str = "A\tadded [x] \u{e9}\nD\tdeleted\nM\tedited\nD\tmoved\nA\tmoved away\n";

fn commit(top: &Path, files: &[&str], message: &str) -> Result<Committed, CommitFailed> {
    let paths: Vec<&Path> = files.iter().map(Path::new).collect();
    Git::new(top).commit_only(&paths, message)
}

fn listed(repository: &Repository, arguments: &[&str]) -> String {
    let options = ["-c", "core.quotePath=false"];
    repository.git(&[&options, arguments].concat())
}

#[track_caller]
fn check_committed(repository: &Repository, expected: &str) {
    let show = ["show", "--no-renames", "--name-status", "--format=", "HEAD"];
    assert_eq!(listed(repository, &show), expected);
}

/// What is staged, and what stands in the working tree beside it.
#[track_caller]
fn check_status(repository: &Repository, expected: &str) {
    assert_eq!(listed(repository, &["status", "--short", "--no-renames"]), expected);
    // The new index is whole: git finds nothing to complain about.
    repository.git(&["fsck", "--no-progress"]);
    assert!(!index_of(repository).with_extension("lock").exists());
}

const LEFT: &str = " M other\nMM staged\nA  \"staged new\"\n?? untracked\n";

fn index_of(repository: &Repository) -> PathBuf {
    let path = repository.git(&["rev-parse", "--git-path", "index"]);
    repository.top.join(path.trim_end())
}

/// Commits with everything else going on, and sees that only ours went along.
#[track_caller]
fn check_commit(repository: &Repository) {
    disturbed(repository);
    let committed = commit(&repository.top, OURS, "merge heads\n\n#12 is kept\n").unwrap();
    assert_eq!(committed.subject, "merge heads");
    let head = repository.git(&["rev-parse", "HEAD"]);
    assert!(head.starts_with(&committed.short) && !committed.short.is_empty());
    assert_eq!(
        repository.git(&["log", "-1", "--format=%B%an"]),
        "merge heads\n\n#12 is kept\nAnn\n"
    );
    check_committed(repository, COMMITTED);
    check_status(repository, LEFT);
    assert_eq!(repository.git(&["show", ":staged"]), "staged\n");
}

/// Fails to commit, and sees that nothing happened.
#[track_caller]
fn check_failure(repository: &Repository, files: &[&str]) -> CommitFailed {
    let index = index_of(repository);
    let state = || {
        let git = Git::new(&repository.top);
        (std::fs::read(&index).ok(), git.commit("HEAD").ok(), git.branch())
    };
    let before = state();
    let failed = commit(&repository.top, files, "merge heads").unwrap_err();
    assert!(before == state(), "the index or HEAD changed: {failed:?}");
    failed
}

#[cfg(unix)]
fn hook(repository: &Repository, folder: &str, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = format!("{folder}/{name}");
    repository.write(&path, &format!("#!/bin/sh\n{text}\n"));
    let path = repository.top.join(path);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn only_the_given_files_are_committed() {
    check_commit(&identified(&[]));
}

#[test]
fn with_the_other_hash() {
    check_commit(&identified(&["--object-format=sha256"]));
}

#[test]
fn with_refs_in_tables() {
    check_commit(&identified(&["--ref-format=reftable"]));
}

#[test]
fn on_a_detached_head() {
    let repository = identified(&[]);
    repository.git(&["checkout", "-q", "--detach"]);
    check_commit(&repository);
    assert_eq!(Git::new(&repository.top).branch().unwrap(), None);
    assert_eq!(repository.git(&["rev-list", "--count", "main"]), "1\n");
}

#[test]
fn with_a_split_index() {
    let repository = identified(&[]);
    repository.git(&["config", "core.splitIndex", "true"]);
    repository.git(&["update-index", "--split-index"]);
    check_commit(&repository);
}

#[test]
fn with_an_untracked_cache_and_older_index_versions() {
    for version in ["2", "3", "4"] {
        let repository = identified(&[]);
        repository.git(&["config", "core.untrackedCache", "true"]);
        repository.git(&["update-index", "--index-version", version]);
        check_commit(&repository);
    }
}

#[test]
fn with_a_sparse_index() {
    let repository = identified(&[]);
    repository.write("far/away/file", "1\n");
    repository.write("near/file", "1\n");
    repository.commit();
    repository.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "near"]);
    assert!(!repository.top.join("far").exists());
    assert!(repository.git(&["ls-files", "--sparse"]).contains("far/\n"));
    check_commit(&repository);
    assert!(repository.git(&["ls-tree", "-r", "--name-only", "HEAD"]).contains("far/away/file"));
}

#[test]
fn with_an_intended_file() {
    let repository = identified(&[]);
    repository.write("intended", "1\n");
    repository.write("edited", "2\n");
    repository.git(&["add", "-N", "intended"]);
    commit(&repository.top, &["edited"], "x").unwrap();
    check_committed(&repository, "M\tedited\n");
    check_status(&repository, " A intended\n");
    // One of ours is committed like any other.
    commit(&repository.top, &["intended"], "x").unwrap();
    check_committed(&repository, "A\tintended\n");
    check_status(&repository, "");
}

#[test]
fn in_a_linked_worktree() {
    let mut repository = identified(&[]);
    repository.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    let main = std::mem::replace(&mut repository.top, PathBuf::new());
    repository.top = main.with_file_name("linked");
    check_commit(&repository);
    assert_eq!(Repository::git_in(&main, &["status", "--short"]), "");
}

#[test]
fn in_a_submodule() {
    let outer = identified(&[]);
    let inner = identified(&[]);
    let url = inner.top.to_str().unwrap();
    outer.git(&["submodule", "--quiet", "add", url, "part"]);
    let mut part = identified(&[]);
    part.top = outer.top.join("part");
    identify(&part);
    check_commit(&part);
}

#[test]
fn before_the_first_commit() {
    let repository = unborn(&[]);
    repository.write("ours", "1\n");
    repository.write("staged", "1\n");
    repository.git(&["add", "staged"]);
    commit(&repository.top, &["ours"], "first").unwrap();
    check_committed(&repository, "A\tours\n");
    check_status(&repository, "A  staged\n?? alembic.ini\n?? m/\n");
}

#[test]
fn before_the_first_commit_and_without_an_index() {
    let repository = unborn(&[]);
    commit(&repository.top, &["alembic.ini"], "first").unwrap();
    check_committed(&repository, "A\talembic.ini\n");
    check_status(&repository, "?? m/\n");
}

#[test]
fn a_file_that_becomes_a_folder_is_too_much_for_git() {
    let repository = identified(&[]);
    std::fs::remove_file(repository.top.join("moved")).unwrap();
    repository.write("moved/inside", "1\n");
    let failed = check_failure(&repository, &["moved", "moved/inside"]);
    assert!(failed.output.contains("updating files failed"), "{failed:?}");
}

#[cfg(unix)]
#[test]
fn a_link_is_committed_as_a_link() {
    let repository = identified(&[]);
    std::fs::remove_file(repository.top.join("edited")).unwrap();
    std::os::unix::fs::symlink("nowhere", repository.top.join("edited")).unwrap();
    commit(&repository.top, &["edited"], "x").unwrap();
    check_committed(&repository, "T\tedited\n");
    check_status(&repository, "");
}

#[cfg(unix)]
#[test]
fn hooks_see_only_our_files_and_may_change_the_message() {
    let repository = identified(&[]);
    disturbed(&repository);
    let seen = "git -c core.quotePath=false diff --cached --no-renames --name-status HEAD; echo hooked >&2";
    hook(&repository, ".git/hooks", "pre-commit", seen);
    hook(&repository, ".git/hooks", "commit-msg", "sed -i.old 's/merge/join/' \"$1\"");
    // A hook that runs git with a pattern finds patterns still to be patterns.
    hook(&repository, ".git/hooks", "post-commit", "git ls-files -- 'stag*' >out");
    let committed = commit(&repository.top, OURS, "merge heads").unwrap();
    assert_eq!(committed.subject, "join heads");
    assert_eq!(committed.output, format!("{COMMITTED}hooked\n"));
    check_committed(&repository, COMMITTED);
    let out = std::fs::read_to_string(repository.top.join("out")).unwrap();
    assert_eq!(out, "staged\nstaged new\n");
    std::fs::remove_file(repository.top.join("out")).unwrap();
    check_status(&repository, LEFT);
}

#[cfg(unix)]
#[test]
fn a_failing_hook_changes_nothing() {
    for name in ["pre-commit", "commit-msg", "prepare-commit-msg"] {
        let repository = identified(&[]);
        repository.git(&["config", "core.hooksPath", "our hooks"]);
        hook(&repository, "our hooks", name, "echo one; echo two >&2; git add staged; exit 3");
        disturbed(&repository);
        let failed = check_failure(&repository, OURS);
        assert_eq!(failed.output.lines().collect::<Vec<_>>(), ["one", "two"], "{name}");
        assert_eq!(failed.reason, "git did not make the commit");
    }
}

#[cfg(unix)]
#[test]
fn a_failing_hook_changes_nothing_before_the_first_commit() {
    let repository = unborn(&[]);
    hook(&repository, ".git/hooks", "pre-commit", "exit 1");
    check_failure(&repository, &["alembic.ini"]);
    assert!(!index_of(&repository).exists());
    repository.git(&["add", "m"]);
    check_failure(&repository, &["alembic.ini"]);
}

#[cfg(unix)]
#[test]
fn a_commit_without_its_index_is_taken_back() {
    for repository in [identified(&[]), unborn(&[])] {
        // After the commit, and before its index is put in place.
        hook(&repository, ".git/hooks", "post-commit", "rm \"$GIT_INDEX_FILE\"");
        repository.write("alembic.ini", "[alembic]\n");
        repository.git(&["add", "m"]);
        let failed = check_failure(&repository, &["alembic.ini"]);
        assert!(failed.reason.contains("index cannot be replaced"), "{failed:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_a_hook_leaves_running_is_not_waited_for() {
    let repository = identified(&[]);
    hook(&repository, ".git/hooks", "post-commit", "echo begun; sleep 10 &");
    repository.write("edited", "2\n");
    let begin = std::time::Instant::now();
    let committed = commit(&repository.top, &["edited"], &"x\n".repeat(100_000)).unwrap();
    assert_eq!(committed.output, "begun\n");
    assert!(begin.elapsed().as_secs() < 8, "{:?}", begin.elapsed());
}

#[cfg(unix)]
#[test]
fn a_signature_that_cannot_be_made_changes_nothing() {
    let repository = identified(&[]);
    disturbed(&repository);
    repository.git(&["config", "commit.gpgsign", "true"]);
    repository.git(&["config", "gpg.program", "false"]);
    let failed = check_failure(&repository, OURS);
    assert!(failed.output.contains("gpg failed to sign"), "{failed:?}");
}

#[test]
fn no_identity_changes_nothing() {
    let repository = identified(&[]);
    disturbed(&repository);
    repository.git(&["config", "user.name", ""]);
    repository.git(&["config", "user.useConfigOnly", "true"]);
    let failed = check_failure(&repository, OURS);
    assert!(failed.output.contains("empty ident name"), "{failed:?}");
}

#[test]
fn another_git_at_work_is_not_disturbed() {
    let repository = identified(&[]);
    disturbed(&repository);
    repository.write(".git/index.lock", "theirs");
    let failed = check_failure(&repository, OURS);
    assert!(failed.reason.contains("index.lock is there"), "{failed:?}");
    let lock = std::fs::read(repository.top.join(".git/index.lock")).unwrap();
    assert_eq!(lock, b"theirs");
    assert!(Git::new(&repository.top).stage(&[Path::new("edited")]).is_err());
}

#[test]
fn a_merge_in_progress_is_not_concluded() {
    let repository = identified(&[]);
    repository.git(&["checkout", "-q", "-b", "feature"]);
    repository.write("edited", "feature\n");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("other", "main\n");
    repository.commit();
    repository.git(&["merge", "-q", "--no-ff", "--no-commit", "feature"]);
    repository.write("deleted", "2\n");
    let failed = check_failure(&repository, &["deleted"]);
    assert!(failed.output.contains("cannot do a partial commit during a merge"), "{failed:?}");
    assert!(repository.top.join(".git/MERGE_HEAD").exists());
}

#[test]
fn nothing_to_commit_is_a_failure() {
    let repository = identified(&[]);
    disturbed(&repository);
    repository.git(&["checkout", "-q", "edited"]);
    check_failure(&repository, &["edited"]);
    check_failure(&repository, &["nowhere"]);
    check_failure(&repository, &[]);
}

#[test]
fn a_file_that_git_is_told_not_to_look_at_is_refused() {
    for bit in ["skip-worktree", "assume-unchanged"] {
        let repository = identified(&[]);
        repository.git(&["update-index", &format!("--{bit}"), "edited"]);
        repository.write("edited", "2\n");
        repository.write("new", "2\n");
        let failed = check_failure(&repository, &["edited", "new"]);
        let hint = format!("git update-index --no-{bit} edited");
        assert!(failed.reason.contains(&hint), "{failed:?}");
    }
}

#[test]
fn files_are_staged_as_they_are() {
    let repository = identified(&[]);
    disturbed(&repository);
    let paths: Vec<&Path> = OURS.iter().map(Path::new).collect();
    Git::new(&repository.top).stage(&paths).unwrap();
    let expected = "A  \"added [x] \u{e9}\"\nD  deleted\nM  edited\nD  moved\nA  \"moved away\"\n";
    check_status(&repository, &format!("{expected}{LEFT}"));
}

#[test]
fn staging_resolves_a_conflict() {
    let repository = identified(&[]);
    repository.git(&["checkout", "-q", "-b", "feature"]);
    repository.write("edited", "feature\n");
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("edited", "main\n");
    repository.commit();
    let git = Git::new(&repository.top);
    let merge = std::process::Command::new("git")
        .current_dir(&repository.top)
        .args(["merge", "-q", "feature"])
        .output()
        .unwrap();
    assert!(!merge.status.success());
    repository.write("edited", "both\n");
    repository.write("merged.py", "1\n");
    git.stage(&[Path::new("edited"), Path::new("merged.py")]).unwrap();
    check_status(&repository, "M  edited\nA  merged.py\n");
}
