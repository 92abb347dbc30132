//! What the functions of a module do, so that two versions of it can be compared.
//!
//! Comments, docstrings, layout, quotes and annotations are not part of it; what a function names at the level of the
//! module is, and what that names in turn. Nothing is run, and imported modules are not looked into.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Alias, ExceptHandler, Expr, ExprContext, Identifier, Mod, ModModule, Parameter, Pattern,
    PythonVersion, Stmt, StmtAssign,
};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use super::{limits, name_of};

/// The code of a module, without what does not count.
pub struct Code {
    module: ModModule,
}

/// Where what every name may come from is kept: `*` is no name.
const STAR: &str = "*";

impl Code {
    /// Reads a module; `None` where it is not valid Python, or nested too deeply.
    pub fn read(text: &str) -> Option<Self> {
        limits::check_before(text).ok()?;
        let options =
            ParseOptions::from(Mode::Module).with_target_version(PythonVersion::latest_preview());
        let parsed = parse_unchecked(text, options);
        limits::check(parsed.tokens()).ok()?;
        if !parsed.errors().is_empty() {
            return None;
        }
        let Mod::Module(mut module) = parsed.into_syntax() else { return None };
        Normal.visit_body(&mut module.body);
        Some(Self { module })
    }

    /// Whether `function` does the same in both, as far as the two modules say.
    pub fn is_alike(&self, other: &Self, function: &str) -> bool {
        self.reach(function) == other.reach(function)
    }

    /// The definitions of a name, and of every name that they use, in the order of the module.
    fn reach<'a>(&'a self, root: &'a str) -> BTreeMap<&'a str, Vec<Definition<'a>>> {
        let mut bound: BTreeMap<&str, Vec<&Stmt>> = BTreeMap::new();
        for statement in &self.module.body {
            let mut binds = Binds::default();
            binds.visit_stmt(statement);
            for name in binds.names {
                bound.entry(name).or_default().push(statement);
            }
        }
        let mut reached = BTreeMap::new();
        let mut waiting = vec![STAR, root];
        while let Some(name) = waiting.pop() {
            let statements = bound.get(name).map_or(&[][..], Vec::as_slice);
            // The four names are compared for themselves.
            if statements.is_empty() || name_of(name).is_some() || reached.contains_key(name) {
                continue;
            }
            let definitions = statements.iter().map(|statement| Definition::of(statement, name));
            reached.insert(name, definitions.collect());
            for statement in statements {
                let mut uses = Uses::default();
                uses.visit_stmt(statement);
                waiting.extend(uses.names);
            }
        }
        reached
    }
}

/// How a name gets what it stands for.
#[derive(PartialEq)]
enum Definition<'a> {
    /// By a statement of any kind.
    Statement(Box<ComparableStmt<'a>>),
    /// By an import, whatever else that imports: level, module, and the name there.
    Import(u32, Option<&'a str>, &'a str),
}

impl<'a> Definition<'a> {
    fn of(statement: &'a Stmt, name: &str) -> Self {
        let (level, module, names) = match statement {
            Stmt::Import(import) => (0, None, &import.names),
            Stmt::ImportFrom(import) => {
                (import.level, import.module.as_ref().map(Identifier::as_str), &import.names)
            }
            _ => return Self::Statement(Box::new(statement.into())),
        };
        match names.iter().rev().find(|alias| bound_by(alias) == name) {
            Some(alias) => Self::Import(level, module, alias.name.as_str()),
            None => Self::Statement(Box::new(statement.into())),
        }
    }
}

/// The name that an import binds: of `import a.b`, `a`.
fn bound_by(alias: &Alias) -> &str {
    match &alias.asname {
        Some(name) => name.as_str(),
        None => alias.name.split('.').next().unwrap_or_default(),
    }
}

/// Takes away what does not count.
struct Normal;

impl Transformer for Normal {
    fn visit_stmt(&self, statement: &mut Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                function.returns = None;
                function.body.retain(|statement| !is_filler(statement));
            }
            Stmt::ClassDef(class) => class.body.retain(|statement| !is_filler(statement)),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = assign.value.take() {
                    *statement = Stmt::Assign(StmtAssign {
                        targets: vec![(*assign.target).clone()],
                        value,
                        range: assign.range,
                        node_index: assign.node_index.clone(),
                    });
                }
            }
            _ => {}
        }
        transformer::walk_stmt(self, statement);
    }

    fn visit_parameter(&self, parameter: &mut Parameter) {
        parameter.annotation = None;
    }
}

