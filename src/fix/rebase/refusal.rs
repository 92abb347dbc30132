//! Why nothing is moved, and what is worth knowing of a move, in words.
//!
//! Decides nothing and prints nothing; the commands it names take ids as a shell takes them.

use std::path::PathBuf;

use crate::revision::RevisionId;
use crate::rules::missing_parent::bring_back;
use crate::rules::words::{count, list};
use crate::shell::word;

/// Why a rebase is not done. Nothing is written then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A `down_revision` that no file defines.
    MissingParent {
        /// What is named.
        missing: RevisionId,
        /// By whom.
        child: RevisionId,
    },
    /// A `depends_on` that no file defines.
    MissingDependency {
        /// What is named.
        missing: Box<str>,
        /// By whom.
        child: RevisionId,
    },
    /// Revisions that follow each other in a circle.
    Cycle(Vec<RevisionId>),
    /// An id that several files define, and it cannot be told apart which is meant.
    DuplicateRevision {
        /// The id.
        id: RevisionId,
        /// The files.
        files: Vec<PathBuf>,
    },
    /// A branch label that is used twice.
    DuplicateLabel {
        /// The label.
        label: Box<str>,
        /// The revisions that declare it, or have it as their id.
        revisions: Vec<RevisionId>,
    },
    /// A file that cannot be read, or whose values are not known.
    Unreadable(PathBuf),
    /// Nothing is known as published, and no revision was named.
    NothingPublished(Vec<RevisionId>),
    /// Everything is published; these are the heads.
    NothingUnpublished(Vec<RevisionId>),
    /// The published history itself has several heads.
    PublishedForked(Vec<RevisionId>),
    /// The baseline has revisions that are not here.
    BaselineAhead {
        /// The newest of them.
        heads: Vec<RevisionId>,
        /// The baseline.
        name: String,
    },
    /// A published revision was deleted, renamed or given other parents or dependencies.
    PublishedChanged {
        /// The revision.
        id: RevisionId,
        /// The baseline.
        name: String,
    },
    /// A published revision was to be moved.
    PublishedWouldMove {
        /// The revision.
        id: RevisionId,
        /// The baseline.
        name: String,
    },
    /// The heads of what would move carry no branch label with an expected head, or several.
    LabelAmbiguous(Vec<RevisionId>),
    /// Several published heads could be the target.
    TargetAmbiguous(Vec<RevisionId>),
    /// A new line of history with a label of its own.
    NewLabelledBase(RevisionId),
    /// The target comes after what would move.
    OntoDescendant {
        /// What would move.
        rev: RevisionId,
        /// The target.
        onto: RevisionId,
    },
    /// After the move there would be as many heads as before.
    OntoNotHead {
        /// The target.
        onto: RevisionId,
        /// The heads that there would be.
        heads: Vec<RevisionId>,
    },
    /// A revision would no longer come after another.
    OrderLost {
        /// The other.
        lost: RevisionId,
        /// The revision.
        revision: RevisionId,
    },
    /// An argument that is no revision.
    UnknownRevision {
        /// The argument.
        argument: String,
        /// Why, where more is known.
        reason: Option<String>,
    },
    /// Dependencies between lines would close a circle.
    CrosswiseDependencies(Vec<RevisionId>),
    /// No order of the revisions gives the expected heads; these would be left.
    NoPlan(Vec<RevisionId>),
    /// A file would get a name that another has.
    FileExists(PathBuf),
}

