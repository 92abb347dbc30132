//! `onehead check --fix`: mends what has a safe fix, and says what is left.
//!
//! All environments in one go: the files of all of them are written, or none. What is not told for certain to be
//! unpublished is not renamed, re-parented or given another id.

use std::path::{Path, PathBuf};

use super::carry_out;
use super::merging::{self, Order};
use super::project::{History, Project};
use super::rebasing::{self, Ask, Outcome};
use super::repair::Repair;
use super::restoring;
use super::saying::{self, Account};
use super::strategy;
use crate::check::Scope;
use crate::cli::{CheckArgs, Format};
use crate::config::Strategy;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ExitStatus};
use crate::fix::Change;
use crate::fix::merge;
use crate::fix::small::{self, Step};
use crate::published::Published;
use crate::report;
use crate::rules::settings::RuleSettings;
use crate::rules::{self, Kind};

/// How many small repairs are made in one environment at most; more than any history needs.
const STEPS: usize = 1000;

/// What was mended in one run.
#[derive(Default)]
pub(super) struct Mended {
    /// What the repairs mean, a line each, and what to do next.
    pub(super) account: Account,
    /// How many findings are gone.
    pub(super) fixed: usize,
}

/// How several heads are made one, and why.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    /// Merge, rebase, or whichever fits.
    pub(super) strategy: Strategy,
    /// What is published; `None` where nothing tells.
    pub(super) published: Option<&'a Published>,
}

/// Mends the environments of `project` and reports what is left.
pub(super) fn run(
    project: &Project,
    args: &CheckArgs,
    settings: &[RuleSettings],
) -> Result<ExitStatus, Error> {
    let writes = args.fix && !args.diff;
    if writes {
        super::snapshot::refuse_writing(&args.snapshot)?;
        carry_out::recover(project)?;
    }
    let mut repairs = Vec::new();
    for (index, settings) in settings.iter().enumerate() {
        let mut repair = Repair::open(project, index)?;
        repair.settings = settings.clone();
        repairs.push(repair);
    }
    let published = super::baseline::published(project, args.baseline.as_ref())?;
    let is_forked = repairs.iter().any(Repair::is_forked);
    let strategy = strategy::decide(project, args.strategy, is_forked)?;
    let means = Means { strategy, published: published.as_ref() };
    let mut mended = Mended::default();
    for repair in &mut repairs {
        mend(repair, means, &mut mended)?;
    }
    // Where there is nothing to show, what is left decides.
    let is_empty = repairs.iter().all(Repair::is_empty);
    if !writes && !is_empty {
        return saying::show_diff(project, &repairs, &mended.account);
    }
    let mut changes = Vec::new();
    if !is_empty {
        let mut carried = carry_out::carry_out(project, &mut repairs, false)?;
        mended.account.notes.append(&mut carried.notes);
        changes.clone_from(&carried.changes);
        carried.finish()?;
    }
    tell(project, &repairs, &changes, &mended);
    let mended = report::Mended { fixed: mended.fixed, notes: mended.account.lines(), changes };
    left(project, args, settings, &repairs, mended)
}

/// Mends one environment, in memory.
pub(super) fn mend(
    repair: &mut Repair<'_>,
    means: Means<'_>,
    mended: &mut Mended,
) -> Result<(), Error> {
    let mut found = findings(repair, means);
    let before = found.len();
    if let Some(published) = means.published {
        found = as_published(repair, means, published, found, mended)?;
    }
    // Where files are moved, numbers and ids used twice are the planner's business: it tells what databases have to do.
    let moves = means.strategy != Strategy::Merge && means.published.is_some();
    let mut found = small_repairs(repair, means, moves, found, mended)?;
    let twice = has(&found, "duplicate-revision");
    if has(&found, "multiple-heads") || (moves && twice) {
        heads(repair, means, mended)?;
        let left = findings(repair, means);
        found = small_repairs(repair, means, false, left, mended)?;
        // An id used twice hides a fork until one of the two has another.
        if twice && has(&found, "multiple-heads") {
            heads(repair, means, mended)?;
            found = findings(repair, means);
        }
    }
    mended.fixed += before.saturating_sub(found.len());
    Ok(())
}

