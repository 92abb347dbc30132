//! What each operation of Alembic's does: names and places of arguments as in `alembic.operations.ops` of 1.20.1, with the
//! older names that it still takes or took (`name`, `source`, `referent`, `type_`).
//!
//! An operation that is not in the list, or whose names are not known, is not guessed at: the reason is given instead.

use super::columns::{self, Items};
use super::resource::{ConstraintKind, Resource, Table};
use super::{Action, Effect, sql};
use crate::python::steps::{Call, Invocation, Term};

/// What an operation does, or why that is not known.
type Understood = Result<(&'static str, Vec<Effect>), String>;

/// What a call does.
pub(super) fn understand(call: &Call) -> Understood {
    if let Some(receiver) = &call.receiver {
        return of_type(call, receiver);
    }
    let given = Given { call: &call.given, batch: call.batch.as_ref() };
    if !call.given.is_whole {
        return Err(format!("`{}` is given `*` or `**` of something unknown", call.name));
    }
    match call.name.as_str() {
        "create_table" => create_table(&given),
        "drop_table" => {
            let table = given.table(&["table_name", "name"], 0, "schema")?;
            let quiet = given.is_true("if_exists");
            Ok(("drop_table", vec![effect(Action::Drop { quiet }, Resource::Table(table))]))
        }
        "rename_table" => {
            let table = given.table(&["old_table_name"], 0, "schema")?;
            let name = given.text(&["new_table_name"], Some(1))?;
            let to = Resource::Table(Table::within(table.schema.clone(), name));
            Ok(("rename_table", vec![effect(Action::Rename { to }, Resource::Table(table))]))
        }
        "add_column" => add_column(&given),
        "drop_column" => {
            let table = given.own_table("table_name")?;
            let column = given.text(&["column_name"], Some(given.shift(1)))?;
            let quiet = given.is_true("if_exists");
            Ok((
                "drop_column",
                vec![effect(Action::Drop { quiet }, Resource::Column(table, column))],
            ))
        }
        "alter_column" => alter_column(&given),
        "create_index" => create_index(&given),
        "drop_index" => drop_index(&given),
        "create_foreign_key" => create_foreign_key(&given),
        "create_unique_constraint" => {
            constraint(&given, "create_unique_constraint", ConstraintKind::Unique)
        }
        "create_primary_key" => constraint(&given, "create_primary_key", ConstraintKind::Primary),
        "create_check_constraint" => {
            constraint(&given, "create_check_constraint", ConstraintKind::Check)
        }
        "create_exclude_constraint" => {
            constraint(&given, "create_exclude_constraint", ConstraintKind::Exclude)
        }
        "drop_constraint" => drop_constraint(&given),
        "create_table_comment" | "drop_table_comment" => table_comment(&given, &call.name),
        "batch_alter_table" => batch(&call.given),
        "bulk_insert" => bulk_insert(&given),
        "execute" => execute(&given),
        name => Err(format!("`{name}` is no operation of Alembic's")),
    }
}

/// The arguments of an operation, in a batch without those that the batch has.
struct Given<'c> {
    call: &'c Invocation,
    batch: Option<&'c Invocation>,
}

pub(super) fn effect(action: Action, resource: Resource) -> Effect {
    Effect { action, resource }
}

/// The name of the table of a batch.
fn batch_table(batch: &Invocation) -> Result<Table, String> {
    let given = Given { call: batch, batch: None };
    given.table(&["table_name"], 0, "schema")
}