impl Refusal {
    /// The short name of the refusal, for tests and machine-readable output.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingParent { .. } => "missing-parent",
            Self::MissingDependency { .. } => "missing-dependency",
            Self::Cycle(_) => "cycle",
            Self::DuplicateRevision { .. } => "duplicate-revision",
            Self::DuplicateLabel { .. } => "duplicate-label",
            Self::Unreadable(_) => "unreadable",
            Self::NothingPublished(_) => "nothing-published",
            Self::NothingUnpublished(_) => "nothing-unpublished",
            Self::PublishedForked(_) => "published-forked",
            Self::BaselineAhead { .. } => "baseline-ahead",
            Self::PublishedChanged { .. } => "published-changed",
            Self::PublishedWouldMove { .. } => "published-would-move",
            Self::LabelAmbiguous(_) => "label-ambiguous",
            Self::TargetAmbiguous(_) => "target-ambiguous",
            Self::NewLabelledBase(_) => "new-labelled-base",
            Self::OntoDescendant { .. } => "onto-descendant",
            Self::OntoNotHead { .. } => "onto-not-head",
            Self::OrderLost { .. } => "order-lost",
            Self::UnknownRevision { .. } => "unknown-revision",
            Self::CrosswiseDependencies(_) => "crosswise-dependencies",
            Self::NoPlan(_) => "no-plan",
            Self::FileExists(_) => "file-exists",
        }
    }

    /// What is told of, by id: what is missing or lost before who names it.
    pub fn revisions(&self) -> Vec<RevisionId> {
        match self {
            Self::MissingParent { missing, child } => vec![missing.clone(), child.clone()],
            Self::MissingDependency { missing, child } => {
                vec![RevisionId::new(missing.clone()), child.clone()]
            }
            Self::Cycle(ids)
            | Self::NothingPublished(ids)
            | Self::NothingUnpublished(ids)
            | Self::PublishedForked(ids)
            | Self::BaselineAhead { heads: ids, .. }
            | Self::LabelAmbiguous(ids)
            | Self::TargetAmbiguous(ids)
            | Self::CrosswiseDependencies(ids)
            | Self::DuplicateLabel { revisions: ids, .. }
            | Self::NoPlan(ids) => ids.clone(),
            Self::DuplicateRevision { id, .. }
            | Self::PublishedChanged { id, .. }
            | Self::PublishedWouldMove { id, .. }
            | Self::NewLabelledBase(id)
            | Self::OntoNotHead { onto: id, .. } => vec![id.clone()],
            Self::OntoDescendant { rev, onto } => vec![rev.clone(), onto.clone()],
            Self::OrderLost { lost, revision } => vec![lost.clone(), revision.clone()],
            Self::Unreadable(_) | Self::UnknownRevision { .. } | Self::FileExists(_) => Vec::new(),
        }
    }

    /// The fact and its consequence, in a lower-case phrase.
    pub fn sentence(&self) -> String {
        match self {
            Self::MissingParent { .. }
            | Self::MissingDependency { .. }
            | Self::Cycle(_)
            | Self::DuplicateRevision { .. }
            | Self::DuplicateLabel { .. }
            | Self::Unreadable(_) => self.sentence_of_files(),
            Self::NothingPublished(_)
            | Self::NothingUnpublished(_)
            | Self::PublishedForked(_)
            | Self::BaselineAhead { .. }
            | Self::PublishedChanged { .. }
            | Self::PublishedWouldMove { .. } => self.sentence_of_baseline(),
            Self::LabelAmbiguous(heads) => format!(
                "{} must carry exactly one branch label of `expected-heads` to be moved",
                list(heads)
            ),
            Self::TargetAmbiguous(heads) => {
                format!("several published heads could come below: {}", list(heads))
            }
            Self::NewLabelledBase(id) => {
                format!(
                    "`{id}` begins a line of its own with a branch label, and its head is not expected"
                )
            }
            Self::OntoDescendant { rev, onto } => format!("`{onto}` comes after `{rev}` already"),
            Self::OntoNotHead { onto, heads } => format!(
                "on `{onto}` there would still be {}: {}",
                count(heads.len(), "head"),
                list(heads)
            ),
            Self::OrderLost { lost, revision } => {
                format!("`{revision}` would no longer come after `{lost}`")
            }
            Self::UnknownRevision { argument, reason } => match reason {
                Some(reason) => format!("`{argument}` is no revision of this history: {reason}"),
                None => format!("`{argument}` is no revision of this history"),
            },
            Self::CrosswiseDependencies(ids) => format!(
                "the dependencies of {} go crosswise: moved, they would close a circle",
                list(ids)
            ),
            Self::NoPlan(heads) => {
                format!(
                    "no order of the unpublished revisions leaves the expected heads, but {}",
                    list(heads)
                )
            }
            Self::FileExists(path) => {
                format!("a moved file would be called `{}`, which is there already", name_of(path))
            }
        }
    }

    fn sentence_of_files(&self) -> String {
        match self {
            Self::MissingParent { missing, child } => {
                format!("`{child}` follows `{missing}`, which no file defines")
            }
            Self::MissingDependency { missing, child } => {
                format!("`{child}` depends on `{missing}`, which no file defines")
            }
            Self::Cycle(path) => {
                format!("revisions follow each other in a circle: {}", list(path))
            }
            Self::DuplicateRevision { id, files } => {
                format!(
                    "{} define `{id}`, and it cannot be told which of them is meant",
                    count(files.len(), "file")
                )
            }
            Self::DuplicateLabel { label, revisions } => {
                format!("the branch label `{label}` is used twice: {}", list(revisions))
            }
            Self::Unreadable(path) => format!("`{}` cannot be read", name_of(path)),
            _ => self.code().into(),
        }
    }

    fn sentence_of_baseline(&self) -> String {
        match self {
            Self::NothingPublished(heads) => format!(
                "nothing is known as published, so it is not known which of {} stays",
                list(heads)
            ),
            Self::NothingUnpublished(heads) => {
                format!(
                    "all revisions are published, and published revisions never move: {}",
                    list(heads)
                )
            }
            Self::PublishedForked(heads) => {
                format!(
                    "the published history itself has {}: {}",
                    count(heads.len(), "head"),
                    list(heads)
                )
            }
            Self::BaselineAhead { heads, name } => {
                format!("`{name}` has revisions that are not here: {}", list(heads))
            }
            Self::PublishedChanged { id, name } => format!(
                "the published revision `{id}` is not what it is on `{name}`: it was changed or taken away"
            ),
            Self::PublishedWouldMove { id, name } => {
                format!("`{id}` is published on `{name}`, and published revisions never move")
            }
            _ => self.code().into(),
        }
    }

    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            Self::MissingParent { .. }
            | Self::MissingDependency { .. }
            | Self::Cycle(_)
            | Self::DuplicateRevision { .. }
            | Self::DuplicateLabel { .. }
            | Self::Unreadable(_) => self.help_of_files(),
            Self::NothingPublished(_)
            | Self::NothingUnpublished(_)
            | Self::PublishedForked(_)
            | Self::BaselineAhead { .. }
            | Self::PublishedChanged { .. }
            | Self::PublishedWouldMove { .. } => self.help_of_baseline(),
            Self::LabelAmbiguous(heads) => format!(
                "name the line it belongs to: `onehead rebase {} --onto LABEL@head`, or list its label under \
                 `expected-heads`",
                words(heads)
            ),
            Self::TargetAmbiguous(heads) => format!(
                "name one of them: `onehead rebase --onto {}`",
                heads.first().map_or_else(|| "REV".into(), |head| word(head.as_str()))
            ),
            Self::NewLabelledBase(id) => format!(
                "list its label under `expected-heads`, or name where it goes: `onehead rebase {} --onto REV`",
                word(id.as_str())
            ),
            Self::OntoDescendant { .. } => "name a head that does not come after it".into(),
            Self::OntoNotHead { .. } => "name a head: `onehead heads` lists them".into(),
            Self::OrderLost { lost, revision } => format!(
                "name a head that comes after `{lost}`, or join the two lines first: `onehead merge`, then \
                 `onehead rebase {}`",
                word(revision.as_str())
            ),
            Self::UnknownRevision { .. } => "`onehead heads` lists the heads".into(),
            Self::CrosswiseDependencies(_) => {
                "order them by hand, line by line: `onehead rebase REV --onto REV`".into()
            }
            // What must stay below depends on what would move: no order of lines mends that.
            Self::NoPlan(_) => "join the heads instead: `onehead merge`".into(),
            Self::FileExists(_) => "rename or move that file first".into(),
        }
    }

    fn help_of_files(&self) -> String {
        match self {
            Self::MissingParent { missing, .. } => bring_back(missing.as_str()),
            Self::MissingDependency { missing, .. } => bring_back(missing),
            Self::Cycle(_) => "break the circle first: `onehead check` shows it".into(),
            Self::DuplicateRevision { .. } => {
                "give all but one of the files another `revision` first".into()
            }
            Self::DuplicateLabel { .. } => "rename one of the labels first".into(),
            Self::Unreadable(_) => "mend it first: `onehead check` says what is wrong".into(),
            _ => self.code().into(),
        }
    }

    fn help_of_baseline(&self) -> String {
        match self {
            Self::NothingPublished(heads) => match heads.as_slice() {
                [onto, .., rev] => format!(
                    "say what moves and onto what: `onehead rebase {} --onto {}`",
                    word(rev.as_str()),
                    word(onto.as_str())
                ),
                _ => "say what moves and onto what: `onehead rebase REV --onto REV`".into(),
            },
            Self::NothingUnpublished(_) | Self::PublishedWouldMove { .. } => {
                "join the heads instead: `onehead merge`".into()
            }
            Self::PublishedForked(heads) => format!(
                "join them first, on the baseline if possible: `onehead merge --splice {}`, then `onehead rebase`",
                words(heads)
            ),
            Self::BaselineAhead { name, .. } => format!(
                "bring them here first: `git merge {0}` or `git rebase {0}`, then `onehead rebase`",
                word(name)
            ),
            Self::PublishedChanged { id, name } => {
                // Git finds files that are gone as well; their names hold the id by default.
                let file = format!(":/*{id}*");
                format!(
                    "restore its file: `git restore --source {} -- {}`, then `onehead rebase`",
                    word(name),
                    word(&file)
                )
            }
            _ => self.code().into(),
        }
    }
}