/// Sets back what differs from the baseline and should not. Takes the findings of the repair as it is, and gives those
/// that are left.
fn as_published(
    repair: &mut Repair<'_>,
    means: Means<'_>,
    published: &Published,
    found: Vec<Diagnostic>,
    mended: &mut Mended,
) -> Result<Vec<Diagnostic>, Error> {
    let is_about_published = |finding: &Diagnostic| {
        rules::find(finding.rule).is_some_and(|rule| rule.kind == Kind::Published)
    };
    if !found.iter().any(is_about_published) {
        return Ok(found);
    }
    let mut kept = Vec::new();
    // Where something was put below a published revision, moving it up comes first, which tells what databases have to do.
    let is_below = |finding: &&Diagnostic| finding.rule == "inserted-below-published";
    let place =
        |finding: &Diagnostic| finding.primary.as_ref().map(|primary| primary.place.path.clone());
    let below: Vec<PathBuf> = found.iter().filter(is_below).filter_map(place).collect();
    let others = found.iter().filter(|one| place(one).is_none_or(|path| !below.contains(&path)));
    restoring::restore(repair, published, others, &mut mended.account, &mut kept)?;
    if !below.is_empty() {
        let ask = Ask { revs: &[], onto: None, new_ids: false, published: Some(published) };
        match rebasing::rebase(repair, &ask)? {
            Outcome::Moved(account) => mended.account.absorb(account),
            Outcome::Refused(why) => mended.account.notes.push(why.as_note()),
            Outcome::Nothing => {}
        }
    }
    let left = findings(repair, means);
    restoring::restore(repair, published, &left, &mut mended.account, &mut kept)?;
    Ok(findings(repair, means))
}

fn findings(repair: &Repair<'_>, means: Means<'_>) -> Vec<Diagnostic> {
    let scope = match means.published {
        None => Scope::Tips,
        Some(published) => Scope::of(&repair.scripts, |script| {
            script.id().is_none_or(|id| !published.contains(repair.index, &script.path, id))
        }),
    };
    let content = |path: &Path| repair.content(path);
    let known = means.published.map(|one| one.compared(repair.index, &repair.scripts, &content));
    repair.findings(&repair.settings, &scope, known.as_ref()).findings
}

fn has(findings: &[Diagnostic], rule: &str) -> bool {
    findings.iter().any(|finding| finding.rule == rule)
}

/// Headers, numbers, ids and merges that join nothing, one after the other until none is left that can be mended.
///
/// With `moves` numbers and ids used twice are left alone where a move follows. Takes the findings of the repair as it is,
/// and gives those that are left.
fn small_repairs(
    repair: &mut Repair<'_>,
    means: Means<'_>,
    moves: bool,
    mut found: Vec<Diagnostic>,
    mended: &mut Mended,
) -> Result<Vec<Diagnostic>, Error> {
    for _ in 0..STEPS {
        let forked = has(&found, "multiple-heads") || has(&found, "duplicate-revision");
        let steps = found.iter().filter(|finding| {
            let numbers = matches!(finding.rule, "sequence-collision" | "duplicate-revision");
            !(numbers && forked && moves)
        });
        let flags = flags(repair, means);
        let graph = repair.graph();
        let history =
            small::History { scripts: &repair.scripts, graph: &graph, published: flags.as_deref() };
        let mut steps = steps.filter_map(|finding| {
            step(&history, finding).map(|(step, sentence)| (finding.rule, step, sentence))
        });
        let Some((rule, mut step, sentence)) = steps.next() else { break };
        mended.account.sentences.push(sentence);
        // Headers have nothing to do with each other, and there can be one in every file.
        if rule == "stale-header" {
            for (_, other, sentence) in steps.filter(|(rule, ..)| *rule == "stale-header") {
                step.rewrites.extend(other.rewrites);
                mended.account.sentences.push(sentence);
            }
        }
        drop(graph);
        mended.account.after.push_str(&databases(repair, &step));
        apply(repair, step, mended)?;
        found = findings(repair, means);
    }
    Ok(found)
}

/// For each script whether it is published; `None` where nothing tells.
fn flags(repair: &Repair<'_>, means: Means<'_>) -> Option<Vec<bool>> {
    let known = means.published?.scripts(repair.index, &repair.scripts);
    Some(known.revisions.iter().map(Option::is_some).collect())
}

/// The repair of one finding, and what it means in a sentence.
fn step(history: &small::History<'_>, finding: &Diagnostic) -> Option<(Step, String)> {
    let path = &finding.primary.as_ref()?.place.path;
    let id = finding.revisions.first();
    match finding.rule {
        "stale-header" => {
            let step = small::align_header(history, path)?;
            Some((step, format!("the header of {} says what its code says", id?)))
        }
        "duplicate-revision" => {
            let step = small::new_id(history, id?)?;
            let (old, new) = step.successor.clone()?;
            Some((step, format!("the unpublished {old} is {new} now")))
        }
        "sequence-collision" => {
            let step = small::renumber(history, path)?;
            let name =
                |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
            let to =
                step.rewrites.iter().find_map(|rewrite| rewrite.path.as_ref()).and_then(name)?;
            Some((step, format!("{} is {to} now", name(path)?)))
        }
        "redundant-merge" => {
            let step = small::drop_merge(history, path)?;
            let sentence = match &step.successor {
                Some((old, new)) => {
                    format!("{old} joined nothing and is gone: {new} is in its place")
                }
                None => format!("{} follows only what it needs", id?),
            };
            Some((step, sentence))
        }
        _ => None,
    }
}

