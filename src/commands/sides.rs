//! Where the heads of a fork come from: branches, authors, days.
//!
//! Asks git, in few processes. What git cannot tell is left out: it is for the eye, and decides nothing.

use super::project;
use super::repair::Repair;
use crate::error::Error;
use crate::git::{Branch, FileState, Git, Origin, Walk};
use crate::graph::{Node, RevisionGraph};
use crate::published::Published;
use crate::report::sanitize::sanitize;
use crate::rules::words::count;

/// How many branches are asked, those with the newest commits first.
const BRANCHES: usize = 200;

/// How many heads are shown one by one.
const SHOWN: usize = 10;

/// One head of a fork.
struct Side {
    head: Node,
    /// The branch that it came from, without the remote's name.
    branch: Option<String>,
    /// The same as git calls it.
    full: Option<String>,
    /// Whether that is the baseline.
    is_published: bool,
    origin: Option<Origin>,
    state: Option<FileState>,
}

/// The names of the sides for a message: the baseline first, then by name; a side without a branch of its own gives the
/// id of its head.
pub(super) fn names(
    repair: &Repair<'_>,
    heads: &[Node],
    published: Option<&Published>,
) -> Result<Vec<String>, Error> {
    let graph = repair.graph();
    let mut sides = sides(repair, &graph, heads, published, false)?;
    sides.sort_by(|a, b| (!a.is_published, &a.branch).cmp(&(!b.is_published, &b.branch)));
    let is_shared = |side: &Side| {
        side.branch.is_some() && sides.iter().filter(|one| one.branch == side.branch).count() > 1
    };
    let name = |side: &Side| match &side.branch {
        Some(branch) if !is_shared(side) => branch.clone(),
        _ => graph.id(side.head).to_string(),
    };
    Ok(sides.iter().map(name).collect())
}

fn sides(
    repair: &Repair<'_>,
    graph: &RevisionGraph<'_>,
    heads: &[Node],
    published: Option<&Published>,
    with_origins: bool,
) -> Result<Vec<Side>, Error> {
    let project = repair.project;
    let bare = |&head: &Node| Side {
        head,
        branch: None,
        full: None,
        is_published: false,
        origin: None,
        state: None,
    };
    let paths: Option<Vec<_>> =
        heads.iter().map(|&head| project.inside(&graph.script(head).path)).collect();
    let Some(paths) = paths.filter(|_| project.root.repository) else {
        return Ok(heads.iter().map(bare).collect());
    };
    let git = project.root.git();
    let branches = git.branches(BRANCHES).map_err(project::git_error)?;
    let with = git.branches_with(&branches, &paths).map_err(project::git_error)?;
    let rebased = || git.rebased()?.strip_prefix("refs/heads/").map(str::to_owned);
    let current = git.branch().map_err(project::git_error)?.or_else(rebased);
    let states = git.states(&paths).map_err(project::git_error)?;
    let origins = if with_origins {
        origins(&git, &branches, &with, &paths)?
    } else {
        vec![None; heads.len()]
    };
    let mut sides: Vec<Side> = heads.iter().map(bare).collect();
    for (at, side) in sides.iter_mut().enumerate() {
        let script = graph.script(side.head);
        side.is_published = published
            .is_some_and(|known| known.contains(repair.index, &script.path, graph.id(side.head)));
        let those: Vec<&Branch> = with[at].iter().map(|&position| &branches[position]).collect();
        let other = those.iter().find(|branch| branch.kind.is_other());
        let baseline = published.and_then(|known| known.name.split(", ").next());
        (side.branch, side.full) = match (baseline.filter(|_| side.is_published), other) {
            (Some(name), _) => (Some(without_remote(name, &branches)), Some(name.to_owned())),
            (None, Some(branch)) => (Some(bare_name(branch)), Some(branch.name.clone())),
            (None, None) => (current.clone(), current.clone()),
        };
        side.origin.clone_from(&origins[at]);
        side.state = Some(states[at]);
    }
    Ok(sides)
}

