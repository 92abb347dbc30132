//! The manual page, as `man` reads it: one page with every command.
//!
//! Only macros of man(7) that groff and mandoc have in common.

use std::fmt::Write as _;

use super::{Entry, Page, pages};

/// The whole page.
pub fn manual() -> String {
    let pages = pages();
    let mut text = format!(
        ".TH ONEHEAD 1 \"\" \"onehead {}\" \"User Commands\"\n.nh\n.ad l\n",
        env!("CARGO_PKG_VERSION")
    );
    let Some((root, commands)) = pages.split_first() else { return text };
    let _ = write!(text, ".SH NAME\nonehead \\- {}\n", line(&lower(&root.about)));
    text.push_str(
        ".SH SYNOPSIS\n.B onehead\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n",
    );
    text.push_str(".SH DESCRIPTION\n");
    paragraphs(&mut text, &format!("{}.\n\n{}", root.about, root.more));
    text.push_str(".SH COMMANDS\n");
    for page in commands {
        command(&mut text, page);
    }
    text.push_str(".SH GLOBAL OPTIONS\nBefore or after the command.\n");
    root.options.iter().for_each(|entry| item(&mut text, entry));
    text.push_str(".SH EXIT STATUS\n");
    let status = root.after.strip_prefix("Exit status: ").unwrap_or(&root.after);
    paragraphs(&mut text, status);
    text
}

fn command(text: &mut String, page: &Page) {
    // Writing to a string cannot fail.
    let _ = write!(text, ".SS \"{}\"\n.B {}\n", word(&page.name), word(&page.usage));
    text.push_str(".PP\n");
    paragraphs(text, &format!("{}.\n\n{}", page.about, page.more));
    page.arguments.iter().chain(&page.options).for_each(|entry| item(text, entry));
    if !page.after.is_empty() {
        text.push_str(".PP\n.nf\n");
        page.after.lines().for_each(|part| text.extend([&line(part), "\n"]));
        text.push_str(".fi\n");
    }
}

fn item(text: &mut String, entry: &Entry) {
    let _ = write!(text, ".TP\n\\fB{}\\fR\n", word(&entry.name));
    text.extend([&line(&entry.help.replace("\n\n", " ")), "\n"]);
    if let Some(default) = &entry.default {
        let _ = writeln!(text, "[default: {}]", line(default));
    }
    for (value, help) in &entry.values {
        let help = if help.is_empty() { String::new() } else { format!(": {}", line(help)) };
        let _ = write!(text, ".br\n\\fI{}\\fR{help}\n", word(value));
    }
}

fn paragraphs(text: &mut String, prose: &str) {
    let mut first = true;
    for paragraph in prose.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if !first {
            text.push_str(".PP\n");
        }
        first = false;
        paragraph.lines().for_each(|part| text.extend([&line(part), "\n"]));
    }
}

/// A sentence as part of another: its first letter is small.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Text that stands in a line: nothing in it is a request or an escape, and a hyphen can be copied.
fn word(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-").replace('"', "\\(dq")
}

/// Text that begins a line.
fn line(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}
