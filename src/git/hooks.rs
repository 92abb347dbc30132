//! Where git looks for hooks, what decides that, and the hooks that its configuration has.
//!
//! Knows no hook script: what stands in the folder, and whether something is to be written there, is decided by who
//! asks.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{Git, GitError, nul_separated, path_from_bytes};

/// What a folder is to git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// It lies in a working tree, whose top folder this is.
    Work(PathBuf),
    /// It is, or lies in, a repository without a working tree.
    Bare,
    /// It lies in the git directory of a repository that has one.
    Inside,
    /// It lies in no repository.
    None,
}

/// A value of `core.hooksPath`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HooksPath {
    /// As it is written.
    pub value: String,
    /// `system`, `global`, `local`, `worktree` or `command`.
    pub scope: String,
    /// Where it is written: `file:.git/config`.
    pub origin: String,
}

impl HooksPath {
    /// Whether it is said for other repositories as well, or for one run only.
    pub fn is_outside(&self) -> bool {
        !matches!(self.scope.as_str(), "local" | "worktree")
    }
}

/// The version of git, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl Version {
    /// The first that runs hooks from its configuration.
    pub const CONFIG_HOOKS: Self = Self(2, 54);

    /// The first that merges without a working tree (`merge-tree --write-tree`).
    pub const MERGE_TREE: Self = Self(2, 38);

    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.strip_prefix("git version ")?.split('.');
        let mut number = || numbers.next()?.trim().parse().ok();
        Some(Self(number()?, number()?))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl Git {
    /// What the folder that this was made with is to git, whichever folder of the repository that is.
    ///
    /// Fails where git refuses to look, for instance at a repository of somebody else.
    pub fn tree(&self) -> Result<Tree, GitError> {
        let output =
            match self.run_text(&["rev-parse", "--is-bare-repository", "--is-inside-work-tree"]) {
                Ok(output) => output,
                Err(error) if error.0.starts_with("not a git repository") => return Ok(Tree::None),
                Err(error) => return Err(error),
            };
        match output.split(|&byte| byte == b'\n').collect::<Vec<_>>().as_slice() {
            [b"true", ..] => Ok(Tree::Bare),
            [_, b"true", ..] => self.path_of("--show-toplevel").map(Tree::Work),
            _ => Ok(Tree::Inside),
        }
    }

    /// The folder in which git looks for hooks; absolute, whether or not it is there. To be asked at the top folder.
    pub fn hooks_folder(&self) -> Result<PathBuf, GitError> {
        let output = self.run_text(&["rev-parse", "--git-path", "hooks"])?;
        Ok(self.top.join(path_from_bytes(line(&output))))
    }

    /// The git directory that all worktrees have in common; absolute.
    pub fn common_directory(&self) -> Result<PathBuf, GitError> {
        self.path_of("--git-common-dir")
    }

    fn path_of(&self, option: &str) -> Result<PathBuf, GitError> {
        let output = self.run_text(&["rev-parse", option])?;
        Ok(self.top.join(path_from_bytes(line(&output))))
    }

    /// The value of `core.hooksPath` that counts, if it is set anywhere.
    pub fn hooks_path(&self) -> Result<Option<HooksPath>, GitError> {
        let options =
            ["config", "--show-scope", "--show-origin", "-z", "--get-all", "core.hooksPath"];
        let output = self.ask(&options)?.unwrap_or_default();
        let fields: Vec<String> = output
            .strip_suffix(b"\0")
            .map(|output| output.split(|&byte| byte == 0))
            .into_iter()
            .flatten()
            .map(|field| String::from_utf8_lossy(field).into_owned())
            .collect();
        // The last one counts.
        let Some([scope, origin, value]) = fields.chunks_exact(3).next_back() else {
            return Ok(None);
        };
        Ok(Some(HooksPath { value: value.clone(), scope: scope.clone(), origin: origin.clone() }))
    }

    /// Whether git tracks a file below `folder`, which is relative to the top folder.
    pub fn tracks_below(&self, folder: &Path) -> Result<bool, GitError> {
        let options = ["ls-files", "-z", "--"].map(OsStr::new);
        let output = self.run(&[&options[..], &[folder.as_os_str()]].concat())?;
        Ok(!output.is_empty())
    }

    /// The version of git.
    ///
    /// Fails where git says something else than a version.
    pub fn version(&self) -> Result<Version, GitError> {
        let output = self.run_text(&["version"])?;
        let text = String::from_utf8_lossy(&output);
        let unknown =
            || GitError(format!("git has no version that is understood: {}", text.trim()));
        Version::parse(text.trim()).ok_or_else(unknown)
    }

    /// The hooks that git would run for an event, as it lists them (2.54 and later).
    pub fn listed_hooks(&self, event: &str) -> Result<Vec<String>, GitError> {
        let output = self.run_text(&["hook", "list", event])?;
        Ok(String::from_utf8_lossy(&output).lines().map(str::to_owned).collect())
    }

    /// The keys and values of the repository's own configuration whose key begins with `prefix`, which is in lower case.
    pub fn local_config(&self, prefix: &str) -> Result<Vec<(String, String)>, GitError> {
        let pattern = format!("^{}", prefix.replace('.', "\\."));
        let options = ["config", "--local", "-z", "--get-regexp", &pattern];
        let output = self.ask(&options)?.unwrap_or_default();
        // `<key> LF <value> NUL`, and a key without a value without the line break.
        let pair = |entry: &[u8]| {
            let text = String::from_utf8_lossy(entry).into_owned();
            let (key, value) = text.split_once('\n').unwrap_or((&text, ""));
            (key.to_owned(), value.to_owned())
        };
        Ok(nul_separated(&output).map(pair).collect())
    }

    /// Gives a key of the repository's own configuration this one value.
    pub fn set_config(&self, key: &str, value: &str) -> Result<(), GitError> {
        self.run_text(&["config", "--local", "--replace-all", key, value]).map(drop)
    }

    /// Takes a section out of the repository's own configuration.
    pub fn remove_config_section(&self, section: &str) -> Result<(), GitError> {
        self.run_text(&["config", "--local", "--remove-section", section]).map(drop)
    }
}

fn line(output: &[u8]) -> &[u8] {
    let line = output.strip_suffix(b"\n").unwrap_or(output);
    line.strip_suffix(b"\r").filter(|_| cfg!(windows)).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_as_the_systems_write_them() {
        for (text, expected) in [
            ("git version 2.47.3", Some(Version(2, 47))),
            ("git version 2.39.5 (Apple Git-154)", Some(Version(2, 39))),
            ("git version 2.55.0.windows.1", Some(Version(2, 55))),
            ("git version 3.0.rc1", Some(Version(3, 0))),
            ("hub version 2", None),
        ] {
            assert_eq!(Version::parse(text), expected, "{text}");
        }
        assert!(Version(2, 54) >= Version::CONFIG_HOOKS && Version(2, 53) < Version::CONFIG_HOOKS);
        assert!(Version(3, 0) > Version::CONFIG_HOOKS);
    }
}
