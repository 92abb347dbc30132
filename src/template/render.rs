//! Running a template: its nodes in order, its names as Python would have them.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::evaluate::Scope;
use super::node::{Branch, Node, Place, Template};
use super::print::print;
use super::value::Value;
use super::{TemplateError, Values};

/// The text that a template gives.
///
/// Fails on the first construct that cannot be evaluated.
pub(super) fn run(
    text: &str,
    template: &Template,
    values: &Values<'_>,
) -> Result<String, TemplateError> {
    let left = Cell::new(MOST_WORK);
    let mut run =
        Run { text, template, values, bound: BTreeMap::new(), left, output: String::new() };
    run.nodes(&template.nodes)?;
    Ok(run.output)
}

/// More than this, about a byte each, is refused: loops in loops, or a text that doubles and doubles.
const MOST_WORK: usize = 4 << 20;

struct Run<'a> {
    text: &'a str,
    template: &'a Template,
    values: &'a Values<'a>,
    bound: BTreeMap<Box<str>, Value>,
    left: Cell<usize>,
    output: String,
}

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node]) -> Result<(), TemplateError> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Result<(), TemplateError> {
        match node {
            Node::Text(text) => {
                let work = self.scope().spend(text.len());
                self.or_error(work, &(0..0))?;
                self.output.push_str(text);
            }
            Node::Print { value: None, .. } => {}
            Node::Print { value: Some(value), filters, place } => {
                let value = self.scope().evaluate(value);
                let printed = value.and_then(|value| print(value, filters));
                self.output.push_str(&self.or_error(printed, place)?);
            }
            Node::If(branches) => {
                for Branch { guard, nodes } in branches {
                    let chosen = match guard {
                        None => true,
                        Some((condition, place)) => {
                            let truth = self.scope().evaluate(condition);
                            self.or_error(truth.and_then(|value| value.truth()), place)?
                        }
                    };
                    if chosen {
                        return self.nodes(nodes);
                    }
                }
            }
            Node::For { name, list, body, place } => {
                let list = self.scope().evaluate(list).and_then(|list| list.elements());
                for element in self.or_error(list, place)? {
                    let work = self.scope().spend(element.weight());
                    self.or_error(work, place)?;
                    self.bound.insert(name.clone(), element);
                    self.nodes(body)?;
                }
            }
            Node::Assign { name, value, place } => {
                let value = self.scope().evaluate(value);
                let value = self.or_error(value, place)?;
                self.bound.insert(name.clone(), value);
            }
            Node::Import { name, module } => {
                let value = match module {
                    Some(module) => Value::Module(module.clone()),
                    None => Value::Opaque(name.clone()),
                };
                self.bound.insert(name.clone(), value);
            }
        }
        Ok(())
    }

    fn scope(&self) -> Scope<'_> {
        Scope { template: self.template, values: self.values, bound: &self.bound, left: &self.left }
    }

    fn or_error<T>(&self, result: Result<T, String>, place: &Place) -> Result<T, TemplateError> {
        result.map_err(|reason| TemplateError::at(self.text, place.clone(), reason))
    }
}