/// A docstring, or what stands where nothing is to be done.
fn is_filler(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(statement) => {
            matches!(*statement.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_))
        }
        _ => false,
    }
}

/// The names that a statement at the level of the module binds, or whose value it may change.
#[derive(Default)]
struct Binds<'a> {
    names: BTreeSet<&'a str>,
}

impl<'a> Visitor<'a> for Binds<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.names.insert(function.name.as_str());
                // Called, it may give them another value.
                let mut globals = Globals::default();
                globals.visit_body(&function.body);
                self.names.extend(globals.names);
            }
            Stmt::ClassDef(class) => {
                self.names.insert(class.name.as_str());
                let mut globals = Globals::default();
                globals.visit_body(&class.body);
                self.names.extend(globals.names);
            }
            Stmt::Import(import) => self.names.extend(import.names.iter().map(bound_by)),
            Stmt::ImportFrom(import) => self.names.extend(import.names.iter().map(bound_by)),
            Stmt::Try(attempt) => {
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.names.extend(handler.name.as_ref().map(Identifier::as_str));
                }
                visitor::walk_stmt(self, statement);
            }
            Stmt::Expr(statement) => {
                // `TABLES.append("a")`
                if let Expr::Call(call) = &*statement.value {
                    self.names.extend(root(&call.func));
                }
                visitor::walk_expr(self, &statement.value);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => &pattern.name,
            Pattern::MatchStar(pattern) => &pattern.name,
            Pattern::MatchMapping(pattern) => &pattern.rest,
            _ => &None,
        };
        self.names.extend(name.as_ref().map(Identifier::as_str));
        visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let context = match expression {
            Expr::Name(name) => name.ctx,
            Expr::Attribute(attribute) => attribute.ctx,
            Expr::Subscript(subscript) => subscript.ctx,
            Expr::Named(named) => {
                self.names.extend(root(&named.target));
                ExprContext::Load
            }
            _ => ExprContext::Load,
        };
        if matches!(context, ExprContext::Store | ExprContext::Del) {
            self.names.extend(root(expression));
        }
        visitor::walk_expr(self, expression);
    }
}

/// The names that a body declares as `global`, at whatever depth.
#[derive(Default)]
struct Globals<'a> {
    names: BTreeSet<&'a str>,
}

impl<'a> Visitor<'a> for Globals<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Global(global) = statement {
            self.names.extend(global.names.iter().map(Identifier::as_str));
        }
        visitor::walk_stmt(self, statement);
    }
}

/// `a` of `a.b["c"]`.
fn root(expression: &Expr) -> Option<&str> {
    let mut expression = expression;
    loop {
        expression = match expression {
            Expr::Name(name) => return Some(name.id.as_str()),
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Subscript(subscript) => &subscript.value,
            _ => return None,
        };
    }
}

/// Every name in a statement.
#[derive(Default)]
struct Uses<'a> {
    names: BTreeSet<&'a str>,
}

impl<'a> Visitor<'a> for Uses<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.names.insert(name.id.as_str());
        }
        visitor::walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    const WRITTEN: &str = "\
from alembic import op
import sqlalchemy as sa
revision = 'a'
SIZE = 10
def kind():
    return sa.String(SIZE)
def upgrade():
    op.add_column('items', sa.Column('name', kind(), nullable=False))
def downgrade():
    op.drop_column('items', 'name')
