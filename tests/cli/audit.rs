//! `onehead audit` against real git: what is told of a history, and that it is what `check` says of every commit.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::json::check_audit;
use crate::support::{Answer, Project, check};

/// A repository in which time passes.
struct Story {
    project: Project,
    seconds: std::cell::Cell<i64>,
}

impl Story {
    fn new() -> Self {
        let project = Project::empty();
        project.git(["init", "-q", "-b", "main"]);
        project.write("alembic.ini", "[alembic]\nscript_location = migrations\n");
        project.write("migrations/env.py", "");
        Self { project, seconds: std::cell::Cell::new(1_700_000_000) }
    }

    fn script(&self, id: &str, parents: &str, message: &str) {
        self.script_at("migrations/versions", id, parents, message, "pass");
    }

    fn script_at(&self, folder: &str, id: &str, parents: &str, message: &str, body: &str) {
        let text = format!(
            "\"\"\"{message}\"\"\"\nrevision = '{id}'\ndown_revision = {parents}\n\n\ndef upgrade():\n    {body}\n"
        );
        self.project.write(&format!("{folder}/{id}.py"), &text);
    }

    /// Commits everything, so many seconds after the commit before.
    fn commit(&self, after: i64, subject: &str) {
        self.project.git(["add", "-A"]);
        self.dated(after, &["commit", "-q", "--allow-empty", "-m", subject]);
    }

