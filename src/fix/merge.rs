//! The merge revision: which heads it joins, what it is called, where it lies.
//!
//! Follows `alembic merge` (1.20.1, `command.merge`, `ScriptDirectory.generate_revision`) in what it takes and refuses,
//! and is better where that is careless: each difference is a row of COMPATIBILITY.md. Decides over what was read;
//! the file itself is made in [`file`].

pub mod file;

use std::path::{Path, PathBuf};

use crate::environment::ExpectedHeads;
use crate::filename::{Sequence, is_numbered};
use crate::graph::symbol::{Found, LookupError};
use crate::graph::{Node, RevisionGraph};
use crate::revision::RevisionId;
use crate::script::Script;

/// The revisions that one merge revision joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// At least two, in the order in which they are written.
    pub parents: Vec<Node>,
    /// The branch label within which they are joined, where `expected-heads` counts by label.
    pub label: Option<String>,
}

/// Why revisions are not joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Alembic refuses the argument.
    Lookup(LookupError),
    /// The same revision twice, possibly spelled differently.
    Duplicate(String),
    /// A revision that is no head, without `--splice`.
    NotAHead(String),
    /// The first comes before the second already, so that there is nothing to join.
    Ordered(String, String),
    /// The new id is that of a revision, or a branch label.
    IdTaken(String),
    /// The new id is empty: Alembic takes one from chance instead.
    IdEmpty,
    /// The new id has characters that Alembic refuses.
    IdReserved(String, Vec<char>),
    /// The branch label is used already; by this revision.
    LabelTaken(String, String),
    /// There are several version locations, and the first revision lies directly in none of them; its folder, and
    /// the revisions among those asked for that do.
    NoLocation(PathBuf, Vec<String>),
    /// There is no version location at all.
    NoVersionLocation,
}

impl Refusal {
    /// Alembic's own sentence where there is one.
    pub fn sentence(&self) -> String {
        match self {
            Self::Lookup(error) => error.to_string(),
            Self::Duplicate(_) => "Duplicate head revisions specified".to_owned(),
            Self::NotAHead(id) => format!(
                "Revision {id} is not a head revision; please specify --splice to create a new branch from this \
                 revision"
            ),
            Self::Ordered(older, younger) => format!(
                "`{older}` comes before `{younger}` already: a merge of them would join nothing"
            ),
            Self::IdTaken(id) => format!("there is a revision `{id}` already"),
            Self::IdEmpty => "an id cannot be empty".to_owned(),
            Self::IdReserved(id, characters) => {
                let shown: Vec<String> = characters.iter().map(ToString::to_string).collect();
                let shown = shown.join(", ");
                format!("Character(s) '{shown}' not allowed in revision identifier '{id}'")
            }
            Self::LabelTaken(label, id) => {
                format!("Branch name '{label}' is already used by revision {id}")
            }
            Self::NoLocation(folder, _) => {
                format!("Path {} is not represented in current version locations", folder.display())
            }
            Self::NoVersionLocation => "there is no version location to write to".to_owned(),
        }
    }

    /// What to do instead.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Lookup(LookupError::MultipleHeads { argument, heads }) if argument == "head" => {
                Some(format!("did you mean `heads`? `head` is one of {}", heads.join(", ")))
            }
            Self::Lookup(_) => None,
            Self::Duplicate(id) => Some(format!("name `{id}` once")),
            Self::NotAHead(_) => Some("run `onehead heads` to list the heads".to_owned()),
            Self::Ordered(_, younger) => {
                Some(format!("`alembic upgrade {younger}` runs both; nothing has to be merged"))
            }
            Self::IdTaken(_) => Some("choose another with `--rev-id ID`".to_owned()),
            Self::IdEmpty => {
                Some("leave `--rev-id` out, or give it letters, digits and `_`".to_owned())
            }
            Self::IdReserved(..) => Some("use letters, digits and `_`".to_owned()),
            Self::LabelTaken(..) => Some("choose another with `--branch-label LABEL`".to_owned()),
            Self::NoLocation(_, others) => Some(match others.first() {
                Some(other) => {
                    format!("the file goes where the first revision lies: name `{other}` first")
                }
                None => "list its folder in `version_locations`".to_owned(),
            }),
            Self::NoVersionLocation => Some("name one with `--version-location DIR`".to_owned()),
        }
    }
}

