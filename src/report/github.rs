//! Annotations of GitHub Actions: `::error file=...,line=...::message`, a line each, which its runner takes out of the log.
//!
//! A step may have ten of each kind, and the rest is dropped without a word: here it is kept as plain lines, and a notice
//! says so. No text of a repository can become a command of its own.

use std::fmt::Write as _;

use super::item::{Item, Weight, worst_first};
use super::sanitize::sanitize;
use super::{Report, Sources};
use crate::fix::ContentHash;
use crate::rules::words::count;

/// How many annotations of a kind are shown (GitHub's limit for a step).
const EACH: usize = 10;

/// The longest title that is shown.
const TITLE: usize = 255;

/// Every finding, the worst first: as annotations as far as they are shown, then as lines.
pub fn github(report: &Report, sources: &Sources) -> String {
    let (mut out, rest) = limited(report, sources);
    for item in &rest {
        let word = word(item.weight());
        let place = format!("{}:{}", sanitize(&item.path), item.line());
        let line = format!("{word}[{}]: {place}: {}", item.finding.rule, item.message);
        out.push_str(&harmless(&line));
        out.push('\n');
    }
    out
}

/// The annotations alone, for a run that tells everything in another form too.
pub fn annotations(report: &Report, sources: &Sources) -> String {
    limited(report, sources).0
}

/// The annotation of a run that could not work.
pub fn failure(message: &str, hint: Option<&str>) -> String {
    let lines = message.lines().chain(hint).map(|line| sanitize(line).into_owned());
    let text = lines.collect::<Vec<String>>().join("\n");
    format!("::error title=onehead could not check::{}\n", data(&text))
}

fn limited<'a>(report: &'a Report, sources: &Sources) -> (String, Vec<Item<'a>>) {
    let all = worst_first(report, sources);
    let over = |weight| all.iter().filter(|item| item.weight() == weight).count() > EACH;
    let says_more = [Weight::Error, Weight::Warning, Weight::Old].into_iter().any(over);
    let mut left = [EACH, EACH, if says_more { EACH - 1 } else { EACH }];
    let mut out = String::new();
    let mut rest = Vec::new();
    for item in all {
        let left = &mut left[item.weight() as usize];
        if *left == 0 {
            rest.push(item);
        } else {
            *left -= 1;
            out.push_str(&annotation(&item, sources));
        }
    }
    if says_more {
        let sentence = format!("{} more: the log has them all", count(rest.len(), "finding"));
        let _ = writeln!(out, "::notice title=onehead::{}", data(&sentence));
    }
    (out, rest)
}

fn annotation(item: &Item<'_>, sources: &Sources) -> String {
    let mut properties = format!("file={},line={}", property(&item.path), item.line());
    if let Some((start, end)) = item.place {
        // With columns GitHub does not show one that ends in another line.
        if start.line == end.line {
            let columns = format!(",col={},endColumn={}", start.column, end.column);
            let _ = write!(properties, ",endLine={}{columns}", end.line);
        } else {
            let _ = write!(properties, ",endLine={}", end.line);
        }
    }
    let title: String = format!("onehead: {}", item.finding.rule).chars().take(TITLE).collect();
    let word = word(item.weight());
    format!("::{word} {properties},title={}::{}\n", property(&title), data(&item.text(sources)))
}

fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Old => "notice",
    }
}

/// A message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command. No other control character belongs there.
fn property(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let text = text.replace(':', "%3A").replace(',', "%2C");
    sanitize(&text).into_owned()
}

/// Text that the runner may not take for commands, which it looks for at the beginning of a line (`::`) and, in their
/// older form, anywhere (`##[`): where it could, commands are off until a word that such a text cannot know.
pub fn inert(text: &str) -> String {
    let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    if !text.lines().any(is_command) {
        return text.to_owned();
    }
    let mut word = ContentHash::of(text.as_bytes()).hex();
    word.truncate(32);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("::stop-commands::{word}\n{text}{end}::{word}::\n")
}

/// One line that is no command, whatever is in it.
fn harmless(line: &str) -> String {
    line.replace("##[", "# #[")
}

#[cfg(test)]
mod tests {
    use super::{annotations, data, failure, github, inert, property};
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::report::testing::{HOSTILE, hostile_path, report, sources};
    use crate::report::{item, sanitize::sanitize};
    use crate::script::Span;

