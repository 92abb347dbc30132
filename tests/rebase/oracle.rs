//! The real Alembic judges what became of random histories: its heads, and what an upgrade runs from old stamps.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::history::{Arguments, Rev, ask, carried_out, closures};
use crate::random::Random;
use crate::shapes::{Shape, one_lineage, two_labels};

#[derive(Debug, Deserialize)]
pub struct Answer {
    /// The class of what kept it from loading.
    pub load: Option<String>,
    #[serde(default)]
    pub heads: Vec<String>,
    #[serde(default)]
    pub upgrades: Vec<Upgrade>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Upgrade {
    /// The class of what kept it from starting.
    pub error: Option<String>,
    /// What it runs, in order.
    #[serde(default)]
    pub ran: Vec<String>,
    /// The class of what the version table's steps die of.
    pub crash: Option<String>,
    /// The version table afterwards.
    #[serde(default)]
    pub rows: Vec<String>,
}

pub struct Oracle {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    pub fn start() -> Self {
        let python = crate::prepared("ONEHEAD_TEST_ALEMBIC_PYTHON");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rebase/oracle.py");
        let mut process = Command::new(&python)
            .arg(script)
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}"));
        let requests = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        let mut oracle = Self { process, requests, answers };
        let greeting: Value = oracle.read();
        assert!(greeting["alembic"].as_str().is_some_and(|version| version.starts_with("1.")));
        oracle
    }

