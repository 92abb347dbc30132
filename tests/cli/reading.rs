//! `heads`, `history`, `branches`, `show`, `environments`, `explain`: the reading commands.

use crate::support::{Project, check, script_with};

#[test]
fn heads_lists_what_nobody_follows() {
    Project::new()
        .history("a <- b <- c, b <- d")
        .onehead(["heads"])
        .exits(0)
        .prints("c (head)\nd (head)\n");
}

#[test]
fn heads_of_nothing_is_nothing() {
    Project::new().onehead(["heads"]).exits(0).prints("");
}

#[test]
fn heads_that_something_depends_on_are_called_effective() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", &script_with("c", "'a'", "depends_on = 'b'"));
    project.onehead(["heads"]).exits(0).prints("b (effective head)\nc (head)\n");
    project.onehead(["heads", "--resolve-dependencies"]).exits(0).prints("c (head)\n");
}

#[test]
fn history_runs_from_the_newest() {
    let expected = "a -> b (head), add b\n<base> -> a, add a\n";
    Project::new().history("a <- b").onehead(["history"]).exits(0).prints(expected);
}

#[test]
fn history_takes_a_range() {
    let project = Project::new().history("a <- b <- c");
    project
        .onehead(["history", "-r", "b:"])
        .exits(0)
        .prints("b -> c (head), add c\na -> b, add b\n");
    project.onehead(["history", "-r", ":b"]).exits(0).prints("a -> b, add b\n<base> -> a, add a\n");
}

