//! The small repairs: headers that lie, numbers and ids used twice, merges that join nothing.
//!
//! Each takes one finding, and only what is unpublished changes. What cannot be told for certain (two unpublished files
//! with one id) is left to a person. Values only; nothing is read or written here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Rewrite, derived_id};
use crate::filename::Sequence;
use crate::graph::{Node, RevisionGraph};
use crate::revision::RevisionId;
use crate::rules::words::with_arguments;
use crate::script::Script;
use crate::shell::word;

/// What a small repair does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Scripts to change.
    pub rewrites: Vec<Rewrite>,
    /// Scripts to take away, by position.
    pub drops: Vec<usize>,
    /// Old id and new one, where an id is gone.
    pub successor: Option<(RevisionId, RevisionId)>,
}

/// What the repairs look at.
pub struct History<'a> {
    /// In load order.
    pub scripts: &'a [Script],
    /// The history they make.
    pub graph: &'a RevisionGraph<'a>,
    /// For each script whether it is published; `None` where nothing tells.
    pub published: Option<&'a [bool]>,
}

impl History<'_> {
    fn position(&self, path: &Path) -> Option<usize> {
        self.scripts.iter().position(|script| script.path == path)
    }

    /// Whether it is known that the script at this position is nowhere but here.
    fn is_unpublished(&self, position: usize) -> bool {
        self.published.is_some_and(|published| !published[position])
    }

    fn id(&self, position: usize) -> Option<&RevisionId> {
        self.scripts[position].id()
    }
}

/// Lets the header lines of a docstring say what the code says.
pub fn align_header(history: &History<'_>, path: &Path) -> Option<Step> {
    let script = history.position(path)?;
    let published = history.published.is_some_and(|published| published[script]);
    let rewrite = Rewrite { script, align_header: true, ..Rewrite::default() };
    (!published).then(|| Step { rewrites: vec![rewrite], ..Step::default() })
}

/// Gives the one unpublished of several files with the id `id` an id of its own; unpublished scripts that refer to that
/// id mean it. In a numbered project it gets the next number, else an id that follows from the old one and its
/// parents, so that two people who mend it write the same.
pub fn new_id(history: &History<'_>, id: &RevisionId) -> Option<Step> {
    let same = |&at: &usize| history.id(at) == Some(id);
    let all: Vec<usize> = (0..history.scripts.len()).filter(same).collect();
    let mut own = all.iter().copied().filter(|&at| history.is_unpublished(at));
    let (Some(mine), None) = (own.next(), own.next()) else { return None };
    if all.len() < 2 {
        return None;
    }
    let script = &history.scripts[mine];
    if holds_number(script) {
        return renumber(history, &script.path);
    }
    let parents = script.revision.as_ref().map(|revision| revision.edges.parents.as_slice());
    let new = derived_id(id, parents.unwrap_or_default());
    let path = holding(&script.path, id, &new);
    Some(renamed(history, mine, Some(new), path))
}

/// Whether the id of a script is its number, or its whole name with a number.
fn holds_number(script: &Script) -> bool {
    let Some(stem) = stem_of(&script.path) else { return false };
    let Some(sequence) = Sequence::of(stem) else { return false };
    let counted = &stem[..sequence.end()];
    script.id().is_some_and(|id| id.as_str() == stem || id.as_str() == counted)
}

/// Gives an unpublished file of a numbered project the number after the highest one beside it; its id as well where that
/// holds the number.
pub fn renumber(history: &History<'_>, path: &Path) -> Option<Step> {
    let mine = history.position(path).filter(|&at| history.is_unpublished(at))?;
    let stem = stem_of(path)?;
    let sequence = Sequence::of(stem)?;
    let folder = path.parent()?;
    let beside = history.scripts.iter().filter(|script| script.path.parent() == Some(folder));
    let numbers = beside.filter_map(|script| {
        let other = Sequence::of(stem_of(&script.path)?)?;
        (other.prefix == sequence.prefix).then_some(other.number)
    });
    let next = numbers.max()?.checked_add(1)?;
    // What follows it would have the smaller number then: pushing it on as well is the business of a rebase.
    if has_followers(history, mine, folder, next) {
        return None;
    }
    let counted = sequence.with(next);
    let old = &stem[..sequence.end()];
    let new_stem = format!("{counted}{}", &stem[old.len()..]);
    let id = match history.id(mine).map(RevisionId::as_str) {
        Some(id) if id == stem => Some(RevisionId::new(new_stem.as_str())),
        Some(id) if id == old => Some(RevisionId::new(counted)),
        _ => None,
    };
    Some(renamed(history, mine, id, Some(folder.join(format!("{new_stem}.py")))))
}

