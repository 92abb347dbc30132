//! The rows of a history as items of a list: what is seen of each, and what it says about itself when it is opened.
//!
//! Both are plain elements that fold and unfold by themselves; no script is needed for it.

use std::fmt::Write as _;
use std::ops::Range;

use super::{Anchors, ID_WIDTH, lanes, text};
use crate::draw::{Drawing, Kind, Published, Row};
use crate::rules::words::count;

/// A message of more characters is shown whole among the details.
const LONG: usize = 70;

/// What every row of one environment needs.
pub(super) struct Place<'a> {
    environment: usize,
    drawing: &'a Drawing,
    anchors: &'a Anchors,
    measure: lanes::Measure,
    /// How many rows the environments before have.
    before: usize,
    is_folded: bool,
}

impl<'a> Place<'a> {
    pub(super) fn new(
        environment: usize,
        drawing: &'a Drawing,
        anchors: &'a Anchors,
        is_folded: bool,
    ) -> Self {
        let before = anchors.0[..environment].iter().map(Vec::len).sum();
        Self {
            environment,
            drawing,
            anchors,
            measure: lanes::Measure::of(drawing),
            before,
            is_folded,
        }
    }

    /// A way to a row: its id, and what it is about.
    pub(super) fn link(&self, at: usize) -> String {
        let row = &self.drawing.rows[at];
        let name = text(&self.anchors.0[self.environment][at]);
        let about = match row.kind {
            Kind::Missing => row.defects.first().map(|defect| text(defect)),
            Kind::Revision | Kind::Run => lines(row).next().map(text),
        };
        let about = about.unwrap_or_default();
        format!("<a href=\"#{name}\"><code>{}</code></a> {about}", text(&row.id))
    }

    /// What a row follows, by the numbers of rows on the page, each with the lane of the line to it. What would close a
    /// circle has none.
    fn followed(&self, at: usize) -> Vec<String> {
        let edges = &self.drawing.edges;
        let first = edges.partition_point(|edge| edge.from < at);
        let own = edges[first..].iter().take_while(|edge| edge.from == at);
        let number = |row: usize| row + self.before;
        let drawn = own.map(|edge| format!("{}:{}", number(edge.to), edge.lane));
        let circles = self.drawing.rows[at].circles.iter();
        drawn.chain(circles.map(|&row| number(row).to_string())).collect()
    }
}

/// All rows, those of each run inside of an item of its own.
pub(super) fn rows(place: &Place<'_>, out: &mut String) {
    let mut next = 0;
    for run in &place.drawing.runs {
        (next..run.start).for_each(|at| item(at, place, out));
        folded(run, place, out);
        next = run.end;
    }
    (next..place.drawing.rows.len()).for_each(|at| item(at, place, out));
}

fn folded(run: &Range<usize>, place: &Place<'_>, out: &mut String) {
    let rows = &place.drawing.rows[run.clone()];
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
    let open = if place.is_folded { "" } else { " open" };
    let _ = write!(out, "<li class=\"run\"><details{open}><summary>");
    lanes::run(first, place.measure, out);
    let _ = write!(
        out,
        "<span class=\"of\"><b>{}</b> <span class=\"span\">{} to {}</span></span></summary>\n\
         <ol role=\"list\">\n",
        count(rows.len(), "revision"),
        text(&last.id),
        text(&first.id)
    );
    run.clone().for_each(|at| item(at, place, out));
    out.push_str("</ol></details></li>\n");
}

fn item(at: usize, place: &Place<'_>, out: &mut String) {
    let row = &place.drawing.rows[at];
    let class = if row.kind == Kind::Missing { "rev ghost" } else { "rev" };
    let name = text(&place.anchors.0[place.environment][at]);
    let _ = write!(out, "<li class=\"{class}\" id=\"{name}\"");
    let needed = row.dependencies.iter().map(|row| (row + place.before).to_string()).collect();
    for (name, numbers) in [("down", place.followed(at)), ("needs", needed)] {
        if !numbers.is_empty() {
            let _ = write!(out, " data-{name}=\"{}\"", numbers.join(" "));
        }
    }
    out.push_str("><details><summary>");
    lanes::row(row, place.measure, out);
    let _ = write!(out, "<code class=\"id\">{}</code> <span class=\"text\">", text(&row.id));
    out.push_str(&message(row));
    badges(row, place, out);
    out.push_str("</span>");
    if let Some(day) = row.date.as_deref().and_then(day) {
        let _ = write!(out, " <time>{day}</time>");
    }
    out.push_str("</summary><dl>");
    details(row, place, out);
    out.push_str("</dl></details></li>\n");
}

