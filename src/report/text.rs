//! Findings for people: source, place, notes, help, as rustc draws them.
//!
//! Pure: texts come from [`Sources`], and nothing is printed here. Everything from a repository passes through
//! [`sanitize`]; long lines are cut.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Label, Severity, Text};
use crate::report::{Counts, EnvironmentReport, Report, SourceText, Sources};
use crate::rules::words::count;

use super::concise;
use super::sanitize::{sanitize, visible};

/// How many other places are drawn with their source.
const RELATED: usize = 4;
/// How many characters of a line are shown after what is marked, and of what is marked.
const AFTER: usize = 80;
/// How many bytes of a line are shown before what is marked. More than the drawing leaves of it, so that a line that is
/// cut here is cut there too, and shown as one.
const BEFORE: usize = 1024;
/// The drawing writes after each path the column in what it was given, which is not that in the file where the line is
/// cut. There the right one is made a part of the path, and this, which [`sanitize`] leaves in no text, stands before the
/// wrong one.
const WRONG: char = '\u{1}';
/// How many lines of a longer value are given to be drawn.
const LINES: usize = 12;

/// Every finding of the report. With several environments each begins with `# <name>`; those without findings say
/// nothing.
pub fn text(report: &Report, sources: &Sources, styled: bool) -> String {
    let mut out = String::new();
    let named = report.environments.len() > 1;
    for environment in report.environments.iter().filter(|one| !one.findings.is_empty()) {
        if named {
            let _ = write!(out, "# {}\n\n", sanitize(&environment.facts.name));
        }
        for finding in &environment.findings {
            out.push_str(&self::finding(finding, sources, styled));
            out.push('\n');
        }
    }
    out
}

/// The lines for stderr: one for each environment.
pub fn summary(report: &Report) -> String {
    report.environments.iter().map(|environment| summary_line(report, environment)).collect()
}

/// With `--quiet`: one line for each error, for stderr.
pub fn quiet(report: &Report, sources: &Sources) -> String {
    let errors = report.findings().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| concise::quiet_line(finding, sources)).collect()
}

pub(super) fn summary_line(report: &Report, environment: &EnvironmentReport) -> String {
    let facts = &environment.facts;
    let counts = Counts::of(&environment.findings);
    let place = match report.snapshot.as_str() {
        "worktree" => facts.name.clone(),
        snapshot => match snapshot.strip_prefix("merge:") {
            Some(reference) => format!("{}, merge with {reference}", facts.name),
            None => format!("{}, {snapshot}", facts.name),
        },
    };
    let revisions = count(facts.revision_count, "revision");
    let old = match counts.old {
        0 => String::new(),
        number => format!(", {number} old"),
    };
    let found = if counts.errors + counts.warnings == 0 {
        let heads = count(facts.heads.len(), "head");
        let new = if counts.old > 0 { "new " } else { "" };
        format!("{heads}, {revisions}, no {new}problems{old}")
    } else {
        format!("{}{old} in {revisions}", describe(counts))
    };
    let uncertain = if environment.uncertain { "; answer not certain" } else { "" };
    format!("{found} ({}){uncertain}\n", sanitize(&place))
}

/// `1 error, 2 warnings`.
fn describe(counts: Counts) -> String {
    let some = |number: usize, noun| (number > 0).then(|| count(number, noun));
    let parts = [some(counts.errors, "error"), some(counts.warnings, "warning")];
    parts.into_iter().flatten().collect::<Vec<String>>().join(", ")
}

/// One finding, with a final newline.
pub fn finding(finding: &Diagnostic, sources: &Sources, styled: bool) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(sanitize(&finding.message).into_owned()).id(finding.rule);
    let mut group = Group::with_title(title);
    if let Some(primary) = &finding.primary {
        group = draw(group, primary, AnnotationKind::Primary, sources);
    }
    let worded = finding.related.iter().filter(|label| !label.message.is_empty());
    for label in worded.take(RELATED) {
        group = draw(group, label, AnnotationKind::Context, sources);
    }
    for note in &finding.notes {
        group = group.element(Level::NOTE.message(words(note, sources)));
    }
    for help in &finding.help {
        group = group.element(Level::HELP.message(words(help, sources)));
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n", without_wrong_places(&renderer.render(&[group])))
}

