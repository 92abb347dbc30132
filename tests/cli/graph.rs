//! `onehead graph`: the history as a picture, in every format, beside real git.
//!
//! Shapes and hostile text are judged beside the writers.

use crate::support::{Project, check};

/// `main` on the remote has `b` and `f`; this branch leaves at `b` with `c`, committed, and `d`, not committed.
fn forked() -> Project {
    let project = Project::new().variable("LANG", "C.UTF-8");
    project.repository();
    project.migration("a", None, "start", 1);
    project.migration("b", Some("a"), "second", 2);
    project.commit("start");
    project.git(["checkout", "-q", "-b", "feature/x"]);
    project.migration("c", Some("b"), "add orders.total", 3);
    project.commit("orders");
    project.git(["checkout", "-q", "main"]);
    project.migration("f", Some("b"), "add users.email", 3);
    project.commit("users");
    project.git(["init", "-q", "--bare", "-b", "main", ".git/remote"]);
    project.git(["remote", "add", "origin", ".git/remote"]);
    project.git(["push", "-q", "origin", "--all"]);
    project.git(["remote", "set-head", "origin", "main"]);
    project.git(["checkout", "-q", "-b", "feature/y"]);
    project.git(["merge", "-q", "-m", "both", "feature/x"]);
    project.migration("d", Some("c"), "add orders.paid", 4);
    project
}

