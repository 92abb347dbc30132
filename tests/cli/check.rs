//! `check`: findings, streams, exit statuses.

use crate::support::{Project, check, script_with};

#[test]
fn a_healthy_history_is_one_line_on_stderr() {
    check!(Project::new().history("a <- b").onehead(["check"]).exits(0), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    1 head, 2 revisions, no problems (alembic.ini)
    ");
}

#[test]
fn two_heads_fail() {
    let answer = Project::new().history("a <- b, a <- c").onehead(["check"]).exits(1);
    let answer = answer.shows("error[multiple-heads]: the history has 2 heads: `b` and `c`");
    answer.shows("versions/b.py").shows("versions/c.py");
}

#[test]
fn quiet_leaves_stdout_empty_and_the_status_as_it_is() {
    let answer =
        Project::new().history("a <- b, a <- c").onehead(["check", "--quiet"]).exits(1).prints("");
    assert_eq!(answer.stderr.lines().count(), 1, "{answer}");
    answer.says("multiple-heads");
}

#[test]
fn quiet_says_nothing_when_clean() {
    let answer = Project::new().history("a <- b").onehead(["check", "--quiet"]).exits(0).prints("");
    assert_eq!(answer.stderr, "");
}

#[test]
fn quiet_says_nothing_of_warnings() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", &script_with("c", "('b', 'a')", ""));
    let answer = project.onehead(["check", "--quiet", "--all"]).exits(0).prints("");
    assert_eq!(answer.stderr, "");
}

#[test]
fn strict_fails_on_warnings() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", &script_with("c", "('b', 'a')", ""));
    assert_eq!(
        project.onehead(["check", "--all", "--format", "json"]).exits(0).rules(),
        ["redundant-merge"]
    );
    project.onehead(["check", "--all", "--strict"]).exits(1);
    project.onehead(["check", "--all", "--strict", "--exit-zero"]).exits(0);
}

#[test]
fn what_cannot_be_read_is_never_fine() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", "revision = 'c'\ndown_revision = latest()\n");
    project.onehead(["check"]).exits(1).shows("error[unreadable-script]");
    project.onehead(["check", "--quiet"]).exits(1).prints("").says("unreadable-script");
}

#[test]
fn no_environment_is_exit_2() {
    let project = Project::empty();
    project.onehead(["check"]).exits(2).says("no Alembic environment found");
    project.onehead(["check", "--quiet"]).exits(2).prints("");
}

#[test]
fn a_named_configuration_that_is_not_there_is_exit_2() {
    Project::new().onehead(["-c", "other.ini", "check"]).exits(2).says("other.ini");
}

#[test]
fn the_error_of_a_json_run_is_json() {
    let document = Project::empty().onehead(["check", "--format", "json"]).exits(2).json();
    assert_eq!(document["schema"], 1);
    assert!(document["error"]["message"].is_string());
}

#[test]
fn json_gives_the_place_of_a_finding() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "'gone'", ""));
    let answer = project.onehead(["check", "--format", "json"]).exits(1);
    assert_eq!(answer.rules(), ["missing-parent"]);
    let document = answer.json();
    assert_eq!(document["snapshot"], "worktree");
    assert_eq!(document["summary"]["errors"], 1);
    let finding = &document["environments"][0]["findings"][0];
    assert_eq!(finding["path"], "versions/b.py");
    assert_eq!(finding["line"], 6);
    assert_eq!(finding["column"], 17);
    assert_eq!(finding["severity"], "error");
}

#[test]
fn concise_is_a_line_per_finding() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "'gone'", ""));
    let answer = project.onehead(["check", "--format", "concise"]).exits(1);
    assert!(answer.stdout.starts_with("versions/b.py:6:17: "), "{answer}");
    assert_eq!(answer.stdout.lines().count(), 1, "{answer}");
}

