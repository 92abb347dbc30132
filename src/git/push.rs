//! What git tells the hook `pre-push`, and questions about what is pushed.

use super::{Git, GitError, ObjectId};

/// One ref that is being pushed: a line of the hook's standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// What was named here: `refs/heads/feature`, `HEAD~1`, or `(delete)`.
    pub local_ref: String,
    /// The object that goes out, which may be a tag; `None` where the ref is deleted.
    pub local: Option<ObjectId>,
    /// The ref on the other side.
    pub remote_ref: String,
    /// What the other side has; `None` where the ref is new there.
    pub remote: Option<ObjectId>,
}

impl Pushed {
    /// Reads the whole of what git wrote: `<local ref> SP <local object> SP <remote ref> SP <remote object> LF`, where a
    /// name of nothing but zeros, of whatever length, is no object (githooks(5)).
    ///
    /// Fails on a line of another form.
    pub fn parse_all(input: &[u8]) -> Result<Vec<Self>, GitError> {
        let text = String::from_utf8_lossy(input);
        text.lines().filter(|line| !line.trim().is_empty()).map(Self::parse).collect()
    }

    fn parse(line: &str) -> Result<Self, GitError> {
        let unknown = || GitError(format!("git gave the hook a line that cannot be read: {line}"));
        // From the right: only the first word may hold spaces.
        let words: Vec<&str> = line.rsplitn(4, ' ').collect();
        let [remote, remote_ref, local, local_ref] = words[..] else { return Err(unknown()) };
        let object = |text: &str| {
            let is_nothing = !text.is_empty() && text.bytes().all(|byte| byte == b'0');
            match ObjectId::parse(text.as_bytes()) {
                Some(_) if is_nothing => Ok(None),
                Some(object) => Ok(Some(object)),
                None => Err(unknown()),
            }
        };
        Ok(Self {
            local_ref: local_ref.to_owned(),
            local: object(local)?,
            remote_ref: remote_ref.to_owned(),
            remote: object(remote)?,
        })
    }
}

impl Git {
    /// The commit that an object is, or that a tag leads to; `None` where it leads to a tree or a file.
    ///
    /// Fails where git does, and where the object is not here.
    pub fn peeled(&self, object: &ObjectId) -> Result<Option<ObjectId>, GitError> {
        let request = format!("{}^{{}}\n", object.as_str());
        let arguments = ["cat-file", "--batch-check=%(objecttype) %(objectname)"];
        let answer = self.answers(&arguments, request.into_bytes())?;
        let answer = String::from_utf8_lossy(&answer);
        let mut words = answer.split_whitespace();
        match (words.next(), words.next()) {
            (Some("commit"), Some(commit)) => Ok(ObjectId::parse(commit.as_bytes())),
            (Some("tree" | "blob"), _) => Ok(None),
            _ => Err(GitError(format!("git does not have {}", object.as_str()))),
        }
    }

    /// The full name of the ref that a name stands for; `None` where it stands for none.
    pub fn full_name(&self, name: &str) -> Option<String> {
        // No ref is called so.
        if name.starts_with('-') {
            return None;
        }
        let arguments = ["rev-parse", "--symbolic-full-name", "--verify", "--quiet", name];
        let output = self.run_text(&arguments).ok()?;
        let text = String::from_utf8_lossy(&output).lines().last()?.to_owned();
        Some(text).filter(|text| text.starts_with("refs/"))
    }

    /// When a ref last moved, by its reflog, in seconds since 1970; `None` where it has none.
    pub fn last_moved(&self, reference: &str) -> Option<i64> {
        let arguments = ["log", "-g", "-1", "--format=%gd", "--date=unix", reference, "--"];
        let output = self.run_text(&arguments).ok()?;
        let text = String::from_utf8_lossy(&output);
        text.trim().rsplit_once("@{")?.1.strip_suffix('}')?.parse().ok()
    }

    /// Whether a tracked file differs from `HEAD`, in the index or in the working tree. Fails where git does.
    pub fn is_dirty(&self) -> Result<bool, GitError> {
        let options =
            ["status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules"];
        Ok(!self.run_text(&options)?.is_empty())
    }

    /// The paths at which two commits differ, of those that `folders` hold. Fails where git does.
    pub fn changed_between(
        &self,
        before: &str,
        after: &str,
        folders: &[&std::path::Path],
    ) -> Result<Vec<std::path::PathBuf>, GitError> {
        let options = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after, "--"];
        let output = self.run(&super::with_paths(&options, folders))?;
        Ok(super::nul_separated(&output).map(super::path_from_bytes).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Pushed;

    #[test]
    fn every_form_that_git_writes() {
        let one = "1".repeat(40);
        let none = "0".repeat(40);
        let line = format!(
            "refs/heads/main {one} refs/heads/main {none}\n(delete) {none} refs/heads/r1 {one}\n\
             a name {one} refs/tags/v2 {one}\n"
        );
        let pushed = Pushed::parse_all(line.as_bytes()).unwrap();
        let shown: Vec<(&str, bool, &str, bool)> = pushed
            .iter()
            .map(|one| {
                (&*one.local_ref, one.local.is_some(), &*one.remote_ref, one.remote.is_some())
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("refs/heads/main", true, "refs/heads/main", false),
                ("(delete)", false, "refs/heads/r1", true),
                ("a name", true, "refs/tags/v2", true),
            ]
        );
    }

    #[test]
    fn longer_names_of_objects() {
        let line = format!("HEAD {} refs/heads/x {}", "a".repeat(64), "0".repeat(64));
        let pushed = Pushed::parse_all(line.as_bytes()).unwrap();
        assert!(pushed[0].local.is_some() && pushed[0].remote.is_none());
    }

    #[test]
    fn nothing_and_nonsense() {
        assert_eq!(Pushed::parse_all(b"").unwrap(), []);
        assert!(Pushed::parse_all(b"refs/heads/main abc").is_err());
        assert!(Pushed::parse_all(b"a b c d").is_err());
    }
}
