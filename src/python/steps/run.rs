//! Following the statements of a module, and then of a function.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFor, StmtFunctionDef, StmtIf, StmtWith};

use super::evaluate::{Source, bind, evaluate, invocation};
use super::names::{Changed, bind_statement, bind_target};
use super::pure::{doubtful_call, is_connection};
use super::{Bound, Call, Invocation, Names, Step, Term, is_idle, is_plain};
use crate::python::value::span_of;
use crate::script::Span;

/// How deep functions that call functions are followed.
const MAX_CALLS: usize = 8;

/// How often the body of a loop is gone through.
const MAX_ROUNDS: usize = 500;

/// How many steps are kept of a function.
const MAX_STEPS: usize = 20_000;

/// How many strings of an opaque part are kept.
const MAX_MENTIONS: usize = 100;

/// What a function does.
pub fn function<'a>(text: &str, names: &Names<'a>, function: &'a StmtFunctionDef) -> Vec<Step> {
    let source = Source::new(text);
    let mut run = Run { source: &source, steps: Vec::new(), depth: 0, at: None };
    if !is_plain(function) {
        run.opaque(span_of(&function.name), "the function is decorated or async", &[]);
        return run.steps;
    }
    let mut names = names.clone();
    // What Alembic passes, if anything, is not known.
    for parameter in &*function.parameters {
        names.insert(parameter.name().to_string(), Bound::Term(Term::Unknown));
    }
    run.block(&mut names, &function.body, true);
    run.steps
}

/// Whether what follows a statement is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// It is.
    Goes,
    /// Perhaps.
    MayEnd,
    /// It is not.
    Ends,
}

struct Run<'r> {
    source: &'r Source<'r>,
    steps: Vec<Step>,
    /// How deep in functions.
    depth: usize,
    /// The call, in the function that is followed, of the function in which this is.
    at: Option<Span>,
}

