//! `heads`, `branches`, `history`, `show`: Alembic's own answers, from the heads of the files alone.
//!
//! Where Alembic would stop, what can still be said goes to stdout and what is wrong to stderr.

use super::project::{History, Project};
use crate::alembic;
use crate::cli::{Command, Format, GlobalArgs};
use crate::environment::Scope;
use crate::error::{Error, ExitStatus};
use crate::graph::symbol::LookupError;
use crate::graph::{Node, RevisionGraph};
use crate::report::sanitize::sanitize;
use crate::report::{Report, RevisionFacts, json, text};
use crate::script::{Depth, Problem};
use crate::ui::Ui;

/// What one environment answers.
struct Answer {
    text: String,
    /// The revisions listed, for the JSON documents of `history` and `show`.
    revisions: Vec<RevisionFacts>,
    /// Whether Alembic could load the history and give this answer.
    succeeds: bool,
    /// Alembic's refusal of a question that has no argument of the user's in it.
    refusal: Option<String>,
}

/// Runs one of the four commands.
pub(super) fn run(global: &GlobalArgs, command: &Command, ui: Ui) -> Result<ExitStatus, Error> {
    if global.format == Format::Concise {
        return Err(Error::Usage {
            message: "`--format concise` is for `onehead check`".to_owned(),
            hint: "leave it out, or use `--format json`",
        });
    }
    let question = Question::new(command)?;
    let project = Project::open(global, ui, Scope::Nearest)?;
    project.warn();
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    let answers = histories.iter().map(|history| (history, answer(&question, history)));
    let answers = choose(&project, &question, answers.collect())?;
    let succeeds = answers.iter().all(|(_, answer)| answer.succeeds);
    write(&project, &question, answers);
    Ok(if succeeds { ExitStatus::Success } else { ExitStatus::Problems })
}

/// What is asked.
enum Question<'c> {
    Heads { verbose: bool, resolve_dependencies: bool },
    Branches { verbose: bool },
    History { verbose: bool, range: Option<(&'c str, &'c str)> },
    Show { rev: &'c str },
}

impl<'c> Question<'c> {
    fn new(command: &'c Command) -> Result<Self, Error> {
        match command {
            Command::Branches { verbose } => Ok(Self::Branches { verbose: *verbose }),
            Command::History { verbose, rev_range } => {
                let range = rev_range.as_deref().map(parse_range).transpose()?;
                Ok(Self::History { verbose: *verbose, range })
            }
            Command::Show { rev } if rev == "current" => {
                Err(Error::NeedsDatabase { command: "alembic show current".to_owned() })
            }
            Command::Show { rev } => Ok(Self::Show { rev }),
            Command::Heads { verbose, resolve_dependencies } => {
                let (verbose, resolve_dependencies) = (*verbose, *resolve_dependencies);
                Ok(Self::Heads { verbose, resolve_dependencies })
            }
            _ => unreachable!("the dispatcher passes the four reading commands only"),
        }
    }

    /// The argument that is looked up in every environment, if there is one.
    fn argument(&self) -> Option<String> {
        match self {
            Self::Show { rev } => Some((*rev).to_owned()),
            Self::History { range: Some((lower, upper)), .. } => Some(format!("{lower}:{upper}")),
            _ => None,
        }
    }
}

/// Both ends of `-r`, with Alembic's words for open ends (`command.history`).
fn parse_range(range: &str) -> Result<(&str, &str), Error> {
    let mut ends = range.trim().split(':');
    let (Some(lower), Some(upper), None) = (ends.next(), ends.next(), ends.next()) else {
        return Err(Error::Range { range: range.to_owned() });
    };
    if lower == "current" || upper == "current" {
        return Err(Error::NeedsDatabase { command: format!("alembic history -r {range}") });
    }
    let lower = if lower.is_empty() { "base" } else { lower };
    let upper = if upper.is_empty() { "heads" } else { upper };
    Ok((lower, upper))
}

