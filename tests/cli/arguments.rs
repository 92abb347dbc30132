//! The command line itself: options, misspellings, global options before and after the command.

use crate::support::Project;

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
    Project::new().onehead(["check", "--qiet"]).exits(2).prints("").says("--quiet");
}

#[test]
fn a_misspelled_command_names_the_right_one() {
    Project::new().onehead(["chekc"]).exits(2).prints("").says("check");
}

#[test]
fn a_misspelled_rule_names_the_right_one() {
    for option in ["--select", "--ignore"] {
        Project::new().onehead(["check", option, "multiple-head"]).exits(2).says("multiple-heads");
    }
}

#[test]
fn a_misspelled_key_names_the_right_one() {
    let project = Project::new().history("a");
    project.write("onehead.toml", "expected-head = 2\n");
    project.onehead(["check"]).exits(2).says("onehead.toml").says("expected-heads");
}

#[test]
fn a_misspelled_rule_in_the_configuration_names_the_right_one() {
    let project = Project::new().history("a");
    project.write("onehead.toml", "[rules]\nmultipel-heads = \"off\"\n");
    project.onehead(["check"]).exits(2).says("multiple-heads");
}

#[test]
fn global_options_stand_before_and_after_the_command() {
    let project = Project::empty();
    project.write("db/other.ini", "[main]\nscript_location = %(here)s\n");
    project.write("db/versions/a.py", &crate::support::script("a", &[]));
    project.onehead(["-c", "db/other.ini", "-n", "main", "heads"]).exits(0).prints("a (head)\n");
    project.onehead(["heads", "-c", "db/other.ini", "-n", "main"]).exits(0).prints("a (head)\n");
    project.onehead(["-C", "db", "-c", "other.ini", "heads", "-n", "main"]).exits(0);
    project.onehead(["heads", "--script-location", "db"]).exits(0).prints("a (head)\n");
    project.onehead(["--version-location", "db/versions", "heads"]).exits(0).prints("a (head)\n");
}

#[test]
fn alembics_variable_names_the_configuration() {
    let project = Project::empty().variable("ALEMBIC_CONFIG", "db/other.ini");
    project.write("db/other.ini", "[alembic]\nscript_location = %(here)s\n");
    project.write("db/versions/a.py", &crate::support::script("a", &[]));
    project.onehead(["heads"]).exits(0).prints("a (head)\n");
}

#[test]
fn a_section_that_is_not_there_is_exit_2() {
    Project::new().onehead(["-n", "other", "heads"]).exits(2).says("other");
}