impl Run<'_> {
    fn block<'a>(&mut self, names: &mut Names<'a>, body: &'a [Stmt], certain: bool) -> Flow {
        let mut certain = certain;
        let mut flow = Flow::Goes;
        for statement in body {
            if self.steps.len() >= MAX_STEPS || !self.source.burn(10) {
                if !matches!(self.steps.last(), Some(Step::Opaque { .. })) {
                    self.opaque(span_of(statement), "it is too long to be followed", &[]);
                }
                return Flow::Ends;
            }
            match self.statement(names, statement, certain) {
                Flow::Goes => {}
                Flow::MayEnd => {
                    certain = false;
                    flow = Flow::MayEnd;
                }
                Flow::Ends => return Flow::Ends,
            }
        }
        flow
    }

    fn statement<'a>(&mut self, names: &mut Names<'a>, statement: &'a Stmt, certain: bool) -> Flow {
        match statement {
            Stmt::Expr(expression) => match &*expression.value {
                Expr::Call(call) => self.call(names, call, certain),
                value => self.harmless(names, value, statement),
            },
            Stmt::Assign(assign) => {
                self.value(names, &assign.value, statement, certain);
                bind_statement(self.source, names, statement);
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.value(names, value, statement, certain);
                }
                bind_statement(self.source, names, statement);
            }
            Stmt::AugAssign(assign) => {
                self.harmless(names, &assign.value, statement);
                bind_target(names, &assign.target, &Term::Unknown);
            }
            Stmt::Return(end) => {
                if let Some(value) = &end.value {
                    self.value(names, value, statement, certain);
                }
                return Flow::Ends;
            }
            Stmt::If(branch) => return self.branch(names, branch, certain),
            Stmt::For(each) => return self.each(names, each, certain),
            Stmt::With(with) if !with.is_async => return self.with(names, with, certain),
            Stmt::Try(attempt) => {
                self.opaque_statement(statement, "what fails in a `try` may not stop it");
                self.block(names, &attempt.body, false);
                Self::forget(names, statement);
                return Flow::MayEnd;
            }
            Stmt::Raise(_) => {
                self.opaque_statement(statement, "it raises an exception");
                return Flow::Ends;
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::FunctionDef(_) => {
                bind_statement(self.source, names, statement);
            }
            _ if is_idle(statement) => {}
            _ => {
                self.opaque_statement(statement, keyword(statement));
                Self::forget(names, statement);
            }
        }
        Flow::Goes
    }

    /// What a statement may have changed is not known any more.
    fn forget(names: &mut Names<'_>, statement: &Stmt) {
        let mut changed = Changed::default();
        changed.visit_stmt(statement);
        // A connection remains one, whatever is executed on it.
        for name in changed.names {
            let keeps = match names.get(&name) {
                Some(Bound::Term(term)) => is_connection(term) || matches!(term, Term::Name(_)),
                Some(Bound::Batch(_)) => true,
                _ => false,
            };
            if !keeps {
                names.insert(name, Bound::Term(Term::Unknown));
            }
        }
    }

    /// An expression whose value is bound, or given back: rows that are read count as an operation.
    fn value(&mut self, names: &Names<'_>, value: &Expr, statement: &Stmt, certain: bool) {
        let mut inner = value;
        // `connection.execute(…).fetchall()`, `.scalar()`
        while let Expr::Call(call) = inner
            && let Expr::Attribute(method) = &*call.func
        {
            if method.attr.as_str() == "execute"
                && matches!(evaluate(self.source, names, &method.value), of if is_connection(&of))
            {
                return self.call(names, call, certain);
            }
            inner = &method.value;
        }
        self.harmless(names, value, statement);
    }

    fn harmless(&mut self, names: &Names<'_>, value: &Expr, statement: &Stmt) {
        if let Some(callee) = doubtful_call(self.source, names, value) {
            let why = format!("`{callee}` is not looked into");
            self.opaque_statement(statement, &why);
        }
    }

    fn branch<'a>(&mut self, names: &mut Names<'a>, branch: &'a StmtIf, certain: bool) -> Flow {
        let before = names.clone();
        if !self.source.burn(before.len()) {
            return Flow::MayEnd;
        }
        let mut flow = Flow::Goes;
        let clauses = branch.elif_else_clauses.iter();
        let clauses = std::iter::once((Some(&*branch.test), &branch.body[..]))
            .chain(clauses.map(|clause| (clause.test.as_ref(), &clause.body[..])));
        for (test, body) in clauses {
            if let Some(test) = test {
                self.condition(&before, test);
            }
            let mut inner = before.clone();
            if self.block(&mut inner, body, false) != Flow::Goes {
                flow = Flow::MayEnd;
            }
        }
        let _ = certain;
        for statement in branch
            .body
            .iter()
            .chain(branch.elif_else_clauses.iter().flat_map(|clause| &clause.body))
        {
            Self::forget(names, statement);
        }
        flow
    }

    /// Which database it is decides the same on both sides; whatever else is asked may be answered otherwise after the other.
    fn condition(&mut self, names: &Names<'_>, test: &Expr) {
        let source = self.source.text.get(span_of(test).range()).unwrap_or_default();
        let is_dialect =
            source.contains("dialect") && doubtful_call(self.source, names, test).is_none();
        if !is_dialect && !source.contains("is_offline_mode") {
            let mentions = mentions_of(test);
            self.opaque(span_of(test), "the condition is known only when it runs", &mentions);
        }
    }

    fn each<'a>(&mut self, names: &mut Names<'a>, each: &'a StmtFor, certain: bool) -> Flow {
        let values = match evaluate(self.source, names, &each.iter) {
            Term::List(values) if values.len() <= MAX_ROUNDS && !each.is_async => values,
            _ => {
                let statement = each.body.first().map_or(Span::default(), span_of);
                let span = Span {
                    start: span_of(each).start,
                    end: statement.start.max(span_of(each).start),
                };
                let mentions = each.body.iter().flat_map(mentions_of_statement).collect::<Vec<_>>();
                self.opaque(span, "the loop is not over literals", &mentions);
                let mut changed = Changed::default();
                changed.visit_expr(&each.target);
                each.body.iter().for_each(|statement| Self::forget(names, statement));
                for name in changed.names {
                    names.insert(name, Bound::Term(Term::Unknown));
                }
                return Flow::Goes;
            }
        };
        let leaves = leaves(&each.body);
        for value in &values {
            bind_target(names, &each.target, value);
            let flow = self.block(names, &each.body, certain && !leaves);
            if flow == Flow::Ends {
                return if leaves { Flow::MayEnd } else { Flow::Ends };
            }
        }
        self.block(names, &each.orelse, certain && !leaves)
    }

    fn with<'a>(&mut self, names: &mut Names<'a>, with: &'a StmtWith, certain: bool) -> Flow {
        for item in &with.items {
            let term = evaluate(self.source, names, &item.context_expr);
            let path = term.call().and_then(|call| call.callee.path()).unwrap_or_default();
            if path == "alembic.op.batch_alter_table" {
                let Some(call) = term.call() else { continue };
                if let Some(Expr::Name(name)) = item.optional_vars.as_deref() {
                    names.insert(name.id.to_string(), Bound::Batch(call.clone()));
                }
                self.step(Call {
                    name: "batch_alter_table".to_owned(),
                    batch: None,
                    receiver: None,
                    given: call.clone(),
                    span: span_of(&item.context_expr),
                    is_certain: certain,
                    mentions: mentions_of(&item.context_expr),
                });
                continue;
            }
            let is_autocommit = matches!(term.call().map(|call| &call.callee),
                Some(Term::Attribute(_, name)) if name == "autocommit_block" || name == "begin_transaction");
            if !is_autocommit {
                let callee = match &item.context_expr {
                    Expr::Call(call) => callee(self.source.text, call),
                    _ => "with".to_owned(),
                };
                let why = format!("`{callee}` is not looked into");
                self.opaque(span_of(&item.context_expr), &why, &mentions_of(&item.context_expr));
            }
            if let Some(target) = &item.optional_vars {
                bind_target(names, target, &Term::Unknown);
            }
        }
        self.block(names, &with.body, certain)
    }

    fn call(&mut self, names: &Names<'_>, call: &ExprCall, certain: bool) {
        if let Expr::Name(name) = &*call.func
            && let Some(Bound::Function(function)) = names.get(name.id.as_str())
        {
            return self.inline(names, function, call, certain);
        }
        let given = invocation(self.source, names, call);
        let (name, batch, receiver) = match self.operation(names, call, &given) {
            Ok(Some(operation)) => operation,
            Ok(None) => return self.quiet(names, call),
            Err(why) => return self.opaque(span_of(call), &why, &mentions_of_call(call)),
        };
        let doubtful = call.arguments.args.iter().find_map(|argument| {
            let Expr::Call(inner) = argument else { return None };
            let is_known = evaluate(self.source, names, argument) != Term::Unknown;
            (!is_known).then(|| callee(self.source.text, inner))
        });
        if let Some(doubtful) = doubtful.filter(|_| name == "execute") {
            let why = format!("`{doubtful}` is not looked into");
            return self.opaque(span_of(call), &why, &mentions_of_call(call));
        }
        let (span, mentions) = (span_of(call), mentions_of_call(call));
        self.step(Call { name, batch, receiver, given, span, is_certain: certain, mentions });
    }

    /// A call that is no operation: nothing where it is known to do nothing.
    fn quiet(&mut self, names: &Names<'_>, call: &ExprCall) {
        if let Some(callee) = doubtful_call(self.source, names, &Expr::Call(call.clone())) {
            let why = format!("`{callee}` is not looked into");
            self.opaque(span_of(call), &why, &mentions_of_call(call));
        }
    }

    /// Which operation a call is: its name, its batch, and what it is called on. None where it is no operation.
    fn operation(
        &self,
        names: &Names<'_>,
        call: &ExprCall,
        given: &Invocation,
    ) -> Result<Option<Operation>, String> {
        if let Some(name) = given.callee.path().and_then(|path| path.strip_prefix("alembic.op.")) {
            return match name {
                "f" | "get_bind" | "get_context" | "inline_literal" => Ok(None),
                _ => Ok(Some((name.to_owned(), None, None))),
            };
        }
        let Expr::Attribute(attribute) = &*call.func else { return Ok(None) };
        let name = attribute.attr.to_string();
        if let Expr::Name(of) = &*attribute.value
            && let Some(Bound::Batch(batch)) = names.get(of.id.as_str())
        {
            return Ok(if name == "f" { None } else { Some((name, Some(batch.clone()), None)) });
        }
        let of = evaluate(self.source, names, &attribute.value);
        if is_connection(&of) && matches!(name.as_str(), "execute" | "exec_driver_sql") {
            if given.arguments.len() > 1 && given.arguments[0].call().is_none() {
                return Err("its parameters are not looked into".to_owned());
            }
            return Ok(Some(("execute".to_owned(), None, None)));
        }
        let is_type = matches!(of.last_name(), Some("Enum" | "ENUM" | "DOMAIN"));
        if is_type && matches!(name.as_str(), "create" | "drop") {
            return Ok(Some((name, None, Some(of))));
        }
        Ok(None)
    }

    /// Follows a function of the file as if it stood where it is called.
    fn inline(
        &mut self,
        names: &Names<'_>,
        function: &StmtFunctionDef,
        call: &ExprCall,
        certain: bool,
    ) {
        let mut inner = names.clone();
        let given = invocation(self.source, names, call);
        let is_bound = self.source.burn(names.len())
            && is_plain(function)
            && self.depth < MAX_CALLS
            && bind(self.source, &mut inner, function, &given).is_some();
        if !is_bound {
            let why = format!("`{}` cannot be followed", function.name);
            return self.opaque(span_of(call), &why, &mentions_of_call(call));
        }
        let outer = self.at;
        self.at = outer.or(Some(span_of(call)));
        self.depth += 1;
        self.block(&mut inner, &function.body, certain);
        self.depth -= 1;
        self.at = outer;
    }

    fn step(&mut self, call: Call) {
        let span = self.at.unwrap_or(call.span);
        self.steps.push(Step::Call(Box::new(Call { span, ..call })));
    }

    fn opaque(&mut self, span: Span, why: &str, mentions: &[String]) {
        let (span, mentions) = (self.at.unwrap_or(span), mentions.to_vec());
        self.steps.push(Step::Opaque { span, why: why.to_owned(), mentions });
    }

    fn opaque_statement(&mut self, statement: &Stmt, why: &str) {
        self.opaque(span_of(statement), why, &mentions_of_statement(statement));
    }
}

