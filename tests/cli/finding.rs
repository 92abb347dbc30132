//! Which environments there are, and which configuration of onehead judges each.

use crate::support::{Project, check, script, script_with};

/// A monorepo: a forked environment at the top, and one below `backend`.
fn monorepo() -> Project {
    let project = Project::new().history("a <- b, a <- c");
    project.make(".git");
    project.write("backend/alembic.ini", "[alembic]\nscript_location = %(here)s\n");
    project.write("backend/versions/a.py", &script("a", &[]));
    project.write("backend/versions/b.py", &script("b", &["a".into()]));
    project.write("backend/versions/c.py", &script("c", &["a".into()]));
    project
}

#[test]
fn each_environment_is_judged_by_the_configuration_nearest_to_it() {
    let project = monorepo();
    project.write("backend/pyproject.toml", "[tool.onehead]\nexpected-heads = 2\n");
    for folder in [".", "backend"] {
        let document = project.onehead_in(folder, ["check", "--format", "json"]).exits(1).json();
        let counts = [0, 1].map(|at| {
            document["environments"][at]["findings"].as_array().map(Vec::len).unwrap_or_default()
        });
        assert_eq!(counts, [1, 0], "from {folder}");
    }
    project.write("onehead.toml", "expected-heads = 2\n");
    project.onehead(["check"]).exits(0);
}

#[test]
fn rules_weigh_what_the_nearest_configuration_says() {
    for text in
        ["ignore = ['multiple-heads']", "select = ['cycle']", "[rules]\nmultiple-heads='off'"]
    {
        let project = monorepo();
        project.write("backend/onehead.toml", text);
        let answer = project.onehead(["check", "--format", "json"]).exits(1);
        assert_eq!(answer.rules(), ["multiple-heads"], "{text}");
        project.onehead(["check", "backend"]).exits(0);
    }
}

#[test]
fn the_options_replace_the_lists_of_every_configuration() {
    let project = monorepo();
    project.write("onehead.toml", "ignore = ['multiple-heads']\n");
    project.write("backend/onehead.toml", "ignore = ['multiple-heads']\n");
    project.onehead(["check"]).exits(0);
    let answer = project.onehead(["check", "--ignore", "cycle", "--format", "json"]).exits(1);
    assert_eq!(answer.rules(), ["multiple-heads", "multiple-heads"]);
}

#[test]
fn an_entry_of_the_configuration_here_wins_over_the_nearest() {
    let project = monorepo();
    project.write("backend/onehead.toml", "expected-heads = 1\n");
    let entry = "[[environments]]\nconfig = 'backend/alembic.ini'\nexpected-heads = 2\n";
    project.write("onehead.toml", &format!("expected-heads = 2\n{entry}"));
    project.onehead(["check"]).exits(0);
}

