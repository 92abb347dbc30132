//! The rules: one file each, and the only list of them.
//!
//! A rule is a small function over finished facts. It reads the graph and the scripts, and adds diagnostics; it does
//! no I/O, renders nothing and counts nothing. Severity, ignore comments and order are the pipeline's business.

use crate::diagnostic::Diagnostic;
use crate::environment::Environment;
use crate::graph::RevisionGraph;
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
}

impl Context<'_> {
    /// The scripts that the hygiene rules look at, in load order.
    pub fn scripts_in_scope(&self) -> impl Iterator<Item = &Script> {
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

/// The families of rules, which differ in when they run and what silences them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every other answer rests on these: always reported, only an explicit ignore silences one.
    Integrity,
    /// Looks at the whole history.
    History,
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
pub static RULES: &[&Rule] = &[];

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
