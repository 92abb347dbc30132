//! The real pre-commit, prek and lefthook.
//!
//! What `hook print` gives is run, with a stand-in in the place of the program.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::room::Room;

/// The folder with the programs.
fn programs() -> PathBuf {
    let folder = std::env::var_os("ONEHEAD_TEST_HOOK_MANAGERS");
    PathBuf::from(folder.expect("ONEHEAD_TEST_HOOK_MANAGERS is set, see CONTRIBUTING.md"))
}

/// Runs one of them, which must succeed.
#[track_caller]
fn manager(room: &Room, program: &str, arguments: &[&str]) -> Output {
    let mut command = room.project.command(&programs().join(program));
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    output
}

/// What `hook print` says for a manager, its alternative for a onehead that is there put in the place of the repository,
/// and the stand-in in the place of the program.
fn snippet(room: &Room, manager: &str, repository: &str) -> String {
    let text = room.project.onehead_with(".", &["hook", "print", "--for", manager]).exits(0).stdout;
    let stand_in = room.tool("onehead").display().to_string();
    let alternative = text.find("\n# Or, ").map(|at| {
        let lines = text[at..]
            .lines()
            .filter_map(|line| line.strip_prefix("# ").or(line.strip_prefix('#')));
        let begin = |line: &&str| !line.contains(repository);
        lines.skip_while(begin).collect::<Vec<_>>().join("\n")
    });
    let head = alternative.as_ref().and_then(|_| text.split(repository).next()).unwrap_or(&text);
    format!("{head}{}", alternative.unwrap_or_default())
        .replace("uv run --no-sync onehead", &stand_in)
        .replace("run: onehead", &format!("run: {stand_in}"))
}