/// Takes out every [`WRONG`] with the `:line:column` behind it.
fn without_wrong_places(drawn: &str) -> String {
    let mut parts = drawn.split(WRONG);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    out
}

fn words(text: &Text, sources: &Sources) -> String {
    sanitize(&text.render(&|path| sources.from_directory(path))).into_owned()
}

fn draw<'a>(group: Group<'a>, label: &Label, kind: AnnotationKind, sources: &Sources) -> Group<'a> {
    let path = sanitize(&sources.from_directory(&label.place.path)).into_owned();
    let message = sanitize(&label.message).into_owned();
    let text = sources.texts.get(&label.place.path);
    let (Some(span), Some(text)) = (label.place.span, text) else {
        let shown = if message.is_empty() { path } else { format!("{path}: {message}") };
        return group.element(Origin::path(shown));
    };
    let excerpt = Excerpt::of(text, span.range());
    let mut mark = kind.span(excerpt.marked);
    if !message.is_empty() {
        mark = mark.label(message);
    }
    let path = if excerpt.is_cut {
        let place = text.position(span.range().start);
        format!("{path}:{}:{}{WRONG}", place.line, place.column)
    } else {
        path
    };
    let snippet = Snippet::source(excerpt.text).line_start(excerpt.line).path(path);
    group.element(snippet.annotation(mark))
}

/// The lines that are shown of a file, made harmless, with the marked bytes in them.
struct Excerpt {
    text: String,
    line: usize,
    marked: std::ops::Range<usize>,
    /// Whether the beginning of its first line is left out, so that columns cannot be counted in it.
    is_cut: bool,
}

impl Excerpt {
    fn of(source: &SourceText, span: std::ops::Range<usize>) -> Self {
        let text = source.as_str();
        let start = text.floor_char_boundary(span.start);
        let end = text.floor_char_boundary(span.end).max(start);
        let begin = source.line_start(start);
        let line = source.position(begin).line;
        let first = begin.max(text.floor_char_boundary(start.saturating_sub(BEFORE)));
        let mut shown = String::new();
        let mut marked = 0..0;
        let mut lines = 1;
        let mut after = 0;
        for (at, c) in text[first..].char_indices().map(|(at, c)| (first + at, c)) {
            if at == start {
                marked.start = shown.len();
            }
            if at <= end {
                marked.end = shown.len();
            }
            if at >= start {
                after += 1;
            }
            let ends_line = c == '\n' || c == '\r' && !text[at..].starts_with("\r\n");
            if ends_line {
                lines += 1;
                if at >= end || lines > LINES {
                    break;
                }
                shown.push('\n');
                after = 0;
            } else if c != '\r' && after <= 2 * AFTER {
                shown.push(visible(c));
            }
            if at > end && after > 2 * AFTER || shown.len() > first_column_limit(start - first) {
                break;
            }
        }
        if end >= text.len() && lines == 1 {
            marked.end = shown.len();
        }
        marked.start = marked.start.min(shown.len());
        if start >= text.len() {
            marked.start = shown.len();
        }
        marked.end = marked.end.clamp(marked.start, shown.len());
        Self { text: shown, line, marked, is_cut: first > begin }
    }
}

/// What is kept of the line before the mark is not counted.
fn first_column_limit(before: usize) -> usize {
    before.saturating_mul(3).saturating_add(LINES * 4 * 3 * AFTER)
}

#[cfg(test)]
mod tests {
    use super::{finding, quiet, summary, text};
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::report::testing::{report, sources};
    use crate::script::Span;

