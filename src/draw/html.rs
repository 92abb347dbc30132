//! The history as a page of HTML: one file that asks nothing of any network, may run no script and no style but its own,
//! and is drawn and readable without either.
//!
//! What a script adds to it (`page.js`: search, highlighting, keys, copying) reads what is written here, so that no text
//! of a repository is ever part of a script. Every text goes through [`text`]. What the rows are is decided by the model.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{Drawing, Kind};
use crate::report::sanitize::sanitize;
use crate::rules::words::count;

mod lanes;
mod row;

/// What the page looks like.
const STYLE: &str = include_str!("page.css");

/// What it can do where scripts run.
const SCRIPT: &str = include_str!("page.js");

/// A ring, as the head has it.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
    %3Cg fill='none' stroke='%236273e0' stroke-width='2'%3E%3Ccircle cx='8' cy='8' r='6.5'/%3E%3C/g%3E\
    %3Ccircle cx='8' cy='8' r='3' fill='%236273e0'/%3E%3C/svg%3E";

/// How many characters of an id are shown in a row at most.
const ID_WIDTH: usize = 20;

/// How many heads, and how many problems, are listed above a history.
const LISTED: usize = 8;

/// The page of these histories, in their order; what may be folded is folded at first, or not.
pub fn html(drawings: &[Drawing], is_folded: bool) -> String {
    let anchors = Anchors::of(drawings);
    let mut style = plain(STYLE);
    let script = plain(SCRIPT);
    let mut body = String::new();
    for (at, drawing) in drawings.iter().enumerate() {
        let place = row::Place::new(at, drawing, &anchors, is_folded);
        environment(at, drawing, &place, &mut style, &mut body);
    }
    let mut out = head(&title(drawings), &style, &script);
    opening(drawings, &mut out);
    out.push_str(&plain(BAR));
    let _ = write!(out, "<main id=\"main\" tabindex=\"-1\">\n{body}</main>\n");
    out.push_str("<footer>\n");
    lanes::legend(&mut out);
    out.push_str("<p>Drawn by onehead, from the files alone.</p>\n</footer>\n");
    let _ = write!(out, "<script>{script}</script>\n</body>\n</html>\n");
    out
}

/// A file of ours as every checkout has it: browsers take a carriage return for nothing, and a policy would not.
fn plain(file: &str) -> String {
    file.replace("\r\n", "\n")
}

/// Text as HTML: nothing in it is markup, ends an attribute, or turns the direction of what follows.
fn text(raw: &str) -> String {
    let shown = sanitize(raw);
    let mut out = String::with_capacity(shown.len() + 8);
    for c in shown.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The names by which rows are linked to: `rev-<id>`, where an id is the first of its kind on the page.
struct Anchors(Vec<Vec<String>>);

impl Anchors {
    fn of(drawings: &[Drawing]) -> Self {
        let mut taken = BTreeSet::new();
        let mut free = |id: &str| {
            let name = anchor(id);
            // No name has a single tilde at its end.
            let numbered = (2..).map(|number| format!("{name}~{number}"));
            let free =
                std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name));
            let free = free.unwrap_or(name);
            taken.insert(free.clone());
            free
        };
        Self(
            drawings.iter().map(|one| one.rows.iter().map(|row| free(&row.id)).collect()).collect(),
        )
    }
}

/// An id as a name in an address: letters, digits, `_`, `.` and `-` as they are, anything else by its number.
fn anchor(id: &str) -> String {
    let mut name = "rev-".to_owned();
    for c in id.chars() {
        if c.is_alphanumeric() || "_.-".contains(c) {
            name.push(c);
        } else {
            let _ = write!(name, "~{:x}~", u32::from(c));
        }
    }
    name
}

fn title(drawings: &[Drawing]) -> String {
    match drawings {
        [one] => format!("Migration history: {}", one.name),
        _ => "Migration history".to_owned(),
    }
}

/// Up to the body. A policy by `<meta>` must come before what it is to govern.
fn head(title: &str, style: &str, script: &str) -> String {
    let policy = format!(
        "default-src 'none'; img-src data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        source(style),
        source(script)
    );
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"{ICON}\">\n<style>{style}</style>\n</head>\n<body>\n",
        title = text(title),
    )
}

/// What a policy knows an inline text by.
fn source(inline: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(inline.as_bytes())))
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let number = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            let is_padding = digit > chunk.len();
            let value = (number >> (18 - 6 * digit)) as usize & 63;
            out.push(if is_padding { '=' } else { char::from(DIGITS[value]) });
        }
    }
    out
}

