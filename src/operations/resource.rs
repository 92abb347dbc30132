//! What operations act on, by name. Knows nothing of what is done to it.

use std::fmt;

/// The name of a table, with the schema where one is given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table {
    /// `schema=`
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
}

/// Something in a database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// A table.
    Table(Table),
    /// A column of a table.
    Column(Table, String),
    /// All columns of a table, whichever there are: `INSERT INTO t VALUES`, `SELECT *`.
    Columns(Table),
    /// An index; the table where it is known.
    Index(Option<Table>, String),
    /// A constraint of a table.
    Constraint(Table, ConstraintKind, String),
    /// A type: of an enumeration, or a domain.
    Type(Option<String>, String),
    /// The comment of a table.
    Comment(Table),
    /// The rows of a table: of the columns named, or all.
    Rows(Table, Option<Vec<String>>),
    /// Something else that has a name: a view, a sequence, an extension, a schema.
    Object(&'static str, String),
}

/// The kinds of constraints, which share their names differently by dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`
    Primary,
    /// `UNIQUE`
    Unique,
    /// `FOREIGN KEY`
    Foreign,
    /// `CHECK`
    Check,
    /// `EXCLUDE`
    Exclude,
    /// Not said.
    Any,
}

impl Table {
    /// A table without a schema.
    pub fn new(name: impl Into<String>) -> Self {
        Self { schema: None, name: name.into() }
    }

    /// A table in a schema, where there is one.
    pub fn within(schema: Option<String>, name: impl Into<String>) -> Self {
        Self { schema, name: name.into() }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(out, "{schema}.")?;
        }
        out.write_str(&self.name)
    }
}

impl Resource {
    /// What it is, as a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "table",
            Self::Column(..) => "column",
            Self::Columns(_) => "columns",
            Self::Index(..) => "index",
            Self::Constraint(..) => "constraint",
            Self::Type(..) => "type",
            Self::Comment(_) => "comment",
            Self::Rows(..) => "rows",
            Self::Object(kind, _) => kind,
        }
    }

    /// The table to which it belongs, where that is known.
    pub fn table(&self) -> Option<&Table> {
        match self {
            Self::Table(table)
            | Self::Column(table, _)
            | Self::Columns(table)
            | Self::Index(Some(table), _)
            | Self::Constraint(table, ..)
            | Self::Comment(table)
            | Self::Rows(table, _) => Some(table),
            Self::Index(None, _) | Self::Type(..) | Self::Object(..) => None,
        }
    }

    /// Its name, without what it is: `users.email`.
    pub fn name(&self) -> String {
        match self {
            Self::Table(table)
            | Self::Columns(table)
            | Self::Comment(table)
            | Self::Rows(table, None) => table.to_string(),
            Self::Column(table, column) => format!("{table}.{column}"),
            Self::Index(_, name) | Self::Object(_, name) | Self::Type(None, name) => name.clone(),
            Self::Constraint(table, _, name) => format!("{table}.{name}"),
            Self::Type(Some(schema), name) => format!("{schema}.{name}"),
            Self::Rows(table, Some(columns)) => format!("{table} ({})", columns.join(", ")),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns(table) => write!(out, "the list of columns of `{table}`"),
            Self::Comment(table) => write!(out, "the comment of `{table}`"),
            Self::Rows(..) => write!(out, "the rows of `{}`", self.name()),
            _ => write!(out, "{} `{}`", self.kind(), self.name()),
        }
    }
}