impl Given<'_> {
    /// The place of an argument that in a batch stands one earlier.
    fn shift(&self, place: usize) -> usize {
        if self.batch.is_some() { place.saturating_sub(1) } else { place }
    }

    fn get(&self, names: &[&str], place: Option<usize>) -> Option<&Term> {
        names
            .iter()
            .find_map(|name| self.call.get(name, None))
            .or_else(|| place.and_then(|place| self.call.arguments.get(place)))
    }

    fn text(&self, names: &[&str], place: Option<usize>) -> Result<String, String> {
        match self.get(names, place).map(columns::unquoted) {
            Some(Term::Text(text)) => Ok(text.clone()),
            Some(_) => Err(format!("`{}` is known only when it runs", names[0])),
            None => Err(format!("`{}` is not given", names[0])),
        }
    }

    /// A name that may be `None`, so that a convention gives it.
    fn name(&self, names: &[&str], place: usize) -> Result<Option<String>, String> {
        match self.get(names, Some(place)).map(columns::unquoted) {
            None | Some(Term::None) => Ok(None),
            Some(Term::Text(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("`{}` is known only when it runs", names[0])),
        }
    }

    fn list(&self, names: &[&str], place: usize) -> Result<Vec<String>, String> {
        let unknown = || format!("`{}` is known only when it runs", names[0]);
        match self.get(names, Some(place)) {
            Some(Term::List(terms)) => terms
                .iter()
                .map(|term| columns::unquoted(term).text().map(str::to_owned).ok_or_else(unknown))
                .collect(),
            Some(Term::Text(_)) | None => Err(format!("`{}` is no list", names[0])),
            Some(_) => Err(unknown()),
        }
    }

    fn schema(&self, name: &str) -> Result<Option<String>, String> {
        match self.call.get(name, None).map(columns::unquoted) {
            None | Some(Term::None) => Ok(None),
            Some(Term::Text(schema)) => Ok(Some(schema.clone())),
            Some(_) => Err(format!("`{name}` is known only when it runs")),
        }
    }

    fn table(&self, names: &[&str], place: usize, schema: &str) -> Result<Table, String> {
        Ok(Table::within(self.schema(schema)?, self.text(names, Some(place))?))
    }

    /// The table of the batch, or the one that is given first.
    fn own_table(&self, name: &str) -> Result<Table, String> {
        match self.batch {
            Some(batch) => batch_table(batch),
            None => self.table(&[name], 0, "schema"),
        }
    }

    fn is_true(&self, name: &str) -> bool {
        self.call.get(name, None) == Some(&Term::Bool(true))
    }
}

fn of_type(call: &Call, receiver: &Term) -> Understood {
    let Some(of) = receiver.call() else { return Err("the type is not known".into()) };
    let Some(resource) = columns::named_type(of) else {
        return Err("the name of the type is not known".into());
    };
    let is_postgres = receiver.last_name() != Some("Enum");
    let quiet = match call.given.get("checkfirst", Some(1)) {
        Some(Term::Bool(quiet)) => *quiet,
        // `sqlalchemy.dialects.postgresql.ENUM.create(checkfirst=True)`, `sqlalchemy.Enum.create(checkfirst=False)`
        _ => is_postgres,
    };
    Ok(match call.name.as_str() {
        "create" => ("create_type", vec![effect(Action::Create { quiet }, resource)]),
        _ => ("drop_type", vec![effect(Action::Drop { quiet }, resource)]),
    })
}

fn create_table(given: &Given<'_>) -> Understood {
    let table = given.table(&["table_name", "name"], 0, "schema")?;
    let quiet = given.is_true("if_not_exists");
    let items = given.call.arguments.get(1..).unwrap_or_default();
    let items = columns::items(&table, items)?;
    let mut effects = items.needs(&table);
    effects.push(effect(Action::Create { quiet }, Resource::Table(table.clone())));
    effects.extend(items.creations(quiet));
    if matches!(given.call.get("comment", None), Some(Term::Text(_))) {
        effects.push(effect(modify("comment", None), Resource::Comment(table)));
    }
    Ok(("create_table", effects))
}

fn add_column(given: &Given<'_>) -> Understood {
    let table = given.own_table("table_name")?;
    let Some(column) = given.get(&["column"], Some(given.shift(1))) else {
        return Err("`column` is not given".into());
    };
    let items: Items = columns::items(&table, std::slice::from_ref(column))?;
    let mut effects = vec![effect(Action::Use, Resource::Table(table.clone()))];
    effects.extend(items.needs(&table));
    let quiet = given.is_true("if_not_exists");
    effects.extend(items.creations(quiet).into_iter().map(|created| match created {
        // Only `create_table` makes the types of its columns.
        Effect { action: Action::Create { .. }, resource: resource @ Resource::Type(..) } => {
            effect(Action::Use, resource)
        }
        other => other,
    }));
    if items.needs_empty() {
        effects.push(effect(Action::ReadRows, Resource::Rows(table, None)));
    } else if !items.checked_columns().is_empty() {
        let columns = Some(items.checked_columns());
        effects.push(effect(Action::ReadRows, Resource::Rows(table, columns)));
    }
    Ok(("add_column", effects))
}

