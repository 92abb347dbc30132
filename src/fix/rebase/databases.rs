//! What to tell people about their databases after a move: who would skip what, and the commands that mend it.
//!
//! Never advises a downgrade, which drops tables. Says nothing where no database is concerned.

use std::fmt::Write as _;

use super::{Outcome, Plan, Repair, Stamps, Step};
use crate::revision::RevisionId;
use crate::rules::words::with_arguments;
use crate::shell::word;

/// How many groups and ids are told one by one.
const SHOWN: usize = 10;

impl Plan {
    /// The text about databases, of whole lines; empty where nothing that does something would be skipped and nothing
    /// is renamed, dropped or restored. `alembic` is the command as it is run here, such as `alembic -c db.ini`, or
    /// `(cd db && alembic {})` where something follows its arguments.
    pub fn databases_text(&self, alembic: &str) -> String {
        let harmful: Vec<&Stamps> = self.stamps.iter().filter(|stamps| !stamps.harmless).collect();
        let mut blocks: Vec<String> =
            harmful.iter().take(SHOWN).map(|stamps| self.block(stamps, alembic)).collect();
        if harmful.len() > SHOWN {
            let others: Vec<RevisionId> =
                harmful[SHOWN..].iter().flat_map(|stamps| stamps.stamps.clone()).collect();
            blocks.push(format!(
                "Databases stamped with {} fare alike, each with revisions of its own.\n",
                ids(&others)
            ));
        }
        if self.heads.len() > 1 && harmful.iter().any(|stamps| !stamps.repairs.is_empty()) {
            blocks.push(format!(
                "Where `{}` names revisions of other lines too, add these to each `stamp`.\n",
                with_arguments(alembic, "current")
            ));
        }
        blocks.join("\n")
    }

    fn block(&self, stamps: &Stamps, alembic: &str) -> String {
        let (who, are) = (stamped(&stamps.stamps), ids(&stamps.skipped));
        let mut text = match stamps.outcome {
            Outcome::Skips => {
                format!(
                    "Databases that have already run {who} take {are} as done and would never run {}.\n",
                    them(&stamps.skipped)
                )
            }
            Outcome::Unlocatable => format!(
                "Databases stamped with {who} stop with `Can't locate revision identified by ...`.\n"
            ),
            Outcome::ReadAsAnother => format!(
                "THE STAMP {who} NOW MEANS ANOTHER REVISION: databases that ran the old one {}.\n",
                wrongs(stamps)
            ),
            Outcome::RunsAgain => format!(
                "Databases that have already run {who} as they were on this branch would run {} again.\n",
                ids(&stamps.runs_again)
            ),
            Outcome::Unknown => format!(
                "What databases that have already run {who} would skip is not known, since a missing parent was \
                 replaced:\ncompare their schema before the next upgrade.\n"
            ),
        };
        if stamps.outcome == Outcome::Skips && !stamps.runs_again.is_empty() {
            let _ = writeln!(text, "They would run {} again.", ids(&stamps.runs_again));
        }
        for repair in &stamps.repairs {
            let whose = if stamps.repairs.len() > 1 {
                format!("Bring each database stamped with {}", stamped(&repair.stamps))
            } else {
                "Bring each such database".to_owned()
            };
            let names_last = !matches!(repair.steps.last(), Some(Step::Stamp(_)));
            let last = if repair.stamps.len() > 1 && names_last {
                format!(", where {} stands for the last of yours that it ran", repair.last)
            } else {
                String::new()
            };
            let _ = writeln!(text, "{whose} up to date (no data is dropped){last}:");
            let _ = writeln!(text, "  {}", self.commands(repair, alembic));
        }
        text
    }

    /// The commands of a repair on one line.
    fn commands(&self, repair: &Repair, alembic: &str) -> String {
        let heads = if self.heads.len() > 1 { "heads" } else { "head" };
        let mut arguments: Vec<String> = repair
            .steps
            .iter()
            .map(|step| match step {
                Step::Stamp(ids) if ids.is_empty() => "stamp --purge base".to_owned(),
                Step::Stamp(ids) => format!("stamp --purge {}", words(ids)),
                Step::Upgrade(id) => format!("upgrade {}", word(id.as_str())),
            })
            .collect();
        if !matches!(repair.steps.last(), Some(Step::Stamp(_))) {
            arguments.push(format!("stamp --purge {}", word(repair.last.as_str())));
        }
        arguments.push(format!("upgrade {heads}"));
        let commands = arguments.iter().map(|arguments| with_arguments(alembic, arguments));
        commands.collect::<Vec<_>>().join(" && ")
    }
}

/// `u1`, or `u1 (or u2, u3 above it)`.
fn stamped(stamps: &[RevisionId]) -> String {
    match stamps {
        [only] => only.to_string(),
        [first, others @ ..] => format!("{first} (or {})", ids(others)),
        [] => String::new(),
    }
}

fn them(ids: &[RevisionId]) -> &'static str {
    if ids.len() == 1 { "it" } else { "them" }
}

fn wrongs(stamps: &Stamps) -> String {
    let mut wrongs = Vec::new();
    if !stamps.skipped.is_empty() {
        wrongs.push(format!("would never run {}", ids(&stamps.skipped)));
    }
    if !stamps.runs_again.is_empty() {
        wrongs.push(format!("would run {} again", ids(&stamps.runs_again)));
    }
    if wrongs.is_empty() {
        "are taken to be at the new one".to_owned()
    } else {
        wrongs.join(" and ")
    }
}

fn ids(ids: &[RevisionId]) -> String {
    let mut shown: Vec<String> = ids.iter().take(SHOWN).map(ToString::to_string).collect();
    if ids.len() > SHOWN {
        shown.push(format!("{} more", ids.len() - SHOWN));
    }
    shown.join(", ")
}

fn words(ids: &[RevisionId]) -> String {
    ids.iter().map(|id| word(id.as_str())).collect::<Vec<_>>().join(" ")
}
