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
    check!(Project::new().history("a <- b, a <- c").onehead(["check"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[multiple-heads]: the history has 2 heads: `b` and `c`
     --> versions/c.py:6:17
      |
    6 | down_revision = 'a'
      |                 ^^^ `b` follows `a` too: here the history parts
      |
      = note: `b` add b   versions/b.py
      = note: `c` add c   versions/c.py
      = note: `alembic upgrade head` stops with `Multiple head revisions are present for given argument 'head'`
      = help: put what is unpublished on top of what is published:   onehead rebase
      = help: or join them with a merge:   onehead merge

    ----- stderr -----
    1 error in 3 revisions (alembic.ini)
    "#);
}

#[test]
fn quiet_leaves_stdout_empty_and_the_status_as_it_is() {
    check!(Project::new().history("a <- b, a <- c").onehead(["check", "--quiet"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    versions/c.py:6:17: multiple-heads the history has 2 heads: `b` and `c`
    ");
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
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: `down_revision` is computed when the file runs, so its value is not known here
     --> versions/c.py:2:17
      |
    2 | down_revision = latest()
      |                 ^^^^^^^^ the value is what `latest` returns
      |
      = note: the history cannot be known beyond this file without running it
      = help: write the value of `down_revision` down as a string in versions/c.py

    ----- stderr -----
    1 error in 3 revisions (alembic.ini)
    ");
    check!(project.onehead(["check", "--quiet"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    versions/c.py:2:17: unreadable-script `down_revision` is computed when the file runs, so its value is not known here
    ");
}

#[test]
fn no_environment_is_exit_2() {
    let project = Project::empty();
    check!(project.onehead(["check"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: no Alembic environment found

    looked for alembic.ini and [tool.alembic] in pyproject.toml in and below [PROJECT] (no git repository: the folders above were not looked at)
    hint: name one with `--config path/to/alembic.ini`, or describe it under [[tool.onehead.environments]]
    ");
    project.onehead(["check", "--quiet"]).exits(2).prints("").says("no Alembic environment found");
}

#[test]
fn a_named_configuration_that_is_not_there_is_exit_2() {
    check!(Project::new().onehead(["-c", "other.ini", "check"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: cannot read other.ini, which -c names: no such file or directory
    hint: run `onehead environments` without `--config` to see what there is
    ");
}

#[test]
fn the_error_of_a_json_run_is_json() {
    let answer = Project::empty().onehead(["check", "--format", "json"]).exits(2);
    assert_eq!(answer.stderr, "");
    let document = answer.json();
    assert_eq!(document["schema"], 1);
    let message = document["error"]["message"].as_str().expect("a text");
    assert!(message.starts_with("no Alembic environment found"), "{message}");
    assert!(document["error"]["hint"].is_string());
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
    check!(project.onehead(["check", "--format", "concise"]), @"
    exit_code: 1
    ----- stdout -----
    versions/b.py:6:17: error[missing-parent] `b` follows `gone`, which no file defines
    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    ");
    check!(project.onehead(["check"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[missing-parent]: `b` follows `gone`, which no file defines
     --> versions/b.py:6:17
      |
    6 | down_revision = 'gone'
      |                 ^^^^^^
      |
      = note: every alembic command stops with `KeyError: 'gone'`
      = help: bring it back:   onehead where gone --restore

    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    "#);
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
    check!(project.onehead(["check"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[duplicate-revision]: 2 files define `b`
     --> versions/b.py:5:12
      |
    5 | revision = 'b'
      |            ^^^ defined again here
      |
     ::: versions/again.py:5:12
      |
    5 | revision = 'b'
      |            --- defined here
      |
      = note: alembic warns `Revision b is present more than once` and takes the one that it reads last
      = help: if one is a copy of the other, delete it
      = help: give one of them an id of its own:   python3 -c "import uuid; print(uuid.uuid4().hex[-12:])"
      = help: or have it done, where one of them is unpublished:   onehead check --fix

    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    "#);
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
    check!(project.onehead(["check", "--ignore", "missing-parent"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    2 heads, 2 revisions, no problems (alembic.ini); answer not certain
    ");
}

#[test]
fn a_comment_silences_a_rule_in_its_file() {
    let project = Project::new().history("a");
    let silenced = "# onehead: ignore[missing-parent]\n";
    project.write("versions/b.py", &script_with("b", "'gone'", silenced));
    check!(project.onehead(["check"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    2 heads, 2 revisions, no problems (alembic.ini); answer not certain
    ");
}

#[test]
fn a_comment_that_silences_nothing_is_a_finding() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "'a'", "# onehead: ignore[cycle]\n"));
    check!(project.onehead(["check"]), @"
    exit_code: 0
    ----- stdout -----
    warning[unused-ignore]: this comment silences nothing: `cycle` finds nothing in this file
     --> versions/b.py:7:19
      |
    7 | # onehead: ignore[cycle]
      |                   ^^^^^
      |
      = help: remove `cycle` from the comment in versions/b.py

    ----- stderr -----
    1 warning in 2 revisions (alembic.ini)
    ");
    project.onehead(["check", "--strict"]).exits(1);
}

#[test]
fn severities_come_from_the_configuration() {
    let project = Project::new().history("a <- b, a <- c");
    project.write("onehead.toml", "[rules]\nmultiple-heads = \"warning\"\n");
    project.onehead(["check"]).exits(0).shows("warning[multiple-heads]");
    project.onehead(["check", "--strict"]).exits(1);
    project.write("onehead.toml", "[rules]\nmultiple-heads = \"off\"\n");
    project.onehead(["check"]).exits(0).prints("");
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
    project.onehead(["check", "versions/a.py"]).exits(1);
    check!(project.onehead(["check", "nowhere"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: no Alembic environment lies at nowhere, which does not exist
    hint: there is: alembic.ini, fine/alembic.ini
    ");
}

#[test]
fn terminal_escapes_of_a_repository_stay_out_of_the_terminal() {
    let project = Project::new();
    project.write(
        "versions/a.py",
        "'''\x1b[31mred'''\nrevision = '\\x1b[2Ja'\ndown_revision = 'gone\\x07'\n",
    );
    let answer = project.onehead(["check"]).exits(1);
    let shown = answer.to_string();
    assert!(!shown.contains(['\x1b', '\x07']), "{shown:?}");
    check!(answer, @r"
    exit_code: 1
    ----- stdout -----
    error[missing-parent]: `\x1b[2Ja` follows `gone\x07`, which no file defines
     --> versions/a.py:3:17
      |
    3 | down_revision = 'gone\x07'
      |                 ^^^^^^^^^^
      |
      = note: every alembic command stops with `KeyError: 'gone\x07'`
      = help: bring it back:   onehead where $'gone\x07' --restore

    ----- stderr -----
    1 error in 1 revision (alembic.ini)
    ");
}

#[test]
fn verbose_says_how_long_the_steps_took() {
    let answer = Project::new().history("a").onehead(["check", "-v"]).exits(0).prints("");
    let last = answer.stderr.lines().last().expect("a line");
    let steps: Vec<&str> = last.split(", ").filter_map(|step| step.split(' ').next()).collect();
    assert_eq!(steps, ["find", "read", "judge", "report"], "{answer}");
}

#[test]
fn exit_zero_is_about_findings_and_not_about_failing() {
    Project::new().history("a <- b, a <- c").onehead(["check", "--exit-zero"]).exits(0);
    Project::empty().onehead(["check", "--exit-zero"]).exits(2);
}
