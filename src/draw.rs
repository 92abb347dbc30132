//! The history as a picture: which rows there are, in which order, and in which lanes the lines between them run.
//!
//! [`draw`] decides all of it once; every format is a writer over the [`Drawing`] and decides nothing of that again.
//! It accepts any history: a parent that no file defines is a row of its own, an edge that would close a circle is left
//! out of the lanes and said, files that share an id are a row each. Nothing here does input or output, knows a colour,
//! a width or a format, or escapes anything: texts are as the repository has them, so each writer makes them harmless
//! in its own way.
//!
//! A child stands above all its parents. A line of history stands together, a side line right above the revision that
//! it leaves, or right below the merge that ends it; the longest line to what is published keeps the leftmost lane.
//! A line never changes its lane between two rows, and of two edges in one lane at one height both lead to the same row.

pub mod dot;
mod fold;
pub mod html;
mod lanes;
pub mod mermaid;
mod order;
pub mod svg;
pub mod terminal;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::Path;

use crate::graph::{Node, RevisionGraph};
use crate::rules::words::count;

pub use fold::SHORTEST_RUN;

/// What is drawn, and what is known of it besides.
pub struct Subject<'a> {
    /// The name of the environment.
    pub name: String,
    /// Its history.
    pub graph: &'a RevisionGraph<'a>,
    /// The revisions that are drawn; all of them when `None`.
    pub range: Option<&'a [Node]>,
    /// Whether a revision is published.
    pub published: &'a dyn Fn(Node) -> Published,
    /// The git refs that add a revision, as short as git gives them.
    pub refs: &'a dyn Fn(Node) -> Vec<String>,
    /// What counts as published, where that is known: `origin/main`.
    pub baseline: Option<String>,
    /// How the path of a file is shown.
    pub path: &'a dyn Fn(&Path) -> String,
    /// What is wrong with the history, a sentence each.
    pub notes: Vec<String>,
}

/// Whether a revision is on the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is.
    Yes,
    /// It is on this branch only.
    No,
    /// Nothing tells.
    Unknown,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A revision; one for each file where several share an id.
    Revision,
    /// A parent that no file defines.
    Missing,
    /// Revisions of one line, folded into this row (only in [`Drawing::folded`]).
    Run,
}

/// The picture of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The name of the environment.
    pub name: String,
    /// What counts as published, where that is known.
    pub baseline: Option<String>,
    /// From top to bottom: children before their parents.
    pub rows: Vec<Row>,
    /// From each row to the rows that it follows, in the order of the upper row, then of the parents as they are drawn.
    pub edges: Vec<Edge>,
    /// What may be folded: rows next to each other, each the only parent of the one above it, in one lane, of no interest
    /// to who looks at the shape. Empty in [`Drawing::folded`].
    pub runs: Vec<Range<usize>>,
    /// How many lanes there are.
    pub width: usize,
    /// How many revisions the history has, drawn or not, duplicates counted once.
    pub revision_count: usize,
    /// What is wrong with the history, a sentence each.
    pub notes: Vec<String>,
}

/// One row.
#[allow(clippy::struct_excessive_bools, reason = "facts of a revision, each of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it stands for.
    pub kind: Kind,
    /// The id; empty for a run.
    pub id: String,
    /// The message up to its first empty line; may hold newlines.
    pub message: String,
    /// The file as it is shown; `None` for what is no revision.
    pub path: Option<String>,
    /// `Create Date:` of the docstring, as it stands there.
    pub date: Option<String>,
    /// `down_revision` as written.
    pub down_revision: Vec<String>,
    /// The labels that it declares itself, and on a head those of its line.
    pub labels: Vec<String>,
    /// The git refs that add it.
    pub refs: Vec<String>,
    /// Whether it is on the baseline.
    pub published: Published,
    /// Whether it is the newest of what is published on its line: where the baseline stands.
    pub is_baseline_tip: bool,
    /// Whether nothing follows it.
    pub is_head: bool,
    /// Whether it follows nothing.
    pub is_base: bool,
    /// Whether several revisions follow it.
    pub is_branch_point: bool,
    /// Whether it follows several revisions.
    pub is_merge_point: bool,
    /// `depends_on` as written.
    pub needs: Vec<String>,
    /// The rows that it depends on, of those drawn.
    pub dependencies: Vec<usize>,
    /// What is wrong with it, a short phrase each: `id used twice`.
    pub defects: Vec<String>,
    /// The rows that it follows, all of them below; in the order in which they are drawn.
    pub parents: Vec<usize>,
    /// The rows that follow it, from top to bottom.
    pub children: Vec<usize>,
    /// Rows above it, or itself, that it follows as well: these edges close circles and have no lane.
    pub circles: Vec<usize>,
    /// Parents that are there but not drawn, because they lie outside of the range.
    pub beyond: Vec<String>,
    /// The ids folded into a run, newest first; empty for every other row.
    pub run: Vec<String>,
    /// The lane that it stands in, from 0.
    pub lane: usize,
    /// The lanes in which lines come from above and end here, ascending.
    pub arriving: Vec<usize>,
    /// The lanes in which lines pass by, ascending.
    pub passing: Vec<usize>,
    /// The lanes in which lines go on below to what it follows, ascending. One that passes by as well is joined.
    pub leaving: Vec<usize>,
}

