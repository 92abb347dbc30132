//! The deliberate differences from Alembic: each test is named in a row of COMPATIBILITY.md.

use crate::support::{Project, script_with};

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
    let answer = project.onehead(["check"]).exits(1).shows("missing-dependency");
    answer.shows("`gone`").shows("`lost`");
}

#[test]
fn heads_on_a_broken_history_says_what_it_can() {
    let project = Project::new().history("a <- b");
    project.write("versions/c.py", &script_with("c", "'gone'", ""));
    let answer = project.onehead(["heads"]).exits(1).shows("b (head)\n");
    answer.says("missing-parent").says("KeyError: 'gone'");
}

#[test]
fn history_of_an_unnoticed_cycle_ends() {
    // Every revision of the circle is below a head and above a base, which satisfies Alembic's detection.
    let project = Project::new().history("a <- b <- c <- d <- h");
    project.write("versions/b.py", &script_with("b", "('a', 'd')", ""));
    project.onehead(["history"]).exits(0);
    project.onehead(["check"]).exits(1).shows("error[cycle]");

    // The same through `depends_on`; here `alembic history` never returns.
    let project = Project::new().history("a <- b <- c <- e, c <- g, a <- f");
    project.write("versions/b.py", &script_with("b", "'a'", "depends_on = 'c'"));
    project.write("versions/c.py", &script_with("c", "'b'", "depends_on = 'a'"));
    project.write("versions/f.py", &script_with("f", "'a'", "depends_on = ('c', 'b')"));
    project.write("versions/g.py", &script_with("g", "'c'", "depends_on = 'a'"));
    project.onehead(["heads"]).exits(0).prints("e (head)\nf (head)\ng (head)\n");
    for command in ["branches", "history"] {
        project.onehead([command]).exits(1).says("cycle");
    }
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
    let answer = depending().onehead(["history", "-r", "dddd:"]).exits(2).prints("");
    assert!(!answer.stderr.trim().is_empty(), "{answer}");
}

#[test]
fn show_below_the_base() {
    let answer = Project::new().history("a <- b").onehead(["show", "--", "-3"]).exits(2).prints("");
    assert!(!answer.stderr.trim().is_empty(), "{answer}");
}

#[test]
fn show_an_unknown_revision() {
    let answer = Project::new().history("a <- b").onehead(["show", "zzzz"]).exits(2).prints("");
    answer.says("error: ").says("Can't locate revision identified by 'zzzz'");
}

#[test]
fn a_missing_version_location_is_a_warning() {
    let project = Project::empty();
    let ini = "[alembic]\nscript_location = %(here)s\npath_separator = space\nversion_locations = %(here)s/versions %(here)s/extra\n";
    project.write("alembic.ini", ini);
    project.write("versions/a.py", &script_with("a", "None", ""));
    project.onehead(["heads"]).exits(0).prints("a (head)\n").says("extra");
    project.onehead(["check"]).exits(0).says("extra");
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
    let answer = project.onehead(["check"]).exits(1).shows("error[unreadable-script]");
    answer.shows("alembic-git-revisions");
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
    project.onehead(["check"]).exits(1).shows("error[unreadable-script]");
}

#[test]
fn a_compiled_script_is_not_read() {
    let project = Project::new().history("a");
    project.write("alembic.ini", "[alembic]\nscript_location = %(here)s\nsourceless = true\n");
    project.write("versions/b.pyc", b"\xa7\r\r\n");
    project.onehead(["check"]).exits(1).shows("error[unreadable-script]").shows("b.pyc");
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
    project.onehead(["show", "current"]).exits(2).prints("").says("alembic show current");
    project.onehead(["history", "-r", "current:"]).exits(2).prints("").says("alembic");
}

#[test]
fn a_python_2_script_is_read_and_reported() {
    let project = Project::new();
    project.write(
        "versions/a.py",
        "revision = u'a'\ndown_revision = None\n\ndef upgrade():\n    print 'x'\n",
    );
    project.onehead(["heads"]).prints("a (head)\n");
    project.onehead(["check"]).exits(1).shows("error[unreadable-script]");
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
fn flask_migrate_layout_by_name() {
    let project = Project::empty();
    project.write("migrations/alembic.ini", "[alembic]\n");
    project.write("migrations/versions/a.py", &script_with("a", "None", ""));
    project.onehead(["-c", "migrations/alembic.ini", "heads"]).exits(0).prints("a (head)\n");
}

/// A project whose only configuration is this `[tool.alembic]`.
fn toml(text: &str) -> Project {
    let project = Project::empty();
    project
        .write("pyproject.toml", &format!("[tool.alembic]\nscript_location = '%(here)s'\n{text}"));
    project.write("versions/a.py", &script_with("a", "None", ""));
    project
}

#[test]
fn version_locations_as_a_string_in_toml() {
    let answer = toml("version_locations = 'versions'\n").onehead(["heads"]).exits(2).prints("");
    answer
        .says("pyproject.toml:3: `version_locations` must be a list")
        .says("hint: write it as `[");
    toml("version_locations = ['versions']\n").onehead(["heads"]).exits(0).prints("a (head)\n");
}

#[test]
fn only_here_is_formatted_in_toml() {
    // In Python `'%(here)r' % {'here': '/p'}` is a text; nobody means it.
    let answer = toml("output_encoding = '%(here)r'\n").onehead(["heads"]).exits(2).prints("");
    answer.says("pyproject.toml:3: ").says("hint: write `%%` for a percent sign");
    toml("output_encoding = '%(here)s%%'\n").onehead(["heads"]).exits(0);
}

#[test]
fn broken_toml_that_says_nothing_of_alembic() {
    let project = Project::new().history("a");
    project.write("pyproject.toml", "[tool.ruff\n");
    project.onehead(["heads"]).exits(0).prints("a (head)\n");
    project.write("pyproject.toml", "[tool.alembic\n");
    project.onehead(["heads"]).exits(2).says("pyproject.toml:1: tomllib.TOMLDecodeError");
}

#[test]
fn the_sections_of_an_ini_without_an_alembic_section() {
    let project = Project::empty();
    project.write(
        "alembic.ini",
        "[one]\nscript_location = %(here)s/one\n[two]\nscript_location = %(here)s/two\n",
    );
    project.write("one/versions/a.py", &script_with("a", "None", ""));
    project.write("two/versions/b.py", &script_with("b", "None", ""));
    let both = "# alembic.ini [one]\na (head)\n# alembic.ini [two]\nb (head)\n";
    project.onehead(["heads"]).exits(0).prints(both);
    project.onehead(["-n", "two", "heads"]).exits(0).prints("b (head)\n");
}
