//! The git hooks: their scripts as text, how they are known again, and what installing does with what is there.
//!
//! Values in, values out: nothing here reads or writes a file, asks git, or judges a history. A hook of somebody else
//! is never overwritten and never lost: it is moved aside, run first, and put back.

mod decide;
pub mod layer;
mod mention;
mod script;
pub mod snippet;

use clap::ValueEnum;

pub use decide::{
    Foreign, Found, Install, Place, Refusal, Site, Step, Uninstall, install, uninstall,
};
pub use mention::{Manager, calls_onehead, hook_manager, names_event};
pub use script::{Own, Script, VERSION, recognise};

/// An event at which git runs a hook that onehead has something to say in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Event {
    /// Before a commit.
    PreCommit,
    /// Before the commit of a merge without conflicts.
    PreMergeCommit,
    /// Before a push.
    PrePush,
    /// After a merge or a pull.
    PostMerge,
    /// After a rebase or an amended commit.
    PostRewrite,
    /// After a checkout.
    PostCheckout,
}

impl Event {
    /// Those that block what would break the history.
    pub const BLOCKING: [Self; 3] = [Self::PreCommit, Self::PreMergeCommit, Self::PrePush];

    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PreCommit,
        Self::PreMergeCommit,
        Self::PrePush,
        Self::PostMerge,
        Self::PostRewrite,
        Self::PostCheckout,
    ];

    /// git's name for its hook.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PrePush => "pre-push",
            Self::PostMerge => "post-merge",
            Self::PostRewrite => "post-rewrite",
            Self::PostCheckout => "post-checkout",
        }
    }

    /// The event of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// Whether its hook only says something, and never blocks anything.
    pub fn is_advice(self) -> bool {
        !Self::BLOCKING.contains(&self)
    }

    /// Whether git writes something on the standard input of its hook.
    pub fn has_input(self) -> bool {
        matches!(self, Self::PrePush | Self::PostRewrite)
    }

    /// The name under which git's configuration has the hook; one that is called like an event is fatal to git (2.55).
    pub fn config_name(self) -> String {
        format!("onehead-{}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Event;
    use clap::ValueEnum as _;

    #[test]
    fn an_event_is_called_as_git_calls_it() {
        for event in Event::ALL {
            let value = event.to_possible_value().unwrap();
            assert_eq!(value.get_name(), event.name());
            assert_eq!(Event::find(event.name()), Some(event));
        }
        assert_eq!(Event::find("update"), None);
    }
}
