//! The document of `operations`: what each revision does, as far as it is understood.

use serde::Serialize;

use super::{Environment, EnvironmentReport, SCHEMA, Sources, environment, write};
use crate::operations::{Action, Effect, Functions, Operations};
use crate::script::Script;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    environments: Vec<Environment<'a>>,
    revisions: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    environment: &'a str,
    revision: Option<&'a str>,
    path: String,
    upgrade: Function<'a>,
    downgrade: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    operations: Vec<Operation<'a>>,
    opaque: Vec<Opaque<'a>>,
}

#[derive(Serialize)]
struct Operation<'a> {
    kind: &'a str,
    line: usize,
    column: usize,
    certain: bool,
    summary: &'a str,
    effects: Vec<EffectFacts<'a>>,
}

#[derive(Serialize)]
struct EffectFacts<'a> {
    action: &'static str,
    resource: &'static str,
    name: String,
    table: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
}

#[derive(Serialize)]
struct Opaque<'a> {
    line: usize,
    column: usize,
    why: &'a str,
    mentions: &'a [String],
}

/// The document of `operations`: per environment the revisions that were asked for, with what they do.
pub fn operations(
    environments: &[EnvironmentReport],
    answers: &[(String, Vec<(&Script, Functions)>)],
    sources: &Sources,
) -> String {
    let revisions = answers.iter().flat_map(|(name, read)| {
        read.iter().map(move |(script, functions)| One {
            environment: name,
            revision: script.id().map(crate::revision::RevisionId::as_str),
            path: sources.from_root(&script.path),
            upgrade: function(&functions.upgrade),
            downgrade: function(&functions.downgrade),
        })
    });
    write(&Document {
        schema: SCHEMA,
        environments: environments.iter().map(|one| environment(one, None, sources)).collect(),
        revisions: revisions.collect(),
    })
}

fn function(operations: &Operations) -> Function<'_> {
    let understood = operations.understood.iter().map(|operation| Operation {
        kind: operation.kind,
        line: operation.place.line,
        column: operation.place.column,
        certain: operation.is_certain,
        summary: &operation.summary,
        effects: operation.effects.iter().map(effect).collect(),
    });
    let opaque = operations.opaque.iter().map(|opaque| Opaque {
        line: opaque.place.line,
        column: opaque.place.column,
        why: &opaque.why,
        mentions: &opaque.mentions,
    });
    Function { operations: understood.collect(), opaque: opaque.collect() }
}

fn effect(effect: &Effect) -> EffectFacts<'_> {
    let (action, attribute, value, to) = match &effect.action {
        Action::Create { .. } => ("create", None, None, None),
        Action::Drop { .. } => ("drop", None, None, None),
        Action::Rename { to } => ("rename", None, None, Some(to.name())),
        Action::Modify { attribute, value } => ("modify", Some(*attribute), value.as_deref(), None),
        Action::Restate { attribute, value } => {
            ("restate", Some(*attribute), value.as_deref(), None)
        }
        Action::Use => ("use", None, None, None),
        Action::ReadRows => ("read-rows", None, None, None),
        Action::WriteRows => ("write-rows", None, None, None),
    };
    EffectFacts {
        action,
        resource: effect.resource.kind(),
        name: effect.resource.name(),
        table: effect.resource.table().map(ToString::to_string),
        to,
        attribute,
        value,
    }
}
