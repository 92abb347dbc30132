//! Columns, constraints, indexes and types as `SQLAlchemy` has them in the arguments of an operation.
//!
//! Knows their names and where they point; not what a type means to a database.

use super::kinds::effect;
use super::resource::{ConstraintKind, Resource, Table};
use super::{Action, Effect};
use crate::python::steps::{Invocation, Term};

/// What the columns and constraints of a table amount to.
#[derive(Debug, Default)]
pub(super) struct Items {
    uses: Vec<Resource>,
    creates: Vec<Resource>,
    needs_empty: bool,
    checked: Vec<String>,
    primary: Vec<String>,
}

impl Items {
    /// What has to be there; `table` itself is being made.
    pub(super) fn needs(&self, table: &Table) -> Vec<Effect> {
        let others = self.uses.iter().filter(|used| used.table() != Some(table));
        others.cloned().map(|used| effect(Action::Use, used)).collect()
    }

    /// What comes to be, in order.
    pub(super) fn creations(&self, quiet: bool) -> Vec<Effect> {
        self.creates
            .iter()
            .cloned()
            .map(|created| effect(Action::Create { quiet }, created))
            .collect()
    }

    /// Whether a column can only be added where there are no rows.
    pub(super) fn needs_empty(&self) -> bool {
        self.needs_empty
    }

    /// The columns whose values are checked.
    pub(super) fn checked_columns(&self) -> Vec<String> {
        self.checked.clone()
    }

    /// Adds a foreign key.
    pub(super) fn foreign_key(
        &mut self,
        table: &Table,
        name: Option<String>,
        local: &[String],
        referent: &Table,
        remote: &[String],
    ) {
        self.uses.push(Resource::Table(referent.clone()));
        self.uses
            .extend(remote.iter().map(|column| Resource::Column(referent.clone(), column.clone())));
        let name = name.unwrap_or_else(|| unnamed(local));
        self.creates.push(Resource::Constraint(table.clone(), ConstraintKind::Foreign, name));
    }

    fn column(&mut self, table: &Table, call: &Invocation) -> Result<(), String> {
        let Some(name) = call.get("name", Some(0)).map(unquoted).and_then(Term::text) else {
            return Err("the name of a column is known only when it runs".into());
        };
        let is = |keyword: &str, value: bool| call.get(keyword, None) == Some(&Term::Bool(value));
        self.creates.push(Resource::Column(table.clone(), name.to_owned()));
        let own = [name.to_owned()];
        let mut has_value =
            call.get("server_default", None).is_some_and(|term| *term != Term::None);
        for term in call.arguments.get(1..).unwrap_or_default() {
            match (term.last_name(), term.call()) {
                (Some("ForeignKey"), Some(key)) => {
                    let target = key.get("column", Some(0)).map(unquoted).and_then(Term::text);
                    let Some((referent, column)) = target.and_then(target_of) else {
                        return Err("the target of a foreign key is known only when it runs".into());
                    };
                    self.foreign_key(table, name_of(key), &own, &referent, &[column]);
                    self.checked.push(name.to_owned());
                }
                (Some("Computed" | "Identity"), _) => has_value = true,
                (Some("CheckConstraint"), Some(check)) => {
                    let name = name_of(check).unwrap_or_else(|| unnamed(&own));
                    self.creates.push(Resource::Constraint(
                        table.clone(),
                        ConstraintKind::Check,
                        name,
                    ));
                }
                _ => self.types(table, term),
            }
        }
        if let Some(term) = call.get("type_", None) {
            self.types(table, term);
        }
        if is("primary_key", true) {
            self.primary.push(name.to_owned());
        }
        if is("unique", true) && !is("index", true) {
            let unique = Resource::Constraint(table.clone(), ConstraintKind::Unique, unnamed(&own));
            self.creates.push(unique);
            self.checked.push(name.to_owned());
        }
        if is("index", true) {
            self.creates.push(Resource::Index(Some(table.clone()), index_name(table, Some(name))));
            if is("unique", true) {
                self.checked.push(name.to_owned());
            }
        }
        self.needs_empty |= !has_value && (is("nullable", false) || is("primary_key", true));
        Ok(())
    }

    /// The types with names in a type.
    fn types(&mut self, _table: &Table, term: &Term) {
        for call in term.parts().into_iter().filter_map(Term::call) {
            let Some(named) = enumeration(call) else { continue };
            if call.get("create_type", None) == Some(&Term::Bool(false)) {
                self.uses.push(named);
            } else {
                self.creates.insert(0, named);
            }
        }
    }

