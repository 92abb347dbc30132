//! What was ever in some folders: the commits that changed their files, in refs, stashes and reflogs, and in what no ref
//! leads to any more; and which refs have a file now.
//!
//! One walk, whatever is looked for, and one question for all refs together. Says what changed where; what a file
//! defines, and whether that is a loss, is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Stdio};

use super::origin::{next_token, outcome, tree_path};
use super::state::short;
use super::{Git, GitError, ObjectId, not_started, nul_separated, path_from_bytes};

/// A commit, with what it did to the files that were asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: ObjectId,
    /// Its parents.
    pub parents: Vec<ObjectId>,
    /// The author's name, as `.mailmap` has it.
    pub author: String,
    /// The author's day, `YYYY-MM-DD`.
    pub day: String,
    /// The first paragraph of the message, on one line.
    pub subject: String,
    /// Against each of its parents, one after the other; renames as a file that goes and one that comes.
    pub changes: Vec<FileChange>,
}

/// What a commit did to one file. Symbolic links and submodules are no files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Relative to the top folder.
    pub path: PathBuf,
    /// What the parent has there.
    pub before: Option<ObjectId>,
    /// What the commit has there.
    pub after: Option<ObjectId>,
}

/// Which commits are walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What refs, stashes, reflogs and the worktrees' `HEAD`s lead to.
    Kept,
    /// These, and what leads to them, without what is kept.
    Lost(Vec<ObjectId>),
}

/// What a ref is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefKind {
    /// A local branch.
    Local,
    /// A branch of a remote, as last fetched.
    Remote,
    /// A tag.
    Tag,
    /// One of the commits of which a stash is made.
    Stash,
    /// Any other.
    Other,
}

/// Something with a name that leads to a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is called in a command: `origin/main`, `v1.4`, `stash@{0}`, `stash@{0}^3`.
    pub name: String,
    /// What it is.
    pub kind: RefKind,
    /// The commit.
    pub tip: ObjectId,
}

/// What git holds besides the commits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Every ref that leads to a commit, and every stash, each kind in git's order.
    pub places: Vec<Place>,
    /// The names of the remotes' default branches: `origin/main`.
    pub defaults: Vec<String>,
}

/// What [`Git::holding`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The objects in which the text occurs.
    pub objects: BTreeSet<ObjectId>,
    /// The objects that are not there.
    pub absent: BTreeSet<ObjectId>,
}

impl Held {
    /// Reads `<object> SP <type> SP <size> LF <content> LF`, or `<object> SP missing LF`, to the end.
    fn read(&mut self, mut output: impl BufRead, text: &[u8]) -> std::io::Result<()> {
        let finder = memchr::memmem::Finder::new(text);
        let (mut head, mut content) = (Vec::new(), Vec::new());
        loop {
            head.clear();
            if output.read_until(b'\n', &mut head)? == 0 {
                return Ok(());
            }
            let mut words = head.trim_ascii_end().split(|&byte| byte == b' ');
            let object = words.next().and_then(ObjectId::parse);
            let size = words.nth(1).and_then(|size| std::str::from_utf8(size).ok()?.parse().ok());
            let Some(size) = size else {
                self.absent.extend(object);
                continue;
            };
            content.resize(size, 0);
            output.read_exact(&mut content)?;
            output.read_exact(&mut [0])?;
            if finder.find(&content).is_some() {
                self.objects.extend(object);
            }
        }
    }
}

const FORMAT: &str = "--format=%x01%H%x00%P%x00%aN%x00%as%x00%s";

/// The walk that misses nothing: a merge may drop what only one side had, so every parent of it counts, and no side is
/// left out because the other one is like the result (`--full-history`, and `--sparse` for the merges themselves).
const WALK: [&str; 13] = [
    "--no-literal-pathspecs",
    "-c",
    // What `-m` means can be configured since git 2.33.
    "log.diffMerges=separate",
    "log",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-show-signature",
    "--root",
    "--date-order",
    "--full-history",
    FORMAT,
];

