//! Which environments there are, and which configuration of onehead judges each.

use crate::support::{Project, check, script};

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