#[test]
fn a_range_without_a_colon_is_a_usage_error_in_alembics_words() {
    check!(Project::new().history("a <- b").onehead(["history", "-r", "a"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `a` is no range: History range requires [start]:[end], [start]:, or :[end]
    hint: for example `onehead history -r 4f2a:heads`
    ");
}

#[test]
fn branches_show_where_the_history_parts() {
    let expected = "a (branchpoint)\n  -> b (head)\n  -> c (head)\n\n";
    Project::new().history("a <- b, a <- c").onehead(["branches"]).exits(0).prints(expected);
}

#[test]
fn show_prints_a_block_per_revision() {
    let expected = "Rev: b (head)\nParent: a\nPath: [PROJECT]/versions/b.py\n\n    add b\n\n";
    Project::new().history("a <- b").onehead(["show", "b"]).exits(0).prints(expected);
}

#[test]
fn show_of_the_base_is_empty() {
    Project::new().history("a <- b").onehead(["show", "base"]).exits(0).prints("");
}

#[test]
fn an_unknown_revision_is_exit_2_in_alembics_words() {
    check!(Project::new().history("aaaa <- bbbb").onehead(["show", "bbbx"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Can't locate revision identified by 'bbbx'
    hint: did you mean `bbbb`?
    ");
}

#[test]
fn an_ambiguous_head_is_exit_2_in_alembics_words() {
    check!(Project::new().history("a <- b, a <- c").onehead(["show", "head"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Multiple head revisions are present for given argument 'head'; please specify a specific target revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads
    hint: it could be b, c
    ");
}

#[test]
fn a_history_that_alembic_cannot_load_fails_every_reading_command() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", &script_with("c", "'gone'", ""));
    for command in ["heads", "history", "branches"] {
        project.onehead([command]).exits(1).says("missing-parent").says("KeyError: 'gone'");
        project.onehead([command, "--format", "json"]).exits(1).shows("missing-parent");
    }
    project.onehead(["show", "b"]).exits(1).says("missing-parent").shows("Rev: b (head)");
    check!(project.onehead(["heads", "--quiet"]), @"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    versions/c.py:6:17: missing-parent `c` follows `gone`, which no file defines
    ");
    check!(project.onehead(["history"]), @r#"
    exit_code: 1
    ----- stdout -----
    a -> b (head), add b
    <base> -> a, add a
    gone -> c (head), add c
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
fn what_can_still_be_said_is_said() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", &script_with("c", "'gone'", ""));
    project.onehead(["heads"]).exits(1).shows("b (head)");
}

#[test]
fn heads_as_json() {
    let document = Project::new()
        .history("a <- b, a <- c")
        .onehead(["heads", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(document["schema"], 1);
    let environment = &document["environments"][0];
    assert_eq!(environment["heads"], serde_json::json!(["b", "c"]));
    assert_eq!(environment["upgrade_heads"], serde_json::json!(["b", "c"]));
    assert_eq!(environment["bases"], serde_json::json!(["a"]));
    assert_eq!(environment["branch_points"], serde_json::json!(["a"]));
    assert_eq!(environment["revision_count"], 3);
    assert_eq!(environment["config"], "alembic.ini");
    assert_eq!(environment["version_locations"], serde_json::json!(["versions"]));
}

#[test]
fn history_as_json_is_newest_first() {
    let document =
        Project::new().history("a <- b").onehead(["history", "--format", "json"]).exits(0).json();
    let revisions = document["environments"][0]["revisions"].as_array().expect("a list");
    assert_eq!(revisions.len(), 2);
    let newest = &revisions[0];
    assert_eq!(newest["revision"], "b");
    assert_eq!(newest["down_revision"], serde_json::json!(["a"]));
    assert_eq!(newest["depends_on"], serde_json::json!([]));
    assert_eq!(newest["branch_labels"], serde_json::json!([]));
    assert_eq!(newest["path"], "versions/b.py");
    assert_eq!(newest["message"], "add b");
    assert_eq!(newest["is_head"], true);
    assert_eq!(newest["is_branch_point"], false);
    assert_eq!(newest["is_merge_point"], false);
}

#[test]
fn environments_say_where_each_was_found() {
    let project = Project::new();
    project.write("services/b/alembic.ini", "[alembic]\nscript_location = %(here)s/db\n");
    project.make("services/b/db/versions");
    check!(project.onehead(["environments"]), @"
    exit_code: 0
    ----- stdout -----
    alembic.ini
      found             what Alembic would use from here, or from the nearest folder above
      configuration     alembic.ini [alembic]
      script location   .
      version location  versions

    services/b/alembic.ini
      found             by looking through the repository
      configuration     services/b/alembic.ini [alembic]
      script location   services/b/db
      version location  services/b/db/versions
    ----- stderr -----
    ");
}

#[test]
fn explain_prints_the_page_of_a_rule() {
    Project::empty().onehead(["explain", "multiple-heads"]).exits(0).shows("multiple-heads");
}

#[test]
fn explain_knows_alembics_errors() {
    let error = "Can't locate revision identified by 'abc123'";
    check!(Project::empty().onehead(["explain", error]), @"
    exit_code: 0
    ----- stdout -----
    Can't locate revision identified by 'abc123'

    No file defines `abc123`, or nothing begins with it. When it comes from `upgrade` or `current`, the
    database is stamped with it: the file was deleted or renumbered, lies on another branch, or was
    never committed.

      onehead show abc123              # is it there, as Alembic would look for it?
      onehead environments             # are these the folders you mean?
      onehead where abc123             # what became of it: deleted, renumbered, or on another branch
      onehead where abc123 --restore   # brings its file back
      only if the schema is exactly that of another revision: alembic stamp --purge <that revision>

    more: onehead explain missing-parent
    ----- stderr -----
    ");
}

#[test]
fn explain_of_a_misspelled_rule_names_the_right_one() {
    check!(Project::empty().onehead(["explain", "multiple-haeds"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `multiple-haeds` is no rule and no error message that is known here
    hint: did you mean `onehead explain multiple-heads`?
    ");
}

#[test]
fn the_nearest_configuration_above_is_taken() {
    let project = Project::new().history("a <- b");
    project.git(["init", "-q"]);
    project.make("app/models");
    project.onehead_in("app/models", ["heads"]).exits(0).prints("b (head)\n");
}

#[test]
fn several_environments_are_headed_by_their_names() {
    let project = Project::empty();
    project.git(["init", "-q"]);
    for name in ["one", "two"] {
        project.write(&format!("{name}/alembic.ini"), "[alembic]\nscript_location = %(here)s\n");
        project.write(&format!("{name}/versions/a.py"), &script_with(name, "None", ""));
    }
    let expected = "# one/alembic.ini\none (head)\n# two/alembic.ini\ntwo (head)\n";
    let answer = project.onehead(["heads"]).exits(0);
    let lines: Vec<&str> = answer.stdout.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.join("\n") + "\n", expected, "{answer}");
}

#[test]
fn an_ambiguous_revision_is_exit_2_and_says_what_it_could_be() {
    check!(Project::new().history("abcd1 <- abcd2").onehead(["show", "abcd"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: Can't locate revision identified by 'abcd'
    hint: it could be abcd1, abcd2
    ");
}

#[test]
fn an_id_that_alembic_refuses_is_said_and_not_hidden() {
    let project = Project::new().history("a");
    project.write("versions/b.py", &script_with("b-1", "'a'", ""));
    check!(project.onehead(["heads"]), @"
    exit_code: 1
    ----- stdout -----
    b-1 (head)
    ----- stderr -----
    error[invalid-revision-id]: alembic refuses `-` in the revision id `b-1`
     --> versions/b.py:5:12
      |
    5 | revision = 'b-1'
      |            ^^^^^
      |
      = note: every alembic command stops with `Character(s) '-' not allowed in revision identifier 'b-1'`
      = help: change the id, also in the `down_revision` of what follows:   grep -rnF -- b-1 versions
    ");
}

#[test]
fn an_id_that_two_files_define_is_one_head_in_json() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", &script_with("b", "'a'", ""));
    let document = project.onehead(["heads", "--format", "json"]).json();
    let environment = &document["environments"][0];
    assert_eq!(environment["heads"], serde_json::json!(["b"]));
    assert_eq!(environment["upgrade_heads"], serde_json::json!(["b"]));
    assert_eq!(environment["revision_count"], 2);
}

#[test]
fn a_closed_pipe_keeps_the_exit_status() {
    let healthy = Project::new().history("a <- b");
    healthy.onehead_unread(["history"]).exits(0);
    let forked = Project::new().history("a <- b, a <- c");
    forked.onehead_unread(["check"]).exits(1);
    forked.onehead_unread(["check", "--format", "json"]).exits(1);
}
