//! Whether a module does anything: what its functions hold, and what stands beside them.
//!
//! Looks at the shape of the code only. Whatever is not known to be idle counts as code.

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};

use super::name_of;
use super::value::span_of;
use crate::script::Body;

/// What a function does, if anything.
pub fn body_of(function: &StmtFunctionDef) -> Body {
    first_code(&function.body, is_idle)
}

/// What a module does when it is loaded, besides imports, giving the four names a value, and defining `upgrade()` and
/// `downgrade()`, whose bodies run later.
pub fn top_level(body: &[Stmt]) -> Body {
    first_code(body, |statement| {
        is_idle(statement)
            || match statement {
                Stmt::Import(_) | Stmt::ImportFrom(_) => true,
                Stmt::Assign(assign) => assign.targets.iter().all(is_one_of_the_four),
                Stmt::AnnAssign(assign) => is_one_of_the_four(&assign.target),
                // A decorator is called with the function and may do anything.
                Stmt::FunctionDef(function) => {
                    matches!(function.name.as_str(), "upgrade" | "downgrade")
                        && function.decorator_list.is_empty()
                }
                _ => false,
            }
    })
}

fn first_code(body: &[Stmt], is_harmless: impl Fn(&Stmt) -> bool) -> Body {
    match body.iter().find(|statement| !is_harmless(statement)) {
        Some(statement) => Body::Code(span_of(statement)),
        None => Body::Empty,
    }
}

fn is_idle(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Return(statement) => {
            statement.value.as_deref().is_none_or(Expr::is_none_literal_expr)
        }
        Stmt::Expr(statement) => {
            matches!(*statement.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_))
        }
        _ => false,
    }
}

fn is_one_of_the_four(target: &Expr) -> bool {
    matches!(target, Expr::Name(name) if name_of(name.id.as_str()).is_some())
}
