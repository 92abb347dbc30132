//! `explain`: what a rule, or an error message of Alembic, means and what to do about it.
//!
//! A catalogue of sentences with holes is laid over whatever was pasted, a whole traceback too. The same catalogue
//! makes `docs/troubleshooting.md`. Nothing here looks at the project.

mod catalogue;

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::report::sanitize::sanitize;
use crate::rules::settings::nearest_rule;
use crate::rules::{RULES, find};

pub use catalogue::{CATALOGUE, Known};

/// What there is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explanation {
    /// A rule's page, in Markdown.
    Rule(&'static str),
    /// A message of Alembic, explained.
    Error(String),
    /// Neither a rule nor a message that is known.
    Unknown {
        /// The rule that was probably meant.
        nearest: Option<&'static str>,
    },
}

/// What `argument`, a rule's name or a pasted message, means.
pub fn explain(argument: &str) -> Explanation {
    let text = &*collapse(argument);
    let text = &*sanitize(text);
    if let Some(rule) = find(text.trim()) {
        return Explanation::Rule(rule.page);
    }
    // As it stands in a report: `error[multiple-heads]: ...`.
    let named = RULES.iter().find(|rule| text.contains(&format!("[{}]", rule.name)));
    if let Some(rule) = named {
        return Explanation::Rule(rule.page);
    }
    match best_match(text) {
        Some((known, values)) => Explanation::Error(known.render(&values)),
        None => Explanation::Unknown { nearest: nearest_rule(text.trim()) },
    }
}

/// The last message in the text that is known; of two at one place the longer one. A traceback ends with what counts.
fn best_match(text: &str) -> Option<(&'static Known, Vec<&str>)> {
    let found = CATALOGUE.iter().filter_map(|known| {
        let (at, end, values) = last_match(text, known.message)?;
        Some(((end, std::cmp::Reverse(at)), known, values))
    });
    let best = found.max_by_key(|(key, ..)| *key);
    best.map(|(_, known, values)| (known, values))
}

/// The last place where `pattern` stands in `text`, each `{name}` in it standing for any few words: start, end of the
/// last literal piece, and what stands for the holes.
fn last_match<'t>(text: &'t str, pattern: &str) -> Option<(usize, usize, Vec<&'t str>)> {
    let pieces = pieces(pattern);
    let first = pieces.first()?;
    let mut matches = text.match_indices(first).map(|(at, _)| at).collect::<Vec<usize>>();
    // A pasted file is no message; the last few places are enough.
    let keep = matches.len().saturating_sub(100);
    matches.drain(..keep);
    matches.into_iter().rev().find_map(|at| {
        let mut values = Vec::new();
        let mut end = at + first.len();
        for piece in &pieces[1..] {
            let rest = &text[end..];
            let length = if piece.is_empty() { open_end(rest) } else { rest.find(piece)? };
            if length > HOLE {
                return None;
            }
            values.push(&rest[..length]);
            end += length + piece.len();
        }
        Some((at, end, values))
    })
}

/// How many bytes at most stand for a hole.
const HOLE: usize = 300;

/// A hole at the end takes one word, in quotes if it begins with one.
fn open_end(rest: &str) -> usize {
    match rest.chars().next() {
        Some(quote @ ('\'' | '"')) => rest[1..].find(quote).map_or(rest.len(), |at| at + 2),
        _ => rest.find(' ').unwrap_or(rest.len()),
    }
}

