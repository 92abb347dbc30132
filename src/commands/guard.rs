//! What onehead does inside of git's hooks: judges what is about to exist, and blocks new problems.
//!
//! A hook reads no answer from stdin, changes no file and no index, makes no commit and pushes nothing. It is silent where
//! all is well, and everything it says goes to stderr.

pub(super) mod advice;
pub(super) mod commit;
pub(super) mod push;
mod reading;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

use super::check;
use super::novelty;
use super::project::Project;
use crate::cli::{CheckArgs, GlobalArgs};
use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::{Root, Scope};
use crate::error::{Error, ExitStatus};
use crate::git::ObjectId;
use crate::hook::Event;
use crate::report::Report;
use crate::script::Depth;
use crate::settings::{self, Process, Skip};
use crate::snapshot::{Objects, Snapshot, Tree};
use crate::ui::Ui;

/// How to go on without a hook that could not tell.
pub(super) fn footer_alone(event: Event) -> String {
    let skip = match event {
        Event::PrePush => push::SKIP,
        _ => "git commit --no-verify",
    };
    words::footer(&[], skip)
}

/// A repository in which a hook runs.
pub(super) struct Guard<'a> {
    global: &'a GlobalArgs,
    ui: Ui,
    process: Process,
    root: Root,
    objects: Arc<Objects>,
    args: CheckArgs,
    /// The rules that `ONEHEAD_SKIP` lists.
    skipped: Vec<String>,
}

/// What a finding says, as a hook shows it.
pub(super) struct Problem {
    environment: String,
    rule: &'static str,
    path: Option<PathBuf>,
    /// `path:line:col: rule message`
    line: String,
    /// Of heads that are too many: the ids with their messages.
    heads: Vec<(String, String)>,
}

/// What the rules say of something that is about to exist.
#[derive(Default)]
pub(super) struct Verdict {
    /// What blocks.
    problems: Vec<Problem>,
    /// Errors that are not new.
    old: Vec<Problem>,
    /// How many environments there were.
    environments: usize,
    /// The options that choose the environment of the first problem, where there are several.
    options: String,
}

impl<'a> Guard<'a> {
    /// Opens the repository; `None` where the hook is asked to be skipped.
    ///
    /// # Errors
    /// When there is no repository.
    pub(super) fn open(global: &'a GlobalArgs, ui: Ui) -> Result<Option<Self>, Error> {
        let skipped = match settings::skip() {
            Skip::All => return Ok(None),
            Skip::Rules(rules) => rules,
            Skip::Nothing => Vec::new(),
        };
        let process = Process::read(global)?;
        let root = process.root();
        if !root.repository {
            return Err(Error::Usage {
                message: "this is no git repository".to_owned(),
                hint: "git runs its hooks inside of one; by hand, use `onehead check`",
            });
        }
        let objects = Objects::new(root.git());
        let args = CheckArgs::default();
        Ok(Some(Self { global, ui, process, root, objects, args, skipped }))
    }

