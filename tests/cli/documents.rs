//! What documents show as answered is what is answered: each `$ onehead …` in a block ```` ```console ```` is run in
//! `examples/forked`. A line `...` there stands for any lines.

use std::path::Path;

use crate::examples::example;

/// A command of a document, and the lines below it.
struct Shown {
    line: usize,
    command: String,
    answer: Vec<String>,
}

fn shown(text: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut is_inside = false;
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            is_inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ onehead ").filter(|_| is_inside) {
            let command = command.to_owned();
            found.push(Shown { line: at + 1, command, answer: Vec::new() });
        } else if is_inside {
            found.last_mut().expect("a command comes first").answer.push(line.to_owned());
        }
    }
    found
}

/// Whether lines are as expected; `...` stands for any.
fn is_as_expected(lines: &[&str], expected: &[String]) -> bool {
    match expected {
        [] => lines.is_empty(),
        [any, rest @ ..] if any == "..." => {
            (0..=lines.len()).any(|at| is_as_expected(&lines[at..], rest))
        }
        [one, rest @ ..] => {
            lines.first() == Some(&one.as_str()) && is_as_expected(&lines[1..], rest)
        }
    }
}

#[test]
fn the_page_of_formats_shows_what_is_answered() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let text = std::fs::read_to_string(path).expect("the page");
    let commands = shown(&text);
    assert_eq!(commands.len(), 7);
    for shown in commands {
        let arguments: Vec<&str> = shown.command.split(' ').collect();
        let answer = example("forked").onehead_with("", &arguments);
        let lines: Vec<&str> = answer.stdout.lines().collect();
        assert!(
            is_as_expected(&lines, &shown.answer),
            "docs/formats.md:{}: onehead {} answers\n{}",
            shown.line,
            shown.command,
            answer.stdout
        );
    }
}

/// Each format has its section, and the table leads there.
#[test]
fn the_page_of_formats_has_all() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let text = std::fs::read_to_string(path).expect("the page");
    let help = example("forked").onehead(["check", "--help"]).stdout;
    let listed = help.split("--format <FORMAT>").nth(1).expect("the option");
    let listed = listed.split("Possible values:").nth(1).expect("its values");
    let listed = listed.lines().filter(|line| !line.contains("(graph only)"));
    let names = listed.filter_map(|line| line.trim().strip_prefix("- "));
    let names: Vec<&str> = names.filter_map(|line| line.split(':').next()).collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        assert!(text.contains(&format!("\n## {name}\n")), "no section {name}");
        assert!(text.contains(&format!("| [`{name}`](#{name}) |")), "no row {name}");
    }
}
