//! Which files a command judges, and reading them from git.

use std::sync::Arc;

use crate::cli::SnapshotArgs;
use crate::environment::Root;
use crate::error::Error;
use crate::fs::TemporaryFolder;
use crate::git::{Git, GitError, ObjectId, Scratch, Version};
use crate::interrupt;
use crate::settings;
use crate::snapshot::{FETCH_CONTENTS, Objects, Snapshot, Tree};

/// Which files are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice<'a> {
    /// Those of the working tree.
    Worktree,
    /// The index.
    Index,
    /// A commit, by any name.
    Commit(&'a str),
    /// The merge of `HEAD` with a commit.
    Merge(&'a str),
}

impl<'a> Choice<'a> {
    /// What the arguments ask for.
    pub(super) fn of(args: &'a SnapshotArgs) -> Self {
        match (&args.reference, &args.merge_with) {
            (Some(reference), _) => Self::Commit(reference),
            (_, Some(other)) => Self::Merge(other),
            _ if args.staged => Self::Index,
            _ => Self::Worktree,
        }
    }

    /// As part of a sentence.
    fn words(self) -> String {
        match self {
            Self::Worktree => "the working tree".to_owned(),
            Self::Index => "the index".to_owned(),
            Self::Commit(name) => format!("`{name}`"),
            Self::Merge(name) => format!("the merge with `{name}`"),
        }
    }
}

/// Only the working tree can be written.
///
/// # Errors
/// When other files are asked for.
pub(super) fn refuse_writing(args: &SnapshotArgs) -> Result<(), Error> {
    let option = match Choice::of(args) {
        Choice::Worktree => return Ok(()),
        Choice::Index => "--staged",
        Choice::Commit(_) => "--ref",
        Choice::Merge(_) => "--merge-with",
    };
    Err(Error::Usage {
        message: format!("{option} reads files that cannot be written"),
        hint: "show what would be written with `--diff`, or leave the option out to write into the working tree",
    })
}

/// Reads what is asked for.
///
/// # Errors
/// When git cannot give it.
pub(super) fn open(root: &Root, choice: &Choice<'_>) -> Result<Snapshot, Error> {
    if *choice == Choice::Worktree && !root.bare {
        return Ok(Snapshot::Worktree);
    }
    let failed = |reason: String, hint: Option<String>| {
        let what = choice.words();
        Err(Error::Snapshot { what, reason, hint })
    };
    if !root.repository {
        let hint = "only files of the working tree can be judged here: leave the option out, or name the repository with `-C`";
        return failed("this is no git repository".to_owned(), Some(hint.to_owned()));
    }
    if root.bare && matches!(choice, Choice::Worktree | Choice::Index) {
        let hint = "name what to judge:   onehead check --ref main".to_owned();
        return failed("this repository has no working tree".to_owned(), Some(hint));
    }
    let objects = Objects::new(root.git());
    match tree(&objects, root, choice) {
        Ok(tree) => Ok(Snapshot::Tree(tree)),
        Err(error) => {
            let (reason, hint) = explained(objects.git(), choice, error);
            failed(reason, hint)
        }
    }
}

fn tree(objects: &Arc<Objects>, root: &Root, choice: &Choice<'_>) -> Result<Tree, GitError> {
    let git = objects.git();
    match *choice {
        Choice::Worktree | Choice::Index => Tree::index(objects, &root.path, None),
        Choice::Commit(name) => Tree::commit(objects, &root.path, name, git.commit(name)?),
        Choice::Merge(name) => {
            let (ours, theirs) = std::thread::scope(|scope| {
                let ours = scope.spawn(|| git.commit("HEAD"));
                let theirs = git.commit(name);
                let stopped = |_| Err(GitError("asking git was interrupted".to_owned()));
                (ours.join().unwrap_or_else(stopped), theirs)
            });
            merge(objects, root, name, [ours?, theirs?])
        }
    }
}

/// The merge of two commits, ours first.
pub(super) fn merge(
    objects: &Arc<Objects>,
    root: &Root,
    name: &str,
    commits: [ObjectId; 2],
) -> Result<Tree, GitError> {
    // Before the folder, which therefore goes first.
    let _guard = interrupt::guard();
    let folder = format!("onehead-{}", settings::random_id());
    let folder = TemporaryFolder::new(&settings::temporary_folder(), &folder)
        .map_err(|error| GitError(format!("{}: {}", error.path.display(), error.reason)))?;
    // Inside of a hook they are those of the repository that it runs for.
    let alternates = settings::alternates().filter(|_| !root.elsewhere);
    let scratch = Scratch { folder: folder.path(), alternates: alternates.as_deref() };
    Tree::merge(objects, &root.path, name, commits, &scratch)
}

/// Why it cannot be read, and what to do about it.
fn explained(git: &Git, choice: &Choice<'_>, error: GitError) -> (String, Option<String>) {
    let (Choice::Commit(name) | Choice::Merge(name)) = *choice else { return (error.0, None) };
    let is_merge = matches!(choice, Choice::Merge(_));
    if (is_merge || name.starts_with("HEAD")) && git.commit("HEAD").is_err() {
        return ("there is no commit yet".to_owned(), None);
    }
    let is_shallow = || git.is_shallow().unwrap_or(false);
    let deepen = "git fetch --unshallow   (in CI: fetch-depth: 0)";
    let hint = if git.commit(name).is_err() {
        Some(if is_shallow() {
            format!("the clone is shallow and may lack it:   {deepen}")
        } else {
            "run `git fetch` if it is a remote branch: `git branch --all` lists what there is"
                .to_owned()
        })
    } else if is_merge && git.version().is_ok_and(|version| version < Version::MERGE_TREE) {
        let name = crate::shell::word(name);
        Some(format!(
            "merge, and judge what comes of it:   git merge --no-commit {name} && onehead check --staged"
        ))
    } else if is_merge && is_shallow() {
        Some(format!("the clone is too shallow to tell where the two parted:   {deepen}"))
    } else {
        let lacks = error.0.contains("promisor remote");
        lacks.then(|| format!("bring the contents here:   {FETCH_CONTENTS}"))
    };
    (error.0, hint)
}
