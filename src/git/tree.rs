//! Whole trees: of the index, of a commit, and of a merge that was never made.
//!
//! Only reads. Nothing is refreshed, locked or checked out, and what a merge needs to write goes into a folder of its
//! own.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Git, GitError, ObjectId, TreeFile, Version, nul_separated, path_from_bytes};

/// A conflict that is not resolved: what each side has at the path, `None` where it has nothing there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmerged {
    /// Our side, stage 2.
    pub ours: Option<ObjectId>,
    /// Their side, stage 3.
    pub theirs: Option<ObjectId>,
    /// Whether one of them has a symbolic link there, so that the content is its target.
    pub link: bool,
}

impl Unmerged {
    /// Takes one more stage; that of the common ancestor says nothing.
    fn add(&mut self, file: TreeFile, stage: u8) {
        let side = match stage {
            b'2' => &mut self.ours,
            b'3' => &mut self.theirs,
            _ => return,
        };
        *side = Some(file.object);
        self.link |= file.link;
    }
}

/// Files with the conflicts among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// By path, as git orders them.
    pub files: Vec<TreeFile>,
    /// The paths in a conflict. In an index they are not among the files; after a merge they are there, with the markers
    /// of the conflict where there are any.
    pub unmerged: BTreeMap<PathBuf, Unmerged>,
}

/// Where git may write what it computes.
#[derive(Clone, Copy, Debug)]
pub struct Scratch<'a> {
    /// An empty folder.
    pub folder: &'a Path,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`, as this process was given it.
    pub alternates: Option<&'a OsStr>,
}

/// Names of the empty content, by the two hashes that git knows.
const EMPTY: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/// Names of the tree without files.
const EMPTY_TREE: [&str; 2] = [
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
];

impl Git {
    /// The files of the index: the one that `GIT_INDEX_FILE` names, which during a partial commit is not the usual one.
    /// Files that a sparse checkout leaves out are there. A file of which only the name was added (`git add -N`) is not,
    /// as `matters` decides: it is asked only about files without content, since telling them apart costs a process.
    ///
    /// Fails where git does.
    pub fn staged(&self, matters: &dyn Fn(&Path) -> bool) -> Result<Files, GitError> {
        let output = self.run_text(&["ls-files", "--stage", "-z"])?;
        let mut found = Files::default();
        let mut hollow: BTreeSet<PathBuf> = BTreeSet::new();
        for (file, stage) in nul_separated(&output).filter_map(parse_stage_line) {
            if stage != b'0' {
                found.unmerged.entry(file.path.clone()).or_default().add(file, stage);
                continue;
            }
            if EMPTY.contains(&file.object.as_str()) && matters(&file.path) {
                hollow.insert(file.path.clone());
            }
            found.files.push(file);
        }
        if !hollow.is_empty() {
            let meant = self.only_meant(hollow, &found.files)?;
            found.files.retain(|file| !meant.contains(&file.path));
        }
        Ok(found)
    }

    /// Those of these paths of which the index has only the name.
    fn only_meant(
        &self,
        paths: BTreeSet<PathBuf>,
        files: &[TreeFile],
    ) -> Result<BTreeSet<PathBuf>, GitError> {
        let long = files.first().is_some_and(|file| file.object.as_str().len() > 40);
        let nothing = EMPTY_TREE[usize::from(long)];
        // All of them: as arguments, many paths would be too long.
        let output = self.run_text(&[
            "diff-index",
            "--cached",
            "-z",
            "--name-only",
            "--no-renames",
            "--ita-invisible-in-index",
            nothing,
            "--",
        ])?;
        let mut meant = paths;
        for there in nul_separated(&output) {
            meant.remove(&path_from_bytes(there));
        }
        Ok(meant)
    }

