//! Values that stand in another module of the repository.
//!
//! Only plain module-level literals there count: what such a module imports in turn is not followed, and a list
//! or set may have been changed since.

use super::statement::{self, Bound};
use super::value::{Kind, Opaque, Value};
use super::{Origin, decode, limits};
use crate::script::{NoModules, Span, Unknown};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

/// A module that a script imports, as the script writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// How many dots stand before it.
    pub level: u32,
    /// Its dotted name.
    pub dotted: String,
}

impl Import {
    /// The module below this one.
    pub fn below<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut dotted = self.dotted.clone();
        for name in names {
            if !dotted.is_empty() {
                dotted.push('.');
            }
            dotted.push_str(name);
        }
        Self { level: self.level, dotted }
    }

    /// The literal that the module binds to `name`.
    pub fn constant(&self, name: &str, origin: Origin<'_>, span: Span) -> Result<Value, Opaque> {
        let unknown = (Unknown::Computed, span);
        let source = origin.modules.source(origin.path, self.level, &self.dotted);
        let source = source.ok_or_else(|| unknown.clone())?;
        literal(&source, name, origin).map(|value| value.moved(span)).ok_or(unknown)
    }

    /// Whether a star import of the module cannot bind `name`: it is a library that has no such name, or a module
    /// of the repository in which the word does not occur and that has no star import itself.
    pub fn never_defines(&self, name: &str, origin: Origin<'_>) -> bool {
        let library = self.dotted.split('.').next().unwrap_or("");
        if self.level == 0 && ["alembic", "sqlalchemy", "typing", "datetime"].contains(&library) {
            return true;
        }
        origin.modules.source(origin.path, self.level, &self.dotted).is_some_and(|source| {
            let absent = |word: &str| memchr::memmem::find(&source, word.as_bytes()).is_none();
            [name, "import *", "globals", "exec"].into_iter().all(absent)
        })
    }
}

fn literal(source: &[u8], name: &str, origin: Origin<'_>) -> Option<Value> {
    let decoded = decode::decode(source);
    if source.len() > crate::script::MAX_BYTES || !decoded.flaws.is_empty() {
        return None;
    }
    let text = decoded.text.as_ref();
    limits::check_before(text).ok()?;
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    limits::check(parsed.tokens()).ok()?;
    let ruff_python_ast::Mod::Module(module) = parsed.syntax() else { return None };
    let nowhere = Origin { path: origin.path, modules: &NoModules };
    let run = statement::run(text, &module.body, nowhere);
    match run.get(name)? {
        Bound::Value(value) if is_constant(&value.kind) => Some(value.clone()),
        _ => None,
    }
}

/// Whether a value stays what it was bound to.
pub fn is_constant(kind: &Kind) -> bool {
    !matches!(kind, Kind::Sequence("list" | "set" | "dict", _))
}
