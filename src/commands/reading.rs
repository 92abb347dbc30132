//! `heads`, `branches`, `history`, `show`: Alembic's own answers, from the heads of the files alone.
//!
//! Where Alembic would stop, what can still be said goes to stdout and what is wrong to stderr.

use super::project::{History, Project};
use crate::alembic::question::{Answer, Question};
use crate::cli::{Command, Format, GlobalArgs, SnapshotArgs};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::graph::symbol::LookupError;
use crate::graph::{Node, RevisionGraph};
use crate::report::sanitize::sanitize;
use crate::report::{Report, RevisionFacts, json, text};
use crate::script::Depth;
use crate::ui::Ui;

/// Runs one of the four commands.
pub(super) fn run(global: &GlobalArgs, command: &Command, ui: Ui) -> Result<ExitStatus, Error> {
    super::saying::no_concise(global.format)?;
    let question = question(command)?;
    let project = Project::open_at(global, ui, Scope::Nearest, snapshot(command))?;
    project.warn(false);
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    let answers =
        histories.iter().map(|history| (history, question.answer(&history.graph, history.scripts)));
    let answers = choose(&project, &question, answers.collect())?;
    let succeeds = answers.iter().all(|(_, answer)| answer.succeeds);
    write(&project, &question, answers);
    // The process ends here: taking a hundred thousand scripts apart would only make it last longer.
    drop(histories);
    std::mem::forget(scripts);
    Ok(if succeeds { ExitStatus::Success } else { ExitStatus::Problems })
}

fn snapshot(command: &Command) -> &SnapshotArgs {
    match command {
        Command::Branches { snapshot, .. }
        | Command::History { snapshot, .. }
        | Command::Show { snapshot, .. }
        | Command::Heads { snapshot, .. } => snapshot,
        // `commands::dispatch` brings no other, but for one that `question` has refused.
        _ => unreachable!("the dispatcher passes the four reading commands only"),
    }
}

fn question(command: &Command) -> Result<Question, Error> {
    match command {
        Command::Branches { verbose, .. } => Ok(Question::Branches { verbose: *verbose }),
        Command::History { indicate_current: true, .. } => {
            Err(Error::NeedsDatabase { command: "alembic history -i".to_owned() })
        }
        Command::Current { .. } => {
            Err(Error::NeedsDatabase { command: "alembic current".to_owned() })
        }
        Command::History { verbose, rev_range, .. } => {
            Question::history(*verbose, rev_range.as_deref())
        }
        Command::Show { rev, .. } => Question::show(rev),
        Command::Heads { verbose, resolve_dependencies, .. } => {
            let (verbose, resolve_dependencies) = (*verbose, *resolve_dependencies);
            Ok(Question::Heads { verbose, resolve_dependencies })
        }
        // `commands::dispatch` brings no other.
        _ => unreachable!("the dispatcher passes the four reading commands only"),
    }
}

type Answered<'h> = (&'h History<'h>, Answer);

/// With an argument of the user's: the one environment in which it means something. Without: all of them.
pub(super) fn choose<'h>(
    project: &Project,
    question: &Question,
    answers: Vec<(&'h History<'h>, Result<Answer, LookupError>)>,
) -> Result<Vec<Answered<'h>>, Error> {
    let mut refused = None;
    let mut given = Vec::new();
    for (history, answer) in answers {
        match answer {
            Ok(answer) => given.push((history, answer)),
            Err(error) => refused = refused.or_else(|| Some(lookup_error(&error, &history.graph))),
        }
    }
    if let Some(argument) = question.argument()
        && given.len() > 1
    {
        let names = given.iter().map(|(history, _)| history.environment.name.clone()).collect();
        let options = given[0].0.environment.options(&|path| project.shown(path));
        return Err(Error::SeveralEnvironments { argument, names, options });
    }
    match refused {
        Some(error) if given.is_empty() => Err(error),
        _ => Ok(given),
    }
}

/// The error for an argument that Alembic refuses, with what it could have been.
pub(super) fn lookup_error(error: &LookupError, graph: &RevisionGraph<'_>) -> Error {
    let sentence = error.to_string();
    let hint = match error {
        LookupError::Ambiguous { matches, .. } => {
            Some(format!("it could be {}", matches.join(", ")))
        }
        LookupError::MultipleHeads { heads, .. } => {
            Some(format!("it could be {}", heads.join(", ")))
        }
        LookupError::Unknown { argument } | LookupError::NoSuchBranch { branch: argument } => {
            let ids: Vec<&str> = graph.nodes().map(|node| graph.id(node).as_str()).collect();
            let nearest =
                crate::nearest::nearest(argument, ids).map(|id| format!("did you mean `{id}`?"));
            Some(
                nearest.unwrap_or_else(|| "run `onehead history` to list the revisions".to_owned()),
            )
        }
        LookupError::NotInBranch { .. } => error.detail(),
        _ => None,
    };
    Error::Revision { sentence, hint }
}

fn write(project: &Project, question: &Question, answers: Vec<Answered<'_>>) {
    let reports = answers.iter().map(|(history, _)| history.integrity_report()).collect();
    let report = Report::of_worktree(reports);
    let sources = project.sources(&report);
    let ui = project.ui;
    if project.format == Format::Json {
        let document = if matches!(question, Question::History { .. } | Question::Show { .. }) {
            let revisions = answers.into_iter().map(|(history, answer)| {
                let facts = |node: &Node| RevisionFacts::of(&history.graph, *node);
                answer.nodes.iter().map(facts).collect()
            });
            json::revisions(
                &report.environments.into_iter().zip(revisions).collect::<Vec<_>>(),
                &sources,
            )
        } else {
            json::environments(&report.environments, &sources)
        };
        return ui.data(&document);
    }
    if project.quiet {
        ui.talk(&text::quiet(&report, &sources));
    } else {
        for ((_, answer), environment) in answers.iter().zip(&report.environments) {
            if answers.len() > 1 {
                ui.data(&format!("# {}\n", sanitize(&environment.facts.name)));
            }
            ui.answer(&answer.text);
        }
        ui.talk(&text::text(&report, &sources, ui.styled_stderr));
    }
    for refusal in answers.iter().filter_map(|(_, answer)| answer.refusal.as_ref()) {
        ui.talk(&format!("{}: {}\n", ui.error_word("error"), sanitize(refusal)));
    }
}