impl Git {
    /// The commits of `reach`, no parent before its child, each with what it did to the files below `folders`, which are
    /// relative to the top folder. One process.
    ///
    /// Fails where git does.
    pub fn walk(&self, reach: &Reach, folders: &[&Path]) -> Result<Vec<Commit>, GitError> {
        let mut arguments: Vec<OsString> = WALK.iter().map(OsString::from).collect();
        arguments.extend(["-m", "--sparse"].map(OsString::from));
        let paths = folders.iter().map(|folder| literal(folder)).collect();
        self.log(arguments, reach, paths).map(|output| commits(&output))
    }

    /// Every version that any script of the repository ever had, wherever it lay, each once. Slower than [`Git::walk`] of
    /// known folders. One process, whose answer is not kept.
    ///
    /// Fails where git does.
    pub fn every_script(&self, reach: &Reach) -> Result<BTreeSet<(PathBuf, ObjectId)>, GitError> {
        // Without a pathspec: to hold every path of every commit against a pattern takes git several times as long.
        let options = ["log", "-z", "--raw", "--no-abbrev", "--no-renames", "--root", "--format="];
        // Of a merge what none of its parents has: the rest is new in another commit.
        let merges = ["-c", "--no-show-signature"];
        let options = options.iter().chain(&merges).map(OsString::from).collect();
        let (arguments, request) = reached(options, reach);
        let mut scripts = BTreeSet::new();
        self.streamed(&arguments, request, |mut output| {
            while let Some(token) = next_token(&mut output) {
                if !token.starts_with(b":") {
                    continue;
                }
                let path = next_token(&mut output).unwrap_or_default();
                if path.ends_with(b".py")
                    && let Some(object) = outcome(&token)
                    && let path = path_from_bytes(&path)
                    && path.file_name().is_some_and(crate::snapshot::is_source_name)
                {
                    scripts.insert((path, object));
                }
            }
            Ok(())
        })?;
        Ok(scripts)
    }

    /// What these commits did to the files of the whole repository; merges aside. One process.
    ///
    /// Fails where git does.
    pub fn changes_of(&self, commits: &[&ObjectId]) -> Result<Vec<FileChange>, GitError> {
        let request = commits.iter().map(|commit| format!("{}\n", commit.as_str()));
        let options = ["diff-tree", "--stdin", "-r", "-z", "--root", "--no-renames"];
        let arguments = [&options[..], &["--no-commit-id", "--raw"]].concat();
        let output = self.answers(&arguments, request.collect::<String>().into_bytes())?;
        let mut tokens = output.split(|&byte| byte == 0);
        let mut changes = Vec::new();
        while let Some(token) = tokens.next() {
            let Some(line) = token.strip_prefix(b":") else { continue };
            changes.extend(change(line, tokens.next().map(path_from_bytes).unwrap_or_default()));
        }
        Ok(changes)
    }

    /// Runs git with `request` on its stdin, and reads its answer while it comes.
    pub(super) fn streamed(
        &self,
        arguments: &[OsString],
        request: Vec<u8>,
        read: impl FnOnce(BufReader<ChildStdout>) -> std::io::Result<()>,
    ) -> Result<(), GitError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
        let mut child = self
            .command(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let read = std::thread::scope(|scope| {
            // git answers while it is asked; see `fed`.
            scope.spawn(move || input.map(|mut input| input.write_all(&request)));
            output.map(|output| read(BufReader::new(output)))
        });
        let status = child.wait().map_err(|error| not_started(&error))?;
        match read {
            Some(Ok(())) if status.success() => Ok(()),
            _ => Err(GitError("git broke off while it read the history".into())),
        }
    }

