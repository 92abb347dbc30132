//! The names of a database while one side runs after the other: what is known to be there, to be gone, and by whom.
//!
//! What stood there before the fork is not known: a name of which nothing was said yet is taken to fit. A thing keeps its
//! identity when it is renamed.

use std::collections::BTreeMap;

use super::{At, Dialect};
use crate::operations::resource::ConstraintKind;
use crate::operations::{Resource, Table};

/// An operation of one of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct By {
    /// Whether it is of the side that runs second.
    pub(super) is_second: bool,
    /// Which.
    pub(super) at: At,
    /// Whether it runs for certain.
    pub(super) is_certain: bool,
}

/// A name: the space that it has to be unique in, and itself, in lower case.
pub(super) type Key = (&'static str, String, String);

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// As it was before the fork.
    Before,
    /// It was made.
    There(By),
    /// It was taken away, or renamed.
    Gone(By),
}

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Its identity.
    pub(super) id: usize,
    /// Whether it is there.
    pub(super) presence: Presence,
}

/// What is known of a thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Who needs it.
    pub(super) users: Vec<By>,
    /// Who gave which value to which attribute last.
    pub(super) changes: BTreeMap<&'static str, (Option<String>, By)>,
    /// Who needs the list of its columns.
    pub(super) listers: Vec<By>,
    /// Who read or wrote rows: whether it wrote, of which columns.
    pub(super) rows: Vec<(By, bool, Option<Vec<String>>)>,
}

/// Everything that is known.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) names: BTreeMap<Key, Slot>,
    pub(super) facts: Vec<Facts>,
    /// Names that were taken, by whom, and for what.
    pub(super) taken: BTreeMap<Key, (By, usize)>,
}

impl World {
    /// What a name stands for.
    pub(super) fn slot(&mut self, key: &Key) -> Slot {
        if let Some(slot) = self.names.get(key) {
            return *slot;
        }
        let slot = Slot { id: self.fresh(), presence: Presence::Before };
        self.names.insert(key.clone(), slot);
        slot
    }

    /// A new identity.
    pub(super) fn fresh(&mut self) -> usize {
        self.facts.push(Facts::default());
        self.facts.len() - 1
    }

    /// The name of a table.
    pub(super) fn table_key(table: &Table) -> Key {
        ("table", schema(table), table.name.to_lowercase())
    }

    /// The name by which a resource is known; `None` for what has none on this dialect.
    pub(super) fn key(&mut self, resource: &Resource, dialect: Dialect) -> Option<Key> {
        Some(match resource {
            Resource::Table(table)
            | Resource::Columns(table)
            | Resource::Comment(table)
            | Resource::Rows(table, _) => Self::table_key(table),
            Resource::Column(table, name) => ("column", self.owner(table), name.to_lowercase()),
            Resource::Constraint(table, _, name) => {
                ("constraint", self.owner(table), name.to_lowercase())
            }
            Resource::Index(Some(table), name) if !has_schema_indexes(dialect) => {
                ("index", self.owner(table), name.to_lowercase())
            }
            Resource::Index(table, name) => {
                ("index", table.as_ref().map(schema).unwrap_or_default(), name.to_lowercase())
            }
            Resource::Type(schema, name) => {
                if !dialect.has_types() {
                    return None;
                }
                ("type", schema.clone().unwrap_or_default(), name.to_lowercase())
            }
            Resource::Object(kind, name) => (kind, String::new(), name.to_lowercase()),
        })
    }

    /// The identity of a table, as the owner of what is below it.
    fn owner(&mut self, table: &Table) -> String {
        self.slot(&Self::table_key(table)).id.to_string()
    }

    /// The names that something takes when it is made, besides its own.
    pub(super) fn spaces(&mut self, resource: &Resource, dialect: Dialect) -> Vec<Key> {
        let relation = |table: Option<&Table>, name: &str| {
            ("relation", table.map(schema).unwrap_or_default(), name.to_lowercase())
        };
        match (resource, dialect) {
            (Resource::Table(table), Dialect::Postgresql | Dialect::Sqlite) => {
                vec![relation(Some(table), &table.name)]
            }
            (Resource::Index(table, name), Dialect::Postgresql | Dialect::Sqlite) => {
                vec![relation(table.as_ref(), name)]
            }
            (Resource::Constraint(_, _, name), _) if name.starts_with('(') => Vec::new(),
            (
                Resource::Constraint(
                    table,
                    ConstraintKind::Unique | ConstraintKind::Primary | ConstraintKind::Exclude,
                    name,
                ),
                Dialect::Postgresql,
            ) => vec![relation(Some(table), name)],
            (
                Resource::Constraint(table, ConstraintKind::Foreign, name),
                Dialect::Mysql | Dialect::Mariadb,
            )
            | (Resource::Constraint(table, ConstraintKind::Check, name), Dialect::Mysql)
            | (Resource::Constraint(table, _, name), Dialect::Mssql | Dialect::Oracle) => {
                vec![("constraints", schema(table), name.to_lowercase())]
            }
            (
                Resource::Constraint(table, ConstraintKind::Unique, name)
                | Resource::Index(Some(table), name),
                Dialect::Mysql | Dialect::Mariadb,
            ) => {
                vec![("keys", self.owner(table), name.to_lowercase())]
            }
            _ => Vec::new(),
        }
    }

    /// What was made, changed or taken away below a table by the other side.
    pub(super) fn below(&self, id: usize, by: By) -> Option<By> {
        let owner = id.to_string();
        let of_other = |other: By| (other.is_second != by.is_second).then_some(other);
        self.names
            .iter()
            .filter(|((kind, of, _), _)| {
                matches!(*kind, "column" | "constraint" | "index") && *of == owner
            })
            .find_map(|(_, slot)| match slot.presence {
                Presence::There(other) | Presence::Gone(other) => of_other(other),
                Presence::Before => {
                    let facts = &self.facts[slot.id];
                    let changed = facts.changes.values().map(|(_, other)| *other);
                    facts.users.iter().copied().chain(changed).find_map(of_other)
                }
            })
    }

    /// The other side's making or taking away of a column of a table.
    pub(super) fn column_changed(&self, id: usize, by: By, gone_only: bool) -> Option<By> {
        let owner = id.to_string();
        self.names.iter().filter(|((kind, of, _), _)| *kind == "column" && *of == owner).find_map(
            |(_, slot)| match slot.presence {
                Presence::Gone(other) if other.is_second != by.is_second => Some(other),
                Presence::There(other) if !gone_only && other.is_second != by.is_second => {
                    Some(other)
                }
                _ => None,
            },
        )
    }
}

fn has_schema_indexes(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Postgresql | Dialect::Sqlite | Dialect::Oracle)
}

fn schema(table: &Table) -> String {
    table.schema.as_deref().unwrap_or_default().to_lowercase()
}
