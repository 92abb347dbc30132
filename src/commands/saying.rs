//! What the commands that repair say: what was written, what it comes to, what to do next; and why not.
//!
//! What was done goes to stdout, warnings and hints to stderr. With `--quiet` stdout holds the written paths alone.

use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use super::carry_out;
use super::project::Project;
use super::repair::Repair;
use super::strategy;
use crate::check::{self, Scope};
use crate::cli::{Format, HookArgs};
use crate::diagnostic::{Diagnostic, Text};
use crate::environment::ExpectedHeads;
use crate::error::{Error, ExitStatus, RepairError};
use crate::fix::Change;
use crate::fix::merge::Refusal;
use crate::fix::merge::file::FileError;
use crate::git::{FileState, Progress};
use crate::graph::RevisionGraph;
use crate::report::sanitize::sanitize;
use crate::report::{EnvironmentReport, Report, json, text};
use crate::revision::RevisionId;
use crate::rules::words::{self, count};
use crate::shell::word;

/// From how many files on the next command names their folders instead.
const MANY_FILES: usize = 20;

/// Refuses the formats that only `check` or only `graph` has.
pub(super) fn no_concise(format: Format) -> Result<(), Error> {
    no_format_of_graph(format)?;
    if format.is_of_check() { Err(is_for(format, "check")) } else { Ok(()) }
}

/// Refuses the formats that only `graph` has.
pub(super) fn no_format_of_graph(format: Format) -> Result<(), Error> {
    if format.is_of_graph() { Err(is_for(format, "graph")) } else { Ok(()) }
}

/// Refuses the formats that only `check` has.
pub(super) fn no_format_of_check(format: Format) -> Result<(), Error> {
    if format.is_of_check() { Err(is_for(format, "check")) } else { Ok(()) }
}

fn is_for(format: Format, command: &str) -> Error {
    let value = format.to_possible_value();
    let name = value.as_ref().map_or("text", |value| value.get_name());
    Error::Usage {
        message: format!("`--format {name}` is for `onehead {command}`"),
        hint: "leave it out, or use `--format json`",
    }
}

/// What a command did, in the order in which it is told.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    /// What the repair means, a line each.
    pub(super) sentences: Vec<String>,
    /// More that belongs to the answer, after the files and the heads: what databases have to do.
    pub(super) after: String,
    /// What is worth knowing and changes nothing.
    pub(super) notes: Vec<String>,
    /// The subject of the commit that is proposed.
    pub(super) subject: String,
    /// The commit that was made, in a sentence; then none is proposed.
    pub(super) committed: Option<String>,
    /// Whether a note says how the files get into git, so that nothing is proposed.
    pub(super) is_handed_over: bool,
    /// Whether there are still more heads than expected.
    pub(super) still_forked: bool,
}

impl Account {
    /// Takes in what another part of the repair has to tell.
    pub(super) fn absorb(&mut self, other: Self) {
        self.sentences.extend(other.sentences);
        self.after.push_str(&other.after);
        self.notes.extend(other.notes);
        self.still_forked |= other.still_forked;
        if self.subject.is_empty() {
            self.subject = other.subject;
        }
    }

    /// What is worth knowing and what databases have to do, one line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let databases = self.after.lines().filter(|line| !line.is_empty());
        self.notes.iter().map(String::as_str).chain(databases).map(str::to_owned).collect()
    }
}

