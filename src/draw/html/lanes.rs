//! The lanes of a row as a picture, and what its signs mean. The text beside it says the same, so that nobody is told twice.

use std::fmt::Write as _;

use crate::draw::{Drawing, Kind, Published, Row};

/// How high the picture of a row is; the row itself may be higher.
const HEIGHT: usize = 28;

/// Where the sign of a revision stands in it.
const MIDDLE: usize = HEIGHT / 2;

/// How far a line may go on below its row: it is cut off where the row ends.
const BELOW: usize = 9999;

/// The place left of the lanes, for the arrows of what is marked.
const MARGIN: usize = 14;

/// How many colours there are for lanes.
const COLOURS: usize = 6;

/// How far apart the lanes of one history are: closer where there are many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    pitch: usize,
    columns: usize,
}

impl Measure {
    pub fn of(drawing: &Drawing) -> Self {
        let columns = drawing.width.max(1);
        let pitch = match columns {
            0..=6 => 16,
            7..=12 => 12,
            13..=24 => 8,
            _ => 6,
        };
        Self { pitch, columns }
    }

    pub fn width(self) -> usize {
        MARGIN + self.columns * self.pitch
    }

    fn x(self, column: usize) -> usize {
        MARGIN + column * self.pitch + self.pitch / 2
    }

    fn bend(self) -> usize {
        6.min(self.pitch - 2)
    }

    fn open(self, out: &mut String) {
        let _ = write!(
            out,
            "<svg width=\"{}\" height=\"{HEIGHT}\" aria-hidden=\"true\">",
            self.width()
        );
    }
}

/// The picture of a row. Each piece of a line says which it is, `a`rriving, `p`assing or `l`eaving, and in which lane, so
/// that it can be told which pieces make the lines between two revisions.
pub(super) fn row(row: &Row, measure: Measure, out: &mut String) {
    measure.open(out);
    let own = measure.x(row.lane);
    for &lane in &row.passing {
        piece('p', lane, &passing(measure.x(lane)), out);
    }
    for &lane in &row.arriving {
        piece('a', lane, &arriving(measure.x(lane), own, measure.bend()), out);
    }
    for &lane in &row.leaving {
        piece('l', lane, &leaving(own, measure.x(lane), measure.bend()), out);
    }
    sign(row, own, out);
    out.push_str("</svg>");
}

fn piece(kind: char, lane: usize, course: &str, out: &mut String) {
    let colour = lane % COLOURS;
    let _ = write!(out, "<path class=\"c{colour}\" data-is=\"{kind}{lane}\" d=\"{course}\"/>");
}

/// A line from top to bottom.
fn passing(x: usize) -> String {
    format!("M{x} 0V{BELOW}")
}

/// A line from the top to the sign, with a round corner where it comes from aside.
fn arriving(from: usize, own: usize, bend: usize) -> String {
    if from == own {
        return format!("M{own} 0V{MIDDLE}");
    }
    let beside = beside(from, own, bend);
    format!("M{from} 0V{}Q{from} {MIDDLE} {beside} {MIDDLE}H{own}", MIDDLE - bend)
}

/// A line from the sign to the bottom, with a round corner where it goes aside.
fn leaving(own: usize, to: usize, bend: usize) -> String {
    if to == own {
        return format!("M{own} {MIDDLE}V{BELOW}");
    }
    let beside = beside(to, own, bend);
    format!("M{own} {MIDDLE}H{beside}Q{to} {MIDDLE} {to} {}V{BELOW}", MIDDLE + bend)
}

/// Where the corner of a line at `x` begins on its way to `own`.
fn beside(x: usize, own: usize, bend: usize) -> usize {
    if x > own { x.saturating_sub(bend) } else { x + bend }
}

fn sign(row: &Row, x: usize, out: &mut String) {
    let mut class = "node".to_owned();
    if row.kind == Kind::Missing {
        class.push_str(" lost");
    } else if !row.defects.is_empty() {
        class.push_str(" bad");
    } else if row.is_head {
        class.push_str(" tip");
    } else if row.published == Published::No {
        class.push_str(" young");
    }
    if row.is_head {
        let _ = write!(out, "<circle class=\"halo\" cx=\"{x}\" cy=\"{MIDDLE}\" r=\"6.5\"/>");
    }
    let _ = if row.is_merge_point {
        write!(out, "<path class=\"{class}\" d=\"M{x} {}l5 5-5 5-5-5z\"/>", MIDDLE - 5)
    } else {
        let radius = if row.is_head { "3.5" } else { "4" };
        write!(out, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{MIDDLE}\" r=\"{radius}\"/>")
    };
}

/// The picture of a folded run that begins with this row: every lane goes on, its own one dashed.
pub(super) fn run(first: &Row, measure: Measure, out: &mut String) {
    measure.open(out);
    for &lane in &first.passing {
        piece('p', lane, &passing(measure.x(lane)), out);
    }
    let (colour, x) = (first.lane % COLOURS, measure.x(first.lane));
    let _ = write!(out, "<path class=\"dash c{colour}\" d=\"M{x} 0V{BELOW}\"/></svg>");
}

/// The signs, each with its meaning.
pub(super) fn legend(out: &mut String) {
    let signs = [
        (
            "<circle class=\"halo\" cx=\"8\" cy=\"8\" r=\"6.5\"/><circle class=\"node tip\" cx=\"8\" cy=\"8\" r=\"3.5\"/>",
            "head",
        ),
        ("<circle class=\"node\" cx=\"8\" cy=\"8\" r=\"4\"/>", "revision"),
        ("<circle class=\"node young\" cx=\"8\" cy=\"8\" r=\"4\"/>", "unpublished"),
        ("<path class=\"node\" d=\"M8 3l5 5-5 5-5-5z\"/>", "merge point"),
        ("<path class=\"dash\" d=\"M8 0V16\"/>", "folded run"),
        ("<circle class=\"node lost\" cx=\"8\" cy=\"8\" r=\"4\"/>", "missing"),
        ("<circle class=\"node bad\" cx=\"8\" cy=\"8\" r=\"4\"/>", "defect"),
    ];
    out.push_str("<ul class=\"signs\" aria-label=\"Signs\">\n");
    for (picture, meaning) in signs {
        let _ = writeln!(
            out,
            "<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\">{picture}</svg>{meaning}</li>"
        );
    }
    out.push_str("</ul>\n");
}
