//! Random histories, healthy and broken, and the folders that hold them.

use std::fs;
use std::path::Path;

use crate::random::Random;
use crate::syntax::{Value, assignment, bytes, docstring, expression, literal};

/// One migration before it is written.
#[derive(Clone, Debug)]
struct Node {
    id: String,
    parents: Vec<String>,
    labels: Vec<String>,
    dependencies: Vec<String>,
    /// Neither `revision` nor anything else is in its file.
    bare: bool,
}

/// A generated project: its files, and what is asked about it.
pub struct Case {
    files: Vec<(String, Vec<u8>)>,
    /// The commands, without `onehead` or `alembic`.
    pub commands: Vec<Vec<String>>,
    /// The defects that were put in, by name; empty for a healthy history.
    pub defects: Vec<&'static str>,
}

impl Case {
    /// Writes the project into `folder`.
    pub fn write(&self, folder: &Path) {
        for (path, content) in &self.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("writable");
            fs::write(path, content).expect("writable");
        }
    }
}

/// The history that belongs to this seed.
pub fn case(seed: u64) -> Case {
    let random = &mut Random::new(seed);
    let mut nodes = healthy(random);
    let mut defects = Vec::new();
    if random.percent(40) {
        for _ in 0..=random.below(2) {
            defects.extend(damage(&mut nodes, random));
        }
    }
    let commands = commands(&nodes, random);
    let files = files(&mut nodes, random);
    Case { files, commands, defects }
}

fn healthy(random: &mut Random) -> Vec<Node> {
    let count = match random.below(20) {
        0 => 0,
        1..=12 => 1 + random.below(8),
        13..=18 => 6 + random.below(15),
        _ => 30 + random.below(30),
    };
    let style = random.below(5);
    let mut nodes: Vec<Node> = Vec::new();
    for number in 0..count {
        let id = identifier(style, number, random);
        if nodes.iter().any(|node| node.id == id) {
            continue;
        }
        let parents = parents(&nodes, random);
        let mut node =
            Node { id, parents, labels: Vec::new(), dependencies: Vec::new(), bare: false };
        if random.percent(8) {
            node.labels.extend((0..=random.below(2)).map(|nth| format!("label{number}{nth}")));
        }
        if !nodes.is_empty() && random.percent(12) {
            for _ in 0..=random.below(3) {
                let on = random.choice(&nodes);
                let by_label = on.labels.first().filter(|_| random.percent(50));
                let wanted = by_label.unwrap_or(&on.id).clone();
                if !node.dependencies.contains(&wanted) {
                    node.dependencies.push(wanted);
                }
            }
        }
        nodes.push(node);
    }
    nodes
}

fn identifier(style: usize, number: usize, random: &mut Random) -> String {
    match style {
        0 => format!("{number:03}"),
        1 => format!("0.{}.{}{}", number / 3, number % 3, random.choice(&["", "rc1", "rc10"])),
        2 => format!("step {number} {}", random.choice(&["caf\u{e9}", "Caf\u{c9}", "x/y"])),
        // Few characters, so that one id is often a prefix of another.
        3 => (0..=random.below(7)).map(|_| *random.choice(&['a', 'b'])).collect(),
        _ => format!("{:012x}", random.next() & 0xffff_ffff_ffff),
    }
}

fn parents(nodes: &[Node], random: &mut Random) -> Vec<String> {
    let Some(last) = nodes.last() else { return Vec::new() };
    let heads: Vec<&Node> = nodes
        .iter()
        .filter(|node| !nodes.iter().any(|other| other.parents.contains(&node.id)))
        .collect();
    match random.below(100) {
        0..=3 => Vec::new(),
        4..=18 if heads.len() > 1 => {
            let mut several: Vec<String> = heads.iter().map(|node| node.id.clone()).collect();
            random.shuffle(&mut several);
            several.truncate(2 + random.below(2));
            several
        }
        19..=21 => vec![last.id.clone(), random.choice(nodes).id.clone()],
        22..=40 => vec![random.choice(nodes).id.clone()],
        41..=60 => vec![random.choice(&heads).id.clone()],
        _ => vec![last.id.clone()],
    }
}

/// Puts one defect into the history; its name, or nothing where the history is too short for it.
fn damage(nodes: &mut [Node], random: &mut Random) -> Option<&'static str> {
    if nodes.is_empty() {
        return None;
    }
    let victim = random.below(nodes.len());
    let other = random.below(nodes.len());
    let other_id = nodes[other].id.clone();
    let node = &mut nodes[victim];
    Some(match random.below(13) {
        0 => {
            node.parents.push("gone".into());
            "missing parent"
        }
        1 => {
            node.dependencies.push("gone".into());
            "missing dependency"
        }
        2 if victim != other => {
            node.id = other_id;
            "duplicate id"
        }
        3 => {
            node.parents = vec![other_id];
            "perhaps a cycle"
        }
        4 => {
            node.dependencies.push(other_id);
            "perhaps a cycle through dependencies"
        }
        5 => {
            node.parents.push(node.id.clone());
            "self-loop"
        }
        6 => {
            node.dependencies.push(node.id.clone());
            "self-dependency"
        }
        7 => {
            node.labels.push(other_id);
            "label equal to an id"
        }
        8 if victim != other => {
            node.labels.push("twice".into());
            nodes[other].labels.push("twice".into());
            "duplicate label"
        }
        9 => {
            node.id.push_str(random.choice::<&str>(&["-", "@x", "+1"]));
            "illegal id"
        }
        10 if victim != other => {
            nodes[other].labels.push("aim".into());
            nodes[victim].parents = vec!["aim".into()];
            "label as parent"
        }
        11 if other_id.is_ascii() && other_id.len() > 4 => {
            node.parents = vec![other_id[..4].into()];
            "prefix as parent"
        }
        12 => {
            node.bare = true;
            "no revision in a file"
        }
        _ => return None,
    })
}

