//! The walk along the line of first parents, with the migrations of each environment kept as they are after every commit.
//!
//! Only commits that touch a migration, or where migrations are, are looked at; only what they change is read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::place::{Place, is_script, parse};
use super::places::{self, Found};
use crate::audit::{Delta, Known, Moment, Tally, Trail, View};
use crate::commands::forecast::Baseline;
use crate::commands::project::{Project, git_error};
use crate::environment::Environment;
use crate::error::Error;
use crate::git::{FileChange, ObjectId, Step};
use crate::graph::RevisionGraph;
use crate::script::{self, Depth, Operations, Script};
use crate::snapshot::Objects;

/// Of how many commits the contents are asked for at once.
const BATCH: usize = 500;

/// What the walk found.
pub(super) struct Told {
    pub(super) trails: Vec<Trail>,
    /// The first commit that was looked at.
    pub(super) first: Option<Moment>,
    /// Whether older commits are missing.
    pub(super) is_shallow: bool,
    pub(super) notes: Vec<String>,
}

struct Walk<'a> {
    baseline: &'a Baseline,
    objects: Arc<Objects>,
    /// The project of the last turn, whose modules scripts may import.
    project: Option<Box<Project>>,
    places: Vec<Place>,
    told: Told,
}

/// Walks.
///
/// # Errors
/// When git fails.
pub(super) fn walk(baseline: &Baseline) -> Result<Told, Error> {
    let project = &baseline.project;
    let git = project.root.git();
    let matters = |path: &Path| is_script(path) || places::is_configuration(path);
    let steps = git.first_parents(&baseline.tip, &matters).map_err(git_error)?;
    let turns = places::turns(baseline, &steps)?;
    let is_shallow = git.is_shallow().unwrap_or(false);
    let told = Told { trails: Vec::new(), first: None, is_shallow, notes: Vec::new() };
    let objects = Objects::new(git);
    let mut walk = Walk { baseline, objects, project: None, places: Vec::new(), told };
    if turns.is_empty() {
        // Where migrations are is said on the command line.
        walk.begin_as_now();
    }
    let progress = project.ui.progress(steps.len(), project.quiet);
    let mut fetched = 0;
    for (at, step) in steps.iter().enumerate() {
        let is_turn = turns.contains(&step.id);
        if at >= fetched && !is_turn {
            let batch = steps[at..].iter().take(BATCH).take_while(|one| !turns.contains(&one.id));
            let batch: Vec<&Step> = batch.collect();
            walk.fetch(&batch)?;
            fetched = at + batch.len();
        }
        walk.step(step, is_turn, at == 0)?;
        progress.to(at + 1);
    }
    Ok(walk.told)
}

