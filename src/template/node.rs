//! The pieces of a template as a tree, each Python part read.
//!
//! Everything that Mako or Python would refuse before rendering is refused here, wherever it stands.

use std::collections::BTreeSet;
use std::ops::Range;

use super::TemplateError;
use super::lexer::{Kind, Piece};
use super::names::{MODULES, is_taken};
use super::print::{Filter, filters};
use crate::python::expression::{self, Expression, Refusal, Statement};

/// A template, ready to be run.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// What `<%! import … %>` binds, wherever it stands: the name, and the module where it is one.
    pub(super) imports: Vec<(Box<str>, Option<Box<str>>)>,
    /// The names that are bound anywhere outside of `<%! %>`: Python reads them as local ones everywhere.
    pub(super) locals: BTreeSet<Box<str>>,
    /// What is run.
    pub(super) nodes: Vec<Node>,
}

/// Where a node stands in the text.
pub(super) type Place = Range<usize>;

#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    /// `None` for `${}`.
    Print {
        value: Option<Expression>,
        filters: Vec<Filter>,
        place: Place,
    },
    If(Vec<Branch>),
    For {
        name: Box<str>,
        list: Expression,
        body: Vec<Node>,
        place: Place,
    },
    Assign {
        name: Box<str>,
        value: Expression,
        place: Place,
    },
    /// A module, or something out of one.
    Import {
        name: Box<str>,
        module: Option<Box<str>>,
    },
}

/// One of the ways through `% if`.
#[derive(Debug)]
pub(super) struct Branch {
    /// Its condition, and where that stands; none for `else`.
    pub(super) guard: Option<(Expression, Place)>,
    pub(super) nodes: Vec<Node>,
}

/// What Python passes over between words; it refuses every other white space.
const BLANK: [char; 3] = [' ', '\t', '\n'];

/// Deeper ones are refused, far below Python's own limits.
const MAX_DEPTH: usize = 15;

/// Reads the pieces of a text.
///
/// Fails on the first piece that is not understood.
pub(super) fn parse(text: &str, pieces: &[Piece]) -> Result<Template, TemplateError> {
    let mut parser = Parser { text, pieces, at: 0, template: Template::default() };
    let (nodes, end) = parser.nodes(0)?;
    if let Some((_, place)) = end {
        return Err(parser.error(&place, "it belongs to no open control line"));
    }
    parser.template.nodes = nodes;
    Ok(parser.template)
}

struct Parser<'a> {
    text: &'a str,
    pieces: &'a [Piece],
    at: usize,
    template: Template,
}

/// A list of nodes, and the control line that ended it, if one did.
type Nodes = (Vec<Node>, Option<(Ending, Place)>);

/// A control line that ends a list of nodes.
enum Ending {
    Else,
    Elif(String),
    EndIf,
    EndFor,
}