/// A commit, a merge without a conflict and a push, with what the stand-in was called with.
fn commit_merge_and_push(room: &Room) -> [String; 3] {
    let git = |arguments: &[&str]| {
        let output = room.git(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    git(&["add", "-A"]);
    room.calls();
    git(&["commit", "-q", "-m", "second"]);
    let commit = room.calls();
    git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    room.project.write("side.txt", "side\n");
    git(&["add", "side.txt"]);
    git(&["commit", "-q", "--no-verify", "-m", "side"]);
    git(&["checkout", "-q", "-"]);
    room.calls();
    git(&["merge", "-q", "side", "-m", "merge"]);
    let merge = room.calls();
    git(&["push", "-q", "origin", "HEAD"]);
    [commit, merge, room.calls()]
}

/// The stand-in ends with 1, and the commit is not made.
#[track_caller]
fn can_be_stopped(room: &Room) {
    room.stand_in_ends_with(1);
    room.project.write("stopped.txt", "x\n");
    room.project.git(["add", "stopped.txt"]);
    assert!(!room.git(&["commit", "-q", "-m", "stopped"]).status.success());
    assert_eq!(room.calls(), "<hook><run><pre-commit>\n");
}

#[test]
fn pre_commit_runs_the_snippet() {
    let room = Room::with_stand_in().with_remote();
    room.project.write(".pre-commit-config.yaml", &snippet(&room, "pre-commit", "  - repo: "));
    manager(&room, "pre-commit", &["install"]);
    room.onehead(&["hook", "status"])
        .exits(0)
        .shows("pre-push          configured  .pre-commit-config.yaml, through pre-commit\n");
    room.onehead(&["hook", "install"])
        .exits(0)
        .says("nothing to do: `pre-commit`, `pre-merge-commit` and `pre-push` are installed");
    let [commit, merge, push] = commit_merge_and_push(&room);
    assert_eq!(
        (commit.as_str(), merge.as_str()),
        ("<hook><run><pre-commit>\n", "<hook><run><pre-commit>\n")
    );
    assert_eq!(push, "<hook><run><pre-push>\n");
    can_be_stopped(&room);
}

#[test]
fn prek_runs_both_snippets() {
    for (format, file, repository) in [
        ("pre-commit", ".pre-commit-config.yaml", "  - repo: "),
        ("prek", "prek.toml", "[[repos]]"),
    ] {
        let room = Room::with_stand_in().with_remote();
        room.project.write(file, &snippet(&room, format, repository));
        manager(&room, "prek", &["install"]);
        let expected = format!("pre-push          configured  {file}, through prek\n");
        room.onehead(&["hook", "status"]).exits(0).shows(&expected);
        let [commit, merge, push] = commit_merge_and_push(&room);
        assert_eq!(
            (commit.as_str(), merge.as_str()),
            ("<hook><run><pre-commit>\n", "<hook><run><pre-commit>\n")
        );
        assert_eq!(push, "<hook><run><pre-push>\n");
        can_be_stopped(&room);
    }
}

#[test]
fn lefthook_runs_the_snippet() {
    let room = Room::with_stand_in().with_remote();
    room.project.write("lefthook.yml", &snippet(&room, "lefthook", "-"));
    manager(&room, "lefthook", &["install"]);
    room.onehead(&["hook", "status"])
        .exits(0)
        .shows("pre-push          configured  lefthook.yml, through lefthook\n");
    let [commit, merge, push] = commit_merge_and_push(&room);
    assert_eq!(
        (commit.as_str(), merge.as_str()),
        ("<hook><run><pre-commit>\n", "<hook><run><pre-merge-commit>\n")
    );
    let head = room.project.git_says(["rev-parse", "HEAD"]);
    let (branch, head) = (room.project.git_says(["symbolic-ref", "HEAD"]), head.trim());
    let (branch, remote) = (branch.trim(), room.tool("remote.git"));
    let input = format!("HEAD {head} {branch} {}\n", "0".repeat(40));
    assert_eq!(
        push,
        format!("<hook><run><pre-push><origin><{}><lefthook.yml>\n{input}", remote.display())
    );
    can_be_stopped(&room);
}

/// Commits something, and says how often the stand-in and the manager's own hook ran.
#[track_caller]
fn commits(room: &Room, name: &str) -> (usize, usize) {
    room.project.write(name, "x\n");
    room.project.git(["add", "-A"]);
    let output = room.git(&["commit", "-m", name]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    (room.calls().lines().count(), said.matches("the other check").count())
}

const OTHER: &str = "repos:\n  - repo: local\n    hooks:\n      - id: other\n        name: the other check\n        entry: \
                     'true'\n        language: system\n        always_run: true\n        pass_filenames: false\n";

#[test]
fn installed_before_pre_commit_and_prek_onehead_still_runs() {
    for name in ["pre-commit", "prek"] {
        let room = Room::with_stand_in();
        room.foreign("pre-commit", "#!/bin/sh\necho the other check\n");
        room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
        room.project.write(".pre-commit-config.yaml", OTHER);
        manager(&room, name, &["install"]);
        assert_eq!(room.hooks(), ["pre-commit", "pre-commit.legacy", "pre-commit.onehead-prev"]);
        assert_eq!(commits(&room, "a"), (1, 2));
        let expected = format!(
            "pre-commit        runs        .git/hooks/pre-commit.legacy, through {name}, [STAND-IN] 9.9.9\n"
        );
        room.onehead(&["hook", "status"]).exits(1).shows(&expected);
        let present = "nothing to do: `pre-commit` is installed (.git/hooks)\n";
        room.onehead(&["hook", "install", "--pre-commit"]).exits(0).talks(present);
        // What was before onehead is then what the manager runs first.
        room.onehead(&["hook", "uninstall"]).exits(0);
        assert_eq!(room.hooks(), ["pre-commit", "pre-commit.legacy"]);
        assert_eq!(commits(&room, "b"), (0, 2));
    }
}

#[test]
fn installed_after_pre_commit_and_prek_onehead_runs_also_when_they_come_again() {
    for name in ["pre-commit", "prek"] {
        let room = Room::with_stand_in();
        room.project.write(".pre-commit-config.yaml", OTHER);
        manager(&room, name, &["install"]);
        let before = fs::read(room.hook("pre-commit")).unwrap();
        let note = format!(
            "note: the pre-commit hook that was there is {name}'s; the next `{name} install` runs this one before its \
             own. To have it there: onehead hook print --for {name}\n"
        );
        room.onehead(&["hook", "install", "--pre-commit"]).exits(0).talks(&note);
        assert_eq!(commits(&room, "a"), (1, 1));
        manager(&room, name, &["install"]);
        assert_eq!(commits(&room, "b"), (1, 1));
        room.onehead(&["hook", "uninstall"]).exits(0);
        assert_eq!(commits(&room, "c"), (0, 1));
        assert_eq!(fs::read(room.hook("pre-commit")).unwrap(), before);
    }
}

#[test]
fn put_aside_by_lefthook_onehead_says_so() {
    let room = Room::with_stand_in();
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    room.project.write(
        "lefthook.yml",
        "pre-commit:\n  jobs:\n    - name: the other check\n      run: 'true'\n",
    );
    manager(&room, "lefthook", &["install"]);
    // lefthook names a job when it runs it and when it has ended.
    assert_eq!(commits(&room, "a"), (0, 2));
    room.onehead(&["hook", "status"]).exits(1).shows(
        ".git/hooks/pre-commit.old is onehead's, put aside by lefthook and run by nobody: onehead hook print --for lefthook\n",
    );
    room.onehead(&["hook", "install", "--pre-commit"]).exits(0);
    assert_eq!(commits(&room, "b"), (1, 2));
}