    /// Those of these objects in which the text occurs, and those that are not there (a partial clone). One process; only
    /// one content is held at a time.
    ///
    /// Fails where git does.
    pub fn holding(&self, objects: &BTreeSet<&ObjectId>, text: &str) -> Result<Held, GitError> {
        let mut held = Held::default();
        if objects.is_empty() {
            return Ok(held);
        }
        let request: Vec<u8> = objects
            .iter()
            .flat_map(|object| [object.as_str().as_bytes(), b"\n"].concat())
            .collect();
        let arguments = ["cat-file", "--batch"].map(OsString::from);
        self.streamed(&arguments, request, |output| held.read(output, text.as_bytes()))?;
        Ok(held)
    }

    fn log(
        &self,
        arguments: Vec<OsString>,
        reach: &Reach,
        paths: Vec<OsString>,
    ) -> Result<Vec<u8>, GitError> {
        let (mut arguments, request) = reached(arguments, reach);
        arguments.extend(paths);
        let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
        super::fed(self.command(&arguments), request).and_then(super::finished)
    }

    /// Every commit that is there and that nothing leads to, in no order that means anything. Lists every object there
    /// is, so it is for when all else has failed. Two processes.
    ///
    /// Fails where git does.
    pub fn unreachable_commits(&self) -> Result<Vec<ObjectId>, GitError> {
        let format = "--batch-check=%(objecttype) %(objectname)";
        let output = self.run_text(&["cat-file", "--batch-all-objects", "--unordered", format])?;
        let commit = |line: &[u8]| line.strip_prefix(b"commit ").and_then(ObjectId::parse);
        let all: BTreeSet<ObjectId> =
            output.split(|&byte| byte == b'\n').filter_map(commit).collect();
        let kept = self.run_text(&["rev-list", "--all", "--reflog"])?;
        let kept: BTreeSet<ObjectId> =
            kept.split(|&byte| byte == b'\n').filter_map(ObjectId::parse).collect();
        Ok(all.difference(&kept).cloned().collect())
    }

    /// Every ref that leads to a commit, and every stash. Two processes at most.
    ///
    /// Fails where git does.
    pub fn places(&self) -> Result<Places, GitError> {
        let format = "--format=%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(symref)";
        let output = self.run_text(&["for-each-ref", format])?;
        let output = String::from_utf8_lossy(&output);
        let mut found = Places::default();
        let mut has_stash = false;
        for line in output.lines() {
            let fields: Vec<&str> = line.split('\0').collect();
            let [reference, kind, object, peeled_kind, peeled, symbolic] = fields.as_slice() else {
                continue;
            };
            if !symbolic.is_empty() {
                // `origin/HEAD` is another name of a branch that is there as well.
                if reference.ends_with("/HEAD") {
                    found.defaults.push(short(symbolic).to_owned());
                }
                continue;
            }
            if *reference == "refs/stash" {
                has_stash = true;
                continue;
            }
            let object = match (*kind, *peeled_kind) {
                ("commit", _) => object,
                (_, "commit") => peeled,
                _ => continue,
            };
            if let Some(tip) = ObjectId::parse(object.as_bytes()) {
                let (kind, name) = named(reference);
                found.places.push(Place { name: name.to_owned(), kind, tip });
            }
        }
        if has_stash {
            found.places.extend(self.stashes()?);
        }
        // Stable, so each kind stays in git's order.
        found.places.sort_by_key(|place| place.kind);
        Ok(found)
    }

    /// The commits of each stash: what it holds, what was staged, what git did not track.
    fn stashes(&self) -> Result<Vec<Place>, GitError> {
        let log = |walk| {
            let own = ["--no-show-signature", "-z", "--format=%H %P", "refs/stash", "--"];
            let mut arguments = vec!["log", walk];
            arguments.extend(own);
            self.run_text(&arguments)
        };
        // Where the reflog has expired, the newest one is there all the same.
        let (mut output, mut is_listed) = (log("--walk-reflogs")?, true);
        if output.is_empty() {
            (output, is_listed) = (log("--no-walk")?, false);
        }
        let mut places = Vec::new();
        for (position, line) in nul_separated(&output).enumerate() {
            let commits = line.trim_ascii().split(|&byte| byte == b' ').map(ObjectId::parse);
            for (part, commit) in commits.enumerate() {
                let suffix = match part {
                    0 => "",
                    2 => "^2",
                    3 => "^3",
                    // The first parent is the commit that the stash was made on.
                    _ => continue,
                };
                let name = if is_listed {
                    format!("stash@{{{position}}}{suffix}")
                } else {
                    format!("refs/stash{suffix}")
                };
                places.extend(commit.map(|tip| Place { name, kind: RefKind::Stash, tip }));
            }
        }
        Ok(places)
    }

