//! One order: what the side that runs second finds after the first one ran.
//!
//! Each effect is checked against what the other side left, and then takes place. What a side does to what it made itself
//! is its own matter.

use super::world::{By, Key, Presence, World};
use super::{Certainty, Dialect, Outcome, Side};
use crate::operations::{Action, Effect, Operation, Resource};

/// Two operations that disagree in this order.
#[derive(Clone, Debug)]
pub(super) struct Clash {
    pub(super) first: super::At,
    pub(super) second: super::At,
    pub(super) resource: Resource,
    pub(super) outcome: Outcome,
    /// For a merge, where either order may run.
    pub(super) certainty: Certainty,
    pub(super) message: &'static str,
}

/// Runs one side after the other.
pub(super) fn follow(first: Side<'_>, second: Side<'_>, dialect: Dialect) -> Vec<Clash> {
    let mut follow = Follow { world: World::default(), dialect, clashes: Vec::new() };
    for (is_second, side) in [(false, first), (true, second)] {
        for (at, operation) in side.understood() {
            let by = By { is_second, at, is_certain: operation.is_certain };
            for effect in &operation.effects {
                follow.effect(by, operation, effect);
            }
        }
    }
    follow.clashes
}

pub(super) struct Follow {
    pub(super) world: World,
    pub(super) dialect: Dialect,
    clashes: Vec<Clash>,
}

impl Follow {
    fn effect(&mut self, by: By, operation: &Operation, effect: &Effect) {
        let Effect { action, resource } = effect;
        // What stands below a table that is gone fails for that.
        if let Some(table) = resource.table()
            && !matches!(resource, Resource::Table(_))
        {
            let key = World::table_key(table);
            if let Presence::Gone(other) = self.world.slot(&key).presence {
                let of = Resource::Table(table.clone());
                let quiet = matches!(action, Action::Drop { quiet: true });
                if !quiet {
                    self.gone(by, other, &of);
                }
                return;
            }
        }
        let Some(key) = self.world.key(resource, self.dialect) else { return };
        match action {
            Action::Use => self.used(by, operation, resource, &key),
            Action::Create { quiet } => self.create(by, resource, &key, *quiet),
            Action::Drop { quiet } => self.drop(by, resource, &key, *quiet),
            Action::Rename { to } => self.rename(by, resource, &key, to),
            Action::Modify { attribute, value } => {
                self.modify(by, resource, &key, attribute, value.as_ref());
            }
            Action::Restate { attribute, value } => {
                self.restate(by, resource, &key, attribute, value.as_ref());
            }
            Action::ReadRows => self.rows(by, resource, &key, false),
            Action::WriteRows => self.rows(by, resource, &key, true),
        }
    }

    pub(super) fn clash(
        &mut self,
        by: By,
        other: By,
        resource: &Resource,
        outcome: Outcome,
        certainty: Certainty,
        message: &'static str,
    ) {
        if !by.is_second || other.is_second {
            return;
        }
        let is_certain = by.is_certain && other.is_certain;
        let certainty = if is_certain { certainty } else { Certainty::Possible };
        let outcome = if is_certain { outcome } else { outcome.min(Outcome::MayFail) };
        self.clashes.push(Clash {
            first: other.at,
            second: by.at,
            resource: resource.clone(),
            outcome,
            certainty,
            message,
        });
    }

    fn gone(&mut self, by: By, other: By, resource: &Resource) {
        let message = "one side drops or renames what the other one needs";
        self.clash(by, other, resource, Outcome::Fails, Certainty::Definite, message);
    }

    fn used(&mut self, by: By, operation: &Operation, resource: &Resource, key: &Key) {
        let slot = self.world.slot(key);
        if let Presence::Gone(other) = slot.presence {
            return self.gone(by, other, resource);
        }
        if let Resource::Columns(_) = resource {
            if let Some(other) = self.world.column_changed(slot.id, by, true) {
                let message =
                    "one side drops or renames a column of a table that the other one reads";
                self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
            }
            self.world.facts[slot.id].listers.push(by);
            return;
        }
        // A change of one attribute does not depend on another one.
        if operation.kind == "alter_column" {
            return;
        }
        let changed = self.world.facts[slot.id].changes.get("type").map(|(_, other)| *other);
        if let Some(other) = changed {
            self.type_used(by, other, resource);
        }
        self.world.facts[slot.id].users.push(by);
    }

    fn type_used(&mut self, by: By, other: By, resource: &Resource) {
        let message = "one side changes the type of a column that the other one relies on";
        self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
    }

