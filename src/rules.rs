//! The rules: one file each, and the only list of them.
//!
//! A rule is a small function over finished facts. It reads the graph and the scripts, and adds diagnostics; it does
//! no I/O, renders nothing and counts nothing. Severity, ignore comments and order are the pipeline's business.

pub mod settings;
pub mod words;

mod cycle;
mod duplicate_label;
mod duplicate_revision;
mod empty_message;
mod facts;
mod filename_mismatch;
mod fork_on_merge;
mod inserted_below_published;
pub(crate) mod invalid_revision_id;
mod merge_revision;
mod merge_with_operations;
mod missing_dependency;
pub(crate) mod missing_parent;
mod multiple_heads;
mod placeholder_id;
mod published;
mod published_operations_changed;
mod published_revision_changed;
mod published_revision_deleted;
mod redundant_merge;
mod sequence_collision;
mod stale_header;
pub(crate) mod surplus;
mod unknown_value;
mod unreadable_script;
pub(crate) mod unused_ignore;

#[cfg(test)]
pub(crate) mod testing;

use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::Environment;
use crate::graph::RevisionGraph;
use crate::published::PublishedScripts;
use crate::script::Script;

/// What a rule looks at.
pub struct Context<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// Its scripts in load order.
    pub scripts: &'a [Script],
    /// The history they make.
    pub graph: &'a RevisionGraph<'a>,
    /// For each script whether the hygiene rules look at it (unpublished, or `--all`).
    pub in_scope: &'a [bool],
    /// What the baseline says of the scripts; `None` where no baseline could be read.
    pub published: Option<&'a PublishedScripts>,
    /// What was merged to get this history; `None` where it is no merge that git would make.
    pub merge: Option<&'a Merge<'a>>,
}

/// The two sides of a merge that git would make.
pub struct Merge<'a> {
    /// The ref that would be merged, as it was asked for.
    pub other: String,
    /// The history here.
    pub ours: &'a RevisionGraph<'a>,
    /// The history there.
    pub theirs: &'a RevisionGraph<'a>,
}

impl<'a> Context<'a> {
    /// The scripts that the hygiene rules look at, in load order.
    pub fn scripts_in_scope(&self) -> impl Iterator<Item = &'a Script> {
        self.scripts
            .iter()
            .zip(self.in_scope)
            .filter(|&(_, &wanted)| wanted)
            .map(|(script, _)| script)
    }
}

/// What a rule weighs when nothing is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Fails the check.
    Error,
    /// Is shown; fails the check under `--strict`.
    Warning,
    /// Must be selected, and is then a warning.
    Off,
}

impl Level {
    /// `error`, `warning` or `off`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Off => "off",
        }
    }

    /// What a finding weighs once the rule runs.
    pub fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning | Self::Off => Severity::Warning,
        }
    }
}

/// The families of rules, which differ in when they run and what silences them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every other answer rests on these: always reported, only an explicit ignore silences one.
    Integrity,
    /// Alembic loads no history with one of its errors, but what is read of it stands.
    Loading,
    /// Looks at the whole history.
    History,
    /// Looks at what differs from the baseline; has nothing to say any more once that is published itself.
    Published,
    /// Looks at what is unpublished only.
    Hygiene,
    /// Looks at the findings of the others, after them.
    Meta,
}

/// One rule.
pub struct Rule {
    /// Stable, says the problem.
    pub name: &'static str,
    /// One line, without a period, for lists.
    pub summary: &'static str,
    /// Its weight by default.
    pub level: Level,
    /// Its family.
    pub kind: Kind,
    /// The rule's page in Markdown, shown by `explain` and run by the tests.
    pub page: &'static str,
    /// Adds what the rule finds.
    pub check: fn(&Context<'_>, &mut Vec<Diagnostic>),
}

/// Every rule, in the order of the documentation.
pub static RULES: &[&Rule] = &[
    &multiple_heads::RULE,
    &missing_parent::RULE,
    &missing_dependency::RULE,
    &duplicate_revision::RULE,
    &cycle::RULE,
    &duplicate_label::RULE,
    &unreadable_script::RULE,
    &unknown_value::RULE,
    &invalid_revision_id::RULE,
    &fork_on_merge::RULE,
    &published_revision_changed::RULE,
    &published_revision_deleted::RULE,
    &published_operations_changed::RULE,
    &inserted_below_published::RULE,
    &sequence_collision::RULE,
    &placeholder_id::RULE,
    &merge_with_operations::RULE,
    &redundant_merge::RULE,
    &stale_header::RULE,
    &filename_mismatch::RULE,
    &empty_message::RULE,
    &merge_revision::RULE,
    &unused_ignore::RULE,
];

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Kind, Level, RULES};

    /// The sections of a page, in this order.
    const SECTIONS: [&str; 6] = [
        "## What it finds",
        "## Why it matters",
        "## Bad",
        "## Good",
        "## How to mend it",
        "## How to silence it",
    ];

    #[test]
    fn names_are_unique_and_spelled_alike() {
        let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
        for name in names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
        }
    }

    #[test]
    fn summaries_are_lower_case_phrases_without_a_period() {
        for rule in RULES {
            assert!(rule.summary.starts_with(|c: char| !c.is_uppercase()), "{}", rule.name);
            assert!(!rule.summary.ends_with('.'), "{}", rule.name);
        }
    }

    #[test]
    fn every_page_has_its_title_and_the_agreed_sections_in_order() {
        for rule in RULES {
            assert!(rule.page.starts_with(&format!("# {}\n", rule.name)), "{}", rule.name);
            let sections: Vec<&str> =
                rule.page.lines().filter(|line| line.starts_with("## ")).collect();
            assert_eq!(sections, SECTIONS, "{}", rule.name);
        }
    }

    #[test]
    fn every_page_says_the_default_level() {
        for rule in RULES {
            let line = format!("Default: {}", rule.level.as_str());
            assert!(rule.page.contains(&line), "{} does not say {line:?}", rule.name);
        }
    }

    #[test]
    fn pages_keep_to_a_hundred_columns() {
        for rule in RULES {
            let wide = rule.page.lines().find(|line| line.chars().count() > 100);
            assert_eq!(wide, None, "{}", rule.name);
        }
    }

    #[test]
    fn integrity_rules_are_errors() {
        for rule in RULES.iter().filter(|rule| rule.kind == Kind::Integrity) {
            assert_eq!(rule.level, Level::Error, "{}", rule.name);
        }
    }
}
