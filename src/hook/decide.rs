//! What installing and uninstalling do with what is there: a table, without a look at the disk.
//!
//! Nothing of anybody is overwritten. A script of ours that was edited counts as somebody's.

use super::mention::Manager;
use super::{Event, Own, Script, VERSION};

/// What stands where a hook belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A script of ours.
    Own {
        /// What it says of itself.
        own: Own,
        /// Whether it may be run; git passes over one that may not.
        executable: bool,
    },
    /// Somebody else's, of whatever kind.
    Foreign(Foreign),
    /// A folder, or something else that is no file.
    Odd,
}

/// A hook that is not ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The hook manager that wrote it, where it says so.
    pub manager: Option<Manager>,
    /// Whether it runs onehead for its event.
    pub calls_onehead: bool,
    /// Whether it may be run; git passes over one that may not.
    pub executable: bool,
}

/// The places of one hook: where git looks, and where others put aside what they found there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Where git looks.
    Hook,
    /// `<hook>.legacy`: pre-commit and prek put a hook there and run it before their own.
    Legacy,
    /// `<hook>.old`: lefthook puts a hook there, and nobody runs it any more.
    Old,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hook, Self::Legacy, Self::Old];

    /// The name of the file for an event.
    pub fn file_name(self, event: Event) -> String {
        let name = event.name();
        match self {
            Self::Hook => name.to_owned(),
            Self::Legacy => format!("{name}.legacy"),
            Self::Old => format!("{name}.old"),
        }
    }
}

/// What is known of one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its event.
    pub event: Event,
    /// What git finds.
    pub hook: Found,
    /// What stands at `<hook>.legacy`.
    pub legacy: Found,
    /// What stands at `<hook>.old`.
    pub old: Found,
    /// What stands at `<hook>.onehead-prev`.
    pub previous: Found,
}

impl Site {
    /// What stands at a place.
    pub fn at(&self, place: Place) -> &Found {
        match place {
            Place::Hook => &self.hook,
            Place::Legacy => &self.legacy,
            Place::Old => &self.old,
        }
    }

    /// Whether what is at `<hook>.legacy` is run, by the hook manager whose hook git finds.
    pub fn runs_legacy(&self) -> bool {
        let managers = [Some(Manager::PreCommit), Some(Manager::Prek)];
        matches!(&self.hook, Found::Foreign(hook) if hook.executable && managers.contains(&hook.manager))
    }

    fn has_previous(&self) -> bool {
        self.previous != Found::Nothing
    }
}

/// What installing a hook comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Install {
    /// It is there already, and as it would be written.
    Present,
    /// Somebody else's hook runs onehead.
    Called,
    /// To be done.
    Do {
        /// How.
        step: Step,
        /// Where.
        place: Place,
        /// What is written.
        script: Script,
    },
    /// Not to be done.
    Refused(Refusal),
}

/// How a script gets where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The place is free.
    Create,
    /// Over a script of ours.
    Replace,
    /// Over a script of ours that was edited, of which a copy is kept.
    ReplaceEdited,
    /// After somebody's hook was moved aside.
    MoveAside,
}

/// Why a hook is not installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Our script was edited.
    Edited,
    /// Our script is of a later version than this onehead.
    Newer(u32),
    /// There is a hook of somebody else to move aside, and one was moved aside before.
    TwoForeign,
    /// What is there is no file.
    Odd,
}

/// What installing does with what is there.
pub fn install(site: &Site, wanted: &Script, force: bool) -> Install {
    let script = |chained| Script { chained, ..wanted.clone() };
    match &site.hook {
        Found::Nothing => {
            let chained = site.has_previous();
            Install::Do { step: Step::Create, place: Place::Hook, script: script(chained) }
        }
        Found::Own { own, executable } => {
            over_own(site, Place::Hook, (own, *executable), wanted, force)
        }
        Found::Foreign(_) if site.runs_legacy() && matches!(site.legacy, Found::Own { .. }) => {
            let Found::Own { own, executable } = &site.legacy else { return Install::Present };
            over_own(site, Place::Legacy, (own, *executable), wanted, force)
        }
        Found::Foreign(hook) if hook.calls_onehead && hook.executable => Install::Called,
        Found::Foreign(_) if site.has_previous() => Install::Refused(Refusal::TwoForeign),
        Found::Foreign(_) => {
            Install::Do { step: Step::MoveAside, place: Place::Hook, script: script(true) }
        }
        Found::Odd => Install::Refused(Refusal::Odd),
    }
}

