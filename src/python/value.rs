//! Constant values of expressions, as far as they can be known without running anything.
//!
//! Literals of every kind, names and attributes that a [`Scope`] knows, and `+` of strings and of sequences.
//! Every other expression is not known, and says why; nothing here guesses.

use ruff_python_ast::{
    Expr, ExprBinOp, ExprDict, ExprFString, FStringPart, InterpolatedStringElement, Number,
    Operator,
};
use ruff_text_size::{Ranged, TextRange};

use crate::script::{Span, Unknown};

/// A value that is known, and the expression that gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it stands; for a value bound elsewhere, where it is used.
    pub span: Span,
}

/// What a value is, as far as Alembic could care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `None`
    None,
    /// A `str`.
    Str(String),
    /// A tuple, list, set, or the keys of a dictionary, with its Python type.
    Sequence(&'static str, Vec<Value>),
    /// `b""`, which is falsy and has no elements.
    EmptyBytes,
    /// Anything else, by its Python type.
    Other(&'static str),
}

impl Value {
    /// The Python type of the value.
    pub fn python_type(&self) -> &'static str {
        match &self.kind {
            Kind::None => "NoneType",
            Kind::Str(_) => "str",
            Kind::EmptyBytes => "bytes",
            Kind::Sequence(python_type, _) | Kind::Other(python_type) => python_type,
        }
    }

    /// Moves every place in the value.
    pub fn relocate(&mut self, move_to: &impl Fn(&mut Span)) {
        move_to(&mut self.span);
        if let Kind::Sequence(_, elements) = &mut self.kind {
            elements.iter_mut().for_each(|element| element.relocate(move_to));
        }
    }

    /// The same value, standing at `span` with all its elements.
    pub fn moved(mut self, span: Span) -> Self {
        self.relocate(&|place| *place = span);
        self
    }
}

/// Why a value is not known, and which part of the expression says so.
pub type Opaque = (Unknown, Span);

/// What names mean where an expression stands.
pub trait Scope {
    /// The value of the dotted path `root.rest[0].rest[1]…`.
    fn look_up(&self, root: &str, rest: &[&str], span: Span) -> Result<Value, Opaque>;

    /// The source text of the module.
    fn text(&self) -> &str;
}

/// The range of a node as a span.
pub fn span_of(node: &impl Ranged) -> Span {
    span(node.range())
}

/// A range of the parser as a span.
pub fn span(range: TextRange) -> Span {
    Span { start: range.start().to_u32(), end: range.end().to_u32() }
}

/// The value of an expression.
pub fn evaluate(expr: &Expr, scope: &impl Scope) -> Result<Value, Opaque> {
    let place = span_of(expr);
    let kind = match expr {
        Expr::NoneLiteral(_) => Kind::None,
        Expr::StringLiteral(string) => text_of(string.value.to_str(), place, scope)?,
        Expr::FString(string) => text_of(&plain_f_string(string)?, place, scope)?,
        Expr::BytesLiteral(bytes) if bytes.value.is_empty() => Kind::EmptyBytes,
        Expr::BytesLiteral(_) => Kind::Other("bytes"),
        Expr::BooleanLiteral(_) => Kind::Other("bool"),
        Expr::EllipsisLiteral(_) => Kind::Other("ellipsis"),
        Expr::NumberLiteral(number) => Kind::Other(number_type(&number.value)),
        Expr::UnaryOp(unary) => match unary.operand.as_ref() {
            Expr::NumberLiteral(number) if !unary.op.is_not() => {
                Kind::Other(number_type(&number.value))
            }
            _ => return Err((Unknown::Computed, place)),
        },
        Expr::Tuple(tuple) => Kind::Sequence("tuple", elements(&tuple.elts, scope)?),
        Expr::List(list) => Kind::Sequence("list", elements(&list.elts, scope)?),
        Expr::Set(set) => Kind::Sequence("set", distinct(elements(&set.elts, scope)?)),
        Expr::Dict(dict) => Kind::Sequence("dict", distinct(keys(dict, scope)?)),
        Expr::Lambda(_) => Kind::Other("function"),
        Expr::BinOp(sum) => return concatenation(sum, place, scope),
        Expr::Named(named) => return Ok(evaluate(&named.value, scope)?.moved(place)),
        Expr::Call(call) => {
            let callee = scope.text().get(span_of(call.func.as_ref()).range()).unwrap_or("");
            return Err((Unknown::Call(one_line(callee).into()), place));
        }
        Expr::Name(_) | Expr::Attribute(_) => {
            let Some((root, rest)) = dotted(expr) else {
                return Err((Unknown::Computed, place));
            };
            return Ok(scope.look_up(root, &rest, place)?.moved(place));
        }
        _ => return Err((Unknown::Computed, place)),
    };
    Ok(Value { kind, span: place })
}