/// What has to be joined so that there are the expected heads, without any argument: all heads, or, where they are
/// counted by label, those of each label that has too many.
///
/// Heads without a listed label are left alone: a merge would give them to a label they do not belong to. So are all where
/// several are expected without labels: which of them belong together is not known. Empty where there are no more heads
/// than expected.
pub fn surplus(graph: &RevisionGraph<'_>, expected: &ExpectedHeads) -> Vec<Group> {
    let heads = graph.distinct_heads();
    match expected {
        ExpectedHeads::Total(expected) if *expected > 1 || heads.len() < 2 => Vec::new(),
        ExpectedHeads::Total(_) => vec![Group { parents: heads, label: None }],
        ExpectedHeads::PerLabel(labels) => {
            let mut groups = Vec::new();
            for (label, expected) in labels {
                let mut parents = heads.clone();
                parents.retain(|&head| graph.labels(head).contains(&label.as_str()));
                if parents.len() > (*expected).max(1) {
                    groups.push(Group { parents, label: Some(label.clone()) });
                }
            }
            groups
        }
    }
}

/// Whether lines of history stand side by side on purpose, as far as can be told: each head carries a branch label that
/// no other has, and they have no ancestor in common.
pub fn stand_apart(graph: &RevisionGraph<'_>, heads: &[Node]) -> bool {
    let carried: Vec<Vec<&str>> = heads.iter().map(|&head| graph.labels(head)).collect();
    let own = |labels: &Vec<&str>| {
        labels.iter().any(|label| carried.iter().filter(|one| one.contains(label)).count() == 1)
    };
    if heads.len() < 2 || !carried.iter().all(own) {
        return false;
    }
    !graph.common_ancestors(heads).1
}

/// The revisions that arguments of `alembic merge` stand for. Fewer than two: there is nothing to merge.
///
/// An argument that is no revision and holds commas is split at them.
pub fn chosen(
    graph: &RevisionGraph<'_>,
    arguments: &[String],
    splice: bool,
) -> Result<Vec<Node>, Refusal> {
    let mut parents: Vec<Node> = Vec::new();
    for argument in arguments {
        for found in look_up(graph, argument).map_err(Refusal::Lookup)? {
            match found {
                Found::Revision(node) if parents.contains(&node) => {
                    return Err(Refusal::Duplicate(graph.id(node).to_string()));
                }
                Found::Revision(node) => parents.push(node),
                Found::Base | Found::Nothing => {
                    let argument = argument.clone();
                    return Err(Refusal::Lookup(LookupError::Unknown { argument }));
                }
            }
        }
    }
    let is_head = |node: &&Node| graph.children(**node).is_empty();
    if let Some(&inner) = parents.iter().find(|node| !splice && !is_head(node)) {
        return Err(Refusal::NotAHead(graph.id(inner).to_string()));
    }
    for &younger in &parents {
        let below = graph.ancestors(&[younger]);
        if let Some(&older) = parents.iter().find(|&&node| node != younger && below[node.index()]) {
            let ids = (graph.id(older).to_string(), graph.id(younger).to_string());
            return Err(Refusal::Ordered(ids.0, ids.1));
        }
    }
    Ok(parents)
}

fn look_up(graph: &RevisionGraph<'_>, argument: &str) -> Result<Vec<Found>, LookupError> {
    match graph.get_revisions(argument) {
        Err(LookupError::Unknown { .. }) if argument.contains(',') => {
            let parts = argument.split(',').map(str::trim).filter(|part| !part.is_empty());
            let mut found = Vec::new();
            for part in parts {
                found.extend(graph.get_revisions(part)?);
            }
            Ok(found)
        }
        result => result,
    }
}