/// Tells what was done.
pub(super) fn done(
    project: &Project,
    repairs: &[&Repair<'_>],
    changes: &[Change],
    account: &Account,
) {
    if project.format == Format::Json {
        return document(project, repairs, changes, account);
    }
    if project.quiet {
        return project.ui.data(&written(project, changes));
    }
    let mut said = account.sentences.clone();
    said.extend(carry_out::lines(project, changes));
    for repair in repairs {
        said.push(heads(repair));
    }
    project.ui.data(&lines(&said));
    if !account.after.is_empty() {
        project.ui.data(&format!("\n{}", sanitized(&account.after)));
    }
    for note in &account.notes {
        project.note(note);
    }
    if let Some(committed) = &account.committed {
        project.ui.data(&lines(std::slice::from_ref(committed)));
    } else if project.root.repository && !account.is_handed_over {
        let next = next(project, repairs, changes, &account.subject);
        project.ui.data(&format!("\nNext:   {}\n", sanitize(&next)));
    }
}

/// Tells that there was nothing to do.
pub(super) fn nothing(project: &Project, repairs: &[&Repair<'_>], what: &str) {
    if project.format == Format::Json {
        return document(project, repairs, &[], &Account::default());
    }
    for repair in repairs {
        let facts = repair.facts();
        let heads = count(facts.heads.len(), "head");
        project.say(&format!("{what}: {heads} ({})", facts.name));
    }
}

/// What a file names that should have followed a repair.
pub(super) const HEAD_OF_BEFORE: &str = "a head of before";

/// Notes on files that name `named` in a way that is not understood.
pub(super) fn by_hand<'a>(
    repair: &'a Repair<'_>,
    unclear: &'a [PathBuf],
    named: &'a str,
) -> impl Iterator<Item = String> + 'a {
    let shown = |path: &PathBuf| repair.project.shown(path);
    unclear.iter().map(move |path| format!("{} names {named}: change it by hand", shown(path)))
}

/// The finding about heads that are too many and that nothing joins unless they are named.
pub(super) fn unlisted(repair: &Repair<'_>) -> Option<Diagnostic> {
    // Where one head is expected, all that are too many are joined.
    let one = matches!(repair.environment.expected_heads, ExpectedHeads::Total(0 | 1));
    if one || repair.is_forked() {
        return None;
    }
    let findings = repair.findings(&repair.settings, &Scope::Tips, None).findings;
    findings.into_iter().find(|finding| finding.rule == "multiple-heads")
}

/// Heads without any label of `expected-heads` are joined only when they are named: a merge would give one of them to a
/// line that it does not belong to. Tells that; `None` where there are none.
pub(super) fn refuse_unlisted(repair: &Repair<'_>) -> Option<ExitStatus> {
    let project = repair.project;
    let finding = unlisted(repair)?;
    let hints = finding.help.iter().map(|help| help.render(&|path| project.shown(path)));
    let hint = hints.chain(["or name the revisions to join: `onehead merge REV REV`".to_owned()]);
    let hint: Vec<String> = hint.collect();
    Some(project.refuse(&finding.message, Some(&with_options(&hint.join("; "), repair))))
}

/// `text` with the options that choose this environment at the end of each command of ours in it.
pub(super) fn with_options(text: &str, repair: &Repair<'_>) -> String {
    let shown = |path: &Path| repair.project.shown(path);
    let own = words::own(Text::default(), repair.environment, "").render(&shown);
    let options = own.trim_start_matches("onehead").trim_start();
    if options.is_empty() {
        return text.to_owned();
    }
    let parts = text.split('`').enumerate().map(|(position, part)| {
        let is_ours = position % 2 == 1 && part.starts_with("onehead ");
        if is_ours { format!("{part} {options}") } else { part.to_owned() }
    });
    parts.collect::<Vec<_>>().join("`")
}

/// Alembic's command as it is run from here for this environment, with `{}` for its arguments.
pub(super) fn alembic(repair: &Repair<'_>) -> String {
    let command = words::pasted(Text::default(), repair.environment, "{}");
    command.render(&|path| repair.project.shown(path)).replace(" )", ")").trim_end().to_owned()
}

/// The paths as they are now, one a line.
pub(super) fn written(project: &Project, changes: &[Change]) -> String {
    let paths = changes.iter().filter_map(Change::path_after);
    lines(&paths.map(|path| project.shown(path)).collect::<Vec<_>>())
}

/// `1 head: d4f0` or `2 heads: d4f0, e5a7`.
fn heads(repair: &Repair<'_>) -> String {
    let facts = repair.facts();
    let ids = facts.heads.join(", ");
    let name = &repair.environment.name;
    let several = repair.project.discovery.environments.len() > 1;
    let place = if several { format!(" ({name})") } else { String::new() };
    format!("{}: {ids}{place}", count(facts.heads.len(), "head"))
}

