//! `onehead operations`: what revisions do to the schema, as far as it can be read.
//!
//! Says what was understood and what was not, and judges neither.

use std::fmt::Write as _;

use super::project::{History, Project};
use super::reading::lookup_error;
use super::saying;
use crate::alembic::question::Question;
use crate::cli::{Format, GlobalArgs, OperationsArgs};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::operations::{self, Functions, Operations};
use crate::python::decode;
use crate::report::sanitize::sanitize;
use crate::report::{Report, json, text};
use crate::rules::words;
use crate::script::{Depth, MAX_BYTES, Script};
use crate::ui::Ui;

/// Runs the command.
pub(super) fn run(global: &GlobalArgs, args: &OperationsArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    let project = Project::open_at(global, ui, Scope::Nearest, &args.snapshot)?;
    project.warn(false);
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    let mut chosen: Vec<Vec<&Script>> = vec![Vec::new(); histories.len()];
    if args.revs.is_empty() {
        for (chosen, history) in chosen.iter_mut().zip(&histories) {
            chosen.extend(history.graph.heads().iter().map(|node| history.graph.script(*node)));
        }
    }
    for rev in &args.revs {
        choose(&project, &histories, rev, &mut chosen)?;
    }
    let reports = histories.iter().map(History::integrity_report).collect();
    let report = Report::of_worktree(reports);
    let sources = project.sources(&report);
    let mut answers = Vec::new();
    for (history, scripts) in histories.iter().zip(&chosen) {
        let read = scripts.iter().map(|script| Ok((*script, functions(&project, script)?)));
        answers.push((history.facts().name, read.collect::<Result<Vec<_>, Error>>()?));
    }
    if project.format == Format::Json {
        ui.data(&json::operations(&report.environments, &answers, &sources));
        return Ok(ExitStatus::Success);
    }
    if !project.quiet {
        let several = answers.iter().filter(|(_, read)| !read.is_empty()).count() > 1;
        for (name, read) in &answers {
            if several && !read.is_empty() {
                ui.data(&format!("# {}\n", sanitize(name)));
            }
            for (script, functions) in read {
                ui.data(&told(&project, script, functions, args.downgrade));
            }
        }
        ui.talk(&text::text(&report, &sources, ui.styled_stderr));
    }
    Ok(ExitStatus::Success)
}

/// Adds what an argument means to what was chosen, in the one environment in which it means something.
fn choose<'h>(
    project: &Project,
    histories: &'h [History<'h>],
    rev: &str,
    chosen: &mut [Vec<&'h Script>],
) -> Result<(), Error> {
    let question = Question::show(rev)?;
    let mut refused = None;
    let mut found = Vec::new();
    for (index, history) in histories.iter().enumerate() {
        match question.answer(&history.graph, history.scripts) {
            Ok(answer) => found.push((index, answer)),
            Err(error) => refused = refused.or_else(|| Some(lookup_error(&error, &history.graph))),
        }
    }
    if let (true, Some((first, _))) = (found.len() > 1, found.first()) {
        return Err(Error::SeveralEnvironments {
            argument: rev.to_owned(),
            names: found.iter().map(|(at, _)| histories[*at].environment.name.clone()).collect(),
            options: histories[*first].environment.options(&|path| project.shown(path)),
        });
    }
    if let (true, Some(error)) = (found.is_empty(), refused) {
        return Err(error);
    }
    for (index, answer) in found {
        let graph = &histories[index].graph;
        for node in answer.nodes {
            let script = graph.script(node);
            if !chosen[index].iter().any(|known| known.path == script.path) {
                chosen[index].push(script);
            }
        }
    }
    Ok(())
}

/// What a script does.
fn functions(project: &Project, script: &Script) -> Result<Functions, Error> {
    let bytes = project
        .snapshot
        .read(&script.path)
        .map_err(|error| project.snapshot.unreadable(&error, project.shown(&script.path)))?;
    if bytes.len() > MAX_BYTES {
        return Ok(Functions::unreadable("the file is too large"));
    }
    let decoded = decode::decode(&bytes);
    if !decoded.flaws.is_empty() {
        return Ok(Functions::unreadable("the file cannot be decoded"));
    }
    Ok(operations::read(&decoded.text))
}

/// The revision, and what each of its functions does.
fn told(project: &Project, script: &Script, functions: &Functions, downgrade: bool) -> String {
    let path = project.shown(&script.path);
    let id = script.id().map(crate::revision::RevisionId::as_str).unwrap_or_default();
    let mut out = format!("{} ({})\n", sanitize(id), sanitize(&path));
    block(&mut out, &path, "upgrade", &functions.upgrade);
    if downgrade {
        block(&mut out, &path, "downgrade", &functions.downgrade);
    }
    out
}

fn block(out: &mut String, path: &str, name: &str, operations: &Operations) {
    let understood = words::count(operations.understood.len(), "operation");
    let opaque = operations.opaque.len();
    let _ = writeln!(out, "  {name}(): {understood} understood, {opaque} opaque");
    let understood = operations.understood.iter().map(|operation| {
        let condition = if operation.is_certain { "" } else { " (perhaps)" };
        (operation.place, format!("{}{condition}", operation.summary))
    });
    let opaque = operations.opaque.iter().map(|opaque| {
        let place = format!("{path}:{}:{}", opaque.place.line, opaque.place.column);
        (opaque.place, format!("opaque: {} ({place})", opaque.why))
    });
    let mut lines: Vec<_> = understood.chain(opaque).collect();
    lines.sort_by_key(|(place, _)| place.line);
    for (place, line) in lines {
        let line = sanitize(&line);
        let _ = writeln!(out, "    {:>4}  {line}", place.line);
    }
}
