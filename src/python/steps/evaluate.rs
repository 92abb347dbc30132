//! What an expression stands for where names are bound as they are.

use std::cell::Cell;

use ruff_python_ast::{
    Arguments, Expr, ExprCall, FStringPart, InterpolatedStringElement, Number, Operator, Stmt,
    StmtFunctionDef,
};

use super::{Bound, Invocation, Names, Term};
use crate::python::value::span_of;

/// How deep expressions and functions called in them are looked into.
const MAX_DEPTH: usize = 60;

/// What a name may stand for at most, as counted by [`size`].
const MAX_SIZE: usize = 20_000;

/// The text of a module, and how much may still be done with it.
pub struct Source<'t> {
    /// The text.
    pub text: &'t str,
    /// So that no module, however it is made, takes long.
    pub fuel: Cell<u32>,
}

impl<'t> Source<'t> {
    /// A module of which nothing was read yet.
    pub fn new(text: &'t str) -> Self {
        Self { text, fuel: Cell::new(1_000_000) }
    }

    /// Takes so much of what may be done; false where that is used up.
    pub fn burn(&self, amount: usize) -> bool {
        let left = self.fuel.get();
        let after = u32::try_from(amount).ok().and_then(|amount| left.checked_sub(amount));
        self.fuel.set(after.unwrap_or(0));
        after.is_some()
    }
}

/// The value of an expression; unknown where it is too large to be handed around.
pub fn evaluate(source: &Source<'_>, names: &Names<'_>, expression: &Expr) -> Term {
    let term = Evaluator { source, names }.term(expression, 0);
    if size(&term) > MAX_SIZE { Term::Unknown } else { term }
}

/// The call, with its arguments.
pub fn invocation(source: &Source<'_>, names: &Names<'_>, call: &ExprCall) -> Invocation {
    Evaluator { source, names }.invocation(call, 0)
}

/// Binds the parameters of a function to what it is given; `None` where it is not known which gets what.
pub fn bind(
    source: &Source<'_>,
    names: &mut Names<'_>,
    function: &StmtFunctionDef,
    call: &Invocation,
) -> Option<()> {
    bind_at(source, names, function, call, 0)
}

fn size(term: &Term) -> usize {
    term.parts().iter().map(|part| 1 + part.text().map_or(0, str::len) / 16).sum()
}

struct Evaluator<'e, 'a> {
    source: &'e Source<'e>,
    names: &'e Names<'a>,
}

