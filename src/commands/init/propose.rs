//! What is proposed for a project, from what was found.

use super::{Plan, look};
use crate::check::{self, Facts, Scope};
use crate::cli::GlobalArgs;
use crate::commands::carry_out;
use crate::commands::check::compared;
use crate::commands::hook::{self, Standing};
use crate::commands::project::{History, Project};
use crate::config::Config;
use crate::diagnostic::Severity;
use crate::environment::{self, Environment, ExpectedHeads, Launch};
use crate::error::Error;
use crate::fs;
use crate::hook::layer::State;
use crate::hook::{Event, Manager, names_event, snippet};
use crate::init::configuration::{Described, Wanted};
use crate::init::{Action, Found, Part, Proposal, ci, pre_commit};
use crate::published::PublishedScripts;
use crate::report::EnvironmentReport;
use crate::script::Depth;
use crate::settings;
use crate::ui::Ui;

/// Opens the project and decides, once what an earlier run was stopped in has been ended, where it `recovers`.
///
/// # Errors
/// When there is no environment, or something cannot be read.
pub(super) fn plan(global: &GlobalArgs, ui: Ui, recovers: bool) -> Result<Plan, Error> {
    let (mut project, mut described) = open(global, ui)?;
    if settings::Process::read(global)?.root().path != project.root.path {
        return Err(Error::Usage {
            message: "`onehead init` sets up the repository that it is run in".to_owned(),
            hint: "name another one with `-C DIR`",
        });
    }
    if recovers && carry_out::recover(&project)? {
        (project, described) = open(global, ui)?;
    }
    let standard = look::standard(&project)?;
    let scripts = project.all_scripts(Depth::Whole);
    let histories = project.histories(&scripts);
    let mut found = look::found(&project, &standard, &histories);
    let wanted = wanted(&project, &found, &standard, &histories, described);
    let mut environments = Vec::new();
    let known = compared(&project, Some(&standard.baseline), &histories);
    for (index, history) in histories.iter().enumerate() {
        environments.push(judged(history, known.get(index), &wanted)?);
    }
    let mut proposals = vec![configuration(&project, &found, &wanted)];
    if look::has_working_tree(&project)? {
        let standing = hook::standing(global, ui)?;
        let blocking = standing.layers.iter().filter(|one| !one.event.is_advice());
        found.hooks = blocking
            .filter_map(|one| Some((one.event.name(), one.by.filter(|_| !one.is_wrong())?)))
            .collect();
        found.other_hooks = standing.others.iter().map(|event| event.name()).collect();
        found.hooks_path.clone_from(&standing.hooks_path);
        proposals.push(hooks(&project, &standing, &found));
        let known = look::ci(&project)?;
        let services = known.services.iter();
        found.services = services.map(|(one, file)| (one.name(), file.clone())).collect();
        proposals.push(ci::propose(&known));
    } else {
        let none = || Action::Nothing("not here: this is no git repository".to_owned());
        proposals.extend([Part::Hooks, Part::Ci].map(|part| Proposal::new(part, none())));
    }
    drop(histories);
    let proposals = proposals.into_iter().map(|one| unless_linked(&project, one)).collect();
    Ok(Plan { project, environments, found, proposals })
}

/// A link leads to a file that may serve others too, so that one is not added to.
fn unless_linked(project: &Project, proposal: Proposal) -> Proposal {
    match &proposal.action {
        Action::Write { path, old: Some(old), new, .. }
            if fs::link_target(&project.root.path.join(path)).is_ok() =>
        {
            // What is added stands in one piece.
            let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
            let rest = new.len().saturating_sub(old.len());
            let add = String::from_utf8_lossy(&new[same..(same + rest).min(new.len())]);
            let why = format!("{path} is a link, and is left alone");
            let add = add.trim_start_matches(['\r', '\n']).to_owned();
            Proposal { action: Action::ByHand { why, add }, ..proposal }
        }
        _ => proposal,
    }
}

/// The project; where nothing tells of its environments but folders that look like script locations, with a
/// configuration that describes these.
fn open(global: &GlobalArgs, ui: Ui) -> Result<(Project, Vec<Described>), Error> {
    let error = match Project::open(global, ui, environment::Scope::Repository) {
        Ok(project) => return Ok((project, Vec::new())),
        Err(error) => error,
    };
    let Error::NoEnvironment { locations, .. } = &error else { return Err(error) };
    let process = settings::Process::read(global)?;
    let root = process.root().path;
    let from_root = |shown: &String| {
        let path = fs::normalize(&process.directory.join(shown));
        let inside = path.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/");
        Some(Described { script_location: Some(inside), ..Described::default() })
    };
    let described: Vec<Described> = locations.iter().filter_map(from_root).collect();
    if described.is_empty() {
        return Err(error);
    }
    let wanted = Wanted { environments: described.clone(), ..Wanted::default() };
    let path = root.join("onehead.toml");
    let Some(config) = Config::parse(wanted.file().as_bytes(), &path, "onehead.toml")? else {
        return Err(error);
    };
    let mut project = Project::proposed(global, ui, config)?;
    // It is not there yet.
    project.config.path = None;
    for environment in &mut project.discovery.environments {
        environment.governing = Config::none(&root).into();
    }
    Ok((project, described))
}

