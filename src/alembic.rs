//! Alembic's own output, byte for byte: `heads`, `branches`, `history`, `show`.
//!
//! Follows 1.20.1: `command.py`, `Script._head_only`, `Script.log_entry`, `Script._format_down_revision`. Branch labels
//! and children, which Alembic prints in the order of a Python set, come sorted and in map order.

pub mod question;

use crate::graph::symbol::{Found, LookupError};
use crate::graph::{Node, RevisionGraph};

/// `alembic heads`, with `-v` and `--resolve-dependencies`.
///
/// # Errors
/// What Alembic refuses or crashes on: an id that is spelled like a symbol.
pub fn heads(
    graph: &RevisionGraph<'_>,
    verbose: bool,
    resolve_dependencies: bool,
) -> Result<String, LookupError> {
    let found = if resolve_dependencies {
        graph.get_revisions("heads")?
    } else {
        let ids: Vec<String> =
            graph.heads().iter().map(|&head| graph.id(head).to_string()).collect();
        graph.get_each(&ids)?
    };
    let mut out = String::new();
    for node in printable(&found)? {
        let entry = Entry { graph, node };
        let text = if verbose { entry.log() } else { entry.short(Form::Head) };
        push_line(&mut out, &text);
    }
    Ok(out)
}

/// `alembic branches`, with `-v`: the branch points among `order`, which is the whole history.
pub fn branches(graph: &RevisionGraph<'_>, order: &[Node], verbose: bool) -> String {
    let mut out = String::new();
    for &node in order {
        if !graph.is_branch_point(node) {
            continue;
        }
        let entry = Entry { graph, node };
        push_line(&mut out, &if verbose { entry.log() } else { entry.short(Form::Branch) });
        let child_form = if verbose { Form::BranchWithMessage } else { Form::Branch };
        let indent = " ".repeat(graph.id(node).as_str().chars().count());
        for &child in graph.children(node) {
            let child = Entry { graph, node: child }.short(child_form);
            push_line(&mut out, &format!("{indent} -> {child}"));
        }
        out.push('\n');
    }
    out
}

/// `alembic history`, with `-v`, of the revisions in `order` (see [`RevisionGraph::history_range`]).
pub fn history(graph: &RevisionGraph<'_>, order: &[Node], verbose: bool) -> String {
    let mut out = String::new();
    for &node in order {
        let entry = Entry { graph, node };
        push_line(&mut out, &if verbose { entry.log() } else { entry.short(Form::History) });
    }
    out
}

/// `alembic show REV` for what REV was resolved to.
///
/// # Errors
/// When there is nothing to show where Alembic would try: steps below the base.
pub fn show(graph: &RevisionGraph<'_>, found: &[Found]) -> Result<String, LookupError> {
    let mut out = String::new();
    for node in printable(found)? {
        push_line(&mut out, &Entry { graph, node }.log());
    }
    Ok(out)
}

/// The revisions among `found`.
///
/// # Errors
/// A step below the base is the string `base` or nothing at all, and has no text (`AttributeError`).
pub fn printable(found: &[Found]) -> Result<Vec<Node>, LookupError> {
    let node = |found: &Found| match found {
        Found::Revision(node) => Ok(*node),
        Found::Base | Found::Nothing => Err(LookupError::Crash("AttributeError")),
    };
    found.iter().map(node).collect()
}

fn push_line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// Where the short form stands, which decides the pieces that it shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In `heads`: neither parents nor the shape of the tree.
    Head,
    /// In `branches`.
    Branch,
    /// In `branches -v`, below its branch point: with the message.
    BranchWithMessage,
    /// In `history`: everything.
    History,
}

/// One revision in words.
struct Entry<'g, 'a> {
    graph: &'g RevisionGraph<'a>,
    node: Node,
}

