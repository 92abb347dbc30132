//! The picture as SVG: one file that needs nothing else, runs nothing and loads nothing.
//!
//! Every colour is an attribute as well, so that it is complete where a policy forbids styles; the style only adds the dark
//! one. Each revision is a group with a title, which programs that read aloud and pointers show.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::{Drawing, Kind, Published, Row, cut};
use crate::report::junit::attribute as escaped;
use crate::report::sanitize::sanitize;

/// How high a row is.
const ROW: usize = 22;
/// How far lanes are from each other.
const LANE: usize = 16;
/// What is left free around the picture.
const MARGIN: usize = 16;
/// How wide a letter of the text is, in tenths.
const LETTER: usize = 73;
/// How much of a text is shown.
const LABEL: usize = 120;

/// Light colours as attributes say them, and the dark ones in the order of the classes.
const STYLE: &str = "\
    @media (prefers-color-scheme: dark) {\n\
    .ground { fill: #0d1117 }\n\
    .lane { stroke: #6e7681 }\n\
    .sign { stroke: #8b949e; fill: #0d1117 }\n\
    .head { stroke: #3fb950; fill: #3fb950 }\n\
    .new { stroke: #d29922 }\n\
    .defect { stroke: #f85149 }\n\
    text { fill: #e6edf3 }\n\
    .aside { fill: #8b949e }\n\
    .wrong { fill: #f85149 }\n\
    }\n";

/// The picture, environments one below the other.
pub fn svg(drawings: &[Drawing]) -> String {
    let named = drawings.len() > 1;
    let mut body = String::new();
    let mut top = MARGIN;
    let mut right = 0;
    for drawing in drawings {
        if named {
            let name = escaped(&drawing.name);
            let y = top + 15;
            let _ = writeln!(
                body,
                "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"#1f2328\" font-weight=\"bold\">{name}</text>"
            );
            top += ROW;
        }
        right = right.max(picture(drawing, top, &mut body));
        top += drawing.rows.len() * ROW + MARGIN;
    }
    let width = right + MARGIN;
    let title = match drawings {
        [only] => format!("Migration history of {}", only.name),
        _ => "Migration histories".to_owned(),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{top}\" viewBox=\"0 0 {width} {top}\" \
         role=\"img\" font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"12\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{top}\" fill=\"#ffffff\"/>\n{body}</svg>\n",
        title = escaped(&title),
    )
}

/// Draws one environment from `top` on, and says how far to the right it goes.
fn picture(drawing: &Drawing, top: usize, out: &mut String) -> usize {
    let x = |lane: usize| MARGIN + LANE / 2 + lane * LANE;
    let y = |row: usize| top + row * ROW + ROW / 2;
    for edge in &drawing.edges {
        let (from, to) = (&drawing.rows[edge.from], &drawing.rows[edge.to]);
        let is_dashed = from.kind != Kind::Revision || to.kind != Kind::Revision;
        let dashes = if is_dashed { " stroke-dasharray=\"3 3\"" } else { "" };
        let path = path((x(from.lane), y(edge.from)), x(edge.lane), (x(to.lane), y(edge.to)));
        let _ = writeln!(
            out,
            "<path class=\"lane\" d=\"{path}\" fill=\"none\" stroke=\"#8c959f\" stroke-width=\"1.5\"{dashes}/>"
        );
    }
    let text = MARGIN + drawing.width * LANE + 8;
    let mut right = text;
    for (at, row) in drawing.rows.iter().enumerate() {
        right = right.max(self::row(row, x(row.lane), y(at), text, out));
    }
    right
}

/// A line from one row to another one below: into its own lane right below the upper row, out of it right above the lower.
fn path((from, top): (usize, usize), lane: usize, (to, bottom): (usize, usize)) -> String {
    let mut path = format!("M{from} {top}");
    let (mut low, high) = (top, bottom - ROW);
    if from != lane {
        low = top + ROW;
        let middle = top + ROW / 2;
        let _ = write!(path, "C{from} {middle} {lane} {middle} {lane} {low}");
    }
    if lane == to {
        if low < bottom {
            let _ = write!(path, "V{bottom}");
        }
        return path;
    }
    let high = high.max(low);
    if low < high {
        let _ = write!(path, "V{high}");
    }
    let middle = usize::midpoint(high, bottom);
    let _ = write!(path, "C{lane} {middle} {to} {middle} {to} {bottom}");
    path
}

/// A row as a group; how far to the right its text goes.
fn row(row: &Row, x: usize, y: usize, text: usize, out: &mut String) -> usize {
    let _ = write!(out, "<g><title>{}</title>", escaped(&row.title()));
    sign(row, x, y, out);
    let baseline = y + 4;
    if row.kind == Kind::Run {
        let label = row.title();
        let _ = writeln!(
            out,
            "<text class=\"aside\" x=\"{text}\" y=\"{baseline}\" fill=\"#59636e\">{}</text></g>",
            escaped(&label)
        );
        return text + label.width() * LETTER / 10;
    }
    let class =
        if row.defects.is_empty() { ("", "#1f2328") } else { (" class=\"wrong\"", "#cf222e") };
    let facts = row.facts();
    let facts = if facts.is_empty() { String::new() } else { format!("  ({})", facts.join(", ")) };
    // As they will be written, so that they are measured so.
    let shown = |text: &str| cut(&sanitize(text), LABEL);
    let (id, message, facts) = (shown(&row.id), shown(row.first_line()), shown(&facts));
    let message = if message.is_empty() { message } else { format!("  {message}") };
    let _ = writeln!(
        out,
        "<text x=\"{text}\" y=\"{baseline}\" fill=\"{color}\"{class} xml:space=\"preserve\">\
         <tspan font-weight=\"bold\">{}</tspan>{}<tspan class=\"aside\" fill=\"#59636e\">{}</tspan></text></g>",
        escaped(&id),
        escaped(&message),
        escaped(&facts),
        class = class.0,
        color = class.1,
    );
    text + (id.width() + message.width() + facts.width()) * LETTER / 10
}

/// The sign of a row.
fn sign(row: &Row, x: usize, y: usize, out: &mut String) {
    let (stroke, class) = match row {
        _ if row.kind == Kind::Missing || !row.defects.is_empty() => ("#cf222e", "sign defect"),
        _ if row.is_head => ("#1a7f37", "sign head"),
        _ if row.published == Published::No => ("#9a6700", "sign new"),
        _ => ("#59636e", "sign"),
    };
    let fill = if row.is_head && row.defects.is_empty() { stroke } else { "#ffffff" };
    let look =
        format!("class=\"{class}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"1.5\"");
    let _ = match row.kind {
        Kind::Missing => {
            let (left, right, above, below) = (x - 4, x + 4, y - 4, y + 4);
            write!(
                out,
                "<path {look} d=\"M{left} {above}L{right} {below}M{left} {below}L{right} {above}\"/>"
            )
        }
        Kind::Run => Ok(()),
        Kind::Revision if row.is_merge_point && !row.is_head => {
            write!(
                out,
                "<path {look} d=\"M{x} {}L{} {y}L{x} {}L{} {y}Z\"/>",
                y - 5,
                x + 5,
                y + 5,
                x - 5
            )
        }
        Kind::Revision => write!(out, "<circle {look} cx=\"{x}\" cy=\"{y}\" r=\"4\"/>"),
    };
}