    /// The project that a tree holds; `None`, said on stderr, where there is no environment in it, and none in the commit
    /// `before` it either.
    ///
    /// # Errors
    /// When there was one before, or the configuration is wrong.
    fn project(
        &self,
        tree: Tree,
        before: &dyn Fn() -> Option<ObjectId>,
    ) -> Result<Option<Project>, Error> {
        let place = tree.source().to_string();
        match self.open_tree(tree) {
            Ok(mut project) => {
                // Only problems are told.
                project.quiet = true;
                Ok(Some(project))
            }
            Err(error @ Error::NoEnvironment { .. }) => {
                if before().is_some_and(|before| self.had_environment(&before)) {
                    return Err(error);
                }
                self.say(&format!(
                    "there is no Alembic environment in {place}, so nothing was checked"
                ));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn open_tree(&self, tree: Tree) -> Result<Project, Error> {
        let (process, root) = (self.process.clone(), self.root.clone());
        let snapshot = Snapshot::Tree(tree);
        Project::with(self.global, self.ui, Scope::Repository, process, root, snapshot)
    }

    fn had_environment(&self, commit: &ObjectId) -> bool {
        let name = commit.as_str();
        let tree = Tree::commit(&self.objects, &self.root.path, name, commit.clone());
        tree.is_ok_and(|tree| self.open_tree(tree).is_ok())
    }

    fn say(&self, sentence: &str) {
        if !self.global.quiet {
            let sentence = crate::report::sanitize::sanitize(sentence);
            self.ui.talk(&format!("onehead: {sentence}\n"));
        }
    }

    /// Judges a project; `compared` are the commits of which the problems are old, and what they are called.
    fn judge(
        &self,
        project: &Project,
        compared: &dyn Fn() -> Result<(Vec<ObjectId>, String), Error>,
    ) -> Result<Verdict, Error> {
        let environments = &project.discovery.environments;
        let mut settings = settings::rule_settings(&self.args, &project.config, environments)?;
        settings::leave_out(&mut settings, &self.skipped)?;
        let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
        let compared = compared();
        let commits = compared.as_ref().map_or(&[][..], |(commits, _)| commits);
        if let Some(scripts) = reading::scripts(project, commits) {
            let histories = project.histories(&scripts);
            let report = check::judge(project, &self.args, &settings, &histories)?;
            if !report.findings().any(is_error) {
                return Ok(Verdict { environments: environments.len(), ..Verdict::default() });
            }
        }
        let scripts = project.all_scripts(Depth::Whole);
        let histories = project.histories(&scripts);
        let mut report = check::judge(project, &self.args, &settings, &histories)?;
        if report.findings().any(is_error) {
            let (commits, name) = compared?;
            let errors: Vec<Vec<bool>> = report
                .environments
                .iter()
                .map(|environment| environment.findings.iter().map(is_error).collect())
                .collect();
            novelty::mark(project, &self.args, &histories, &mut report, &name, &commits)?;
            return Ok(verdict(project, &report, &histories, &errors));
        }
        Ok(Verdict { environments: environments.len(), ..Verdict::default() })
    }

    /// Judges a merge that has not been made, for what neither side has alone; `commits` are both sides, which are called
    /// `name` together. A conflict, at which git itself will stop, is no matter of a push, and is said.
    fn judge_merge(
        &self,
        project: &Project,
        commits: &[ObjectId; 2],
        name: &str,
    ) -> Result<Verdict, Error> {
        let compared = || Ok((commits.to_vec(), name.to_owned()));
        let mut verdict = self.judge(project, &compared)?;
        let tree = project.snapshot.tree();
        let conflicts = |path: &PathBuf| tree.is_some_and(|tree| tree.conflict(path).is_some());
        let stops = |one: &Problem| {
            one.rule == "unreadable-script" && one.path.as_ref().is_some_and(conflicts)
        };
        let (stopping, problems) =
            std::mem::take(&mut verdict.problems).into_iter().partition(stops);
        verdict.problems = problems;
        let stopping: Vec<Problem> = stopping;
        for path in stopping.iter().filter_map(|one| one.path.as_ref()) {
            let path = project.shown(path);
            self.say(&format!(
                "the merge with {name} will stop at a conflict in {path}; judge what comes of it"
            ));
        }
        Ok(verdict)
    }

    /// Says what blocks, and gives the status that does.
    fn block(&self, text: &str) -> ExitStatus {
        self.ui.talk(text);
        ExitStatus::Problems
    }
}

/// Sorts the findings that were errors before they were compared.
fn verdict(
    project: &Project,
    report: &Report,
    histories: &[super::project::History<'_>],
    errors: &[Vec<bool>],
) -> Verdict {
    let sources = project.sources(report);
    let mut verdict =
        Verdict { environments: project.discovery.environments.len(), ..Verdict::default() };
    for ((environment, history), errors) in report.environments.iter().zip(histories).zip(errors) {
        // What was found by comparing comes last.
        let errors = errors.iter().copied().chain(std::iter::repeat(true));
        for (finding, _) in environment.findings.iter().zip(errors).filter(|(_, error)| *error) {
            let line = crate::report::concise::quiet_line(finding, &sources);
            let head = |id: &crate::revision::RevisionId| {
                let node = history.graph.find(id.as_str());
                let message = node.map(|node| history.graph.revision(node).message().to_owned());
                (id.to_string(), message.unwrap_or_default())
            };
            let counts_heads = crate::novelty::counts_heads(finding);
            let problem = Problem {
                environment: environment.facts.name.clone(),
                rule: finding.rule,
                path: finding.primary.as_ref().map(|primary| primary.place.path.clone()),
                line: line.trim_end().to_owned(),
                heads: finding.revisions.iter().filter(|_| counts_heads).map(head).collect(),
            };
            if finding.old {
                verdict.old.push(problem);
                continue;
            }
            if verdict.problems.is_empty() && verdict.environments > 1 {
                let options = history.environment.options(&|path| project.shown(path));
                verdict.options = format!(" {options}");
            }
            verdict.problems.push(problem);
        }
    }
    verdict
}