/// The answer of one environment, or why the user's argument means nothing there.
fn answer(question: &Question<'_>, history: &History<'_>) -> Result<Answer, LookupError> {
    let graph = &history.graph;
    let loads = graph.load_error().is_none() && !has_unknown_parents(history);
    let own = |result: Result<(String, Vec<Node>), LookupError>| match result {
        Ok((text, nodes)) => (text, nodes, None),
        Err(error) => (String::new(), Vec::new(), Some(error.to_string())),
    };
    let (text, nodes, refusal) = match *question {
        Question::Heads { verbose, resolve_dependencies } => {
            own(alembic::heads(graph, verbose, resolve_dependencies).map(|text| (text, Vec::new())))
        }
        Question::Branches { verbose } => {
            let (nodes, refusal) = whole_history(graph);
            (alembic::branches(graph, &nodes, verbose), nodes, refusal)
        }
        Question::History { verbose, range: None } => {
            let (nodes, refusal) = whole_history(graph);
            (alembic::history(graph, &nodes, verbose), nodes, refusal)
        }
        Question::History { verbose, range: Some((lower, upper)) } => {
            let nodes = graph.history_range(lower, upper)?;
            (alembic::history(graph, &nodes, verbose), nodes, None)
        }
        Question::Show { rev } => {
            let found = graph.get_revisions(rev)?;
            (alembic::show(graph, &found)?, alembic::printable(&found)?, None)
        }
    };
    let revisions = nodes.iter().map(|&node| RevisionFacts::of(graph, node)).collect();
    Ok(Answer { text, revisions, succeeds: loads && refusal.is_none(), refusal })
}

/// The history as Alembic orders it; where it refuses or never ends, each revision once in the same manner, with the
/// refusal.
fn whole_history(graph: &RevisionGraph<'_>) -> (Vec<Node>, Option<String>) {
    match graph.history() {
        Ok(order) => (order, None),
        Err(error) => (graph.every_revision_once(), Some(error.to_string())),
    }
}

/// Whether the parents of some script are not known, although Alembic may know them.
fn has_unknown_parents(history: &History<'_>) -> bool {
    let hides_parents = |problem: &Problem| match problem {
        Problem::Unknown { name, .. } => name.is_required(),
        Problem::CompiledOnly | Problem::TooLarge(_) | Problem::NotAFile => true,
        _ => false,
    };
    history.scripts.iter().any(|script| script.problems.iter().any(hides_parents))
}

type Answered<'h> = (&'h History<'h>, Answer);

/// With an argument of the user's: the one environment in which it means something. Without: all of them.
fn choose<'h>(
    project: &Project,
    question: &Question<'_>,
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
fn lookup_error(error: &LookupError, graph: &RevisionGraph<'_>) -> Error {
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

fn write(project: &Project, question: &Question<'_>, answers: Vec<Answered<'_>>) {
    let reports = answers.iter().map(|(history, _)| history.integrity_report()).collect();
    let report = Report::of_worktree(reports);
    let sources = project.sources(&report);
    let ui = project.ui;
    if project.format == Format::Json {
        let document = if matches!(question, Question::History { .. } | Question::Show { .. }) {
            let revisions = answers.into_iter().map(|(_, answer)| answer.revisions);
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
        return ui.talk(&text::quiet(&report, &sources));
    }
    for ((_, answer), environment) in answers.iter().zip(&report.environments) {
        if answers.len() > 1 {
            ui.data(&format!("# {}\n", sanitize(&environment.facts.name)));
        }
        ui.data(&answer.text);
    }
    ui.talk(&text::text(&report, &sources, ui.styled_stderr));
    for refusal in answers.iter().filter_map(|(_, answer)| answer.refusal.as_ref()) {
        ui.talk(&format!("{}: {}\n", ui.error_word("error"), sanitize(refusal)));
    }
}

#[cfg(test)]
mod tests {
    use super::parse_range;

    #[test]
    fn open_ends_of_a_range() {
        assert_eq!(parse_range("a:b").ok(), Some(("a", "b")));
        assert_eq!(parse_range(" a: ").ok(), Some(("a", "heads")));
        assert_eq!(parse_range(":b").ok(), Some(("base", "b")));
        assert!(parse_range("a").is_err());
        assert!(parse_range("a:b:c").is_err());
        assert!(parse_range("current:").is_err());
    }
}