pub(super) fn modify(attribute: &'static str, value: Option<String>) -> Action {
    Action::Modify { attribute, value }
}

/// The value of an attribute, as it can be compared.
fn value(term: &Term) -> Option<String> {
    term.is_known().then(|| term.to_string())
}

fn alter_column(given: &Given<'_>) -> Understood {
    let table = given.own_table("table_name")?;
    let name = given.text(&["column_name"], Some(given.shift(1)))?;
    let column = Resource::Column(table.clone(), name.clone());
    let rows = Resource::Rows(table.clone(), Some(vec![name.clone()]));
    let mut effects = vec![effect(Action::Use, column.clone())];
    let mut reads = false;
    let keyword = |names: &[&str]| given.get(names, None).filter(|term| **term != Term::None);
    let given_type = keyword(&["type_"]);
    if let Some(term) = given_type {
        effects.push(effect(modify("type", value(term)), column.clone()));
        effects.extend(columns::type_use(term));
        reads = true;
    }
    let nullable = keyword(&["nullable"]);
    if let Some(term) = nullable {
        effects.push(effect(modify("nullable", value(term)), column.clone()));
        reads |= *term != Term::Bool(true);
    }
    // `False` says that the default is not changed; `None` takes it away.
    let default = given.get(&["server_default"], None).filter(|term| **term != Term::Bool(false));
    if let Some(term) = default {
        effects.push(effect(modify("default", value(term)), column.clone()));
    }
    let comment = given.get(&["comment"], None).filter(|term| **term != Term::Bool(false));
    if let Some(term) = comment {
        effects.push(effect(modify("comment", value(term)), column.clone()));
    }
    if keyword(&["autoincrement"]).is_some() {
        effects.push(effect(modify("autoincrement", None), column.clone()));
    }
    let restated = [
        ("type", given_type.is_some(), "existing_type"),
        ("nullable", nullable.is_some(), "existing_nullable"),
        ("default", default.is_some(), "existing_server_default"),
        ("comment", comment.is_some(), "existing_comment"),
    ];
    let renamed = keyword(&["new_column_name", "name"]);
    let says_all =
        given_type.is_some() || nullable.is_some() || comment.is_some() || renamed.is_some();
    for (attribute, is_given, existing) in restated {
        if says_all && !is_given {
            let value = given.get(&[existing], None).and_then(value);
            effects.push(effect(Action::Restate { attribute, value }, column.clone()));
        }
    }
    if reads {
        effects.push(effect(Action::ReadRows, rows));
    }
    if let Some(term) = renamed {
        let Some(to) = columns::unquoted(term).text() else {
            return Err("`new_column_name` is known only when it runs".into());
        };
        if to != name {
            let to = Resource::Column(table, to.to_owned());
            effects.push(effect(Action::Rename { to }, column));
        }
    }
    Ok(("alter_column", effects))
}

fn create_index(given: &Given<'_>) -> Understood {
    let name = given.name(&["index_name", "name"], 0)?;
    let (table, place) = match given.batch {
        Some(batch) => (batch_table(batch)?, 1),
        None => (Table::within(given.schema("schema")?, given.text(&["table_name"], Some(1))?), 2),
    };
    let Some(Term::List(expressions)) = given.get(&["columns"], Some(place)) else {
        return Err("`columns` is known only when it runs".into());
    };
    let mut effects = vec![effect(Action::Use, Resource::Table(table.clone()))];
    let columns = columns::index_columns(&table, expressions, &mut effects);
    let name =
        name.unwrap_or_else(|| columns::index_name(&table, columns.first().map(String::as_str)));
    let quiet = given.is_true("if_not_exists");
    effects.push(effect(Action::Create { quiet }, Resource::Index(Some(table.clone()), name)));
    if given
        .call
        .get("unique", None)
        .or_else(|| given.call.arguments.get(place + 2))
        .is_some_and(|term| *term != Term::Bool(false))
    {
        let all = columns.len() == expressions.len();
        effects.push(effect(Action::ReadRows, Resource::Rows(table, all.then_some(columns))));
    }
    Ok(("create_index", effects))
}