/// What is worth knowing of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A revision without parents now has one.
    NewBaseMoved(RevisionId),
    /// A merge revision with operations has one parent only from now on.
    MergeWithOperationsKept(RevisionId),
    /// Lines that depend on each other both ways were laid into one another.
    DependencyInterleaved,
    /// There are still so many heads.
    StillHeads(usize),
    /// A file kept its number although its new parent has a greater one.
    NumberOutOfOrder(RevisionId),
    /// A parent that no file defines was replaced.
    MissingParentReplaced(RevisionId),
    /// New ids were asked for where no database would skip anything.
    NewIdsUseless,
}

impl Warning {
    /// The short name of the warning, with what it is about, for tests and machine-readable output.
    pub fn code(&self) -> String {
        match self {
            Self::NewBaseMoved(id) => format!("new-base-moved:{id}"),
            Self::MergeWithOperationsKept(id) => format!("merge-with-operations-kept:{id}"),
            Self::DependencyInterleaved => "dependency-interleaved".into(),
            Self::StillHeads(heads) => format!("still-heads:{heads}"),
            Self::NumberOutOfOrder(id) => format!("number-out-of-order:{id}"),
            Self::MissingParentReplaced(id) => format!("missing-parent-replaced:{id}"),
            Self::NewIdsUseless => "new-ids-useless".into(),
        }
    }

    /// The fact and its consequence, in a lower-case phrase.
    pub fn sentence(&self) -> String {
        match self {
            Self::NewBaseMoved(id) => {
                format!("`{id}` began a history of its own and now comes after another revision")
            }
            Self::MergeWithOperationsKept(id) => {
                format!("`{id}` has nothing to merge any more and stays for its operations")
            }
            Self::DependencyInterleaved => {
                "the lines depend on each other both ways: they are now one line in the order of their dependencies"
                    .into()
            }
            Self::StillHeads(heads) => format!("there are still {}", count(*heads, "head")),
            Self::NumberOutOfOrder(id) => {
                format!("`{id}` keeps its number, which is not above that of its new parent")
            }
            Self::MissingParentReplaced(id) => {
                format!("the missing parent of `{id}` was replaced: what that revision did is not known")
            }
            Self::NewIdsUseless => {
                "new ids protect no database here: none would skip anything that does something".into()
            }
        }
    }
}

fn words(ids: &[RevisionId]) -> String {
    ids.iter().map(|id| word(id.as_str())).collect::<Vec<_>>().join(" ")
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