impl Entry<'_, '_> {
    /// `Script._head_only`.
    fn short(&self, form: Form) -> String {
        let (graph, node) = (self.graph, self.node);
        let revision = graph.revision(node);
        let when = |holds: bool, piece: &str| if holds { piece.to_owned() } else { String::new() };
        let labels = graph.labels(node);
        let is_head = graph.children(node).is_empty();
        let is_upgrade_head = graph.dependents(node).is_empty();
        let with_message = matches!(form, Form::History | Form::BranchWithMessage);
        [
            if form == Form::History { self.origin() } else { String::new() },
            revision.id.to_string(),
            when(!labels.is_empty(), &format!(" ({})", labels.join(", "))),
            when(is_upgrade_head, " (head)"),
            when(is_head && !is_upgrade_head, " (effective head)"),
            when(form != Form::Head && graph.is_branch_point(node), " (branchpoint)"),
            when(form != Form::Head && graph.is_merge_point(node), " (mergepoint)"),
            when(with_message, &format!(", {}", revision.message())),
        ]
        .concat()
    }

    /// Parents and dependencies, as the short form begins with them.
    fn origin(&self) -> String {
        match self.dependencies() {
            Some(dependencies) => format!("{} ({dependencies}) -> ", self.parents()),
            None => format!("{} -> ", self.parents()),
        }
    }

    /// `Script.log_entry`.
    fn log(&self) -> String {
        let (graph, node) = (self.graph, self.node);
        let revision = graph.revision(node);
        let (is_branch, is_merge) = (graph.is_branch_point(node), graph.is_merge_point(node));
        let is_head = graph.children(node).is_empty();
        let when = |holds: bool, piece: String| if holds { piece } else { String::new() };
        let children: Vec<&str> =
            graph.children(node).iter().map(|&child| graph.id(child).as_str()).collect();
        let labels = graph.labels(node);
        let indented: Vec<String> = python_lines(revision.long_message())
            .iter()
            .map(|line| format!("    {line}"))
            .collect();
        [
            format!("Rev: {}", revision.id),
            when(is_head, " (head)".to_owned()),
            when(is_branch, " (branchpoint)".to_owned()),
            when(is_merge, " (mergepoint)".to_owned()),
            format!("\n{}: {}\n", if is_merge { "Merges" } else { "Parent" }, self.parents()),
            self.dependencies()
                .map(|names| format!("Also depends on: {names}\n"))
                .unwrap_or_default(),
            when(is_branch, format!("Branches into: {}\n", children.join(", "))),
            when(!labels.is_empty(), format!("Branch names: {}\n", labels.join(", "))),
            format!("Path: {}\n", graph.script(node).path.display()),
            format!("\n{}\n", indented.join("\n")),
        ]
        .concat()
    }

    /// `Script._format_down_revision`; `<unknown>` where only running the script could tell.
    fn parents(&self) -> String {
        if !self.graph.revision(self.node).parents_known {
            return "<unknown>".to_owned();
        }
        let parents = &self.graph.revision(self.node).edges.parents;
        let ids: Vec<&str> = parents.iter().map(crate::revision::RevisionId::as_str).collect();
        match ids.as_slice() {
            [] | [""] => "<base>".to_owned(),
            ids => ids.join(", "),
        }
    }

    /// `depends_on` as written; nothing for what Python takes for false.
    fn dependencies(&self) -> Option<String> {
        let dependencies = &self.graph.revision(self.node).edges.dependencies;
        match dependencies.as_slice() {
            [] => None,
            [only] if only.is_empty() => None,
            names => Some(names.join(", ")),
        }
    }
}

/// Python's `str.splitlines()` (CPython 3.11): more kinds of line ends than Rust's `lines()` knows.
fn python_lines(text: &str) -> Vec<&str> {
    const ENDS: [char; 10] = [
        '\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}',
        '\u{2029}',
    ];
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(ENDS) {
        lines.push(&rest[..at]);
        let end = if rest[at..].starts_with("\r\n") {
            2
        } else {
            rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        rest = &rest[at + end..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::python_lines;

    #[test]
    fn lines_are_pythons() {
        assert_eq!(python_lines("a\nb\r\nc\rd"), ["a", "b", "c", "d"]);
        assert_eq!(python_lines("a\u{2028}b\u{85}\n"), ["a", "b", ""]);
        assert_eq!(python_lines(""), [""; 0]);
    }
}