#[test]
fn an_error_in_the_configuration_of_any_environment_is_exit_2() {
    let project = monorepo();
    project.write("backend/onehead.toml", "\nexpectd-heads = 2\n");
    check!(project.onehead(["check"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: backend/onehead.toml:2: unknown key `expectd-heads` in the file
    hint: did you mean `expected-heads`?
    ");
    project.write("backend/onehead.toml", "\nignore = ['multipel-heads']\n");
    project.onehead(["check"]).exits(2).says("backend/onehead.toml:2: ").says("`multiple-heads`");
    project.write("backend/onehead.toml", "ignore = [\n");
    project.onehead(["check"]).exits(2).says("backend/onehead.toml:");
}

#[test]
fn environments_names_the_configuration_that_judges() {
    let project = monorepo();
    project.write("backend/onehead.toml", "expected-heads = { x = 1, y = 1 }\n");
    check!(project.onehead_in("backend/versions", ["environments"]), @"
    exit_code: 0
    ----- stdout -----
    alembic.ini
      found             by looking through the repository
      configuration     ../../alembic.ini [alembic]
      script location   ../..
      version location  ../../versions

    backend/alembic.ini
      found             by looking through the repository
      configuration     ../alembic.ini [alembic]
      script location   ..
      version location  .
      judged by         ../onehead.toml
      expected heads    x 1, y 1
    ----- stderr -----
    ");
}

#[test]
fn paths_are_relative_to_the_directory_run_from() {
    let project = monorepo();
    let concise =
        |folder: &str| project.onehead_in(folder, ["check", "--format", "concise"]).exits(1).stdout;
    assert!(concise(".").contains("\nbackend/versions/c.py:"), "{}", concise("."));
    assert!(concise("backend").contains("\nversions/c.py:"), "{}", concise("backend"));
    assert!(concise("backend").starts_with("../versions/c.py:"), "{}", concise("backend"));
    assert!(concise("backend/versions").starts_with("../../versions/c.py:"));
    let document = project.onehead_in("backend", ["check", "--format", "json"]).json();
    assert_eq!(document["environments"][0]["findings"][0]["path"], "versions/c.py");
}

#[test]
fn a_directory_is_named_relative_to_the_current_one() {
    let project = monorepo();
    project.write("backend/onehead.toml", "expected-heads = 2\n");
    project.make("docs");
    // `..` must not be taken for a folder of that name on the way up.
    let answer = project.onehead_in("docs", ["-C", "../backend", "heads"]).exits(0);
    answer.prints("b (head)\nc (head)\n");
    project.onehead(["-C", "nowhere", "heads"]).exits(2).says("--directory `nowhere` is no folder");
    project.onehead(["-C", "alembic.ini", "heads"]).exits(2).says("is no folder");
}

#[test]
fn a_path_that_is_not_there_does_not_pass_unseen() {
    let answer = monorepo().onehead(["check", "backend", "bakend"]).exits(2);
    answer.says("no Alembic environment lies at bakend, which does not exist");
}

#[test]
fn all_selects_and_silences_nothing() {
    let project = Project::new().history("a <- b, a <- c");
    project.onehead(["check", "--select", "ALL"]).exits(1);
    project.onehead(["check", "--ignore", "ALL"]).exits(2).says("no rule is called `ALL`");
    project.write("onehead.toml", "[rules]\nALL = 'off'\n");
    project.onehead(["check"]).exits(2).says("onehead.toml:2: no rule is called `ALL`");
}

#[test]
fn strict_fails_on_what_was_odd_about_finding() {
    let project = Project::new().history("a");
    project.write("other/alembic.ini", "[alembic]\nscript_location = /nowhere/at/all\n");
    project.onehead(["check"]).exits(0).says("warning: other/alembic.ini: Path doesn't exist");
    project.onehead(["check", "--strict"]).exits(1);
    project.write("onehead.toml", "exclude = ['other']\n");
    project.onehead(["check", "--strict"]).exits(0);
}

#[test]
fn a_named_file_that_is_not_there_says_what_named_it() {
    let project = Project::new().variable("ALEMBIC_CONFIG", "gone.ini");
    let answer = project.onehead(["check"]).exits(2);
    answer.says("cannot read gone.ini, which ALEMBIC_CONFIG names").says("unset the variable");
    let answer = project.onehead(["check", "-c", "lost.ini"]).exits(2);
    answer.says("cannot read lost.ini, which -c names");
}

#[test]
fn an_entry_that_selects_nothing_names_its_line() {
    let project = Project::new();
    project.write("onehead.toml", "\n[[environments]]\nconfig = 'alembic.ini'\nsection = 'x'\n");
    let answer =
        project.onehead(["check"]).exits(2).says("error: onehead.toml:2: alembic.ini [x]: ");
    answer.says("hint: its sections are: alembic");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_never_waited_for() {
    for name in [".gitignore", "onehead.toml", "pyproject.toml", "versions/x.py", "versions/x.pyc"]
    {
        let project = Project::new().history("a");
        project.make(".git");
        project.write("sub/x", "");
        let made = std::process::Command::new("mkfifo").arg(project.path().join(name)).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo {name}");
        let answer = project.onehead(["check"]);
        assert!((0..=2).contains(&answer.status), "{name}: {answer}");
    }
}

#[test]
fn an_id_of_two_environments_says_how_to_choose_one() {
    let project = Project::empty();
    project.make(".git");
    for name in ["one", "two"] {
        project.write(&format!("{name}/alembic.ini"), "[x]\nscript_location = %(here)s\n");
        project.write(&format!("{name}/versions/a.py"), &script("a", &[]));
    }
    project.make("docs");
    let answer = project.onehead_in("docs", ["show", "a"]).exits(2).prints("");
    answer
        .says("`a` is found in 2 environments: one/alembic.ini [x], two/alembic.ini [x]\n")
        .says("hint: choose one, for example with `-c ../one/alembic.ini -n x`\n");
    project.onehead_in("docs", ["show", "a", "-c", "../one/alembic.ini", "-n", "x"]).exits(0);
}

// The deliberate differences: each test is named in a row of COMPATIBILITY.md.

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

#[test]
fn configured_version_locations_that_match_nothing_are_exit_2() {
    let project = Project::new().history("a");
    let entry = "[[environments]]\nscript-location = \".\"\nversion-locations = [\"zer*\"]\n";
    project.write("onehead.toml", entry);
    check!(project.onehead(["check"]), @r#"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: onehead.toml:1: `version-locations = ["zer*"]`: no such folder
    hint: the path is relative to the folder of this file
    "#);
}
