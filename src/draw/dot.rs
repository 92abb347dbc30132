//! The picture for Graphviz: which revision follows which. Graphviz finds the places by itself.

use std::fmt::Write as _;

use super::{Drawing, Kind, Published, Row, cut};
use crate::report::sanitize::sanitize;

/// How long a label may get.
const LABEL: usize = 80;

/// One directed graph, each environment a cluster of its own where there are several; the oldest at the bottom.
pub fn dot(drawings: &[Drawing]) -> String {
    let mut out = String::from(
        "digraph history {\n  rankdir=BT;\n  node [shape=box, style=rounded, fontname=\"monospace\"];\n",
    );
    for (at, drawing) in drawings.iter().enumerate() {
        let is_cluster = drawings.len() > 1;
        if is_cluster {
            let name = quoted(&drawing.name);
            let _ = writeln!(out, "  subgraph cluster_{at} {{\n  label={name};");
        }
        for (row, one) in drawing.rows.iter().enumerate() {
            let title = quoted(&one.title());
            let _ = writeln!(
                out,
                "  e{at}n{row} [label={label}, tooltip={title}{look}];",
                label = quoted(&cut(&one.title(), LABEL)),
                look = look(one),
            );
        }
        edges(at, drawing, &mut out);
        if is_cluster {
            out.push_str("  }\n");
        }
    }
    out.push_str("}\n");
    out
}

/// Arrows go from the parent to what follows it.
fn edges(at: usize, drawing: &Drawing, out: &mut String) {
    for edge in &drawing.edges {
        let is_sure = drawing.rows[edge.to].kind != Kind::Missing;
        let look = if is_sure { "" } else { " [style=dashed]" };
        let _ = writeln!(out, "  e{at}n{} -> e{at}n{}{look};", edge.to, edge.from);
    }
    for (from, row) in drawing.rows.iter().enumerate() {
        for to in &row.circles {
            let look = "[color=red, style=bold, constraint=false, label=\"circle\"]";
            let _ = writeln!(out, "  e{at}n{to} -> e{at}n{from} {look};");
        }
        for to in &row.dependencies {
            let look = "[style=dotted, constraint=false, label=\"needed by\"]";
            let _ = writeln!(out, "  e{at}n{to} -> e{at}n{from} {look};");
        }
    }
}

fn look(row: &Row) -> &'static str {
    match row.kind {
        Kind::Missing => ", color=red, style=dashed",
        Kind::Run => ", shape=plaintext",
        Kind::Revision if !row.defects.is_empty() => ", color=red",
        Kind::Revision if row.is_head => ", penwidth=2",
        Kind::Revision if row.published == Published::No => ", style=\"rounded,bold\"",
        Kind::Revision => "",
    }
}

/// A string of the language: a backslash begins an escape of its labels, and entities of HTML are resolved in them.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in sanitize(text).chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '&' => quoted.push_str("&amp;"),
            // Graphviz would write them into XML, which must not have them.
            '\u{fffe}' | '\u{ffff}' => quoted.push('\u{fffd}'),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