/// Whether an unpublished file beside it that comes after the script has a number below `limit`. What an id that is used
/// twice leads to counts as coming after both.
fn has_followers(history: &History<'_>, mine: usize, folder: &Path, limit: u32) -> bool {
    let mut before: BTreeSet<&RevisionId> = history.id(mine).into_iter().collect();
    let mut left: Vec<usize> =
        (0..history.scripts.len()).filter(|&at| at != mine && history.is_unpublished(at)).collect();
    loop {
        let follows = |at: &usize| {
            let revision = history.scripts[*at].revision.as_ref();
            revision.is_some_and(|one| one.edges.parents.iter().any(|id| before.contains(id)))
        };
        let (next, others): (Vec<usize>, Vec<usize>) = left.into_iter().partition(follows);
        let is_lower = |at: &usize| {
            let path = &history.scripts[*at].path;
            let sequence = stem_of(path).and_then(Sequence::of);
            path.parent() == Some(folder) && sequence.is_some_and(|one| one.number < limit)
        };
        if next.is_empty() || next.iter().any(is_lower) {
            return !next.is_empty();
        }
        before.extend(next.iter().filter_map(|&at| history.id(at)));
        left = others;
    }
}

/// What is to be said about databases once `step` has given a script another id; `scripts` are
/// those before it, and `alembic` is the command as [`with_arguments`] takes it. Of whole lines; empty where no database is concerned.
///
/// Where two scripts had the id, a database that ran the one that is called differently now is stamped with the other:
/// Alembic takes what it has not run for done, and what it has run for new.
pub fn databases_text(scripts: &[Script], step: &Step, alembic: &str) -> String {
    let Some((old, new)) = &step.successor else { return String::new() };
    let mine = step.rewrites.iter().find(|rewrite| rewrite.id.as_ref() == Some(new));
    let Some(mine) = mine.map(|rewrite| rewrite.script) else { return String::new() };
    let mut same = scripts.iter().filter(|script| script.id() == Some(old));
    let (from, to) = (word(old.as_str()), word(new.as_str()));
    let run = |arguments: &str| with_arguments(alembic, arguments);
    if same.clone().count() < 2 {
        return format!(
            "Databases stamped with {old} stop with `Can't locate revision identified by '{old}'`.\nTell each such \
             database the new id (no data is dropped):\n  {} && {}\n",
            run(&format!("stamp --purge {to}")),
            run("upgrade heads")
        );
    }
    if !same.any(Script::has_operations) {
        return String::new();
    }
    let parents = scripts[mine].revision.as_ref().map(|revision| &revision.edges.parents);
    let parents: Vec<String> =
        parents.into_iter().flatten().map(|parent| word(parent.as_str())).collect();
    let ran = if parents.is_empty() { "base".to_owned() } else { parents.join(" ") };
    let commands = [
        run(&format!("stamp --purge {ran}")),
        run(&format!("upgrade {from}")),
        run(&format!("stamp {to}")),
        run("upgrade heads"),
    ];
    format!(
        "THE STAMP {old} NOW MEANS ANOTHER REVISION: databases that ran the old one would never run {old} and would \
         run {new} again.\nBring each such database up to date (no data is dropped):\n  {}\n",
        commands.join(" && ")
    )
}

/// Takes an unpublished merge revision that joins nothing out of the history. Its children follow what it followed;
/// one that has code or a label of its own stays, with the parents that it needs.
pub fn drop_merge(history: &History<'_>, path: &Path) -> Option<Step> {
    let mine = history.position(path).filter(|&at| history.is_unpublished(at))?;
    let script = &history.scripts[mine];
    let graph = history.graph;
    let node =
        graph.find(script.id()?.as_str()).filter(|&node| graph.script_index(node) == mine)?;
    let needed = needed(graph, node);
    let [parent] = needed[..] else {
        return Some(reparented(mine, graph, &needed));
    };
    // What it depends on would no longer come before its children.
    if script.has_operations()
        || !script.labels().is_empty()
        || !graph.dependencies(node).is_empty()
    {
        return Some(reparented(mine, graph, &[parent]));
    }
    let (old, new) = (graph.id(node), graph.id(parent));
    let mut step = references(history, mine, old, new);
    step.drops.push(mine);
    step.successor = Some((old.clone(), new.clone()));
    Some(step)
}

/// The parents of which none comes before another, in written order.
fn needed(graph: &RevisionGraph<'_>, node: Node) -> Vec<Node> {
    let parents = graph.parents(node);
    let covered = |parent: Node| {
        let others: Vec<Node> = parents.iter().copied().filter(|&other| other != parent).collect();
        graph.ancestors(&others)[parent.index()]
    };
    parents.iter().copied().filter(|&parent| !covered(parent)).collect()
}

