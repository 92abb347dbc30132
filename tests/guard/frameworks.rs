//! The real pre-commit, prek and lefthook, with the program itself behind them: what git's own hook stops, they stop,
//! but for what they do not pass on.
//!
//! pre-commit and prek run what `.pre-commit-hooks.yaml` says, lefthook what `hook print` gives.

use std::path::PathBuf;

use crate::repository::Repository;
use crate::support::Answer;

const ALL: [&str; 3] = ["pre-commit", "prek", "lefthook"];

const BLOCKING: [&str; 3] = ["pre-commit", "pre-merge-commit", "pre-push"];

/// The program that hooks run.
const ONEHEAD: &str = env!("CARGO_BIN_EXE_onehead");

/// The manifest of this repository, as hooks that need no installation.
fn as_local_hooks() -> String {
    let manifest = include_str!("../../.pre-commit-hooks.yaml");
    let manifest = manifest
        .replace("entry: onehead ", &format!("entry: {ONEHEAD} "))
        .replace("language: python", "language: system");
    let hooks = manifest.trim_end().replace('\n', "\n      ");
    format!("repos:\n  - repo: local\n    hooks:\n      {hooks}\n")
}

/// Runs a manager, which must succeed.
#[track_caller]
fn run(repository: &Repository, manager: &str, arguments: &[&str]) {
    let folder = std::env::var_os("ONEHEAD_TEST_HOOK_MANAGERS");
    let folder = folder.expect("ONEHEAD_TEST_HOOK_MANAGERS is set, see CONTRIBUTING.md");
    let mut command = repository.project.command(&PathBuf::from(folder).join(manager));
    let output = command.args(arguments).output().unwrap();
    Answer::of(&output, &repository.project.path()).exits(0);
}

/// Configures a manager on `main`, and lets it install the hooks for these events.
#[track_caller]
fn install(repository: &Repository, manager: &str, events: &[&str]) {
    if manager == "lefthook" {
        let printed = repository.project.onehead(["hook", "print", "--for", "lefthook"]).exits(0);
        let text = printed.stdout.replace("run: onehead ", &format!("run: {ONEHEAD} "));
        repository.project.write("lefthook.yml", &text);
        run(repository, manager, &["install"]);
    } else {
        repository.project.write(".pre-commit-config.yaml", &as_local_hooks());
        let mut arguments = vec!["install"];
        arguments.extend(events.iter().flat_map(|event| ["--hook-type", event]));
        run(repository, manager, &arguments);
    }
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "configure"]).exits(0);
    repository.git(&["push", "-q", "--no-verify"]).exits(0);
}

/// A repository in which a manager runs the hooks that block.
#[track_caller]
fn under(manager: &str) -> Repository {
    let repository = Repository::unguarded();
    install(&repository, manager, &BLOCKING);
    repository
}

/// Everything that was said: managers pass the words of a hook on to either.
fn said(answer: &Answer) -> String {
    format!("{}{}", answer.stdout, answer.stderr)
}

#[track_caller]
fn stops(answer: &Answer, words: &str) {
    assert_ne!(answer.status, 0, "{answer}");
    assert!(said(answer).contains(words), "{words:?} is not said\n{answer}");
}

#[test]
fn a_commit_that_forks_is_stopped() {
    for manager in ALL {
        let repository = under(manager);
        repository.revision("d", &["c"]);
        repository.commit_all("one").exits(0);
        repository.revision("e", &["c"]);
        let head = repository.at("HEAD");
        let answer = repository.commit_all("two");
        stops(&answer, "onehead: this commit would leave 2 heads in alembic.ini");
        stops(&answer, "git commit --no-verify, or ONEHEAD_SKIP=1");
        assert_eq!(repository.at("HEAD"), head, "{manager}");
    }
}