fn drop_index(given: &Given<'_>) -> Understood {
    let name = given.text(&["index_name", "name"], Some(0))?;
    let table = match given.batch {
        Some(batch) => Some(batch_table(batch)?),
        None => match given.get(&["table_name", "tablename"], Some(1)).map(columns::unquoted) {
            None | Some(Term::None) => None,
            Some(Term::Text(table)) => Some(Table::within(given.schema("schema")?, table.clone())),
            Some(_) => return Err("`table_name` is known only when it runs".into()),
        },
    };
    let quiet = given.is_true("if_exists");
    Ok(("drop_index", vec![effect(Action::Drop { quiet }, Resource::Index(table, name))]))
}

fn create_foreign_key(given: &Given<'_>) -> Understood {
    let name = given.name(&["constraint_name", "name"], 0)?;
    let (table, place) = if let Some(batch) = given.batch {
        (batch_table(batch)?, 1)
    } else {
        let table = given.text(&["source_table", "source"], Some(1))?;
        let schema = given.schema("source_schema")?.or(given.schema("schema")?);
        (Table::within(schema, table), 2)
    };
    let referent = given.text(&["referent_table", "referent"], Some(place))?;
    let referent = Table::within(given.schema("referent_schema")?, referent);
    let local = given.list(&["local_cols"], place + 1)?;
    let remote = given.list(&["remote_cols"], place + 2)?;
    let mut items = Items::default();
    items.foreign_key(&table, name, &local, &referent, &remote);
    let mut effects = columns_used(&table, &local);
    effects.extend(items.needs(&Table::new("")));
    effects.extend(items.creations(false));
    effects.push(effect(Action::ReadRows, Resource::Rows(table, Some(local))));
    effects.push(effect(Action::ReadRows, Resource::Rows(referent, Some(remote))));
    Ok(("create_foreign_key", effects))
}

fn columns_used(table: &Table, columns: &[String]) -> Vec<Effect> {
    let column = |name: &String| Resource::Column(table.clone(), name.clone());
    let used = columns.iter().map(column).map(|column| effect(Action::Use, column));
    std::iter::once(effect(Action::Use, Resource::Table(table.clone()))).chain(used).collect()
}

/// A constraint of one table: unique, primary key, check, exclusion.
fn constraint(given: &Given<'_>, kind: &'static str, of: ConstraintKind) -> Understood {
    let name = given.name(&["constraint_name", "name"], 0)?;
    let (table, place) = if let Some(batch) = given.batch {
        (batch_table(batch)?, 1)
    } else {
        let table = given.text(&["table_name", "source", "tablename"], Some(1))?;
        (Table::within(given.schema("schema")?, table), 2)
    };
    let mut effects;
    let mut columns = None;
    if matches!(of, ConstraintKind::Unique | ConstraintKind::Primary) {
        let names = given.list(&["columns", "local_cols", "cols"], place)?;
        effects = columns_used(&table, &names);
        if of == ConstraintKind::Primary {
            effects.push(effect(
                modify("primary key", Some(names.join(", "))),
                Resource::Table(table.clone()),
            ));
            for name in &names {
                let column = Resource::Column(table.clone(), name.clone());
                effects.push(effect(modify("nullable", Some("False".into())), column));
            }
        }
        columns = Some(names);
    } else {
        effects = vec![
            effect(Action::Use, Resource::Table(table.clone())),
            effect(Action::Use, Resource::Columns(table.clone())),
        ];
        let condition = given.get(&["condition"], Some(place)).and_then(columns::sql_text);
        if let Some(names) = condition.and_then(|condition| sql::columns_of(&condition)) {
            effects.pop();
            let column = |name: &String| Resource::Column(table.clone(), name.clone());
            effects.extend(names.iter().map(column).map(|column| effect(Action::Use, column)));
            columns = Some(names);
        }
    }
    let name = name.unwrap_or_else(|| columns::unnamed(columns.as_deref().unwrap_or_default()));
    let created = Resource::Constraint(table.clone(), of, name);
    effects.push(effect(Action::Create { quiet: false }, created));
    effects.push(effect(Action::ReadRows, Resource::Rows(table, columns)));
    Ok((kind, effects))
}

