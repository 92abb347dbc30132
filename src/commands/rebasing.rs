//! Moving what is unpublished within a repair: what `rebase`, `check --fix` and `auto-merge` have in common.
//!
//! The plan is the planner's ([`crate::fix::rebase`]); here it is carried over to the scripts, checked by planning once
//! more, and told. Nothing is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::project::{self, Project};
use super::repair::Repair;
use super::saying::{self, Account};
use super::sides;
use crate::error::{Error, ExitStatus, RepairError};
use crate::fix::rebase::{self, Move, Plan, PublishedHistory, Question, Refusal, Warning};
use crate::git::FileState;
use crate::published::{Published, PublishedScripts};
use crate::revision::RevisionId;
use crate::rules::words::count;
use crate::shell::word;

/// What is to be moved.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    /// The tips of what moves; all unpublished heads where there are none.
    pub(super) revs: &'a [String],
    /// What to put it on; the published head by default.
    pub(super) onto: Option<&'a str>,
    /// Whether what moves gets new ids.
    pub(super) new_ids: bool,
    /// What is published; `None` where nothing tells.
    pub(super) published: Option<&'a Published>,
}

/// What came of it.
pub(super) enum Outcome {
    /// The repair moves something.
    Moved(Account),
    /// Everything stands where it should.
    Nothing,
    /// It is not done.
    Refused(Refused),
}

/// Why nothing is moved.
pub(super) struct Refused {
    pub(super) sentence: String,
    hint: Option<String>,
    /// Whether the arguments are to blame, or the lack of them: exit status 2.
    is_usage: bool,
    /// Whether an argument is no revision here.
    pub(super) is_unknown: bool,
}

impl Refused {
    fn of(refusal: &Refusal, ask: &Ask<'_>, repair: &Repair<'_>) -> Self {
        let is_unknown = matches!(refusal, Refusal::UnknownRevision { .. });
        let bare = ask.revs.is_empty() && ask.onto.is_none();
        let is_usage = is_unknown
            || (bare && matches!(refusal, Refusal::NothingPublished(_)))
            || (ask.onto.is_none()
                && matches!(refusal, Refusal::PublishedForked(_) | Refusal::TargetAmbiguous(_)));
        let hint = Some(saying::with_options(&refusal.help(), repair));
        Self { sentence: refusal.sentence(), hint, is_usage, is_unknown }
    }

    /// What was taken back on the baseline would come back with what stands on it.
    fn reverted(id: &RevisionId, ask: &Ask<'_>) -> Self {
        let name = ask.published.map_or("", |published| published.name.as_str());
        Self {
            sentence: format!("`{id}` was taken back on `{name}`, and is still here"),
            hint: Some(format!(
                "bring that here first: `git merge {0}` or `git rebase {0}`",
                word(name)
            )),
            is_usage: false,
            is_unknown: false,
        }
    }

    /// As a note among what else was done.
    pub(super) fn as_note(&self) -> String {
        match &self.hint {
            Some(hint) => format!("nothing was moved: {}; {hint}", self.sentence),
            None => format!("nothing was moved: {}", self.sentence),
        }
    }

    /// Says it, and how the run ends.
    pub(super) fn tell(self, project: &Project) -> Result<ExitStatus, Error> {
        if self.is_usage {
            return Err(Error::Revision { sentence: self.sentence, hint: self.hint });
        }
        Ok(project.refuse(&self.sentence, self.hint.as_deref()))
    }
}

/// Moves what is to be moved.
///
/// # Errors
/// When a file cannot be changed, git gives no answer, or the result is not what was planned.
pub(super) fn rebase(repair: &mut Repair<'_>, ask: &Ask<'_>) -> Result<Outcome, Error> {
    let known = known(repair, ask);
    if let Some(deleted) = known.deleted.first() {
        let name = ask.published.map(|published| published.name.clone()).unwrap_or_default();
        let refusal = Refusal::PublishedChanged { id: deleted.revision.id.clone(), name };
        return Ok(Outcome::Refused(Refused::of(&refusal, ask, repair)));
    }
    if let Some(reverted) = known.reverted.first() {
        return Ok(Outcome::Refused(Refused::reverted(&reverted.id, ask)));
    }
    let history = published_history(&known, ask);
    let plan = match plan(repair, &history, ask) {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Outcome::Refused(Refused::of(&refusal, ask, repair))),
    };
    if plan.is_empty() {
        return Ok(Outcome::Nothing);
    }
    let others = other_branches(repair, &plan, ask)?;
    if ask.new_ids && !others.is_empty() {
        return Ok(Outcome::Refused(Refused {
            sentence: format!(
                "what would get new ids is on other branches too: {}; both copies would exist after a merge",
                others.join(", ")
            ),
            hint: Some("leave out `--new-ids`".to_owned()),
            is_usage: false,
            is_unknown: false,
        }));
    }
    let mut account = account(repair, &plan, ask);
    account.notes.extend(plan.warnings.iter().map(Warning::sentence));
    if !others.is_empty() {
        account.notes.push(format!(
            "what was moved is on other branches too, which have it as it was: {}",
            others.join(", ")
        ));
    }
    let heads = heads(repair);
    carry_over(repair, &plan, ask)?;
    let unclear = repair.follow_heads(&successors(repair, &plan, &heads))?;
    account.notes.extend(saying::by_hand(repair, &unclear, saying::HEAD_OF_BEFORE));
    check_settled(repair, ask)?;
    account.still_forked =
        plan.warnings.iter().any(|warning| matches!(warning, Warning::StillHeads(_)));
    Ok(Outcome::Moved(account))
}

