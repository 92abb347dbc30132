//! The picture as a flowchart of Mermaid, within what GitHub draws.
//!
//! GitHub draws with the defaults of Mermaid, which a diagram cannot change (`maxTextSize` 50,000 characters, `maxEdges`
//! 500, 280 in older versions); beyond that it shows an error. Long before, nobody could read it.

use std::fmt::Write as _;

use super::{Drawing, Kind, Published, Row, cut};
use crate::report::sanitize::sanitize;
use crate::rules::words::count;

/// How many nodes can be read.
pub const MOST_NODES: usize = 40;

/// How many edges every version draws, with some to spare.
const MOST_EDGES: usize = 200;

/// How much of an id or a message is shown.
const LABEL: usize = 60;

/// The flowchart; where it would be too large, one node that says so.
pub fn mermaid(drawings: &[Drawing]) -> String {
    if let Some(flowchart) = flowchart(drawings) {
        return flowchart;
    }
    let nodes: usize = drawings.iter().map(|drawing| drawing.rows.len()).sum();
    let said =
        format!("{} are too many for a flowchart: onehead graph draws them", count(nodes, "row"));
    format!("flowchart BT\n  n0[\"{}\"]\n", escaped(&said))
}

/// The flowchart; `None` where it would be too large to be drawn and read.
pub fn flowchart(drawings: &[Drawing]) -> Option<String> {
    let nodes: usize = drawings.iter().map(|drawing| drawing.rows.len()).sum();
    let lines = |drawing: &Drawing| {
        let besides = |row: &Row| row.circles.len() + row.dependencies.len();
        drawing.edges.len() + drawing.rows.iter().map(besides).sum::<usize>()
    };
    if nodes > MOST_NODES || drawings.iter().map(lines).sum::<usize>() > MOST_EDGES {
        return None;
    }
    let mut out = String::from("flowchart BT\n");
    for (at, drawing) in drawings.iter().enumerate() {
        let is_grouped = drawings.len() > 1;
        if is_grouped {
            let _ = writeln!(out, "  subgraph e{at}[\"{}\"]", escaped(&cut(&drawing.name, LABEL)));
        }
        for (row, one) in drawing.rows.iter().enumerate() {
            node(at, row, one, &mut out);
        }
        edges(at, drawing, &mut out);
        if is_grouped {
            out.push_str("  end\n");
        }
    }
    // Strokes alone, which are seen on light and on dark.
    out.push_str("  classDef head stroke:#2da44e,stroke-width:3px\n");
    out.push_str("  classDef merge stroke:#8250df,stroke-width:2px\n");
    out.push_str("  classDef base stroke-width:2px\n");
    out.push_str("  classDef unpublished stroke:#bf8700,stroke-width:2px\n");
    out.push_str("  classDef defect stroke:#cf222e,stroke-width:2px,stroke-dasharray:4\n");
    Some(out)
}

fn node(at: usize, row: usize, one: &Row, out: &mut String) {
    if one.kind == Kind::Run {
        let _ = writeln!(out, "  e{at}n{row}([\"{}\"])", escaped(&one.title()));
        return;
    }
    let mut lines = vec![escaped(&cut(&one.id, LABEL))];
    let message = one.first_line();
    if !message.is_empty() {
        lines.push(escaped(&cut(message, LABEL)));
    }
    let facts = one.facts().join(", ");
    if !facts.is_empty() {
        lines.push(escaped(&cut(&facts, LABEL)));
    }
    let class = match one {
        _ if one.kind == Kind::Missing || !one.defects.is_empty() => ":::defect",
        _ if one.is_head => ":::head",
        _ if one.published == Published::No => ":::unpublished",
        _ if one.is_merge_point => ":::merge",
        _ if one.is_base => ":::base",
        _ => "",
    };
    let _ = writeln!(out, "  e{at}n{row}[\"{}\"]{class}", lines.join("<br/>"));
}

/// Arrows go from the parent to what follows it: `BT` puts that above.
fn edges(at: usize, drawing: &Drawing, out: &mut String) {
    let rows = &drawing.rows;
    for edge in &drawing.edges {
        let is_whole = rows[edge.from].kind != Kind::Run && rows[edge.to].kind == Kind::Revision;
        let arrow = if is_whole { "-->" } else { "-.->" };
        let _ = writeln!(out, "  e{at}n{} {arrow} e{at}n{}", edge.to, edge.from);
    }
    for (from, row) in rows.iter().enumerate() {
        for to in &row.circles {
            let _ = writeln!(out, "  e{at}n{to} -- circle --> e{at}n{from}");
        }
        for to in &row.dependencies {
            let _ = writeln!(out, "  e{at}n{to} -. needed by .-> e{at}n{from}");
        }
    }
}

/// Text in which no sign means anything to Mermaid, to Markdown or to HTML: each that could is written by its number, which
/// Mermaid has as `#35;`.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitize(text).chars() {
        if c.is_ascii_punctuation() && !",.-_()".contains(c) {
            let _ = write!(escaped, "#{};", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}
