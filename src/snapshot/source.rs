//! What a tree was made of, and what it is called.

/// What a tree was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The index.
    Index,
    /// A commit, by the name it was asked for.
    Commit(String),
    /// The merge of `HEAD` with a commit, by the name it was asked for.
    Merge(String),
}

impl std::fmt::Display for Source {
    /// As part of a sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Index => f.write_str("the index"),
            Self::Commit(name) => write!(f, "`{name}`"),
            Self::Merge(name) => write!(f, "the merge with `{name}`"),
        }
    }
}
