//! The deliberate differences from Alembic: each test is named in a row of COMPATIBILITY.md.

use crate::support::{Project, check, script_with};

/// Two branches, of which one only reaches the other's head through a dependency.
fn depending() -> Project {
    let project = Project::new().history(
        "aaaa <- bbbb, aaaa <- cccc, bbbb <- dddd, cccc <- dddd, dddd <- eeee, dddd <- ffff",
    );
    project.write("versions/gggg.py", &script_with("gggg", "None", "depends_on = 'eeee'"));
    project
}

#[test]
fn check_names_every_missing_dependency() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "'a'", "depends_on = ['gone', 'lost']"));
    check!(project.onehead(["check"]), @r#"
    exit_code: 1
    ----- stdout -----
    error[missing-dependency]: `b` depends on `gone`, which no file defines
     --> versions/b.py:7:15
      |
    7 | depends_on = ['gone', 'lost']
      |               ^^^^^^
      |
      = note: every alembic command stops with `KeyError: 'gone'`
      = help: bring it back:   onehead where gone --restore

    error[missing-dependency]: `b` depends on `lost`, which no file defines
     --> versions/b.py:7:23
      |
    7 | depends_on = ['gone', 'lost']
      |                       ^^^^^^
      |
      = note: every alembic command stops with `KeyError: 'lost'`
      = help: bring it back:   onehead where lost --restore

    ----- stderr -----
    2 errors in 2 revisions (alembic.ini)
    "#);
}

#[test]
fn heads_on_a_broken_history_says_what_it_can() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", &script_with("c", "'gone'", ""));
    check!(project.onehead(["heads"]), @r#"
    exit_code: 1
    ----- stdout -----
    b (head)
    c (head)
    ----- stderr -----
    error[missing-parent]: `c` follows `gone`, which no file defines
     --> versions/c.py:6:17
      |
    6 | down_revision = 'gone'
      |                 ^^^^^^
      |
      = note: every alembic command stops with `KeyError: 'gone'`
      = help: bring it back:   onehead where gone --restore
    "#);
}

