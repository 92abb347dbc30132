//! `onehead merge`: one merge revision, as `alembic merge` would write it.

use super::carry_out;
use super::merging::{Order, join, join_surplus};
use super::project::Project;
use super::repair::Repair;
use super::saying::{self, Account};
use crate::cli::{GlobalArgs, MergeArgs};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::fix::merge::{self, Group};
use crate::rules::words::list;
use crate::ui::Ui;

/// Writes the merge, or says that there is nothing to merge.
pub(super) fn run(global: &GlobalArgs, args: &MergeArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    if !args.diff {
        super::snapshot::refuse_writing(&args.snapshot)?;
    }
    let project = Project::open_at(global, ui, Scope::Nearest, &args.snapshot)?;
    project.warn(false);
    if !args.diff {
        carry_out::recover(&project)?;
    }
    let repairs = open_all(&project)?;
    let (mut repair, groups) = match choose(&project, repairs, args)? {
        Chosen::One(repair, groups) => (*repair, groups),
        Chosen::None(idle) => return Ok(nothing(&project, &idle, args)),
    };
    if let Some(status) = saying::refuse_broken(&repair) {
        return Ok(status);
    }
    if groups.is_empty() {
        return Ok(nothing(&project, &[repair], args));
    }
    let published = if args.context { super::baseline::published(&project, None)? } else { None };
    repair.adds_head = args.splice;
    let order = Order {
        message: args.message.as_deref(),
        context: args.context,
        rev_id: args.rev_id.as_deref(),
        date: args.date.as_deref(),
        label: args.branch_label.as_deref(),
    };
    let mut account = Account { subject: "Merge migration heads".to_owned(), ..Account::default() };
    let results = match &groups[..] {
        [group] => vec![join(&mut repair, group, &order, published.as_ref())?],
        _ => join_surplus(&mut repair, &order, published.as_ref())?,
    };
    for result in results {
        match result {
            Ok(done) => {
                account.sentences.push(done.sentence);
                account.notes.extend(done.notes);
            }
            Err(refused) => return Ok(project.refuse(&refused.sentence, refused.hint.as_deref())),
        }
    }
    let mut repairs = [repair];
    if args.diff {
        return saying::show_diff(&project, &repairs, &account);
    }
    let hooks = saying::wants_hooks(&project, args.hooks);
    let mut carried = carry_out::carry_out(&project, &mut repairs, hooks)?;
    account.notes.append(&mut carried.notes);
    let changes = carried.changes.clone();
    carried.finish()?;
    // What was named is joined; without names the heads of each label, which may not be all.
    let left = repairs.iter().filter(|_| args.revs.is_empty()).find_map(saying::unlisted);
    account.notes.extend(left.iter().map(|finding| finding.message.clone()));
    saying::done(&project, &repairs.iter().collect::<Vec<_>>(), &changes, &account);
    Ok(if left.is_some() { ExitStatus::Problems } else { ExitStatus::Success })
}

fn open_all(project: &Project) -> Result<Vec<Repair<'_>>, Error> {
    (0..project.discovery.environments.len()).map(|index| Repair::open(project, index)).collect()
}

/// Says that there is nothing to merge, unless there are heads that nothing joins unless they are named.
fn nothing(project: &Project, repairs: &[Repair<'_>], args: &MergeArgs) -> ExitStatus {
    let is_bare = args.revs.is_empty();
    if let Some(status) = repairs.iter().filter(|_| is_bare).find_map(saying::refuse_unlisted) {
        return status;
    }
    let forked = repairs.iter().any(|repair| repair.graph().distinct_heads().len() > 1);
    let what = if is_bare || !forked {
        "nothing to merge"
    } else {
        "nothing to merge, since a merge joins at least two revisions"
    };
    saying::nothing(project, &repairs.iter().collect::<Vec<_>>(), what);
    ExitStatus::Success
}

/// What a merge is about.
enum Chosen<'p> {
    /// This environment, and what is to be joined in it, as node positions of its history as it is.
    One(Box<Repair<'p>>, Vec<Group>),
    /// None of these, of which no one has too many heads.
    None(Vec<Repair<'p>>),
}

/// With arguments: the environment in which they mean something. Without: the one that has too many heads.
fn choose<'p>(
    project: &Project,
    repairs: Vec<Repair<'p>>,
    args: &MergeArgs,
) -> Result<Chosen<'p>, Error> {
    let mut meant: Vec<(Repair<'p>, Vec<Group>)> = Vec::new();
    let mut refused: Option<Error> = None;
    let mut known = vec![false; args.revs.len()];
    let (mut idle, count) = (Vec::new(), repairs.len());
    for repair in repairs {
        let graph = repair.graph();
        if args.revs.is_empty() {
            let groups = merge::surplus(&graph, &repair.environment.expected_heads);
            drop(graph);
            if groups.is_empty() && count > 1 {
                idle.push(repair);
            } else {
                meant.push((repair, groups));
            }
            continue;
        }
        let chosen = merge::chosen(&graph, &args.revs, args.splice);
        for (rev, known) in args.revs.iter().zip(&mut known) {
            *known |= merge::chosen(&graph, std::slice::from_ref(rev), true).is_ok();
        }
        let error = chosen.as_ref().err().map(|refusal| saying::refusal_error(refusal, &graph));
        drop(graph);
        match (chosen, error) {
            (Ok(parents), _) if parents.len() < 2 && count > 1 => idle.push(repair),
            (Ok(parents), _) if parents.len() < 2 => meant.push((repair, Vec::new())),
            (Ok(parents), _) => meant.push((repair, vec![Group { parents, label: None }])),
            (Err(_), error) => refused = refused.or(error),
        }
    }
    if meant.len() > 1 {
        let repairs: Vec<&Repair<'_>> = meant.iter().map(|(repair, _)| repair).collect();
        return Err(saying::several(project, &repairs, &args.revs));
    }
    match (meant.pop(), refused) {
        (Some((repair, groups)), _) => Ok(Chosen::One(Box::new(repair), groups)),
        (None, _) if !idle.is_empty() => Ok(Chosen::None(idle)),
        (None, Some(_)) if count > 1 && known.iter().all(|known| *known) => Err(Error::Usage {
            message: format!("no environment has all of {}", list(&args.revs)),
            hint: "a merge joins revisions of one environment: `onehead heads` lists them by environment",
        }),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Chosen::None(idle)),
    }
}
