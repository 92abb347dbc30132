//! What git itself does, which the hooks rely on: which hooks it runs in which operation, and what it tells them. Seen
//! with every git of this machine.

use crate::repository::Repository;

const EVENTS: [&str; 12] = [
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-merge",
    "post-rewrite",
    "post-checkout",
    "pre-push",
    "pre-applypatch",
    "post-applypatch",
];

/// A repository whose hooks note that they were run; those that have one word to tell things apart by note it too.
fn traced(path: &str) -> Repository {
    let repository = Repository::with(&[("PATH", path)]);
    let notes = repository.path(".git/notes");
    for event in EVENTS {
        let word = match event {
            "post-merge" | "post-rewrite" => "=$1",
            "post-checkout" => "=$3",
            _ => "",
        };
        let text = format!("#!/bin/sh\necho \"{event}{word}\" >>'{}'\n", notes.display());
        executable(&repository, event, &text);
    }
    repository
}

fn executable(repository: &Repository, event: &str, text: &str) {
    let path = repository.path(&format!(".git/hooks/{event}"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, mode).unwrap();
}

/// The hooks that git ran since the last time, in its order; those of a message and a post-commit are left out.
fn ran(repository: &Repository) -> String {
    let notes = repository.path(".git/notes");
    let text = std::fs::read_to_string(&notes).unwrap_or_default();
    let _ = std::fs::remove_file(&notes);
    let of_the_message = ["prepare-commit-msg", "commit-msg", "post-commit"];
    let of_interest = |line: &&str| !of_the_message.contains(line);
    text.lines().filter(of_interest).collect::<Vec<_>>().join(" ")
}

/// The hooks that git ran in one operation.
#[track_caller]
fn check(repository: &Repository, arguments: &[&str], expected: &str) {
    ran(repository);
    repository.git(arguments).exits(0);
    assert_eq!(ran(repository), expected, "git {arguments:?}");
}

/// Branches `ours` and `theirs` that change what is named, and `ours` checked out.
fn parted(repository: &Repository, ours: &str, theirs: &str) {
    for (branch, file) in [("theirs", theirs), ("ours", ours)] {
        repository.git(&["switch", "-q", "-C", branch, "main"]).exits(0);
        repository.project.write(file, branch);
        repository.git(&["add", "-A"]).exits(0);
        repository.git(&["commit", "-q", "-m", branch]).exits(0);
    }
}

#[track_caller]
fn resolve(repository: &Repository) {
    repository.project.write("both.txt", "resolved");
    repository.git(&["add", "both.txt"]).exits(0);
}

#[test]
fn a_commit_runs_pre_commit_however_it_is_made() {
    for path in super::git_versions::paths() {
        let repository = traced(&path);
        check(&repository, &["commit", "-q", "--allow-empty", "-m", "x"], "pre-commit");
        repository.project.write("notes.txt", "x");
        repository.git(&["add", "notes.txt"]).exits(0);
        check(&repository, &["commit", "-q", "-m", "x", "notes.txt"], "pre-commit");
        repository.project.write("notes.txt", "y");
        check(&repository, &["commit", "-q", "-a", "-m", "x"], "pre-commit");
        let amended = "pre-commit post-rewrite=amend";
        check(&repository, &["commit", "-q", "--amend", "-m", "y"], amended);
        check(&repository, &["commit", "-q", "--allow-empty", "--no-verify", "-m", "x"], "");
    }
}

#[test]
fn a_merge_runs_pre_merge_commit_only_where_git_commits_it() {
    for path in super::git_versions::paths() {
        let repository = traced(&path);
        parted(&repository, "ours.txt", "theirs.txt");
        let merge = ["merge", "-q", "--no-edit", "theirs"];
        check(&repository, &merge, "pre-merge-commit post-merge=0");
        repository.git(&["reset", "-q", "--hard", "HEAD~1"]).exits(0);
        check(&repository, &["merge", "-q", "--squash", "theirs"], "post-merge=1");
        check(&repository, &["commit", "-q", "-m", "x"], "pre-commit");
        repository.git(&["switch", "-q", "main"]).exits(0);
        check(&repository, &["merge", "-q", "theirs"], "post-merge=0");
        repository.git(&["reset", "-q", "--hard", "HEAD~1"]).exits(0);
        parted(&repository, "both.txt", "both.txt");
        ran(&repository);
        repository.git(&merge).exits(1);
        assert_eq!(ran(&repository), "");
        resolve(&repository);
        check(&repository, &["commit", "-q", "--no-edit"], "pre-commit");
    }
}

#[test]
fn a_pick_a_revert_a_rebase_and_a_patch_run_no_pre_commit() {
    for path in super::git_versions::paths() {
        let repository = traced(&path);
        parted(&repository, "ours.txt", "theirs.txt");
        check(&repository, &["cherry-pick", "theirs"], "");
        check(&repository, &["revert", "--no-edit", "HEAD"], "");
        let patch = repository.git(&["format-patch", "--stdout", "-1", "theirs"]).stdout;
        repository.project.write("theirs.patch", &patch);
        check(&repository, &["am", "-q", "theirs.patch"], "pre-applypatch post-applypatch");
        std::fs::remove_file(repository.path("theirs.patch")).unwrap();
        parted(&repository, "ours.txt", "theirs.txt");
        check(
            &repository,
            &["rebase", "-q", "theirs"],
            "pre-rebase post-checkout=1 post-rewrite=rebase",
        );
        parted(&repository, "both.txt", "both.txt");
        repository.git(&["rebase", "-q", "theirs"]).exits(1);
        resolve(&repository);
        check(&repository, &["rebase", "--continue"], "post-rewrite=rebase");
        // Concluded by hand, a pick is a commit like others.
        parted(&repository, "both.txt", "both.txt");
        repository.git(&["cherry-pick", "theirs"]).exits(1);
        resolve(&repository);
        check(&repository, &["cherry-pick", "--continue"], "pre-commit");
    }
}

#[test]
fn a_push_runs_pre_push_also_where_nothing_is_pushed() {
    for path in super::git_versions::paths() {
        let repository = traced(&path);
        repository.git(&["commit", "-q", "--allow-empty", "-m", "x"]).exits(0);
        check(&repository, &["push", "-q", "--dry-run", "origin", "main"], "pre-push");
        check(&repository, &["push", "-q", "--no-verify", "origin", "main"], "");
        check(&repository, &["push", "-q", "origin", "main"], "pre-push");
    }
}

#[test]
fn a_new_worktree_is_a_checkout_from_nothing() {
    for path in super::git_versions::paths() {
        let repository = traced(&path);
        let text = "#!/bin/sh\necho \"$1 $3\" >\"$(git rev-parse --git-common-dir)/notes\"\n";
        executable(&repository, "post-checkout", text);
        repository.git(&["worktree", "add", "-q", "beside", "-b", "beside"]).exits(0);
        assert_eq!(ran(&repository), format!("{} 1", "0".repeat(40)));
    }
}

#[test]
fn a_hook_that_fails_after_the_fact_fails_nothing_but_a_checkout() {
    for path in super::git_versions::paths() {
        let repository = traced(&path);
        parted(&repository, "ours.txt", "theirs.txt");
        for event in ["post-checkout", "post-merge", "post-commit", "post-rewrite"] {
            executable(&repository, event, "#!/bin/sh\nexit 3\n");
        }
        repository.git(&["merge", "-q", "--no-edit", "theirs"]).exits(0);
        repository.git(&["commit", "-q", "--amend", "-m", "x"]).exits(0);
        repository.git(&["switch", "-q", "main"]).exits(1);
        assert_eq!(repository.git(&["branch", "--show-current"]).stdout, "main\n");
    }
}

/// Whose index is meant, and where hooks are run.
#[test]
fn a_hook_is_told_which_index_is_committed() {
    for path in super::git_versions::paths() {
        let repository = traced(&path);
        let notes = repository.path(".git/notes");
        let text = format!(
            "#!/bin/sh\necho \"${{GIT_INDEX_FILE##*/}} ${{GIT_DIR-none}} ${{GIT_PREFIX-none}} $(pwd)\" >'{}'\n",
            notes.display()
        );
        executable(&repository, "pre-commit", &text);
        let top = repository.project.path().display().to_string();
        let say = |folder: &str, arguments: &[&str]| {
            repository.project.write("versions/a.py", &format!("# {arguments:?}\n"));
            repository.git(&["add", "-A"]).exits(0);
            let mut all = vec!["commit", "-q", "-m", "x"];
            all.extend(arguments);
            repository.git_in(folder, &all).exits(0);
            ran(&repository).replace(&top, "TOP")
        };
        assert_eq!(say(".", &[]), "index none  TOP");
        assert_eq!(say("versions", &["-a"]), "index.lock none versions/ TOP");
        let partial = say("versions", &["a.py"]);
        assert!(partial.starts_with("next-index-"), "{partial}");
        assert!(partial.ends_with(".lock none versions/ TOP"), "{partial}");
    }
}

/// Before git commits a merge by itself, only the environment tells what is merged.
#[test]
fn a_merge_is_known_by_the_environment_alone() {
    for path in super::git_versions::paths() {
        let repository = traced(&path);
        parted(&repository, "ours.txt", "theirs.txt");
        let notes = repository.path(".git/notes");
        let text = format!(
            "#!/bin/sh\n{{ env | grep '^GITHEAD_'; ls .git | grep MERGE_HEAD; }} >'{}'\nexit 0\n",
            notes.display()
        );
        executable(&repository, "pre-merge-commit", &text);
        repository.git(&["merge", "-q", "--no-edit", "theirs"]).exits(0);
        let theirs = repository.at("theirs");
        assert_eq!(ran(&repository), format!("GITHEAD_{theirs}=theirs post-merge=0"));
    }
}