    fn read<T: for<'d> Deserialize<'d>>(&mut self) -> T {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Upgrades from each set of stamps to the symbol or id beside it.
    pub fn ask(&mut self, history: &[Rev], upgrades: &[(Vec<String>, String)]) -> Answer {
        let revisions = history.iter().map(|rev| {
            json!({"id": rev.id, "parents": rev.parents, "dependencies": rev.dependencies,
                   "labels": rev.labels})
        });
        let upgrades = upgrades.iter().map(|(stamps, to)| json!({"stamps": stamps, "to": to}));
        let request = json!({"revisions": revisions.collect::<Vec<_>>(),
                             "upgrades": upgrades.collect::<Vec<_>>()});
        let requests = self.requests.as_mut().expect("it runs");
        writeln!(requests, "{request}").expect("it reads");
        self.read()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.requests = None;
        let _ = self.process.wait();
    }
}

/// Rows of a version table with all that was run to get there.
type Database = (Vec<String>, BTreeSet<String>);

/// Databases that the real upgrades on this history lead to, one or two targets after each other.
fn databases(oracle: &mut Oracle, history: &[Rev], random: &mut Random) -> Vec<Database> {
    let targets: Vec<String> = (0..5).map(|_| random.choice(history).id.clone()).collect();
    let first: Vec<(Vec<String>, String)> =
        targets.iter().map(|target| (Vec::new(), target.clone())).collect();
    let mut databases = Vec::new();
    let collect = |from: &[Database], answers: Vec<Upgrade>| -> Vec<Database> {
        let pairs = from.iter().zip(answers);
        let good = pairs.filter(|(_, answer)| answer.error.is_none() && answer.crash.is_none());
        good.map(|((_, ran), answer)| {
            (answer.rows, ran.iter().cloned().chain(answer.ran).collect())
        })
        .collect()
    };
    let empty = vec![(Vec::new(), BTreeSet::new()); first.len()];
    databases.extend(collect(&empty, oracle.ask(history, &first).upgrades));
    let second: Vec<(Vec<String>, String)> = (databases.iter())
        .map(|(rows, _): &Database| (rows.clone(), random.choice(history).id.clone()))
        .collect();
    let more = oracle.ask(history, &second).upgrades;
    let more = collect(&databases.clone(), more);
    databases.extend(more);
    databases
}

#[derive(Debug, Default)]
struct Tally {
    histories: usize,
    complete: usize,
    skipping: usize,
    loud: usize,
    crashes: usize,
}

/// The merge points of which one parent comes after another.
fn entangled(history: &[Rev]) -> Vec<String> {
    let below = closures(history, true).expect("it loads");
    let place = |id: &String| history.iter().position(|rev| rev.id == *id).expect("a parent");
    let entangled = history.iter().filter(|rev| {
        let parents: Vec<usize> = rev.parents.iter().map(place).collect();
        parents
            .iter()
            .any(|one| parents.iter().any(|other| one != other && below[*one].contains(other)))
    });
    entangled.map(|rev| rev.id.clone()).collect()
}

fn shown(history: &[Rev]) -> Vec<String> {
    let line =
        |rev: &Rev| format!("{} {:?} depends on {:?}", rev.id, rev.parents, rev.dependencies);
    history.iter().map(line).collect()
}

#[track_caller]
fn check(oracle: &mut Oracle, shape: &Shape, random: &mut Random, tally: &mut Tally) {
    let history = &shape.history;
    let Ok(plan) = ask(history, &shape.expected, &Arguments::default()) else { return };
    if plan.is_empty() || closures(history, true).is_none() {
        return;
    }
    let after = carried_out(history, &plan);
    let databases = databases(oracle, history, random);
    let mut upgrades: Vec<(Vec<String>, String)> =
        databases.iter().map(|(rows, _)| (rows.clone(), "heads".to_owned())).collect();
    upgrades.push((Vec::new(), "heads".into()));
    let answer = oracle.ask(&after, &upgrades);
    assert_eq!(answer.load, None);
    let mut heads = answer.heads.clone();
    let mut ours: Vec<String> = plan.heads.iter().map(ToString::to_string).collect();
    heads.sort();
    ours.sort();
    assert_eq!(heads, ours);
    tally.histories += 1;
    let from_empty = answer.upgrades.last().expect("asked for");
    assert_eq!(from_empty.ran.len(), after.len(), "{from_empty:?}");
    if let Some(crash) = &from_empty.crash {
        // Alembic's own limit: a merge point whose parents are ordered by a dependency crashes it, depending on the
        // order of steps. A move must not make one.
        let known = entangled(history);
        let of_after = entangled(&after);
        assert!(
            !of_after.is_empty() && of_after.iter().all(|id| known.contains(id)),
            "a new crash: {crash} in {:#?}\nafter {:#?}",
            shown(history),
            shown(&after),
        );
        tally.crashes += 1;
    }
    let below = closures(&after, true).expect("it loads");
    let by_parents = closures(&after, false).expect("it loads");
    let place = |id: &String| after.iter().position(|rev| rev.id == *id);
    for ((rows, ran), upgrade) in databases.iter().zip(&answer.upgrades) {
        let located: Option<Vec<usize>> = rows.iter().map(place).collect();
        let overlap = located.as_ref().is_some_and(|located| {
            let pairs =
                located.iter().flat_map(|one| located.iter().map(move |other| (one, other)));
            pairs.clone().any(|(one, other)| one != other && by_parents[*one].contains(other))
        });
        let Some(located) = located.filter(|_| !overlap) else {
            assert!(upgrade.error.is_some(), "{rows:?} should be refused: {upgrade:?}");
            tally.loud += 1;
            continue;
        };
        if upgrade.error.is_some() {
            tally.loud += 1;
            continue;
        }
        let done: BTreeSet<&str> = located
            .iter()
            .flat_map(|&at| below[at].iter().map(|&at| after[at].id.as_str()))
            .collect();
        let expected: BTreeSet<&str> =
            after.iter().map(|rev| rev.id.as_str()).filter(|id| !done.contains(id)).collect();
        let found: BTreeSet<&str> = upgrade.ran.iter().map(String::as_str).collect();
        assert_eq!(found, expected, "from {rows:?}");
        let skipped = done.iter().filter(|id| !ran.contains(**id));
        let told: BTreeSet<String> = (plan.stamps.iter())
            .filter(|group| group.stamps.iter().any(|stamp| rows.contains(&stamp.to_string())))
            .flat_map(|group| group.skipped.iter().map(ToString::to_string))
            .filter(|id| !ran.contains(id))
            .collect();
        assert_eq!(skipped.map(ToString::to_string).collect::<BTreeSet<_>>(), told);
        *(if told.is_empty() { &mut tally.complete } else { &mut tally.skipping }) += 1;
    }
}

#[test]
fn alembic_agrees_on_heads_and_on_what_old_databases_skip() {
    let mut oracle = Oracle::start();
    for make in [one_lineage, two_labels] {
        let mut tally = Tally::default();
        for seed in 0..crate::rounds(400) as u64 {
            let mut random = Random::new(seed + 1_000_000);
            let shape = make(&mut random);
            check(&mut oracle, &shape, &mut random, &mut tally);
        }
        eprintln!("{tally:?}");
        assert!(tally.histories > 200 && tally.skipping > 50, "{tally:?}");
    }
}
