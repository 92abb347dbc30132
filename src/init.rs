//! What `onehead init` makes of a project: what it found, in words, and what it proposes.
//!
//! Values in, values out: nothing here reads or writes a file, or asks. What is there already is never overwritten; a
//! file that is not understood is left alone, and what to add is said instead.

pub mod ci;
pub mod configuration;
pub mod pre_commit;
pub mod surroundings;

use crate::filename::{Sequence, is_numbered};

/// The three things that are proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `[tool.onehead]`
    Configuration,
    /// git hooks
    Hooks,
    /// continuous integration
    Ci,
}

impl Part {
    /// What people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Hooks => "git hooks",
            Self::Ci => "CI",
        }
    }

    /// What programs read.
    pub fn key(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Hooks => "hooks",
            Self::Ci => "ci",
        }
    }
}

/// What is to be done about a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing: it is there, or not needed, as this sentence says.
    Nothing(String),
    /// A file is made or added to.
    Write {
        /// What is done, as a sentence.
        sentence: String,
        /// The file, relative to the top folder.
        path: String,
        /// What it held; `None` where it is new.
        old: Option<Vec<u8>>,
        /// What it is to hold.
        new: Vec<u8>,
    },
    /// git's own hooks are installed.
    Install,
    /// It cannot be done here: why, and what to do by hand.
    ByHand {
        /// Why, as a sentence.
        why: String,
        /// What to add, or the command to run: lines.
        add: String,
    },
}

/// A part with what is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which one.
    pub part: Part,
    /// What is to be done.
    pub action: Action,
    /// A command to run once it is done.
    pub afterwards: Option<String>,
}

impl Proposal {
    /// A proposal after which nothing needs to be run.
    pub fn new(part: Part, action: Action) -> Self {
        Self { part, action, afterwards: None }
    }

    /// Whether anything would be written.
    pub fn writes(&self) -> bool {
        matches!(self.action, Action::Write { .. } | Action::Install)
    }

    /// The question to ask before.
    pub fn question(&self) -> Option<String> {
        match &self.action {
            Action::Write { path, old: None, .. } => Some(format!("Write {path}?")),
            Action::Write { path, .. } => Some(format!("Add this to {path}?")),
            Action::Install => Some("Install the git hooks?".to_owned()),
            Action::Nothing(_) | Action::ByHand { .. } => None,
        }
    }

    /// What is proposed, or why nothing is, as a line.
    pub fn sentence(&self) -> &str {
        match &self.action {
            Action::Nothing(sentence) | Action::Write { sentence, .. } => sentence,
            Action::ByHand { why, .. } => why,
            Action::Install => {
                "before a commit, a merge and a push, in this clone (onehead hook install)"
            }
        }
    }
}

/// How the revision files of an environment are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Naming {
    /// By numbers; that of the newest file, and the one that would be next.
    Numbered {
        /// The newest.
        newest: String,
        /// The next.
        next: String,
    },
    /// By a `file_template` of its own.
    Template(String),
    /// By ids, as Alembic does it where nobody asks otherwise.
    Ids,
    /// There are no revisions yet.
    Nothing,
}

impl Naming {
    /// How files with these names are named, under this template.
    pub fn of(names: &[&str], template: &str, is_own: bool) -> Self {
        let newest = names.iter().copied().filter_map(Sequence::of).max_by_key(|one| one.number);
        match newest {
            Some(newest) if is_numbered(names.iter().copied()) => Self::Numbered {
                newest: newest.with(newest.number),
                next: newest.with(newest.number.saturating_add(1)),
            },
            _ if is_own => Self::Template(template.to_owned()),
            _ if names.is_empty() => Self::Nothing,
            _ => Self::Ids,
        }
    }

    /// What people read; empty where there is nothing to say.
    pub fn text(&self) -> String {
        match self {
            Self::Numbered { next, .. } => format!("numbered, the next is {next}"),
            Self::Template(template) => format!("named by {template}"),
            Self::Ids => "named by ids".to_owned(),
            Self::Nothing => String::new(),
        }
    }
}

/// What was found, beside the environments. Paths are relative to the top folder, with `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The baseline; or why there is none.
    pub baseline: Option<String>,
    /// How that was decided, or why there is none.
    pub why: String,
    /// The file that onehead is configured in.
    pub configuration: Option<String>,
    /// What manages the packages, and the file that tells.
    pub tool: Option<(surroundings::Tool, String)>,
    /// Where Alembic is run: file, line and command.
    pub calls: Vec<(String, usize, String)>,
    /// The hook managers, with their configurations.
    pub managers: Vec<(&'static str, String)>,
    /// Which of git's hooks run onehead already: the event, and what runs it.
    pub hooks: Vec<(&'static str, &'static str)>,
    /// For which of git's hooks somebody else has one that does not run onehead.
    pub other_hooks: Vec<&'static str>,
    /// `core.hooksPath`
    pub hooks_path: Option<String>,
    /// Continuous integration, with its files.
    pub services: Vec<(&'static str, String)>,
    /// How the files of each environment are named, in their order.
    pub naming: Vec<Naming>,
}

impl Found {
    fn hook_words(&self) -> String {
        let ours: Vec<&str> = self.hooks.iter().map(|(event, _)| *event).collect();
        let parts = [
            (!ours.is_empty()).then(|| format!("onehead in {}", ours.join(", "))),
            (!self.other_hooks.is_empty())
                .then(|| format!("others in {}", self.other_hooks.join(", "))),
            self.hooks_path.as_ref().map(|path| format!("core.hooksPath is {path}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// A line for each: what it is, and what was found, with paths as `shown` gives them.
    pub fn lines(&self, shown: &dyn Fn(&str) -> String) -> Vec<(&'static str, String)> {
        let named = |names: &[(&'static str, String)]| {
            let each: Vec<String> =
                names.iter().map(|(name, file)| format!("{name} ({})", shown(file))).collect();
            each.join(", ")
        };
        let baseline = match &self.baseline {
            Some(name) => format!("{name} ({})", self.why),
            None => format!("none: {}", self.why),
        };
        let mut lines = vec![("baseline", baseline)];
        if let Some(path) = &self.configuration {
            lines.push(("configured in", shown(path)));
        }
        if let Some((tool, file)) = &self.tool {
            lines.push(("packages", format!("{} ({})", tool.name(), shown(file))));
        }
        for (path, line, command) in &self.calls {
            lines.push(("alembic", format!("{command} ({}:{line})", shown(path))));
        }
        if !self.managers.is_empty() {
            lines.push(("hook manager", named(&self.managers)));
        }
        let hooks = self.hook_words();
        if !hooks.is_empty() {
            lines.push(("git hooks", hooks));
        }
        if !self.services.is_empty() {
            lines.push(("CI", named(&self.services)));
        }
        lines
    }
}
