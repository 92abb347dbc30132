//! The pictures of `graph` as others read them: Mermaid's own parser, Graphviz, a parser of XML.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{project, script};

/// Texts that one of the formats could take for more than text.
const HOSTILE: [&str; 8] = [
    "\"quotes\" 'quotes' `ticks` \\ \\n \\N \\G \\l {a|b} [c] (d) <e>",
    "<script>alert(1)</script><br/>&amp; &#35; #35; #quot;",
    "]]>--><!-- %% --- end style click a href \"x\" ::: ;",
    "`**bold** _markdown_`",
    "\u{1b}[31m\u{202e}\u{200b}\u{0}\u{fffe}\u{ffff}",
    "line\nend\n  subgraph x\n```",
    "日本語 ñ é 😀 $$x^2$$ @{shape: rect}",
    "end",
];

fn variable(name: &str) -> PathBuf {
    let value = std::env::var_os(name).unwrap_or_else(|| {
        panic!("{name} is not set: run `./test`, which prepares what this test needs")
    });
    PathBuf::from(value)
}

fn graph(project: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onehead"));
    command.current_dir(project).env_clear().arg("graph").args(arguments);
    let output = command.output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a program says to a text; it must be content with it.
fn said(command: &mut Command, text: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}\n{text}");
    String::from_utf8(output.stdout).unwrap()
}

fn flowchart(text: &str) -> Value {
    let node = variable("ONEHEAD_TEST_FORMATS_PYTHON").with_file_name("node");
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/flowchart.mjs");
    let mut command = Command::new(node);
    command.arg(judge).arg(variable("ONEHEAD_TEST_MERMAID"));
    serde_json::from_str(&said(&mut command, text)).unwrap()
}

/// The titles and the texts of a picture, as a parser of XML gives them.
fn xml(text: &str) -> Vec<(String, String)> {
    let program = "import json, sys, xml.etree.ElementTree as tree\n\
        root = tree.fromstring(sys.stdin.buffer.read())\n\
        assert root.tag == '{http://www.w3.org/2000/svg}svg'\n\
        known = {'svg', 'title', 'style', 'rect', 'path', 'circle', 'g', 'text', 'tspan', 'a', 'polygon', 'ellipse', 'polyline'}\n\
        assert {one.tag.split('}')[1] for one in root.iter()} <= known\n\
        groups = [(one.find('{*}title'), one.find('.//{*}text')) for one in root.iter('{http://www.w3.org/2000/svg}g')]\n\
        print(json.dumps([[title.text, ''.join(text.itertext())] for title, text in groups if title is not None and text is not None]))\n";
    let mut command = Command::new(variable("ONEHEAD_TEST_FORMATS_PYTHON"));
    serde_json::from_str(&said(command.args(["-c", program]), text)).unwrap()
}

/// What Graphviz makes of it; `None` where it is left out.
fn graphviz(text: &str) -> Option<String> {
    let left_out = std::env::var_os("ONEHEAD_TEST_WITHOUT_SYSTEM").is_some();
    let is_there = Command::new("dot").arg("-V").output().is_ok();
    if !is_there && (left_out || std::env::var_os("CI").is_none()) {
        eprintln!("left out: graphviz, which is not there");
        return None;
    }
    Some(said(Command::new("dot").arg("-Tsvg"), text))
}

fn message(id: &str, parent: Option<&str>, message: &str) -> String {
    let text = serde_json::to_string(message).unwrap();
    format!("{text}\n{}", script(id, parent))
}

fn hostile() -> TempDir {
    let mut scripts = vec![("root.py".to_owned(), message("root", None, "root"))];
    for (at, text) in HOSTILE.iter().enumerate() {
        let id = format!("{at}{text}");
        scripts.push((format!("{at}.py"), message(&id, Some("root"), text)));
    }
    scripts.push(("lost.py".to_owned(), message("lost", Some("go\"ne<b>"), "lost")));
    scripts.push(("circle.py".to_owned(), message("circle", Some("circle"), "circle")));
    let scripts: Vec<(&str, String)> =
        scripts.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    project(&scripts)
}

