//! The summary of a job of GitHub Actions, in Markdown: what was found in each environment, and the picture of a forked one.
//!
//! No text of a repository is Markdown or HTML there: every sign that could be is written by its number. What does not fit
//! is left out with a word on it.

use std::fmt::Write as _;

use super::item::{Item, Weight, items};
use super::sanitize::sanitize;
use super::{EnvironmentReport, Report, Sources};
use crate::draw::terminal::{self, Style};
use crate::draw::{Drawing, mermaid};
use crate::rules::words::count;

/// How many bytes a step may write (GitHub's limit is 1 MiB, beyond which it shows nothing).
pub const LIMIT: usize = 1024 * 1024;

/// What is kept free for the last lines.
const RESERVE: usize = 500;

/// How many lines of a picture in text are worth scrolling through.
const PICTURE: usize = 200;

/// The section of each environment, in at most `room` bytes; `drawings` are those of the environments that are to be seen.
pub fn job_summary(
    report: &Report,
    sources: &Sources,
    drawings: &[Option<Drawing>],
    room: usize,
) -> String {
    let mut out = String::new();
    let mut left_out = 0;
    for (at, environment) in report.environments.iter().enumerate() {
        section(report, environment, sources, room, &mut out, &mut left_out);
        if let Some(Some(drawing)) = drawings.get(at) {
            picture(&drawing.folded(), room, &mut out);
        }
    }
    if left_out > 0 {
        let _ = write!(out, "{} more: the log has them all\n\n", count(left_out, "finding"));
    }
    // Not even a heading has a place.
    if out.len() > room { String::new() } else { out }
}

fn section(
    report: &Report,
    environment: &EnvironmentReport,
    sources: &Sources,
    room: usize,
    out: &mut String,
    left_out: &mut usize,
) {
    let found = items(environment, sources);
    let line = super::text::summary_line(report, environment);
    let heading = format!("### onehead: {}\n\n", markdown(line.trim_end()));
    if out.len() + heading.len() + RESERVE > room {
        *left_out += found.len();
        return;
    }
    out.push_str(&heading);
    for (at, item) in found.iter().enumerate() {
        let entry = entry(item, sources);
        if out.len() + entry.len() + RESERVE > room {
            *left_out += found.len() - at;
            break;
        }
        out.push_str(&entry);
    }
    if !found.is_empty() {
        out.push('\n');
    }
}

/// The shape of a history: as a flowchart where one can be read, and as text, which mail and telephones show too.
fn picture(drawing: &Drawing, room: usize, out: &mut String) {
    let flowchart = mermaid::flowchart(std::slice::from_ref(drawing));
    let flowchart = flowchart.map_or(String::new(), |text| format!("```mermaid\n{text}```\n\n"));
    let text = terminal::terminal(drawing, &Style::plain(true));
    let mut lines: Vec<String> = text.lines().take(PICTURE).map(numbered).collect();
    if text.lines().count() > PICTURE {
        lines.push("onehead graph draws the rest".to_owned());
    }
    let (summary, lines) = ("The history as text", lines.join("\n"));
    let folded = format!(
        "<details{open}><summary>{summary}</summary>\n\n<pre>\n{lines}\n</pre>\n\n</details>\n\n",
        open = if flowchart.is_empty() { " open" } else { "" },
    );
    for part in [flowchart, folded] {
        if out.len() + part.len() + RESERVE <= room {
            out.push_str(&part);
        }
    }
}

/// A finding as an item of a list, with what explains it folded away.
fn entry(item: &Item<'_>, sources: &Sources) -> String {
    let word = match item.weight() {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Old => "old",
    };
    let place = format!("{}:{}", sanitize(&item.path), item.line());
    let mut entry = format!(
        "- **{word}** [{rule}]({address}): {message} (<code>{place}</code>)\n",
        rule = item.finding.rule,
        address = super::rule_address(item.finding.rule),
        message = markdown(&item.message),
        place = numbered(&place),
    );
    for line in item.details(sources) {
        let _ = writeln!(entry, "  - {}", markdown(&line));
    }
    entry
}

/// Text in which only pairs of backticks mean something.
fn markdown(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    let is_paired = pieces.len() % 2 == 1;
    let piece = |(at, piece): (usize, &&str)| match at % 2 {
        1 if is_paired => format!("<code>{}</code>", numbered(piece)),
        _ => numbered(piece),
    };
    let pieces = pieces.iter().enumerate().map(piece);
    pieces.collect::<Vec<String>>().join(if is_paired { "" } else { "&#96;" })
}

/// Text with every sign that Markdown or HTML could take for more by its number.
fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && !",.-".contains(c) {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, job_summary, markdown};
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::report::item::readable;
    use crate::report::testing::{HOSTILE, hostile_path, report, sources};

    #[test]
    fn a_summary() {
        let mut warning = Diagnostic::new("stale-header", "w").at("/project/b.py", None, "");
        warning.severity = Severity::Warning;
        let one = Diagnostic::new("cycle", "in a circle: `a_b` -> `c|d`").note("n").help("do");
        let report = report(vec![("a.ini", vec![one, warning]), ("b.ini", vec![])]);
        insta::assert_snapshot!(job_summary(&report, &sources(&[]), &[], LIMIT), @r"
        ### onehead: 1 error, 1 warning in 344 revisions &#40;a.ini&#41;

        - **error** [cycle](https://github.com/onehead/onehead/blob/main/docs/rules.md#cycle): in a circle&#58; <code>a&#95;b</code> -&#62; <code>c&#124;d</code> (<code>a.ini&#58;1</code>)
          - n
          - help&#58; do
        - **warning** [stale-header](https://github.com/onehead/onehead/blob/main/docs/rules.md#stale-header): w (<code>b.py&#58;1</code>)

        ### onehead: 1 head, 344 revisions, no problems &#40;b.ini&#41;
        ");
    }

    /// What a browser makes of numbered signs.
    fn decoded(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("&#") {
            let (number, after) = after.split_once(';').unwrap();
            out.push_str(before);
            out.push(char::from(number.parse::<u8>().unwrap()));
            rest = after;
        }
        out + rest
    }

    #[test]
    fn hostile_text_is_no_markdown() {
        for hostile in HOSTILE {
            let readable = readable(hostile);
            let shown = markdown(&readable);
            let bare = shown.replace("<code>", "`").replace("</code>", "`");
            let bad = bare.chars().find(|&c| "<>[]()*_!|@\\~:/\n".contains(c));
            assert_eq!(bad, None, "{shown}");
            assert_eq!(decoded(&bare), readable);
            let one = Diagnostic::new("cycle", *hostile).at(hostile_path(hostile), None, "");
            let shown =
                job_summary(&report(vec![(*hostile, vec![one])]), &sources(&[]), &[], LIMIT);
            assert_eq!(shown.lines().count(), 4, "{shown}");
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let many = vec![Diagnostic::new("cycle", "x".repeat(3000)); 1000];
        let report = report(vec![("a.ini", many)]);
        let shown = job_summary(&report, &sources(&[]), &[], LIMIT);
        assert!(shown.len() <= LIMIT && shown.len() > LIMIT - 4000, "{}", shown.len());
        let last = shown.trim_end().lines().next_back().unwrap();
        let listed = shown.matches("- **error**").count();
        assert_eq!(last, format!("{} findings more: the log has them all", 1000 - listed));
        assert_eq!(job_summary(&report, &sources(&[]), &[], 10), "");
    }
}
