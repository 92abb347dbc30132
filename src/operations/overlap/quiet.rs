//! What two sides do to each other without naming the same thing.

use super::follow::Follow;
use super::world::{By, Key, Presence, Slot, World};
use super::{Certainty, Dialect, Outcome};
use crate::operations::{Resource, Table};

impl Follow {
    /// The other side wrote rows of the table without a value for this column, so that they have its default, whichever
    /// that is by then.
    pub(super) fn default_of_rows(&mut self, by: By, resource: &Resource) {
        let Resource::Column(table, name) = resource else { return };
        let id = self.world.slot(&World::table_key(table)).id;
        let is_filled = |columns: &Option<Vec<String>>| {
            columns.as_ref().is_none_or(|columns| {
                !columns.iter().any(|column| column.eq_ignore_ascii_case(name))
            })
        };
        let rows = &self.world.facts[id].rows;
        let found = rows.iter().find(|(other, wrote, columns)| {
            other.is_second != by.is_second && *wrote && is_filled(columns)
        });
        if let Some(&(other, ..)) = found {
            self.filled(by, other, resource);
        }
    }

    /// The same where the rows are written after the default was changed.
    pub(super) fn rows_of_default(&mut self, by: By, table: &Table, columns: Option<&[String]>) {
        let owner = self.world.slot(&World::table_key(table)).id.to_string();
        let is_listed = |name: &str| {
            columns.is_some_and(|columns| columns.iter().any(|one| one.eq_ignore_ascii_case(name)))
        };
        let mut below =
            self.world.names.iter().filter(|((kind, of, name), _)| {
                *kind == "column" && *of == owner && !is_listed(name)
            });
        let changed = |((_, _, name), slot): (&Key, &Slot)| {
            let (_, other) = self.world.facts[slot.id].changes.get("default")?;
            (other.is_second != by.is_second).then(|| (name.clone(), *other))
        };
        let found = below.find_map(changed);
        if let Some((name, other)) = found {
            self.filled(by, other, &Resource::Column(table.clone(), name));
        }
    }

    fn filled(&mut self, by: By, other: By, resource: &Resource) {
        let message =
            "one side changes the default of the column, and the other one writes rows that get it";
        self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
    }

    /// `SQLite` makes a table anew to drop a column, and what stood over the column is not made again.
    pub(super) fn lost_with_column(&mut self, by: By, resource: &Resource) {
        let (Resource::Column(table, _) | Resource::Constraint(table, ..)) = resource else {
            return;
        };
        if self.dialect != Dialect::Sqlite {
            return;
        }
        let other_kind =
            if matches!(resource, Resource::Column(..)) { "constraint" } else { "column" };
        let owner = self.world.slot(&World::table_key(table)).id.to_string();
        let gone = self.world.names.iter().find_map(|((kind, of, _), slot)| match slot.presence {
            Presence::Gone(other)
                if *kind == other_kind && *of == owner && other.is_second != by.is_second =>
            {
                Some(other)
            }
            _ => None,
        });
        if let Some(other) = gone {
            let message = "one side drops a column, and with it perhaps the constraint that the other one drops";
            self.clash(by, other, resource, Outcome::MayFail, Certainty::Possible, message);
        }
    }
}