    #[test]
    fn an_annotation_of_a_place_of_several_lines_and_of_a_file() {
        let span = |start, end| Some(Span { start, end });
        let findings = vec![
            Diagnostic::new("cycle", "50% `a`:\nb, c")
                .at("/project/a,b:c.py", span(6, 7), "x")
                .help("do"),
            Diagnostic::new("cycle", "m").at("/project/a,b:c.py", span(0, 7), "x"),
            Diagnostic::new("stale-header", "whole").at("/project/b.py", None, ""),
            Diagnostic::new("cycle", "none"),
        ];
        let report = report(vec![("a.ini", findings)]);
        insta::assert_snapshot!(github(&report, &sources(&[("/project/a,b:c.py", "ä\nx = 1\n")])), @r"
        ::error file=a%2Cb%3Ac.py,line=2,endLine=2,col=4,endColumn=5,title=onehead%3A cycle::50%25 `a`:\nb, c%0Ahelp: do
        ::error file=a%2Cb%3Ac.py,line=1,endLine=2,title=onehead%3A cycle::m
        ::error file=b.py,line=1,title=onehead%3A stale-header::whole
        ::error file=a.ini,line=1,title=onehead%3A cycle::none
        ");
    }

    #[test]
    fn what_is_more_than_github_shows_is_said() {
        let many = |number: usize, severity, old| {
            let mut one = Diagnostic::new("cycle", "##[add-mask]m");
            (one.severity, one.old) = (severity, old);
            vec![one; number]
        };
        let mut findings = many(12, Severity::Error, false);
        findings.extend(many(3, Severity::Warning, false));
        findings.extend(many(10, Severity::Warning, true));
        let report = report(vec![("a.ini", findings)]);
        let shown = github(&report, &sources(&[]));
        let number = |start: &str| shown.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!(["::error ", "::warning ", "::notice "].map(number), [10, 3, 10]);
        insta::assert_snapshot!(shown.lines().skip(22).collect::<Vec<_>>().join("\n"), @r"
        ::notice title=onehead::3 findings more: the log has them all
        error[cycle]: a.ini:1: # #[add-mask]m
        error[cycle]: a.ini:1: # #[add-mask]m
        notice[cycle]: a.ini:1: # #[add-mask]m
        ");
        assert_eq!(annotations(&report, &sources(&[])).lines().count(), 23);
    }

    /// As the runner reads it (actions/runner, `ActionCommand.TryParseV2` and its unescaping).
    fn parse(line: &str) -> (String, Vec<(String, String)>, String) {
        let unescape = |text: &str, property: bool| {
            let text = text.replace("%0D", "\r").replace("%0A", "\n");
            let text = if property { text.replace("%3A", ":").replace("%2C", ",") } else { text };
            text.replace("%25", "%")
        };
        let (command, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (name, properties) = command.split_once(' ').unwrap();
        let pairs = properties.split(',').map(|pair| {
            let (key, value) = pair.split_once('=').unwrap();
            (key.to_owned(), unescape(value, true))
        });
        (name.to_owned(), pairs.collect(), unescape(data, false))
    }

    #[test]
    fn hostile_text_stays_text() {
        for hostile in HOSTILE {
            let path = hostile_path(hostile);
            let one = Diagnostic::new("cycle", *hostile).at(&path, None, "").note(*hostile);
            let report = report(vec![("a.ini", vec![one])]);
            let shown = github(&report, &sources(&[]));
            assert_eq!(shown.lines().count(), 1, "{shown:?}");
            let (name, properties, data) = parse(shown.trim_end_matches('\n'));
            assert_eq!(name, "error");
            let readable = item::readable(hostile);
            assert_eq!(data, format!("{readable}\n{readable}"));
            let file = sanitize(&path["/project/".len()..]).into_owned();
            let file = file.replace("\\n", "\n").replace("\\r", "\r");
            assert_eq!(properties[0].1.replace("\\n", "\n").replace("\\r", "\r"), file);
        }
    }

    #[test]
    fn a_failure_is_one_line() {
        let shown = failure("no environment\n\n::error::x 100%", Some("do"));
        assert_eq!(
            shown,
            "::error title=onehead could not check::no environment%0A%0A::error::x 100%25%0Ado\n"
        );
    }

    #[test]
    fn escapes() {
        assert_eq!(data("%0A\r\n:,"), "%250A%0D%0A:,");
        assert_eq!(property("%0A\r\n:,\u{1b}"), "%250A%0D%0A%3A%2C\\x1b");
    }

    #[test]
    fn text_with_commands_is_put_between_words_that_it_cannot_know() {
        assert_eq!(inert("a :: b\n"), "a :: b\n");
        for text in ["a ##[add-mask]x\n", "  ::error::x\n"] {
            let shown = inert(text);
            let lines: Vec<&str> = shown.lines().collect();
            let word = lines[0].strip_prefix("::stop-commands::").unwrap();
            assert_eq!(lines[2], format!("::{word}::"));
            assert!(!text.contains(word));
        }
    }
}