#[test]
fn who_adds_what_to_what_is_published() {
    check!(forked().onehead(["graph"]), @"
    exit_code: 0
    ----- stdout -----
    ◉    f  add users.email   (head)  origin/main
    │ ◉  d  add orders.paid   (head)  unpublished
    │ ○  c  add orders.total  unpublished  feature/x  feature/y
    ├─╯
    ○    b  second            (branch point)
    ○    a  start             (base)
    ----- stderr -----
    ");
}

#[test]
fn without_a_locale_that_has_more_it_is_ascii() {
    let project = forked().variable("LC_ALL", "C");
    let answer = project.onehead(["graph"]).exits(0);
    assert!(answer.stdout.is_ascii(), "{}", answer.stdout);
    let dumb = forked().variable("TERM", "dumb").onehead(["graph"]);
    assert_eq!(dumb.stdout, answer.stdout);
}

#[test]
fn lines_in_which_nothing_happens_are_folded() {
    let project = Project::new().history("a <- b <- c <- d <- e <- f <- g, e <- x");
    check!(project.onehead(["graph"]), @"
    exit_code: 0
    ----- stdout -----
    @    g  add g  (head)
    o    f  add f
    | @  x  add x  (head)
    |-'
    o    e  add e  (branch point)
    :    3 revisions
    o    a  add a  (base)
    ----- stderr -----
    ");
    check!(project.onehead(["graph", "--all"]), @"
    exit_code: 0
    ----- stdout -----
    @    g  add g  (head)
    o    f  add f
    | @  x  add x  (head)
    |-'
    o    e  add e  (branch point)
    o    d  add d
    o    c  add c
    o    b  add b
    o    a  add a  (base)
    ----- stderr -----
    ");
}

#[test]
fn a_range_is_shown_whole() {
    let project = Project::new().history("a <- b <- c <- d <- e <- f <- g, c <- x");
    check!(project.onehead(["graph", "-r", "b:g"]), @"
    exit_code: 0
    ----- stdout -----
    @  g  add g  (head)
    o  f  add f
    o  e  add e
    o  d  add d
    o  c  add c  (branch point)
    o  b  add b  follows a
    ----- stderr -----
    ");
    check!(project.onehead(["graph", "-r", "nowhere:"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Can't locate revision identified by 'nowhere'
    hint: run `onehead history` to list the revisions
    ");
    check!(project.onehead(["graph", "-r", "b"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `b` is no range: History range requires [start]:[end], [start]:, or :[end]
    hint: for example `onehead history -r 4f2a:heads`
    ");
}

#[test]
fn what_is_wrong_is_drawn_and_said() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", "revision = 'c'\ndown_revision = 'gone'\n");
    project.write("versions/d.py", "revision = 'd'\ndown_revision = (\n");
    check!(project.onehead(["graph"]), @"
    exit_code: 1
    ----- stdout -----
    @  b     add b  (head)
    o  a     add a  (base)
    @  d  ! what it follows cannot be read  (head)
    @  c  (head)
    x  gone  ! no file defines it
    ----- stderr -----
    error[missing-parent]: `c` follows `gone`, which no file defines
     --> versions/c.py:2:17
      |
    2 | down_revision = 'gone'
      |                 ^^^^^^
      |
      = note: every alembic command stops with `KeyError: 'gone'`
      = help: bring it back:   onehead where gone --restore

    error[unreadable-script]: `down_revision` is computed when the file runs, so its value is not known here
     --> versions/d.py:2:18
      |
    2 | down_revision = (
      |                  ^
      |
      = note: the history cannot be known beyond this file without running it
      = help: write the value of `down_revision` down as a string in versions/d.py

    error[unreadable-script]: not valid Python: unexpected EOF while parsing
     --> versions/d.py:3:1
      |
    3 |
      | ^
      |
      = note: every alembic command stops with a `SyntaxError` at this file
      = help: see what Python says of it:   python3 -m py_compile versions/d.py
    ");
    let quiet = project.onehead(["graph", "--quiet"]).exits(1);
    assert_eq!(quiet.stdout, "");
    assert_eq!(quiet.stderr.lines().count(), 3, "{}", quiet.stderr);
    for format in ["mermaid", "dot", "svg", "json"] {
        let answer = project.onehead(["graph", "--format", format]).exits(1);
        assert!(answer.stdout.contains("gone"), "{}", answer.stdout);
    }
}

#[test]
fn each_environment_under_its_name() {
    let project = Project::empty();
    for name in ["one", "two"] {
        let ini = "[alembic]\nscript_location = %(here)s\n";
        project.write(&format!("{name}/alembic.ini"), ini);
        let text = format!("revision = '{name}1'\ndown_revision = None\n");
        project.write(&format!("{name}/versions/{name}.py"), &text);
    }
    check!(project.onehead(["graph"]), @"
    exit_code: 0
    ----- stdout -----
    # one/alembic.ini
    @  one1  (head, base)
    # two/alembic.ini
    @  two1  (head, base)
    ----- stderr -----
    ");
    let flowchart = project.onehead(["graph", "--format", "mermaid"]).exits(0).stdout;
    assert!(flowchart.contains("subgraph e1[\"two#47;alembic.ini\"]"), "{flowchart}");
}

#[test]
fn the_index_a_commit_and_a_merge_are_drawn() {
    let project = forked();
    let of = |arguments: &[&str]| project.onehead_with("", &[&["graph"], arguments].concat());
    assert!(!of(&["--staged"]).stdout.contains("orders.paid"));
    assert!(!of(&["--ref", "main"]).stdout.contains("orders"));
    project.git(["checkout", "-q", "main"]);
    let merged = of(&["--merge-with", "feature/x"]).stdout;
    assert!(merged.contains("add orders.total") && merged.contains("add users.email"), "{merged}");
}

#[test]
fn json_has_every_row() {
    let project = forked();
    let answer = project.onehead(["graph", "--format", "json"]).exits(0).json();
    let environment = &answer["environments"][0];
    let rows = environment["rows"].as_array().expect("rows");
    let ids: Vec<&str> = rows.iter().filter_map(|row| row["revision"].as_str()).collect();
    assert_eq!(ids, ["f", "d", "c", "b", "a"]);
    assert_eq!(rows[2]["refs"], serde_json::json!(["feature/x", "feature/y"]));
    assert_eq!(rows[2]["published"], false);
    assert_eq!(rows[2]["path"], "versions/c_add_orders.total.py");
    assert_eq!(rows[0]["lane"], 0);
    assert_eq!(rows[1]["lane"], 1);
    assert_eq!(environment["edges"][0], serde_json::json!({"from": 0, "to": 3, "lane": 0}));
    assert_eq!(environment["width"], 2);
    assert_eq!(environment["baseline"], "origin/main");
    let long = Project::new().history("a <- b <- c <- d <- e");
    let answer = long.onehead(["graph", "--format", "json"]).exits(0).json();
    assert_eq!(answer["environments"][0]["runs"], serde_json::json!([{"first": 1, "last": 3}]));
}

#[test]
fn formats_that_are_not_there_are_refused() {
    let project = Project::new().history("a");
    check!(project.onehead(["graph", "--format", "sarif"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--format sarif` is for `onehead check`
    hint: leave it out, or use `--format json`
    ");
    check!(project.onehead(["check", "--format", "svg"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--format svg` is for `onehead graph`
    hint: leave it out, or use `--format json`
    ");
    check!(project.onehead(["heads", "--format", "mermaid"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--format mermaid` is for `onehead graph`
    hint: leave it out, or use `--format json`
    ");
    check!(project.onehead(["check", "--output-file", "dot=x"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--format dot` is for `onehead graph`
    hint: leave it out, or use `--format json`
    ");
    check!(project.onehead(["graph", "--open", "--format", "dot"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--open` shows a page, and `--format` asks for something else
    hint: leave one of them out
    ");
}

#[test]
fn github_gets_the_picture_of_a_fork() {
    let project = Project::new().history("a <- b, a <- c");
    let summary = project.path().join("summary.md");
    let summary = summary.to_str().expect("a path").to_owned();
    let project =
        project.variable("GITHUB_ACTIONS", "true").variable("GITHUB_STEP_SUMMARY", &summary);
    project.onehead(["check"]).exits(1);
    let said = project.files()["summary.md"].clone();
    let (_, picture) = said.split_once("```mermaid\n").expect("a picture");
    insta::assert_snapshot!(picture, @r#"
    flowchart BT
      e0n0["b<br/>add b<br/>head"]:::head
      e0n1["c<br/>add c<br/>head"]:::head
      e0n2["a<br/>add a<br/>branch point, base"]:::base
      e0n2 --> e0n0
      e0n2 --> e0n1
      classDef head stroke:#2da44e,stroke-width:3px
      classDef merge stroke:#8250df,stroke-width:2px
      classDef base stroke-width:2px
      classDef unpublished stroke:#bf8700,stroke-width:2px
      classDef defect stroke:#cf222e,stroke-width:2px,stroke-dasharray:4
    ```

    <details><summary>The history as text</summary>

    <pre>
    ◉    b  add b  &#40;head&#41;
    │ ◉  c  add c  &#40;head&#41;
    ├─╯
    ○    a  add a  &#40;branch point, base&#41;
    </pre>

    </details>
    "#);
    project.write("versions/m.py", "revision = 'm'\ndown_revision = ('b', 'c')\n");
    project.onehead(["check"]).exits(0);
    let more = project.files()["summary.md"][said.len()..].to_owned();
    assert!(!more.contains("mermaid"), "{more}");
}