/// The variable of the framework leaves a hook out by its id; ours leaves out what it says under either.
#[test]
fn a_hook_is_skipped_by_either_variable() {
    for manager in ["pre-commit", "prek"] {
        let repository = under(manager);
        for (id, variable) in [("d", ("SKIP", "alembic-heads")), ("e", ("ONEHEAD_SKIP", "1"))] {
            repository.revision(&format!("{id}1"), &["c"]);
            repository.revision(&format!("{id}2"), &["c"]);
            repository.git(&["add", "-A"]).exits(0);
            repository.git_with(&[variable], &["commit", "-q", "-m", "skipped"]).exits(0);
        }
    }
}

/// Neither the index of a partial commit nor its working tree is the whole index: the managers hand on which one counts.
#[test]
fn a_partial_commit_is_judged_as_it_will_be() {
    for manager in ALL {
        let repository = under(manager);
        repository.revision("d", &["c"]);
        repository.revision("e", &["c"]);
        repository.git(&["add", "-A"]).exits(0);
        repository.git(&["commit", "-q", "-m", "one", "versions/d.py"]).exits(0);
        let answer = repository.git(&["commit", "-q", "-m", "two", "versions/e.py"]);
        stops(&answer, "would leave 2 heads");
    }
}

/// A conflict in another file hides the merge from `pre-merge-commit`, and the migrations merge without one.
#[test]
fn a_conflicted_merge_is_stopped_by_the_commit_that_ends_it() {
    for manager in ALL {
        let repository = under(manager);
        for (name, id) in [("mine", "e"), ("rival", "d")] {
            repository.git(&["switch", "-q", "-c", name, "main"]).exits(0);
            repository.project.write("notes.txt", id);
            repository.revision(id, &["c"]);
            repository.commit_all(id).exits(0);
        }
        let head = repository.at("HEAD");
        repository.git(&["merge", "-q", "--no-edit", "mine"]).exits(1);
        repository.project.write("notes.txt", "both");
        repository.git(&["add", "notes.txt"]).exits(0);
        let answer = repository.git(&["commit", "-q", "--no-edit"]);
        stops(&answer, "onehead: this commit would leave 2 heads in alembic.ini");
        assert_eq!(repository.at("HEAD"), head, "{manager}");
        repository.project.onehead(["rebase"]).exits(0);
        repository.git(&["add", "-A"]).exits(0);
        repository.git(&["commit", "-q", "--no-edit"]).exits(0);
        assert_eq!(repository.at("HEAD^1"), head, "{manager}");
    }
}

#[test]
fn a_clean_merge_is_stopped_before_it_is_committed() {
    for manager in ALL {
        let repository = under(manager);
        repository.branch("mine", "main", "e", "c");
        repository.branch("rival", "main", "d", "c");
        let head = repository.at("HEAD");
        let answer = repository.git(&["merge", "-q", "--no-edit", "mine"]);
        // pre-commit and prek have one entry for both events, and no variable that names the event.
        let what = if manager == "lefthook" { "merge" } else { "commit" };
        stops(&answer, &format!("onehead: this {what} would leave 2 heads in alembic.ini"));
        assert_eq!(repository.at("HEAD"), head, "{manager}");
        repository.git(&["merge", "--abort"]).exits(0);
        repository.git(&["switch", "-q", "-c", "notes", "main"]).exits(0);
        repository.project.write("notes.txt", "x");
        repository.commit_all("notes").exits(0);
        repository.git(&["merge", "-q", "--no-edit", "mine"]).exits(0);
    }
}

/// Two branches, of which the second is bad.
#[track_caller]
fn good_and_bad(repository: &Repository) {
    repository.branch("a-good", "main", "d", "c");
    repository.git(&["switch", "-q", "-c", "b-bad", "main"]).exits(0);
    repository.revision("x", &["c"]);
    repository.revision("y", &["c"]);
    repository.git(&["add", "-A"]).exits(0);
    repository.git(&["commit", "-q", "--no-verify", "-m", "fork"]).exits(0);
    repository.git(&["switch", "-q", "main"]).exits(0);
}

