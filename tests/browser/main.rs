//! The page of `graph --format html` in a real browser: what it shows, asks for, and does with a pointer and with keys.
//!
//! Each test makes a project and its page, and has `judge.mjs` judge it in a headless Chromium, beside what `history`
//! says of the same project. How the rows come about is not judged here.
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod opening;
mod project;

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use project::{Project, onehead};

/// Whether there is a browser; without what comes from the system only where that was said.
fn has_browser() -> bool {
    let left_out = env::var_os("ONEHEAD_TEST_WITHOUT_SYSTEM").is_some();
    if left_out {
        eprintln!("left out: the page in a browser");
    }
    !left_out
}

fn variable(name: &str) -> String {
    env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| {
        panic!("{name} is not set: run `./test`, which prepares what this test needs")
    })
}

/// Judges the page of a project by one case of `judge.mjs`, which is told `facts` beside the history.
#[track_caller]
fn judge(case: &str, project: &Project, facts: &Value) {
    if !has_browser() {
        return;
    }
    let page = project.path().join("page.html");
    fs::write(&page, onehead(&project.path(), &["graph", "--format", "html"])).unwrap();
    let mut told: Value = match onehead(&project.path(), &["history", "--format", "json"]) {
        history if history.is_empty() => json!({}),
        history => serde_json::from_str(&history).unwrap(),
    };
    for (name, value) in facts.as_object().unwrap() {
        told[name] = value.clone();
    }
    let facts = project.path().join("facts.json");
    fs::write(&facts, told.to_string()).unwrap();
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/judge.mjs");
    // Where the judges of formats are, Node.js is.
    let node = Path::new(&variable("ONEHEAD_TEST_FORMATS_PYTHON")).with_file_name("node");
    let mut command = Command::new(node);
    command.args([&judge, Path::new(case), &page, &facts]);
    // What it asks for itself.
    for name in ["ONEHEAD_TEST_BROWSER_MODULES", "ONEHEAD_TEST_CHROMIUM"] {
        command.env(name, variable(name));
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{case}: {said}");
}

#[test]
fn the_whole_history_is_there_and_nothing_is_asked_of_a_network() {
    judge("whole", &Project::rich(), &json!({}));
}

#[test]
fn several_environments_are_one_page() {
    let project = Project::empty();
    for folder in ["one", "t\"w'o <img src=x onerror=hacked=1>"] {
        project.add(folder, |place| {
            place.revision("aa", &[], "the same id in both");
            place.revision("bb", &["aa"], folder);
        });
    }
    judge("whole", &project, &json!({}));
    judge("several", &project, &json!({}));
}

#[test]
fn nothing_is_folded_where_all_was_asked_for() {
    let project = Project::rich();
    let page = |options: &[&str]| {
        onehead(&project.path(), &[&["graph", "--format", "html"], options].concat())
    };
    assert_eq!(
        page(&["--all"]),
        page(&[]).replace("<li class=\"run\"><details>", "<li class=\"run\"><details open>")
    );
    assert_eq!(page(&["--all"]).matches("<details open>").count(), 6);
}

#[test]
fn it_is_searched_by_id_message_and_file() {
    judge("search", &Project::rich(), &json!({"word": "orders", "file": "zebra"}));
}

#[test]
fn runs_are_folded_and_unfold() {
    judge("fold", &Project::rich(), &json!({}));
}

#[test]
fn what_comes_before_and_after_is_marked() {
    judge("highlight", &Project::rich(), &json!({}));
}

#[test]
fn ids_paths_and_links_are_copied() {
    judge("copy", &Project::rich(), &json!({}));
}

#[test]
fn everything_can_be_done_by_keys() {
    judge("keyboard", &Project::rich(), &json!({}));
}

#[test]
fn a_link_leads_to_a_revision() {
    judge("link", &Project::rich(), &json!({}));
}

#[test]
fn nothing_is_wider_than_the_window() {
    judge("width", &Project::rich(), &json!({}));
    judge("width", &Project::wide(), &json!({}));
}

#[test]
fn it_reads_well_without_eyes_and_in_both_schemes() {
    judge("accessible", &Project::rich(), &json!({"word": "orders"}));
}

#[test]
fn without_scripts_it_is_drawn_and_readable() {
    judge("plain", &Project::rich(), &json!({}));
}

/// Texts that would like to be more than text.
const HOSTILE: [&str; 9] = [
    "<script>hacked = 1</script>",
    "</script></style><img src=x onerror=hacked=1>",
    "<!-- <svg onload=hacked=1>",
    "\" onmouseover=\"hacked=1\" x='",
    "&lt;b&gt; &amp; &#60;",
    "a\u{202e}txt.exe\u{2066}b",
    "line\u{2028}and\u{2029}paragraph",
    "\u{1b}[31mred\u{7}",
    "javascript:hacked=1//`${hacked=1}`",
];

#[test]
fn hostile_text_is_only_text() {
    let project = Project::new();
    let mut parent: Vec<String> = Vec::new();
    for (at, text) in HOSTILE.iter().enumerate() {
        let id = format!("{at}{}", if at == 3 { "<b>&\"'" } else { "" });
        let parents: Vec<&str> = parent.iter().map(String::as_str).collect();
        project.file(&format!("versions/{at} & 'q' <x>.py"), &project::script(&id, &parents, text));
        parent = vec![id];
    }
    let long = "x".repeat(10_000);
    project.file("versions/long.py", &project::script("long", &[&parent[0]], &long));
    let shown = |text: &&str| onehead::report::sanitize::sanitize(text).into_owned();
    let mut messages: Vec<String> = HOSTILE.iter().map(shown).collect();
    messages.push(long);
    judge("hostile", &project, &json!({ "messages": messages }));
}

#[test]
fn work_at_two_thousand_revisions_is_bounded() {
    judge("large", &Project::long(2000), &json!({}));
}

#[test]
fn defects_are_drawn() {
    let project = Project::new();
    project.revision("a1", &[], "first");
    project.revision("b2", &["a1"], "one of two");
    project.file("versions/b2_again.py", &project::script("b2", &["a1"], "the other"));
    project.revision("c3", &["gone"], "its parent is not there");
    project.revision("d4", &["f6"], "a circle begins");
    project.revision("e5", &["d4"], "and goes on");
    project.revision("f6", &["e5"], "and ends");
    let expected = json!({
        "id used twice": ["b2", "b2"],
        "no file defines it": ["gone"],
        "in a circle": ["d4", "f6"],
        "in a circle: follows d4": ["e5"],
    });
    judge("defects", &project, &json!({ "expected": expected }));
}

#[test]
fn the_same_history_is_the_same_page() {
    let page = |project: &Project| onehead(&project.path(), &["graph", "--format", "html"]);
    let (one, other) = (Project::rich(), Project::rich());
    assert_eq!(page(&one), page(&other));
    assert_eq!(page(&one), page(&one));
}