    fn constraint(&mut self, table: &Table, call: &Invocation, kind: &str) -> Result<(), String> {
        let texts = |terms: &[Term]| {
            let text = |term: &Term| unquoted(term).text().map(str::to_owned);
            terms.iter().map(text).collect::<Option<Vec<_>>>()
        };
        let list = |name: &str, place: usize| match call.get(name, Some(place)) {
            Some(Term::List(terms)) => texts(terms),
            _ => None,
        };
        let of = match kind {
            "ForeignKeyConstraint" => {
                let (Some(local), Some(remote)) = (list("columns", 0), list("refcolumns", 1))
                else {
                    return Err("the columns of a foreign key are known only when it runs".into());
                };
                let targets: Option<Vec<_>> =
                    remote.iter().map(|target| target_of(target)).collect();
                let Some(targets) = targets.filter(|targets| !targets.is_empty()) else {
                    return Err("the target of a foreign key is known only when it runs".into());
                };
                let referent = targets[0].0.clone();
                let remote: Vec<String> = targets.into_iter().map(|(_, column)| column).collect();
                self.foreign_key(table, name_of(call), &local, &referent, &remote);
                return Ok(());
            }
            "PrimaryKeyConstraint" => ConstraintKind::Primary,
            "UniqueConstraint" => ConstraintKind::Unique,
            "CheckConstraint" => ConstraintKind::Check,
            _ => ConstraintKind::Exclude,
        };
        let columns = match of {
            ConstraintKind::Check => Vec::new(),
            _ => texts(&call.arguments).unwrap_or_default(),
        };
        let name = name_of(call).unwrap_or_else(|| unnamed(&columns));
        self.creates.push(Resource::Constraint(table.clone(), of, name));
        Ok(())
    }
}

/// Reads what a table is made of.
pub(super) fn items(table: &Table, terms: &[Term]) -> Result<Items, String> {
    let mut items = Items::default();
    for term in terms {
        let Some(call) = term.call() else {
            return Err("a part of the table is known only when it runs".into());
        };
        match term.last_name() {
            Some("Column") => items.column(table, call)?,
            Some(
                kind @ ("ForeignKeyConstraint"
                | "PrimaryKeyConstraint"
                | "UniqueConstraint"
                | "CheckConstraint"
                | "ExcludeConstraint"),
            ) => items.constraint(table, call, kind)?,
            Some("Index") => {
                let mut ignored = Vec::new();
                let rest = call.arguments.get(1..).unwrap_or_default();
                let columns = index_columns(table, rest, &mut ignored);
                let first = columns.first().map(String::as_str);
                let name = match call.get("name", Some(0)).map(unquoted) {
                    Some(Term::Text(name)) => name.clone(),
                    Some(Term::None) => index_name(table, first),
                    _ => return Err("the name of an index is known only when it runs".into()),
                };
                items.creates.push(Resource::Index(Some(table.clone()), name));
            }
            _ => {
                return Err(format!(
                    "a part of the table is not understood: `{}`",
                    shortened(term)
                ));
            }
        }
    }
    if !items.primary.is_empty() {
        let name = unnamed(&items.primary);
        items.creates.push(Resource::Constraint(table.clone(), ConstraintKind::Primary, name));
    }
    Ok(items)
}

fn shortened(term: &Term) -> String {
    let text = term.to_string();
    if text.chars().count() <= 40 { text } else { text.chars().take(40).chain(['…']).collect() }
}

/// `users.id`, `schema.users.id`
fn target_of(text: &str) -> Option<(Table, String)> {
    let (table, column) = text.rsplit_once('.')?;
    let table = match table.rsplit_once('.') {
        Some((schema, table)) => Table::within(Some(schema.to_owned()), table),
        None => Table::new(table),
    };
    Some((table, column.to_owned()))
}

fn name_of(call: &Invocation) -> Option<String> {
    call.get("name", None).map(unquoted).and_then(Term::text).map(str::to_owned)
}

/// A name as it is, without `quoted_name(…)` or `batch_op.f(…)` around it.
pub(super) fn unquoted(term: &Term) -> &Term {
    match term.call() {
        Some(call) if matches!(term.last_name(), Some("quoted_name" | "f" | "conv")) => {
            call.arguments.first().unwrap_or(term)
        }
        _ => term,
    }
}

/// What stands for the name of something that gets one by convention.
pub(super) fn unnamed(columns: &[String]) -> String {
    format!("(unnamed on {})", columns.join(", "))
}

/// The name that `SQLAlchemy` gives to an index without one: `ix_<table>_<column>`.
pub(super) fn index_name(table: &Table, column: Option<&str>) -> String {
    let schema = table.schema.as_ref().map(|schema| format!("{schema}_")).unwrap_or_default();
    format!("ix_{schema}{}_{}", table.name, column.unwrap_or_default())
}

/// The columns of an index, with the effects of using them; an expression may use any.
pub(super) fn index_columns(
    table: &Table,
    expressions: &[Term],
    effects: &mut Vec<Effect>,
) -> Vec<String> {
    let mut columns = Vec::new();
    for expression in expressions {
        if let Some(column) = unquoted(expression).text() {
            columns.push(column.to_owned());
            let column = Resource::Column(table.clone(), column.to_owned());
            effects.push(effect(Action::Use, column));
            continue;
        }
        let named = sql_text(expression).and_then(|text| super::sql::columns_of(&text));
        match named {
            Some(list) => effects.extend(
                list.into_iter()
                    .map(|column| effect(Action::Use, Resource::Column(table.clone(), column))),
            ),
            None => effects.push(effect(Action::Use, Resource::Columns(table.clone()))),
        }
    }
    columns
}