#[test]
fn one_cause_one_finding() {
    type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);
    let cases: [Case; 5] = [
        ("a <- b", &[("c", "'gone'")], &["missing-parent"]),
        ("a <- b <- a", &[], &["cycle"]),
        ("a", &[("b", "'b'")], &["cycle"]),
        ("a <- b, a <- c", &[], &["multiple-heads"]),
        ("a <- b", &[("x-y", "'b'")], &["invalid-revision-id"]),
    ];
    for (history, more, expected) in cases {
        let project = Project::new().history(history);
        for (id, parent) in more {
            project.write(&format!("versions/{id}.py"), &script_with(id, parent, ""));
        }
        let rules = project.onehead(["check", "--format", "json"]).rules();
        assert_eq!(rules, expected, "{history} {more:?}");
    }
}

#[test]
fn an_id_that_two_files_define_is_reported_with_both() {
    let project = Project::new().history("a <- b");
    project.write("versions/again.py", &script_with("b", "'a'", ""));
    let answer = project.onehead(["check"]).exits(1).shows("error[duplicate-revision]");
    answer.shows("versions/b.py").shows("versions/again.py");
}

#[test]
fn select_takes_only_these_rules() {
    let project = Project::new().history("a <- b, a <- c");
    project.onehead(["check", "--select", "merge-revision"]).exits(0);
    project.onehead(["check", "--ignore", "multiple-heads"]).exits(0);
}

#[test]
fn integrity_is_silenced_by_ignore_alone_and_not_in_silence() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "'gone'", ""));
    project.onehead(["check", "--select", "empty-message"]).exits(1).shows("missing-parent");
    project.onehead(["check", "--ignore", "missing-parent"]).says("answer not certain");
}

#[test]
fn a_comment_silences_a_rule_in_its_file() {
    let project = Project::new().history("a");
    let silenced = "# onehead: ignore[missing-parent]\n";
    project.write("versions/b.py", &script_with("b", "'gone'", silenced));
    let rules = project.onehead(["check", "--format", "json"]).rules();
    assert!(!rules.contains(&"missing-parent".to_string()), "{rules:?}");
}

#[test]
fn a_comment_that_silences_nothing_is_a_finding() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "'a'", "# onehead: ignore[cycle]\n"));
    assert_eq!(project.onehead(["check", "--format", "json"]).exits(0).rules(), ["unused-ignore"]);
}

#[test]
fn severities_come_from_the_configuration() {
    let project = Project::new().history("a <- b, a <- c");
    project.write("onehead.toml", "[rules]\nmultiple-heads = \"warning\"\n");
    project.onehead(["check"]).exits(0).shows("warning[multiple-heads]");
}

#[test]
fn heads_that_are_expected_are_no_finding() {
    let project = Project::new().history("a <- b, a <- c");
    project.write("onehead.toml", "expected-heads = 2\n");
    project.onehead(["check"]).exits(0).says("2 heads, 3 revisions, no problems (alembic.ini)");
}

#[test]
fn the_configuration_may_stand_in_pyproject() {
    let project = Project::new().history("a <- b, a <- c");
    project.write("pyproject.toml", "[tool.onehead]\nexpected-heads = 2\n");
    project.onehead(["check"]).exits(0);
}

#[test]
fn a_path_restricts_the_check() {
    let project = Project::new().history("a <- b, a <- c");
    project.write("fine/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    project.write("fine/versions/a.py", &script_with("a", "None", ""));
    project.onehead(["check"]).exits(1);
    project.onehead(["check", "fine"]).exits(0);
}

#[test]
fn terminal_escapes_of_a_repository_stay_out_of_the_terminal() {
    let project = Project::new();
    project.write(
        "versions/a.py",
        "'''\x1b[31mred'''\nrevision = '\\x1b[2Ja'\ndown_revision = 'gone\\x07'\n",
    );
    let answer = project.onehead(["check"]).exits(1);
    let shown = answer.stdout + &answer.stderr;
    assert!(!shown.contains(['\x1b', '\x07']), "{shown:?}");
}
