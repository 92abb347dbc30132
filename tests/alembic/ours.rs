//! onehead's answers, the only place that knows how they are got: from the program itself, and from the library below
//! its command line, which answers thousands of histories in the time that starting the program for each would take.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use onehead::alembic::question::Question;
use onehead::check;
use onehead::config::Config;
use onehead::environment::{self, Environment, Request, Root, Scope};
use onehead::error::Error;
use onehead::graph::RevisionGraph;
use onehead::loader;
use onehead::report::{EnvironmentFacts, EnvironmentReport, Report, Sources, json};
use onehead::rules::settings::RuleSettings;
use onehead::script::{Depth, FolderModules, Script};
use onehead::snapshot::Snapshot;

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The exit status; `None` when it was ended by a signal, or by us because it did not come to an end.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Far more than any history of these tests needs, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A step of a long run, the two processes of Alembic included, which have a ration of their own.
const STEP: Duration = Duration::from_mins(10);

/// Runs `onehead` with these arguments in `directory`.
pub fn onehead(directory: &Path, arguments: &[String]) -> Answer {
    let mut process = Command::new(env!("CARGO_BIN_EXE_onehead"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let stdout = collect(process.stdout.take().expect("piped"));
    let stderr = collect(process.stderr.take().expect("piped"));
    let started = Instant::now();
    let status = loop {
        match process.try_wait().expect("a child can be waited for") {
            Some(status) => break status.code(),
            None if started.elapsed() > PATIENCE => {
                let _ = process.kill();
                let _ = process.wait();
                break None;
            }
            None => std::thread::sleep(Duration::from_micros(300)),
        }
    };
    Answer {
        status,
        stdout: stdout.join().expect("the reader ends"),
        stderr: stderr.join().expect("the reader ends"),
    }
}

fn collect(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The project in a folder, read once for all questions by the functions that the commands are made of.
pub struct History {
    root: PathBuf,
    environment: Environment,
    scripts: Vec<Script>,
}

impl History {
    /// Reads the environment that the `alembic.ini` of `folder` names.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let root = Root::at(folder, false);
        let request = Request { directory: folder.to_path_buf(), ..Request::default() };
        let found = environment::find(
            &Snapshot::Worktree,
            &request,
            &Config::none(folder),
            &root,
            Scope::Nearest,
        )?;
        let environment = found.environments.into_iter().next().expect("at least one is found");
        let modules = FolderModules::new(&Snapshot::Worktree, environment.module_roots.clone());
        let scripts = loader::load(
            &Snapshot::Worktree,
            Snapshot::Worktree.listing(&environment),
            Depth::Names,
            &modules,
        );
        Ok(Self { root: root.path, environment, scripts })
    }

    /// What the program answers to each of `commands`, and to `heads --format json` at the end. Exit statuses are those
    /// of the documentation; stderr has the words and no layout.
    pub fn answers(&self, commands: &[Vec<String>]) -> (Vec<Answer>, String) {
        let graph = RevisionGraph::build(&self.scripts);
        let findings = check::integrity(&self.environment, &self.scripts, &graph);
        let wrong: String = findings
            .iter()
            .map(|finding| format!("{}: {finding:?}", finding.rule))
            .collect::<Vec<_>>()
            .join("\n");
        let answer = |command: &Vec<String>| match question(command) {
            Err(error) => refused(&error.to_string()),
            Ok(question) => match question.answer(&graph, &self.scripts) {
                Err(error) => refused(&error.to_string()),
                Ok(answer) => Answer {
                    status: Some(i32::from(!answer.succeeds)),
                    stdout: answer.text,
                    stderr: wrong.clone() + &answer.refusal.unwrap_or_default(),
                },
            },
        };
        let answers = commands.iter().map(answer).collect();
        let facts = EnvironmentFacts::of(&self.environment, &self.scripts, &graph);
        let report = EnvironmentReport { facts, findings: Vec::new(), uncertain: false };
        let sources = Sources { root: self.root.clone(), ..Sources::default() };
        (answers, json::environments(&[report], &sources))
    }

    /// What the program answers to `check --format json` where there is no git; with bodies read as well.
    pub fn check(&self) -> Answer {
        let environment = &self.environment;
        let modules = FolderModules::new(&Snapshot::Worktree, environment.module_roots.clone());
        let scripts = loader::load(
            &Snapshot::Worktree,
            Snapshot::Worktree.listing(environment),
            Depth::Whole,
            &modules,
        );
        let graph = RevisionGraph::build(&scripts);
        let settings = RuleSettings::default();
        let facts = check::Facts::new(environment, &scripts, &graph);
        let checked = check::judge(&facts, &settings, &check::Scope::Tips);
        let facts = EnvironmentFacts::of(environment, &scripts, &graph);
        let report = Report::of_worktree(vec![EnvironmentReport {
            facts,
            findings: checked.findings,
            uncertain: checked.uncertain,
        }]);
        let sources = Sources { root: self.root.clone(), ..Sources::default() };
        Answer {
            status: Some(i32::from(report.counts().errors > 0)),
            stdout: json::check(&report, &sources),
            stderr: String::new(),
        }
    }
}

fn refused(sentence: &str) -> Answer {
    Answer { status: Some(2), stdout: String::new(), stderr: sentence.to_owned() }
}

/// The question that the words of a command ask.
fn question(command: &[String]) -> Result<Question, Error> {
    let (name, rest) = command.split_first().expect("a command has a name");
    let has = |option: &str| rest.iter().any(|word| word == option);
    let range = rest.iter().position(|word| word == "-r").map(|at| rest[at + 1].as_str());
    match name.as_str() {
        "heads" => Ok(Question::Heads {
            verbose: has("-v"),
            resolve_dependencies: has("--resolve-dependencies"),
        }),
        "branches" => Ok(Question::Branches { verbose: has("-v") }),
        "history" => Question::history(has("-v"), range),
        "show" => Question::show(&rest[rest.len() - 1]),
        other => panic!("no such command: {other}"),
    }
}

/// Ends the whole run, with the history that is to blame, when a step takes longer than anything of ours may.
pub struct Watchdog {
    steps: Sender<String>,
}

impl Watchdog {
    /// Starts it.
    pub fn start() -> Self {
        let (steps, received) = channel::<String>();
        std::thread::spawn(move || {
            let mut step = String::from("the start");
            loop {
                match received.recv_timeout(STEP) {
                    Ok(next) => step = next,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        eprintln!("{step} took more than {} seconds", STEP.as_secs());
                        std::process::exit(1);
                    }
                }
            }
        });
        Self { steps }
    }

    /// Says which step begins.
    pub fn step(&self, name: String) {
        let _ = self.steps.send(name);
    }
}