fn reparented(script: usize, graph: &RevisionGraph<'_>, parents: &[Node]) -> Step {
    let parents = parents.iter().map(|&parent| graph.id(parent).clone()).collect();
    let rewrite = Rewrite { script, parents: Some(parents), ..Rewrite::default() };
    Step { rewrites: vec![rewrite], ..Step::default() }
}

/// The change of an id and a path, with all that refers to the id among what is unpublished.
fn renamed(
    history: &History<'_>,
    script: usize,
    id: Option<RevisionId>,
    path: Option<PathBuf>,
) -> Step {
    let mut step = Step::default();
    if let (Some(old), Some(new)) = (history.id(script), &id) {
        step = references(history, script, old, new);
        step.successor = Some((old.clone(), new.clone()));
    }
    step.rewrites.push(Rewrite { script, id, path, ..Rewrite::default() });
    step
}

/// Lets every unpublished script but `except` mean `new` where it says `old`.
fn references(history: &History<'_>, except: usize, old: &RevisionId, new: &RevisionId) -> Step {
    let mut step = Step::default();
    for (position, script) in history.scripts.iter().enumerate() {
        let Some(revision) = &script.revision else { continue };
        if position == except || !history.is_unpublished(position) {
            continue;
        }
        let edges = &revision.edges;
        let follows = edges.parents.contains(old);
        let depends = edges.dependencies.iter().any(|name| **name == *old.as_str());
        if !follows && !depends {
            continue;
        }
        let other = |id: &RevisionId| if id == old { new.clone() } else { id.clone() };
        let named = |name: &str| -> Box<str> {
            if name == old.as_str() { new.as_str().into() } else { name.into() }
        };
        step.rewrites.push(Rewrite {
            script: position,
            parents: follows.then(|| edges.parents.iter().map(other).collect()),
            dependencies: depends
                .then(|| edges.dependencies.iter().map(|name| named(name)).collect()),
            ..Rewrite::default()
        });
    }
    step
}

/// The path with the new id where its name holds the old one.
fn holding(path: &Path, old: &RevisionId, new: &RevisionId) -> Option<PathBuf> {
    let stem = stem_of(path)?;
    let at = stem.find(old.as_str()).filter(|_| !old.as_str().is_empty())?;
    let after = &stem[at + old.as_str().len()..];
    Some(path.with_file_name(format!("{}{new}{after}.py", &stem[..at])))
}

