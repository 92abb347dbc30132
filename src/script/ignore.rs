//! `# onehead: ignore[rule, rule]` comments.
//!
//! Generous about white space, and silent about whether the rules exist: the rule `unused-ignore` says so.

pub use super::IgnoreComment;
use super::Span;
use crate::python::decode::offset;

/// The ignore comment in a comment of the text, if it is one. It may follow other words (`# noqa  # onehead: …`).
pub fn read(text: &str, comment: Span) -> Option<IgnoreComment> {
    let source = text.get(comment.range())?;
    source.match_indices('#').find_map(|(hash, _)| {
        let start = comment.start as usize + hash;
        let rest = word(&source[hash + 1..], "onehead")?;
        let rest = word(rest, ":")?;
        let rest = word(rest, "ignore")?;
        let list = match rest.trim_start().strip_prefix('[') {
            Some(list) => list,
            // Names without brackets are no names; `ignored` is another word.
            None if rest.is_empty() || rest.starts_with([' ', '\t', ':', '=', '(']) => "",
            None => return None,
        };
        let list_at = comment.end as usize - list.len();
        let inside = &list[..list.find(']').unwrap_or(list.len())];
        let end = (list_at + inside.len() + 1).min(comment.end as usize);
        Some(IgnoreComment {
            rules: rules(inside, list_at),
            span: Span { start: offset(start), end: offset(end) },
        })
    })
}

/// What follows a word and the space before it.
fn word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.trim_start().strip_prefix(word)
}

/// The names in a comma list that stands at `at`.
fn rules(list: &str, at: usize) -> Vec<(Box<str>, Span)> {
    let mut rules = Vec::new();
    let mut start = at;
    for entry in list.split(',') {
        let name = entry.trim();
        if !name.is_empty() {
            let from = start + entry.len() - entry.trim_start().len();
            let span = Span { start: offset(from), end: offset(from + name.len()) };
            rules.push((name.into(), span));
        }
        start += entry.len() + 1;
    }
    rules
}
