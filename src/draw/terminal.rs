//! The picture for a terminal: one line a revision, and between two of them a line where lanes part or meet.
//!
//! Knows letters and widths, and no colour: what a piece of text means is said, and how that looks is for the caller.
//! Nothing of the repository reaches the terminal unsanitized.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{Drawing, Kind, Published, Row};
use crate::report::sanitize::sanitize;
use crate::rules::words::count;

/// Up to so many lanes all texts begin in one column.
const ALIGNED: usize = 6;

/// The widest message that others are put in line with.
const MESSAGE: usize = 48;

/// What is left of a message however little room there is.
const LEAST: usize = 12;

/// The widest id, label or name that is shown whole where there is a width to keep.
const NAME: usize = 40;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Lanes and signs.
    Lane,
    /// The id of a revision.
    Id,
    /// `head` and other facts about its place.
    Place,
    /// That it is not published.
    Unpublished,
    /// A branch label.
    Label,
    /// A git ref.
    Reference,
    /// What is wrong.
    Defect,
    /// What matters less.
    Aside,
    /// The message.
    Message,
}

/// How it is drawn.
pub struct Style<'a> {
    /// With box characters, or with ASCII alone.
    pub unicode: bool,
    /// How many columns there are, where that matters.
    pub width: Option<usize>,
    /// Gives a piece of text the look of its meaning.
    pub paint: &'a dyn Fn(Meaning, &str) -> String,
}

impl Style<'static> {
    /// Without colours, and as wide as it gets.
    pub fn plain(unicode: bool) -> Self {
        Self { unicode, width: None, paint: &|_, text| text.to_owned() }
    }
}

/// The picture, a line for each row and for each place where lanes part or meet.
pub fn terminal(drawing: &Drawing, style: &Style<'_>) -> String {
    let columns = Columns::of(drawing, style);
    let mut out = String::new();
    for row in &drawing.rows {
        if row.arriving.iter().any(|&lane| lane != row.lane) {
            between(row, Height::Above, style, &mut out);
        }
        columns.line(row, drawing, style, &mut out);
        if row.leaving.iter().any(|&lane| lane != row.lane) {
            between(row, Height::Below, style, &mut out);
        }
    }
    out
}

/// A line of lanes alone.
fn between(row: &Row, height: Height, style: &Style<'_>, out: &mut String) {
    let line = lanes(row, height, style.unicode);
    let line = line.trim_end();
    let line = style.width.map_or_else(|| line.to_owned(), |width| fit(line, width, style.unicode));
    out.push_str(&(style.paint)(Meaning::Lane, &line));
    out.push('\n');
}

/// Which line the lanes are drawn in.
#[derive(Clone, Copy, PartialEq)]
enum Height {
    /// Between the row and the one above it.
    Above,
    /// The row itself.
    Row,
    /// Between the row and the one below it.
    Below,
}

/// Where a character is connected.
#[allow(clippy::struct_excessive_bools, reason = "four sides")]
#[derive(Clone, Copy, Default)]
struct Cell {
    up: bool,
    down: bool,
    left: bool,
    right: bool,
    /// Whether what passes horizontally does not touch it.
    bridged: bool,
}

impl Cell {
    fn sign(self, unicode: bool) -> char {
        let Self { up, down, left, right, bridged } = self;
        let (left, right) = (left && !bridged, right && !bridged);
        let (box_sign, ascii) = match (up, down, left, right) {
            (false, false, false, false) => (' ', ' '),
            (true | false, true | false, false, false) => ('│', '|'),
            (false, false, true, _) | (false, false, _, true) => ('─', '-'),
            (true, true, true, true) => ('┼', '+'),
            (true, true, true, false) => ('┤', '|'),
            (true, true, false, true) => ('├', '|'),
            (true, false, true, true) => ('┴', '+'),
            (true, false, true, false) => ('╯', '\''),
            (true, false, false, true) => ('╰', '`'),
            (false, true, true, true) => ('┬', '+'),
            (false, true, true, false) => ('╮', '.'),
            (false, true, false, true) => ('╭', '.'),
        };
        if unicode { box_sign } else { ascii }
    }
}

