//! `onehead forecast` against real git: a remote with branches, and what comes of merging them.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::fork::migration;
use crate::json::check_forecast;
use crate::support::{Answer, Project, check};

/// Seconds since 1970, so many days ago.
fn days_ago(days: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    format!("{} +0000", now - days * 86_400)
}

/// The same with commits that are three days old.
fn fresh(project: Project) -> Project {
    project.variable("GIT_COMMITTER_DATE", &days_ago(3))
}

/// A clone with `origin`, on whose `main` are `a <- b`; whatever is committed afterwards is fetched by [`push`].
pub fn project() -> Project {
    let project = fresh(Project::new());
    project.repository();
    project.migration("a", None, "start", 1);
    project.migration("b", Some("a"), "second", 2);
    project.commit("start");
    project.git(["init", "-q", "--bare", "-b", "main", ".git/remote"]);
    project.git(["remote", "add", "origin", ".git/remote"]);
    push(&project);
    project.git(["remote", "set-head", "origin", "main"]);
    project
}

/// Brings every branch to the remote, without checking anything out.
pub fn push(project: &Project) {
    project.git(["push", "-q", "origin", "--all"]);
}

/// Commits a chain of migrations on a new branch that leaves `from`, and goes back to `main`.
pub fn branch(project: &Project, name: &str, from: &str, chain: &[&str]) {
    project.git(["checkout", "-q", "-b", name, from]);
    for pair in chain.windows(2) {
        project.migration(pair[1], Some(pair[0]), "more", 3);
    }
    project.commit(name);
    project.git(["checkout", "-q", "main"]);
}

/// Adds to `main` itself.
fn main(project: &Project, chain: &[&str]) {
    for pair in chain.windows(2) {
        project.migration(pair[1], Some(pair[0]), "on main", 4);
    }
    project.commit("main goes on");
    push(project);
}

/// Runs the command.
pub fn forecast(project: &Project, arguments: &[&str]) -> Answer {
    let mut answer = project.onehead_with("", &[&["forecast"], arguments].concat());
    // How long ago the remote was asked is no matter of these tests.
    if let Some(at) = answer.stderr.find(", last fetched ") {
        let end = answer.stderr[at..].find(')').map_or(at, |end| at + end);
        answer.stderr.replace_range(at..end, "");
    }
    answer
}

/// The state of each branch that the JSON names.
pub fn states(answer: &Answer) -> Vec<(String, String)> {
    let document = answer.json();
    check_forecast(&document);
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let branches = document["branches"].as_array().expect("a list");
    branches.iter().map(|one| (text(&one["name"]), text(&one["state"]))).collect()
}

#[track_caller]
fn check_states(project: &Project, arguments: &[&str], status: i32, expected: &[(&str, &str)]) {
    let answer = forecast(project, &[arguments, &["--format", "json"]].concat()).exits(status);
    let found = states(&answer);
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(found, expected, "{answer}");
}

/// What many tests look at: one branch that lands, two that fork, one without migrations.
pub fn several() -> Project {
    let project = project();
    branch(&project, "feature-2", "main", &["b", "f1", "f2"]);
    branch(&project, "import-v2", "main", &["b", "i1"]);
    main(&project, &["b", "h"]);
    branch(&project, "fix/tax-column", "main", &["h", "t"]);
    project.git(["checkout", "-q", "-b", "docs"]);
    project.write("README", "words");
    project.commit("docs");
    project.git(["checkout", "-q", "main"]);
    push(&project);
    project
}