fn commands(nodes: &[Node], random: &mut Random) -> Vec<Vec<String>> {
    let words = |line: &str| line.split(' ').map(String::from).collect::<Vec<_>>();
    let mut commands: Vec<Vec<String>> = [
        "heads",
        "heads -v",
        "heads --resolve-dependencies",
        "branches",
        "branches -v",
        "history",
        "history -v",
        "show heads",
    ]
    .map(words)
    .to_vec();
    for _ in 0..2 {
        let (lower, upper) = (symbol(nodes, random), symbol(nodes, random));
        commands.push(vec!["history".into(), "-r".into(), format!("{lower}:{upper}")]);
    }
    // An argument that begins with a minus sign would be taken for an option by both.
    let shown = Some(symbol(nodes, random)).filter(|symbol| !symbol.is_empty());
    commands.push(vec!["show".into(), shown.unwrap_or_else(|| "base".into())]);
    commands
}

fn symbol(nodes: &[Node], random: &mut Random) -> String {
    let Some(node) = (!nodes.is_empty()).then(|| random.choice(nodes)) else {
        return (*random.choice(&["", "head", "base", "heads"])).into();
    };
    let label = node.labels.first().unwrap_or(&node.id);
    match random.below(16) {
        0..=2 => String::new(),
        3 => "head".into(),
        4 => "heads".into(),
        5 => "base".into(),
        6 => format!("{label}@head"),
        7 => format!("{label}@base"),
        8 => label.clone(),
        9 => "nothing".into(),
        10 => node.id.chars().take(1 + random.below(5)).collect(),
        11 => format!("{label}@{}", random.choice(nodes).id),
        _ => node.id.clone(),
    }
}

fn files(nodes: &mut [Node], random: &mut Random) -> Vec<(String, Vec<u8>)> {
    if random.percent(50) {
        random.shuffle(nodes);
    }
    let layout = random.below(10);
    let mut ini = String::from("[alembic]\nscript_location = %(here)s/db\n");
    match layout {
        0 => ini.push_str("version_locations = %(here)s/db/second %(here)s/db/versions\n"),
        1 => ini.push_str("recursive_version_locations = true\n"),
        _ => {}
    }
    let mut files = vec![
        ("alembic.ini".to_string(), ini.into_bytes()),
        ("db/env.py".into(), b"raise RuntimeError('not to be run')\n".to_vec()),
    ];
    let naming = random.below(4);
    for (number, node) in nodes.iter().enumerate() {
        let folder = match layout {
            0 => *random.choice(&["db/versions", "db/second"]),
            1 => *random.choice(&[
                "db/versions",
                "db/versions/2025",
                "db/versions/2026/q1",
                "db/versions/.old",
            ]),
            _ => "db/versions",
        };
        let name = file_name(naming, number, node, random);
        files.push((format!("{folder}/{name}"), content(number, node, random)));
    }
    if random.percent(30) {
        let ignored =
            ["__init__.py", ".#lock.py", "README", "old.py~", "x.PY", "__pycache__/001.py"];
        let name = random.choice(&ignored);
        files.push((format!("db/versions/{name}"), b"revision = 'ignored'\n".to_vec()));
    }
    files
}

fn file_name(naming: usize, number: usize, node: &Node, random: &mut Random) -> String {
    let word: String = node.id.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    match naming {
        0 => format!("{word}_{number}.py"),
        1 => format!("{:03}.py", 999 - number),
        2 => {
            let odd = [
                "a b",
                ".hidden",
                "x.py",
                "\u{e9}t\u{e9}",
                "#x",
                "A",
                "it's",
                "\u{1f600}",
                "\u{ff21}",
            ];
            format!("{}{number}.py", random.choice(&odd))
        }
        _ => format!("{number:03}_r.py"),
    }
}

fn content(number: usize, node: &Node, random: &mut Random) -> Vec<u8> {
    if node.bare {
        return b"HELPER = 1\n".to_vec();
    }
    let mut text = docstring(&format!("step {number}"), &node.id, random);
    // Only a docstring may stand before it.
    let first = !text.starts_with(['f', 'i']);
    if first && random.percent(20) {
        text.push_str("from __future__ import annotations\n");
    }
    text.push_str("\nimport sys\n\n\n");
    let optional = |values: &[String]| match values {
        [] => Value::None,
        [one] => Value::One(one.clone()),
        several => Value::Several(several.to_vec()),
    };
    let mut lines = Vec::new();
    let id = literal(&node.id, random);
    lines.push(assignment("revision", &id, random));
    let written = expression(&optional(&node.parents), random);
    lines.push(assignment("down_revision", &written, random));
    for (name, values) in [("branch_labels", &node.labels), ("depends_on", &node.dependencies)] {
        if !values.is_empty() || random.percent(50) {
            let written = expression(&optional(values), random);
            lines.push(assignment(name, &written, random));
        }
    }
    if random.percent(10) {
        random.shuffle(&mut lines);
    }
    text.push_str(&lines.join("\n"));
    text.push_str("\n\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n");
    bytes(&text, random)
}
