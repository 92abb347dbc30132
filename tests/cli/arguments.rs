//! The command line itself: options, misspellings, global options before and after the command.

use crate::support::{Project, check, script, script_with};

/// What a template needs for a revision that can be read again.
const MERGE_TEMPLATE: &str = "\"\"\"${message}\n\nRevision ID: ${up_revision}\n\n\"\"\"\n\
                              revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n";

#[test]
fn the_version() {
    let expected = concat!("onehead ", env!("CARGO_PKG_VERSION"), "\n");
    Project::empty().onehead(["--version"]).exits(0).prints(expected);
}

#[test]
fn help_is_no_error() {
    Project::empty().onehead(["--help"]).exits(0).shows("check");
    Project::empty().onehead(["check", "--help"]).exits(0).shows("--format");
}

#[test]
fn a_misspelled_option_names_the_right_one() {
    check!(Project::new().onehead(["check", "--qiet"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: unexpected argument '--qiet' found

      tip: a similar argument exists: '--quiet'

    Usage: onehead check --quiet [PATH]...

    For more information, try '--help'.
    ");
}

#[test]
fn a_misspelled_command_names_the_right_one() {
    check!(Project::new().onehead(["chekc"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: unrecognized subcommand 'chekc'

      tip: a similar subcommand exists: 'check'

    Usage: onehead [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn a_misspelled_rule_names_the_right_one() {
    let project = Project::new();
    check!(project.onehead(["check", "--select", "multiple-head"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: --select: no rule is called `multiple-head`
    hint: did you mean `multiple-heads`?
    ");
    check!(project.onehead(["check", "--ignore", "empty-message,stale-headers"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: --ignore: no rule is called `stale-headers`
    hint: did you mean `stale-header`?
    ");
    check!(project.onehead(["check", "--select", "xyzzy"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: --select: no rule is called `xyzzy`
    hint: the rules are multiple-heads, missing-parent, missing-dependency, duplicate-revision, cycle, duplicate-label, unreadable-script, unknown-value, invalid-revision-id, fork-on-merge, published-revision-changed, published-revision-deleted, published-operations-changed, inserted-below-published, sequence-collision, placeholder-id, merge-with-operations, redundant-merge, stale-header, filename-mismatch, empty-message, merge-revision, unused-ignore
    ");
}

#[test]
fn a_misspelled_key_names_the_right_one() {
    let project = Project::new().history("a");
    project.write("onehead.toml", "expected-head = 2\n");
    check!(project.onehead(["check"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: onehead.toml:1: unknown key `expected-head` in the file
    hint: did you mean `expected-heads`?
    ");
    // A configuration that is wrong is wrong for every command.
    project.onehead(["heads"]).exits(2).prints("").says("expected-heads");
}

#[test]
fn a_misspelled_rule_in_the_configuration_names_the_right_one() {
    let project = Project::new().history("a");
    project.write("onehead.toml", "[rules]\nmultipel-heads = \"off\"\n");
    check!(project.onehead(["check"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: onehead.toml:2: no rule is called `multipel-heads`
    hint: did you mean `multiple-heads`?
    ");
}

#[test]
fn global_options_stand_before_and_after_the_command() {
    let project = Project::empty();
    project.write("db/other.ini", "[main]\nscript_location = %(here)s\n");
    project.write("db/versions/a.py", &script("a", &[]));
    project.onehead(["-c", "db/other.ini", "-n", "main", "heads"]).exits(0).prints("a (head)\n");
    project.onehead(["heads", "-c", "db/other.ini", "-n", "main"]).exits(0).prints("a (head)\n");
    project.onehead(["-C", "db", "-c", "other.ini", "heads", "-n", "main"]).exits(0);
    project.onehead(["heads", "--script-location", "db"]).exits(0).prints("a (head)\n");
    project.onehead(["--version-location", "db/versions", "heads"]).exits(0).prints("a (head)\n");
}

#[test]
fn options_of_merge_stand_before_and_after_its_revisions() {
    let project = Project::new().history("a <- b, a <- c");
    project.write("script.py.mako", MERGE_TEMPLATE);
    project.onehead(["merge", "--diff", "-m", "x y", "heads"]).exits(1).shows("_x_y.py");
    project.onehead(["merge", "heads", "-m", "x y", "--diff"]).exits(1).shows("_x_y.py");
    project.onehead(["merge", "b", "c", "--diff"]).exits(1).shows("('b', 'c')");
}

#[test]
fn alembics_variable_names_the_configuration() {
    let project = Project::empty().variable("ALEMBIC_CONFIG", "db/other.ini");
    project.write("db/other.ini", "[alembic]\nscript_location = %(here)s\n");
    project.write("db/versions/a.py", &script("a", &[]));
    project.onehead(["heads"]).exits(0).prints("a (head)\n");
}

#[test]
fn a_section_that_is_not_there_is_exit_2() {
    check!(Project::new().onehead(["-n", "other", "heads"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: no Alembic configuration has a section `other`
    hint: run `onehead environments` to list what there is
    ");
}

#[test]
fn a_missing_command_or_argument_is_exit_2() {
    check!(Project::empty().onehead(["explain"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: the following required arguments were not provided:
      <RULE|ERROR>...

    Usage: onehead explain <RULE|ERROR>...

    For more information, try '--help'.
    ");
    Project::empty().onehead([]).exits(2).prints("");
    Project::empty().onehead(["check", "--format", "yaml"]).exits(2).prints("").says("concise");
}

#[test]
fn concise_is_for_check_alone() {
    check!(Project::new().history("a").onehead(["heads", "--format", "concise"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--format concise` is for `onehead check`
    hint: leave it out, or use `--format json`
    ");
}

#[test]
fn a_directory_that_is_not_there_is_exit_2() {
    check!(Project::new().onehead(["-C", "nowhere", "heads"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: --directory `nowhere` is no folder
    hint: name a folder that is there, relative to the current one
    ");
}

#[test]
fn a_configuration_that_is_no_toml_is_exit_2() {
    let project = Project::new().history("a");
    project.write("onehead.toml", "rules = [\n");
    check!(project.onehead(["check"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: onehead.toml:1: invalid TOML: unclosed array, expected `]`
    ");
}

#[test]
fn an_ini_that_alembic_cannot_read_is_exit_2() {
    let project = Project::new().history("a");
    project.write("alembic.ini", "script_location = migrations\n");
    check!(project.onehead(["check"]), @r"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: alembic.ini:1: configparser.MissingSectionHeaderError: File contains no section headers. file: 'alembic.ini', line: 1 'script_location = migrations\n'
    hint: the first line must be a section, such as `[alembic]`
    ");
    project.write("alembic.ini", "[alembic]\nscript_location = %(nowhere)s\n");
    check!(project.onehead(["heads"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: alembic.ini:2: configparser.InterpolationMissingOptionError: Bad value substitution: option 'script_location' in section 'alembic' contains an interpolation key 'nowhere' which is not a valid option name. Raw value: '%(nowhere)s'
    hint: write `%%` for a percent sign, and `%(here)s` for the folder of the file
    ");
}

#[test]
fn a_script_location_that_is_not_there_is_exit_2() {
    let project = Project::empty();
    project.write("alembic.ini", "[alembic]\nscript_location = nowhere\n");
    check!(project.onehead(["check"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: alembic.ini: Path doesn't exist: nowhere.  Please use the 'init' command to create a new scripts folder.

    looked for nowhere
    hint: run onehead from the folder that it is relative to, or name it with `--script-location DIR`
    ");
    check!(project.onehead(["--script-location", "elsewhere", "heads"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: --script-location `elsewhere` is no folder
    hint: name a folder that is there, relative to the directory run from
    ");
}

/// A bug of ours is neither a finding nor a success, and never the status that a shell gives to an abort.
#[test]
#[cfg(debug_assertions)]
fn a_panic_is_exit_2_and_says_where_to_report_it() {
    let project = Project::new().history("a").variable("ONEHEAD_TEST_PANIC", "1");
    let answer = project.onehead(["check", "--quiet"]).exits(2).prints("");
    let lines: Vec<&str> = answer.stderr.lines().collect();
    let bug = concat!("onehead ", env!("CARGO_PKG_VERSION"), " has a bug: panicked at ");
    assert!(lines[0].starts_with(bug), "{answer}");
    assert_eq!(lines[1], "provoked by ONEHEAD_TEST_PANIC");
    assert!(lines[2].starts_with("command line: "), "{answer}");
    assert!(lines[2].ends_with(" \"check\" \"--quiet\""), "{answer}");
    let to =
        concat!("please report it with these lines: ", env!("CARGO_PKG_REPOSITORY"), "/issues");
    assert_eq!(lines[3..], [to]);
}

#[test]
fn a_revision_of_two_environments_is_exit_2() {
    let project = Project::empty();
    project.git(["init", "-q"]);
    for name in ["one", "two"] {
        project.write(&format!("{name}/alembic.ini"), "[alembic]\nscript_location = %(here)s\n");
        project.write(&format!("{name}/versions/a.py"), &script_with("aaaa", "None", ""));
    }
    check!(project.onehead(["show", "aaaa"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: `aaaa` is found in 2 environments: one/alembic.ini, two/alembic.ini
    hint: choose one, for example with `-c one/alembic.ini`
    ");
}