/// A name, the batch it belongs to, and what it is called on.
type Operation = (String, Option<Invocation>, Option<Term>);

/// What is called, as it is written, on one line.
pub fn callee(text: &str, call: &ExprCall) -> String {
    let written = text.get(span_of(&*call.func).range()).unwrap_or_default();
    let mut written = crate::python::one_line(written);
    if written.chars().count() > 40 {
        written = written.chars().take(40).chain(['…']).collect();
    }
    written
}

fn keyword(statement: &Stmt) -> &'static str {
    match statement {
        Stmt::While(_) => "a `while` is known only when it runs",
        Stmt::Match(_) => "a `match` is known only when it runs",
        Stmt::ClassDef(_) => "a class is not looked into",
        Stmt::With(_) => "an `async with` is not looked into",
        Stmt::Assert(_) => "an `assert` is known only when it runs",
        Stmt::Global(_) | Stmt::Nonlocal(_) => "it changes names of the module",
        Stmt::Break(_) | Stmt::Continue(_) => "it leaves a loop",
        _ => "the statement is not looked into",
    }
}

/// Whether a body may leave the loop around it.
fn leaves(body: &[Stmt]) -> bool {
    #[derive(Default)]
    struct Leaves(bool);
    impl<'a> Visitor<'a> for Leaves {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            self.0 |= matches!(statement, Stmt::Break(_) | Stmt::Continue(_));
            visitor::walk_stmt(self, statement);
        }
    }
    let mut finder = Leaves::default();
    finder.visit_body(body);
    finder.0
}

#[derive(Default)]
struct Mentions(Vec<String>);

impl<'a> Visitor<'a> for Mentions {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::StringLiteral(string) = expression
            && self.0.len() < MAX_MENTIONS
        {
            self.0.push(string.value.to_str().to_owned());
        }
        visitor::walk_expr(self, expression);
    }
}

fn mentions_of(expression: &Expr) -> Vec<String> {
    let mut mentions = Mentions::default();
    mentions.visit_expr(expression);
    mentions.0
}

fn mentions_of_call(call: &ExprCall) -> Vec<String> {
    let mut mentions = Mentions::default();
    visitor::walk_arguments(&mut mentions, &call.arguments);
    mentions.0
}

fn mentions_of_statement(statement: &Stmt) -> Vec<String> {
    let mut mentions = Mentions::default();
    mentions.visit_stmt(statement);
    mentions.0
}
