//! Adding an entry to a `.pre-commit-config.yaml`, as text.
//!
//! YAML is not parsed, and nothing but the new lines is written: every other byte stays. What is understood is a file in
//! which `repos:` stands at the beginning of a line and has its entries below it, each behind a dash, or `[]`. Anything
//! else is refused, and whoever asks prints what to add.

/// A repository for `repos`, with the ids of its hooks.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its address.
    pub repository: &'a str,
    /// The tag.
    pub revision: &'a str,
    /// The ids.
    pub hooks: &'a [&'a str],
}

/// The file with `entry` as the last of its repositories; or why it is not understood, as the end of a sentence.
pub fn append(bytes: &[u8], entry: &Entry<'_>) -> Result<Vec<u8>, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    let lines: Vec<Line<'_>> = lines(text);
    let ending =
        if lines.first().is_some_and(|line| line.raw.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let repos = find(&lines)?;
    let list = List::read(&lines, repos)?;
    // The line end that has to be added would become part of such a text.
    if !lines[list.last].raw.ends_with('\n') && lines[repos..=list.last].iter().any(begins_text) {
        return Err("its last line has no end, and may be part of a text");
    }
    let mut new = list.style.render(entry, ending);
    if list.is_spaced {
        new.insert_str(0, ending);
    }
    let mut result = String::with_capacity(text.len() + new.len() + 2);
    for (at, line) in lines.iter().enumerate() {
        if at == repos && list.is_empty {
            result.push_str(&without_brackets(line.raw));
        } else {
            result.push_str(line.raw);
        }
        if at == list.last {
            if !result.ends_with('\n') {
                result.push_str(ending);
            }
            result.push_str(&new);
        }
    }
    Ok(result.into_bytes())
}

/// A line with its end, and what can be seen of it.
struct Line<'a> {
    raw: &'a str,
    indent: usize,
    /// Without indentation, comment and what is blank at the end; empty for a comment.
    content: &'a str,
    is_comment: bool,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let line = |raw| {
        let text: &str = raw;
        let text = text.trim_end().trim_start_matches('\u{feff}');
        let content = text.trim_start_matches(' ');
        let is_comment = content.starts_with('#');
        let comment = content.find(" #").unwrap_or(content.len());
        Line {
            raw,
            indent: text.len() - content.len(),
            content: if is_comment { "" } else { content[..comment].trim_end() },
            is_comment,
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// Whether a line is followed by a text in lines of their own, whose last line end counts.
fn begins_text(line: &Line<'_>) -> bool {
    let mark = line.content.rsplit(' ').next().unwrap_or_default();
    let mark = mark.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(mark, "|" | ">")
}

/// What follows the key `repos` on this line.
fn value<'a>(line: &Line<'a>) -> Option<&'a str> {
    let keys = ["repos", "\"repos\"", "'repos'"];
    let rest = keys.iter().find_map(|key| line.content.strip_prefix(key))?;
    let value = rest.trim_start().strip_prefix(':')?;
    (line.indent == 0 && (value.is_empty() || value.starts_with([' ', '\t']))).then(|| value.trim())
}

/// The one line on which `repos:` stands.
fn find(lines: &[Line<'_>]) -> Result<usize, &'static str> {
    if lines
        .iter()
        .skip_while(|line| line.content.is_empty())
        .skip(1)
        .any(|line| line.raw.starts_with("---"))
    {
        return Err("it holds several documents");
    }
    // What is blank at the end of such a text belongs to it, and would move.
    if lines.iter().any(|line| line.content.ends_with("|+") || line.content.ends_with(">+")) {
        return Err("it holds a text that keeps its blank lines");
    }
    let mut found = (0..lines.len()).filter(|&at| value(&lines[at]).is_some());
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        (None, _) => Err("no line of it begins with `repos:`"),
        (Some(_), Some(_)) => Err("several lines of it begin with `repos:`"),
    }
}

/// `repos: []` becomes `repos:`.
fn without_brackets(line: &str) -> String {
    match (line.find('['), line.find(']')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", line[..open].trim_end_matches([' ', '\t']), &line[close + 1..])
        }
        _ => line.to_owned(),
    }
}

/// The entries below `repos:`.
struct List {
    /// The line after which a further one goes.
    last: usize,
    is_empty: bool,
    /// Whether a blank line stands between entries.
    is_spaced: bool,
    style: Style,
}

impl List {
    fn read(lines: &[Line<'_>], repos: usize) -> Result<Self, &'static str> {
        let value = value(&lines[repos]).unwrap_or_default();
        let is_brackets = value.starts_with('[') && value[1..].trim() == "]";
        let empty =
            Self { last: repos, is_empty: is_brackets, is_spaced: false, style: Style::default() };
        if is_brackets {
            return Ok(empty);
        }
        if !value.is_empty() {
            return Err("its `repos` are not a list with a dash for each entry");
        }
        let below = (repos + 1..lines.len()).filter(|&at| !lines[at].content.is_empty());
        let below: Vec<usize> = below.collect();
        let is_key = |line: &Line<'_>| line.indent == 0 && !is_item(line);
        let Some(&first) = below.first().filter(|&&at| !is_key(&lines[at])) else {
            return Ok(empty);
        };
        if !is_item(&lines[first]) {
            return Err("its `repos` are not a list with a dash for each entry");
        }
        let indent = lines[first].indent;
        let mut starts = Vec::new();
        let mut end = lines.len();
        for at in below {
            let line = &lines[at];
            if line.indent == indent && is_item(line) {
                starts.push(at);
            } else if line.indent <= indent {
                if line.indent > 0 {
                    return Err("its indentation is not understood");
                }
                end = at;
                break;
            }
        }
        // A comment that is deeper than the dash belongs to the entry: it may be part of a text.
        let belongs =
            |line: &Line<'_>| !line.content.is_empty() || line.is_comment && line.indent > indent;
        let last = (first..end).rev().find(|&at| belongs(&lines[at])).unwrap_or(first);
        let is_blank = |at: usize| lines[at].raw.trim().is_empty();
        let is_spaced = starts.len() > 1 && starts.iter().skip(1).all(|&at| is_blank(at - 1));
        let style = Style::of(&lines[first..=last], indent)?;
        Ok(Self { last, is_empty: false, is_spaced, style })
    }
}

fn is_item(line: &Line<'_>) -> bool {
    line.content == "-" || line.content.starts_with("- ")
}

/// How entries are written: `-   repo:` with the hooks as deep as their key is how pre-commit's own examples look.
struct Style {
    /// Blanks before the dash of a repository.
    indent: usize,
    /// From the dash to the key, 2 for `- repo`.
    dash: usize,
    /// From `hooks:` to the dash of a hook.
    hooks: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { indent: 2, dash: 2, hooks: 2 }
    }
}

impl Style {
    fn of(lines: &[Line<'_>], indent: usize) -> Result<Self, &'static str> {
        let mut style = Self { indent, ..Self::default() };
        let Some(first) = lines.first() else { return Ok(style) };
        let key = first.content[1..].trim_start();
        // `- {repo: a, hooks: []}` says nothing of how others would look.
        if key.starts_with(['{', '[']) || key.is_empty() {
            return Ok(style);
        }
        if first.content[1..].contains('\t') {
            return Err("its indentation is not understood");
        }
        style.dash = first.content.len() - key.len();
        let column = indent + style.dash;
        let hooks = lines.iter().position(|line| line.indent == column && line.content == "hooks:");
        let below =
            hooks.and_then(|at| lines[at + 1..].iter().find(|line| !line.content.is_empty()));
        if let Some(hook) = below.filter(|line| is_item(line) && line.indent >= column) {
            style.hooks = hook.indent - column;
        }
        Ok(style)
    }

    fn render(&self, entry: &Entry<'_>, ending: &str) -> String {
        let outer = " ".repeat(self.indent);
        let gap = " ".repeat(self.dash - 1);
        let inner = " ".repeat(self.indent + self.dash);
        let hooks = " ".repeat(self.indent + self.dash + self.hooks);
        let mut lines = vec![
            format!("{outer}-{gap}repo: {}", entry.repository),
            format!("{inner}rev: {}", entry.revision),
            format!("{inner}hooks:"),
        ];
        lines.extend(entry.hooks.iter().map(|id| format!("{hooks}-{gap}id: {id}")));
        lines.iter().flat_map(|line| [line.as_str(), ending]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, append};

    const ENTRY: Entry<'_> = Entry { repository: "r", revision: "v1", hooks: &["a", "b"] };

    #[track_caller]
    fn check(before: &str, expected: &str) {
        let after =
            append(before.as_bytes(), &ENTRY).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(after.as_deref(), Ok(expected));
        assert!(expected.len() > before.len());
    }

    #[track_caller]
    fn check_refused(before: &str) {
        assert!(append(before.as_bytes(), &ENTRY).is_err(), "{before}");
    }

    #[test]
    fn entries_look_as_the_others_do() {
        check(
            "repos:\n- repo: x\n  hooks:\n  - id: y\n",
            "repos:\n- repo: x\n  hooks:\n  - id: y\n- repo: r\n  rev: v1\n  hooks:\n  - id: a\n  - id: b\n",
        );
        check(
            "repos:\n-   repo: x\n    hooks:\n    -   id: y\n",
            "repos:\n-   repo: x\n    hooks:\n    -   id: y\n-   repo: r\n    rev: v1\n    hooks:\n    -   id: a\n    -   id: b\n",
        );
        check(
            "repos:\n  - hooks:\n      - id: y\n    repo: x\n",
            "repos:\n  - hooks:\n      - id: y\n    repo: x\n  - repo: r\n    rev: v1\n    hooks:\n      - id: a\n      - id: b\n",
        );
    }

    const NEW: &str = "  - repo: r\n    rev: v1\n    hooks:\n      - id: a\n      - id: b\n";

    #[test]
    fn what_follows_stays_behind() {
        check(
            "repos:\n  - repo: x # why\n    hooks: [{id: y}]\n\n# about ci\nci:\n  skip: [y]\n",
            &format!(
                "repos:\n  - repo: x # why\n    hooks: [{{id: y}}]\n{NEW}\n# about ci\nci:\n  skip: [y]\n"
            ),
        );
        check(
            "repos:\n  - {repo: x, hooks: []}\n# end",
            &format!("repos:\n  - {{repo: x, hooks: []}}\n{NEW}# end"),
        );
    }

    #[test]
    fn a_text_with_what_looks_like_a_comment_is_not_cut() {
        let text = "repos:\n  - repo: x\n    hooks:\n      - id: y\n        exclude: |\n          ^a\n          # b\n";
        check(text, &format!("{text}{NEW}"));
    }

    #[test]
    fn a_blank_line_between_entries_is_kept_up() {
        let text = "repos:\n  - repo: x\n    hooks: []\n\n  - repo: y\n    hooks: []\n";
        check(text, &format!("{text}\n{NEW}"));
    }

    #[test]
    fn line_ends_are_as_they_are() {
        check("repos:\n  - repo: x", &format!("repos:\n  - repo: x\n{NEW}"));
        check(
            "repos:\r\n  - repo: x\r\n",
            &format!("repos:\n  - repo: x\n{NEW}").replace('\n', "\r\n"),
        );
    }

    #[test]
    fn an_empty_list_is_begun() {
        check("repos: [ ]  # none\nci: {}\n", &format!("repos:  # none\n{NEW}ci: {{}}\n"));
        check("\u{feff}repos:\n", &format!("\u{feff}repos:\n{NEW}"));
        check("repos:\n# none yet\nci: {}\n", &format!("repos:\n{NEW}# none yet\nci: {{}}\n"));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        check_refused("repos: [{repo: x, hooks: [{id: y}]}]\n");
        check_refused("repos: &all\n  - repo: x\n");
        check_refused("repos: *all\n");
        check_refused("{repos: []}\n");
        check_refused("");
        check_refused("repos:\n- repo: x\n  exclude: |2\n    a");
        check_refused("repos:\n- repo: x\n---\nrepos:\n- repo: y\n");
        check_refused("repos:\n- repo: x\nrepos:\n- repo: y\n");
        check_refused("repos:\n  repo: x\n");
        check_refused("repos:\n    - repo: x\n  - repo: y\n");
        check_refused("repos:\n- repo: x\n  hooks:\n  - id: y\n    args:\n    - |+\n      z\n\n");
        assert!(append(b"repos: []\n# \xff\n", &ENTRY).is_err());
    }
}
