//! Evaluating the expressions of a template, in Python's terms.
//!
//! Each function here gives the value that Python would give, or says why it does not: because Python would fail as
//! well, or because it is not understood. Both are the same to the caller.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::Values;
use super::names::is_taken;
use super::node::Template;
use super::split::Pattern;
use super::value::{Function, Value, undefined};
use crate::python::expression::{Comparison, Expression};
use crate::revision::is_python_space;

/// What names mean at some place.
pub(super) struct Scope<'a> {
    pub(super) template: &'a Template,
    pub(super) values: &'a Values<'a>,
    /// The local names that have a value by now.
    pub(super) bound: &'a BTreeMap<Box<str>, Value>,
    /// How much work may still be done.
    pub(super) left: &'a Cell<usize>,
}

type Evaluated = Result<Value, String>;

impl Scope<'_> {
    /// The value of an expression; `Err` with the reason.
    pub(super) fn evaluate(&self, expression: &Expression) -> Evaluated {
        let value = self.value(expression)?;
        self.spend(value.weight())?;
        Ok(value)
    }

    /// Takes this much work from what is left; `Err` where there is less.
    pub(super) fn spend(&self, work: usize) -> Result<(), String> {
        let left = self.left.get().checked_sub(work + 1);
        self.left.set(left.ok_or("the template takes too long")?);
        Ok(())
    }

    fn value(&self, expression: &Expression) -> Evaluated {
        Ok(match expression {
            Expression::None => Value::None,
            Expression::Bool(truth) => Value::Bool(*truth),
            Expression::Int(number) => Value::Int(*number),
            Expression::Str(text) => Value::Str(text.clone()),
            Expression::Name(name) => return self.name(name),
            Expression::Tuple(values) => Value::Tuple(self.all(values)?),
            Expression::List(values) => Value::List(self.all(values)?),
            Expression::Choice(choice) => {
                let [test, then, otherwise] = &**choice;
                return self.evaluate(if self.evaluate(test)?.truth()? { then } else { otherwise });
            }
            Expression::Any(values) => return self.first(values, true),
            Expression::All(values) => return self.first(values, false),
            Expression::Not(value) => Value::Bool(!self.evaluate(value)?.truth()?),
            Expression::Compare(comparison, values) => {
                let [left, right] = &**values;
                let (left, right) = (self.evaluate(left)?, self.evaluate(right)?);
                Value::Bool(compare(*comparison, &left, &right)?)
            }
            Expression::Add(values) => {
                let [left, right] = &**values;
                return add(self.evaluate(left)?, self.evaluate(right)?);
            }
            Expression::Percent(values) => {
                let [format, values] = &**values;
                let (format, values) = (self.evaluate(format)?, self.evaluate(values)?);
                return percent(&format, values);
            }
            Expression::Attribute(value, name) => return attribute(self.evaluate(value)?, name),
            Expression::Call(function, arguments) => {
                let function = self.evaluate(function)?;
                return self.call(&function, &self.all(arguments)?);
            }
            Expression::Other(text) => return Err(format!("`{text}` is not understood here")),
        })
    }

    fn all(&self, expressions: &[Expression]) -> Result<Vec<Value>, String> {
        expressions.iter().map(|expression| self.evaluate(expression)).collect()
    }

    /// `or` and `and`: the first value that decides, else the last one.
    fn first(&self, expressions: &[Expression], wanted: bool) -> Evaluated {
        let mut last = Value::None;
        for (at, expression) in expressions.iter().enumerate() {
            last = self.evaluate(expression)?;
            if at + 1 < expressions.len() && last.truth()? == wanted {
                break;
            }
        }
        Ok(last)
    }

    fn name(&self, name: &str) -> Evaluated {
        if self.template.locals.contains(name) {
            let value = self.bound.get(name);
            return value.cloned().ok_or_else(|| format!("`{name}` is read before it is bound"));
        }
        if let Some((_, module)) =
            self.template.imports.iter().rev().find(|(bound, _)| **bound == *name)
        {
            return Ok(match module {
                Some(module) => Value::Module(module.clone()),
                None => Value::Opaque(name.into()),
            });
        }
        if name == "context" {
            return Ok(Value::Context);
        }
        match self.supplied(name) {
            Some(value) => Ok(value),
            None if is_taken(name) => Err(format!("`{name}` is not understood here")),
            None => Ok(Value::Undefined(name.into())),
        }
    }

    /// What Alembic or Python supplies by this name.
    fn supplied(&self, name: &str) -> Option<Value> {
        let text = |text: &str| Value::Str(text.to_owned());
        Some(match name {
            "message" => text(self.values.message),
            "up_revision" => text(self.values.up_revision),
            "down_revision" => match self.values.down_revision {
                [] => Value::None,
                [single] => text(single.as_str()),
                several => Value::Tuple(several.iter().map(|id| text(id.as_str())).collect()),
            },
            "branch_labels" => match self.values.branch_labels {
                [] => Value::None,
                labels => Value::Tuple(labels.iter().map(|label| text(label.as_str())).collect()),
            },
            "depends_on" => Value::None,
            "create_date" => Value::Date(self.values.create_date.clone()),
            "refresh" => Value::Bool(true),
            "config" => Value::Config,
            "comma" => Value::Function(Function::Comma),
            "len" => Value::Function(Function::Len),
            "repr" => Value::Function(Function::Repr),
            "str" => Value::Function(Function::Str),
            _ => return None,
        })
    }

    fn call(&self, function: &Value, arguments: &[Value]) -> Evaluated {
        match (function, arguments) {
            (Value::Function(Function::Repr), [value]) => value.repr().map(Value::Str),
            (Value::Function(Function::Str), [value]) => value.str().map(Value::Str),
            (Value::Function(Function::Comma), [value]) => comma(value).map(Value::Str),
            (
                Value::Function(Function::Len),
                [value @ (Value::Str(_) | Value::Tuple(_) | Value::List(_))],
            ) => {
                let length = value.elements()?.len();
                Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
            }
            (Value::Method(owner, name), arguments) => self.method(owner, name, arguments),
            (Value::Undefined(name), _) => Err(undefined(name)),
            _ => Err(format!("this call of {} is not understood here", function.describe())),
        }
    }

    fn method(&self, owner: &Value, name: &str, arguments: &[Value]) -> Evaluated {
        match (owner, name, arguments) {
            (Value::Str(text), _, _) => {
                // What is joined or replaced may be put in at every place.
                let weights = arguments.iter().map(Value::weight);
                self.spend(weights.sum::<usize>().saturating_mul(text.len() + 1))?;
                text_method(text, name, arguments)
            }
            (Value::Date(moment), "isoformat", []) => Ok(Value::Str(moment.isoformat('T'))),
            (Value::Date(moment), "isoformat", [Value::Str(separator)])
                if separator.chars().count() == 1 =>
            {
                let separator = separator.chars().next().unwrap_or(' ');
                Ok(Value::Str(moment.isoformat(separator)))
            }
            (Value::Date(moment), "strftime", [Value::Str(format)]) => moment
                .strftime(format)
                .map(Value::Str)
                .ok_or_else(|| format!("the format `{format}` is not understood here")),
            (Value::Context, "get", [Value::Str(name)]) => self.context(name, Value::None),
            (Value::Context, "get", [Value::Str(name), default]) => {
                self.context(name, default.clone())
            }
            (Value::Config, "get_main_option", [Value::Str(option), default @ ..])
                if default.len() < 2 =>
            {
                let value = (self.values.option)(None, option).map(Value::Str);
                Ok(value.unwrap_or_else(|| default.first().cloned().unwrap_or(Value::None)))
            }
            (
                Value::Config,
                "get_section_option",
                [Value::Str(section), Value::Str(option), default @ ..],
            ) if default.len() < 2 => {
                // Without the section Alembic fails whatever the default is.
                (self.values.option)(Some(section), option)
                    .map(Value::Str)
                    .ok_or_else(|| format!("`[{section}]` of the configuration has no `{option}`"))
            }
            (Value::Module(module), "split", [Value::Str(pattern), Value::Str(text)])
                if **module == *"re" =>
            {
                let pattern = Pattern::parse(pattern)
                    .ok_or_else(|| format!("the pattern `{pattern}` is not understood here"))?;
                Ok(Value::List(pattern.split(text).into_iter().map(Value::Str).collect()))
            }
            _ => Err(format!("this call of `{name}` is not understood here")),
        }
    }

    /// `context.get(name, default)`: local names do not count.
    fn context(&self, name: &str, default: Value) -> Evaluated {
        match self.supplied(name) {
            Some(value) => Ok(value),
            None if is_taken(name) => Err(format!("`{name}` is not understood here")),
            None => Ok(default),
        }
    }
}