/// The folder that the file goes to: the only version location, else the one in which the file of the first parent
/// lies (1.20.1, `ScriptDirectory.generate_revision`). `locations` are resolved, and so are the paths of scripts.
pub fn folder(
    graph: &RevisionGraph<'_>,
    parents: &[Node],
    locations: &[PathBuf],
) -> Result<PathBuf, Refusal> {
    let folder_of = |node: Node| graph.script(node).path.parent().unwrap_or(Path::new(""));
    match (locations, parents) {
        ([], _) | (_, []) => Err(Refusal::NoVersionLocation),
        ([only], _) => Ok(only.clone()),
        (_, [first, ..]) => {
            let own = folder_of(*first);
            if locations.iter().any(|location| location == own) {
                return Ok(own.to_path_buf());
            }
            let direct = |node: &&Node| locations.iter().any(|one| one == folder_of(**node));
            let others = parents.iter().filter(direct);
            let others = others.map(|&node| graph.id(node).to_string()).collect();
            Err(Refusal::NoLocation(own.to_path_buf(), others))
        }
    }
}

/// What the new revision is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// Its id.
    pub id: RevisionId,
    /// The name of its file without `.py`, where `file_template` does not say it.
    pub stem: Option<String>,
}

/// Where the id of a merge revision comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdSource<'a> {
    /// `--rev-id`: the file is called as Alembic would call it.
    Given(&'a str),
    /// From what is merged, so that two people who merge the same heads write the same file.
    Derived,
    /// From chance, which the caller has: twelve hexadecimal digits.
    Random(String),
}

/// Names the merge of `parents` in `folder`, whose files are among `scripts`. In a numbered project it takes the next
/// number, in the form that the newest file there has: an id that is the number, one that is the whole name, or a
/// number in the name of the file alone. `slug` is that of the message.
pub fn naming(
    scripts: &[Script],
    folder: &Path,
    parents: &[&RevisionId],
    message: &str,
    label: Option<&str>,
    slug: &str,
    source: &IdSource<'_>,
) -> Naming {
    if let IdSource::Given(id) = source {
        return Naming { id: RevisionId::new(*id), stem: None };
    }
    let drawn = || match source {
        IdSource::Random(id) => RevisionId::new(id.as_str()),
        _ => derived_id(parents, message, label),
    };
    let Some(newest) = newest_number(scripts, folder) else {
        return Naming { id: drawn(), stem: None };
    };
    let Newest { next: counted, form } = newest;
    let stem = if slug.is_empty() { format!("{counted}_") } else { format!("{counted}_{slug}") };
    match form {
        // `file_template` puts the id where the number belongs.
        Form::Number => Naming { id: RevisionId::new(counted), stem: None },
        Form::Whole => Naming { id: RevisionId::new(stem.as_str()), stem: Some(stem) },
        Form::FileOnly => Naming { id: drawn(), stem: Some(stem) },
    }
}

/// The first 12 hexadecimal digits of SHA-256 over the sorted ids of the parents, the message and the branch label,
/// joined by newlines.
pub fn derived_id(parents: &[&RevisionId], message: &str, label: Option<&str>) -> RevisionId {
    let mut parts: Vec<&str> = parents.iter().map(|id| id.as_str()).collect();
    parts.sort_unstable();
    parts.push(message);
    parts.push(label.unwrap_or_default());
    RevisionId::new(super::derived_digits(parts.join("\n").as_bytes()))
}

/// How the files of a numbered project carry their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The id is the number.
    Number,
    /// The id is the name of the file.
    Whole,
    /// The id is something else.
    FileOnly,
}

struct Newest {
    /// The number after it, with what comes before the number.
    next: String,
    form: Form,
}

fn newest_number(scripts: &[Script], folder: &Path) -> Option<Newest> {
    let here: Vec<(String, &Script)> = scripts
        .iter()
        .filter(|script| script.path.parent() == Some(folder))
        .map(|script| {
            let name = script.path.file_name().unwrap_or_default();
            (name.to_string_lossy().into_owned(), script)
        })
        .collect();
    if !is_numbered(here.iter().map(|(name, _)| name.as_str())) {
        return None;
    }
    let numbered =
        here.iter().filter_map(|(name, script)| Some((Sequence::of(name)?, name, script)));
    let (sequence, name, script) = numbered.max_by_key(|(sequence, ..)| sequence.number)?;
    let stem = name.strip_suffix(".py").unwrap_or(name);
    let counted = &stem[..sequence.end()];
    let form = match script.id().map(RevisionId::as_str) {
        Some(id) if id == stem => Form::Whole,
        Some(id) if id == counted => Form::Number,
        _ => Form::FileOnly,
    };
    Some(Newest { next: sequence.with(sequence.number + 1), form })
}