/// White space runs as one space: a piece of source on one line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names of `a.b.c`, the first apart; `None` for an attribute of anything but names.
pub fn dotted(expr: &Expr) -> Option<(&str, Vec<&str>)> {
    let mut rest = Vec::new();
    let mut at = expr;
    loop {
        match at {
            Expr::Attribute(attribute) => {
                rest.push(attribute.attr.as_str());
                at = &attribute.value;
            }
            Expr::Name(name) if !name.id.is_empty() => {
                rest.reverse();
                return Some((name.id.as_str(), rest));
            }
            _ => return None,
        }
    }
}

/// A string, unless the parser had to replace a lone surrogate, which no Rust string can hold.
fn text_of(text: &str, place: Span, scope: &impl Scope) -> Result<Kind, Opaque> {
    let written = scope.text().get(place.range()).unwrap_or("");
    let replacement = char::REPLACEMENT_CHARACTER;
    if text.contains(replacement)
        && text.matches(replacement).count() > written.matches(replacement).count()
    {
        return Err((Unknown::Computed, place));
    }
    Ok(Kind::Str(text.to_owned()))
}

/// The text of an f-string without holes, with the strings it is joined to.
fn plain_f_string(string: &ExprFString) -> Result<String, Opaque> {
    let mut text = String::new();
    for part in &string.value {
        match part {
            FStringPart::Literal(literal) => text.push_str(literal.as_str()),
            FStringPart::FString(f_string) => {
                for element in &f_string.elements {
                    match element {
                        InterpolatedStringElement::Literal(literal) => text.push_str(literal),
                        InterpolatedStringElement::Interpolation(_) => {
                            return Err((Unknown::Computed, span_of(string)));
                        }
                    }
                }
            }
        }
    }
    Ok(text)
}

fn number_type(number: &Number) -> &'static str {
    match number {
        Number::Int(_) => "int",
        Number::Float(_) => "float",
        Number::Complex { .. } => "complex",
    }
}

fn elements(expressions: &[Expr], scope: &impl Scope) -> Result<Vec<Value>, Opaque> {
    let mut values = Vec::with_capacity(expressions.len());
    for expression in expressions {
        let Expr::Starred(starred) = expression else {
            values.push(evaluate(expression, scope)?);
            continue;
        };
        let place = span_of(starred);
        match evaluate(&starred.value, scope)?.kind {
            Kind::Sequence(_, inner) => {
                values.extend(inner.into_iter().map(|value| value.moved(place)));
            }
            _ => return Err((Unknown::Computed, place)),
        }
    }
    Ok(values)
}

fn keys(dict: &ExprDict, scope: &impl Scope) -> Result<Vec<Value>, Opaque> {
    dict.iter_keys()
        .map(|key| match key {
            Some(key) => evaluate(key, scope),
            None => Err((Unknown::Computed, span_of(dict))),
        })
        .collect()
}

/// The values without those that came before, by what they are.
fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    values
        .into_iter()
        .filter(|value| match &value.kind {
            Kind::Str(text) => seen.insert(Some(text.clone())),
            Kind::None => seen.insert(None),
            _ => true,
        })
        .collect()
}

/// `"a" + "b"` and `("a",) + ("b",)`; the chain leans to the left and may be long.
fn concatenation(sum: &ExprBinOp, place: Span, scope: &impl Scope) -> Result<Value, Opaque> {
    let mut operands = Vec::new();
    let mut at = sum;
    loop {
        if at.op != Operator::Add {
            return Err((Unknown::Computed, place));
        }
        operands.push(at.right.as_ref());
        match at.left.as_ref() {
            Expr::BinOp(left) => at = left,
            first => {
                operands.push(first);
                break;
            }
        }
    }
    let mut operands = operands.into_iter().rev().map(|operand| evaluate(operand, scope));
    let Some(first) = operands.next() else { return Err((Unknown::Computed, place)) };
    let mut kind = first?.kind;
    for operand in operands {
        match (&mut kind, operand?.kind) {
            (Kind::Str(text), Kind::Str(more)) => text.push_str(&more),
            (Kind::Sequence(left, values), Kind::Sequence(right, more))
                if *left == right && matches!(right, "tuple" | "list") =>
            {
                values.extend(more);
            }
            _ => return Err((Unknown::Computed, place)),
        }
    }
    Ok(Value { kind, span: place })
}
