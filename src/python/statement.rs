//! Following the statements of a module in order, to know what its names hold at the end.
//!
//! Only what runs for certain gives a value: below `if`, `try`, `for`, `while`, `with` and `match` a name becomes
//! unknown. Functions and classes are not entered, since what they assign is their own.

use std::collections::BTreeMap;

use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtFunctionDef, StmtIf, StmtImport, StmtImportFrom,
};
use ruff_text_size::{Ranged, TextRange};

use super::module::{Import, is_constant};
use super::operations::body_of;
use super::value::{self, Kind, Opaque, Scope, Value, evaluate, span_of};
use super::{Docstring, Origin, State, name_of};
use crate::script::{Body, Name, Span, Unknown};

/// What a name is bound to at some place.
#[derive(Clone, Debug)]
pub enum Bound {
    /// A known value.
    Value(Value),
    /// Not known.
    Opaque(Unknown, Span),
    /// A module, by `import`.
    Module(Import, Span),
    /// A name of a module, by `from … import`.
    Member(Import, String, Span),
}

/// The names of a module after its statements.
pub struct Run<'a> {
    text: &'a str,
    origin: Origin<'a>,
    names: BTreeMap<&'a str, Bound>,
    stars: Vec<(Import, Span)>,
    /// The bodies of functions and classes at module level.
    pub bodies: Vec<TextRange>,
    /// What `upgrade()` holds.
    pub upgrade: Body,
    /// What `downgrade()` holds.
    pub downgrade: Body,
}

/// Runs through the statements of a module.
pub fn run<'a>(text: &'a str, body: &'a [Stmt], origin: Origin<'a>) -> Run<'a> {
    let mut run = Run {
        text,
        origin,
        names: BTreeMap::new(),
        stars: Vec::new(),
        bodies: Vec::new(),
        upgrade: Body::Unknown,
        downgrade: Body::Unknown,
    };
    run.statements(body, None);
    run
}

impl Scope for Run<'_> {
    fn look_up(&self, root: &str, rest: &[&str], span: Span) -> Result<Value, Opaque> {
        let unknown = (Unknown::Computed, span);
        match (self.names.get(root), rest) {
            (Some(Bound::Value(value)), []) if is_constant(&value.kind) => Ok(value.clone()),
            (Some(Bound::Module(module, _)), [between @ .., last]) => {
                module.below(between.iter().copied()).constant(last, self.origin, span)
            }
            (Some(Bound::Member(module, name, _)), []) => module.constant(name, self.origin, span),
            (Some(Bound::Member(module, name, _)), [between @ .., last]) => module
                .below([name.as_str()])
                .below(between.iter().copied())
                .constant(last, self.origin, span),
            _ => Err(unknown),
        }
    }

    fn text(&self) -> &str {
        self.text
    }
}

impl<'a> Run<'a> {
    /// What a name is bound to at the end.
    pub fn get(&self, name: &str) -> Option<&Bound> {
        self.names.get(name)
    }

    /// The states of the four names at the end.
    pub fn states(&self) -> [State; 4] {
        Name::ALL.map(|name| self.state(name.as_str()))
    }

    fn state(&self, name: &str) -> State {
        let known = |result: Result<Value, Opaque>| match result {
            Ok(value) => State::Known(value),
            Err((why, span)) => State::Unknown(why, span),
        };
        match self.names.get(name) {
            Some(Bound::Value(value)) => State::Known(value.clone()),
            Some(Bound::Opaque(why, span)) => State::Unknown(why.clone(), *span),
            Some(Bound::Module(_, span)) => {
                State::Known(Value { kind: Kind::Other("module"), span: *span })
            }
            Some(Bound::Member(module, member, span)) => {
                known(module.constant(member, self.origin, *span))
            }
            None => self.starred(name),
        }
    }

    /// A name that only a star import could have bound.
    fn starred(&self, name: &str) -> State {
        for (module, span) in self.stars.iter().rev() {
            if let Ok(value) = module.constant(name, self.origin, *span) {
                return State::Known(value);
            }
            if !module.never_defines(name, self.origin) {
                return State::Unknown(Unknown::Rebound, *span);
            }
        }
        State::Unset
    }

    /// The docstring: the string that is the first statement, unless `__doc__` is assigned.
    pub fn docstring(&self, body: &[Stmt]) -> Docstring {
        let mut docstring = Docstring::default();
        if let Some(Stmt::Expr(statement)) = body.first()
            && let Expr::StringLiteral(string) = statement.value.as_ref()
        {
            string.value.to_str().clone_into(&mut docstring.text);
            docstring.literals =
                string.value.iter().map(|literal| value::span(literal.content_range())).collect();
        }
        match self.state("__doc__") {
            State::Unset => {}
            State::Known(Value { kind: Kind::Str(text), .. }) => docstring.text = text,
            State::Known(_) | State::Unknown(..) => docstring.text.clear(),
        }
        docstring
    }

    fn statements(&mut self, body: &'a [Stmt], below: Option<&'static str>) {
        for statement in body {
            self.statement(statement, below);
        }
    }