/// What the baseline says of the scripts.
fn known(repair: &Repair<'_>, ask: &Ask<'_>) -> PublishedScripts {
    match ask.published {
        Some(published) => published.scripts(repair.index, &repair.scripts),
        None => PublishedScripts {
            revisions: vec![None; repair.scripts.len()],
            ..PublishedScripts::default()
        },
    }
}

fn published_history(known: &PublishedScripts, ask: &Ask<'_>) -> PublishedHistory {
    PublishedHistory {
        of_script: known.revisions.clone(),
        absent: known.ahead.clone(),
        name: ask.published.map(|published| published.name.clone()),
    }
}

fn plan(repair: &Repair<'_>, history: &PublishedHistory, ask: &Ask<'_>) -> Result<Plan, Refusal> {
    rebase::plan(&Question {
        scripts: &repair.scripts,
        graph: &repair.graph(),
        expected: &repair.environment.expected_heads,
        published: history,
        revs: ask.revs,
        onto: ask.onto,
        new_ids: ask.new_ids,
    })
}

/// Puts the plan into the scripts of the repair.
fn carry_over(repair: &mut Repair<'_>, plan: &Plan, ask: &Ask<'_>) -> Result<(), Error> {
    let path_of = |&position: &usize| repair.scripts[position].path.clone();
    let dropped: Vec<PathBuf> = plan.dropped.iter().map(path_of).collect();
    let restored: Vec<PathBuf> = plan.restored.iter().map(path_of).collect();
    repair.rewrite(&plan.rewrites)?;
    for path in &restored {
        restore(repair, path, ask)?;
    }
    repair.drop_scripts(&dropped)
}

/// Gives a published file, whose edges are the published ones again, its published bytes, unless it holds changes that
/// are nowhere in git.
fn restore(repair: &mut Repair<'_>, path: &Path, ask: &Ask<'_>) -> Result<(), Error> {
    let project = repair.project;
    let script = repair.scripts.iter().find(|script| script.path == path);
    let id = script.and_then(|script| script.id().cloned());
    let (Some(published), Some(id), Some(inside)) = (ask.published, id, project.inside(path))
    else {
        return Ok(());
    };
    let git = project.root.git();
    let state = git.states(&[inside]).map_err(project::git_error)?;
    if state != [FileState::Clean] {
        return Ok(());
    }
    match published.content(repair.index, path, &id) {
        Some(content) => repair.restore(path, content.to_vec()),
        None => Ok(()),
    }
}

/// The same question once more must have nothing to do.
fn check_settled(repair: &Repair<'_>, ask: &Ask<'_>) -> Result<(), Error> {
    // With ids in the arguments the second question may be about revisions that are called differently now.
    let again = Ask { revs: &[], onto: None, new_ids: false, ..*ask };
    let named = ask.onto.is_some() || !ask.revs.is_empty();
    if named {
        return Ok(());
    }
    let known = known(repair, &again);
    match plan(repair, &published_history(&known, &again), &again) {
        Ok(plan) if plan.is_empty() => Ok(()),
        Ok(_) => Err(Error::Repair(RepairError::Verification {
            findings: "planning the result would move something again".to_owned(),
        })),
        Err(refusal) => {
            Err(Error::Repair(RepairError::Verification { findings: refusal.sentence() }))
        }
    }
}

fn heads(repair: &Repair<'_>) -> Vec<String> {
    let graph = repair.graph();
    graph.distinct_heads().iter().map(|&head| graph.id(head).to_string()).collect()
}