/// The type that a call makes, where it has a name: `Enum("a", name="status")`.
pub(super) fn named_type(call: &Invocation) -> Option<Resource> {
    let text = |name: &str| call.get(name, None).and_then(|term| unquoted(term).text());
    text("name").map(|name| Resource::Type(text("schema").map(str::to_owned), name.to_owned()))
}

fn enumeration(call: &Invocation) -> Option<Resource> {
    let is_native = call.get("native_enum", None) != Some(&Term::Bool(false));
    let is_enumeration = matches!(call.callee.last_name(), Some("Enum" | "ENUM"));
    named_type(call).filter(|_| is_native && is_enumeration)
}

/// The named types that a type needs.
pub(super) fn type_use(term: &Term) -> Vec<Effect> {
    let named = term.parts().into_iter().filter_map(Term::call).filter_map(enumeration);
    named.map(|named| effect(Action::Use, named)).collect()
}

/// The table that `sa.table("users", …)` or `sa.Table("users", …)` stands for.
pub(super) fn table_of(term: &Term) -> Option<Table> {
    let call = term.call()?;
    if !matches!(term.last_name(), Some("table" | "Table")) {
        return None;
    }
    let name = unquoted(call.arguments.first()?).text()?;
    let schema = call.get("schema", None).and_then(Term::text).map(str::to_owned);
    Some(Table::within(schema, name))
}

/// The columns that such a table names.
pub(super) fn columns_of_table(term: &Term) -> Vec<String> {
    let Some(call) = term.call() else { return Vec::new() };
    let columns =
        call.arguments.iter().filter(|term| matches!(term.last_name(), Some("column" | "Column")));
    let name = |term: &Term| unquoted(term.call()?.arguments.first()?).text().map(str::to_owned);
    columns.filter_map(name).collect()
}

/// The SQL that a term is: a literal, or `text("literal")`.
pub(super) fn sql_text(term: &Term) -> Option<String> {
    match term {
        Term::Text(text) => Some(text.clone()),
        Term::Call(call) if term.last_name() == Some("text") => {
            call.arguments.first().and_then(Term::text).map(str::to_owned)
        }
        // `text("…").bindparams(…)`: what is bound are values.
        Term::Call(call) => match &call.callee {
            Term::Attribute(of, name)
                if matches!(name.as_str(), "bindparams" | "execution_options") =>
            {
                sql_text(of)
            }
            _ => None,
        },
        _ => None,
    }
}

/// What executing an expression of `SQLAlchemy`'s does: `users.update().where(…)`, `sa.insert(users)`.
pub(super) fn expression(term: &Term) -> Option<Vec<Effect>> {
    let mut at = term;
    let mut verb = None;
    // The innermost method of the chain, or the function, says what it is.
    while let Term::Call(call) = at {
        match &call.callee {
            Term::Attribute(of, name) => {
                if matches!(name.as_str(), "update" | "insert" | "delete" | "select") {
                    verb = Some((name.as_str(), table_of(of)));
                }
                at = of;
            }
            Term::Name(path) => {
                let name = path.rsplit('.').next().unwrap_or_default();
                if matches!(name, "update" | "insert" | "delete" | "select") {
                    verb = Some((name, call.arguments.first().and_then(table_of)));
                }
                break;
            }
            _ => break,
        }
    }
    let (verb, target) = verb?;
    let target = if verb == "select" { None } else { Some(target?) };
    // What is not known may be any table.
    if term.parts().contains(&&Term::Unknown) && !values_only_unknown(term) {
        return None;
    }
    let mut effects = Vec::new();
    if let Some(target) = &target {
        effects.push(effect(Action::Use, Resource::Table(target.clone())));
    }
    for part in term.parts() {
        if let Some(table) = table_of(part)
            && target.as_ref() != Some(&table)
        {
            effects.push(effect(Action::Use, Resource::Table(table.clone())));
            effects.push(effect(Action::ReadRows, Resource::Rows(table, None)));
        }
        if let Term::Attribute(of, column) = part
            && let Term::Attribute(of, c) = &**of
            && c == "c"
            && let Some(table) = table_of(of)
        {
            effects.push(effect(Action::Use, Resource::Column(table, column.clone())));
        }
    }
    if let Some(target) = target {
        effects.push(effect(Action::WriteRows, Resource::Rows(target, None)));
    }
    Some(effects)
}

fn values_only_unknown(term: &Term) -> bool {
    // `.values(name=row.name)`: a value, whatever it is, of rows that were read.
    term.parts().iter().all(|part| part.call().is_none_or(|call| call.callee != Term::Unknown))
}