/// What is worth being written down.
fn wanted(
    project: &Project,
    found: &Found,
    standard: &look::Standard,
    histories: &[History<'_>],
    described: Vec<Described>,
) -> Wanted {
    let mut wanted = Wanted { environments: described, ..Wanted::default() };
    if found.configuration.is_some() {
        return Wanted::default();
    }
    wanted.baseline = found.baseline.clone().filter(|_| standard.is_remote);
    if let [history] = histories {
        wanted.verify_command = verify_command(project, found, history.environment);
    }
    for history in histories {
        let labels = lines_on_purpose(history);
        if labels.is_empty() {
            continue;
        }
        let environment = history.environment;
        let location = |one: &&mut Described| {
            let path = one.script_location.as_ref().map(|path| project.root.path.join(path));
            path.as_deref() == Some(environment.script_location.as_path())
        };
        if let Some(one) = wanted.environments.iter_mut().find(location) {
            one.expected_heads = labels;
        } else if histories.len() == 1 {
            wanted.expected_heads = labels;
        } else if let Some(config) = environment.config.as_deref().and_then(|it| project.inside(it))
        {
            let section = (environment.section != "alembic").then(|| environment.section.clone());
            wanted.environments.push(Described {
                config: Some(config.to_string_lossy().replace('\\', "/")),
                section,
                expected_heads: labels,
                ..Described::default()
            });
        }
    }
    wanted
}

/// A label for each head that no other head has; empty where there is one head, or one without such a label: then it is
/// more likely a fork than a plan.
fn lines_on_purpose(history: &History<'_>) -> Vec<String> {
    if history.environment.expected_heads != ExpectedHeads::Total(1) {
        return Vec::new();
    }
    let graph = &history.graph;
    let heads = graph.distinct_heads();
    let carried: Vec<Vec<&str>> = heads.iter().map(|&head| graph.labels(head)).collect();
    let own = |labels: &Vec<&str>| {
        let is_own = |label: &&&str| carried.iter().filter(|one| one.contains(label)).count() == 1;
        labels.iter().find(is_own).map(|label| (*label).to_owned())
    };
    let mut labels: Vec<String> = carried.iter().filter_map(own).collect();
    if heads.len() < 2 || labels.len() < heads.len() {
        return Vec::new();
    }
    labels.sort_unstable();
    labels
}

/// `alembic upgrade head --sql`, as this project runs it from the top of the repository; empty where that is not known.
fn verify_command(project: &Project, found: &Found, environment: &Environment) -> Vec<String> {
    let Some((tool, _)) = &found.tool else { return Vec::new() };
    let from_top = match &environment.launch {
        Launch::Alembic { from } => from.as_ref().is_none_or(|from| *from == project.root.path),
        Launch::FlaskMigrate => {
            let folder = environment.script_location.parent();
            folder.is_some_and(|folder| folder == project.root.path)
        }
    };
    if !from_top {
        return Vec::new();
    }
    let mut words: Vec<&str> = tool.run().to_vec();
    let config = environment.config.as_deref().and_then(|path| project.inside(path));
    let config = config.map(|path| path.to_string_lossy().replace('\\', "/")).unwrap_or_default();
    match &environment.launch {
        Launch::FlaskMigrate => words.extend(["flask", "db"]),
        Launch::Alembic { .. } => {
            words.push("alembic");
            if !matches!(&*config, "" | "alembic.ini" | "pyproject.toml") {
                words.extend(["-c", config.as_str()]);
            }
            if environment.section != "alembic" {
                words.extend(["-n", environment.section.as_str()]);
            }
        }
    }
    words.extend(["upgrade", "heads", "--sql"]);
    words.into_iter().map(str::to_owned).collect()
}

/// What is wrong with a history, as it will be judged.
fn judged(
    history: &History<'_>,
    published: Option<&PublishedScripts>,
    wanted: &Wanted,
) -> Result<EnvironmentReport, Error> {
    let settings = settings::configured_rules(history.environment)?;
    let mut facts = Facts::new(history.environment, history.scripts, &history.graph);
    facts.published = published;
    let checked = check::judge(&facts, &settings, &Scope::All);
    let mut findings = checked.findings;
    let plans = !wanted.expected_heads.is_empty()
        || wanted.environments.iter().any(|one| !one.expected_heads.is_empty());
    let on_purpose = plans && !lines_on_purpose(history).is_empty();
    findings.retain(|one| {
        one.severity == Severity::Error && !(on_purpose && one.rule == "multiple-heads")
    });
    Ok(EnvironmentReport { facts: history.facts(), findings, uncertain: checked.uncertain })
}

/// `[tool.onehead]` in the `pyproject.toml` at the top, else an `onehead.toml`.
fn configuration(project: &Project, found: &Found, wanted: &Wanted) -> Proposal {
    let proposal = |action| Proposal::new(Part::Configuration, action);
    if let Some(path) = &found.configuration {
        let shown = project.shown(&project.root.path.join(path));
        return proposal(Action::Nothing(format!("{shown} has it, and is left as it is")));
    }
    if wanted.is_empty() {
        return proposal(Action::Nothing("not needed: the defaults fit".to_owned()));
    }
    let keys = wanted.keys().join(", ");
    let Some(old) = look::top_file(project, "pyproject.toml") else {
        return proposal(Action::Write {
            sentence: format!("onehead.toml: {keys}"),
            path: "onehead.toml".to_owned(),
            old: None,
            new: wanted.file().into_bytes(),
        });
    };
    match wanted.appended(&old) {
        Ok(new) => proposal(Action::Write {
            sentence: format!("[tool.onehead] in pyproject.toml: {keys}"),
            path: "pyproject.toml".to_owned(),
            old: Some(old),
            new,
        }),
        Err(why) => proposal(Action::ByHand {
            why: format!("pyproject.toml is left alone: {why}"),
            add: wanted.table(),
        }),
    }
}

const PRE_COMMIT: &str = ".pre-commit-config.yaml";
const PRE_COMMIT_INSTALL: &str =
    "pre-commit install --hook-type pre-commit --hook-type pre-merge-commit --hook-type pre-push";

/// The hooks, by the manager that is there, else git's own.
fn hooks(project: &Project, standing: &Standing, found: &Found) -> Proposal {
    let proposal = |action| Proposal::new(Part::Hooks, action);
    let blocking: Vec<_> = standing.layers.iter().filter(|one| !one.event.is_advice()).collect();
    if blocking.iter().all(|one| !one.is_wrong()) {
        let by = match blocking.first().and_then(|one| one.by) {
            None | Some("file" | "script") => "they run onehead in this clone".to_owned(),
            Some("config") => "git's configuration has them".to_owned(),
            Some(manager) => format!("they run onehead, through {manager}"),
        };
        return proposal(Action::Nothing(by));
    }
    if let Some(bytes) = look::top_file(project, PRE_COMMIT) {
        return with_pre_commit(&bytes);
    }
    for (name, file) in &found.managers {
        let all = [Manager::Prek, Manager::Lefthook, Manager::Husky];
        let Some(manager) = all.into_iter().find(|one| one.name() == *name) else { continue };
        let text = look::top_file(project, file);
        let names = |event| text.as_ref().is_some_and(|text| names_event(text, manager, event));
        if names(Event::PreCommit) && names(Event::PrePush) {
            let action = Action::Nothing(format!("{file} has them, and is left as it is"));
            let afterwards = Some(manager.install_command(Event::PrePush));
            return Proposal { afterwards, ..proposal(action) };
        }
        return proposal(Action::ByHand {
            why: format!("{file} is {name}'s, and is left alone; this prints what to add to it"),
            add: format!("onehead hook print --for {name}\n"),
        });
    }
    if let Some(why) = &standing.refusal {
        let add = "onehead hook install\n".to_owned();
        return proposal(Action::ByHand { why: format!("{why}; this says what can be done"), add });
    }
    if blocking.iter().any(|one| one.state == State::Broken) {
        return proposal(Action::ByHand {
            why: "some are installed and do not run; this says why".to_owned(),
            add: "onehead hook status\n".to_owned(),
        });
    }
    proposal(Action::Install)
}

fn with_pre_commit(bytes: &[u8]) -> Proposal {
    let proposal = |action| Proposal {
        afterwards: Some(PRE_COMMIT_INSTALL.to_owned()),
        ..Proposal::new(Part::Hooks, action)
    };
    let (repository, revision, ids) = snippet::entry();
    let names = |event| names_event(bytes, Manager::PreCommit, event);
    match (names(Event::PreCommit), names(Event::PrePush)) {
        (true, true) => {
            return proposal(Action::Nothing(format!(
                "{PRE_COMMIT} has them, and is left as it is"
            )));
        }
        (false, false) => {}
        (has_commit, _) => {
            let [missing, there] = if has_commit { [ids[1], ids[0]] } else { ids };
            return proposal(Action::ByHand {
                why: format!("{PRE_COMMIT} has {there} and not {missing}; add it beside that"),
                add: format!("- id: {missing}\n"),
            });
        }
    }
    let entry = pre_commit::Entry { repository, revision: &revision, hooks: &ids };
    match pre_commit::append(bytes, &entry) {
        Ok(new) => proposal(Action::Write {
            sentence: format!("{} in {PRE_COMMIT}", ids.join(" and ")),
            path: PRE_COMMIT.to_owned(),
            old: Some(bytes.to_vec()),
            new,
        }),
        Err(why) => proposal(Action::ByHand {
            why: format!("{PRE_COMMIT} is left alone: {why}"),
            add: pre_commit::append(b"repos:\n", &entry)
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .unwrap_or_default(),
        }),
    }
}