/// The heading of the page, with a way to each environment where there are several.
fn opening(drawings: &[Drawing], out: &mut String) {
    out.push_str("<a class=\"skip\" href=\"#main\">Skip to the history</a>\n<header>\n<h1>Migration history</h1>\n");
    if drawings.len() > 1 {
        let revisions = drawings.iter().map(|one| one.revision_count).sum();
        let environments = count(drawings.len(), "environment");
        let _ = writeln!(out, "<p>{}, {environments}</p>", count(revisions, "revision"));
        out.push_str("<nav aria-label=\"Environments\"><ul class=\"places\">\n");
        for (at, drawing) in drawings.iter().enumerate() {
            let _ =
                writeln!(out, "<li><a href=\"#env-{}\">{}</a></li>", at + 1, text(&drawing.name));
        }
        out.push_str("</ul></nav>\n");
    }
    out.push_str("</header>\n");
}

/// What is of use only where scripts run; they show it.
const BAR: &str = include_str!("bar.html");

/// One environment: its name, what there is to know at a glance, and its history. What the columns measure goes into the
/// style, which is the only place for it under the page's policy.
fn environment(
    at: usize,
    drawing: &Drawing,
    place: &row::Place<'_>,
    style: &mut String,
    out: &mut String,
) {
    let number = at + 1;
    let id_width = drawing.rows.iter().map(|row| sanitize(&row.id).chars().count()).max();
    let id_width = id_width.unwrap_or_default().clamp(3, ID_WIDTH);
    let _ = writeln!(
        style,
        "#env-{number} {{ --lanes: {}px; --id: {id_width}ch; }}",
        lanes::Measure::of(drawing).width()
    );
    let _ = write!(
        out,
        "<section class=\"env\" id=\"env-{number}\" aria-labelledby=\"name-{number}\">\n\
         <h2 id=\"name-{number}\">{}</h2>\n",
        text(&drawing.name)
    );
    facts(drawing, place, out);
    if !drawing.rows.is_empty() {
        out.push_str("<ol class=\"history\" role=\"list\">\n");
        row::rows(place, out);
        out.push_str("</ol>\n");
    }
    out.push_str("</section>\n");
}

/// How much there is of what, the heads, and what is wrong.
fn facts(drawing: &Drawing, place: &row::Place<'_>, out: &mut String) {
    let heads: Vec<usize> =
        (0..drawing.rows.len()).filter(|&at| drawing.rows[at].is_head).collect();
    let drawn = drawing.rows.iter().filter(|row| row.kind == Kind::Revision).count();
    let all = count(drawing.revision_count, "revision");
    let of = if drawn < drawing.revision_count { format!("{drawn} of ") } else { String::new() };
    let _ = writeln!(out, "<p>{}, {of}{all}</p>", count(heads.len(), "head"));
    let mut items: Vec<String> =
        heads.iter().take(LISTED).map(|&head| format!("head {}", place.link(head))).collect();
    items.extend(more(heads.len(), "more head"));
    list("facts", &items, out);
    let mut items: Vec<String> =
        drawing.notes.iter().take(LISTED).map(|note| prose(note)).collect();
    items.extend(more(drawing.notes.len(), "more problem"));
    list("notes", &items, out);
}

/// How many there are besides those that are listed.
fn more(all: usize, noun: &str) -> Option<String> {
    (all > LISTED).then(|| format!("and {}", count(all - LISTED, noun)))
}

fn list(class: &str, items: &[String], out: &mut String) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(out, "<ul class=\"{class}\" role=\"list\">");
    for item in items {
        let _ = writeln!(out, "<li>{item}</li>");
    }
    out.push_str("</ul>\n");
}