#[test]
fn of_two_branches_pre_commit_and_prek_pass_on_the_first_alone_and_gits_own_hook_sees_both() {
    const PUSH: [&str; 5] = ["push", "-q", "origin", "a-good", "b-bad"];
    for manager in ["pre-commit", "prek"] {
        let repository = under(manager);
        good_and_bad(&repository);
        // Alone, it is seen.
        let answer = repository.git(&["push", "-q", "origin", "b-bad"]);
        stops(&answer, "this push would leave 2 heads in alembic.ini on b-bad");
        repository.git(&PUSH).exits(0);
        assert_eq!(repository.on_remote("b-bad"), repository.at("b-bad"), "{manager}");
    }
    let repository = Repository::new();
    good_and_bad(&repository);
    stops(&repository.git(&PUSH), "this push would leave 2 heads in alembic.ini on b-bad");
    assert_eq!(repository.on_remote("a-good"), "");
}

#[test]
fn of_two_branches_lefthook_passes_on_both() {
    let repository = under("lefthook");
    good_and_bad(&repository);
    let answer = repository.git(&["push", "-q", "origin", "a-good", "b-bad"]);
    stops(&answer, "this push would leave 2 heads in alembic.ini on b-bad");
    assert_eq!(repository.on_remote("a-good"), "");
    repository.git(&["push", "-q", "origin", "a-good"]).exits(0);
}

/// pre-commit and prek put aside what is not staged, and leave what is not tracked.
#[test]
fn what_is_not_staged_and_what_is_not_tracked_does_not_matter() {
    for manager in ALL {
        let repository = under(manager);
        repository.revision("d", &["c"]);
        repository.git(&["add", "versions/d.py"]).exits(0);
        repository.revision("e", &["c"]);
        repository.broken("c");
        let files = repository.project.files();
        repository.git(&["commit", "-q", "-m", "one"]).exits(0);
        assert_eq!(repository.project.files(), files, "{manager}");
        // Nor does what only mends it.
        repository.git(&["add", "versions/e.py"]).exits(0);
        repository.revision("e", &["d"]);
        let files = repository.project.files();
        stops(&repository.git(&["commit", "-q", "-m", "two"]), "would leave 2 heads");
        assert_eq!(repository.project.files(), files, "{manager}");
    }
}

#[test]
fn an_old_problem_does_not_block() {
    for manager in ALL {
        let repository = Repository::unguarded();
        repository.revision("d", &["c"]);
        repository.revision("e", &["c"]);
        install(&repository, manager, &BLOCKING);
        repository.project.write("notes.txt", "x");
        repository.commit_all("unrelated").exits(0);
        repository.git(&["push", "-q", "origin", "main"]).exits(0);
        repository.revision("f", &["c"]);
        stops(&repository.commit_all("a third"), "would leave 3 heads");
    }
}

/// The one entry of the notice stands for three events, told apart by what the manager says of them in variables.
#[test]
fn the_notice_after_a_merge_a_checkout_and_a_rebase() {
    for manager in ["pre-commit", "prek"] {
        let repository = Repository::unguarded();
        install(&repository, manager, &["post-merge", "post-rewrite", "post-checkout"]);
        repository.branch("rival", "main", "d", "c");
        let tell = |answer: &Answer, words: &str| {
            assert_eq!(answer.status, 0, "{answer}");
            assert_eq!(said(answer).matches(words).count(), 1, "{words:?}\n{answer}");
        };
        let answer = repository.git(&["switch", "-q", "main"]);
        tell(&answer, "onehead: 1 revision is not here any more: d");
        tell(&repository.git(&["merge", "-q", "rival"]), "onehead: 1 revision came: d");
        repository.git(&["switch", "-q", "-c", "mine", "main~1"]).exits(0);
        for (id, parent) in [("e", "c"), ("f", "e")] {
            repository.revision(id, &[parent]);
            repository.commit_all(id).exits(0);
        }
        tell(
            &repository.git(&["rebase", "-q", "main"]),
            "onehead: 2 heads in alembic.ini now: d, f",
        );
    }
}
