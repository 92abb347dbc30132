//! Single expressions and simple statements, as templates hold them, in a small tree of our own.
//!
//! Nothing is evaluated here. What is valid Python but has no place in the tree is [`Expression::Other`], so that it
//! matters only where it is reached; what binds names in passing (`:=`, `lambda`, comprehensions) is refused.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{BoolOp, CmpOp, Expr, Mod, Number, Operator, PythonVersion, Stmt, UnaryOp};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

use super::limits;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A string; neighbouring literals joined.
    Str(String),
    /// A name.
    Name(Box<str>),
    /// A tuple in parentheses.
    Tuple(Vec<Expression>),
    /// A list.
    List(Vec<Expression>),
    /// `then if test else otherwise`
    Choice(Box<[Expression; 3]>),
    /// `a or b or …`
    Any(Vec<Expression>),
    /// `a and b and …`
    All(Vec<Expression>),
    /// `not a`
    Not(Box<Expression>),
    /// A comparison of two.
    Compare(Comparison, Box<[Expression; 2]>),
    /// `a + b`
    Add(Box<[Expression; 2]>),
    /// `a % b`
    Percent(Box<[Expression; 2]>),
    /// `a.b`
    Attribute(Box<Expression>, Box<str>),
    /// `f(a, b)`, positional arguments only.
    Call(Box<Expression>, Vec<Expression>),
    /// Valid, and nothing of the above: its source text.
    Other(Box<str>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `in`
    In,
    /// `not in`
    NotIn,
}

/// A simple statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// `name = expression`
    Assign {
        /// The name.
        name: Box<str>,
        /// The value.
        value: Expression,
    },
    /// `import module` or `from module import name`, each name by itself.
    Import {
        /// The name that is bound.
        bound: Box<str>,
        /// The module, with its dots.
        module: Box<str>,
        /// What is taken out of the module; `None` for the module itself.
        item: Option<Box<str>>,
    },
}

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no valid Python, or nothing of the kind asked for.
    Invalid,
    /// It is valid, and not understood here.
    Unsupported,
}

/// Reads one expression, on one line, without a comment; a tuple at its top needs parentheses.
pub fn expression(text: &str) -> Result<Expression, Refusal> {
    match parsed(text, Mode::Expression)? {
        // Where the text becomes an argument, a tuple without parentheses is several.
        Mod::Expression(module) => match &*module.body {
            Expr::Tuple(tuple) if !tuple.parenthesized => Err(Refusal::Unsupported),
            body => Ok(convert(text, body)),
        },
        Mod::Module(_) => Err(Refusal::Invalid),
    }
}

/// Reads one line of simple statements.
pub fn statements(text: &str) -> Result<Vec<Statement>, Refusal> {
    let Mod::Module(module) = parsed(text, Mode::Module)? else { return Err(Refusal::Invalid) };
    let mut statements = Vec::new();
    for statement in &module.body {
        match statement {
            Stmt::Assign(assign) => {
                let [Expr::Name(name)] = assign.targets.as_slice() else {
                    return Err(Refusal::Unsupported);
                };
                let value = convert(text, &assign.value);
                statements.push(Statement::Assign { name: name.id.as_str().into(), value });
            }
            Stmt::Import(import) => statements.extend(import.names.iter().map(|alias| {
                let module = alias.name.as_str();
                let bound = match &alias.asname {
                    Some(name) => name.as_str(),
                    None => module.split('.').next().unwrap_or(module),
                };
                Statement::Import { bound: bound.into(), module: module.into(), item: None }
            })),
            Stmt::ImportFrom(import) if import.level == 0 => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                statements.extend(import.names.iter().map(|alias| {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    let item = Some(alias.name.as_str().into());
                    Statement::Import { bound: bound.into(), module: module.into(), item }
                }));
            }
            _ => return Err(Refusal::Unsupported),
        }
    }
    Ok(statements)
}