/// What databases have to do of which the stamp means another revision after `step`; empty where it does not.
fn databases(repair: &Repair<'_>, step: &Step) -> String {
    small::databases_text(&repair.scripts, step, &saying::alembic(repair))
}

fn apply(repair: &mut Repair<'_>, step: Step, mended: &mut Mended) -> Result<(), Error> {
    let drops: Vec<PathBuf> =
        step.drops.iter().map(|&at| repair.scripts[at].path.clone()).collect();
    repair.rewrite(&step.rewrites)?;
    repair.drop_scripts(&drops)?;
    if let Some((old, new)) = step.successor {
        let successors = [(old.to_string(), new.to_string())].into();
        let unclear = repair.follow_heads(&successors)?;
        mended.account.notes.extend(saying::by_hand(repair, &unclear, old.as_str()));
    }
    Ok(())
}

/// Makes one head of several.
pub(super) fn heads(
    repair: &mut Repair<'_>,
    means: Means<'_>,
    mended: &mut Mended,
) -> Result<(), Error> {
    let graph = repair.graph();
    if graph.load_error().is_some() {
        mended
            .account
            .notes
            .push("the heads are left alone as long as alembic cannot load the history".into());
        return Ok(());
    }
    let stand_apart = merge::stand_apart(&graph, &graph.distinct_heads());
    drop(graph);
    if means.strategy != Strategy::Merge {
        let ask = Ask { revs: &[], onto: None, new_ids: false, published: means.published };
        match rebasing::rebase(repair, &ask)? {
            Outcome::Moved(account) => {
                mended.account.absorb(account);
                return Ok(());
            }
            Outcome::Refused(why) if means.strategy == Strategy::Rebase => {
                mended.account.notes.push(why.as_note());
                return Ok(());
            }
            Outcome::Nothing if means.strategy == Strategy::Rebase => return Ok(()),
            // Where both would do, that one of them would not is worth knowing.
            Outcome::Refused(why) if !stand_apart && means.published.is_some() => {
                mended.account.notes.push(format!("not rebased: {}", why.sentence));
            }
            Outcome::Nothing | Outcome::Refused(_) => {}
        }
    }
    if stand_apart {
        mended.account.notes.push(
            "the heads have labels of their own and no ancestor in common: if they are meant to stay, say so with `expected-heads`; \
             else `onehead merge` joins them".into(),
        );
        return Ok(());
    }
    merge_heads(repair, means, mended)
}

fn merge_heads(
    repair: &mut Repair<'_>,
    means: Means<'_>,
    mended: &mut Mended,
) -> Result<(), Error> {
    let expected = &repair.environment.expected_heads;
    if merge::surplus(&repair.graph(), expected).is_empty() {
        let note =
            "which of the heads belong together is not known: name them, `onehead merge REV REV`";
        mended.account.notes.push(saying::with_options(note, repair));
    }
    for result in merging::join_surplus(repair, &Order::default(), means.published)? {
        match result {
            Ok(joined) => {
                mended.account.sentences.push(joined.sentence);
                mended.account.notes.extend(joined.notes);
                "Merge migration heads".clone_into(&mut mended.account.subject);
            }
            Err(refused) => {
                mended.account.notes.push(refused.as_note());
            }
        }
    }
    Ok(())
}

/// What was written, in the past tense.
fn tell(project: &Project, repairs: &[Repair<'_>], changes: &[Change], mended: &Mended) {
    if changes.is_empty() {
        for note in &mended.account.notes {
            project.note(note);
        }
    } else if project.format == Format::Text {
        let touched: Vec<&Repair<'_>> =
            repairs.iter().filter(|repair| !repair.is_empty()).collect();
        saying::done(project, &touched, changes, &mended.account);
    }
}

/// The findings that are left, as `check` tells them.
fn left(
    project: &Project,
    args: &CheckArgs,
    settings: &[RuleSettings],
    repairs: &[Repair<'_>],
    mended: report::Mended,
) -> Result<ExitStatus, Error> {
    let histories: Vec<History<'_>> =
        repairs.iter().map(|repair| History::new(repair.environment, &repair.scripts)).collect();
    let mut report = super::check::judge(project, args, settings, &histories)?;
    report.mended = Some(mended);
    super::check::write(project, args, settings, &report)?;
    Ok(super::check::status(&report, project.discovery.warnings.len(), args))
}