    fn create(&mut self, by: By, resource: &Resource, key: &Key, quiet: bool) {
        let slot = self.world.slot(key);
        let is_unnamed =
            matches!(resource, Resource::Constraint(_, _, name) if name.starts_with('('));
        match slot.presence {
            Presence::There(other) if quiet => {
                let message = "both sides create it if it is not there, so that what it is depends on the order";
                let certainty = match resource {
                    Resource::Table(_) | Resource::Column(..) => Certainty::Definite,
                    _ => Certainty::Possible,
                };
                if !matches!(resource, Resource::Object(..)) {
                    self.clash(by, other, resource, Outcome::Undoes, certainty, message);
                }
            }
            Presence::There(other) => {
                let (outcome, certainty) = if is_unnamed {
                    (Outcome::MayFail, Certainty::Possible)
                } else {
                    (Outcome::Fails, Certainty::Definite)
                };
                self.clash(by, other, resource, outcome, certainty, "both sides create it");
            }
            Presence::Gone(other) => {
                let message =
                    "one side drops or renames it, and the other one creates another of that name";
                self.clash(by, other, resource, Outcome::Undoes, Certainty::Definite, message);
            }
            Presence::Before => {
                let user = self.other_user(slot.id, by);
                if let Some(other) = user {
                    let message = "one side relies on what only the other one creates";
                    self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
                }
            }
        }
        self.positions(by, resource, false);
        let id = self.world.fresh();
        self.world
            .names
            .insert(key.clone(), super::world::Slot { id, presence: Presence::There(by) });
        self.take(by, resource, id);
    }

    /// Takes the other names that something has.
    fn take(&mut self, by: By, resource: &Resource, id: usize) {
        for space in self.world.spaces(resource, self.dialect) {
            if let Some((other, _)) = self.world.taken.insert(space, (by, id))
                && other.is_second != by.is_second
                && !self
                    .clashes
                    .last()
                    .is_some_and(|last| last.second == by.at && last.resource == *resource)
            {
                let message = "both sides take the same name";
                self.clash(by, other, resource, Outcome::Fails, Certainty::Definite, message);
            }
        }
    }

    /// Whether the other side counts the columns of a table that gets one more, or loses one.
    fn positions(&mut self, by: By, resource: &Resource, is_drop: bool) {
        let Resource::Column(table, _) = resource else { return };
        let slot = self.world.slot(&World::table_key(table));
        let facts = &self.world.facts[slot.id];
        let counted = facts.changes.get("positions").map(|(_, other)| *other);
        let listed = facts.listers.iter().rev().copied().find(|other| is_drop && !other.is_second);
        if let Some(other) = counted.or(listed) {
            let message = "one side counts on the columns of the table as they are, and the other one changes them";
            self.clash(by, other, resource, Outcome::Works, Certainty::Possible, message);
        }
    }

    fn other_user(&self, id: usize, by: By) -> Option<By> {
        let facts = &self.world.facts[id];
        let changed = facts.changes.values().map(|(_, other)| *other);
        let rows = facts.rows.iter().map(|(other, ..)| *other);
        let mut users = facts.users.iter().copied().chain(changed).chain(rows);
        users.find(|other| other.is_second != by.is_second)
    }

    fn drop(&mut self, by: By, resource: &Resource, key: &Key, quiet: bool) {
        let slot = self.world.slot(key);
        match slot.presence {
            Presence::Gone(_) if quiet => {}
            Presence::Gone(other) => {
                let message = "both sides drop it, or one renames it";
                self.clash(by, other, resource, Outcome::Fails, Certainty::Definite, message);
            }
            Presence::There(other) if other.is_second != by.is_second => {
                let message = "one side drops what the other one creates";
                self.clash(by, other, resource, Outcome::Undoes, Certainty::Definite, message);
            }
            _ => {
                let other = self.other_user(slot.id, by).or_else(|| {
                    matches!(resource, Resource::Table(_))
                        .then(|| self.world.below(slot.id, by))
                        .flatten()
                });
                if let Some(other) = other {
                    let message = "one side drops or renames what the other one needs";
                    self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
                }
            }
        }
        self.positions(by, resource, true);
        self.lost_with_column(by, resource);
        self.world.taken.retain(|_, (_, id)| *id != slot.id);
        if matches!(resource, Resource::Table(_)) {
            let owner = slot.id.to_string();
            let below: Vec<usize> = self
                .world
                .names
                .iter()
                .filter(|((_, of, _), _)| *of == owner)
                .map(|(_, slot)| slot.id)
                .collect();
            self.world.taken.retain(|_, (_, id)| !below.contains(id));
        }
        let gone = super::world::Slot { id: slot.id, presence: Presence::Gone(by) };
        self.world.names.insert(key.clone(), gone);
    }

    fn rename(&mut self, by: By, resource: &Resource, key: &Key, to: &Resource) {
        let slot = self.world.slot(key);
        match slot.presence {
            Presence::Gone(other) => return self.gone(by, other, resource),
            Presence::There(other) if other.is_second != by.is_second => {
                let message = "one side renames what the other one creates";
                self.clash(by, other, resource, Outcome::Undoes, Certainty::Definite, message);
            }
            _ => {}
        }
        let Some(new) = self.world.key(to, self.dialect) else { return };
        match self.world.slot(&new).presence {
            Presence::There(other) => {
                let message = "both sides take the same name";
                self.clash(by, other, to, Outcome::Fails, Certainty::Definite, message);
            }
            Presence::Gone(other) => {
                let message = "one side drops or renames it, and the other one gives its name to something else";
                self.clash(by, other, to, Outcome::Undoes, Certainty::Definite, message);
            }
            Presence::Before => {}
        }
        self.positions(by, resource, true);
        let there = super::world::Slot { id: slot.id, presence: Presence::There(by) };
        let gone = super::world::Slot { id: self.world.fresh(), presence: Presence::Gone(by) };
        self.world.names.insert(new, there);
        self.world.names.insert(key.clone(), gone);
        self.take(by, to, slot.id);
    }