fn stem_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_suffix(".py")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::PathBuf;

    use super::{History, Step, align_header, drop_merge, new_id, renumber};
    use crate::graph::RevisionGraph;
    use crate::revision::RevisionId;
    use crate::rules::testing::Project;
    use crate::script::Script;

    fn shown(scripts: &[Script], step: Option<Step>) -> String {
        let Some(step) = step else { return "nothing".to_owned() };
        let name = |at: usize| scripts[at].path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut text = String::new();
        for rewrite in &step.rewrites {
            let _ = write!(text, "{}:", name(rewrite.script));
            if let Some(id) = &rewrite.id {
                let _ = write!(text, " id {id}");
            }
            if let Some(parents) = &rewrite.parents {
                let parents: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
                let _ = write!(text, " follows {}", parents.join("+"));
            }
            if let Some(path) = &rewrite.path {
                let _ = write!(text, " -> {}", path.file_name().unwrap().to_str().unwrap());
            }
            text.push_str(if rewrite.align_header { " header; " } else { "; " });
        }
        for drop in step.drops {
            let _ = write!(text, "drop {}; ", name(drop));
        }
        text.trim_end_matches("; ").to_owned()
    }

    #[track_caller]
    fn check(
        project: &Project,
        published: &str,
        repair: impl FnOnce(&History<'_>) -> Option<Step>,
        expected: &str,
    ) {
        let (scripts, _) = project.build();
        let graph = RevisionGraph::build(&scripts);
        let files: Vec<&str> = published.split_whitespace().collect();
        let flags: Vec<bool> = scripts
            .iter()
            .map(|script| files.contains(&script.path.file_name().unwrap().to_str().unwrap()))
            .collect();
        let history = History { scripts: &scripts, graph: &graph, published: Some(&flags) };
        assert_eq!(shown(&scripts, repair(&history)), expected);
    }

    fn file(name: &str) -> PathBuf {
        PathBuf::from("/project/versions").join(name)
    }

    fn numbered(files: &[(&str, &str, &str)]) -> Project {
        files.iter().fold(Project::new(""), |project, (id, file, parent)| {
            project.and(id, |spec| {
                spec.file = Some((*file).into());
                spec.parents = parent.split_whitespace().map(str::to_owned).collect();
            })
        })
    }

    #[test]
    fn the_unpublished_copy_gets_an_id_and_what_refers_to_it_follows() {
        let project = numbered(&[
            ("bbbb", "bbbb_x.py", ""),
            ("cccc", "cccc_mine.py", "bbbb"),
            ("cccc", "cccc_x.py", "bbbb"),
            ("u222", "u222_x.py", "cccc"),
        ]);
        check(
            &project,
            "bbbb_x.py cccc_x.py",
            |history| new_id(history, &"cccc".into()),
            // printf 'cccc\0bbbb' | sha256sum
            "u222_x.py: follows a0e045b2644c; cccc_mine.py: id a0e045b2644c -> a0e045b2644c_mine.py",
        );
    }

    #[test]
    fn two_unpublished_copies_are_left_to_a_person() {
        let project = numbered(&[("c", "c_a.py", ""), ("c", "c_b.py", "")]);
        check(&project, "", |history| new_id(history, &"c".into()), "nothing");
        check(&project, "c_a.py c_b.py", |history| new_id(history, &"c".into()), "nothing");
    }

    #[test]
    fn a_number_that_is_the_id_goes_on_counting() {
        let project = numbered(&[
            ("0120", "0120_a.py", ""),
            ("0121", "0121_b.py", "0120"),
            ("0121", "0121_x.py", "0120"),
        ]);
        check(
            &project,
            "0120_a.py 0121_b.py",
            |history| new_id(history, &"0121".into()),
            "0121_x.py: id 0122 -> 0122_x.py",
        );
    }

    #[test]
    fn a_number_that_others_follow_is_left_to_a_rebase() {
        let project = numbered(&[
            ("0003", "0003_a.py", ""),
            ("0004_theirs", "0004_theirs.py", "0003"),
            ("0004_mine", "0004_mine.py", "0003"),
            ("0005_mine", "0005_mine.py", "0004_mine"),
        ]);
        let repair = |history: &History<'_>| renumber(history, &file("0004_mine.py"));
        check(&project, "0003_a.py 0004_theirs.py", repair, "nothing");
    }

    #[test]
    fn a_number_in_the_name_alone() {
        let project = numbered(&[
            ("aa", "0001_a.py", ""),
            ("bb", "0002_b.py", "aa"),
            ("cc", "0002_c.py", "bb"),
        ]);
        let repair = |history: &History<'_>| renumber(history, &file("0002_c.py"));
        check(&project, "0001_a.py 0002_b.py", repair, "0002_c.py: -> 0003_c.py");
        check(&project, "0001_a.py 0002_c.py", repair, "nothing");
    }

    #[test]
    fn a_merge_that_joins_nothing_is_taken_out() {
        let project = Project::new("a <- b <- m <- c, a <- m");
        let repair = |history: &History<'_>| drop_merge(history, &file("m_x.py"));
        check(&project, "a_x.py b_x.py", repair, "c_x.py: follows b; drop m_x.py");
        check(&project, "a_x.py b_x.py m_x.py", repair, "nothing");
    }

    #[test]
    fn a_merge_with_code_a_label_or_a_dependency_stays() {
        let repair = |history: &History<'_>| drop_merge(history, &file("m_x.py"));
        let history = "a <- b <- m <- c, a <- m";
        let code = Project::new(history).with("m", |spec| spec.upgrade = Some("x()".into()));
        check(&code, "", repair, "m_x.py: follows b");
        let label = Project::new(history).with("m", |spec| spec.labels = vec!["l".into()]);
        check(&label, "", repair, "m_x.py: follows b");
        let depends = Project::new("a <- b <- m <- c, a <- m, a <- d")
            .with("m", |spec| spec.depends = vec!["d".into()]);
        check(&depends, "", repair, "m_x.py: follows b");
    }

    #[test]
    fn one_parent_too_many_leaves_the_tuple() {
        let project = Project::new("a <- b <- m, a <- m, a <- c <- m");
        let repair = |history: &History<'_>| drop_merge(history, &file("m_x.py"));
        check(&project, "", repair, "m_x.py: follows b+c");
    }

    #[test]
    fn a_published_header_stays() {
        let project = Project::new("a <- b");
        let repair = |history: &History<'_>| align_header(history, &file("b_x.py"));
        check(&project, "a_x.py", repair, "b_x.py: header");
        check(&project, "b_x.py", repair, "nothing");
    }
}
