//! How the hook of one event stands, from all that is known of it.
//!
//! Claims what was seen and no more: a hook manager that has onehead in its configuration is believed to run it.

use super::{Event, Foreign, Found, Manager, Own, Place, Site, VERSION, snippet};

/// All that is known of the hook of one event.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Where git looks.
    pub site: Site,
    /// The folder where git looks, as it is shown.
    pub folder: String,
    /// The folder where git would look without `core.hooksPath`, as it is shown, where that is another, and what stands
    /// there.
    pub passed_over: Option<(String, Found)>,
    /// Our hook in git's configuration.
    pub configured: Option<Configured>,
    /// The hook managers that have onehead for this event in a configuration, and its name.
    pub managers: Vec<(Manager, String)>,
    /// Whether the file that husky runs for this event runs onehead, and its name.
    pub husky: Option<String>,
    /// The onehead that our script would find: in `.hook`, and in `.legacy`.
    pub program: Option<Program>,
}

/// Our hook in git's configuration.
#[derive(Clone, Debug)]
pub struct Configured {
    /// Whether git lists it among the hooks that it would run.
    pub listed: bool,
    /// The version of git, where that is too old for such hooks.
    pub too_old: Option<String>,
}

/// A onehead that was found and asked for its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Where it is.
    pub path: String,
    /// What it says.
    pub version: String,
}

/// How far a hook can be counted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// git runs it, and it finds a onehead that works.
    Runs,
    /// Somebody else's hook or manager has it, as far as can be seen.
    Configured,
    /// It is installed, and does not run.
    Broken,
    /// It is not installed.
    Missing,
}

/// How the hook of one event stands.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The event.
    pub event: Event,
    /// How far it can be counted on.
    pub state: State,
    /// What runs it: `file`, `config`, `script`, or the name of a hook manager.
    pub by: Option<&'static str>,
    /// The file in which it was seen, as it is shown.
    pub path: Option<String>,
    /// The version of our script.
    pub version: Option<u32>,
    /// The onehead that it runs.
    pub program: Option<Program>,
    /// What is odd, and what to do.
    pub notes: Vec<String>,
}

impl Layer {
    /// Whether something is to be done: a hook that blocks is not there, or any is there and does not run.
    pub fn is_wrong(&self) -> bool {
        match self.state {
            State::Runs | State::Configured => false,
            State::Broken => true,
            State::Missing => !self.event.is_advice(),
        }
    }

    /// How the hook stands.
    pub fn of(facts: &Facts) -> Self {
        let mut layer = Self {
            event: facts.site.event,
            state: State::Missing,
            by: None,
            path: None,
            version: None,
            program: None,
            notes: Vec::new(),
        };
        layer.look_at_hook(facts);
        layer.look_at_config(facts);
        layer.look_beside(facts);
        if layer.state == State::Missing && layer.event.is_advice() {
            // Nobody wanted it, and what somebody else does there is their affair.
            layer.notes.clear();
        }
        layer
    }

    fn path_of(&self, facts: &Facts, place: Place) -> String {
        format!("{}/{}", facts.folder, place.file_name(self.event))
    }

    fn look_at_hook(&mut self, facts: &Facts) {
        match &facts.site.hook {
            Found::Nothing => {}
            Found::Odd => {
                let path = self.path_of(facts, Place::Hook);
                self.notes.push(format!("{path} is no file, so git runs nothing"));
            }
            Found::Own { own, executable } => {
                self.look_at_own(facts, Place::Hook, own, *executable);
                self.by = Some("file");
            }
            Found::Foreign(theirs) => self.look_at_foreign(facts, theirs),
        }
    }

    fn look_at_own(&mut self, facts: &Facts, place: Place, own: &Own, executable: bool) {
        let path = self.path_of(facts, place);
        self.version = Some(own.version);
        self.state = State::Broken;
        if !executable {
            self.notes
                .push(format!("it is not executable, so git passes over it: chmod +x {path}"));
        } else if facts.program.is_none() {
            let notes =
                "it finds no onehead that works: run `onehead hook install` with the one to use";
            self.notes.push(notes.to_owned());
        } else {
            self.state = State::Runs;
            self.program.clone_from(&facts.program);
        }
        if !own.pristine {
            self.notes.push("it was edited".to_owned());
        } else if own.version < VERSION {
            self.notes
                .push("it is of an earlier onehead: `onehead hook install` renews it".to_owned());
        }
        if own.script.chained && facts.site.previous == Found::Nothing {
            self.notes.push("the hook that it is to run first is not there any more".to_owned());
        }
        self.path = Some(path);
    }

