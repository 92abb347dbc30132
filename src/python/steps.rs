//! What the functions of a module call, in order, with what they give to it.
//!
//! Follows the statements of a function as Python would run them, as long as it is certain what they do: names bound in the
//! file, loops over literals, `with` of a batch, functions of the same file. Whatever else stands there is a
//! [`Step::Opaque`], with its place and the reason; nothing is skipped in silence. What an operation means is
//! [`crate::operations`]' matter.

mod evaluate;
mod names;
mod pure;
mod run;
mod term;

use std::collections::BTreeMap;

use ruff_python_ast::{Mod, PythonVersion, Stmt, StmtFunctionDef};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use super::limits;
use crate::script::Span;
pub use term::{Invocation, Term};

/// One thing that a function does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It calls an operation.
    Call(Box<Call>),
    /// It does something that is not known.
    Opaque {
        /// Where.
        span: Span,
        /// Why it is not known.
        why: String,
        /// The strings in it.
        mentions: Vec<String>,
    },
}

/// A call of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name, such as `add_column`; `create` and `drop` for those of a type.
    pub name: String,
    /// The `batch_alter_table(…)` in which it stands.
    pub batch: Option<Invocation>,
    /// What it is called on, for `create` and `drop` of a type.
    pub receiver: Option<Term>,
    /// What it is given.
    pub given: Invocation,
    /// Where it stands: in the function that is followed, also where a function called from there does it.
    pub span: Span,
    /// False where it stands below a condition.
    pub is_certain: bool,
    /// The strings in it.
    pub mentions: Vec<String>,
}

/// What a name is bound to.
#[derive(Clone, Debug)]
enum Bound<'a> {
    /// A value.
    Term(Term),
    /// A function of the file.
    Function(&'a StmtFunctionDef),
    /// A `batch_alter_table(…)`.
    Batch(Invocation),
}

type Names<'a> = BTreeMap<String, Bound<'a>>;

/// Reads what functions of a module do, one answer per name. Of what is no Python, or nests too deeply, everything is opaque.
pub fn read(text: &str, functions: [&str; 2]) -> [Vec<Step>; 2] {
    let opaque = |why: &str, span: Span| {
        let step = Step::Opaque { span, why: why.to_owned(), mentions: Vec::new() };
        [vec![step.clone()], vec![step]]
    };
    if let Err(span) = limits::check_before(text) {
        return opaque("it nests too deeply", span);
    }
    let options =
        ParseOptions::from(Mode::Module).with_target_version(PythonVersion::latest_preview());
    let parsed = parse_unchecked(text, options);
    if let Err(span) = limits::check(parsed.tokens()) {
        return opaque("it nests too deeply", span);
    }
    if let Some(error) = parsed.errors().first() {
        return opaque("the file is not valid Python", super::value::span(error.location));
    }
    let Mod::Module(module) = parsed.syntax() else { return [Vec::new(), Vec::new()] };
    let names = names::module(text, &module.body);
    functions.map(|name| match names.get(name) {
        Some(Bound::Function(function)) => run::function(text, &names, function),
        Some(_) => vec![Step::Opaque {
            span: Span::default(),
            why: format!("`{name}` is not a function of this file"),
            mentions: Vec::new(),
        }],
        None => Vec::new(),
    })
}

/// Whether a function is one that can be followed.
fn is_plain(function: &StmtFunctionDef) -> bool {
    !function.is_async && function.decorator_list.is_empty()
}

/// Whether a statement does nothing.
fn is_idle(statement: &Stmt) -> bool {
    use ruff_python_ast::Expr;
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(expression) => matches!(
            *expression.value,
            Expr::StringLiteral(_) | Expr::EllipsisLiteral(_) | Expr::NoneLiteral(_)
        ),
        _ => false,
    }
}