/// The command that commits what was written.
///
/// What a new revision follows goes along where git does not know it yet: the one without the other is a broken history.
fn next(project: &Project, repairs: &[&Repair<'_>], changes: &[Change], subject: &str) -> String {
    let mut paths: Vec<&Path> = loose_parents(project, repairs, changes);
    let gone = changes.iter().filter(|change| change.path_after() != Some(change.path()));
    paths.extend(known_to_git(project, gone.map(Change::path)));
    paths.extend(changes.iter().filter_map(Change::path_after));
    paths.sort_unstable();
    paths.dedup();
    if paths.len() > MANY_FILES {
        paths = paths.into_iter().filter_map(Path::parent).collect();
        paths.sort_unstable();
        paths.dedup();
    }
    let paths: Vec<String> = paths.iter().map(|path| word(&project.shown(path))).collect();
    let subject = if subject.is_empty() { "Mend migrations" } else { subject };
    // What is in progress makes the commit itself, with the message that it has.
    let progress = strategy::progress(project).ok().flatten();
    let goes_on = progress.and_then(Progress::continue_command).map(str::to_owned);
    let commit = goes_on.unwrap_or_else(|| format!("git commit -m {}", word(subject)));
    format!("git add {} && {commit}", paths.join(" "))
}

/// The files of the parents of what was created, where git does not know them yet.
fn loose_parents<'a>(
    project: &Project,
    repairs: &[&'a Repair<'_>],
    changes: &[Change],
) -> Vec<&'a Path> {
    let mut parents: Vec<&Path> = Vec::new();
    for repair in repairs {
        let created = repair.scripts.iter().filter(|script| {
            changes.iter().any(|change| {
                matches!(change, Change::Create { .. }) && change.path() == script.path
            })
        });
        let revisions = created.filter_map(|script| script.revision.as_ref());
        let ids: Vec<_> = revisions.flat_map(|revision| &revision.edges.parents).collect();
        let of_parents =
            repair.scripts.iter().filter(|script| script.id().is_some_and(|id| ids.contains(&id)));
        parents.extend(of_parents.map(|script| script.path.as_path()));
    }
    parents.retain(|path| project.inside(path).is_some());
    let inside: Vec<&Path> = parents.iter().filter_map(|path| project.inside(path)).collect();
    let states = project.root.git().states(&inside).unwrap_or_default();
    let pairs = parents.into_iter().zip(states);
    pairs.filter(|(_, state)| *state == FileState::Untracked).map(|(path, _)| path).collect()
}

/// Those of the files that are gone of which git has something to say: `git add` refuses a path that it never knew.
fn known_to_git<'a>(project: &Project, gone: impl Iterator<Item = &'a Path>) -> Vec<&'a Path> {
    let (gone, inside): (Vec<&Path>, Vec<&Path>) =
        gone.filter_map(|path| Some((path, project.inside(path)?))).unzip();
    let states = project.root.git().states(&inside).unwrap_or_default();
    let pairs = gone.into_iter().zip(states);
    pairs.filter(|(_, state)| *state != FileState::Clean).map(|(path, _)| path).collect()
}

fn lines(said: &[String]) -> String {
    sanitized(&said.join("\n"))
}

fn sanitized(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines() {
        lines.extend([&*sanitize(line), "\n"]);
    }
    lines
}