fn sanitized(text: &str) -> String {
    onehead::report::sanitize::sanitize(text).into_owned()
}

fn json(project: &Path) -> Value {
    serde_json::from_str(&graph(project, &["--format", "json"])).unwrap()
}

#[test]
fn a_flowchart_of_hostile_text_is_what_mermaid_reads() {
    let project = hostile();
    let picture = &json(project.path())["environments"][0];
    let read = flowchart(&graph(project.path(), &["--format", "mermaid"]));
    let rows = picture["rows"].as_array().unwrap();
    let nodes = read["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), rows.len());
    for (node, row) in nodes.iter().zip(rows) {
        let id = sanitized(row["revision"].as_str().unwrap());
        let shown = node[1].as_str().unwrap().lines().next().unwrap().to_owned();
        let kept = shown.trim_end_matches('…');
        assert!(
            id.starts_with(kept) && kept.chars().count() >= id.chars().count().min(50),
            "{shown}"
        );
    }
    // The circle is one more.
    let edges = picture["edges"].as_array().unwrap();
    assert_eq!(read["edges"].as_array().unwrap().len(), edges.len() + 1);
    let first = &edges[0];
    let expected =
        serde_json::json!([format!("e0n{}", first["to"]), format!("e0n{}", first["from"])]);
    assert_eq!(read["edges"][0], expected);
}

#[test]
fn several_environments_and_too_many_rows_are_flowcharts_too() {
    let both = TempDir::new().unwrap();
    for name in ["a \"b\" [c]", "end"] {
        let folder = both.path().join(name);
        std::fs::create_dir_all(folder.join("versions")).unwrap();
        let ini = "[alembic]\nscript_location = %(here)s\n";
        std::fs::write(folder.join("alembic.ini"), ini).unwrap();
        std::fs::write(folder.join("versions/a.py"), script("a", None)).unwrap();
    }
    let read = flowchart(&graph(both.path(), &["--format", "mermaid"]));
    assert_eq!(read["groups"].as_array().unwrap().len(), 2);
    assert!(read["groups"].to_string().contains("a \\\"b\\\" [c]/alembic.ini"), "{read}");
    let many: Vec<String> = (0..50).map(|at| format!("{at}.py")).collect();
    let many: Vec<(&str, String)> =
        many.iter().map(|name| (name.as_str(), script(name, None))).collect();
    let read = flowchart(&graph(project(&many).path(), &["--format", "mermaid"]));
    let said = "50 rows are too many for a flowchart: onehead graph draws them";
    assert_eq!(read["nodes"], serde_json::json!([["n0", said]]));
}

#[test]
fn graphviz_draws_every_row() {
    let project = hostile();
    let picture = &json(project.path())["environments"][0];
    let Some(drawn) = graphviz(&graph(project.path(), &["--format", "dot"])) else { return };
    let rows = picture["rows"].as_array().unwrap();
    assert_eq!(drawn.matches("class=\"node\"").count(), rows.len());
    let edges = picture["edges"].as_array().unwrap().len();
    assert_eq!(drawn.matches("class=\"edge\"").count(), edges + 1);
    let texts: Vec<String> = xml(&drawn).into_iter().map(|(_, text)| text).collect();
    for row in rows {
        let id = sanitized(row["revision"].as_str().unwrap());
        let id = id.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        let start: String = id.chars().take(20).collect();
        assert!(
            texts.iter().any(|text| text.replace('\u{a0}', " ").starts_with(&start)),
            "{start} {texts:?}"
        );
    }
}

#[test]
fn the_picture_is_xml_with_a_title_for_each_row() {
    let project = hostile();
    let picture = &json(project.path())["environments"][0];
    let drawn = xml(&graph(project.path(), &["--format", "svg"]));
    let rows = picture["rows"].as_array().unwrap();
    assert_eq!(drawn.len(), rows.len());
    for ((title, text), row) in drawn.iter().zip(rows) {
        let id = sanitized(row["revision"].as_str().unwrap());
        // What XML cannot hold is written in another way.
        let id = id.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        assert!(title.starts_with(&id), "{title}");
        assert!(text.starts_with(&id), "{text}");
    }
}