/// The literal pieces of a pattern, between the holes.
fn pieces(pattern: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some((piece, after)) = rest.split_once('{') {
        pieces.push(piece);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    pieces.push(rest);
    pieces
}

/// The names of the holes of a pattern.
fn holes(pattern: &str) -> Vec<&str> {
    let after = pattern.split('{').skip(1);
    after.filter_map(|piece| piece.split_once('}')).map(|(name, _)| name).collect()
}

/// One line, every run of white space one space: terminals and issue trackers wrap what is pasted. The colours of a
/// log (`ESC [ ... m`) are left out.
fn collapse(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for (nth, piece) in text.split("\u{1b}[").enumerate() {
        let colour = piece
            .split_once('m')
            .filter(|(codes, _)| nth > 0 && codes.chars().all(|c| c.is_ascii_digit() || c == ';'));
        plain.push_str(colour.map_or(piece, |(_, after)| after));
    }
    plain.split_whitespace().collect::<Vec<&str>>().join(" ")
}

impl Known {
    /// The explanation with `values` for the holes of the message.
    fn render(&self, values: &[&str]) -> String {
        let fill = |text: &str| self.fill(text, values);
        let mut out = format!("{}\n\n{}\n\n", fill(self.message), wrap(&fill(self.cause)));
        let harmless = self.harmless(values);
        let harmless: Vec<&str> = harmless.iter().map(|value| &**value).collect();
        let steps: Vec<String> = self.steps.iter().map(|step| self.fill(step, &harmless)).collect();
        for step in aligned(&steps) {
            let _ = writeln!(out, "  {step}");
        }
        if let Some(rule) = self.rule {
            let _ = writeln!(out, "\nmore: onehead explain {rule}");
        }
        out
    }

    /// The values as they may stand in a command that is pasted: one that a shell would take for more than a word
    /// stays a hole.
    fn harmless<'v>(&self, values: &[&'v str]) -> Vec<Cow<'v, str>> {
        let is_plain = |c: char| c.is_alphanumeric() || "_.-/:@".contains(c);
        let names = holes(self.message);
        let pairs = names.iter().zip(values);
        let value = |(name, value): (&&str, &&'v str)| {
            let plain = value.chars().all(is_plain) && !value.starts_with('-');
            if plain { Cow::Borrowed(*value) } else { Cow::Owned(format!("<{name}>")) }
        };
        pairs.map(value).collect()
    }

    fn fill(&self, text: &str, values: &[&str]) -> String {
        let names = holes(self.message);
        names.iter().zip(values).fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }
}

/// What a step begins with when it is a command.
const PROGRAMS: [&str; 7] = ["onehead ", "alembic ", "git ", "python3 ", "head ", "sed ", "cat "];

/// The steps with their remarks, which stand after three spaces or more, in one column. After a command the remark is a
/// comment, so that the whole line can be pasted.
fn aligned(steps: &[String]) -> Vec<String> {
    let pairs: Vec<(&str, &str)> =
        steps.iter().map(|step| step.split_once("   ").unwrap_or((step, ""))).collect();
    let remarked = pairs.iter().filter(|(_, remark)| !remark.is_empty());
    let width = remarked.map(|(step, _)| step.chars().count()).max().unwrap_or(0);
    let line = |&(step, remark): &(&str, &str)| match remark.trim_start() {
        "" => step.to_owned(),
        remark if PROGRAMS.iter().any(|program| step.starts_with(program)) => {
            format!("{step:width$}   # {remark}")
        }
        remark => format!("{step:width$}   {remark}"),
    };
    pairs.iter().map(line).collect()
}