    /// For each of `commits` what it has at each of `paths`, which are relative to the top folder. One process. A path with
    /// a line break in it is found nowhere: git before 2.42 cannot be asked for it.
    ///
    /// Fails where git does.
    pub fn objects_at(
        &self,
        commits: &[&ObjectId],
        paths: &[&Path],
    ) -> Result<Vec<Vec<Option<ObjectId>>>, GitError> {
        let asked: Vec<usize> = (0..paths.len())
            .filter(|&at| !paths[at].as_os_str().as_encoded_bytes().contains(&b'\n'))
            .collect();
        let mut found = vec![vec![None; paths.len()]; commits.len()];
        if commits.is_empty() || asked.is_empty() {
            return Ok(found);
        }
        let mut request = Vec::new();
        for commit in commits {
            for &at in &asked {
                request.extend_from_slice(commit.as_str().as_bytes());
                request.push(b':');
                request.extend(tree_path(paths[at]));
                request.push(b'\n');
            }
        }
        let format = "--batch-check=%(objecttype) %(objectname)";
        let answer = self.answers(&["cat-file", format], request)?;
        for (position, line) in answer.split(|&byte| byte == b'\n').enumerate() {
            let object = line.strip_prefix(b"blob ").and_then(ObjectId::parse);
            if let (Some(object), Some(row)) = (object, found.get_mut(position / asked.len())) {
                row[asked[position % asked.len()]] = Some(object);
            }
        }
        Ok(found)
    }

    /// Each of these commits as short as git finds unambiguous. One process.
    ///
    /// Fails where git does.
    pub fn short_names(
        &self,
        commits: &BTreeSet<&ObjectId>,
    ) -> Result<BTreeMap<ObjectId, String>, GitError> {
        if commits.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut arguments = vec!["log", "--no-walk", "--no-show-signature", "--format=%H %h"];
        arguments.extend(commits.iter().map(|commit| commit.as_str()));
        arguments.push("--");
        let output = self.run_text(&arguments)?;
        let output = String::from_utf8_lossy(&output);
        let pairs = output.lines().filter_map(|line| line.split_once(' '));
        let named = |(long, short): (&str, &str)| {
            Some((ObjectId::parse(long.as_bytes())?, short.to_owned()))
        };
        Ok(pairs.filter_map(named).collect())
    }

    /// Whether the history is cut off somewhere.
    ///
    /// Fails where there is no repository.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        let output = self.run_text(&["rev-parse", "--is-shallow-repository"])?;
        Ok(output.trim_ascii() == b"true")
    }
}

/// The arguments of `git log` with those that say which commits, up to `--`, and what it reads from its stdin for them.
fn reached(mut arguments: Vec<OsString>, reach: &Reach) -> (Vec<OsString>, Vec<u8>) {
    let mut request = Vec::new();
    match reach {
        Reach::Kept => arguments.extend(["--all", "--reflog"].map(OsString::from)),
        Reach::Lost(commits) => {
            arguments.extend(["--stdin", "--not", "--all", "--reflog"].map(OsString::from));
            for commit in commits {
                request.extend_from_slice(commit.as_str().as_bytes());
                request.push(b'\n');
            }
        }
    }
    arguments.push("--".into());
    (arguments, request)
}

