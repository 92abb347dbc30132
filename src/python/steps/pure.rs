//! Whether evaluating an expression can change anything: in the database, or in what names stand for.
//!
//! Calls of what is known to build, to read the schema or to write to a log; every other call may do anything.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall};

use super::evaluate::{Source, evaluate};
use super::{Bound, Names, Term};

/// Modules of which what is called builds something and does nothing.
const BUILDERS: [&str; 14] = [
    "sqlalchemy",
    "geoalchemy2",
    "sqlmodel",
    "pgvector",
    "datetime",
    "uuid",
    "json",
    "re",
    "decimal",
    "sqlalchemy_utils",
    "textwrap",
    "logging",
    "collections",
    "enum",
];

/// Functions of Python that only give something back.
const BUILTINS: [&str; 18] = [
    "len",
    "str",
    "int",
    "float",
    "bool",
    "list",
    "tuple",
    "dict",
    "set",
    "range",
    "sorted",
    "zip",
    "enumerate",
    "isinstance",
    "any",
    "all",
    "print",
    "repr",
];

/// Methods that read: of strings, collections, inspectors and loggers.
const METHODS: [&str; 36] = [
    "format",
    "join",
    "lower",
    "upper",
    "strip",
    "split",
    "replace",
    "items",
    "keys",
    "values",
    "get",
    "get_columns",
    "get_table_names",
    "get_indexes",
    "has_table",
    "has_index",
    "get_unique_constraints",
    "get_foreign_keys",
    "get_pk_constraint",
    "get_check_constraints",
    "get_enums",
    "debug",
    "info",
    "warning",
    "error",
    "startswith",
    "endswith",
    "with_variant",
    "isoformat",
    "hex",
    "copy",
    "is_",
    "in_",
    "label",
    "as_string",
    "get_table_comment",
];

/// The call in an expression that is not known to change nothing, as it is written.
pub fn doubtful_call(source: &Source<'_>, names: &Names<'_>, expression: &Expr) -> Option<String> {
    let mut finder = Finder { source, names, found: None };
    finder.visit_expr(expression);
    finder.found
}

struct Finder<'f, 'a> {
    source: &'f Source<'f>,
    names: &'f Names<'a>,
    found: Option<String>,
}

impl<'e> Visitor<'e> for Finder<'_, '_> {
    fn visit_expr(&mut self, expression: &'e Expr) {
        if self.found.is_some() {
            return;
        }
        match expression {
            Expr::Call(call) if !is_pure(self.source, self.names, call) => {
                self.found = Some(super::run::callee(self.source.text, call));
                return;
            }
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.found = Some("await".to_owned());
                return;
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

/// Whether a call does nothing, its arguments aside.
pub fn is_pure(source: &Source<'_>, names: &Names<'_>, call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Name(name) => match names.get(name.id.as_str()) {
            Some(Bound::Term(term)) => is_builder(term),
            // One that only gives something back was looked into.
            Some(Bound::Function(_)) => {
                evaluate(source, names, &Expr::Call(call.clone())) != Term::Unknown
            }
            Some(Bound::Batch(_)) => false,
            None => BUILTINS.contains(&name.id.as_str()),
        },
        Expr::Attribute(attribute) => {
            let of = evaluate(source, names, &attribute.value);
            match &of {
                Term::Name(path) => is_builder(&Term::Name(format!("{path}.{}", attribute.attr))),
                // What an expression of SQLAlchemy's or a string is asked for, before it is executed.
                _ if is_expression(&of) && attribute.attr.as_str() != "execute" => {
                    !matches!(
                        attribute.attr.as_str(),
                        "create" | "drop" | "create_all" | "drop_all"
                    ) && !is_connection(&of)
                }
                _ => METHODS.contains(&attribute.attr.as_str()),
            }
        }
        _ => false,
    }
}

/// Whether a term is a connection: `op.get_bind()`.
pub fn is_connection(term: &Term) -> bool {
    let path = term.call().and_then(|call| call.callee.path());
    matches!(path, Some("alembic.op.get_bind"))
}

fn is_expression(term: &Term) -> bool {
    term.parts()
        .iter()
        .any(|part| part.path().is_some_and(|path| path.split('.').next() == Some("sqlalchemy")))
}

fn is_builder(term: &Term) -> bool {
    let Some(path) = term.path() else { return false };
    if matches!(
        path,
        "alembic.op.f"
            | "alembic.op.get_bind"
            | "alembic.op.get_context"
            | "alembic.op.inline_literal"
    ) || path == "alembic.context.is_offline_mode"
    {
        return true;
    }
    // An ORM does what it is told to.
    !path.ends_with(".Session")
        && !path.contains(".orm.")
        && path.split('.').next().is_some_and(|root| BUILDERS.contains(&root))
}
