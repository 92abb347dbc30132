//! `onehead forecast`: which open branches will fork the history once they are merged.

mod landing;
mod refs;

pub(super) use refs::since;

use std::path::Path;

use super::project::{History, Project, git_error};
use super::snapshot::{self, Choice};
use super::{baseline, rivals, saying};
use crate::cli::{ForecastArgs, Format, GlobalArgs};
use crate::config::Config;
use crate::environment::{Root, Scope};
use crate::error::{Error, ExitStatus};
use crate::forecast::{self, Branch};
use crate::git::ObjectId;
use crate::published;
use crate::report::forecast::{self as report, Outlook, Row};
use crate::report::{Report, json};
use crate::script::Depth;
use crate::settings::Process;
use crate::snapshot::{Objects, Snapshot, Tree};
use crate::ui::Ui;

/// The branch that counts as published.
pub(super) struct Baseline {
    pub(super) name: String,
    pub(super) tip: ObjectId,
    /// The project as it is there.
    pub(super) project: Project,
}

/// Foresees, and says what.
pub(super) fn run(global: &GlobalArgs, args: &ForecastArgs, ui: Ui) -> Result<ExitStatus, Error> {
    saying::no_concise(global.format)?;
    if args.markdown && global.format == Format::Json {
        return Err(Error::Usage {
            message: "`--markdown` and `--format json` are two answers".to_owned(),
            hint: "leave one of them out",
        });
    }
    let unknown = "nothing tells into what the branches would be merged";
    let baseline = open(global, args.baseline.as_ref(), unknown, ui)?;
    let project = &baseline.project;
    project.warn(false);
    let scripts = project.all_scripts(Depth::Names);
    let histories = project.histories(&scripts);
    let reports = histories.iter().map(History::integrity_report).collect();
    let known: Vec<forecast::History> = (project.discovery.environments.iter().zip(&scripts))
        .map(|(environment, scripts)| forecast::History {
            environment: environment.clone(),
            scripts: scripts.clone(),
        })
        .collect();
    let open = refs::open(&baseline, args)?;
    let found = landing::effects(&baseline, &known, &open)?;
    let (mut rows, mut branches) = (Vec::new(), Vec::new());
    for (one, found) in open.into_iter().zip(found) {
        let (effects, unknown) = match found {
            Ok(effects) => (effects, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        branches.push(Branch { name: one.names[0].clone(), time: one.time, effects });
        let commit = one.commit.as_str().to_owned();
        rows.push(Row { names: one.names, refs: one.refs, commit, unknown });
    }
    let collisions = forecast::collisions(&known, &branches);
    let plan = forecast::plan(&known, &branches, &collisions);
    let outlook = Outlook {
        baseline: baseline.name.clone(),
        commit: baseline.tip.as_str().to_owned(),
        environments: reports,
        rows,
        branches,
        collisions,
        plan,
        all: args.all,
    };
    write(&baseline, args, &outlook);
    Ok(match outlook.trouble() {
        (true, _) => ExitStatus::Failure,
        (false, true) => ExitStatus::Problems,
        (false, false) => ExitStatus::Success,
    })
}

fn write(baseline: &Baseline, args: &ForecastArgs, outlook: &Outlook) {
    let (project, ui) = (&baseline.project, baseline.project.ui);
    if project.format == Format::Json {
        let report = Report::of_worktree(outlook.environments.clone());
        return ui.data(&json::forecast(outlook, &project.sources(&report)));
    }
    if args.markdown {
        ui.data(&report::markdown(outlook));
    } else if !project.quiet {
        ui.data(&report::text(outlook));
    }
    if project.quiet {
        return ui.talk(&report::quiet(outlook));
    }
    let fetched = rivals::last_fetched(&project.root.git(), &baseline.name);
    ui.talk(&report::summary(outlook, fetched.as_deref()));
}

/// The project as it is on the tip of the baseline. What is checked out says which that is, and need not have any
/// environment itself. `unknown` is what is said where nothing tells which branch it is.
pub(super) fn open(
    global: &GlobalArgs,
    named: Option<&String>,
    unknown: &str,
    ui: Ui,
) -> Result<Baseline, Error> {
    let process = Process::read(global)?;
    let (here, root, config) = match Project::open(global, ui, Scope::Repository) {
        Ok(here) => (here.snapshot, here.root, here.config),
        Err(error) => {
            let root = process.root();
            if !root.repository {
                return Err(error);
            }
            let (here, config) = checked_out(&process, &root)?;
            (here, root, config)
        }
    };
    let choice = baseline::choice_of(&config, named);
    let found = published::commits(&here, &root, &choice)?;
    let (relation, name) = found.map_err(|reason| Error::Usage {
        message: format!("{unknown}: {reason}"),
        hint: "name it with `--baseline REF`",
    })?;
    let objects = Objects::new(root.git());
    let tree =
        Tree::commit(&objects, &root.path, &name, relation.tip.clone()).map_err(git_error)?;
    let project =
        Project::with(global, ui, Scope::Repository, process, root, Snapshot::Tree(tree))?;
    Ok(Baseline { name, tip: relation.tip, project })
}

/// What is checked out, or would be, with onehead's configuration there.
fn checked_out(process: &Process, root: &Root) -> Result<(Snapshot, Config), Error> {
    let here =
        if root.bare { snapshot::open(root, &Choice::Commit("HEAD"))? } else { Snapshot::Worktree };
    let shown = |path: &Path| crate::fs::shown(path, &process.directory, &root.path);
    let config = Config::load(&here, &process.directory, &root.path, &shown)?;
    Ok((here, config))
}