/// The first line of the message, or what is known in its place.
fn message(row: &Row) -> String {
    if row.kind == Kind::Missing {
        // Its badge says it.
        return String::new();
    }
    match lines(row).next() {
        Some(first) => format!("<span class=\"message\">{}</span>", text(first)),
        None => "<span class=\"message none\">no message</span>".to_owned(),
    }
}

/// The lines of the message, without what is around them.
fn lines(row: &Row) -> impl Iterator<Item = &str> {
    row.message.trim().lines().map(str::trim)
}

/// The day of a date, where it begins with one.
fn day(date: &str) -> Option<&str> {
    let day = date.get(..10)?;
    let is_day = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_day.then_some(day)
}

/// What stands beside the message, each with its class; last what the sign alone tells those who see it.
fn badges(row: &Row, place: &Place<'_>, out: &mut String) {
    let mut badges: Vec<(&str, &str)> = Vec::new();
    if row.is_head {
        badges.push(("head", "head"));
    }
    badges.extend(row.defects.iter().map(|defect| ("alarm", defect.as_str())));
    badges.extend(row.labels.iter().map(|label| ("label", label.as_str())));
    if row.published == Published::No {
        badges.push(("fresh", "unpublished"));
    }
    if row.is_baseline_tip {
        badges.extend(place.drawing.baseline.as_deref().map(|name| ("ref", name)));
    }
    badges.extend(row.refs.iter().map(|name| ("ref", name.as_str())));
    let needs: Vec<String> = row.needs.iter().map(|id| format!("needs {id}")).collect();
    badges.extend(needs.iter().map(|needs| ("needs", needs.as_str())));
    let kinds = [
        (row.is_merge_point, "merge point"),
        (row.is_branch_point, "branch point"),
        (row.is_base, "base"),
    ];
    badges.extend(kinds.iter().filter(|(is_so, _)| *is_so).map(|(_, word)| ("unseen", *word)));
    if badges.is_empty() {
        return;
    }
    out.push_str(" <span class=\"badges\">");
    for (class, words) in badges {
        let _ = write!(out, " <span class=\"{class}\">{}</span>", text(words));
    }
    out.push_str("</span>");
}

/// Terms and what stands behind them.
fn details(row: &Row, place: &Place<'_>, out: &mut String) {
    if row.id.chars().count() > ID_WIDTH {
        entry("Id", &format!("<code>{}</code>", text(&row.id)), out);
    }
    let mut all = lines(row);
    if all.next().is_some_and(|first| first.chars().count() > LONG) || all.next().is_some() {
        let whole = lines(row).map(text).collect::<Vec<_>>().join("\n");
        let _ = write!(out, "<dt>Message</dt><dd class=\"whole\">{whole}</dd>");
    }
    if let Some(path) = &row.path {
        let path = text(path);
        let _ = write!(out, "<dt>File</dt><dd class=\"path\"><code>{path}</code></dd>");
    }
    let beyond = row.beyond.iter().map(|id| format!("<code>{}</code> (not drawn)", text(id)));
    list("Follows", row.parents.iter().map(|&at| place.link(at)).chain(beyond), out);
    list("Follows, in a circle", row.circles.iter().map(|&at| place.link(at)), out);
    list("Followed by", row.children.iter().map(|&at| place.link(at)), out);
    list("Needs", row.dependencies.iter().map(|&at| place.link(at)), out);
    list("Labels", row.labels.iter().map(|label| text(label)), out);
    if let Some(date) = &row.date {
        entry("Created", &text(date), out);
    }
    list("Branches", row.refs.iter().map(|name| text(name)), out);
    let baseline = place.drawing.baseline.as_deref().map(text).unwrap_or_default();
    match row.published {
        Published::Yes => entry("Published", &format!("on {baseline}"), out),
        Published::No => entry("Published", &format!("not on {baseline} yet"), out),
        Published::Unknown => {}
    }
    list("Defects", row.defects.iter().map(|defect| text(defect)), out);
}

fn entry(term: &str, html: &str, out: &mut String) {
    let _ = write!(out, "<dt>{term}</dt><dd>{html}</dd>");
}

fn list(term: &str, items: impl Iterator<Item = String>, out: &mut String) {
    let items: Vec<String> = items.collect();
    if !items.is_empty() {
        entry(term, &format!("<ul><li>{}</li></ul>", items.join("</li><li>")), out);
    }
}