/// The lanes at one height, two columns each.
fn lanes(row: &Row, height: Height, unicode: bool) -> String {
    let ends: &[usize] = match height {
        Height::Above => &row.arriving,
        Height::Row => &[],
        Height::Below => &row.leaving,
    };
    let all = row.passing.iter().chain(ends).chain([&row.lane]);
    let last = all.copied().max().unwrap_or(0);
    let mut cells = vec![Cell::default(); last + 1];
    for &lane in &row.passing {
        cells[lane] = Cell { up: true, down: true, bridged: !ends.contains(&lane), ..cells[lane] };
    }
    let (first_end, last_end) = (ends.iter().min(), ends.iter().max());
    let first = first_end.map_or(row.lane, |&lane| lane.min(row.lane));
    let last_end = last_end.map_or(row.lane, |&lane| lane.max(row.lane));
    for (lane, cell) in cells.iter_mut().enumerate() {
        let is_end = ends.contains(&lane);
        match height {
            Height::Above => {
                cell.up |= is_end;
                cell.down |= lane == row.lane;
            }
            Height::Below => {
                cell.up |= lane == row.lane;
                cell.down |= is_end;
            }
            Height::Row => {}
        }
        cell.left = lane > first && lane <= last_end;
        cell.right = lane >= first && lane < last_end;
    }
    let mut line = String::with_capacity(2 * cells.len());
    for (lane, cell) in cells.iter().enumerate() {
        let is_own = height == Height::Row && lane == row.lane;
        line.push(if is_own { sign(row, unicode) } else { cell.sign(unicode) });
        line.push(match (cell.right, unicode) {
            (true, true) => '─',
            (true, false) => '-',
            (false, _) => ' ',
        });
    }
    line
}

/// The sign of a row: head, revision, merge point, missing, folded.
fn sign(row: &Row, unicode: bool) -> char {
    let (box_sign, ascii) = match row.kind {
        Kind::Missing => ('✕', 'x'),
        Kind::Run => ('┆', ':'),
        Kind::Revision if row.is_head => ('◉', '@'),
        Kind::Revision if row.is_merge_point => ('◆', '*'),
        Kind::Revision => ('○', 'o'),
    };
    if unicode { box_sign } else { ascii }
}

/// What stands where in a line.
struct Columns {
    /// How wide the lanes are where all texts begin in one column.
    lanes: usize,
    id: usize,
    message: usize,
    width: Option<usize>,
}

/// A row in words.
struct Words {
    id: String,
    message: String,
    badges: Vec<(Meaning, String)>,
}

impl Columns {
    fn of(drawing: &Drawing, style: &Style<'_>) -> Self {
        let mut columns = Self {
            lanes: if drawing.width <= ALIGNED { 2 * drawing.width } else { 0 },
            id: 0,
            message: 0,
            width: style.width,
        };
        let mut badges = 0;
        for row in drawing.rows.iter().filter(|row| row.kind != Kind::Run) {
            let words = columns.words(row, drawing, style.unicode);
            columns.id = columns.id.max(words.id.width().min(NAME));
            if !words.badges.is_empty() {
                columns.message = columns.message.max(words.message.width().min(MESSAGE));
                badges = badges.max(width_of(&words.badges));
            }
        }
        if let Some(width) = style.width {
            let taken = 2 * drawing.width + 1 + columns.id + 2 + badges;
            columns.message = columns.message.min(width.saturating_sub(taken).max(LEAST));
        }
        columns
    }

    fn words(&self, row: &Row, drawing: &Drawing, unicode: bool) -> Words {
        let cap = |text: &str| match self.width {
            Some(_) => fit(&sanitize(text), NAME, unicode),
            None => sanitize(text).into_owned(),
        };
        Words {
            id: cap(&row.id),
            message: sanitize(row.first_line()).into_owned(),
            badges: badges(row, drawing, &cap),
        }
    }