    fn dated(&self, after: i64, arguments: &[&str]) {
        self.seconds.set(self.seconds.get() + after);
        let date = format!("{} +0000", self.seconds.get());
        let mut command = self.project.command(Path::new("git"));
        command.env("GIT_COMMITTER_DATE", &date).env("GIT_AUTHOR_DATE", &date);
        command.args(["-c", "user.name=A. Author", "-c", "user.email=a@example.org"]);
        let output = command.args(arguments).output().expect("git is installed");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    fn audit(&self, arguments: &[&str]) -> Answer {
        self.project.onehead_with("", &[&["audit"], arguments].concat())
    }

    fn history(&self) -> Value {
        let document = self.audit(&["--format", "json"]).exits(0).json();
        check_audit(&document);
        document["histories"][0].clone()
    }

    fn repairs(&self) -> Vec<String> {
        let history = self.history();
        let incidents = history["incidents"].as_array().expect("a list");
        let text = |value: &Value| value.as_str().unwrap_or("goes on").to_owned();
        incidents
            .iter()
            .map(|one| format!("{} {}", text(&one["rule"]), text(&one["repair"])))
            .collect()
    }
}

/// Two heads that a merge joins, then two of which one is put on the other, a published revision that is edited, and one
/// that is deleted.
fn story() -> Story {
    let story = Story::new();
    story.script("a", "None", "start");
    story.commit(0, "start");
    story.script("b", "'a'", "ours");
    story.script("c", "'a'", "theirs");
    story.commit(3_600, "both");
    story.script("m", "('b', 'c')", "join");
    story.commit(90_000, "merge heads");
    story.script("d", "'m'", "four");
    story.commit(60, "four");
    story.script("e", "'m'", "five | six");
    story.commit(60, "five");
    story.script("e", "'d'", "five | six");
    story.commit(7_200, "five goes after four");
    story.script_at("migrations/versions", "d", "'m'", "four", "op.drop_table('x')");
    story.commit(60, "four does more");
    story.project.git(["rm", "-q", "migrations/versions/e.py"]);
    story.commit(60, "five was wrong");
    story
}

#[test]
fn what_happened_when_and_how_it_ended() {
    let mut answer = story().audit(&[]);
    let ids: BTreeSet<String> =
        answer.stdout.split(' ').filter(|word| is_id(word)).map(str::to_owned).collect();
    for id in ids {
        answer.stdout = answer.stdout.replace(&id, "[COMMIT]");
    }
    check!(answer, @"
    exit_code: 0
    ----- stdout -----
    main since 2023-11-14: 8 commits touched migrations

    more heads than expected: 2 times, 1 day 3 hours in all, longest 1 day 1 hour
    a history that alembic cannot load: never
    ended by: merge 1, re-parent 1
    3 changes to published revisions

      since        for            what            through                     ended by
      2023-11-14   1 day 1 hour   2 heads: b, c   [COMMIT] both (A. Author)   merge in [COMMIT] merge heads (A. Author)
      2023-11-16   2 hours        2 heads: d, e   [COMMIT] five (A. Author)   re-parent in [COMMIT] five goes after four (A. Author)

      on           revision   what                  through
      2023-11-16   e          re-parented: m -> d   [COMMIT] five goes after four (A. Author)
      2023-11-16   d          other operations      [COMMIT] four does more (A. Author)
      2023-11-16   e          deleted               [COMMIT] five was wrong (A. Author)
    ----- stderr -----
    ");
}

fn is_id(word: &str) -> bool {
    word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[test]
fn the_same_as_markdown() {
    let answer = story().audit(&["--markdown"]).exits(0);
    answer
        .shows("| since | for | what | through | ended by |\n|---|---|---|---|---|\n")
        .shows("| 2023-11-14 | 1 day 1 hour | 2 heads: b, c | ")
        .shows("| e | re-parented: m -&gt; d | ");
}

#[test]
fn nothing_ever_happened() {
    let story = Story::new();
    story.script("a", "None", "start");
    story.commit(0, "start");
    check!(story.audit(&[]), @"
    exit_code: 0
    ----- stdout -----
    main since 2023-11-14: 1 commit touched migrations

    more heads than expected: never
    a history that alembic cannot load: never
    no published revision was changed or deleted
    ----- stderr -----
    ");
    story.audit(&["--quiet"]).exits(0).prints("").talks("");
}

#[test]
fn only_what_went_on_since() {
    let story = story();
    // Both forks were mended on 2023-11-16, and everything else was done that day.
    for (since, expected) in [("2023-11-16", (2, 3)), ("2023-11-17", (0, 0))] {
        let document = story.audit(&["--since", since, "--format", "json"]).exits(0).json();
        let number = |key: &str| document["histories"][0][key].as_array().map_or(0, Vec::len);
        assert_eq!((number("incidents"), number("changes")), expected, "{document}");
    }
    assert_eq!(story.audit(&["--since", "yesterday"]).exits(2).stdout, "");
}

#[test]
fn each_way_in_which_it_ends() {
    let story = Story::new();
    for id in ["a", "b"] {
        story.script(id, if id == "a" { "None" } else { "'a'" }, id);
    }
    story.commit(0, "start");
    // A parent that comes later.
    story.script("z", "'y'", "later");
    story.commit(10, "its parent is missing");
    story.script("y", "'b'", "earlier");
    story.commit(10, "here it is");
    // One that is renumbered.
    story.script("n", "'b'", "a number");
    story.commit(10, "forks");
    story.project.git(["rm", "-q", "migrations/versions/n.py"]);
    story.script("o", "'z'", "a number");
    story.commit(10, "another number");
    // One that is taken back.
    story.script("p", "'y'", "wrong");
    story.commit(10, "forks");
    story.project.git(["rm", "-q", "migrations/versions/p.py"]);
    story.commit(10, "taken back");
    // And one that goes on.
    story.script("q", "'y'", "now");
    story.commit(10, "forks");
    let expected = [
        "missing-parent restored",
        "multiple-heads renumber",
        "multiple-heads removed",
        "multiple-heads goes on",
    ];
    assert_eq!(story.repairs(), expected);
    story.audit(&[]).exits(0).shows("; one goes on\n").shows("   goes on\n");
    let change = &story.history()["changes"][0];
    let told = ["change", "revision", "path", "to"].map(|key| change[key].to_string()).join(" ");
    assert_eq!(told, r#""renumbered" "n" "migrations/versions/n.py" ["o"]"#);
}

#[test]
fn folders_and_configurations_that_move_are_followed() {
    let story = story();
    story.project.git(["mv", "migrations", "db"]);
    story.project.write("alembic.ini", "[alembic]\nscript_location = db\n");
    story.commit(60, "renamed");
    story.project.make("service");
    story.project.git(["mv", "alembic.ini", "db", "service"]);
    story.commit(60, "moved");
    story.script_at("service/db/versions", "f", "'m'", "last", "pass");
    story.commit(60, "forks");
    let document = story.audit(&["--format", "json"]).exits(0).json();
    let histories = document["histories"].as_array().expect("a list");
    assert_eq!(histories.len(), 1, "{document}");
    assert_eq!(histories[0]["environment"], "service/alembic.ini");
    let incidents = histories[0]["incidents"].as_array().expect("a list");
    assert_eq!(incidents.len(), 3, "{document}");
    assert_eq!(histories[0]["changes"].as_array().map(Vec::len), Some(3), "{document}");
}

#[test]
fn what_is_expected_now_was_expected_always() {
    let story = Story::new();
    story.script("a", "None", "start");
    story.script("b", "'a'", "one");
    story.script("c", "'a'", "two");
    story.commit(0, "two heads, as it is meant");
    story.project.write("onehead.toml", "expected-heads = 2\n");
    story.commit(10, "says so");
    assert_eq!(story.repairs(), [] as [&str; 0]);
}

#[test]
fn a_configuration_that_was_broken_for_a_while() {
    let story = Story::new();
    story.script("a", "None", "start");
    story.commit(0, "start");
    story.project.write("onehead.toml", "expected-heads = \n");
    story.commit(10, "broken");
    story.script("b", "'a'", "more");
    story.script("c", "'a'", "more");
    story.commit(10, "forks meanwhile");
    story.project.write("onehead.toml", "expected-heads = 1\n");
    story.commit(10, "mended");
    assert_eq!(story.repairs(), ["multiple-heads goes on"]);
    story.audit(&[]).exits(0).says("note: the configuration of ").says("invalid TOML");
}

#[test]
fn a_clone_that_is_shallow_says_where_it_begins() {
    let story = story();
    let clone = Project::empty();
    let address = format!("file://{}", story.project.path().display());
    clone.git(["clone", "-q", "--depth", "4", &address, "clone"]);
    let answer = clone.onehead_in("clone", ["audit"]).exits(0);
    answer
        .says("note: the clone is shallow: nothing is known of what was before 2023-11-16")
        .shows("2023-11-16 or before");
}

#[test]
fn without_a_baseline_there_is_nothing_to_look_at() {
    let project = Project::new();
    check!(project.onehead(["audit"]), @"
exit_code: 2
----- stdout -----
----- stderr -----
error: nothing tells whose history is looked at: this is no git repository
hint: name it with `--baseline REF`
");
    project.onehead(["audit", "--markdown", "--format", "json"]).exits(2);
    project.onehead(["audit", "--format", "sarif"]).exits(2);
}

#[test]
fn names_do_not_reach_the_terminal_as_they_are() {
    let story = Story::new();
    story.script("a", "None", "start");
    story.script("b", "'a'", "x");
    story.script("c", "'a'", "x");
    story.commit(0, "\u{1b}[31mred\u{202e}");
    let answer = story.audit(&[]).exits(0);
    assert!(!answer.stdout.contains(['\u{1b}', '\u{202e}']), "{answer}");
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("small")
    }
}

/// The rules that `check` reports as errors for each commit of the line are those of the incidents that go on then.
#[test]
fn every_commit_is_told_as_check_tells_it() {
    for seed in 1..=4 {
        let story = Story::new();
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ seed);
        let mut ids: Vec<String> = Vec::new();
        story.script("r0", "None", "r0");
        ids.push("r0".to_owned());
        story.commit(10, "start");
        let mut folder = "migrations".to_owned();
        for number in 1..25 {
            let on_side = dice.below(4) == 0;
            if on_side {
                story.project.git(["checkout", "-q", "-B", "side"]);
            }
            act(&story, &mut dice, &mut ids, &mut folder, number);
            story.commit(10, &format!("change {number}"));
            if on_side {
                story.project.git(["checkout", "-q", "main"]);
                story.dated(10, &["merge", "-q", "--no-ff", "--no-edit", "side"]);
            }
        }
        compare(&story, seed);
    }
}

/// One thing that people do to migrations.
fn act(story: &Story, dice: &mut Dice, ids: &mut Vec<String>, folder: &mut String, number: usize) {
    let versions = format!("{folder}/versions");
    let any = |dice: &mut Dice| ids[dice.below(ids.len())].clone();
    let (one, other) = (any(dice), any(dice));
    let last = ids[ids.len() - 1].clone();
    let id = format!("r{number}");
    match dice.below(10) {
        0..=3 => story.script_at(&versions, &id, &format!("'{last}'"), &id, "pass"),
        4 => story.script_at(&versions, &id, &format!("'{one}'"), &id, "pass"),
        5 => story.script_at(&versions, &id, &format!("('{one}', '{last}')"), &id, "pass"),
        6 => return story.script_at(&versions, &one, &format!("'{other}'"), &one, "pass"),
        7 if ids.len() > 2 => {
            ids.retain(|known| *known != one);
            let _ = std::fs::remove_file(
                story.project.path().join(&versions).join(format!("{one}.py")),
            );
            return;
        }
        8 => {
            // The same id in another file, or a file of which nothing can be read.
            let text = if number.is_multiple_of(2) {
                "revision = f(\n"
            } else {
                "revision = 'r0'\ndown_revision = None\n"
            };
            return story.project.write(&format!("{versions}/copy.py"), text);
        }
        _ => {
            let to = format!("folder{number}");
            story.project.git(["mv", folder, &to]);
            story.project.write("alembic.ini", &format!("[alembic]\nscript_location = {to}\n"));
            *folder = to;
            return;
        }
    }
    ids.push(id);
}

fn compare(story: &Story, seed: u64) {
    let history = story.history();
    let line = story.project.git_says(["rev-list", "--first-parent", "--reverse", "main"]);
    let mut going_on: BTreeSet<String> = BTreeSet::new();
    let mut troubles = 0;
    for commit in line.lines() {
        for incident in history["incidents"].as_array().expect("a list") {
            let rule = incident["rule"].as_str().expect("a text").to_owned();
            if incident["end"]["id"] == commit {
                going_on.remove(&rule);
            }
        }
        for incident in history["incidents"].as_array().expect("a list") {
            if incident["begin"]["id"] == commit {
                going_on.insert(incident["rule"].as_str().expect("a text").to_owned());
            }
        }
        let rules = "multiple-heads,invalid-revision-id";
        let arguments = ["check", "--ref", commit, "--select", rules, "--format", "json"];
        let document = story.project.onehead(arguments).json();
        let findings = document["environments"][0]["findings"].as_array().expect("a list");
        let errors = findings.iter().filter(|one| one["severity"] == "error");
        let errors: BTreeSet<String> =
            errors.map(|one| one["rule"].as_str().expect("a text").to_owned()).collect();
        troubles += errors.len();
        assert_eq!(going_on, errors, "seed {seed}, commit {commit}");
    }
    assert!(troubles > 0, "seed {seed} shows nothing");
}