/// A sentence whose names are in backticks.
fn prose(sentence: &str) -> String {
    let pieces: Vec<&str> = sentence.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return text(sentence);
    }
    let piece = |(at, piece): (usize, &&str)| match at % 2 {
        0 => text(piece),
        _ => format!("<code>{}</code>", text(piece)),
    };
    pieces.iter().enumerate().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Anchors, anchor, base64, html, prose, text};
    use crate::draw::Drawing;
    use crate::draw::testing::drawn;
    use crate::revision::{BranchLabel, Edges, Revision, RevisionId};
    use crate::script::Script;

    fn script(id: &str, parents: &[&str], message: &str) -> Script {
        let mut script = Script::unread(PathBuf::from(format!("/p/versions/{id}.py")));
        script.revision = Some(Revision {
            id: RevisionId::new(id),
            edges: Edges {
                parents: parents.iter().copied().map(RevisionId::new).collect(),
                ..Edges::default()
            },
            labels: Vec::<BranchLabel>::new(),
            docstring: message.to_owned().into(),
            parents_known: true,
        });
        script
    }

    /// The rows of a page, an element a line.
    fn rows(drawing: Drawing) -> String {
        let page = html(&[drawing], true);
        let (_, rows) = page.split_once("<ol class=\"history\" role=\"list\">\n").unwrap();
        rows.split_once("</ol>\n</section>").unwrap().0.replace("><", ">\n<")
    }

    #[test]
    fn a_row() {
        let drawing =
            drawn(&[script("a1", &[], "first"), script("b2!", &["a1"], "<second>\nline")]);
        insta::assert_snapshot!(rows(drawing), @r##"
        <li class="rev" id="rev-b2~21~" data-down="1:0">
        <details>
        <summary>
        <svg width="30" height="28" aria-hidden="true">
        <path class="c0" data-is="l0" d="M22 14V9999"/>
        <circle class="halo" cx="22" cy="14" r="6.5"/>
        <circle class="node tip" cx="22" cy="14" r="3.5"/>
        </svg>
        <code class="id">b2!</code> <span class="text">
        <span class="message">&lt;second&gt;</span> <span class="badges"> <span class="head">head</span> <span class="fresh">unpublished</span> <span class="ref">feature/x</span>
        </span>
        </span>
        </summary>
        <dl>
        <dt>Message</dt>
        <dd class="whole">&lt;second&gt;
        line</dd>
        <dt>File</dt>
        <dd class="path">
        <code>b2!.py</code>
        </dd>
        <dt>Follows</dt>
        <dd>
        <ul>
        <li>
        <a href="#rev-a1">
        <code>a1</code>
        </a> first</li>
        </ul>
        </dd>
        <dt>Branches</dt>
        <dd>
        <ul>
        <li>feature/x</li>
        </ul>
        </dd>
        <dt>Published</dt>
        <dd>not on origin/main yet</dd>
        </dl>
        </details>
        </li>
        <li class="rev" id="rev-a1">
        <details>
        <summary>
        <svg width="30" height="28" aria-hidden="true">
        <path class="c0" data-is="a0" d="M22 0V14"/>
        <circle class="node" cx="22" cy="14" r="4"/>
        </svg>
        <code class="id">a1</code> <span class="text">
        <span class="message">first</span> <span class="badges"> <span class="ref">origin/main</span> <span class="unseen">base</span>
        </span>
        </span>
        </summary>
        <dl>
        <dt>File</dt>
        <dd class="path">
        <code>a1.py</code>
        </dd>
        <dt>Followed by</dt>
        <dd>
        <ul>
        <li>
        <a href="#rev-b2~21~">
        <code>b2!</code>
        </a> &lt;second&gt;</li>
        </ul>
        </dd>
        <dt>Published</dt>
        <dd>on origin/main</dd>
        </dl>
        </details>
        </li>
        "##);
    }

    #[test]
    fn ids_that_are_there_twice_have_names_of_their_own() {
        let twice = [script("a1", &[], "one"), script("a1", &[], "other"), script("a1~2", &[], "")];
        let anchors = Anchors::of(&[drawn(&twice), drawn(&twice)]);
        let mut names: Vec<String> = anchors.0.concat();
        names.sort();
        assert_eq!(
            names,
            ["rev-a1", "rev-a1~2", "rev-a1~3", "rev-a1~4", "rev-a1~7e~2", "rev-a1~7e~2~2"]
        );
    }

    #[test]
    fn names_in_sentences_are_code() {
        assert_eq!(prose("`a` follows `<b>`"), "<code>a</code> follows <code>&lt;b&gt;</code>");
        assert_eq!(prose("one ` alone"), "one ` alone");
    }

    #[test]
    fn nothing_to_draw_is_a_page_as_well() {
        let page = html(&[drawn(&[])], true);
        assert!(page.contains("<p>0 heads, 0 revisions</p>"), "{page}");
        assert!(!page.contains("<ol"), "{page}");
    }

    #[test]
    fn text_is_no_markup() {
        assert_eq!(text("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
        assert_eq!(text("a\u{202e}b\nc"), "a\\u{202e}b\\nc");
    }

    #[test]
    fn base64_as_the_standard_has_it() {
        // RFC 4648, section 10.
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ];
        for (plain, encoded) in vectors {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn an_anchor_is_a_name() {
        assert_eq!(anchor("ab_1.2"), "rev-ab_1.2");
        assert_eq!(anchor("größe"), "rev-größe");
        assert_eq!(anchor("a b~\"%"), "rev-a~20~b~7e~~22~~25~");
    }
}