    fn look_at_foreign(&mut self, facts: &Facts, theirs: &Foreign) {
        let path = self.path_of(facts, Place::Hook);
        if !theirs.executable {
            self.notes.push(format!(
                "{path} is somebody else's, and not executable, so git passes over it"
            ));
            return;
        }
        if facts.site.runs_legacy()
            && let Found::Own { own, executable } = &facts.site.legacy
        {
            self.look_at_own(facts, Place::Legacy, own, *executable);
            self.by = theirs.manager.map(Manager::name);
            return;
        }
        if theirs.calls_onehead {
            (self.state, self.by, self.path) = (State::Configured, Some("script"), Some(path));
            return;
        }
        let Some(manager) = theirs.manager else {
            let event = self.event;
            self.notes.push(format!(
                "{path} is somebody else's and does not run onehead: `onehead hook install` runs both, or add `{}`",
                snippet::line(event)
            ));
            return;
        };
        // prek's hook takes the configuration of pre-commit as well.
        let named = facts.managers.iter().find(|(other, _)| *other == manager);
        let seen = if manager == Manager::Husky {
            facts.husky.as_ref()
        } else {
            named.map(|(_, file)| file)
        };
        if let Some(file) = seen {
            let by = Some(manager.name());
            (self.state, self.by, self.path) = (State::Configured, by, Some(file.clone()));
        } else {
            let name = manager.name();
            self.notes.push(format!(
                "{path} is {name}'s, which has no onehead for it: onehead hook print --for {name}"
            ));
        }
    }

    fn look_at_config(&mut self, facts: &Facts) {
        let Some(configured) = &facts.configured else { return };
        let name = self.event.config_name();
        if let Some(version) = &configured.too_old {
            self.notes.push(format!(
                "hook.{name} is in git's configuration, and git {version} passes over it without a word"
            ));
        } else if !configured.listed {
            self.notes
                .push(format!("hook.{name} is in git's configuration, and git does not list it"));
        } else if self.state == State::Runs {
            self.notes
                .push(format!("hook.{name} is in git's configuration as well, so it runs twice"));
        } else {
            (self.state, self.by) = (State::Configured, Some("config"));
            self.path = Some(format!("hook.{name}"));
            return;
        }
        if self.state == State::Missing {
            (self.state, self.by) = (State::Broken, Some("config"));
        }
    }

    /// What stands where it is not run, and says what somebody meant.
    fn look_beside(&mut self, facts: &Facts) {
        if let Some((folder, Found::Own { .. })) = &facts.passed_over {
            let name = self.event.name();
            self.notes.push(format!(
                "{folder}/{name} is onehead's, and core.hooksPath makes git look in {} instead",
                facts.folder
            ));
            self.fall_short();
        }
        if matches!(facts.site.old, Found::Own { .. }) {
            let path = self.path_of(facts, Place::Old);
            self.notes.push(format!(
                "{path} is onehead's, put aside by lefthook and run by nobody: onehead hook print --for lefthook"
            ));
            self.fall_short();
        }
        if matches!(facts.site.legacy, Found::Own { .. }) && !facts.site.runs_legacy() {
            let path = self.path_of(facts, Place::Legacy);
            self.notes.push(format!("{path} is onehead's, and nobody runs it"));
            self.fall_short();
        }
        if self.state == State::Missing
            && let Some((manager, file)) = facts.managers.first()
        {
            let command = manager.install_command(self.event);
            self.notes.push(format!(
                "{file} has onehead for it, and {}'s hook is not there: {command}",
                manager.name()
            ));
            self.fall_short();
        }
    }

    /// Somebody meant it to be there.
    fn fall_short(&mut self) {
        if self.state == State::Missing {
            self.state = State::Broken;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Configured, Facts, Layer, State};
    use crate::hook::{Event, Found, Own, Script, Site, VERSION};

    fn facts(hook: Found) -> Facts {
        let nothing = Found::Nothing;
        let (legacy, old, previous) = (nothing.clone(), nothing.clone(), nothing);
        Facts {
            site: Site { event: Event::PrePush, hook, legacy, old, previous },
            folder: "hooks".into(),
            passed_over: None,
            configured: None,
            managers: Vec::new(),
            husky: None,
            program: None,
        }
    }

    fn own() -> Found {
        let script = Script { event: Event::PrePush, program: None, offer: false, chained: false };
        Found::Own { own: Own { version: VERSION, pristine: true, script }, executable: true }
    }

    #[track_caller]
    fn check(facts: &Facts, state: State, note: &str) {
        let layer = Layer::of(facts);
        assert_eq!(layer.state, state, "{layer:?}");
        assert!(layer.notes.concat().contains(note), "{layer:?}");
    }

    #[test]
    fn a_script_that_finds_nothing_does_not_run() {
        check(&facts(own()), State::Broken, "finds no onehead");
        check(&facts(Found::Nothing), State::Missing, "");
        check(&facts(Found::Odd), State::Missing, "no file");
    }

    #[test]
    fn the_configuration_counts_where_git_lists_it() {
        let listed = |listed| Some(Configured { listed, too_old: None });
        let facts = |configured| Facts { configured, ..facts(Found::Nothing) };
        check(&facts(listed(true)), State::Configured, "");
        check(&facts(listed(false)), State::Broken, "does not list it");
        let too_old = Some(Configured { listed: false, too_old: Some("2.47".into()) });
        check(&facts(too_old), State::Broken, "git 2.47 passes over it");
    }

    #[test]
    fn both_ways_at_once_are_twice() {
        let program = Some(super::Program { path: "/o".into(), version: "1".into() });
        let configured = Some(Configured { listed: true, too_old: None });
        check(&Facts { configured, program, ..facts(own()) }, State::Runs, "runs twice");
    }
}