    fn statement(&mut self, statement: &'a Stmt, below: Option<&'static str>) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value, below);
                }
                self.walrus(&assign.value, below);
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value, below);
                }
            }
            Stmt::Expr(expression) => self.walrus(&expression.value, below),
            Stmt::AugAssign(assign) => {
                self.forget(&assign.target, Unknown::Rebound, span_of(statement));
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.forget(target, Unknown::Rebound, span_of(statement));
                }
            }
            Stmt::FunctionDef(function) => self.function(function, below),
            Stmt::ClassDef(class) => {
                self.bodies.push(class.range());
                self.object(class.name.as_str(), "type", span_of(&class.name), below);
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = alias.name.as_ref() {
                    self.object(name.id.as_str(), "TypeAliasType", span_of(name), below);
                }
            }
            Stmt::Import(import) => self.import(import, below),
            Stmt::ImportFrom(import) => self.import_from(import, below),
            _ => self.compound(statement, below),
        }
    }

    /// Statements that hold statements.
    fn compound(&mut self, statement: &'a Stmt, below: Option<&'static str>) {
        match statement {
            Stmt::If(branch) => self.branch(branch, below),
            Stmt::For(each) => {
                self.forget(
                    &each.target,
                    Unknown::Conditional("for"),
                    span_of(each.target.as_ref()),
                );
                self.statements(&each.body, Some("for"));
                self.statements(&each.orelse, Some("for"));
            }
            Stmt::While(repeat) => {
                self.statements(&repeat.body, Some("while"));
                self.statements(&repeat.orelse, Some("while"));
            }
            Stmt::With(with) => {
                for target in with.items.iter().filter_map(|item| item.optional_vars.as_deref()) {
                    self.forget(target, Unknown::Conditional("with"), span_of(target));
                }
                self.statements(&with.body, Some("with"));
            }
            Stmt::Try(attempt) => {
                self.statements(&attempt.body, Some("try"));
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    if let Some(name) = &handler.name {
                        let place = span_of(name);
                        self.bind(name.as_str(), Bound::Opaque(Unknown::Conditional("try"), place));
                    }
                    self.statements(&handler.body, Some("try"));
                }
                self.statements(&attempt.orelse, Some("try"));
                self.statements(&attempt.finalbody, Some("try"));
            }
            Stmt::Match(choice) => {
                for case in &choice.cases {
                    self.captures(value::span(case.pattern.range()));
                    self.statements(&case.body, Some("match"));
                }
            }
            _ => {}
        }
    }

    /// `if TYPE_CHECKING:` and `if __name__ == "__main__":` do not run when Alembic loads the file.
    fn branch(&mut self, branch: &'a StmtIf, below: Option<&'static str>) {
        let never = is_type_checking(&branch.test) || is_main(&branch.test);
        if !never {
            self.statements(&branch.body, Some("if"));
        }
        let certain = never && branch.elif_else_clauses.len() == 1;
        for clause in &branch.elif_else_clauses {
            let plain_else = certain && clause.test.is_none();
            self.statements(&clause.body, if plain_else { below } else { Some("if") });
        }
    }

    fn function(&mut self, function: &'a StmtFunctionDef, below: Option<&'static str>) {
        self.bodies.push(function.range());
        let name = function.name.as_str();
        self.object(name, "function", span_of(&function.name), below);
        match name {
            "upgrade" if below.is_none() => self.upgrade = body_of(function),
            "downgrade" if below.is_none() => self.downgrade = body_of(function),
            _ => {}
        }
    }

    /// Binds a name to something that is no value for Alembic.
    fn object(
        &mut self,
        name: &'a str,
        python_type: &'static str,
        span: Span,
        below: Option<&'static str>,
    ) {
        let value = Value { kind: Kind::Other(python_type), span };
        self.bind_below(name, Bound::Value(value), span, below);
    }

    fn import(&mut self, import: &'a StmtImport, below: Option<&'static str>) {
        for alias in &import.names {
            let dotted = alias.name.as_str();
            let first = dotted.split('.').next().unwrap_or(dotted);
            let (name, module) = match &alias.asname {
                Some(name) => (name.as_str(), dotted),
                None => (first, first),
            };
            let module = Import { level: 0, dotted: module.to_owned() };
            let span = span_of(alias);
            self.bind_below(name, Bound::Module(module, span), span, below);
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom, below: Option<&'static str>) {
        let dotted = import.module.as_ref().map_or("", |module| module.as_str());
        let module = Import { level: import.level, dotted: dotted.to_owned() };
        for alias in &import.names {
            let span = span_of(alias);
            let member = alias.name.as_str();
            if member == "*" {
                self.stars.push((module.clone(), span_of(import)));
                continue;
            }
            let name = alias.asname.as_ref().map_or(member, |name| name.as_str());
            let bound = Bound::Member(module.clone(), member.to_owned(), span);
            self.bind_below(name, bound, span, below);
        }
    }

    /// Binds the names of a target to a value.
    fn assign(&mut self, target: &'a Expr, value: &'a Expr, below: Option<&'static str>) {
        let targets = match target {
            Expr::Name(name) => {
                let name = name.id.as_str();
                let bound = if is_wanted(name) || is_small(value) {
                    match evaluate(value, self) {
                        Ok(value) => Bound::Value(value),
                        Err((why, span)) => Bound::Opaque(why, span),
                    }
                } else {
                    Bound::Opaque(Unknown::Computed, span_of(value))
                };
                return self.bind_below(name, bound, span_of(value), below);
            }
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::List(list) => &list.elts,
            _ => return,
        };
        let values = match value {
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::List(list) => &list.elts,
            _ => return self.unpack(targets, value, below),
        };
        let starred = |expressions: &[Expr]| expressions.iter().any(Expr::is_starred_expr);
        if targets.len() != values.len() || starred(targets) || starred(values) {
            return self.unpack(targets, value, below);
        }
        for (target, value) in targets.iter().zip(values) {
            self.assign(target, value, below);
        }
    }

    /// Binds names to the elements of a value that is no tuple in the text.
    fn unpack(&mut self, targets: &'a [Expr], value: &'a Expr, below: Option<&'static str>) {
        let place = span_of(value);
        let elements = match evaluate(value, self) {
            Ok(Value { kind: Kind::Sequence("tuple" | "list", elements), .. }) => Ok(elements),
            Ok(_) => Err((Unknown::Computed, place)),
            Err(opaque) => Err(opaque),
        };
        let fits = elements.as_ref().is_ok_and(|elements| {
            elements.len() == targets.len() && targets.iter().all(Expr::is_name_expr)
        });
        let (why, span) = match elements {
            Ok(elements) if fits => {
                for (target, element) in targets.iter().zip(elements) {
                    if let Expr::Name(name) = target {
                        let bound = Bound::Value(element);
                        self.bind_below(name.id.as_str(), bound, place, below);
                    }
                }
                return;
            }
            Ok(_) => (Unknown::Computed, place),
            Err(opaque) => opaque,
        };
        for target in targets {
            self.forget(target, why.clone(), span);
        }
    }

    /// A walrus that is the whole expression; others are found by [`super::dynamic`].
    fn walrus(&mut self, expression: &'a Expr, below: Option<&'static str>) {
        if let Expr::Named(named) = expression {
            self.assign(&named.target, &named.value, below);
        }
    }

    /// Makes every name in a target unknown.
    fn forget(&mut self, target: &'a Expr, why: Unknown, span: Span) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), Bound::Opaque(why, span)),
            Expr::Starred(starred) => self.forget(&starred.value, why, span),
            Expr::Tuple(tuple) => {
                tuple.elts.iter().for_each(|target| self.forget(target, why.clone(), span));
            }
            Expr::List(list) => {
                list.elts.iter().for_each(|target| self.forget(target, why.clone(), span));
            }
            _ => {}
        }
    }

    /// The names that a pattern of `match` may bind: every word in it.
    fn captures(&mut self, pattern: Span) {
        let text = self.text.get(pattern.range()).unwrap_or("");
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if is_wanted(word) || self.names.contains_key(word) {
                self.bind(word, Bound::Opaque(Unknown::Conditional("match"), pattern));
            }
        }
    }

    fn bind_below(&mut self, name: &'a str, bound: Bound, span: Span, below: Option<&'static str>) {
        self.bind(
            name,
            match below {
                Some(keyword) => Bound::Opaque(Unknown::Conditional(keyword), span),
                None => bound,
            },
        );
    }

    fn bind(&mut self, name: &'a str, bound: Bound) {
        match name {
            "upgrade" => self.upgrade = Body::Unknown,
            "downgrade" => self.downgrade = Body::Unknown,
            _ => {}
        }
        self.names.insert(name, bound);
    }
}

fn is_wanted(name: &str) -> bool {
    name == "__doc__" || name_of(name).is_some()
}

/// Whether an expression may be a value for one of the four names by another name.
fn is_small(value: &Expr) -> bool {
    match value {
        Expr::Tuple(tuple) => tuple.elts.len() <= 100,
        Expr::StringLiteral(_)
        | Expr::FString(_)
        | Expr::NoneLiteral(_)
        | Expr::Name(_)
        | Expr::Attribute(_)
        | Expr::BinOp(_)
        | Expr::Named(_) => true,
        _ => false,
    }
}

fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}

fn is_main(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let is_name = |e: &Expr| matches!(e, Expr::Name(name) if name.id.as_str() == "__name__");
    let is_main = |e: &Expr| matches!(e, Expr::StringLiteral(s) if s.value.to_str() == "__main__");
    let equal = compare.ops.iter().all(|operator| *operator == ruff_python_ast::CmpOp::Eq);
    match &*compare.comparators {
        [right] if equal => {
            is_name(&compare.left) && is_main(right) || is_main(&compare.left) && is_name(right)
        }
        _ => false,
    }
}
