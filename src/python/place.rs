//! Where the assignments of a module stand, for those who edit them.
//!
//! Only `name = value` and `name: annotation = value` at module level: whatever else binds a name is nothing that could
//! be edited by replacing an expression.

use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use super::limits;
use super::value::span_of;
use crate::script::Span;

/// A plain assignment at module level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The name that is assigned.
    pub target: Span,
    /// The expression, without parentheses around it.
    pub value: Span,
    /// The statement.
    pub statement: Span,
}

/// The plain assignments of a text, in its order. None where the text nests deeper than CPython accepts.
pub fn assignments(text: &str) -> Vec<Assignment> {
    if limits::check_before(text).is_err() {
        return Vec::new();
    }
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    if limits::check(parsed.tokens()).is_err() {
        return Vec::new();
    }
    let ruff_python_ast::Mod::Module(module) = parsed.syntax() else { return Vec::new() };
    module.body.iter().filter_map(assignment).collect()
}

fn assignment(statement: &Stmt) -> Option<Assignment> {
    let (target, value) = match statement {
        Stmt::Assign(assign) => match &assign.targets[..] {
            [target] => (target, &assign.value),
            _ => return None,
        },
        Stmt::AnnAssign(assign) => (assign.target.as_ref(), assign.value.as_ref()?),
        _ => return None,
    };
    let Expr::Name(_) = target else { return None };
    let (target, value) = (span_of(target), span_of(value.as_ref()));
    Some(Assignment { target, value, statement: span_of(statement) })
}