/// Who added each file, on whichever branch has it.
fn origins(
    git: &Git,
    branches: &[Branch],
    with: &[Vec<usize>],
    paths: &[&std::path::Path],
) -> Result<Vec<Option<Origin>>, Error> {
    let mut tips: Vec<&str> =
        with.iter().flatten().map(|&position| branches[position].reference.as_str()).collect();
    tips.sort_unstable();
    tips.dedup();
    if git.commit("HEAD").is_ok() {
        tips.push("HEAD");
    }
    git.origins(&tips, Walk::All, paths).map_err(project::git_error)
}

/// `origin/feature` as `feature`.
fn bare_name(branch: &Branch) -> String {
    let is_remote = branch.reference.starts_with("refs/remotes/");
    match branch.name.split_once('/') {
        Some((_, name)) if is_remote => name.to_owned(),
        _ => branch.name.clone(),
    }
}

fn without_remote(name: &str, branches: &[Branch]) -> String {
    branches.iter().find(|branch| branch.name == name).map_or_else(|| name.to_owned(), bare_name)
}

/// Both sides of a fork, as `auto-merge` shows them before it asks.
pub(super) fn shown(repair: &Repair<'_>, published: Option<&Published>) -> Result<String, Error> {
    let graph = repair.graph();
    let heads = graph.distinct_heads();
    let sides = sides(repair, &graph, &heads[..heads.len().min(SHOWN)], published, true)?;
    let point = match graph.common_ancestors(&heads).0[..] {
        [point] => format!(", parted at {}", graph.id(point)),
        _ => String::new(),
    };
    let name = &repair.environment.name;
    let mut text = format!("{} in {}{point}\n\n", count(heads.len(), "head"), sanitize(name));
    let rows: Vec<[String; 5]> = sides.iter().map(|side| row(repair, &graph, side)).collect();
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..5).map(width).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).filter(|(_, width)| **width > 0);
        let cells: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        text.extend(["  ", cells.join("   ").trim_end(), "\n"]);
    }
    if heads.len() > SHOWN {
        text.extend(["  and ", &(heads.len() - SHOWN).to_string(), " more\n"]);
    }
    text.push('\n');
    Ok(text)
}

/// Id, message, branch, author and day, file.
fn row(repair: &Repair<'_>, graph: &RevisionGraph<'_>, side: &Side) -> [String; 5] {
    let revision = graph.revision(side.head);
    let message: String =
        revision.message().lines().next().unwrap_or_default().chars().take(40).collect();
    let who = match (&side.origin, side.state) {
        (_, None) => String::new(),
        (Some(origin), Some(FileState::Clean | FileState::Changed { .. })) => {
            format!("{}, {}", origin.author, origin.day)
        }
        (_, Some(_)) => "not committed yet".to_owned(),
    };
    let path = repair.project.shown(&graph.script(side.head).path);
    let branch = side.full.clone().unwrap_or_default();
    [revision.id.to_string(), message, branch, who, path].map(|cell| sanitize(&cell).into_owned())
}

/// Other branches than the one checked out and its counterparts that have one of these files, each once, in order.
pub(super) fn other_branches(
    git: &Git,
    paths: &[&std::path::Path],
    baseline: Option<&str>,
) -> Result<Vec<String>, Error> {
    let branches = git.branches(BRANCHES).map_err(project::git_error)?;
    let others: Vec<Branch> = branches
        .into_iter()
        .filter(|branch| branch.kind.is_other())
        .filter(|branch| baseline != Some(branch.name.as_str()))
        .collect();
    let with = git.branches_with(&others, paths).map_err(project::git_error)?;
    let mut positions: Vec<usize> = with.into_iter().flatten().collect();
    positions.sort_unstable();
    positions.dedup();
    Ok(positions.into_iter().map(|position| others[position].name.clone()).collect())
}
