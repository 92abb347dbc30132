//! What is read from onehead's configuration, and what is said when it is wrong. Rules are not looked up here.

#![allow(clippy::disallowed_methods, reason = "tests write the projects that they read")]

use super::*;

#[track_caller]
fn parse(text: &str) -> Config {
    Config::parse(text.as_bytes(), Path::new("/p/onehead.toml"), "onehead.toml").unwrap().unwrap()
}

#[track_caller]
fn check_error(text: &str, message: &str, hint: Option<&str>) {
    let path = Path::new("/p/onehead.toml");
    let error = Config::parse(text.as_bytes(), path, "onehead.toml").unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!(error.hint().as_deref(), hint);
}

#[test]
fn everything_of_the_manual_is_read() {
    let config = parse(
        r#"
baseline = "origin/main"
strategy = "auto"
merge-message = "m"
merge-ids = "random"
expected-heads = { expand = 1, contract = 2 }
verify-command = ["uv", "run"]
verify-timeout = 5
allow-squash = true
dialect = "postgresql"
exclude = ["tests/fixtures"]
select = ["ALL"]
ignore = ["cycle"]

[rules]
sequence-collision = "error"
cycle = "off"

[pre-push]
test-command = "./t ci"
offer = true

[[environments]]
name = "n"
config = "a/alembic.ini"
section = "s"
script-location = "a/b"
version-locations = ["a/b/*/*"]
expected-heads = 2
"#,
    );
    assert_eq!(config.baseline, ["origin/main"]);
    assert_eq!(config.strategy, Strategy::Auto);
    assert_eq!(config.merge_ids, MergeIds::Random);
    let labels = vec![("expand".to_string(), 1), ("contract".to_string(), 2)];
    assert_eq!(config.expected_heads, Some(ExpectedHeads::PerLabel(labels)));
    let command = UserCommand::Direct(vec!["uv".into(), "run".into()]);
    assert_eq!(config.verify_command, Some(command));
    assert_eq!(config.verify_timeout, 5);
    assert!(config.allow_squash);
    assert_eq!(config.dialect.as_deref(), Some("postgresql"));
    assert_eq!(config.exclude[0].value, "tests/fixtures");
    assert_eq!(config.select[0].place, "onehead.toml:12");
    assert_eq!(config.rules[1].0.place, "onehead.toml:17");
    assert_eq!(config.rules[1].1, Level::Off);
    assert_eq!(config.pre_push.test_command, Some(UserCommand::Shell("./t ci".into())));
    assert_eq!(config.pre_push.offer, Some(true));
    let environment = &config.environments[0];
    assert_eq!(environment.place, "onehead.toml:23");
    assert_eq!(environment.section.as_deref(), Some("s"));
    assert_eq!(environment.expected_heads, Some(ExpectedHeads::Total(2)));
}

#[test]
fn nothing_is_the_default() {
    assert_eq!(
        parse(""),
        Config { path: Some("/p/onehead.toml".into()), ..Config::none(Path::new("/p")) }
    );
}

#[test]
fn an_unknown_key_has_its_line_and_the_nearest() {
    check_error(
        "strategy = \"auto\"\nmerge_id = 1",
        "onehead.toml:2: unknown key `merge_id` in the file",
        Some("did you mean `merge-ids`?"),
    );
}

#[test]
fn an_unknown_key_below() {
    check_error(
        "[pre-push]\ntest-comand = 1",
        "onehead.toml:2: unknown key `test-comand` in [pre-push]",
        Some("did you mean `test-command`?"),
    );
}

#[test]
fn a_wrong_type() {
    check_error(
        "baseline = 1",
        "onehead.toml:1: `baseline` must be a string or a list of strings, not an integer",
        None,
    );
    check_error(
        "allow-squash = \"yes\"",
        "onehead.toml:1: `allow-squash` must be `true` or `false`, not a string",
        None,
    );
    check_error("rules = []", "onehead.toml:1: `rules` must be a table, not a list", None);
    check_error(
        "ignore = [1]",
        "onehead.toml:1: `ignore` must be a list of strings, but holds an integer",
        None,
    );
}

