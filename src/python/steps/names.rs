//! What names are bound to by statements that do nothing else.
//!
//! What is not known to keep its value is unknown afterwards.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt};

use super::evaluate::{Source, evaluate};
use super::{Bound, Names, Term, is_idle};
use crate::python::value::dotted;

/// What the names of a module are bound to once it was loaded.
pub fn module<'a>(text: &str, body: &'a [Stmt]) -> Names<'a> {
    let source = Source::new(text);
    let mut names = Names::new();
    for statement in body {
        module_statement(&source, &mut names, statement);
    }
    names
}

fn module_statement<'a>(source: &Source<'_>, names: &mut Names<'a>, statement: &'a Stmt) {
    if bind_statement(source, names, statement) {
        return;
    }
    // Whatever else stands there may give another value to what it names.
    let mut changed = Changed::default();
    changed.visit_stmt(statement);
    for name in changed.names {
        names.insert(name, Bound::Term(Term::Unknown));
    }
}

/// The names that a statement binds, or whose value it may change.
#[derive(Default)]
pub struct Changed {
    /// The names.
    pub names: Vec<String>,
}

impl<'a> Visitor<'a> for Changed {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.names.push(function.name.to_string()),
            Stmt::ClassDef(class) => self.names.push(class.name.to_string()),
            Stmt::Import(import) => {
                let bound = import.names.iter().map(|alias| {
                    alias.asname.as_ref().map_or_else(
                        || alias.name.split('.').next().unwrap_or_default().to_owned(),
                        ToString::to_string,
                    )
                });
                self.names.extend(bound);
            }
            Stmt::ImportFrom(import) => {
                let bound = import
                    .names
                    .iter()
                    .map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string());
                self.names.extend(bound);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if !name.ctx.is_load() => self.names.push(name.id.to_string()),
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && let Some((root, _)) = dotted(&method.value)
                {
                    self.names.push(root.to_owned());
                }
            }
            Expr::Subscript(subscript) if !subscript.ctx.is_load() => {
                self.names.extend(dotted(&subscript.value).map(|(root, _)| root.to_owned()));
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

/// Binds what a statement binds that does nothing else; false where it is none.
pub fn bind_statement<'a>(source: &Source<'_>, names: &mut Names<'a>, statement: &'a Stmt) -> bool {
    match statement {
        Stmt::Import(import) => {
            for alias in &import.names {
                let path = alias.name.as_str();
                let (name, path) = if let Some(name) = &alias.asname {
                    (name.as_str(), path)
                } else {
                    let root = path.split('.').next().unwrap_or(path);
                    (root, root)
                };
                names.insert(name.to_owned(), Bound::Term(Term::Name(path.to_owned())));
            }
            true
        }
        Stmt::ImportFrom(import) => {
            let module = import.module.as_ref().map_or("", |module| module.as_str());
            let dots = ".".repeat(import.level as usize);
            for alias in &import.names {
                let name = alias.asname.as_ref().unwrap_or(&alias.name);
                let path = format!("{dots}{module}.{}", alias.name);
                names.insert(name.to_string(), Bound::Term(Term::Name(path)));
            }
            true
        }
        Stmt::FunctionDef(function) => {
            names.insert(function.name.to_string(), Bound::Function(function));
            true
        }
        Stmt::Assign(assign) => {
            let value = evaluate(source, names, &assign.value);
            assign.targets.iter().for_each(|target| bind_target(names, target, &value));
            true
        }
        Stmt::AnnAssign(assign) => {
            if let Some(value) = &assign.value {
                let value = evaluate(source, names, value);
                bind_target(names, &assign.target, &value);
            }
            true
        }
        _ => is_idle(statement),
    }
}

pub fn bind_target(names: &mut Names<'_>, target: &Expr, value: &Term) {
    let elements = match target {
        Expr::Name(name) => {
            names.insert(name.id.to_string(), Bound::Term(value.clone()));
            return;
        }
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        Expr::Starred(starred) => return bind_target(names, &starred.value, &Term::Unknown),
        // `names["a"] = 1`, `names.a = 1`
        _ => {
            let root = match target {
                Expr::Subscript(subscript) => dotted(&subscript.value),
                _ => dotted(target),
            };
            if let Some((root, _)) = root {
                names.insert(root.to_owned(), Bound::Term(Term::Unknown));
            }
            return;
        }
    };
    match value {
        Term::List(values) if values.len() == elements.len() => {
            let is_plain = !elements.iter().any(Expr::is_starred_expr);
            for (element, value) in elements.iter().zip(values) {
                bind_target(names, element, if is_plain { value } else { &Term::Unknown });
            }
        }
        _ => elements.iter().for_each(|element| bind_target(names, element, &Term::Unknown)),
    }
}
