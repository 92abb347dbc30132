//! The formats of `check` as others read them: each document is judged by the public schema of its format, or by a parser
//! of those who read it, and what they read is compared with the JSON of the same run.
//!
//! What a format says is not judged here but beside its writer.
#![allow(clippy::disallowed_methods, reason = "tests arrange files and start programs themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

mod pictures;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const FORMATS: [&str; 4] = ["sarif", "gitlab", "junit", "rdjson"];

/// A project with these scripts, by name.
fn project(scripts: &[(&str, String)]) -> TempDir {
    let project = TempDir::new().unwrap();
    fs::write(project.path().join("alembic.ini"), "[alembic]\nscript_location = %(here)s\n")
        .unwrap();
    fs::create_dir(project.path().join("versions")).unwrap();
    for (name, text) in scripts {
        fs::write(project.path().join("versions").join(name), text).unwrap();
    }
    project
}

fn script(id: &str, parent: Option<&str>) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let parent = parent.map_or("None".to_owned(), quoted);
    format!("revision = {}\ndown_revision = {parent}\n", quoted(id))
}

/// The same in a repository, which needs git.
fn onehead_in(project: &Path, arguments: &[&str]) -> String {
    run(project, arguments, &["PATH", "HOME"])
}

fn onehead(project: &Path, arguments: &[&str]) -> String {
    run(project, arguments, &[])
}

