//! What a literal statement of SQL does.
//!
//! A statement that the parser does not take, or whose effects are not listed here, is opaque, as a whole: also where
//! only one of several in a text is.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, AlterType, AlterTypeOperation,
    AssignmentTarget, ColumnOption, CreateIndex, CreateTable, Delete, Expr, FromTable, Ident,
    Insert, ObjectName, ObjectType, Query, RenameTableNameKind, SetExpr, Statement,
    TableConstraint, TableFactor, TableObject, Update, visit_expressions, visit_relations,
};
use sqlparser::dialect::{Dialect, GenericDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::columns::{index_name, unnamed};
use super::kinds::{effect, modify};
use super::resource::{ConstraintKind, Resource, Table};
use super::{Action, Effect};

/// Longer texts are not parsed.
const MAX_BYTES: usize = 256 << 10;

/// How deep statements may nest.
const MAX_DEPTH: usize = 40;

/// What the statements of a text do, in order; the reason where that is not known.
pub(super) fn effects(text: &str) -> Result<Vec<Effect>, String> {
    let statements = parse(text).ok_or_else(|| "the SQL is not understood".to_owned())?;
    let mut effects = Vec::new();
    for statement in &statements {
        self::statement(statement, &mut effects)?;
    }
    Ok(effects)
}

fn parse(text: &str) -> Option<Vec<Statement>> {
    if text.len() > MAX_BYTES {
        return None;
    }
    // `\:` is a colon that names no parameter.
    let text = text.replace("\\:", ":");
    let dialects: [&dyn Dialect; 4] =
        [&PostgreSqlDialect {}, &GenericDialect {}, &MySqlDialect {}, &SQLiteDialect {}];
    dialects.into_iter().find_map(|dialect| {
        let parser = Parser::new(dialect).with_recursion_limit(MAX_DEPTH);
        parser.try_with_sql(&text).ok()?.parse_statements().ok()
    })
}

/// The columns that an expression names, such as that of a check; `None` where it is not understood.
pub(super) fn columns_of(expression: &str) -> Option<Vec<String>> {
    let statements = parse(&format!("SELECT 1 WHERE {expression}"))?;
    Some(named_columns(&statements).into_iter().collect())
}

fn named_columns<V: sqlparser::ast::Visit>(of: &V) -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    let _: ControlFlow<()> = visit_expressions(of, |expression| {
        match expression {
            Expr::Identifier(name) => _ = columns.insert(folded(name)),
            Expr::CompoundIdentifier(names) => columns.extend(names.last().map(folded)),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    columns
}

/// A name as a database takes it: in lower case, unless it is quoted.
fn folded(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

fn parts(name: &ObjectName) -> Vec<String> {
    name.0.iter().filter_map(|part| part.as_ident().map(folded)).collect()
}

fn last(name: &ObjectName) -> String {
    parts(name).pop().unwrap_or_default()
}

fn schema(name: &ObjectName) -> Option<String> {
    let parts = parts(name);
    parts.len().checked_sub(2).map(|at| parts[at].clone())
}

fn table(name: &ObjectName) -> Table {
    Table::within(schema(name), last(name))
}

fn drop(quiet: bool, resource: Resource) -> Effect {
    effect(Action::Drop { quiet }, resource)
}

fn create(quiet: bool, resource: Resource) -> Effect {
    effect(Action::Create { quiet }, resource)
}

fn statement(statement: &Statement, effects: &mut Vec<Effect>) -> Result<(), String> {
    match statement {
        Statement::Insert(insert) => insertion(insert, effects),
        Statement::Update(update) => change(update, effects),
        Statement::Delete(delete) => removal(delete, effects),
        Statement::Query(query) => {
            reading(query, effects);
            Ok(())
        }
        Statement::Truncate(truncate) => {
            for target in &truncate.table_names {
                effects.push(effect(Action::WriteRows, Resource::Rows(table(&target.name), None)));
            }
            Ok(())
        }
        Statement::CreateTable(create) => creation(create, effects),
        Statement::CreateIndex(create) => {
            index(create, effects);
            Ok(())
        }
        Statement::AlterTable(alter) => alteration(alter, effects),
        Statement::AlterType(alter) => alter_type(alter, effects),
        Statement::CreateType { name, .. } => {
            effects.push(create(false, Resource::Type(schema(name), last(name))));
            Ok(())
        }
        Statement::CreateExtension(extension) => {
            let resource = Resource::Object("extension", folded(&extension.name));
            effects.push(create(extension.if_not_exists, resource));
            Ok(())
        }
        Statement::DropExtension(extension) => {
            let names = extension.names.iter().map(folded);
            let resources = names.map(|name| Resource::Object("extension", name));
            effects.extend(resources.map(|resource| drop(extension.if_exists, resource)));
            Ok(())
        }
        Statement::CreateSchema { schema_name, if_not_exists, .. } => {
            let resource = Resource::Object("schema", schema_name.to_string());
            effects.push(create(*if_not_exists, resource));
            Ok(())
        }
        Statement::CreateView(view) if !view.or_replace => {
            reading(&view.query, effects);
            effects.push(create(view.if_not_exists, Resource::Object("view", last(&view.name))));
            Ok(())
        }
        Statement::Drop { object_type, if_exists, names, table: of, cascade: false, .. } => {
            dropping(*object_type, *if_exists, names, of.as_ref(), effects)
        }
        // What it says holds for the session, not for the database.
        Statement::Set(_) => Ok(()),
        other => {
            let text = other.to_string();
            let words: Vec<&str> = text.split_whitespace().take(2).collect();
            Err(format!("what `{}` does is not looked into", words.join(" ")))
        }
    }
}

fn dropping(
    kind: ObjectType,
    quiet: bool,
    names: &[ObjectName],
    of: Option<&ObjectName>,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    for name in names {
        let resource = match kind {
            ObjectType::Table => Resource::Table(table(name)),
            ObjectType::Index => Resource::Index(of.map(table), last(name)),
            ObjectType::Type => Resource::Type(schema(name), last(name)),
            ObjectType::View | ObjectType::MaterializedView => Resource::Object("view", last(name)),
            ObjectType::Sequence => Resource::Object("sequence", last(name)),
            ObjectType::Schema => Resource::Object("schema", last(name)),
            other => return Err(format!("what `DROP {other}` does is not looked into")),
        };
        effects.push(drop(quiet, resource));
    }
    Ok(())
}

/// What a query reads, or everything inside a statement besides `target`.
fn reading<V: sqlparser::ast::Visit>(of: &V, effects: &mut Vec<Effect>) {
    reads(of, false, effects);
}

fn reads<V: sqlparser::ast::Visit>(of: &V, is_update: bool, effects: &mut Vec<Effect>) {
    let mut tables = BTreeSet::new();
    let _: ControlFlow<()> = visit_relations(of, |name| {
        tables.insert(table(name));
        ControlFlow::Continue(())
    });
    let columns = named_columns(of);
    let is_alone = tables.len() == 1;
    for table in tables {
        effects.push(effect(Action::Use, Resource::Table(table.clone())));
        if is_alone {
            used(&table, &columns, effects);
        } else {
            // Which of the tables has a column is not known.
            effects.push(effect(Action::Use, Resource::Columns(table.clone())));
        }
        // `count(*)` depends on all of a row; an update writes to whichever rows there are.
        let names_columns = is_update || !columns.is_empty();
        let read = (is_alone && names_columns).then(|| columns.iter().cloned().collect());
        effects.push(effect(Action::ReadRows, Resource::Rows(table, read)));
    }
}

fn used(table: &Table, columns: &BTreeSet<String>, effects: &mut Vec<Effect>) {
    let column = |name: &String| Resource::Column(table.clone(), name.clone());
    effects.extend(columns.iter().map(column).map(|column| effect(Action::Use, column)));
}

fn insertion(insert: &Insert, effects: &mut Vec<Effect>) -> Result<(), String> {
    let TableObject::TableName(name) = &insert.table else {
        return Err("the SQL is not understood".into());
    };
    let target = table(name);
    effects.push(effect(Action::Use, Resource::Table(target.clone())));
    if insert.columns.is_empty() && insert.assignments.is_empty() {
        let all = Resource::Columns(target.clone());
        effects.push(effect(modify("positions", None), all));
    }
    used(&target, &insert.columns.iter().map(last).collect(), effects);
    if let Some(source) = &insert.source
        && !matches!(&*source.body, SetExpr::Values(_))
    {
        reading(source, effects);
        stars(source, effects);
    }
    effects.push(effect(Action::WriteRows, Resource::Rows(target, None)));
    Ok(())
}

/// `SELECT *` gives what columns there are.
fn stars(query: &Query, effects: &mut Vec<Effect>) {
    let SetExpr::Select(select) = &*query.body else { return };
    if !select.projection.iter().any(|item| item.to_string().ends_with('*')) {
        return;
    }
    for from in &select.from {
        if let TableFactor::Table { name, .. } = &from.relation {
            effects.push(effect(modify("positions", None), Resource::Columns(table(name))));
        }
    }
}

fn target_of(factor: &TableFactor) -> Option<Table> {
    match factor {
        TableFactor::Table { name, .. } => Some(table(name)),
        _ => None,
    }
}

fn change(update: &Update, effects: &mut Vec<Effect>) -> Result<(), String> {
    let Some(target) = target_of(&update.table.relation) else {
        return Err("the SQL is not understood".into());
    };
    let mut written = BTreeSet::new();
    for assignment in &update.assignments {
        match &assignment.target {
            AssignmentTarget::ColumnName(name) => _ = written.insert(last(name)),
            AssignmentTarget::Tuple(names) => written.extend(names.iter().map(last)),
        }
    }
    used(&target, &written, effects);
    reads(update, true, effects);
    let columns = Some(written.into_iter().collect());
    effects.push(effect(Action::WriteRows, Resource::Rows(target, columns)));
    Ok(())
}

fn removal(delete: &Delete, effects: &mut Vec<Effect>) -> Result<(), String> {
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
    let target = from.first().and_then(|from| target_of(&from.relation));
    let Some(target) = target.filter(|_| delete.tables.is_empty() && from.len() == 1) else {
        return Err("the SQL is not understood".into());
    };
    reading(delete, effects);
    effects.push(effect(Action::WriteRows, Resource::Rows(target, None)));
    Ok(())
}

fn creation(creation: &CreateTable, effects: &mut Vec<Effect>) -> Result<(), String> {
    let made = table(&creation.name);
    let quiet = creation.if_not_exists;
    if creation.or_replace || creation.like.is_some() || creation.clone.is_some() {
        return Err("what `CREATE TABLE … LIKE` does is not looked into".into());
    }
    if let Some(query) = &creation.query {
        reading(query, effects);
        stars(query, effects);
    }
    effects.push(create(quiet, Resource::Table(made.clone())));
    for column in &creation.columns {
        column_of(&made, column, quiet, effects);
    }
    for constraint in &creation.constraints {
        constraint_of(&made, constraint, effects)?;
    }
    Ok(())
}

fn column_of(
    made: &Table,
    column: &sqlparser::ast::ColumnDef,
    quiet: bool,
    effects: &mut Vec<Effect>,
) -> bool {
    let name = folded(&column.name);
    let mut needs_value = false;
    let mut has_value = false;
    for option in &column.options {
        let named =
            || option.name.as_ref().map_or_else(|| unnamed(std::slice::from_ref(&name)), folded);
        let kind = match &option.option {
            ColumnOption::NotNull => {
                needs_value = true;
                continue;
            }
            ColumnOption::Default(_) | ColumnOption::Generated { .. } => {
                has_value = true;
                continue;
            }
            ColumnOption::PrimaryKey(_) => ConstraintKind::Primary,
            ColumnOption::Unique(_) => ConstraintKind::Unique,
            ColumnOption::Check(_) => ConstraintKind::Check,
            ColumnOption::ForeignKey(key) => {
                let referent = table(&key.foreign_table);
                effects.push(effect(Action::Use, Resource::Table(referent.clone())));
                used(&referent, &key.referred_columns.iter().map(folded).collect(), effects);
                ConstraintKind::Foreign
            }
            _ => continue,
        };
        effects.push(create(quiet, Resource::Constraint(made.clone(), kind, named())));
    }
    effects.push(create(quiet, Resource::Column(made.clone(), name)));
    needs_value && !has_value
}

fn constraint_of(
    made: &Table,
    constraint: &TableConstraint,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let of_columns = |columns: &[sqlparser::ast::IndexColumn]| -> Vec<String> {
        columns.iter().flat_map(named_columns).collect()
    };
    let (kind, name, columns) = match constraint {
        TableConstraint::Unique(unique) => {
            (ConstraintKind::Unique, &unique.name, of_columns(&unique.columns))
        }
        TableConstraint::PrimaryKey(key) => {
            (ConstraintKind::Primary, &key.name, of_columns(&key.columns))
        }
        TableConstraint::ForeignKey(key) => {
            let referent = table(&key.foreign_table);
            effects.push(effect(Action::Use, Resource::Table(referent.clone())));
            used(&referent, &key.referred_columns.iter().map(folded).collect(), effects);
            effects.push(effect(Action::ReadRows, Resource::Rows(referent, None)));
            (ConstraintKind::Foreign, &key.name, key.columns.iter().map(folded).collect())
        }
        TableConstraint::Check(check) => {
            (ConstraintKind::Check, &check.name, named_columns(&*check.expr).into_iter().collect())
        }
        _ => return Err("the SQL is not understood".into()),
    };
    used(made, &columns.iter().cloned().collect(), effects);
    if kind == ConstraintKind::Primary {
        let key = modify("primary key", Some(columns.join(", ")));
        effects.push(effect(key, Resource::Table(made.clone())));
    }
    let name = name.as_ref().map_or_else(|| unnamed(&columns), folded);
    effects.push(create(false, Resource::Constraint(made.clone(), kind, name)));
    effects.push(effect(Action::ReadRows, Resource::Rows(made.clone(), Some(columns))));
    Ok(())
}

fn index(index: &CreateIndex, effects: &mut Vec<Effect>) {
    let of = table(&index.table_name);
    let columns: BTreeSet<String> = index.columns.iter().flat_map(named_columns).collect();
    effects.push(effect(Action::Use, Resource::Table(of.clone())));
    used(&of, &columns, effects);
    if let Some(predicate) = &index.predicate {
        used(&of, &named_columns(predicate), effects);
    }
    let first = columns.first().map(String::as_str);
    let name = index.name.as_ref().map_or_else(|| index_name(&of, first), last);
    effects.push(create(index.if_not_exists, Resource::Index(Some(of.clone()), name)));
    if index.unique {
        let rows = Resource::Rows(of, Some(columns.into_iter().collect()));
        effects.push(effect(Action::ReadRows, rows));
    }
}

fn alter_type(alter: &AlterType, effects: &mut Vec<Effect>) -> Result<(), String> {
    let named = |name: String| Resource::Type(schema(&alter.name), name);
    let resource = named(last(&alter.name));
    let action = match &alter.operation {
        AlterTypeOperation::Rename(rename) => {
            Action::Rename { to: named(folded(&rename.new_name)) }
        }
        AlterTypeOperation::AddValue(value) => modify("values", Some(value.value.to_string())),
        AlterTypeOperation::RenameValue(value) => modify("values", Some(value.to.to_string())),
        #[allow(unreachable_patterns, reason = "the enumeration may grow")]
        _ => return Err("the SQL is not understood".into()),
    };
    effects.push(effect(action, resource));
    Ok(())
}

fn alteration(alter: &AlterTable, effects: &mut Vec<Effect>) -> Result<(), String> {
    let of = table(&alter.name);
    if alter.if_exists {
        return Err("what `ALTER TABLE IF EXISTS` does is not looked into".into());
    }
    effects.push(effect(Action::Use, Resource::Table(of.clone())));
    for operation in &alter.operations {
        table_operation(&of, operation, effects)?;
    }
    Ok(())
}

fn table_operation(
    of: &Table,
    operation: &AlterTableOperation,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let column = |name: &Ident| Resource::Column(of.clone(), folded(name));
    match operation {
        AlterTableOperation::AddColumn { if_not_exists, column_def, .. } => {
            if column_of(of, column_def, *if_not_exists, effects) {
                effects.push(effect(Action::ReadRows, Resource::Rows(of.clone(), None)));
            }
        }
        AlterTableOperation::DropColumn { column_names, if_exists, .. } => {
            effects.extend(column_names.iter().map(|name| drop(*if_exists, column(name))));
        }
        AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
            let to = column(new_column_name);
            effects.push(effect(Action::Rename { to }, column(old_column_name)));
        }
        AlterTableOperation::RenameTable { table_name } => {
            let (RenameTableNameKind::As(name) | RenameTableNameKind::To(name)) = table_name;
            let to = Resource::Table(Table::within(of.schema.clone(), last(name)));
            effects.push(effect(Action::Rename { to }, Resource::Table(of.clone())));
        }
        AlterTableOperation::AddConstraint { constraint, .. } => {
            constraint_of(of, constraint, effects)?;
        }
        AlterTableOperation::DropConstraint { if_exists, name, .. } => {
            let resource = Resource::Constraint(of.clone(), ConstraintKind::Any, folded(name));
            effects.push(drop(*if_exists, resource));
        }
        AlterTableOperation::AlterColumn { column_name, op } => {
            let column = column(column_name);
            let rows = Resource::Rows(of.clone(), Some(vec![folded(column_name)]));
            effects.push(effect(Action::Use, column.clone()));
            let (action, reads) = match op {
                AlterColumnOperation::SetNotNull => {
                    (modify("nullable", Some("False".into())), true)
                }
                AlterColumnOperation::DropNotNull => {
                    (modify("nullable", Some("True".into())), false)
                }
                AlterColumnOperation::SetDefault { value } => {
                    (modify("default", Some(value.to_string())), false)
                }
                AlterColumnOperation::DropDefault => {
                    (modify("default", Some("None".into())), false)
                }
                AlterColumnOperation::SetDataType { data_type, .. } => {
                    (modify("type", Some(data_type.to_string())), true)
                }
                _ => return Err("what the `ALTER COLUMN` does is not looked into".into()),
            };
            effects.push(effect(action, column));
            if reads {
                effects.push(effect(Action::ReadRows, rows));
            }
        }
        _ => return Err("what the `ALTER TABLE` does is not looked into".into()),
    }
    Ok(())
}
