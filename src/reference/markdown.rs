//! `docs/cli.md`.

use std::fmt::Write as _;

use super::{Entry, Page, pages};

const INTRODUCTION: &str = "\
# The command line

Every command with its options, as `onehead COMMAND --help` tells it. This page is written from the program's own definitions by
`UPDATE_DOCS=1 cargo test --test pages`; `onehead completions SHELL` teaches them to a shell, and `onehead completions man` is the manual page.
";

/// The whole document.
pub fn document() -> String {
    let pages = pages();
    let mut text = INTRODUCTION.to_owned();
    for (at, page) in pages.iter().enumerate() {
        if at == 0 {
            root(&mut text, page);
        } else {
            command(&mut text, page);
        }
    }
    text
}

fn root(text: &mut String, page: &Page) {
    fence(text, &page.usage);
    text.push_str("\n| command | what it does |\n|---|---|\n");
    for (name, about) in &page.commands {
        let link = format!("onehead-{name}");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| [`{name}`](#{link}) | {} |", escaped(about).replace('|', "\\|"));
    }
    text.push_str("\n## Global options\n\nBefore or after the command.\n\n");
    page.options.iter().for_each(|entry| item(text, entry));
    let _ = write!(text, "\n{}\n", escaped(&page.after));
}

fn command(text: &mut String, page: &Page) {
    let depth = "#".repeat(page.name.split(' ').count().min(4));
    let _ = write!(text, "\n{depth} {}\n\n{}.\n", page.name, escaped(&page.about));
    for paragraph in page.more.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let _ = write!(text, "\n{}\n", escaped(paragraph));
    }
    fence(text, &page.usage);
    if !page.arguments.is_empty() || !page.options.is_empty() {
        text.push('\n');
    }
    page.arguments.iter().chain(&page.options).for_each(|entry| item(text, entry));
    if !page.after.is_empty() {
        let examples = page.after.strip_prefix("Examples:\n").unwrap_or(&page.after);
        let lines: Vec<&str> =
            examples.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
        fence(text, &lines.join("\n"));
    }
}

fn fence(text: &mut String, code: &str) {
    let _ = write!(text, "\n```\n{code}\n```\n");
}

fn item(text: &mut String, entry: &Entry) {
    let _ = write!(text, "- `{}`: {}", entry.name, escaped(&entry.help).replace("\n\n", " "));
    if let Some(default) = &entry.default {
        let _ = write!(text, " (default: `{default}`)");
    }
    text.push('\n');
    for (value, help) in &entry.values {
        let help = if help.is_empty() { String::new() } else { format!(": {}", escaped(help)) };
        let _ = writeln!(text, "  - `{value}`{help}");
    }
}

/// Text outside of code: what Markdown would take for a tag or a link is none.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_code = false;
    for c in text.chars() {
        in_code ^= c == '`';
        if !in_code && matches!(c, '<' | '>' | '*' | '[' | ']') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