#[test]
fn history_of_an_unnoticed_cycle_ends() {
    // Every revision of the circle is below a head and above a base, which satisfies Alembic's detection.
    let project = Project::new().history("a <- b <- c <- d <- h");
    project.write("versions/b.py", &script_with("b", "('a', 'd')", ""));
    check!(project.onehead(["history"]), @"
    exit_code: 0
    ----- stdout -----
    d -> h (head), add h
    c -> d (branchpoint), add d
    b -> c, add c
    a, d -> b (mergepoint), add b
    <base> -> a, add a
    ----- stderr -----
    error[cycle]: revisions follow each other in a circle: `b` -> `d` -> `c` -> `b`
     --> versions/b.py:6:23
      |
    6 | down_revision = ('a', 'd')
      |                       ^^^
      |
      = note: alembic loads this history and then runs its migrations in an order that cannot be right, or never ends
      = help: see where the circle came from:   git log -p -- versions/b.py
    ");
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[cycle]: revisions follow each other in a circle: `b` -> `d` -> `c` -> `b`
     --> versions/b.py:6:23
      |
    6 | down_revision = ('a', 'd')
      |                       ^^^
      |
      = note: alembic loads this history and then runs its migrations in an order that cannot be right, or never ends
      = help: see where the circle came from:   git log -p -- versions/b.py

    ----- stderr -----
    1 error in 5 revisions (alembic.ini)
    ");

    // The same through `depends_on`; here `alembic history` never returns.
    let project = Project::new().history("a <- b <- c <- e, c <- g, a <- f");
    project.write("versions/b.py", &script_with("b", "'a'", "depends_on = 'c'"));
    project.write("versions/c.py", &script_with("c", "'b'", "depends_on = 'a'"));
    project.write("versions/f.py", &script_with("f", "'a'", "depends_on = ('c', 'b')"));
    project.write("versions/g.py", &script_with("g", "'c'", "depends_on = 'a'"));
    project.onehead(["heads"]).exits(0).prints("e (head)\nf (head)\ng (head)\n");
    project.onehead(["branches"]).exits(1).says("cycle");
    check!(project.onehead(["history"]), @"
    exit_code: 1
    ----- stdout -----
    <base> -> a (branchpoint), add a
    a (c) -> b, add b
    b (a) -> c (branchpoint), add c
    c -> e (head), add e
    a (c, b) -> f (head), add f
    c (a) -> g (head), add g
    ----- stderr -----
    error[cycle]: revisions follow or depend on each other in a circle: `b` -> `c` -> `b`
     --> versions/b.py:7:14
      |
    7 | depends_on = 'c'
      |              ^^^
      |
      = note: alembic loads this history and then runs its migrations in an order that cannot be right, or never ends
      = help: see where the circle came from:   git log -p -- versions/b.py

    error: Alembic never returns from this
    ");
    check!(project.onehead(["history", "--quiet"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    versions/b.py:7:14: cycle revisions follow or depend on each other in a circle: `b` -> `c` -> `b`
    error: Alembic never returns from this
    ");
    project.onehead(["check"]).exits(1).shows("error[cycle]");
}

#[test]
fn history_with_a_duplicate_id() {
    let project = Project::new().history("a <- b <- c");
    project.write("versions/z.py", &script_with("b", "'a'", ""));
    let answer = project.onehead(["history"]);
    for id in ["a", "b", "c"] {
        let lines = answer.stdout.lines().filter(|line| line.contains(&format!("-> {id}"))).count();
        assert_eq!(lines, 1, "{id}: {answer}");
    }
    project.onehead(["check"]).exits(1).shows("error[duplicate-revision]");
}

#[test]
fn history_refuses_a_range_that_alembic_crashes_on() {
    check!(depending().onehead(["history", "-r", "dddd:"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Alembic stops here with a traceback: AssertionError
    ");
}

#[test]
fn show_below_the_base() {
    check!(Project::new().history("a <- b").onehead(["show", "--", "-3"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Alembic stops here with a traceback: AttributeError
    ");
}

#[test]
fn show_an_unknown_revision() {
    check!(Project::new().history("a <- b").onehead(["show", "zzzz"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Can't locate revision identified by 'zzzz'
    hint: run `onehead history` to list the revisions
    ");
}

#[test]
fn a_missing_version_location_is_a_warning() {
    let project = Project::empty();
    let ini = "[alembic]\nscript_location = %(here)s\npath_separator = space\nversion_locations = %(here)s/versions %(here)s/extra\n";
    project.write("alembic.ini", ini);
    project.write("versions/a.py", &script_with("a", "None", ""));
    check!(project.onehead(["heads"]), @"
    exit_code: 0
    ----- stdout -----
    a (head)
    ----- stderr -----
    warning: version location extra of alembic.ini does not exist: alembic skips it without a word
    ");
    check!(project.onehead(["check"]), @"
    exit_code: 0
    ----- stdout -----
    ----- stderr -----
    warning: version location extra of alembic.ini does not exist: alembic skips it without a word
    1 head, 1 revision, no problems (alembic.ini)
    ");
}

#[test]
fn a_script_that_cannot_be_imported_is_read() {
    let project = Project::new();
    let text = "import os, no.such.module\nSECRET = os.environ['NOT_SET']\n";
    project.write("versions/a.py", &format!("{text}{}", script_with("a", "None", "")));
    project.onehead(["heads"]).exits(0).prints("a (head)\n");
    project.onehead(["check"]).exits(0);
}

#[test]
fn a_computed_parent_is_not_guessed() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "get_down_revision(revision)", ""));
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: `down_revision` is computed when the file runs, so its value is not known here
     --> versions/b.py:6:17
      |
    6 | down_revision = get_down_revision(revision)
      |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^ alembic-git-revisions takes it from the git log
      |
      = note: the history cannot be known without running the code
      = help: leave this environment to alembic-git-revisions (`exclude`), or write the ids down

    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    ");
    project.onehead(["heads"]).exits(1).says("unreadable-script");
}

#[test]
fn heads_answers_over_a_broken_body() {
    let project = Project::new().history("a");
    project.write(
        "versions/b.py",
        "revision = 'b'\ndown_revision = 'a'\n\ndef upgrade():\n    op.(\n",
    );
    project.onehead(["heads"]).exits(0).prints("b (head)\n");
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: not valid Python: expected an identifier
     --> versions/b.py:5:8
      |
    5 |     op.(
      |        ^
      |
      = note: every alembic command stops with a `SyntaxError` at this file
      = help: see what Python says of it:   python3 -m py_compile versions/b.py

    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    ");
}

#[test]
fn a_compiled_script_is_not_read() {
    let project = Project::new().history("a");
    project.write("alembic.ini", "[alembic]\nscript_location = %(here)s\nsourceless = true\n");
    project.write("versions/b.pyc", b"\xa7\r\r\n");
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: `b.pyc` is compiled and its source is not there
    --> versions/b.pyc
     = note: alembic runs it under `sourceless`; here its values cannot be known
     = help: put the `.py` file beside it, or leave this environment out with `exclude`

    ----- stderr -----
    1 error in 1 revision (alembic.ini)
    ");
}

#[test]
fn revision_environment_is_not_run() {
    let project = Project::new().history("a");
    project.write(
        "alembic.ini",
        "[alembic]\nscript_location = %(here)s\nrevision_environment = true\n",
    );
    project.write("env.py", "raise SystemExit(9)\n");
    project.onehead(["history"]).exits(0).prints("<base> -> a (head), add a\n");
}

#[test]
fn current_needs_the_database() {
    let project = Project::new().history("a");
    check!(project.onehead(["show", "current"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `current` is what a database was upgraded to, and only the database knows that
    hint: ask it with `alembic show current`
    ");
    check!(project.onehead(["history", "-r", "current:"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `current` is what a database was upgraded to, and only the database knows that
    hint: ask it with `alembic history -r current:`
    ");
    for (arguments, command) in
        [(&["history", "-i"][..], "history -i"), (&["current", "-v"], "current")]
    {
        let answer = project.onehead_with(".", arguments).exits(2).prints("");
        answer.says(&format!("ask it with `alembic {command}`"));
    }
}

#[test]
fn a_parent_that_is_not_known_is_no_base() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "parent()", ""));
    let answer = project.onehead(["history"]);
    answer.exits(1).prints("<base> -> a (head), add a\n<unknown> -> b (head), add b\n");
}

#[test]
fn a_broken_history_is_listed_whole() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b", "'b'", ""));
    project.onehead(["history"]).exits(1).prints("<base> -> a (head), add a\nb -> b, add b\n");
}

#[test]
fn a_python_2_script_is_read_and_reported() {
    let project = Project::new();
    project.write(
        "versions/a.py",
        "revision = u'a'\ndown_revision = None\n\ndef upgrade():\n    print 'x'\n",
    );
    project.onehead(["heads"]).prints("a (head)\n");
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: not valid Python: `print` without parentheses is Python 2
     --> versions/a.py:5:11
      |
    5 |     print 'x'
      |           ^^^
      |
      = note: every alembic command stops with a `SyntaxError` at this file
      = help: see what Python says of it:   python3 -m py_compile versions/a.py

    ----- stderr -----
    1 error in 1 revision (alembic.ini)
    ");
}

#[test]
fn the_nearest_configuration_upwards() {
    let project = Project::new().history("a");
    project.git(["init", "-q"]);
    project.write("service/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    project.write("service/versions/s.py", &script_with("s", "None", ""));
    project.make("service/src/models");
    project.onehead_in("service/src/models", ["heads"]).exits(0).prints("s (head)\n");
}

#[test]
fn script_location_relative_to_the_ini() {
    let project = Project::empty();
    project.git(["init", "-q"]);
    project.write("service/alembic.ini", "[alembic]\nscript_location = db\n");
    project.write("service/db/versions/s.py", &script_with("s", "None", ""));
    project.write("other/alembic.ini", "[alembic]\nscript_location = other/db\n");
    project.write("other/db/versions/o.py", &script_with("o", "None", ""));
    project.onehead(["-c", "service/alembic.ini", "heads"]).exits(0).prints("s (head)\n");
    project.onehead(["-c", "other/alembic.ini", "heads"]).exits(0).prints("o (head)\n");
}

#[test]
fn script_location_in_a_package() {
    let project = Project::empty();
    project.write("alembic.ini", "[alembic]\nscript_location = shop:database:migrations\n");
    project.write("src/shop/__init__.py", "raise RuntimeError('never imported')\n");
    project.write("src/shop/database/migrations/versions/a.py", &script_with("a", "None", ""));
    project.onehead(["heads"]).exits(0).prints("a (head)\n");
}

#[test]
fn flask_migrate_layout() {
    let project = Project::empty();
    project.write(
        "migrations/alembic.ini",
        "[alembic]\n# template used to generate migration files\n",
    );
    project.write("migrations/env.py", "from flask import current_app\n");
    project.write("migrations/versions/a.py", &script_with("a", "None", ""));
    project
        .onehead(["check"])
        .exits(0)
        .says("1 head, 1 revision, no problems (migrations/alembic.ini)");
}

#[test]
fn a_list_under_another_name_is_not_followed() {
    let project = Project::new().history("a");
    let text = "PARENTS = ['a']\nrevision = 'b'\ndown_revision = PARENTS\nPARENTS.clear()\n";
    project.write("versions/b.py", text);
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: `down_revision` is computed when the file runs, so its value is not known here
     --> versions/b.py:3:17
      |
    3 | down_revision = PARENTS
      |                 ^^^^^^^
      |
      = note: the history cannot be known beyond this file without running it
      = help: write the value of `down_revision` down as a string in versions/b.py

    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    ");
    project.write("versions/b.py", "PARENTS = ('a',)\nrevision = 'b'\ndown_revision = PARENTS\n");
    project.onehead(["heads"]).exits(0).prints("b (head)\n");
}

#[test]
fn a_revision_that_is_a_tuple_is_no_id() {
    let project = Project::new().history("a");
    project.write("versions/b.py", "revision = ('b',)\ndown_revision = 'a'\n");
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: `revision` is of type `tuple`, which alembic does not take
     --> versions/b.py:1:12
      |
    1 | revision = ('b',)
      |            ^^^^^^
      |
      = note: alembic takes the whole tuple for the id, and then no command can find it
      = help: write `revision` as a string, with quotes, in versions/b.py

    ----- stderr -----
    1 error in 1 revision (alembic.ini)
    ");
}

#[test]
fn an_encoding_that_is_not_known_is_reported() {
    let project = Project::new().history("a");
    for known in ["utf-8", "ascii", "latin-1", "iso-8859-15", "cp1252"] {
        let text = format!("# -*- coding: {known} -*-\nrevision = 'b'\ndown_revision = 'a'\n");
        project.write("versions/b.py", &text);
        project.onehead(["check"]).exits(0).prints("");
    }
    let text = b"# -*- coding: koi8-r -*-\n# \xc1\nrevision = 'b'\ndown_revision = 'a'\n";
    project.write("versions/b.py", text);
    check!(project.onehead(["check"]), @"
    exit_code: 1
    ----- stdout -----
    error[unreadable-script]: `koi8-r` is no encoding that can be read
     --> versions/b.py:1:1
      |
    1 | # -*- coding: koi8-r -*-
      | ^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = note: Python stops with `SyntaxError: unknown encoding` where it does not know it either
      = help: save the file as UTF-8 and remove this line

    ----- stderr -----
    1 error in 2 revisions (alembic.ini)
    ");
    project.onehead(["heads"]).exits(1).says("koi8-r");
}

#[test]
fn blocks_of_branches_stand_in_the_order_of_history() {
    let project = Project::new().history("a <- b, a <- c <- d, c <- e");
    project.write("versions/f.py", &script_with("f", "'b'", "depends_on = ('d', 'e')"));
    let history = project.onehead(["history"]).exits(0).stdout;
    let points: Vec<&str> = history
        .lines()
        .filter(|line| line.contains("(branchpoint)"))
        .filter_map(|line| line.split(" -> ").nth(1)?.split(' ').next())
        .collect();
    let branches = project.onehead(["branches"]).exits(0).stdout;
    let blocks: Vec<&str> = branches
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with(' '))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(blocks, points);
    assert_eq!(blocks, ["c", "a"]);
}