fn run(project: &Path, arguments: &[&str], kept: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onehead"));
    command.current_dir(project).env_clear().args(["check", "--format"]).args(arguments);
    for name in kept {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    let output = command.output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a reader of this format sees in a document.
fn judged(format: &str, document: &str) -> Vec<Vec<Value>> {
    let variable = "ONEHEAD_TEST_FORMATS_PYTHON";
    let python = std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `./test`, which prepares what this test needs")
    });
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/judge.py");
    let mut command = Command::new(python);
    command.arg(judge).arg(format).env("PYTHONDONTWRITEBYTECODE", "1");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{format}: {said}\n{document}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Judges every format, and compares the findings of each with those of the JSON.
fn check(project: &Path, options: &[&str]) {
    let json: Value =
        serde_json::from_str(&onehead(project, &[&["json"], options].concat())).unwrap();
    let findings = json["environments"][0]["findings"].as_array().unwrap();
    for format in FORMATS {
        let document = onehead(project, &[&[format], options].concat());
        let seen = judged(format, &document);
        let fails = |finding: &&Value| format != "junit" || finding["severity"] == "error";
        let wanted: Vec<&Value> = findings.iter().filter(fails).collect();
        if format == "junit" {
            // A test for each rule, with the first of its findings.
            for row in &seen {
                let first = wanted.iter().find(|finding| finding["rule"] == row[0]).unwrap();
                compare(format, row, first);
            }
            let mut rules: Vec<&str> =
                wanted.iter().map(|one| one["rule"].as_str().unwrap()).collect();
            rules.dedup();
            assert_eq!(seen.len(), rules.len());
            continue;
        }
        assert_eq!(seen.len(), wanted.len(), "{format}");
        for (row, finding) in seen.iter().zip(wanted) {
            compare(format, row, finding);
        }
    }
}

#[track_caller]
fn compare(format: &str, row: &[Value], finding: &Value) {
    assert_eq!(row[0], finding["rule"], "{format}");
    let weight = match (format, finding["severity"].as_str().unwrap()) {
        ("gitlab", "error") => "major",
        ("gitlab", _) => "minor",
        ("rdjson", "error") => "ERROR",
        ("rdjson", _) => "WARNING",
        (_, severity) => severity,
    };
    assert_eq!(row[1], weight, "{format}");
    let path = finding["path"].as_str().unwrap();
    let expected = if format == "junit" { sanitized(path) } else { path.to_owned() };
    assert_eq!(row[2], expected, "{format}");
    assert_eq!(row[3], finding["line"].as_u64().unwrap_or(1), "{format}");
    let message = sanitized(finding["message"].as_str().unwrap());
    let text = row[4].as_str().unwrap();
    let kept: String = message.chars().take(4000).collect();
    assert!(text.starts_with(&kept), "{format}: {text:?} is not {message:?}");
    let is_cut = message.chars().count() > 4000;
    assert_eq!(
        is_cut,
        text.lines().next().unwrap().contains(" characters more)"),
        "{format}: {text}"
    );
}

/// As people may see it.
fn sanitized(text: &str) -> String {
    // What XML cannot hold stands for no text that this test makes.
    onehead::report::sanitize::sanitize(text).into_owned()
}

#[test]
fn a_fork_a_lost_parent_and_a_wrong_header() {
    let header = "\"\"\"c\n\nRevision ID: x\nRevises: a\n\"\"\"\n";
    let project = project(&[
        ("a.py", script("a", None)),
        ("b.py", script("b", Some("a"))),
        ("c.py", format!("{header}{}", script("c", Some("a")))),
        ("d.py", script("d", Some("gone"))),
        ("e.py", "what = is this(\n".to_owned()),
        ("a1b2c3d4e5f6.py", script("a1b2c3d4e5f6", Some("c"))),
    ]);
    check(project.path(), &[]);
    check(project.path(), &["--all", "--select", "ALL"]);
}

fn git(project: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(project).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
    assert!(command.args(arguments).output().unwrap().status.success(), "{arguments:?}");
}

/// The repository of a project of which everything is published.
fn published(project: &Path) {
    git(project, &["init", "-q", "-b", "main"]);
    git(project, &["add", "-A"]);
    git(project, &["commit", "-q", "-m", "first"]);
    git(project, &["checkout", "-q", "-b", "feature"]);
}

/// A file with every suggestion of the rule carried out, as the button of a forge does it.
fn clicked(project: &Path, rule: &str, file: &str) -> String {
    let path = project.join("versions").join(file);
    let mut lines: Vec<String> =
        fs::read_to_string(&path).unwrap().split('\n').map(str::to_owned).collect();
    let document = onehead_in(project, &["rdjson", "--baseline", "main"]);
    judged("rdjson", &document);
    let document: Value = serde_json::from_str(&document).unwrap();
    let all = document["diagnostics"].as_array().unwrap();
    let one = all.iter().find(|one| one["code"]["value"] == rule).unwrap();
    assert_eq!(one["location"]["path"], format!("versions/{file}"));
    let [suggestion] = &one["suggestions"].as_array().unwrap()[..] else { panic!("{one}") };
    let line =
        |end: &str| usize::try_from(suggestion["range"][end]["line"].as_u64().unwrap()).unwrap();
    let text = suggestion["text"].as_str().unwrap();
    lines.splice(line("start") - 1..line("end"), [text.to_owned()]);
    lines.join("\n")
}

#[test]
fn a_suggestion_is_what_rebase_writes() {
    let header = |id: &str, parent: &str| {
        format!("\"\"\"x\n\nRevision ID: {id}\nRevises: {parent}\nCreate Date: y\n\n\"\"\"\n\n")
    };
    let project = project(&[("a.py", script("a", None)), ("b.py", script("b", Some("a")))]);
    published(project.path());
    let fork = format!("{}{}# end\n", header("c", "a"), script("c", Some("a")));
    fs::write(project.path().join("versions/c.py"), &fork).unwrap();
    let clicked = clicked(project.path(), "multiple-heads", "c.py");
    let status = Command::new(env!("CARGO_BIN_EXE_onehead"))
        .current_dir(project.path())
        .args(["rebase", "--baseline", "main"])
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
    let rebased = fs::read_to_string(project.path().join("versions/c.py")).unwrap();
    assert_ne!(rebased, fork);
    assert_eq!(clicked, rebased);
}

#[test]
fn a_suggestion_for_a_header() {
    let project = project(&[("a.py", script("a", None))]);
    published(project.path());
    let text =
        format!("\"\"\"x\n\nRevision ID: b\nRevises: gone\n\"\"\"\n{}", script("b", Some("a")));
    fs::write(project.path().join("versions/b.py"), &text).unwrap();
    let clicked = clicked(project.path(), "stale-header", "b.py");
    assert_eq!(clicked, text.replace("Revises: gone", "Revises: a"));
}

#[test]
fn no_suggestion_for_what_touches_another_file_or_is_published() {
    let suggestions = |project: &Path, baseline: &str| {
        let document = onehead_in(project, &["rdjson", "--baseline", baseline]);
        document.matches("\"suggestions\"").count()
    };
    let project = project(&[("a.py", script("a", None)), ("b.py", script("b", Some("a")))]);
    published(project.path());
    // The place of the finding is the head, and what would change is below it.
    fs::write(project.path().join("versions/c.py"), script("c", Some("a"))).unwrap();
    fs::write(project.path().join("versions/d.py"), script("d", Some("c"))).unwrap();
    assert_eq!(suggestions(project.path(), "main"), 0);
    fs::remove_file(project.path().join("versions/d.py")).unwrap();
    assert_eq!(suggestions(project.path(), "main"), 1);
    git(project.path(), &["add", "-A"]);
    git(project.path(), &["commit", "-q", "-m", "second"]);
    assert_eq!(suggestions(project.path(), "feature"), 0);
}

#[test]
fn nothing_is_wrong() {
    let project = project(&[("a.py", script("a", None))]);
    check(project.path(), &[]);
    assert_eq!(onehead(project.path(), &["gitlab"]), "[]\n");
}

#[test]
fn hostile_text() {
    const HOSTILE: &[&str] = &[
        "a\nb\r\nc\rd\te",
        "::error file=x::y",
        "100% %0A %25",
        "a]]>b<![CDATA[c<!--d-->&amp;<e f='g' h=\"i\"/>",
        "\"quotes\" 'quotes' `ticks` \\ \\n \\u0041",
        "\u{1b}[31mred\u{1b}]8;;http:\u{7}link\u{9b}2J",
        "\u{202e}thgir\u{2066}\u{200b}\u{2028}\u{85}",
        "\u{1}\u{8}\u{b}\u{c}\u{1f}\u{7f}",
        "\u{fffd}\u{1f980}\u{10ffff}",
    ];
    let long = "x".repeat(10_000);
    for (at, parent) in HOSTILE.iter().copied().chain([long.as_str()]).enumerate() {
        let mut scripts = vec![("a.py", script("a", Some(parent)))];
        let name = format!("{parent}.py");
        // A name that a folder can hold.
        if cfg!(unix) && at < HOSTILE.len() && !name.contains('/') {
            scripts.push((&name, script("b", Some("nowhere"))));
        }
        let project = project(&scripts);
        check(project.path(), &[]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_utf_8() {
    use std::os::unix::ffi::OsStrExt as _;
    let project = project(&[("a.py", script("a", None))]);
    let name = std::ffi::OsStr::from_bytes(b"b\xff\xfe.py");
    fs::write(project.path().join("versions").join(name), script("b", Some("x"))).unwrap();
    check(project.path(), &[]);
}

#[test]
fn many_findings() {
    let names: Vec<String> = (0..300).map(|number| format!("{number}.py")).collect();
    let scripts: Vec<(&str, String)> =
        names.iter().map(|name| (name.as_str(), script(name, Some("gone")))).collect();
    check(project(&scripts).path(), &[]);
}