/// The JSON document of a repair.
pub(super) fn document(
    project: &Project,
    repairs: &[&Repair<'_>],
    changes: &[Change],
    account: &Account,
) {
    let environments: Vec<EnvironmentReport> = repairs
        .iter()
        .map(|repair| {
            let findings = check::integrity(repair.environment, &repair.scripts, &repair.graph());
            EnvironmentReport { facts: repair.facts(), findings, uncertain: false }
        })
        .collect();
    let report = Report::of_worktree(environments);
    let sources = project.sources(&report);
    project.ui.data(&json::repair(&report.environments, changes, &account.lines(), &sources));
}

/// The unified diff of what would be done; a change is exit status 1.
pub(super) fn show_diff(
    project: &Project,
    repairs: &[Repair<'_>],
    account: &Account,
) -> Result<ExitStatus, Error> {
    let diff = carry_out::preview(project, repairs)?;
    if project.format == Format::Json {
        let changes = carry_out::changes(repairs);
        document(project, &repairs.iter().collect::<Vec<_>>(), &changes, account);
    } else if !project.quiet {
        project.ui.bytes(&diff);
        if !account.after.is_empty() {
            project.ui.talk(&format!("\n{}", sanitized(&account.after)));
        }
        for note in &account.notes {
            project.note(note);
        }
    }
    Ok(if diff.is_empty() { ExitStatus::Success } else { ExitStatus::Problems })
}

/// Whether Alembic's post-write hooks are to run: not where CI is set, unless that is asked for.
pub(super) fn wants_hooks(project: &Project, args: HookArgs) -> bool {
    args.hooks || (!args.no_hooks && !project.process.ci)
}

/// An argument of `merge` that is refused.
pub(super) fn refusal_error(refusal: &Refusal, graph: &RevisionGraph<'_>) -> Error {
    let hint = refusal.hint();
    match refusal {
        Refusal::Lookup(error) if hint.is_none() => super::reading::lookup_error(error, graph),
        _ => Error::Revision { sentence: refusal.sentence(), hint },
    }
}

/// A template, or another part of the file, that cannot be made.
pub(super) fn file_error(repair: &Repair<'_>, error: &FileError, parents: &[RevisionId]) -> Error {
    let project = repair.project;
    let template = project.shown(&repair.environment.script_location.join("script.py.mako"));
    let configuration = repair.environment.name.clone();
    let place = match error {
        FileError::Template(error) => format!("{template}:{}", error.line),
        FileError::Message | FileError::Invalid { .. } | FileError::Lost { .. } => template,
        FileError::FileTemplate(_)
        | FileError::Outside { .. }
        | FileError::UnknownEncoding { .. }
        | FileError::Unencodable { .. } => configuration,
    };
    let hint = match error {
        FileError::Template(_) | FileError::FileTemplate(_) | FileError::UnknownEncoding { .. } => {
            format!(
                "let Alembic write it, which runs the template:   {}",
                by_alembic(repair, parents)
            )
        }
        FileError::Lost { name } => {
            let value = if *name == "revision" { "up_revision" } else { name };
            format!("let the template say `{name} = ${{repr({value})}}`")
        }
        FileError::Invalid { .. } => {
            "mend the template: no revision can be made with it, by Alembic either".to_owned()
        }
        FileError::Message | FileError::Unencodable { .. } => {
            "give a plainer message with `-m`".to_owned()
        }
        FileError::Outside { .. } => {
            "give another `--rev-id`, or mend `file_template` there".to_owned()
        }
    };
    let reason = match error {
        FileError::Template(error) if error.construct.is_empty() => error.reason.clone(),
        FileError::Template(error) => format!("`{}`: {}", error.construct, error.reason),
        _ => error.to_string(),
    };
    Error::Repair(RepairError::Template { place, reason, hint })
}

/// The command of Alembic's that merges these revisions, to be pasted.
fn by_alembic(repair: &Repair<'_>, parents: &[RevisionId]) -> String {
    let ids: Vec<String> = parents.iter().map(|id| word(id.as_str())).collect();
    let message = word(&repair.environment.governing.merge_message);
    let arguments = format!("merge -m {message} {}", ids.join(" "));
    let command = words::pasted(Text::default(), repair.environment, &arguments);
    command.render(&|path| repair.project.shown(path))
}

/// Several environments in which a command could act.
pub(super) fn several(project: &Project, repairs: &[&Repair<'_>], arguments: &[String]) -> Error {
    let names = repairs.iter().map(|repair| repair.environment.name.clone()).collect();
    let first = repairs.first().map(|repair| repair.environment);
    let options = first.map(|one| one.options(&|path| project.shown(path))).unwrap_or_default();
    if arguments.is_empty() {
        return Error::Repair(RepairError::SeveralForked { names, options });
    }
    Error::SeveralEnvironments { argument: arguments.join(" "), names, options }
}

/// A history that Alembic cannot load is not repaired over its defects: they are told, and nothing is done.
pub(super) fn refuse_broken(repair: &Repair<'_>) -> Option<ExitStatus> {
    let project = repair.project;
    let findings = check::integrity(repair.environment, &repair.scripts, &repair.graph());
    if findings.is_empty() {
        return None;
    }
    let report = Report::of_worktree(vec![EnvironmentReport {
        facts: repair.facts(),
        findings,
        uncertain: false,
    }]);
    let sources = project.sources(&report);
    if project.format == Format::Json {
        project.ui.data(&json::environments(&report.environments, &sources));
    } else if project.quiet {
        project.ui.talk(&text::quiet(&report, &sources));
    } else {
        project.ui.data(&text::text(&report, &sources, project.ui.styled_stdout));
        project.say("nothing was changed: this comes first, since the heads rest on it");
    }
    Some(ExitStatus::Problems)
}
