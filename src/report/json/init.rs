//! The document of `init`.

use serde::Serialize;

use super::{
    Environment, EnvironmentReport, FileChange, SCHEMA, Sources, environment, file_changes, write,
};
use crate::fix::Change;
use crate::init::{self, Action, Naming, Proposal};

#[derive(Serialize)]
struct Init<'a> {
    schema: u32,
    environments: Vec<Environment<'a>>,
    found: Found<'a>,
    proposed: Vec<Proposed<'a>>,
    changes: Vec<FileChange>,
    written: bool,
}

#[derive(Serialize)]
struct Found<'a> {
    baseline: Option<&'a str>,
    baseline_reason: &'a str,
    configuration: Option<&'a str>,
    package_manager: Option<&'a str>,
    alembic_calls: Vec<Call<'a>>,
    hook_managers: Vec<Named<'a>>,
    hooks: Vec<Hook<'a>>,
    other_hooks: &'a [&'static str],
    hooks_path: Option<&'a str>,
    ci: Vec<Named<'a>>,
    naming: Vec<Name<'a>>,
}

#[derive(Serialize)]
struct Call<'a> {
    path: &'a str,
    line: usize,
    command: &'a str,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    path: &'a str,
}

#[derive(Serialize)]
struct Hook<'a> {
    event: &'a str,
    by: &'a str,
}

#[derive(Serialize)]
struct Name<'a> {
    environment: &'a str,
    kind: &'static str,
    next: Option<&'a str>,
    file_template: Option<&'a str>,
}

#[derive(Serialize)]
struct Proposed<'a> {
    part: &'static str,
    action: &'static str,
    message: &'a str,
    path: Option<&'a str>,
    text: Option<&'a str>,
    afterwards: Option<&'a str>,
}

/// The document: what was found and proposed, and the files that were written, or would be.
pub fn init(
    environments: &[EnvironmentReport],
    found: &init::Found,
    proposals: &[Proposal],
    (changes, written): (&[Change], bool),
    sources: &Sources,
) -> String {
    write(&Init {
        schema: SCHEMA,
        environments: environments.iter().map(|one| environment(one, None, sources)).collect(),
        found: of(found, environments),
        proposed: proposals.iter().map(proposed).collect(),
        changes: file_changes(changes, sources),
        written,
    })
}

fn of<'a>(found: &'a init::Found, environments: &'a [EnvironmentReport]) -> Found<'a> {
    let named = |list: &'a [(&'static str, String)]| {
        list.iter().map(|(name, path)| Named { name, path }).collect()
    };
    Found {
        baseline: found.baseline.as_deref(),
        baseline_reason: &found.why,
        configuration: found.configuration.as_deref(),
        package_manager: found.tool.as_ref().map(|(tool, _)| tool.name()),
        alembic_calls: found
            .calls
            .iter()
            .map(|(path, line, command)| Call { path, line: *line, command })
            .collect(),
        hook_managers: named(&found.managers),
        hooks: found.hooks.iter().map(|&(event, by)| Hook { event, by }).collect(),
        other_hooks: &found.other_hooks,
        hooks_path: found.hooks_path.as_deref(),
        ci: named(&found.services),
        naming: environments
            .iter()
            .zip(&found.naming)
            .map(|(one, naming)| name(&one.facts.name, naming))
            .collect(),
    }
}

fn name<'a>(environment: &'a str, naming: &'a Naming) -> Name<'a> {
    let (kind, next, file_template) = match naming {
        Naming::Numbered { next, .. } => ("numbered", Some(next.as_str()), None),
        Naming::Template(template) => ("template", None, Some(template.as_str())),
        Naming::Ids => ("ids", None, None),
        Naming::Nothing => ("none", None, None),
    };
    Name { environment, kind, next, file_template }
}

fn proposed(proposal: &Proposal) -> Proposed<'_> {
    let (action, path, text) = match &proposal.action {
        Action::Nothing(_) => ("none", None, None),
        // What is not UTF-8 is never written to.
        Action::Write { path, new, .. } => {
            ("write", Some(path.as_str()), std::str::from_utf8(new).ok())
        }
        Action::Install => ("install", None, None),
        Action::ByHand { add, .. } => ("by-hand", None, Some(add.as_str())),
    };
    Proposed {
        part: proposal.part.key(),
        action,
        message: proposal.sentence(),
        path,
        text,
        afterwards: proposal.afterwards.as_deref(),
    }
}