fn drop_constraint(given: &Given<'_>) -> Understood {
    let name = given.text(&["constraint_name", "name"], Some(0))?;
    let (table, place) = if let Some(batch) = given.batch {
        (batch_table(batch)?, 1)
    } else {
        let table = given.text(&["table_name", "tablename"], Some(1))?;
        (Table::within(given.schema("schema")?, table), 2)
    };
    let kind = match given.get(&["type_", "type"], Some(place)).and_then(Term::text) {
        Some("foreignkey") => ConstraintKind::Foreign,
        Some("primary") => ConstraintKind::Primary,
        Some("unique") => ConstraintKind::Unique,
        Some("check") => ConstraintKind::Check,
        _ => ConstraintKind::Any,
    };
    let quiet = given.is_true("if_exists");
    let resource = Resource::Constraint(table, kind, name);
    Ok(("drop_constraint", vec![effect(Action::Drop { quiet }, resource)]))
}

fn table_comment(given: &Given<'_>, name: &str) -> Understood {
    let table = given.own_table("table_name")?;
    let comment = Resource::Comment(table.clone());
    let used = effect(Action::Use, Resource::Table(table));
    Ok(if name == "drop_table_comment" {
        ("drop_table_comment", vec![used, effect(modify("comment", Some("None".into())), comment)])
    } else {
        let text = given.get(&["comment"], Some(given.shift(1))).and_then(value);
        ("create_table_comment", vec![used, effect(modify("comment", text), comment)])
    })
}

/// The batch itself: a table that is written down instead of reflected becomes exactly that.
fn batch(call: &Invocation) -> Understood {
    let table = batch_table(call)?;
    let is_given = |name: &str| {
        call.get(name, None)
            .is_some_and(|term| !matches!(term, Term::None) && *term != Term::List(Vec::new()))
    };
    let mut effects = vec![effect(Action::Use, Resource::Table(table.clone()))];
    if is_given("copy_from") || is_given("table_args") || is_given("reflect_args") {
        let always = call.get("recreate", None).and_then(Term::text) == Some("always");
        let value = Some(if always { "always" } else { "sqlite" }.to_owned());
        effects.push(effect(modify("structure", value), Resource::Table(table)));
    }
    Ok(("batch_alter_table", effects))
}

fn bulk_insert(given: &Given<'_>) -> Understood {
    let table = given.get(&["table"], Some(0)).and_then(columns::table_of);
    let Some(table) = table else { return Err("the table is known only when it runs".into()) };
    let mut effects = vec![effect(Action::Use, Resource::Table(table.clone()))];
    let mut names: Vec<String> = Vec::new();
    if let Some(Term::List(rows)) = given.get(&["rows"], Some(1)) {
        for row in rows {
            let Term::Dict(pairs) = row else { continue };
            let keys = pairs.iter().filter_map(|(key, _)| key.text());
            names.extend(keys.map(str::to_owned));
        }
    }
    if names.is_empty() {
        names = given.get(&["table"], Some(0)).map(columns::columns_of_table).unwrap_or_default();
    }
    names.sort();
    names.dedup();
    let column = |name: &String| Resource::Column(table.clone(), name.clone());
    effects.extend(names.iter().map(column).map(|column| effect(Action::Use, column)));
    effects.push(effect(Action::WriteRows, Resource::Rows(table, None)));
    Ok(("bulk_insert", effects))
}

fn execute(given: &Given<'_>) -> Understood {
    let Some(term) = given.get(&["sqltext", "sql", "statement"], Some(0)) else {
        return Err("the statement is not given".into());
    };
    if let Some(text) = columns::sql_text(term) {
        return sql::effects(&text).map(|effects| ("execute", effects));
    }
    columns::expression(term)
        .map(|effects| ("execute", effects))
        .ok_or_else(|| "the SQL is known only when it runs".to_owned())
}