    /// The pieces of the line of a row.
    fn pieces(&self, row: &Row, drawing: &Drawing, unicode: bool) -> Vec<(Meaning, String)> {
        let mut lanes = lanes(row, Height::Row, unicode);
        let padding = self.lanes.saturating_sub(lanes.width());
        lanes.extend(std::iter::repeat_n(' ', padding + 1));
        if row.kind == Kind::Run {
            let folded = count(row.run.len(), "revision");
            return vec![(Meaning::Lane, lanes), (Meaning::Aside, folded)];
        }
        let words = self.words(row, drawing, unicode);
        let mut message = words.message;
        // What putting it in line with others may take.
        let mut room = usize::MAX;
        if let Some(width) = self.width {
            let badges = if words.badges.is_empty() { 0 } else { 2 + width_of(&words.badges) };
            let taken = lanes.width() + self.id + 2 + badges;
            message = fit(&message, width.saturating_sub(taken).max(LEAST), unicode);
            room = width.saturating_sub(taken + message.width());
        }
        let mut pieces = vec![(Meaning::Lane, lanes), (Meaning::Id, words.id)];
        if !message.is_empty() {
            let padding = self.id.saturating_sub(pieces[1].1.width());
            pieces.push((Meaning::Aside, " ".repeat(padding + 2)));
        }
        let padding = if message.is_empty() { 0 } else { self.message };
        let padding = padding.saturating_sub(message.width()).min(room);
        pieces.push((Meaning::Message, message));
        for (at, badge) in words.badges.into_iter().enumerate() {
            let padding = if at == 0 { padding } else { 0 };
            pieces.push((Meaning::Aside, " ".repeat(padding + 2)));
            pieces.push(badge);
        }
        pieces
    }

    /// The line of a row, cut where the width ends.
    fn line(&self, row: &Row, drawing: &Drawing, style: &Style<'_>, out: &mut String) {
        let mut pieces = self.pieces(row, drawing, style.unicode);
        while pieces.last().is_some_and(|(_, text)| text.trim_end().is_empty()) {
            pieces.pop();
        }
        let whole: usize = pieces.iter().map(|(_, text)| text.width()).sum();
        let end = if style.unicode { "…" } else { "..." };
        let is_cut = self.width.is_some_and(|width| width < whole);
        let mut left = match self.width {
            Some(width) if is_cut => width.saturating_sub(end.width()),
            _ => usize::MAX,
        };
        for (meaning, text) in pieces {
            let shown = beginning(&text, left);
            left = left.saturating_sub(text.width());
            let is_blank = shown.trim_end().is_empty();
            out.push_str(&if is_blank { shown.to_owned() } else { (style.paint)(meaning, shown) });
            if left == 0 {
                break;
            }
        }
        if is_cut {
            out.truncate(out.trim_end_matches(' ').len());
            out.push_str(beginning(end, self.width.unwrap_or_default()));
        }
        out.push('\n');
    }
}

/// How much room the badges take, with two spaces between them.
fn width_of(badges: &[(Meaning, String)]) -> usize {
    badges.iter().map(|(_, text)| text.width() + 2).sum::<usize>().saturating_sub(2)
}

/// What is to be known of a row besides its message.
fn badges(row: &Row, drawing: &Drawing, cap: &dyn Fn(&str) -> String) -> Vec<(Meaning, String)> {
    let mut badges = Vec::new();
    badges.extend(row.defects.iter().map(|defect| (Meaning::Defect, format!("! {}", cap(defect)))));
    let places = row.places();
    if !places.is_empty() {
        badges.push((Meaning::Place, format!("({})", places.join(", "))));
    }
    badges.extend(row.labels.iter().map(|label| (Meaning::Label, format!("[{}]", cap(label)))));
    if row.published == Published::No {
        badges.push((Meaning::Unpublished, "unpublished".to_owned()));
    }
    let baseline = drawing.baseline.iter().filter(|_| row.is_baseline_tip);
    badges.extend(baseline.chain(&row.refs).map(|name| (Meaning::Reference, cap(name))));
    badges.extend(row.needs.iter().map(|id| (Meaning::Aside, format!("needs {}", cap(id)))));
    badges.extend(row.beyond.iter().map(|id| (Meaning::Aside, format!("follows {}", cap(id)))));
    badges
}

/// `text` in at most `room` columns, with a sign where something was cut off.
fn fit(text: &str, room: usize, unicode: bool) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let end = if unicode { "…" } else { "..." };
    beginning(text, room.saturating_sub(end.width())).to_owned() + beginning(end, room)
}

/// As much of a text as has room in so many columns.
fn beginning(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let beyond = text.char_indices().find(|(_, c)| {
        taken += c.width().unwrap_or(0);
        taken > room
    });
    &text[..beyond.map_or(text.len(), |(at, _)| at)]
}