/// The message with where the sides came from: `merge migration heads from main and feature/x`.
pub fn with_context(message: &str, sides: &[String]) -> String {
    let sides = match sides {
        [] => return message.to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    if message.is_empty() { format!("from {sides}") } else { format!("{message} from {sides}") }
}

/// Whether `id` and `label` can be taken for a new revision.
pub fn check_names(
    graph: &RevisionGraph<'_>,
    id: &RevisionId,
    label: Option<&str>,
) -> Result<(), Refusal> {
    if id.as_str().is_empty() {
        return Err(Refusal::IdEmpty);
    }
    let reserved = id.reserved_characters();
    if !reserved.is_empty() {
        return Err(Refusal::IdReserved(id.to_string(), reserved));
    }
    if graph.find(id.as_str()).is_some() || graph.find_label(id.as_str()).is_some() {
        return Err(Refusal::IdTaken(id.to_string()));
    }
    let Some(label) = label else { return Ok(()) };
    let user = graph.find_label(label).or_else(|| graph.find(label));
    match user {
        Some(node) => Err(Refusal::LabelTaken(label.to_owned(), graph.id(node).to_string())),
        None if label == id.as_str() => Err(Refusal::LabelTaken(label.to_owned(), id.to_string())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Group, IdSource, chosen, derived_id, naming, stand_apart, surplus, with_context};
    use crate::environment::ExpectedHeads;
    use crate::graph::RevisionGraph;
    use crate::graph::testing::scripts;
    use crate::revision::RevisionId;
    use crate::rules::testing::Project;

    fn per_label(labels: &[(&str, usize)]) -> ExpectedHeads {
        let labels = labels.iter().map(|&(label, heads)| (label.to_owned(), heads));
        ExpectedHeads::PerLabel(labels.collect())
    }

    #[track_caller]
    fn check_surplus(history: &str, expected: &ExpectedHeads, groups: &str) {
        let scripts = scripts(history);
        let graph = RevisionGraph::build(&scripts);
        let shown = surplus(&graph, expected).into_iter().map(|Group { parents, .. }| {
            parents.iter().map(|&node| graph.id(node).as_str()).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(shown.collect::<Vec<_>>().join(", "), groups);
    }

    #[track_caller]
    fn check_chosen(history: &str, arguments: &[&str], splice: bool, expected: &str) {
        let scripts = scripts(history);
        let graph = RevisionGraph::build(&scripts);
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let shown = match chosen(&graph, &arguments, splice) {
            Ok(nodes) => {
                nodes.iter().map(|&node| graph.id(node).as_str()).collect::<Vec<_>>().join(" ")
            }
            Err(refusal) => refusal.sentence(),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn all_heads_are_joined() {
        check_surplus("a <- b, a <- c, a <- d", &ExpectedHeads::Total(1), "b c d");
        check_surplus("a <- b <- c", &ExpectedHeads::Total(1), "");
        check_surplus("a <- b, a <- c", &ExpectedHeads::Total(2), "");
        check_surplus("a <- b, a <- c, a <- d", &ExpectedHeads::Total(2), "");
        check_surplus("a <- b, a <- c[b]", &ExpectedHeads::Total(1), "b c");
    }

    #[test]
    fn labels_are_joined_each_for_itself() {
        let expected = per_label(&[("x", 1), ("y", 1)]);
        let history = "a <- x0(x) <- x1, x0 <- x2, a <- y0(y) <- y1";
        check_surplus(history, &expected, "x1 x2");
        let history = "a <- x0(x) <- x1, x0 <- x2, a <- y0(y) <- y1, y0 <- y2";
        check_surplus(history, &expected, "x1 x2, y1 y2");
    }

    #[test]
    fn arguments_are_taken_as_alembic_takes_them() {
        check_chosen("a <- b, a <- c", &["heads"], false, "b c");
        check_chosen("a <- b, a <- c", &["c", "b"], false, "c b");
        check_chosen("a <- b, a <- c[b]", &["heads"], false, "c");
        check_chosen("a <- b, a <- c", &["c,b"], false, "c b");
        check_chosen("a <- b, a <- c", &["c", "base"], false, "c");
    }

    #[test]
    fn arguments_are_refused_as_alembic_refuses_them() {
        check_chosen("a <- b, a <- c", &["b", "b"], false, "Duplicate head revisions specified");
        check_chosen(
            "a <- b <- d, a <- c",
            &["b", "c"],
            false,
            "Revision b is not a head revision; please specify --splice to create a new branch from this revision",
        );
        check_chosen("a <- b <- d, a <- c", &["b", "c"], true, "b c");
        check_chosen(
            "a <- b <- c",
            &["b", "c"],
            true,
            "`b` comes before `c` already: a merge of them would join nothing",
        );
        check_chosen("a <- b", &["x"], false, "Can't locate revision identified by 'x'");
    }

    #[test]
    fn the_same_heads_give_the_same_id() {
        let (a, b) = (&RevisionId::from("a"), &RevisionId::from("b"));
        assert_eq!(derived_id(&[a, b], "m", None), derived_id(&[b, a], "m", None));
        assert_ne!(derived_id(&[a, b], "m", None), derived_id(&[a, b], "n", None));
        assert_ne!(derived_id(&[a, b], "m", None), derived_id(&[a, b], "m", Some("l")));
        // printf 'a\nb\nm\n' | sha256sum
        assert_eq!(derived_id(&[a, b], "m", None).as_str(), "3f14e9b9cb5a");
    }

    #[track_caller]
    fn check_naming(files: &[(&str, &str)], expected: (&str, Option<&str>)) {
        let mut project = Project::new("");
        for (id, file) in files {
            project = project.and(id, |spec| spec.file = Some((*file).into()));
        }
        let (scripts, _) = project.build();
        let source = IdSource::Random("abcdef123456".into());
        let folder = Path::new("/project/versions");
        let named = naming(&scripts, folder, &[], "m", None, "merge_heads", &source);
        assert_eq!((named.id.as_str(), named.stem.as_deref()), expected);
    }

    #[test]
    fn a_numbered_project_gets_the_next_number() {
        check_naming(&[("001", "001_a.py"), ("002", "002_b.py")], ("003", None));
        check_naming(
            &[("0009_a", "0009_a.py"), ("0010_b", "0010_b.py")],
            ("0011_merge_heads", Some("0011_merge_heads")),
        );
        check_naming(
            &[("aa", "0009_a.py"), ("bb", "0010_b.py")],
            ("abcdef123456", Some("0011_merge_heads")),
        );
        check_naming(&[("main_0001", "main_0001_a.py")], ("main_0002", None));
    }

    #[test]
    fn other_projects_have_other_ids() {
        check_naming(&[("aa", "aa_a.py"), ("bb", "bb_b.py")], ("abcdef123456", None));
        check_naming(&[("aa", "2026_01_02_a.py")], ("abcdef123456", None));
    }

    #[test]
    fn sides_are_named_in_a_sentence() {
        let sides = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(with_context("merge", &sides(&["main", "x/y"])), "merge from main and x/y");
        assert_eq!(with_context("", &sides(&["a", "b", "c"])), "from a, b and c");
    }

    #[test]
    fn lines_with_labels_of_their_own_stand_apart() {
        let apart = |history: &str| {
            let scripts = scripts(history);
            let graph = RevisionGraph::build(&scripts);
            stand_apart(&graph, &graph.distinct_heads())
        };
        assert!(apart("x(gxy) <- a, y(tsi) <- b"));
        assert!(!apart("a <- x(gxy), a <- y(tsi)"));
        assert!(!apart("x(gxy) <- a, y <- b"));
    }
}