impl Evaluator<'_, '_> {
    fn term(&self, expression: &Expr, depth: usize) -> Term {
        if depth > MAX_DEPTH || !self.source.burn(1) {
            return Term::Unknown;
        }
        let depth = depth + 1;
        match expression {
            Expr::NoneLiteral(_) => Term::None,
            Expr::BooleanLiteral(literal) => Term::Bool(literal.value),
            Expr::StringLiteral(string) => Term::Text(string.value.to_str().to_owned()),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(number) => Term::Number(number.to_string()),
                _ => Term::Number(self.source(expression)),
            },
            Expr::UnaryOp(unary) if matches!(*unary.operand, Expr::NumberLiteral(_)) => {
                Term::Number(self.source(expression))
            }
            Expr::FString(string) => {
                let mut whole = String::new();
                for part in &string.value {
                    match part {
                        FStringPart::Literal(literal) => whole.push_str(literal),
                        FStringPart::FString(part) => {
                            for element in &part.elements {
                                let Some(piece) = self.piece(element, depth) else {
                                    return Term::Unknown;
                                };
                                whole.push_str(&piece);
                            }
                        }
                    }
                }
                Term::Text(whole)
            }
            Expr::List(list) => self.list(&list.elts, depth),
            Expr::Tuple(tuple) => self.list(&tuple.elts, depth),
            Expr::Set(set) => self.list(&set.elts, depth),
            Expr::Dict(dict) => {
                let pairs = dict.items.iter().map(|item| {
                    let key = item.key.as_ref()?;
                    Some((self.term(key, depth), self.term(&item.value, depth)))
                });
                pairs.collect::<Option<_>>().map_or(Term::Unknown, Term::Dict)
            }
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                match (self.term(&sum.left, depth), self.term(&sum.right, depth)) {
                    (Term::Text(left), Term::Text(right)) => Term::Text(left + &right),
                    (Term::List(mut left), Term::List(right)) => {
                        left.extend(right);
                        Term::List(left)
                    }
                    _ => Term::Unknown,
                }
            }
            Expr::Name(name) => match self.names.get(name.id.as_str()) {
                Some(Bound::Term(term)) if self.source.burn(size(term)) => term.clone(),
                _ => Term::Unknown,
            },
            Expr::Attribute(attribute) => match self.term(&attribute.value, depth) {
                Term::Name(path) => Term::Name(format!("{path}.{}", attribute.attr)),
                Term::Unknown => Term::Unknown,
                of => Term::Attribute(Box::new(of), attribute.attr.to_string()),
            },
            Expr::Call(call) => self.call(call, depth),
            Expr::Named(named) => self.term(&named.value, depth),
            _ => Term::Unknown,
        }
    }

    /// A part of an f-string, where it is known.
    fn piece(&self, element: &InterpolatedStringElement, depth: usize) -> Option<String> {
        match element {
            InterpolatedStringElement::Literal(literal) => Some(literal.value.to_string()),
            InterpolatedStringElement::Interpolation(hole) => {
                let is_plain = hole.conversion.is_none()
                    && hole.format_spec.is_none()
                    && hole.debug_text.is_none();
                match self.term(&hole.expression, depth) {
                    Term::Text(text) if is_plain => Some(text),
                    Term::Number(number) if is_plain => Some(number),
                    _ => None,
                }
            }
        }
    }

    fn list(&self, elements: &[Expr], depth: usize) -> Term {
        let mut terms = Vec::new();
        for element in elements {
            match element {
                Expr::Starred(starred) => match self.term(&starred.value, depth) {
                    Term::List(more) => terms.extend(more),
                    _ => return Term::Unknown,
                },
                element => terms.push(self.term(element, depth)),
            }
        }
        Term::List(terms)
    }

    fn call(&self, call: &ExprCall, depth: usize) -> Term {
        if let Expr::Name(name) = &*call.func {
            if let Some(Bound::Function(function)) = self.names.get(name.id.as_str()) {
                return self.returned(function, call, depth);
            }
            if matches!(name.id.as_str(), "list" | "tuple" | "sorted" | "set")
                && let [only] = &*call.arguments.args
                && !self.names.contains_key(name.id.as_str())
            {
                return match self.term(only, depth) {
                    Term::List(terms) => Term::List(terms),
                    _ => Term::Unknown,
                };
            }
        }
        if let Expr::Attribute(method) = &*call.func
            && let Expr::Name(of) = &*method.value
            && method.attr.as_str() == "f"
            && let Some(Bound::Batch(_)) = self.names.get(of.id.as_str())
        {
            return call
                .arguments
                .args
                .first()
                .map_or(Term::Unknown, |name| self.term(name, depth));
        }
        let call = self.invocation(call, depth);
        let path = call.callee.path().unwrap_or_default();
        match path {
            // A name that is not given another by conventions, and a literal.
            "alembic.op.f" | "alembic.op.inline_literal" => {
                return call.arguments.first().cloned().unwrap_or(Term::Unknown);
            }
            _ => {}
        }
        if let Term::Attribute(of, name) = &call.callee
            && let Term::Dict(pairs) = &**of
        {
            let pair = |(key, value): &(Term, Term)| match name.as_str() {
                "items" => Some(Term::List(vec![key.clone(), value.clone()])),
                "keys" => Some(key.clone()),
                "values" => Some(value.clone()),
                _ => None,
            };
            return pairs.iter().map(pair).collect::<Option<_>>().map_or(Term::Unknown, Term::List);
        }
        if call.callee == Term::Unknown {
            return Term::Unknown;
        }
        Term::Call(Box::new(call))
    }

    /// What a function of the file gives back that does nothing else.
    fn returned(&self, function: &StmtFunctionDef, call: &ExprCall, depth: usize) -> Term {
        let mut body = function.body.iter().filter(|statement| !super::is_idle(statement));
        let (Some(Stmt::Return(only)), None) = (body.next(), body.next()) else {
            return Term::Unknown;
        };
        let Some(value) = only.value.as_deref().filter(|_| super::is_plain(function)) else {
            return Term::Unknown;
        };
        if !self.source.burn(self.names.len()) {
            return Term::Unknown;
        }
        let mut names = self.names.clone();
        let call = self.invocation(call, depth);
        if bind_at(self.source, &mut names, function, &call, depth).is_none() {
            return Term::Unknown;
        }
        // Twice as dear as an expression: a function may call itself.
        Evaluator { source: self.source, names: &names }.term(value, depth + 10)
    }

    fn invocation(&self, call: &ExprCall, depth: usize) -> Invocation {
        let callee = self.term(&call.func, depth + 1);
        let Arguments { args, keywords, .. } = &call.arguments;
        let mut is_whole = true;
        let mut arguments = Vec::new();
        for argument in args {
            match argument {
                Expr::Starred(starred) => match self.term(&starred.value, depth + 1) {
                    Term::List(more) => arguments.extend(more),
                    _ => is_whole = false,
                },
                argument => arguments.push(self.term(argument, depth + 1)),
            }
        }
        let mut named = Vec::new();
        for keyword in keywords {
            let value = self.term(&keyword.value, depth + 1);
            match (&keyword.arg, value) {
                (Some(name), value) => named.push((name.to_string(), value)),
                (None, Term::Dict(pairs)) => {
                    for (key, value) in pairs {
                        match key {
                            Term::Text(key) => named.push((key, value)),
                            _ => is_whole = false,
                        }
                    }
                }
                (None, _) => is_whole = false,
            }
        }
        Invocation { callee, arguments, keywords: named, is_whole }
    }

    fn source(&self, expression: &Expr) -> String {
        let source = self.source.text.get(span_of(expression).range()).unwrap_or_default();
        crate::python::one_line(source)
    }
}

fn bind_at(
    source: &Source<'_>,
    names: &mut Names<'_>,
    function: &StmtFunctionDef,
    call: &Invocation,
    depth: usize,
) -> Option<()> {
    let parameters = &function.parameters;
    if !call.is_whole || parameters.vararg.is_some() || parameters.kwarg.is_some() {
        return None;
    }
    let by_place = parameters.posonlyargs.iter().chain(&parameters.args);
    if call.arguments.len() > by_place.clone().count() {
        return None;
    }
    let mut bound: Vec<(String, Term)> = Vec::new();
    for (place, parameter) in by_place.chain(&parameters.kwonlyargs).enumerate() {
        let name = parameter.parameter.name.as_str();
        let value = match (call.get(name, Some(place)), &parameter.default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => Evaluator { source, names }.term(default, depth + 10),
            (None, None) => return None,
        };
        bound.push((name.to_owned(), value));
    }
    for (name, value) in bound {
        let value = if size(&value) > MAX_SIZE { Term::Unknown } else { value };
        names.insert(name, Bound::Term(value));
    }
    Some(())
}