/// For each id that was a head and is none any more, the head that has come in its place.
fn successors(repair: &Repair<'_>, plan: &Plan, old_heads: &[String]) -> BTreeMap<String, String> {
    let graph = repair.graph();
    let new_heads = graph.distinct_heads();
    let renamed: BTreeMap<&str, &str> =
        plan.renamed.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
    let above = |old: &String| {
        let now = renamed.get(old.as_str()).copied().unwrap_or(old);
        match (graph.find(now), &new_heads[..]) {
            // What is gone has no descendants to follow; where there is one head, that is in its place.
            (_, &[only]) => Some(only),
            (None, _) => None,
            (Some(node), heads) => {
                let above = graph.descendants(&[node]);
                let mut heads = heads.iter().copied().filter(|head| above[head.index()]);
                heads.next().filter(|_| heads.next().is_none())
            }
        }
    };
    let pairs =
        old_heads.iter().filter_map(|old| Some((old.clone(), graph.id(above(old)?).to_string())));
    pairs.filter(|(old, new)| old != new).collect()
}

/// Other branches that have what is moved.
fn other_branches(repair: &Repair<'_>, plan: &Plan, ask: &Ask<'_>) -> Result<Vec<String>, Error> {
    let project = repair.project;
    if !project.root.repository {
        return Ok(Vec::new());
    }
    let touched = plan.rewrites.iter().map(|rewrite| rewrite.script).chain(plan.dropped.clone());
    let paths = touched.filter(|position| !plan.restored.contains(position));
    let paths: Vec<&Path> =
        paths.filter_map(|position| project.inside(&repair.scripts[position].path)).collect();
    let git = project.root.git();
    // Branches that do not exist before the first commit.
    if git.commit("HEAD").is_err() {
        return Ok(Vec::new());
    }
    let baseline = ask.published.map(|published| published.name.as_str());
    sides::other_branches(&git, &paths, baseline)
}

/// What is moved where, and what databases have to do.
fn account(repair: &Repair<'_>, plan: &Plan, ask: &Ask<'_>) -> Account {
    let project = repair.project;
    let mut account = Account::default();
    for one in &plan.moves {
        account.sentences.push(sentence(one, ask));
        let rows = one.scripts.iter().map(|&position| row(repair, plan, position));
        account.sentences.extend(rows);
    }
    for &position in &plan.restored {
        let path = project.shown(&repair.scripts[position].path);
        account.sentences.push(format!("set back to what is published: {path}"));
    }
    for &position in &plan.dropped {
        let id = repair.scripts[position].id().map_or("", RevisionId::as_str);
        account.sentences.push(format!("gone, since nothing was left for it to merge: {id}"));
    }
    account.after = plan.databases_text(&saying::alembic(repair));
    let target = plan.moves.iter().find_map(|one| one.onto.as_ref());
    account.subject = match target {
        Some(target) => format!("Rebase migrations onto {target}"),
        None => "Rebase migrations".to_owned(),
    };
    account
}

/// `moved 2 revisions from a onto b (head of origin/main):`
fn sentence(one: &Move, ask: &Ask<'_>) -> String {
    let moved = count(one.scripts.len(), "revision");
    let from: Vec<&str> = one.from.iter().map(RevisionId::as_str).collect();
    let from = if from.is_empty() { String::new() } else { format!(" from {}", from.join(", ")) };
    match (&one.onto, ask.published, ask.onto) {
        (Some(onto), Some(published), None) => {
            format!("moved {moved}{from} onto {onto} (head of {}):", published.name)
        }
        (Some(onto), ..) => format!("moved {moved}{from} onto {onto}:"),
        (None, ..) => format!("laid {moved}{from} onto each other:"),
    }
}

/// `  e5a7  add labels   follows d4f0`
fn row(repair: &Repair<'_>, plan: &Plan, position: usize) -> String {
    let script = &repair.scripts[position];
    let id = script.id().map_or("", RevisionId::as_str);
    let message = script.revision.as_ref().map_or("", |revision| revision.message());
    let message: String = message.lines().next().unwrap_or_default().chars().take(40).collect();
    let rewrite = plan.rewrites.iter().find(|rewrite| rewrite.script == position);
    let mut parts = Vec::new();
    if let Some(id) = rewrite.and_then(|rewrite| rewrite.id.as_ref()) {
        parts.push(format!("is {id} now"));
    }
    if let Some(parents) = rewrite.and_then(|rewrite| rewrite.parents.as_ref()) {
        let ids: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
        parts.push(format!("follows {}", ids.join(", ")));
    }
    if rewrite.is_some_and(|rewrite| rewrite.dependencies.is_some()) {
        parts.push("depends on what it has to".to_owned());
    }
    if parts.is_empty() {
        parts.push("unchanged".to_owned());
    }
    format!("  {id}  {message}   {}", parts.join(", "))
}