fn over_own(
    site: &Site,
    place: Place,
    (own, executable): (&Own, bool),
    wanted: &Script,
    force: bool,
) -> Install {
    if own.version > VERSION && !force {
        return Install::Refused(Refusal::Newer(own.version));
    }
    if !own.pristine && !force {
        return Install::Refused(Refusal::Edited);
    }
    let script = Script {
        chained: site.has_previous(),
        // Who once wanted it is not to lose it because a script installs again.
        offer: wanted.offer || own.script.offer,
        ..wanted.clone()
    };
    if own.pristine && own.version == VERSION && own.script == script && executable {
        return Install::Present;
    }
    let step = if own.pristine { Step::Replace } else { Step::ReplaceEdited };
    Install::Do { step, place, script }
}

/// What uninstalling does at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uninstall {
    /// Takes our script away.
    Remove,
    /// Puts the hook that was there before back in its place.
    Restore,
    /// Leaves our script alone, since it was edited.
    LeaveEdited,
}

/// What uninstalling does with what is there, place by place.
pub fn uninstall(site: &Site) -> Vec<(Place, Uninstall)> {
    let mut previous = site.has_previous();
    let mut steps = Vec::new();
    for place in Place::ALL {
        match site.at(place) {
            Found::Own { own, .. } if !own.pristine => steps.push((place, Uninstall::LeaveEdited)),
            // A hook manager that would then run itself as its own predecessor stops with an error.
            Found::Own { own, .. } if own.script.chained && previous && !is_itself(site, place) => {
                previous = false;
                steps.push((place, Uninstall::Restore));
            }
            Found::Own { .. } => steps.push((place, Uninstall::Remove)),
            // An installation that was ended between its two steps.
            Found::Nothing if place == Place::Hook && previous && !owns_elsewhere(site) => {
                previous = false;
                steps.push((place, Uninstall::Restore));
            }
            Found::Nothing | Found::Foreign(_) | Found::Odd => {}
        }
    }
    steps
}

fn owns_elsewhere(site: &Site) -> bool {
    [&site.legacy, &site.old].into_iter().any(|found| matches!(found, Found::Own { .. }))
}