";

    /// Which of the two functions differ from [`WRITTEN`] in `text`.
    fn differing(text: &str) -> Vec<&'static str> {
        let (a, b) = (Code::read(WRITTEN).unwrap(), Code::read(text).unwrap());
        ["upgrade", "downgrade"].into_iter().filter(|name| !a.is_alike(&b, name)).collect()
    }

    #[track_caller]
    fn check(old: &str, new: &str, expected: &[&str]) {
        assert!(WRITTEN.contains(old), "{old}");
        assert_eq!(differing(&WRITTEN.replace(old, new)), expected, "{new}");
    }

    #[test]
    fn layout_does_not_count() {
        let text = "\
\"\"\"A docstring.\"\"\"
import sqlalchemy as sa

from alembic import context, op  # noqa

revision: str = \"b\"
down_revision = None

SIZE: int = 10


def kind() -> sa.String:
    \"\"\"The type.\"\"\"
    return sa.String(
        SIZE,
    )


def upgrade(engine_name: str | None = None) -> None:
    # a comment
    op.add_column(
        \"it\" \"ems\",
        sa.Column(\"name\", (kind()), nullable=False),
    )


def downgrade() -> None:
    '''Goes back.'''
    op.drop_column(\"items\", \"name\")
";
        assert_eq!(differing(&text.replace("engine_name: str | None = None", "")), [""; 0]);
        // A parameter is no annotation.
        assert_eq!(differing(text), ["upgrade"]);
    }

    #[test]
    fn what_a_function_does_counts() {
        check("False", "True", &["upgrade"]);
        check("drop_column('items', 'name')", "drop_column('items', 'names')", &["downgrade"]);
        check("    op.drop_column('items', 'name')", "    pass", &["downgrade"]);
    }

    #[test]
    fn what_a_function_names_counts_and_nothing_else() {
        check("SIZE = 10", "SIZE = 20", &["upgrade"]);
        check("sa.String(", "sa.Text(", &["upgrade"]);
        check("SIZE = 10", "SIZE = 10\nOTHER = 20", &[]);
        check("SIZE = 10", "SIZE = 10\nSIZE += 1", &["upgrade"]);
        check("def kind", "if True:\n    SIZE = 11\ndef kind", &["upgrade"]);
        check("import op", "import op2 as op", &["upgrade", "downgrade"]);
        check("import op", "import op, context", &[]);
        check("import sqlalchemy as sa", "import sqlalchemy2 as sa", &["upgrade"]);
        check(
            "import sqlalchemy as sa",
            "import sqlalchemy as sa\nfrom x import *",
            &["upgrade", "downgrade"],
        );
        check("revision = 'a'", "revision = 'b'\nrevision.x = 1", &[]);
    }

    #[test]
    fn what_changes_a_value_counts() {
        let lists = "TABLES = []\ndef upgrade():\n    make(TABLES)\ndef downgrade():\n    pass\n";
        let code = |text: &str| Code::read(text).unwrap();
        for more in ["TABLES.append('a')", "TABLES[0] = 1", "TABLES.x.y = 1", "del TABLES[0]"] {
            let other = code(&format!("{lists}{more}\n"));
            assert!(!code(lists).is_alike(&other, "upgrade"), "{more}");
            assert!(code(lists).is_alike(&other, "downgrade"), "{more}");
        }
    }

    #[test]
    fn what_binds_a_name_by_the_way_counts() {
        let before = "SIZE = 1\ndef upgrade():\n    make(SIZE)\ndef downgrade():\n    pass\n";
        let code = |text: &str| Code::read(text).unwrap();
        for more in [
            "def set():\n    global SIZE\n    SIZE = 2\nset()",
            "class A:\n    global SIZE\n    SIZE = 2",
            "try:\n    a()\nexcept E as SIZE:\n    pass",
            "match a():\n    case SIZE:\n        pass",
            "match a():\n    case [1, *SIZE]:\n        pass",
            "match a():\n    case {'a': 1, **SIZE}:\n        pass",
        ] {
            let other = code(&format!("{before}{more}\n"));
            assert!(!code(before).is_alike(&other, "upgrade"), "{more}");
            assert!(code(before).is_alike(&other, "downgrade"), "{more}");
        }
    }

    #[test]
    fn what_is_no_python_cannot_be_compared() {
        assert!(Code::read("def upgrade(:\n").is_none());
        assert!(Code::read(&"(".repeat(300)).is_none());
    }

    #[test]
    fn nothing_and_a_placeholder_are_alike() {
        let code = |body: &str| Code::read(&format!("def upgrade():\n    {body}\n")).unwrap();
        for body in ["...", "\"\"\"Nothing.\"\"\"", "pass  # yet"] {
            assert!(code("pass").is_alike(&code(body), "upgrade"), "{body}");
        }
        assert!(!code("pass").is_alike(&Code::read("").unwrap(), "upgrade"));
    }
}