/// The text in lines of at most a hundred columns.
fn wrap(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut()
            && (line.is_empty() || line.chars().count() + 1 + word.chars().count() <= 100)
        {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

/// `docs/troubleshooting.md`.
pub fn troubleshooting() -> String {
    let mut out = String::from(INTRODUCTION);
    for known in CATALOGUE {
        let shown = readable(known.message);
        let _ = writeln!(out, "\n## `{shown}`\n\n{}", wrap(&readable(known.cause)));
        if !known.steps.is_empty() {
            out.push_str("\n```text\n");
            let steps: Vec<String> = known.steps.iter().map(|step| readable(step)).collect();
            for step in aligned(&steps) {
                let _ = writeln!(out, "{step}");
            }
            out.push_str("```\n");
        }
        if let Some(rule) = known.rule {
            let _ = writeln!(out, "\nMore: [`{rule}`](rules.md#{rule}).");
        }
    }
    out
}

const INTRODUCTION: &str = "# Troubleshooting

What the error messages around Alembic histories mean, and what to do. `onehead explain \"<message>\"` gives
the same answers with the ids of your message filled in; a whole traceback can be pasted.

This file is generated from `src/explain/catalogue.rs`.
";

/// The text with its holes as `<name>`.
fn readable(text: &str) -> String {
    text.replace('{', "<").replace('}', ">")
}

/// `docs/rules.md`: the table of rules, then every page.
pub fn rules_document() -> String {
    let mut out = String::from(
        "# Rules\n\nThis file is generated from `src/rules.rs` and the pages beside it.\n\n\
         | rule | default | finds |\n|---|---|---|\n",
    );
    for rule in RULES {
        let name = rule.name;
        let _ =
            writeln!(out, "| [`{name}`](#{name}) | {} | {} |", rule.level.as_str(), rule.summary);
    }
    for rule in RULES {
        out.push('\n');
        let mut fenced = false;
        for line in rule.page.lines() {
            fenced ^= line.starts_with("```");
            let heading = !fenced && line.starts_with('#');
            out.push_str(if heading { "#" } else { "" });
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{CATALOGUE, Explanation, explain, holes};
    use crate::rules::{RULES, find};

    #[track_caller]
    fn error(pasted: &str) -> String {
        match explain(pasted) {
            Explanation::Error(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_rule_is_explained() {
        for rule in RULES {
            assert_eq!(explain(rule.name), Explanation::Rule(rule.page));
        }
    }

    #[test]
    fn a_line_of_a_report_names_its_rule() {
        let page = find("missing-parent").unwrap().page;
        assert_eq!(explain("error[missing-parent]: `a` follows `b`"), Explanation::Rule(page));
    }

    #[test]
    fn a_misspelled_rule_is_suggested() {
        let nearest = Some("multiple-heads");
        assert_eq!(explain("multiple-head"), Explanation::Unknown { nearest });
        assert_eq!(explain("it does not work"), Explanation::Unknown { nearest: None });
        assert_eq!(explain(""), Explanation::Unknown { nearest: None });
    }

    #[test]
    fn the_ids_of_the_message_are_filled_in() {
        insta::assert_snapshot!(error("FAILED: Can't locate revision identified by 'abc123'"), @"
        Can't locate revision identified by 'abc123'

        No file defines `abc123`, or nothing begins with it. When it comes from `upgrade` or `current`, the
        database is stamped with it: the file was deleted or renumbered, lies on another branch, or was
        never committed.

          onehead show abc123              # is it there, as Alembic would look for it?
          onehead environments             # are these the folders you mean?
          onehead where abc123             # what became of it: deleted, renumbered, or on another branch
          onehead where abc123 --restore   # brings its file back
          only if the schema is exactly that of another revision: alembic stamp --purge <that revision>

        more: onehead explain missing-parent
        ");
    }

    #[test]
    fn wrapped_messages_are_understood() {
        let text = error(
            "FAILED: Multiple head revisions are present for given argument\n  'head'; please specify a specific target\n  revision, '<branchname>@head' to narrow to a specific head, or 'heads' for all heads",
        );
        insta::assert_snapshot!(text, @"
        Multiple head revisions are present for given argument 'head'

        The history has several heads: two revisions that nothing follows. Mostly two branches each added a
        migration after the same parent; git merged both files without a conflict. Alembic refuses to choose
        between them.

          onehead check    # both heads, where they part, and how to mend it
          onehead rebase   # puts what is unpublished on top of what is published
          onehead merge    # joins them with an empty merge revision
          or edit down_revision of one of them, when it has not run anywhere else yet

        more: onehead explain multiple-heads
        ");
    }

    #[test]
    fn the_last_error_of_a_traceback_counts() {
        let traceback = "Traceback (most recent call last):\n  File \"/usr/lib/python3/site-packages/alembic/script/revision.py\", line 430, in _map\nKeyError: 'first'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"x.py\", line 1\nKeyError: 'c3d9'\n";
        assert!(error(traceback).starts_with("KeyError: 'c3d9'"), "{}", error(traceback));
    }

    #[test]
    fn every_message_of_the_catalogue_explains_itself() {
        for known in CATALOGUE {
            let mut pasted = known.message.to_owned();
            for hole in holes(known.message) {
                pasted = pasted.replace(&format!("{{{hole}}}"), "x1");
            }
            let text = error(&format!("FAILED: {pasted}"));
            let first = text.lines().next().unwrap();
            assert!(pasted.starts_with(first), "{pasted:?} is taken for {first:?}");
            assert!(!text.contains('{'), "{text}");
        }
    }

    #[test]
    fn steps_never_endanger_data() {
        for known in CATALOGUE {
            for step in known.steps {
                assert!(!step.contains("alembic downgrade"), "{step}");
                assert!(!step.contains("git stash"), "{step}");
            }
        }
    }

    #[test]
    fn rules_that_are_named_exist() {
        for rule in CATALOGUE.iter().filter_map(|known| known.rule) {
            assert!(find(rule).is_some(), "{rule}");
        }
    }

    #[test]
    fn what_is_pasted_does_no_harm() {
        let text = error("KeyError: '$(touch x)'");
        assert!(text.starts_with("KeyError: '$(touch x)'"), "{text}");
        assert!(text.contains("onehead where <id>"), "{text}");
        let text = error("\u{1b}[31mKeyError:\u{1b}[0m 'a\u{1b}]0;x\u{7}'");
        assert!(text.starts_with("KeyError: 'a\\x1b]0;x\\x07'"), "{text}");
    }

    #[test]
    fn a_megabyte_of_text_is_no_trouble() {
        let text = "KeyError: ".repeat(100_000);
        assert!(matches!(explain(&text), Explanation::Unknown { .. } | Explanation::Error(_)));
    }
}
