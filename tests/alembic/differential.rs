//! Random histories, judged by both pinned versions of Alembic.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::compare;
use crate::generate::{self, Case};
use crate::oracle::{Answer, Facts, Oracle, Request};
use crate::ours::{History, Watchdog, onehead};
use crate::verdict;

/// How many failing histories are described before the run ends.
const ENOUGH: usize = 5;

#[test]
fn random_histories() {
    let count = number("ONEHEAD_TEST_HISTORIES").unwrap_or(1_000);
    let first = number("ONEHEAD_TEST_SEED").unwrap_or_else(from_the_clock);
    println!("{count} histories from ONEHEAD_TEST_SEED={first}");
    eprintln!("{count} histories from ONEHEAD_TEST_SEED={first}");
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("histories");
    let mut oracles = [
        Oracle::start("ONEHEAD_TEST_ALEMBIC_PYTHON"),
        Oracle::start("ONEHEAD_TEST_ALEMBIC_OLD_PYTHON"),
    ];
    let mut failures = Vec::new();
    let (mut healthy, mut broken) = (0, 0);
    let watchdog = Watchdog::start();
    for seed in first..first + count {
        let case = generate::case(seed);
        let folder = fresh(&kept.join(seed.to_string()));
        case.write(&folder);
        watchdog.step(folder.display().to_string());
        match judge(&case, &folder, &mut oracles) {
            Ok(true) => healthy += 1,
            Ok(false) => broken += 1,
            Err(why) => {
                let defects =
                    if case.defects.is_empty() { "none".into() } else { case.defects.join(", ") };
                failures.push(format!("{} (defects put in: {defects})\n{why}", folder.display()));
                if failures.len() == ENOUGH {
                    break;
                }
                continue;
            }
        }
        let _ = fs::remove_dir_all(&folder);
    }
    assert!(
        failures.is_empty(),
        "repeat with ONEHEAD_TEST_SEED={first}; each folder is kept\n\n{}",
        failures.join("\n\n")
    );
    println!("{healthy} loaded, {broken} did not");
    assert!(count < 200 || (healthy > count / 3 && broken > count / 20), "{healthy} and {broken}");
}

/// What the library answers is what the program prints, so that the comparison above is one of the program.
#[test]
fn the_program_answers_what_the_library_does() {
    let mut statuses = BTreeSet::new();
    for seed in 0..25 {
        let case = generate::case(seed);
        let project = tempfile::tempdir().expect("a temporary folder");
        let folder = project.path().canonicalize().expect("it is there");
        case.write(&folder);
        let history = History::read(&folder).expect("every case has an environment");
        let (library, _) = history.answers(&case.commands);
        for (command, library) in case.commands.iter().zip(&library) {
            let program = onehead(&folder, command);
            let name = format!("seed {seed}: {}", command.join(" "));
            assert_eq!(program.status, library.status, "{name}: {}", program.stderr);
            assert_eq!(program.stdout, library.stdout, "{name}");
            assert_eq!(program.stderr.is_empty(), library.stderr.is_empty(), "{name}");
            statuses.insert(program.status);
        }
    }
    let every: BTreeSet<Option<i32>> = [Some(0), Some(1), Some(2)].into();
    assert_eq!(statuses, every, "exit statuses met");
}

/// A generator that writes nonsense would compare failures only, and prove nothing.
#[test]
fn generated_histories_are_what_they_claim_to_be() {
    let mut oracle = Oracle::start("ONEHEAD_TEST_ALEMBIC_PYTHON");
    let mut healthy = 0;
    for seed in 0..200 {
        let case = generate::case(seed);
        let project = tempfile::tempdir().expect("a temporary folder");
        case.write(project.path());
        oracle.ask(&Request::new(project.path(), case.commands.clone()));
        let answer = oracle.answer();
        let load = format!("seed {seed}: {:?}", answer.load);
        for nonsense in ["SyntaxError", "NameError", "UnicodeDecodeError", "ImportError"] {
            assert!(!load.contains(nonsense), "{load}");
        }
        assert!(!case.defects.is_empty() || answer.load.is_none(), "no defect was put in; {load}");
        healthy += usize::from(answer.load.is_none());
    }
    assert!((100..190).contains(&healthy), "{healthy} of 200 histories load");
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text:?}")))
}

fn from_the_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs() << 8)
}

fn fresh(folder: &Path) -> PathBuf {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("writable");
    folder.canonicalize().expect("it is there")
}

/// Whether the history loads in the newest Alembic; an error says who differs in what.
fn judge(case: &Case, folder: &Path, oracles: &mut [Oracle; 2]) -> Result<bool, String> {
    let request = Request::new(folder, case.commands.clone());
    for oracle in oracles.iter_mut() {
        oracle.ask(&request);
    }
    let history = History::read(folder).map_err(|error| error.to_string());
    let ours = history.map(|history| (history.answers(&case.commands), history.check()));
    let mut loads = true;
    // Both answers are taken before either is judged: an unread one would be taken for the next history's.
    let answers: Vec<(String, Answer)> =
        oracles.iter_mut().map(|oracle| (oracle.version.clone(), oracle.answer())).collect();
    let ((ours, document), check) = ours?;
    for (position, (version, answer)) in answers.iter().enumerate() {
        loads = if position == 0 { answer.load.is_none() } else { loads };
        let varies = answer.order_varies();
        for (nth, command) in case.commands.iter().enumerate() {
            // Where the order is left to chance, so is whether a range can be sorted at all.
            if varies && command.iter().any(|word| word == "-r") {
                continue;
            }
            compare::outcome(command, answer, nth, &ours[nth])
                .map_err(|why| format!("{} (Alembic {version})\n{why}", command.join(" ")))?;
        }
        if let Some(facts) = &answer.facts {
            same_facts(facts, &document)
                .map_err(|why| format!("heads --format json (Alembic {version})\n{why}"))?;
        }
    }
    let (_, newest) = &answers[0];
    let heads = newest.facts.as_ref().map(|facts| &facts.heads[..]);
    verdict::compare(&check, heads).map_err(|why| format!("check\n{why}"))?;
    Ok(loads)
}

fn same_facts(facts: &Facts, ours: &str) -> Result<(), String> {
    let document: serde_json::Value =
        serde_json::from_str(ours).map_err(|error| format!("{error}: {ours:?}"))?;
    let environment = &document["environments"][0];
    // Alembic lists an id that two files define twice; a document lists it once.
    let expected = [
        ("heads", once(&facts.heads)),
        ("upgrade_heads", once(&facts.upgrade_heads)),
        ("bases", once(&facts.bases)),
        ("branch_points", facts.branch_points.clone()),
        ("merge_points", facts.merge_points.clone()),
    ];
    for (key, expected) in expected {
        let ours = &environment[key];
        if *ours != serde_json::json!(expected) {
            return Err(format!("{key}: Alembic {expected:?}, onehead {ours}"));
        }
    }
    if environment["revision_count"] != facts.nodes.len() {
        return Err(format!(
            "revision_count: {} and {}",
            facts.nodes.len(),
            environment["revision_count"]
        ));
    }
    Ok(())
}

fn once(ids: &[String]) -> Vec<String> {
    let mut result: Vec<String> = Vec::new();
    for id in ids {
        if !result.contains(id) {
            result.push(id.clone());
        }
    }
    result
}