#[test]
fn what_forks_and_what_lands() {
    let project = several();
    check!(forecast(&project, &[]), @r"
    exit_code: 1
    ----- stdout -----
    against origin/main (head h), 3 of 4 open branches add migrations

      feature-2        +2   forks   onehead rebase after h; then import-v2 needs a rebase
      fix/tax-column   +1   lands
      import-v2        +1   forks   onehead rebase after h

    landing order:
      1  fix/tax-column
      2  feature-2        onehead rebase after fix/tax-column
      3  import-v2        onehead rebase after feature-2
    ----- stderr -----
    2 fork, 1 lands, 1 adds no migrations (origin/main)
    ");
    check!(forecast(&project, &["--quiet"]), @r"
    exit_code: 1
    ----- stdout -----
    ----- stderr -----
    feature-2: forks: 2 heads: `f2` and `h`
    import-v2: forks: 2 heads: `h` and `i1`
    ");
    check!(forecast(&project, &["--markdown", "--all"]), @r"
    exit_code: 1
    ----- stdout -----
    against origin/main (head h), 3 of 4 open branches add migrations

    | branch | adds | merged now | |
    |---|---|---|---|
    | docs | +0 | no migrations |  |
    | feature-2 | +2 | forks | onehead rebase after h; then import-v2 needs a rebase |
    | fix/tax-column | +1 | lands |  |
    | import-v2 | +1 | forks | onehead rebase after h |

    Landing order:

    1. fix/tax-column
    2. feature-2: onehead rebase after fix/tax-column
    3. import-v2: onehead rebase after feature-2
    ----- stderr -----
    2 fork, 1 lands, 1 adds no migrations (origin/main)
    ");
    forecast(&project, &["--all"]).exits(1).shows("  docs             +0   no migrations\n");
}

#[test]
fn nothing_is_written_or_checked_out() {
    let project = several();
    let before = (project.files(), project.git_says(["count-objects", "-v"]), project.status());
    forecast(&project, &[]).exits(1);
    let after = (project.files(), project.git_says(["count-objects", "-v"]), project.status());
    assert_eq!(before, after);
}

#[test]
fn nothing_is_open() {
    check!(forecast(&project(), &[]), @r"
    exit_code: 0
    ----- stdout -----
    against origin/main (head b), 0 of 0 open branches add migrations
    ----- stderr -----
    no open branches (origin/main)
    ");
}

#[test]
fn branches_that_land_one_by_one_and_not_together() {
    let project = project();
    branch(&project, "one", "main", &["b", "x"]);
    branch(&project, "two", "main", &["b", "y"]);
    push(&project);
    check!(forecast(&project, &[]), @r"
    exit_code: 0
    ----- stdout -----
    against origin/main (head b), 2 of 2 open branches add migrations

      one   +1   lands   then two needs a rebase
      two   +1   lands   onehead rebase after one

    landing order:
      1  one
      2  two   onehead rebase after one
    ----- stderr -----
    2 land (origin/main)
    ");
}

#[test]
fn a_branch_on_top_of_another_one_comes_after_it() {
    let project = project();
    branch(&project, "z-first", "main", &["b", "x"]);
    branch(&project, "a-second", "z-first", &["x", "y"]);
    push(&project);
    check!(forecast(&project, &[]), @r"
    exit_code: 0
    ----- stdout -----
    against origin/main (head b), 2 of 2 open branches add migrations

      a-second   +2   lands
      z-first    +1   lands

    landing order: z-first, a-second
    ----- stderr -----
    2 land (origin/main)
    ");
}

#[test]
fn one_commit_under_two_names_is_one_branch() {
    let project = project();
    branch(&project, "one", "main", &["b", "x"]);
    project.git(["branch", "same", "one"]);
    push(&project);
    check!(forecast(&project, &[]), @r"
    exit_code: 0
    ----- stdout -----
    against origin/main (head b), 1 of 1 open branch adds migrations

      one   +1   lands   also called same
    ----- stderr -----
    1 lands (origin/main)
    ");
}

#[test]
fn what_is_merged_or_old_is_no_open_branch() {
    let project = project();
    branch(&project, "merged", "main", &["b", "x"]);
    project.git(["merge", "-q", "merged"]);
    push(&project);
    check_states(&project, &["--all"], 0, &[]);
    check_states(&project, &["--all", "merged"], 0, &[("merged", "none")]);
    branch(&project, "open", "main", &["x", "y"]);
    push(&project);
    let open = [("open", "lands")];
    check_states(&project, &["--since", "2999-01-01"], 0, &[]);
    check_states(&project, &["--since", "2020-01-01"], 0, &open);
    check_states(&project, &["--since", "4"], 0, &open);
    check_states(&project, &["--since", "2"], 0, &[]);
    let old = days_ago(91);
    project.shell(&format!(
        "git checkout -q open && GIT_COMMITTER_DATE='{old}' git commit -q --allow-empty -m old"
    ));
    push(&project);
    check_states(&project, &[], 0, &[]);
    check_states(&project, &["open"], 0, &open);
    check_states(&project, &["--since", "92"], 0, &open);
    forecast(&project, &["--since", "spring"])
        .exits(2)
        .says("`spring` is neither a number of days nor a date");
}

#[test]
fn names_patterns_and_the_refs_of_pull_requests() {
    let project = several();
    check_states(&project, &["feature-2"], 1, &[("feature-2", "forks")]);
    check_states(&project, &["f*"], 1, &[("feature-2", "forks")]);
    check_states(&project, &["fix/*"], 0, &[("fix/tax-column", "lands")]);
    let commit = project.git_says(["rev-parse", "import-v2"]);
    check_states(&project, &[commit.trim()], 1, &[(commit.trim(), "forks")]);
    project.git(["update-ref", "refs/pull/7/head", "import-v2"]);
    project.git(["update-ref", "refs/pull/8/head", "fix/tax-column"]);
    let pulls = [("refs/pull/7/head", "forks"), ("refs/pull/8/head", "lands")];
    check_states(&project, &["refs/pull/*/head"], 1, &pulls);
    // A branch here that went on is not the one of the remote.
    project.git(["checkout", "-q", "feature-2"]);
    project.commit("more");
    let both = [("feature-2", "forks"), ("origin/feature-2", "forks")];
    check_states(&project, &["feature-2", "refs/heads/feature-2"], 1, &both);
    forecast(&project, &["release/*"]).exits(0).says("note: nothing matches `release/*`");
    forecast(&project, &["nonesuch"]).exits(2).says("there is no branch or commit `nonesuch`");
}

#[test]
fn a_conflict_elsewhere_does_not_hide_a_fork() {
    let project = project();
    project.git(["checkout", "-q", "-b", "feature"]);
    project.write("app.py", "theirs\n");
    project.migration("x", Some("b"), "more", 3);
    project.commit("feature");
    project.git(["checkout", "-q", "main"]);
    project.write("app.py", "ours\n");
    main(&project, &["b", "h"]);
    check_states(&project, &[], 1, &[("feature", "forks")]);
}

#[test]
fn a_published_revision_that_would_be_gone() {
    let project = project();
    project.git(["checkout", "-q", "-b", "feature"]);
    project.git(["rm", "-q", "versions/b_second.py"]);
    project.commit("feature");
    project.git(["checkout", "-q", "main"]);
    push(&project);
    check!(forecast(&project, &[]), @r"
    exit_code: 1
    ----- stdout -----
    against origin/main (head b), 1 of 1 open branch adds migrations

      feature   +0 -1   breaks   deletes `b`, which origin/main has
    ----- stderr -----
    1 breaks the history (origin/main)
    ");
    project.write("onehead.toml", "allow-squash = true\n");
    project.commit("squash");
    push(&project);
    check_states(&project, &[], 0, &[("feature", "lands")]);
}

#[test]
fn an_id_or_a_file_that_two_branches_have() {
    let project = project();
    branch(&project, "one", "main", &["b", "x"]);
    project.git(["checkout", "-q", "-b", "two"]);
    project.write("versions/other.py", &migration("x", Some("b"), "other", 3));
    project.commit("two");
    project.git(["checkout", "-q", "-b", "three", "main"]);
    project.write("versions/other.py", &migration("y", Some("b"), "other", 3));
    project.commit("three");
    project.git(["checkout", "-q", "main"]);
    push(&project);
    check!(forecast(&project, &[]), @r"
    exit_code: 0
    ----- stdout -----
    against origin/main (head b), 3 of 3 open branches add migrations

      one     +1   lands   collides with two: both define `x`; then three needs a rebase
      three   +1   lands   onehead rebase after one; collides with two: both change other.py
      two     +1   lands   by hand after three: both change other.py; collides with one: both define `x`

    landing order:
      1  one
      2  three   onehead rebase after one
      3  two     by hand after three: both change other.py
    ----- stderr -----
    3 land (origin/main)
    ");
    // What the baseline has already is no matter of two branches.
    project.git(["merge", "-q", "one"]);
    push(&project);
    check_states(&project, &["two"], 1, &[("two", "breaks")]);
}

#[test]
fn two_environments() {
    let project = fresh(Project::empty());
    project.repository();
    for name in ["billing", "users"] {
        project.write(&format!("{name}/alembic.ini"), "[alembic]\nscript_location = %(here)s\n");
        project.migration_at(&format!("{name}/versions"), &format!("{name}1"), None, "start", 1);
    }
    project.commit("start");
    let add = |branch: &str, name: &str, id: &str| {
        project.git(["checkout", "-q", "-b", branch, "main"]);
        let parent = format!("{name}1");
        project.migration_at(&format!("{name}/versions"), id, Some(&parent), "more", 2);
        project.commit(branch);
        project.git(["checkout", "-q", "main"]);
    };
    add("one", "billing", "b2");
    add("two", "users", "u2");
    add("three", "users", "u3");
    project.migration_at("billing/versions", "b9", Some("billing1"), "on main", 3);
    project.commit("main");
    // Without a remote the branches here are the open ones.
    check!(forecast(&project, &[]), @r"
    exit_code: 1
    ----- stdout -----
    against main (billing/alembic.ini: head b9; users/alembic.ini: head users1), 3 of 3 open branches add migrations

      one     +1   forks   onehead rebase after b9 (billing/alembic.ini)
      three   +1   lands   then two needs a rebase
      two     +1   lands   onehead rebase after three (users/alembic.ini)

    landing order:
      1  three
      2  two     onehead rebase after three (users/alembic.ini)
      3  one     onehead rebase after b9 (billing/alembic.ini)
    ----- stderr -----
    1 forks, 2 land (main)
    ");
}

#[test]
fn heads_are_counted_per_label() {
    let project = fresh(Project::new());
    project.repository();
    project.write("onehead.toml", "expected-heads = { expand = 1, contract = 1 }\n");
    let label = |id: &str, label: &str| {
        let text = migration(id, None, "start", 1);
        let labels = format!("branch_labels = ('{label}',)");
        project.write(&format!("versions/{id}.py"), &text.replace("branch_labels = None", &labels));
    };
    label("e", "expand");
    label("c", "contract");
    project.commit("start");
    branch(&project, "expands", "main", &["e", "e2"]);
    branch(&project, "contracts", "main", &["c", "c2"]);
    branch(&project, "expands-too", "main", &["e", "e3"]);
    check!(forecast(&project, &[]), @r"
    exit_code: 0
    ----- stdout -----
    against main (heads c, e), 3 of 3 open branches add migrations

      contracts     +1   lands
      expands       +1   lands   then expands-too needs a rebase
      expands-too   +1   lands   onehead rebase after expands

    landing order:
      1  contracts
      2  expands
      3  expands-too   onehead rebase after expands
    ----- stderr -----
    3 land (main)
    ");
}

#[test]
fn a_baseline_that_is_forked_already() {
    let project = project();
    main(&project, &["b", "h"]);
    main(&project, &["b", "i"]);
    branch(&project, "goes-on", "main", &["h", "x"]);
    branch(&project, "forks-more", "main", &["b", "y"]);
    push(&project);
    check_states(&project, &[], 1, &[("forks-more", "forks"), ("goes-on", "lands")]);
}

#[test]
fn a_folder_that_the_baseline_has_moved() {
    let project = project();
    branch(&project, "feature", "main", &["b", "x"]);
    project.git(["mv", "versions", "moved"]);
    project.write(
        "alembic.ini",
        "[alembic]\nscript_location = %(here)s\nversion_locations = %(here)s/moved\n",
    );
    project.migration_at("moved", "h", Some("b"), "on main", 4);
    project.commit("main");
    push(&project);
    // git moves what came into the old folder meanwhile, and asks whether that is meant.
    check_states(&project, &[], 2, &[("feature", "not-evaluated")]);
    project.git(["config", "merge.directoryRenames", "true"]);
    check_states(&project, &[], 1, &[("feature", "forks")]);
}

#[test]
fn the_first_migrations_of_a_repository() {
    let project = several();
    // Nothing is checked out, and there is no commit yet.
    project.git(["checkout", "-q", "--orphan", "new"]);
    project.git(["rm", "-r", "-q", "-f", "."]);
    forecast(&project, &[]).exits(1).shows("3 of 4 open branches add migrations");
}

/// Merges in the order of the plan, rebases where it says so, and has one head after every step.
#[test]
fn the_plan_carried_out() {
    let project = several();
    branch(&project, "stacked", "feature-2", &["f2", "s1"]);
    branch(&project, "also-lands", "main", &["h", "u1", "u2"]);
    push(&project);
    let document = forecast(&project, &["--format", "json"]).exits(1).json();
    let plan = document["plan"].as_array().expect("a list");
    assert_eq!(plan.len(), 5);
    let mut rebased = Vec::new();
    for step in plan {
        let name = step["branch"].as_str().expect("a name");
        project.git(["checkout", "-q", name]);
        project.git(["merge", "-q", "--no-ff", "--no-edit", "main"]);
        if step["needs"].as_array().is_some_and(|needs| !needs.is_empty()) {
            project.onehead(["check", "--baseline", "main"]).exits(1).shows("multiple-heads");
            project.onehead(["rebase", "--baseline", "main"]).exits(0);
            project.commit("rebase");
            rebased.push(name.to_owned());
        }
        project.onehead(["check", "--baseline", "main"]).exits(0);
        project.git(["checkout", "-q", "main"]);
        project.git(["merge", "-q", "--no-ff", "--no-edit", name]);
        let heads = project.onehead(["heads"]).exits(0);
        assert_eq!(heads.stdout.lines().count(), 1, "{heads}");
    }
    assert!(rebased.contains(&"feature-2".to_owned()) && !rebased.contains(&"stacked".to_owned()));
    push(&project);
    check_states(&project, &["--all"], 0, &[("docs", "none")]);
}