    fn at(text: &str, marked: &str) -> (Diagnostic, crate::report::Sources) {
        let start = u32::try_from(text.find(marked).unwrap()).unwrap();
        let span = Span { start, end: start + u32::try_from(marked.len()).unwrap() };
        let one = Diagnostic::new("cycle", "a message").at("/project/a.py", Some(span), "here");
        (one, sources(&[("/project/a.py", text)]))
    }

    #[track_caller]
    fn shown(text: &str, marked: &str) -> String {
        let (one, sources) = at(text, marked);
        finding(&one, &sources, false)
    }

    #[test]
    fn a_place_in_the_first_and_the_last_line() {
        insta::assert_snapshot!(shown("x = 1", "1"), @"
        error[cycle]: a message
         --> a.py:1:5
          |
        1 | x = 1
          |     ^ here
        ");
        insta::assert_snapshot!(shown("a\r\nb\rx = 1\n", "1"), @"
        error[cycle]: a message
         --> a.py:3:5
          |
        3 | x = 1
          |     ^ here
        ");
    }

    #[test]
    fn a_value_over_several_lines() {
        insta::assert_snapshot!(shown(
            "down_revision = (\n    \"a\",\n    \"b\",\n)\n",
            "(\n    \"a\",\n    \"b\",\n)"
        ), @r#"
        error[cycle]: a message
         --> a.py:1:17
          |
        1 |   down_revision = (
          |  _________________^
        2 | |     "a",
        3 | |     "b",
        4 | | )
          | |_^ here
        "#);
    }

    #[test]
    fn a_file_of_one_long_line_is_cut() {
        let long = format!("{}MARK{}", "x".repeat(1_000_000), "y".repeat(1_000_000));
        let shown = shown(&long, "MARK");
        assert!(shown.len() < 2_000, "{}", shown.len());
        assert!(shown.contains("a.py:1:1000001"), "{shown}");
        assert!(shown.contains("MARK"), "{shown}");
    }

    #[test]
    fn where_a_line_is_cut_does_not_show() {
        let line = |before: usize| format!("1\n{}MARK{}\n", "€".repeat(before), "y".repeat(300));
        // The first is drawn whole and cut by the drawing.
        let (whole, cut) = (shown(&line(300), "MARK"), shown(&line(400), "MARK"));
        assert!(whole.contains("--> a.py:2:301"), "{whole}");
        assert_eq!(cut, whole.replace(":301", ":401"));
        let related = |before: usize| {
            let (one, sources) = at(&line(before), "MARK");
            let place = one.primary.as_ref().unwrap().place.clone();
            let other = Diagnostic::new("cycle", "m").at("/project/b.py", None, "");
            finding(&other.also(place.path, place.span, "there"), &sources, false)
        };
        assert_eq!(related(400), related(300).replace(":301", ":401"));
    }

    #[test]
    fn a_long_marked_value_is_cut() {
        let value = "y".repeat(1_000_000);
        assert!(shown(&format!("x = {value}\n"), &value).len() < 3_000);
        let lines = "y\n".repeat(100_000);
        assert!(shown(&format!("x = {lines}z"), &lines).len() < 3_000);
    }

    #[test]
    fn nothing_untrusted_reaches_the_terminal() {
        let evil = "\u{1b}[31m\u{202e}";
        let source = format!("a{evil}b MARK {evil}\n");
        let (_, sources) = at(&source, "MARK");
        let one = Diagnostic::new("cycle", format!("m{evil}\n"))
            .at("/project/a.py", Some(Span { start: 0, end: 2 }), format!("l{evil}"))
            .note(format!("n{evil}\nnew line"))
            .help(crate::diagnostic::Text::from("in ").path(format!("/project/{evil}\n.py")));
        let shown = finding(&one, &sources, false);
        let bad = shown.chars().find(|&c| c != '\n' && super::super::sanitize::is_unsafe(c));
        assert_eq!(bad, None, "{shown:?}");
        insta::assert_snapshot!(shown, @r#"
        error[cycle]: m\x1b[31m\u{202e}\n
         --> a.py:1:1
          |
        1 | a␛[31m�b MARK ␛[31m�
          | ^^ l\x1b[31m\u{202e}
          |
          = note: n\x1b[31m\u{202e}\nnew line
          = help: in \x1b[31m\u{202e}\n.py
        "#);
    }

    #[test]
    fn spans_outside_the_text_do_no_harm() {
        for (text, start, end) in
            [("", 0, 0), ("ab", 5, 9), ("ä", 1, 1), ("ab\n", 3, 3), ("ab", 2, 1)]
        {
            let span = Some(Span { start, end });
            let one = Diagnostic::new("cycle", "m").at("/project/a.py", span, "");
            assert!(finding(&one, &sources(&[("/project/a.py", text)]), false).contains("a.py"));
        }
    }

    #[test]
    fn a_file_as_a_whole_and_no_file_at_all() {
        let whole = Diagnostic::new("cycle", "m").at("/project/a.py", None, "").note("n");
        let none = Diagnostic::new("cycle", "m").note("n").help("h");
        let sources = sources(&[]);
        insta::assert_snapshot!(format!(
            "{}\n{}",
            finding(&whole, &sources, false),
            finding(&none, &sources, false)
        ), @"
        error[cycle]: m
        --> a.py
         = note: n

        error[cycle]: m
         |
         = note: n
         = help: h
        ");
    }

    #[test]
    fn colour_only_when_asked() {
        let (one, sources) = at("x = 1", "1");
        assert!(finding(&one, &sources, true).contains('\u{1b}'));
        assert!(!finding(&one, &sources, false).contains('\u{1b}'));
    }

    #[test]
    fn summaries() {
        let error = Diagnostic::new("cycle", "m");
        let mut warning = Diagnostic::new("stale-header", "w");
        warning.severity = Severity::Warning;
        let one = |findings: Vec<Diagnostic>| summary(&report(vec![("alembic.ini", findings)]));
        assert_eq!(one(vec![]), "1 head, 344 revisions, no problems (alembic.ini)\n");
        assert_eq!(one(vec![error.clone()]), "1 error in 344 revisions (alembic.ini)\n");
        let three = vec![error, warning.clone(), warning];
        assert_eq!(one(three), "1 error, 2 warnings in 344 revisions (alembic.ini)\n");
        let mut index = report(vec![("alembic.ini", vec![])]);
        index.snapshot = "index".into();
        index.environments[0].uncertain = true;
        assert_eq!(
            summary(&index),
            "1 head, 344 revisions, no problems (alembic.ini, index); answer not certain\n"
        );
        index.snapshot = "merge:origin/main".into();
        assert!(summary(&index).contains("(alembic.ini, merge with origin/main)"));
    }

    #[test]
    fn several_environments_are_named() {
        let (one, sources) = at("x = 1", "1");
        let report =
            report(vec![("a.ini", vec![one.clone()]), ("clean.ini", vec![]), ("b.ini", vec![one])]);
        insta::assert_snapshot!(text(&report, &sources, false), @"
        # a.ini

        error[cycle]: a message
         --> a.py:1:5
          |
        1 | x = 1
          |     ^ here

        # b.ini

        error[cycle]: a message
         --> a.py:1:5
          |
        1 | x = 1
          |     ^ here
        ");
    }

    #[test]
    fn quiet_is_one_line_per_error() {
        let (one, sources) = at("x = 1", "1");
        let mut warning = one.clone();
        warning.severity = Severity::Warning;
        let report = report(vec![("a.ini", vec![one, warning])]);
        assert_eq!(quiet(&report, &sources), "a.py:1:5: cycle a message\n");
    }
}