impl Walk<'_> {
    fn begin_as_now(&mut self) {
        let project = &self.baseline.project;
        for environment in &project.discovery.environments {
            self.told.trails.push(Trail::new(&environment.name));
            self.places.push(Place {
                folders: places::folders(project, environment),
                environment: environment.clone(),
                scripts: Vec::new(),
                tally: Tally::default(),
                trail: self.told.trails.len() - 1,
            });
        }
    }

    /// Asks for what these commits changed in the environments that there are, in one process.
    fn fetch(&self, steps: &[&Step]) -> Result<(), Error> {
        let changes = steps.iter().flat_map(|step| &step.changes);
        let is_own = |change: &&FileChange| self.places.iter().any(|one| one.has(&change.path));
        let scripts = changes.filter(is_own);
        let wanted = scripts.flat_map(|change| change.before.iter().chain(&change.after));
        self.objects.fetch(wanted).map_err(git_error)
    }

    fn step(&mut self, step: &Step, is_turn: bool, is_first: bool) -> Result<(), Error> {
        let moment = Moment {
            commit: step.id.as_str().to_owned(),
            time: step.time,
            day: step.day.clone(),
            author: step.author.clone(),
            subject: step.subject.clone(),
        };
        let is_oldest = is_first && self.told.is_shallow;
        if is_turn {
            match places::at(self.baseline, &step.id)? {
                Found::Project(found) => {
                    self.turn(&moment, found, is_oldest);
                    return Ok(());
                }
                Found::Nothing => {
                    let places = std::mem::take(&mut self.places);
                    self.leave(&moment, places);
                    return Ok(());
                }
                Found::Unreadable(reason) => {
                    let commit = moment.commit.get(..8).unwrap_or_default();
                    self.told.notes.push(format!(
                        "the configuration of {commit} cannot be read ({reason}); the one before is taken for it"
                    ));
                }
            }
        }
        for at in 0..self.places.len() {
            self.apply(at, step, &moment, is_oldest);
        }
        Ok(())
    }

    fn tell(&mut self, trail: usize, moment: &Moment, view: &View, delta: &Delta, is_oldest: bool) {
        self.told.first.get_or_insert_with(|| moment.clone());
        self.told.trails[trail].step(moment, view, delta, is_oldest);
    }

    /// These environments are gone: what went on in them is over.
    fn leave(&mut self, moment: &Moment, places: Vec<Place>) {
        for place in places {
            let delta = Delta { is_configured: true, ..Delta::default() };
            self.tell(place.trail, moment, &View::default(), &delta, false);
        }
    }

    /// The environments are looked for anew. One that was known stays the one it was, be it under another name: then most
    /// of its revisions are the same.
    fn turn(&mut self, moment: &Moment, found: Box<Project>, is_oldest: bool) {
        let mut scripts = found.all_scripts(Depth::Names);
        let environments = &found.discovery.environments;
        let mut known: Vec<Place> = std::mem::take(&mut self.places);
        let mut pairs: Vec<Option<Place>> = Vec::new();
        for environment in environments {
            let at = known.iter().position(|place| place.environment.name == environment.name);
            pairs.push(at.map(|at| known.remove(at)));
        }
        for (pair, scripts) in pairs.iter_mut().zip(&scripts) {
            if pair.is_none() {
                let at = known.iter().position(|place| place.is_mostly(scripts));
                *pair = at.map(|at| known.remove(at));
            }
        }
        self.leave(moment, known);
        for (at, before) in pairs.into_iter().enumerate() {
            let mut now = std::mem::take(&mut scripts[at]);
            now.sort_by(|a, b| a.path.cmp(&b.path));
            let environment = self.expecting(environments[at].clone());
            let trail = before.as_ref().map_or(self.told.trails.len(), |place| place.trail);
            if before.is_none() {
                self.told.trails.push(Trail::new(&environment.name));
            }
            self.told.trails[trail].name.clone_from(&environment.name);
            let old: &[Script] = before.as_ref().map_or(&[], |place| &place.scripts);
            let delta = self.between(old, &now);
            let view = View::of(&environment, &now, &RevisionGraph::build(&now));
            let tally = Tally::of(&now, &view);
            if !now.is_empty() || before.is_some() {
                self.tell(trail, moment, &view, &delta, is_oldest);
            }
            let folders = places::folders(&found, &environment);
            self.places.push(Place { environment, folders, scripts: now, tally, trail });
        }
        self.project = Some(found);
    }

    /// What is expected of it now was expected always: that a team only later wrote it down made nothing wrong before.
    fn expecting(&self, environment: Environment) -> Environment {
        let today = &self.baseline.project.discovery.environments;
        let known = today.iter().find(|one| one.name == environment.name);
        match known.or(today.first().filter(|_| today.len() == 1)) {
            Some(known) => {
                let expected_heads = known.expected_heads.clone();
                Environment { expected_heads, ..environment }
            }
            None => environment,
        }
    }

    /// What is different between two states of an environment, wherever the files lie.
    fn between(&self, before: &[Script], after: &[Script]) -> Delta {
        let known = |scripts: &[Script]| -> BTreeMap<String, Known> {
            let known = scripts.iter().filter_map(|one| Known::of(one, self.shown(&one.path)));
            known.map(|known| (known.id.clone(), known)).collect()
        };
        let (before, after) = (known(before), known(after));
        let differs = |one: &Known, other: &BTreeMap<String, Known>| {
            other.get(&one.id).is_none_or(|other| !other.says_the_same(one))
        };
        Delta {
            gone: before.values().filter(|one| differs(one, &after)).cloned().collect(),
            came: after.values().filter(|one| differs(one, &before)).cloned().collect(),
            is_configured: true,
            ..Delta::default()
        }
    }

    fn shown(&self, path: &Path) -> String {
        let top = &self.baseline.project.root.path;
        crate::fs::shown(path, top, top)
    }

    /// Takes in what a commit did to the files of one environment.
    fn apply(&mut self, at: usize, step: &Step, moment: &Moment, is_oldest: bool) {
        let place = &self.places[at];
        let own: Vec<&FileChange> =
            step.changes.iter().filter(|change| place.has(&change.path)).collect();
        if own.is_empty() {
            return;
        }
        let top = self.baseline.project.root.path.clone();
        let mut delta = Delta::default();
        let mut came: Vec<Script> = Vec::new();
        for change in own {
            let path = top.join(&change.path);
            let shown = self.shown(&path);
            if self.is_rewritten(change) {
                delta.rewritten.insert(shown.clone());
            }
            let project = self.project.as_deref().unwrap_or(&self.baseline.project);
            let roots = self.places[at].environment.module_roots.clone();
            let script = change
                .after
                .as_ref()
                .map(|object| parse(&self.objects, &project.snapshot, roots, &path, object));
            let old = self.places[at].put(&path, script.clone());
            delta.gone.extend(old.as_ref().and_then(|old| Known::of(old, shown.clone())));
            delta.came.extend(script.as_ref().and_then(|new| Known::of(new, shown)));
            came.extend(script);
        }
        let place = &mut self.places[at];
        delta.elsewhere = place.still(&delta);
        let is_more = delta.gone.is_empty();
        let (view, trail) = (place.view(is_more.then_some(&came)), place.trail);
        self.tell(trail, moment, &view, &delta, is_oldest);
    }

    /// Whether the code of a script does something else than before.
    fn is_rewritten(&self, change: &FileChange) -> bool {
        let content = |object: &Option<ObjectId>| {
            object.as_ref().and_then(|object| self.objects.content(object).ok().flatten())
        };
        match (content(&change.before), content(&change.after)) {
            (Some(before), Some(after)) => {
                matches!(script::compare(&after, &before), Operations::Changed { .. })
            }
            _ => false,
        }
    }
}