    /// The tree that git would make of two commits, with the conflicts in it, and the repository in which its contents
    /// can be read: what git writes on the way goes into `scratch`. Renames and the like are followed as
    /// the repository's configuration says.
    ///
    /// Needs git 2.38. Fails where git is older, and for histories that have nothing in common.
    pub fn merge(
        &self,
        ours: &ObjectId,
        theirs: &ObjectId,
        scratch: &Scratch<'_>,
    ) -> Result<(Self, Files), GitError> {
        let aside = self.writing_into(scratch)?;
        let arguments =
            ["merge-tree", "--write-tree", "-z", "--no-messages", ours.as_str(), theirs.as_str()];
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let output =
            aside.command(&arguments).output().map_err(|error| super::not_started(&error))?;
        let mut parts = output.stdout.split(|&byte| byte == 0);
        // 1 says that there are conflicts, and then the answer is there as well.
        let is_answer = matches!(output.status.code(), Some(0 | 1));
        let tree = parts.next().filter(|_| is_answer).and_then(ObjectId::parse);
        let Some(tree) = tree else { return Err(self.no_merge(output)) };
        let mut found = Files { files: aside.files(&tree, &[])?, ..Files::default() };
        for (file, stage) in parts.filter_map(parse_stage_line) {
            found.unmerged.entry(file.path.clone()).or_default().add(file, stage);
        }
        Ok((aside, found))
    }

    /// Why a merge could not be computed.
    fn no_merge(&self, output: std::process::Output) -> GitError {
        let failed = super::finished(output).err();
        match self.version() {
            Ok(version) if version < Version::MERGE_TREE => GitError(format!(
                "git {version} cannot compute a merge without a working tree ({} can)",
                Version::MERGE_TREE
            )),
            _ => failed.unwrap_or_else(|| GitError("git merge-tree failed".into())),
        }
    }

    /// The same repository, where new objects are written into `folder` and the others are found where they are.
    fn writing_into(&self, scratch: &Scratch<'_>) -> Result<Self, GitError> {
        let output = self.run_text(&["rev-parse", "--git-path", "objects"])?;
        let objects = path_from_bytes(output.strip_suffix(b"\n").unwrap_or(&output));
        let mut others = quoted(&self.top.join(objects));
        if let Some(known) = scratch.alternates {
            others.push(if cfg!(windows) { ";" } else { ":" });
            others.push(known);
        }
        let mut aside = self.clone();
        aside
            .variables
            .push(("GIT_OBJECT_DIRECTORY".into(), scratch.folder.as_os_str().to_owned()));
        aside.variables.push(("GIT_ALTERNATE_OBJECT_DIRECTORIES".into(), others));
        Ok(aside)
    }
}

/// A folder as one entry of `GIT_ALTERNATE_OBJECT_DIRECTORIES`: in quotes where the separator is part of its name (git,
/// `environment.c`).
fn quoted(folder: &Path) -> OsString {
    let is_plain = |byte: &u8| !matches!(byte, b':' | b'"' | b'\\' | b'\n' | b';');
    if cfg!(windows) || folder.as_os_str().as_encoded_bytes().iter().all(is_plain) {
        return folder.as_os_str().to_owned();
    }
    let mut text = vec![b'"'];
    for &byte in folder.as_os_str().as_encoded_bytes() {
        match byte {
            b'"' | b'\\' => text.extend([b'\\', byte]),
            b'\n' => text.extend(b"\\n"),
            _ => text.push(byte),
        }
    }
    text.push(b'"');
    path_from_bytes(&text).into_os_string()
}

/// A path of the index and its content; nothing for a side of a conflict.
pub(super) fn parse_entry(line: &[u8]) -> Option<(PathBuf, ObjectId)> {
    let (file, stage) = parse_stage_line(line)?;
    (stage == b'0').then_some((file.path, file.object))
}

/// `<mode> SP <object> SP <stage> TAB <path>`; nothing for another repository.
fn parse_stage_line(line: &[u8]) -> Option<(TreeFile, u8)> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let (head, path) = (&line[..tab], &line[tab + 1..]);
    let mut words = head.split(|&byte| byte == b' ');
    let (mode, object, stage) = (words.next()?, words.next()?, words.next()?);
    if mode == b"160000" {
        return None;
    }
    let object = ObjectId::parse(object)?;
    let file = TreeFile { path: path_from_bytes(path), object, link: mode == b"120000" };
    Some((file, *stage.first()?))
}