fn is_itself(site: &Site, place: Place) -> bool {
    let manager = |found: &Found| match found {
        Found::Foreign(foreign) => foreign.manager,
        _ => None,
    };
    place != Place::Hook && manager(&site.previous).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOREIGN: Foreign = Foreign { manager: None, calls_onehead: false, executable: true };

    fn wanted() -> Script {
        Script { event: Event::PrePush, program: Some("/o".into()), offer: false, chained: false }
    }

    fn own(change: impl Fn(&mut Own)) -> Found {
        let mut own = Own { version: VERSION, pristine: true, script: wanted() };
        change(&mut own);
        Found::Own { own, executable: true }
    }

    fn site(hook: Found) -> Site {
        let nothing = Found::Nothing;
        let (legacy, old, previous) = (nothing.clone(), nothing.clone(), nothing);
        Site { event: Event::PrePush, hook, legacy, old, previous }
    }

    fn done(step: Step, place: Place, chained: bool) -> Install {
        Install::Do { step, place, script: Script { chained, ..wanted() } }
    }

    #[track_caller]
    fn check(site: &Site, force: bool, expected: &Install) {
        assert_eq!(&install(site, &wanted(), force), expected);
    }

    #[test]
    fn a_free_place_is_taken() {
        check(&site(Found::Nothing), false, &done(Step::Create, Place::Hook, false));
    }

    #[test]
    fn twice_is_once() {
        check(&site(own(|_| {})), false, &Install::Present);
        check(&site(own(|own| own.script.offer = true)), false, &Install::Present);
    }

    #[test]
    fn an_older_one_or_one_of_another_program_is_replaced() {
        let replaced = done(Step::Replace, Place::Hook, false);
        check(&site(own(|own| own.version = 0)), false, &replaced);
        check(&site(own(|own| own.script.program = None)), false, &replaced);
    }

    #[test]
    fn an_edited_or_later_one_is_left_unless_forced() {
        let edited = site(own(|own| own.pristine = false));
        check(&edited, false, &Install::Refused(Refusal::Edited));
        check(&edited, true, &done(Step::ReplaceEdited, Place::Hook, false));
        let newer = site(own(|own| own.version = VERSION + 1));
        check(&newer, false, &Install::Refused(Refusal::Newer(VERSION + 1)));
        check(&newer, true, &done(Step::Replace, Place::Hook, false));
    }

    #[test]
    fn a_foreign_one_goes_first_but_only_one() {
        let mut foreign = site(Found::Foreign(FOREIGN));
        check(&foreign, false, &done(Step::MoveAside, Place::Hook, true));
        foreign.previous = Found::Foreign(FOREIGN);
        check(&foreign, true, &Install::Refused(Refusal::TwoForeign));
    }

    #[test]
    fn one_that_calls_onehead_is_enough() {
        let calls = Foreign { calls_onehead: true, ..FOREIGN };
        check(&site(Found::Foreign(calls)), false, &Install::Called);
        let silent = Foreign { calls_onehead: true, executable: false, ..FOREIGN };
        let moved = done(Step::MoveAside, Place::Hook, true);
        check(&site(Found::Foreign(silent)), false, &moved);
    }

    #[test]
    fn what_pre_commit_runs_is_renewed_where_it_is() {
        let manager = Some(Manager::PreCommit);
        let mut site = site(Found::Foreign(Foreign { manager, ..FOREIGN }));
        site.legacy = own(|_| {});
        check(&site, false, &Install::Present);
        site.legacy = own(|own| own.version = 0);
        check(&site, false, &done(Step::Replace, Place::Legacy, false));
        site.legacy = Found::Nothing;
        site.old = own(|_| {});
        check(&site, false, &done(Step::MoveAside, Place::Hook, true));
    }

    #[test]
    fn an_installation_that_was_cut_short_is_finished_or_undone() {
        let mut site = site(Found::Nothing);
        site.previous = Found::Foreign(FOREIGN);
        check(&site, false, &done(Step::Create, Place::Hook, true));
        assert_eq!(uninstall(&site), [(Place::Hook, Uninstall::Restore)]);
    }

    #[test]
    fn uninstalling_puts_back_what_was_there() {
        let chained = own(|own| own.script.chained = true);
        let mut site = site(chained.clone());
        assert_eq!(uninstall(&site), [(Place::Hook, Uninstall::Remove)]);
        site.previous = Found::Foreign(FOREIGN);
        assert_eq!(uninstall(&site), [(Place::Hook, Uninstall::Restore)]);
        site.hook = Found::Foreign(FOREIGN);
        assert_eq!(uninstall(&site), []);
        site.old = chained.clone();
        assert_eq!(uninstall(&site), [(Place::Old, Uninstall::Restore)]);
        site.legacy = chained;
        let both = [(Place::Legacy, Uninstall::Restore), (Place::Old, Uninstall::Remove)];
        assert_eq!(uninstall(&site), both);
        site.old = Found::Nothing;
        site.previous = Found::Foreign(Foreign { manager: Some(Manager::PreCommit), ..FOREIGN });
        assert_eq!(uninstall(&site), [(Place::Legacy, Uninstall::Remove)]);
    }

    #[test]
    fn uninstalling_leaves_what_is_not_only_ours() {
        assert_eq!(uninstall(&site(Found::Foreign(FOREIGN))), []);
        assert_eq!(uninstall(&site(Found::Nothing)), []);
        let edited = site(own(|own| own.pristine = false));
        assert_eq!(uninstall(&edited), [(Place::Hook, Uninstall::LeaveEdited)]);
    }
}