/// Alembic's `comma` (1.20.1, `util.format_as_comma`).
pub(super) fn comma(value: &Value) -> Result<String, String> {
    match value {
        Value::None => Ok(String::new()),
        Value::Str(text) => Ok(text.clone()),
        Value::Tuple(values) | Value::List(values) => joined(", ", values),
        Value::Undefined(name) => Err(undefined(name)),
        other => Err(format!("{} cannot be joined by commas", other.describe())),
    }
}

fn joined(separator: &str, values: &[Value]) -> Result<String, String> {
    let texts = values.iter().map(|value| match value {
        Value::Str(text) => Ok(text.as_str()),
        other => Err(format!("{} is no text", other.describe())),
    });
    Ok(texts.collect::<Result<Vec<_>, _>>()?.join(separator))
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> Result<bool, String> {
    match comparison {
        Comparison::Equal => left.equals(right),
        Comparison::Unequal => Ok(!left.equals(right)?),
        Comparison::Is => identical(left, right),
        Comparison::IsNot => Ok(!identical(left, right)?),
        Comparison::In => contains(right, left),
        Comparison::NotIn => Ok(!contains(right, left)?),
    }
}

/// `is`, where there is only one object of a value.
fn identical(left: &Value, right: &Value) -> Result<bool, String> {
    let single =
        |value: &Value| matches!(value, Value::None | Value::Bool(_) | Value::Undefined(_));
    if single(left) || single(right) {
        return Ok(match (left, right) {
            (Value::Undefined(_), Value::Undefined(_)) => true,
            (left, right) => left == right,
        });
    }
    Err("which values are one object is not known here".into())
}

fn contains(container: &Value, value: &Value) -> Result<bool, String> {
    match (container, value) {
        (Value::Str(container), Value::Str(text)) => Ok(container.contains(text.as_str())),
        (Value::Tuple(values) | Value::List(values), value) => {
            for element in values {
                if element.equals(value)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (Value::Undefined(name), _) => Err(undefined(name)),
        _ => Err(format!("{} holds nothing", container.describe())),
    }
}

fn add(left: Value, right: Value) -> Evaluated {
    match (left, right) {
        (Value::Str(left), Value::Str(right)) => Ok(Value::Str(left + &right)),
        (Value::Int(left), Value::Int(right)) => {
            left.checked_add(right).map(Value::Int).ok_or_else(|| "a number is too large".into())
        }
        (Value::Tuple(mut left), Value::Tuple(right)) => {
            left.extend(right);
            Ok(Value::Tuple(left))
        }
        (Value::List(mut left), Value::List(right)) => {
            left.extend(right);
            Ok(Value::List(left))
        }
        (Value::Undefined(name), _) | (_, Value::Undefined(name)) => Err(undefined(&name)),
        (left, right) => {
            Err(format!("{} and {} cannot be added", left.describe(), right.describe()))
        }
    }
}

/// `format % values` with `%s`, `%r`, `%d` and `%%`.
fn percent(format: &Value, values: Value) -> Evaluated {
    let Value::Str(format) = format else {
        return Err(format!("`%` of {} is not understood here", format.describe()));
    };
    let mut values = match values {
        Value::Tuple(values) => values.into_iter(),
        single => vec![single].into_iter(),
    };
    let mut text = String::new();
    let mut rest = format.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        let mut characters = after.chars();
        let conversion = characters.next();
        rest = characters.as_str();
        if conversion == Some('%') {
            text.push('%');
            continue;
        }
        let value = values.next().ok_or("there are fewer values than the format has places")?;
        match (conversion, &value) {
            (Some('s'), value) => text.push_str(&value.str()?),
            (Some('r'), value) => text.push_str(&value.repr()?),
            (Some('d'), Value::Int(number)) => text.push_str(&number.to_string()),
            _ => return Err(format!("the format `{format}` is not understood here")),
        }
    }
    if values.next().is_some() {
        return Err("there are more values than the format has places".into());
    }
    text.push_str(rest);
    Ok(Value::Str(text))
}

fn attribute(owner: Value, name: &str) -> Evaluated {
    let known = match &owner {
        Value::Date(moment) => match name {
            "year" => return Ok(Value::Int(moment.year)),
            "month" => return Ok(Value::Int(moment.month)),
            "day" => return Ok(Value::Int(moment.day)),
            "hour" => return Ok(Value::Int(moment.hour)),
            "minute" => return Ok(Value::Int(moment.minute)),
            "second" => return Ok(Value::Int(moment.second)),
            "microsecond" => return Ok(Value::Int(moment.microsecond)),
            _ => matches!(name, "isoformat" | "strftime"),
        },
        Value::Str(_) => matches!(name, "join" | "strip" | "lower" | "upper" | "replace"),
        Value::Context => name == "get",
        Value::Config => matches!(name, "get_main_option" | "get_section_option"),
        Value::Module(module) => **module == *"re" && name == "split",
        Value::Undefined(name) => return Err(undefined(name)),
        _ => false,
    };
    if known {
        return Ok(Value::Method(Box::new(owner), name.into()));
    }
    Err(format!("`{name}` of {} is not understood here", owner.describe()))
}

fn text_method(text: &str, name: &str, arguments: &[Value]) -> Evaluated {
    match (name, arguments) {
        ("join", [values]) => {
            let values = values.elements()?;
            joined(text, &values).map(Value::Str)
        }
        ("strip", []) => Ok(Value::Str(text.trim_matches(is_python_space).to_owned())),
        ("lower", []) => Ok(Value::Str(text.to_lowercase())),
        ("upper", []) => Ok(Value::Str(text.to_uppercase())),
        ("replace", [Value::Str(old), Value::Str(new)]) => Ok(Value::Str(text.replace(old, new))),
        _ => Err(format!("this call of `{name}` is not understood here")),
    }
}