fn named(reference: &str) -> (RefKind, &str) {
    if let Some(tag) = reference.strip_prefix("refs/tags/") {
        return (RefKind::Tag, tag);
    }
    let kind = if reference.starts_with("refs/heads/") {
        RefKind::Local
    } else if reference.starts_with("refs/remotes/") {
        RefKind::Remote
    } else {
        RefKind::Other
    };
    (kind, short(reference))
}

/// A pathspec that means this path and what lies below it.
fn literal(path: &Path) -> OsString {
    let mut pathspec = OsString::from(":(top,literal)");
    pathspec.push(path);
    pathspec
}

/// What `git log -z --raw` printed in [`FORMAT`]. A merge is printed once for each parent.
fn commits(output: &[u8]) -> Vec<Commit> {
    let mut tokens = output.split(|&byte| byte == 0);
    let mut commits: Vec<Commit> = Vec::new();
    while let Some(token) = tokens.next() {
        let token = token.strip_prefix(b"\n").unwrap_or(token);
        if let Some(id) = token.strip_prefix(b"\x01").and_then(ObjectId::parse) {
            let mut field = || String::from_utf8_lossy(tokens.next().unwrap_or_default());
            let parents = field();
            let parents =
                parents.split(' ').filter_map(|id| ObjectId::parse(id.as_bytes())).collect();
            let (author, day) = (field().into_owned(), field().into_owned());
            let subject = field().into_owned();
            if commits.last().is_none_or(|last| last.id != id) {
                let changes = Vec::new();
                commits.push(Commit { id, parents, author, day, subject, changes });
            }
        } else if let (Some(line), Some(commit)) = (token.strip_prefix(b":"), commits.last_mut()) {
            let path = tokens.next().map(path_from_bytes).unwrap_or_default();
            commit.changes.extend(change(line, path));
        }
    }
    commits
}

/// `<mode> SP <mode> SP <object> SP <object> SP <letter>`
pub(super) fn change(line: &[u8], path: PathBuf) -> Option<FileChange> {
    let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
    let [mode_before, mode_after, before, after, _] = words.as_slice() else { return None };
    let object =
        |mode: &[u8], object: &[u8]| ObjectId::parse(object).filter(|_| mode.starts_with(b"100"));
    let (before, after) = (object(mode_before, before), object(mode_after, after));
    (before.is_some() || after.is_some()).then_some(FileChange { path, before, after })
}

#[cfg(test)]
mod tests {
    use super::commits;

    #[test]
    fn a_walk_as_git_prints_it() {
        let a = "a".repeat(40);
        let b = "b".repeat(40);
        let zero = "0".repeat(40);
        let merge = format!("\x01{a}\0{a} {b}\0A. Author\02026-11-19\0:join\0");
        let raw = |from: &str, to: &str, letter: &str, path: &str| {
            let mode = |object: &str| if object == zero { "000000" } else { "100644" };
            format!(":{} {} {from} {to} {letter}\0{path}\0", mode(from), mode(to))
        };
        let output = format!(
            "{merge}\n{}{merge}\n{}\x01{b}\0\0B\02026-11-18\0first\0\n{}",
            raw(&a, &zero, "D", "v/x.py"),
            raw(&a, &b, "M", "v/\ny.py"),
            raw(&zero, &a, "A", "v/x.py"),
        );
        let found = commits(output.as_bytes());
        let shown: Vec<String> = found
            .iter()
            .map(|commit| {
                let changes = commit.changes.iter().map(|change| {
                    let is = |object: bool| if object { "x" } else { "-" };
                    format!(
                        " {:?} {}{}",
                        change.path,
                        is(change.before.is_some()),
                        is(change.after.is_some())
                    )
                });
                let parents = commit.parents.len();
                format!(
                    "{} {parents} {:?}{}",
                    &commit.id.as_str()[..2],
                    commit.subject,
                    changes.collect::<String>()
                )
            })
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        aa 2 ":join" "v/x.py" x- "v/\ny.py" xx
        bb 0 "first" "v/x.py" -x
        "#);
    }
}