/// A line from a row to one below it.
///
/// It leaves the lane of the upper row right below that row, runs straight down in its own lane, and enters the lane of
/// the lower row right above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The upper row: the child.
    pub from: usize,
    /// The lower row: the parent.
    pub to: usize,
    /// Where it runs between them.
    pub lane: usize,
}

/// Draws a history, every row of it; [`Drawing::folded`] is the view that leaves out what is of no interest.
pub fn draw(subject: &Subject<'_>) -> Drawing {
    let shape = order::Shape::new(subject);
    let laid = lanes::lay(&shape);
    let mut drawing = Drawing {
        name: subject.name.clone(),
        baseline: subject.baseline.clone(),
        rows: shape.rows(subject, &laid),
        edges: laid.edges,
        runs: Vec::new(),
        width: laid.width,
        revision_count: subject.graph.nodes().len(),
        notes: subject.notes.clone(),
    };
    drawing.runs = fold::runs(&drawing);
    drawing
}

impl Row {
    /// Its place in the shape in words, most telling first; nothing for a revision in the middle of a line.
    pub fn places(&self) -> Vec<&'static str> {
        let facts = [
            (self.is_head, "head"),
            (self.is_merge_point, "merge point"),
            (self.is_branch_point, "branch point"),
            (self.is_base, "base"),
        ];
        facts.into_iter().filter_map(|(is_so, word)| is_so.then_some(word)).collect()
    }

    /// Its id and what there is to say of it, in one line, as every picture names it: `ae10 add users (head, unpublished)`.
    pub fn title(&self) -> String {
        if self.kind == Kind::Run {
            return count(self.run.len(), "revision");
        }
        let mut title = self.id.clone();
        let message = self.first_line();
        if !message.is_empty() {
            title.push(' ');
            title.push_str(message);
        }
        let facts = self.facts();
        if !facts.is_empty() {
            title.extend([" (", &facts.join(", "), ")"]);
        }
        title
    }

    /// The first line of the message.
    pub fn first_line(&self) -> &str {
        self.message.lines().next().unwrap_or_default().trim()
    }

    /// What there is to say of it besides its message, the most telling first.
    fn facts(&self) -> Vec<String> {
        let mut facts = self.defects.clone();
        facts.extend(self.places().into_iter().map(str::to_owned));
        facts.extend((self.published == Published::No).then(|| "unpublished".to_owned()));
        facts.extend(self.is_baseline_tip.then(|| "baseline".to_owned()));
        facts.extend(self.labels.iter().map(|label| format!("label {label}")));
        facts.extend(self.refs.iter().cloned());
        facts.extend(self.needs.iter().map(|id| format!("needs {id}")));
        facts
    }

    /// Whether there is something to say of it besides its place in a line.
    fn is_plain(&self) -> bool {
        self.kind == Kind::Revision
            && self.published != Published::No
            && !self.is_baseline_tip
            && self.parents.len() == 1
            && self.children.len() == 1
            && !self.is_head
            && !self.is_base
            && !self.is_branch_point
            && !self.is_merge_point
            && self.labels.is_empty()
            && self.defects.is_empty()
            && self.circles.is_empty()
            && self.beyond.is_empty()
    }
}

/// At most so many characters of a text.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