impl Parser<'_> {
    fn error(&self, place: &Place, reason: impl Into<String>) -> TemplateError {
        TemplateError::at(self.text, place.clone(), reason)
    }

    fn refused(&self, place: &Place, refusal: Refusal) -> TemplateError {
        self.error(
            place,
            match refusal {
                Refusal::Invalid => "it is not valid Python",
                Refusal::Unsupported => "Python that is not understood here",
            },
        )
    }

    /// The nodes up to a control line that ends them, or to the end.
    fn nodes(&mut self, depth: usize) -> Result<Nodes, TemplateError> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.get(self.at) {
            self.at += 1;
            let place = &piece.place;
            match &piece.kind {
                Kind::Text(text) => nodes.push(Node::Text(text.clone())),
                Kind::Expression { code, filters: names } => {
                    nodes.push(self.print(code, names, place)?);
                }
                Kind::Block => nodes.extend(self.block(place)?),
                Kind::ModuleBlock => {
                    if depth > 0 {
                        return Err(self.error(place, "a module block below a control line"));
                    }
                    self.module_block(place)?;
                }
                Kind::Control(code) => match self.control(code, place, depth)? {
                    Control::Node(node) => nodes.push(node),
                    Control::Ending(ending) => return Ok((nodes, Some((ending, place.clone())))),
                },
            }
        }
        Ok((nodes, None))
    }

    fn print(&self, code: &str, names: &str, place: &Place) -> Result<Node, TemplateError> {
        let filters = filters(names).map_err(|reason| self.error(place, reason))?;
        let trimmed = code.trim_matches(BLANK);
        if trimmed.is_empty() && filters.is_empty() {
            return Ok(Node::Print { value: None, filters, place: place.clone() });
        }
        if trimmed.contains('\n') {
            return Err(self.error(place, "an expression of several lines"));
        }
        let value = expression::expression(trimmed).map_err(|it| self.refused(place, it))?;
        Ok(Node::Print { value: Some(value), filters, place: place.clone() })
    }

    /// `% …`: one that opens takes everything up to its end.
    fn control(
        &mut self,
        code: &str,
        place: &Place,
        depth: usize,
    ) -> Result<Control, TemplateError> {
        let code = code.trim_matches(BLANK);
        let length = code.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(code.len());
        let (keyword, rest) = code.split_at(length);
        let rest = rest.trim_start_matches(BLANK);
        if depth > MAX_DEPTH {
            return Err(self.error(place, "control lines nested too deeply"));
        }
        if keyword.starts_with("end") && !(rest.is_empty() || rest.starts_with('#')) {
            return Err(self.error(place, "a control line that is not understood here"));
        }
        match keyword {
            "endif" => Ok(Control::Ending(Ending::EndIf)),
            "endfor" => Ok(Control::Ending(Ending::EndFor)),
            "else" if rest == ":" => Ok(Control::Ending(Ending::Else)),
            "elif" => Ok(Control::Ending(Ending::Elif(self.head(code, keyword, place)?))),
            "if" => {
                let condition = self.head(code, keyword, place)?;
                self.branches(&condition, place, depth).map(Control::Node)
            }
            "for" => {
                let head = self.head(code, keyword, place)?;
                self.repetition(&head, place, depth).map(Control::Node)
            }
            _ => Err(self.error(place, "a control line that is not understood here")),
        }
    }

    /// What stands between the keyword and the colon at the end.
    fn head(&self, code: &str, keyword: &str, place: &Place) -> Result<String, TemplateError> {
        let rest = &code[keyword.len()..];
        let head = rest.strip_suffix(':').filter(|head| head.starts_with([' ', '\t']));
        match head {
            Some(head) if !ends_early(code) => Ok(head.trim_matches(BLANK).to_owned()),
            _ => Err(self.error(place, "a control line that is not understood here")),
        }
    }

    fn condition(&self, code: &str, place: &Place) -> Result<Expression, TemplateError> {
        expression::expression(code).map_err(|refusal| self.refused(place, refusal))
    }

    fn branches(
        &mut self,
        condition: &str,
        place: &Place,
        depth: usize,
    ) -> Result<Node, TemplateError> {
        let mut branches = Vec::new();
        let mut guard = Some((self.condition(condition, place)?, place.clone()));
        loop {
            let is_else = guard.is_none();
            let (nodes, end) = self.nodes(depth + 1)?;
            branches.push(Branch { guard: guard.take(), nodes });
            match end {
                Some((Ending::EndIf, _)) => return Ok(Node::If(branches)),
                Some((Ending::Else, _)) if !is_else => {}
                Some((Ending::Elif(code), place)) if !is_else => {
                    guard = Some((self.condition(&code, &place)?, place));
                }
                Some((_, place)) => return Err(self.error(&place, "it does not belong here")),
                None => return Err(self.error(place, "its `% endif` is missing")),
            }
        }
    }

    fn repetition(
        &mut self,
        head: &str,
        place: &Place,
        depth: usize,
    ) -> Result<Node, TemplateError> {
        let (name, list) = head
            .split_once(" in ")
            .map(|(name, list)| (name.trim_matches(BLANK), list.trim_matches(BLANK)))
            .filter(|(name, _)| is_name(name))
            .ok_or_else(|| self.error(place, "a loop over anything but one name"))?;
        let list = self.condition(list, place)?;
        self.bind(name, place)?;
        let (body, end) = self.nodes(depth + 1)?;
        match end {
            Some((Ending::EndFor, _)) => {
                Ok(Node::For { name: name.into(), list, body, place: place.clone() })
            }
            Some((_, place)) => Err(self.error(&place, "it does not belong here")),
            None => Err(self.error(place, "its `% endfor` is missing")),
        }
    }

    /// Makes a name a local one.
    fn bind(&mut self, name: &str, place: &Place) -> Result<(), TemplateError> {
        self.may_bind(name, place)?;
        self.template.locals.insert(name.into());
        Ok(())
    }

    fn may_bind(&self, name: &str, place: &Place) -> Result<(), TemplateError> {
        if is_taken(name) {
            let reason = format!("it binds `{name}`, which means something else already");
            return Err(self.error(place, reason));
        }
        Ok(())
    }

    fn block(&mut self, place: &Place) -> Result<Vec<Node>, TemplateError> {
        let mut nodes = Vec::new();
        for (statement, place) in self.statements("<%", place)? {
            match statement {
                Statement::Assign { name, value } => {
                    self.bind(&name, &place)?;
                    nodes.push(Node::Assign { name, value, place });
                }
                Statement::Import { bound, module, item } => {
                    self.bind(&bound, &place)?;
                    let module = self.module(&module, item.as_deref(), &place)?;
                    nodes.push(Node::Import { name: bound, module });
                }
            }
        }
        if nodes.is_empty() {
            return Err(self.error(place, "a block without a statement"));
        }
        Ok(nodes)
    }

    fn module_block(&mut self, place: &Place) -> Result<(), TemplateError> {
        for (statement, place) in self.statements("<%!", place)? {
            let Statement::Import { bound, module, item } = statement else {
                return Err(self.error(&place, "a module block with anything but imports"));
            };
            self.may_bind(&bound, &place)?;
            let module = self.module(&module, item.as_deref(), &place)?;
            self.template.imports.push((bound, module));
        }
        Ok(())
    }

    /// The module that an import binds, `None` for something out of it.
    fn module(
        &self,
        module: &str,
        item: Option<&str>,
        place: &Place,
    ) -> Result<Option<Box<str>>, TemplateError> {
        if !MODULES.contains(&module) {
            return Err(self.error(
                place,
                format!(
                    "it imports `{module}`, which is only there where the project's Python runs"
                ),
            ));
        }
        Ok(item.is_none().then(|| module.into()))
    }

    /// The lines of a block that hold more than a comment, each with its place.
    fn lines(&self, open: &str, place: &Place) -> Vec<(&str, Place)> {
        let mut at = place.start + open.len();
        let mut lines = Vec::new();
        for line in self.text[at..place.end - "%>".len()].split('\n') {
            let end = at + line.len();
            let line = line.strip_suffix('\r').unwrap_or(line);
            let inside = line.trim_start_matches([' ', '\t']);
            if !inside.is_empty() && !is_comment(line) {
                let start = at + line.len() - inside.len();
                lines.push((line, start..at + line.trim_end_matches(' ').len()));
            }
            at = end + 1;
        }
        lines
    }

    /// The statements of a block, one or more on each line, all lines equally far in.
    fn statements(
        &self,
        open: &str,
        place: &Place,
    ) -> Result<Vec<(Statement, Place)>, TemplateError> {
        let lines = self.lines(open, place);
        let mut margin = None;
        let mut statements = Vec::new();
        for (line, place) in &lines {
            let inside = line.trim_start_matches(' ');
            let indent = line.len() - inside.len();
            let code = inside.trim_end_matches(' ');
            let is_odd = line.contains(['\t', '\u{c}', '\u{b}'])
                || line.contains("\"\"\"")
                || line.contains("'''")
                || code.ends_with('\\');
            match expression::statements(code) {
                Ok(read) if !is_odd && *margin.get_or_insert(indent) == indent => {
                    statements.extend(read.into_iter().map(|it| (it, place.clone())));
                }
                // A line may be part of a longer statement, so it is not known to be invalid.
                _ => return Err(self.not_understood(&lines, place)),
            }
        }
        Ok(statements)
    }

    /// What is said of a block with a line that is not understood; what it imports tells the user more.
    fn not_understood(&self, lines: &[(&str, Place)], place: &Place) -> TemplateError {
        for (line, place) in lines {
            for statement in expression::statements(line.trim()).unwrap_or_default() {
                if let Statement::Import { module, item, .. } = statement
                    && let Err(error) = self.module(&module, item.as_deref(), place)
                {
                    return error;
                }
            }
        }
        self.error(place, "Python that is not understood here")
    }
}

enum Control {
    Node(Node),
    Ending(Ending),
}

/// Whether Mako takes an earlier colon for the end: one with a `#` behind it, even inside of a string.
fn ends_early(code: &str) -> bool {
    code.match_indices(':').any(|(at, _)| code[at + 1..].trim_start().starts_with('#'))
}

/// A comment that holds nothing which could be taken for a string.
fn is_comment(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with('#') && !line.contains(['"', '\'', '\t', '\\'])
}

fn is_name(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    first
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && matches!(expression::expression(text), Ok(Expression::Name(_)))
}
