//! Python's values, as far as a template of a merge can hold them: what is true, what `str` and `repr` print.

use crate::datetime::DateTime;
use crate::python::repr::repr as repr_text;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    Str(String),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    /// `create_date`
    Date(DateTime),
    /// Mako's `UNDEFINED`: what the name had no value for.
    Undefined(Box<str>),
    /// A function that is known here.
    Function(Function),
    /// `config`
    Config,
    /// `context`
    Context,
    /// A module.
    Module(Box<str>),
    /// The attribute of a value that is only known when it is called.
    Method(Box<Value>, Box<str>),
    /// Something out of a module.
    Opaque(Box<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Comma,
    Len,
    Repr,
    Str,
}

impl Value {
    /// How an error calls it.
    pub(super) fn python_type(&self) -> &'static str {
        match self {
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Str(_) => "str",
            Self::Tuple(_) => "tuple",
            Self::List(_) => "list",
            Self::Date(_) => "datetime",
            Self::Undefined(_) => "Undefined",
            Self::Function(_) | Self::Method(..) => "function",
            Self::Config => "Config",
            Self::Context => "Context",
            Self::Module(_) => "module",
            Self::Opaque(_) => "object",
        }
    }

    /// How much it holds, about.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Str(text) => text.len() + 1,
            Self::Tuple(values) | Self::List(values) => {
                values.iter().map(Self::weight).sum::<usize>() + 1
            }
            Self::Method(owner, _) => owner.weight() + 1,
            _ => 1,
        }
    }

    /// `bool()`; `Err` with the reason where it is not known.
    pub(super) fn truth(&self) -> Result<bool, String> {
        Ok(match self {
            Self::None | Self::Undefined(_) => false,
            Self::Bool(truth) => *truth,
            Self::Int(number) => *number != 0,
            Self::Str(text) => !text.is_empty(),
            Self::Tuple(values) | Self::List(values) => !values.is_empty(),
            Self::Date(_)
            | Self::Function(_)
            | Self::Config
            | Self::Context
            | Self::Module(_)
            | Self::Method(..) => true,
            Self::Opaque(_) => {
                return Err(format!("whether {} is true is not known here", self.describe()));
            }
        })
    }

    /// `str()`; `Err` with the reason where it fails or is not known.
    pub(super) fn str(&self) -> Result<String, String> {
        match self {
            Self::Str(text) => Ok(text.clone()),
            Self::Date(moment) => Ok(moment.to_string()),
            Self::Undefined(name) => Err(undefined(name)),
            other => other.repr(),
        }
    }

    /// `repr()`; `Err` with the reason where it is not known.
    pub(super) fn repr(&self) -> Result<String, String> {
        Ok(match self {
            Self::None => "None".into(),
            Self::Bool(true) => "True".into(),
            Self::Bool(false) => "False".into(),
            Self::Int(number) => number.to_string(),
            Self::Str(text) => repr_text(text),
            Self::Tuple(values) => match values.as_slice() {
                [single] => format!("({},)", single.repr()?),
                values => format!("({})", joined(values)?),
            },
            Self::List(values) => format!("[{}]", joined(values)?),
            Self::Date(moment) => {
                moment.repr().ok_or("how Python shows the zone is not known here")?
            }
            Self::Undefined(name) => return Err(undefined(name)),
            other => {
                return Err(format!("how Python shows {} is not known here", other.describe()));
            }
        })
    }

    /// `==`; `Err` with the reason where it is not known.
    pub(super) fn equals(&self, other: &Self) -> Result<bool, String> {
        match (self, other) {
            (Self::Undefined(_), Self::Undefined(_)) => Ok(true),
            (Self::Int(_) | Self::Bool(_), Self::Int(_) | Self::Bool(_)) => {
                Ok(self.number() == other.number())
            }
            (Self::Tuple(left), Self::Tuple(right)) | (Self::List(left), Self::List(right)) => {
                if left.len() != right.len() {
                    return Ok(false);
                }
                for (left, right) in left.iter().zip(right) {
                    if !left.equals(right)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (value @ (Self::Opaque(_) | Self::Method(..)), _)
            | (_, value @ (Self::Opaque(_) | Self::Method(..))) => {
                Err(format!("what {} is equal to is not known here", value.describe()))
            }
            // Of every other kind there is one object for each of our values.
            (left, right) => Ok(left == right),
        }
    }

    /// The elements that a loop goes over; `Err` with the reason where there are none.
    pub(super) fn elements(&self) -> Result<Vec<Self>, String> {
        match self {
            Self::Tuple(values) | Self::List(values) => Ok(values.clone()),
            Self::Str(text) => Ok(text.chars().map(|c| Self::Str(c.into())).collect()),
            Self::Undefined(name) => Err(undefined(name)),
            other => Err(format!("{} cannot be gone through", other.describe())),
        }
    }

    /// How an error names it.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::None => "`None`".into(),
            Self::Undefined(name) | Self::Opaque(name) | Self::Module(name) => format!("`{name}`"),
            Self::Config => "`config`".into(),
            Self::Context => "`context`".into(),
            other => format!("a value of type `{}`", other.python_type()),
        }
    }

    fn number(&self) -> i64 {
        match self {
            Self::Int(number) => *number,
            Self::Bool(truth) => i64::from(*truth),
            _ => 0,
        }
    }
}

fn joined(values: &[Value]) -> Result<String, String> {
    Ok(values.iter().map(Value::repr).collect::<Result<Vec<_>, _>>()?.join(", "))
}

/// What is said of a name without a value.
pub(super) fn undefined(name: &str) -> String {
    format!("`{name}` is not defined when a merge is written; only `env.py` could supply it")
}