fn parsed(text: &str, mode: Mode) -> Result<Mod, Refusal> {
    limits::check_before(text).map_err(|_| Refusal::Unsupported)?;
    let options = ParseOptions::from(mode).with_target_version(PythonVersion::latest_preview());
    let parsed = parse_unchecked(text, options);
    limits::check(parsed.tokens()).map_err(|_| Refusal::Unsupported)?;
    if !parsed.errors().is_empty() {
        return Err(Refusal::Invalid);
    }
    let binds = |kind| {
        matches!(
            kind,
            TokenKind::ColonEqual
                | TokenKind::Lambda
                | TokenKind::For
                | TokenKind::Yield
                | TokenKind::Await
                | TokenKind::Async
                | TokenKind::FStringStart
                | TokenKind::TStringStart
                | TokenKind::Comment
        )
    };
    let refused = parsed.tokens().iter().any(|token| binds(token.kind()));
    // Escapes may name half characters, which a Rust string cannot hold; names are normalised by Python.
    let escapes = ["\\u", "\\U", "\\N"].iter().any(|escape| text.contains(escape));
    let odd_name = parsed
        .tokens()
        .iter()
        .any(|token| token.kind() == TokenKind::Name && !text[token.range()].is_ascii());
    if refused || escapes || odd_name {
        return Err(Refusal::Unsupported);
    }
    Ok(parsed.into_syntax())
}

fn convert(text: &str, expr: &Expr) -> Expression {
    let all = |list: &[Expr]| list.iter().map(|expr| convert(text, expr)).collect::<Vec<_>>();
    let one = |expr: &Expr| Box::new(convert(text, expr));
    let two = |a: &Expr, b: &Expr| Box::new([convert(text, a), convert(text, b)]);
    let other = || Expression::Other(super::one_line(&text[expr.range()]).into());
    match expr {
        Expr::NoneLiteral(_) => Expression::None,
        Expr::BooleanLiteral(literal) => Expression::Bool(literal.value),
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int.as_i64().map_or_else(other, Expression::Int),
            _ => other(),
        },
        Expr::StringLiteral(literal) => Expression::Str(literal.value.to_str().to_owned()),
        Expr::Name(name) => Expression::Name(name.id.as_str().into()),
        Expr::Tuple(tuple) if tuple.parenthesized => Expression::Tuple(all(&tuple.elts)),
        Expr::List(list) => Expression::List(all(&list.elts)),
        Expr::If(choice) => Expression::Choice(Box::new([
            convert(text, &choice.test),
            convert(text, &choice.body),
            convert(text, &choice.orelse),
        ])),
        Expr::BoolOp(operation) => match operation.op {
            BoolOp::Or => Expression::Any(all(&operation.values)),
            BoolOp::And => Expression::All(all(&operation.values)),
        },
        Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => {
            Expression::Not(one(&operation.operand))
        }
        Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([operator], [right]) => match comparison(*operator) {
                Some(operator) => Expression::Compare(operator, two(&compare.left, right)),
                None => other(),
            },
            _ => other(),
        },
        Expr::BinOp(operation) => match operation.op {
            Operator::Add => Expression::Add(two(&operation.left, &operation.right)),
            Operator::Mod => Expression::Percent(two(&operation.left, &operation.right)),
            _ => other(),
        },
        Expr::Attribute(attribute) => {
            Expression::Attribute(one(&attribute.value), attribute.attr.as_str().into())
        }
        Expr::Call(call) if call.arguments.keywords.is_empty() => {
            Expression::Call(one(&call.func), all(&call.arguments.args))
        }
        _ => other(),
    }
}

fn comparison(operator: CmpOp) -> Option<Comparison> {
    Some(match operator {
        CmpOp::Eq => Comparison::Equal,
        CmpOp::NotEq => Comparison::Unequal,
        CmpOp::Is => Comparison::Is,
        CmpOp::IsNot => Comparison::IsNot,
        CmpOp::In => Comparison::In,
        CmpOp::NotIn => Comparison::NotIn,
        CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Expression, Refusal, expression, statements};

    #[test]
    fn what_is_refused() {
        for text in ["", "x;", "x = 1", "x if y", "a b", "'", "(", "return 1"] {
            assert_eq!(expression(text), Err(Refusal::Invalid), "{text}");
        }
        for text in [
            "(a := 1)",
            "[x for x in y]",
            "lambda: 1",
            "f'{x}'",
            "'\\ud800'",
            "é",
            "x # y",
            "a, b",
            "a,",
        ] {
            assert_eq!(expression(text), Err(Refusal::Unsupported), "{text}");
        }
        for text in ["del x", "x += 1", "a = b = 1", "if x: y = 1", "x", "from . import y"] {
            assert_eq!(statements(text), Err(Refusal::Unsupported), "{text}");
        }
    }

    #[test]
    fn what_is_valid_and_not_understood_is_kept_as_text() {
        for text in ["a - b", "a < b", "a[0]", "f(x=1)", "1.5", "-1", "b''", "{}", "a < b < c"] {
            assert_eq!(expression(text), Ok(Expression::Other(text.into())));
        }
    }
}