    fn modify(
        &mut self,
        by: By,
        resource: &Resource,
        key: &Key,
        attribute: &'static str,
        value: Option<&String>,
    ) {
        let slot = self.world.slot(key);
        if let Presence::Gone(other) = slot.presence {
            return self.gone(by, other, resource);
        }
        match attribute {
            "structure" => {
                let is_static =
                    self.dialect == Dialect::Sqlite || value.is_some_and(|value| value == "always");
                if !is_static {
                    return;
                }
                if let Some(other) = self.world.below(slot.id, by) {
                    let message = "one side writes the table down as it was, without what the other one does to it";
                    self.clash(by, other, resource, Outcome::Undoes, Certainty::Definite, message);
                }
            }
            "positions" => {
                if let Some(other) = self.world.column_changed(slot.id, by, false) {
                    let message = "one side counts on the columns of the table as they are, and the other one changes them";
                    self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
                }
            }
            "default" => self.default_of_rows(by, resource),
            "type" => {
                if let Some(other) = self.other_only_user(slot.id, by) {
                    self.type_used(by, other, resource);
                }
            }
            _ => {}
        }
        self.dependent(by, resource, slot.id, attribute);
        let before = self.world.facts[slot.id].changes.get(attribute).cloned();
        if let Some((earlier, other)) = before {
            self.twice(by, other, resource, attribute, earlier.as_ref(), value);
        }
        self.world.facts[slot.id].changes.insert(attribute, (value.cloned(), by));
    }

    fn other_only_user(&self, id: usize, by: By) -> Option<By> {
        self.world.facts[id].users.iter().copied().find(|other| other.is_second != by.is_second)
    }

    /// A default has to fit the type.
    fn dependent(&mut self, by: By, resource: &Resource, id: usize, attribute: &'static str) {
        let related = match attribute {
            "type" => "default",
            "default" => "type",
            _ => return,
        };
        let other = self.world.facts[id].changes.get(related).map(|(_, other)| *other);
        if let Some(other) = other {
            let message = "one side changes the type of the column, and the other one its default";
            self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
        }
    }

    fn twice(
        &mut self,
        by: By,
        other: By,
        resource: &Resource,
        attribute: &'static str,
        earlier: Option<&String>,
        value: Option<&String>,
    ) {
        let is_same = earlier.is_some() && earlier == value;
        let is_known = earlier.is_some() && value.is_some();
        let (outcome, certainty, message) = match attribute {
            "structure" | "positions" => return,
            "primary key" => {
                (Outcome::Fails, Certainty::Definite, "both sides give the table a primary key")
            }
            "values" if is_same => {
                (Outcome::Fails, Certainty::Definite, "both sides add the same value")
            }
            "values" => (
                Outcome::MayFail,
                Certainty::Possible,
                "both sides add a value, so that their order differs",
            ),
            _ if is_same => return,
            _ if is_known => (
                Outcome::Undoes,
                Certainty::Definite,
                "both sides change the same attribute to different values; the last one stays",
            ),
            _ => (Outcome::MayFail, Certainty::Possible, "both sides change the same attribute"),
        };
        self.clash(by, other, resource, outcome, certainty, message);
    }

    fn restate(
        &mut self,
        by: By,
        resource: &Resource,
        key: &Key,
        attribute: &'static str,
        value: Option<&String>,
    ) {
        if !self.dialect.restates() {
            return;
        }
        let id = self.world.slot(key).id;
        let Some((changed, other)) = self.world.facts[id].changes.get(attribute).cloned() else {
            return;
        };
        if changed.is_none() || changed.as_ref() != value {
            let message = "on this dialect, one side says the whole column again as it was, and undoes the other one";
            self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
        }
    }

    fn rows(&mut self, by: By, resource: &Resource, key: &Key, writes: bool) {
        let Resource::Rows(table, columns) = resource else { return };
        let slot = self.world.slot(key);
        if let Presence::Gone(other) = slot.presence {
            return self.gone(by, other, resource);
        }
        let meets = |theirs: &Option<Vec<String>>| match (columns, theirs) {
            (Some(ours), Some(theirs)) => ours.iter().any(|column| theirs.contains(column)),
            _ => true,
        };
        let found = self.world.facts[slot.id].rows.iter().find(|(other, wrote, theirs)| {
            other.is_second != by.is_second && (writes || *wrote) && meets(theirs)
        });
        if let Some(&(other, wrote, _)) = found {
            let message = if writes && wrote {
                "both sides write the same rows"
            } else {
                "one side writes rows that the other one reads or checks"
            };
            self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
        }
        if writes {
            self.rows_of_default(by, table, columns.as_deref());
        }
        self.world.facts[slot.id].rows.push((by, writes, columns.clone()));
    }
}