#[test]
fn an_unknown_value() {
    check_error(
        "strategy = \"rebas\"",
        "onehead.toml:1: `strategy` must be one of `merge`, `rebase`, `auto`, not `rebas`",
        Some("did you mean `rebase`?"),
    );
}

#[test]
fn an_unknown_severity() {
    check_error(
        "[rules]\ncycle = \"warn\"",
        "onehead.toml:2: `cycle` must be one of `error`, `warning`, `off`, not `warn`",
        None,
    );
}

#[test]
fn a_number_out_of_range() {
    check_error("verify-timeout = 0", "onehead.toml:1: `verify-timeout` must be 1 or more", None);
    check_error("expected-heads = -1", "onehead.toml:1: `expected-heads` must be 1 or more", None);
}

#[test]
fn no_toml() {
    let path = Path::new("/p/onehead.toml");
    let error = Config::parse(b"a = 1\nb = [", path, "onehead.toml").unwrap_err().to_string();
    assert!(error.starts_with("onehead.toml:2: invalid TOML: "), "{error}");
}

#[test]
fn no_utf_8() {
    let path = Path::new("/p/onehead.toml");
    let error = Config::parse(b"\n\xff", path, "onehead.toml").unwrap_err();
    assert_eq!(error.to_string(), "onehead.toml:2: these bytes are not UTF-8");
}

#[test]
fn a_pyproject_without_our_table_is_not_ours() {
    let parse = |text: &str| Config::parse(text.as_bytes(), Path::new("/p/pyproject.toml"), "x");
    assert_eq!(parse("[tool.ruff]\n"), Ok(None));
    assert_eq!(parse("[project]\nname = \"onehead\"\n"), Ok(None));
    assert!(parse("[tool.onehead]\nstrategy = \"rebase\"\n").unwrap().is_some());
    assert!(parse("[tool.onehead.rules]\n").unwrap().is_some());
}

#[test]
fn the_nearest_file_counts_and_onehead_toml_wins() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let below = root.join("a/b");
    std::fs::create_dir_all(&below).unwrap();
    let load = || {
        Config::load(&Snapshot::Worktree, &below, root, &|path| path.display().to_string()).unwrap()
    };
    assert_eq!(load().path, None);
    std::fs::write(root.join("pyproject.toml"), "[tool.onehead]\ndialect = 'root'\n").unwrap();
    std::fs::write(below.join("pyproject.toml"), "[tool.ruff]\n").unwrap();
    assert_eq!(load().dialect.as_deref(), Some("root"));
    std::fs::write(root.join("onehead.toml"), "dialect = 'own'\n").unwrap();
    assert_eq!(load().dialect.as_deref(), Some("own"));
    std::fs::write(root.join("a/pyproject.toml"), "[tool.onehead]\ndialect = 'a'\n").unwrap();
    assert_eq!(load().dialect.as_deref(), Some("a"));
    assert_eq!(load().folder, root.join("a"));
}

#[test]
fn an_environment_must_say_which() {
    check_error(
        "\n[[environments]]\nname = \"x\"",
        "onehead.toml:2: an environment needs `config`, `script-location` or `version-locations`",
        Some("add `config = \"path/to/alembic.ini\"` to set something for that one"),
    );
}

#[test]
fn a_misspelled_table_of_pyproject() {
    let parse =
        |text: &str| Config::parse(text.as_bytes(), Path::new("/p/pyproject.toml"), "p.toml");
    for text in
        ["[tool.onehed]\n", "[tool.onehead-x]\n# onehead\n", "[[tool.one-head.environments]]\n"]
    {
        let error = parse(&format!("[tool.ruff]\n{text}")).unwrap_err();
        assert!(error.to_string().starts_with("p.toml:2: unknown table [tool.one"), "{error}");
        assert_eq!(error.hint().as_deref(), Some("did you mean `[tool.onehead]`?"));
    }
    assert_eq!(parse("[tool.other]\nonehead = 1\n"), Ok(None));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_no_missing_file() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("gone", folder.path().join("onehead.toml")).unwrap();
    let load =
        Config::load(&Snapshot::Worktree, folder.path(), folder.path(), &|_| "onehead.toml".into());
    assert!(load.unwrap_err().to_string().starts_with("cannot read onehead.toml: "));
}
