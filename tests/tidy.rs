//! The limits that the code holds, each with what to do instead.
//!
//! Style that a formatter or a lint can hold is theirs. These are the few things that nothing else looks at.
#![allow(clippy::disallowed_methods, reason = "tests read files themselves")]
#![allow(missing_docs, reason = "the name of a test says what it proves")]
#![allow(clippy::expect_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use onehead::rules::RULES;

const FUNCTION_LINES: usize = 70;
const FILE_LINES: usize = 500;
const CLIPPY_EXCEPTIONS: usize = 10;

/// A text file of the repository, its path relative to the root with `/`.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The lines before the unit tests; none in a file that is all tests.
    fn code(&self) -> Vec<&str> {
        if self.path.ends_with("/tests.rs") || self.path.ends_with("/testing.rs") {
            return Vec::new();
        }
        let lines: Vec<&str> = self.text.lines().collect();
        let opens_tests = |pair: &[&str]| {
            // A module of tests in a file of its own ends nothing here.
            pair[0].starts_with("#[cfg(test)]")
                && pair[1].starts_with("mod ")
                && pair[1].ends_with('{')
        };
        let end = lines.windows(2).position(opens_tests).unwrap_or(lines.len());
        lines[..end].to_vec()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every text file below `folder`, what is built or fetched aside, in the order of their paths.
fn files(folder: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    found.sort();
    let relative = |path: &PathBuf| {
        let path = path.strip_prefix(root()).expect("below the root");
        path.to_string_lossy().replace('\\', "/")
    };
    let read = |path: &PathBuf| fs::read_to_string(path).ok();
    found.iter().filter_map(|path| Some(File { path: relative(path), text: read(path)? })).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let built = ["target", ".cache", ".git", "dist", "corpus", "artifacts", "__pycache__"];
        if built.contains(&name.as_str()) {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), found),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
}

fn rust(folders: &[&str]) -> Vec<File> {
    let is_rust = |file: &File| Path::new(&file.path).extension().is_some_and(|end| end == "rs");
    folders.iter().flat_map(|folder| files(folder)).filter(is_rust).collect()
}

#[track_caller]
fn none(violations: &[String], instead: &str) {
    assert!(violations.is_empty(), "{instead}:\n  {}", violations.join("\n  "));
}

/// Each function as (line, name, lines); the code is formatted, so its last line is a brace under its first.
fn functions<'a>(lines: &[&'a str]) -> Vec<(usize, &'a str, usize)> {
    let mut result = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let text = line.trim_start();
        let words = ["pub ", "pub(crate) ", "pub(super) ", "const ", "async "];
        let text = words.iter().fold(text, |text, word| text.strip_prefix(word).unwrap_or(text));
        let Some(name) = text.strip_prefix("fn ") else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        if line.ends_with('}') || line.ends_with(';') {
            continue;
        }
        let close = format!("{indent}}}");
        let length = lines[start..].iter().position(|line| *line == close).map_or(0, |end| end + 1);
        result.push((start + 1, name.split(['(', '<']).next().unwrap_or(name), length));
    }
    result
}

#[test]
fn functions_are_short() {
    let mut long = Vec::new();
    for file in rust(&["src"]) {
        for (line, name, length) in functions(&file.code()) {
            if length > FUNCTION_LINES {
                long.push(format!("{}:{line}: {name} has {length} lines", file.path));
            }
        }
    }
    none(&long, &format!("a function has {FUNCTION_LINES} lines at most: name its parts"));
}

#[test]
fn the_function_scanner_sees_functions() {
    let text = "fn a() {\n    one();\n}\n\nimpl B {\n    pub(crate) const fn b<T>(\n    ) {\n    }\n}\nfn c() {}\n";
    assert_eq!(functions(&text.lines().collect::<Vec<_>>()), [(1, "a", 3), (6, "b", 3)]);
}

#[test]
fn unit_tests_are_no_code_and_what_follows_a_declaration_is() {
    let code = |text: &str| File { path: "src/a.rs".into(), text: text.into() }.code().len();
    assert_eq!(code("a\n#[cfg(test)]\nmod testing;\nb\n"), 4);
    assert_eq!(code("a\n#[cfg(test)]\nmod tests {\n}\n"), 1);
}

#[test]
fn files_are_short() {
    let long: Vec<String> = rust(&["src", "tests", "benches"])
        .iter()
        .map(|file| (&file.path, file.code().len()))
        .filter(|(_, lines)| *lines > FILE_LINES)
        .map(|(path, lines)| format!("{path} has {lines} lines"))
        .collect();
    none(&long, &format!("a file has {FILE_LINES} lines at most, unit tests aside: split it"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<String> = rust(&["src", "tests", "benches"])
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.path)
        .collect();
    none(&silent, "a module opens with a //! paragraph: what it is for, what it refuses to do");
}

#[test]
fn no_glob_imports_no_macros_and_no_async() {
    let mut found = Vec::new();
    for file in rust(&["src"]) {
        for (number, line) in file.code().iter().enumerate() {
            let text = line.trim_start();
            if text.starts_with("macro_rules!") {
                found.push(format!("{}:{}: a macro; use a function", file.path, number + 1));
            }
            if text.contains("::*") && !text.starts_with("//") {
                found.push(format!("{}:{}: a glob import; use names", file.path, number + 1));
            }
            if text.contains("async fn ") || text.contains("async move ") || text.contains(".await")
            {
                found.push(format!("{}:{}: async; use a thread", file.path, number + 1));
            }
        }
    }
    none(&found, "banned outside tests");
}

#[test]
fn commands_ask_the_repository_that_is_worked_in() {
    let mut found = Vec::new();
    for file in rust(&["src/commands"]) {
        let lines = file.code();
        let asks = lines.iter().enumerate().filter(|(_, line)| line.contains("Git::new("));
        found.extend(asks.map(|(at, line)| format!("{}:{}: {}", file.path, at + 1, line.trim())));
    }
    none(&found, "use `Root::git`: the variables of git's may be about another repository");
}

#[test]
fn a_panic_is_argued() {
    let mut found = Vec::new();
    for file in rust(&["src"]) {
        let lines = file.code();
        for (number, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap_or(line);
            let panics =
                [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "unreachable!("];
            let argued = |at: Option<usize>| {
                at.and_then(|at| lines.get(at)).is_some_and(|line| line.contains("//"))
            };
            if panics.iter().any(|panic| code.contains(panic))
                && !argued(Some(number))
                && !argued(number.checked_sub(1))
            {
                found.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    none(
        &found,
        "a panic outside tests is banned; return the case, or prove in a comment that it cannot be",
    );
}

#[test]
fn lint_exceptions_are_few() {
    let manifest = read("Cargo.toml");
    let lints = manifest.split("[lints.clippy]").nth(1).expect("Cargo.toml has [lints.clippy]");
    let section = lints.split("\n[").next().unwrap_or(lints);
    for line in
        ["pedantic = { level = \"warn\"", "unwrap_used = \"warn\"", "expect_used = \"warn\""]
    {
        assert!(section.contains(line), "Cargo.toml no longer has {line}");
    }
    assert!(manifest.contains("\nunsafe_code = \"forbid\"\n"), "unsafe code is forbidden");
    let allowed = section.lines().filter(|line| line.contains("\"allow\"")).count();
    assert!(allowed <= CLIPPY_EXCEPTIONS, "{allowed} lints are allowed: fix the code instead");
}

#[test]
fn a_local_lint_exception_has_a_reason() {
    let mut found = Vec::new();
    for file in rust(&["src", "tests", "benches"]) {
        let lines: Vec<&str> = file.text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let text = line.trim_start();
            let opens = ["#[allow(", "#![allow(", "#[expect(", "#![expect("];
            if !opens.iter().any(|open| text.starts_with(open)) {
                continue;
            }
            // An attribute of several lines ends with a line of its own.
            let end = lines[number..]
                .iter()
                .position(|line| line.trim_end().ends_with(")]"))
                .unwrap_or(0);
            if !lines[number..=number + end].iter().any(|line| line.contains("reason = ")) {
                found.push(format!("{}:{}: {text}", file.path, number + 1));
            }
        }
    }
    none(&found, "a lint is silenced with `reason = \"...\"`");
}

#[test]
fn every_dependency_is_argued() {
    let manifest = read("Cargo.toml");
    let (mut section, mut before, mut bare) = ("", "", Vec::new());
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && line.contains(" = ")
            && !line.starts_with([' ', '#'])
            && !before.starts_with("# ")
        {
            bare.push(line.to_string());
        }
        before = line;
    }
    none(&bare, "a dependency has a line above it that says why it is there");
}

/// A banned text in two halves, so that this file does not hold it.
const OUTSIDE: &[(&str, &str)] =
    &[("../", "shared"), ("/wo", "rk/"), ("/tm", "p/"), ("/ro", "ot/"), ("/home/", "runner")];

const HOSTS: &[(&str, &str)] = &[
    ("pypi", ".org"),
    ("files.python", "hosted"),
    ("static.crates", ".io"),
    ("index.crates", ".io"),
    ("registry.np", "mjs"),
    ("proxy.gol", "ang"),
];

const MAKING: &[(&str, &str)] = &[
    ("age", "nt"),
    ("age", "nts"),
    ("assis", "tant"),
    ("clau", "de"),
    ("chat", "gpt"),
    ("co", "pilot"),
    ("l", "lm"),
    ("co-authored", "-by"),
];

/// Everything that is kept in the repository, what other programs write and recorded data aside.
fn own_files() -> Vec<File> {
    let foreign = |path: &str| path == "Cargo.lock" || path.starts_with("tests/data/");
    files("").into_iter().filter(|file| !foreign(&file.path)).collect()
}

fn lines_with(is_banned: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for file in own_files() {
        for (number, line) in file.text.lines().enumerate() {
            if let Some(what) = is_banned(line) {
                found.push(format!("{}:{}: {what}", file.path, number + 1));
            }
        }
    }
    found
}

#[test]
fn nothing_refers_to_a_path_outside_the_repository() {
    let banned = |line: &str| {
        // In an address a slash is no root.
        let line = line.replace("://", " ");
        let hit = |(left, right): &(&str, &str)| {
            let text = format!("{left}{right}");
            let at = line.find(&text)?;
            let inside =
                line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-$})".contains(c));
            (!inside).then_some(text)
        };
        OUTSIDE.iter().find_map(hit)
    };
    none(&lines_with(banned), "use a path inside the repository or a temporary folder");
}

#[test]
fn nothing_depends_on_a_package_registry() {
    let banned = |line: &str| {
        let hit = |(left, right): &(&str, &str)| Some(format!("{left}{right}"));
        HOSTS.iter().filter_map(hit).find(|host| line.contains(host))
    };
    none(&lines_with(banned), "name the package and its version; clients know where to look");
}

#[test]
fn nothing_tells_how_the_work_is_made() {
    let banned = |line: &str| {
        let line = line.to_lowercase();
        let words: Vec<&str> =
            line.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').collect();
        let word = |(left, right): &(&str, &str)| Some(format!("{left}{right}"));
        MAKING.iter().filter_map(word).find(|word| words.contains(&word.as_str()))
    };
    none(&lines_with(banned), "say what the program does, not how it came to be");
}

#[test]
fn every_rule_has_a_page_and_is_documented() {
    let documentation: String = ["README.md"]
        .into_iter()
        .map(read)
        .chain(files("docs").into_iter().map(|file| file.text))
        .collect();
    assert!(!RULES.is_empty(), "the list of rules is empty");
    let mut found = Vec::new();
    for rule in RULES {
        if !rule.page.contains(rule.name) {
            found.push(format!("{}: its page does not name it", rule.name));
        }
        if !documentation.contains(&format!("`{}`", rule.name)) {
            found.push(format!("{}: neither in README.md nor below docs", rule.name));
        }
    }
    none(&found, "a rule is documented");
}

#[test]
fn every_dependency_is_used() {
    let manifest = read("Cargo.toml");
    let code: String =
        rust(&["src", "tests", "benches"]).into_iter().map(|file| file.text).collect();
    let sections = manifest.split("\n[").filter_map(|section| section.split_once("]\n"));
    let lines = sections.filter(|(name, _)| name.ends_with("dependencies"));
    let lines: Vec<&str> = lines.flat_map(|(_, body)| body.lines()).collect();
    let names: Vec<&str> =
        lines.iter().filter_map(|line| line.split_once(" = ")).map(|it| it.0).collect();
    assert!(names.contains(&"clap"), "Cargo.toml names no dependency");
    let is_unused = |name: &&&str| {
        let used = format!("{}::", name.replace('-', "_"));
        !code
            .match_indices(&used)
            .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let found: Vec<String> = names.iter().filter(is_unused).map(ToString::to_string).collect();
    none(&found, "take the dependency out of Cargo.toml");
}

#[test]
fn the_changelog_knows_this_version() {
    let heading = concat!("\n## ", env!("CARGO_PKG_VERSION"));
    assert!(read("CHANGELOG.md").contains(heading), "CHANGELOG.md has no{heading}");
}

/// The texts between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_difference_from_alembic_has_a_test() {
    let text = read("COMPATIBILITY.md");
    let is_row = |line: &&str| line.starts_with("| ") && !line.starts_with("|---");
    let tests = rust(&["tests", "src"]);
    let (mut rows, mut found) = (0, Vec::new());
    for row in text.lines().filter(is_row) {
        let cell = row.trim_end_matches(['|', ' ']).rsplit(" | ").next().unwrap_or_default();
        if cell == "test" {
            continue;
        }
        rows += 1;
        match quoted(cell).as_slice() {
            [place, name] => {
                let defines = |file: &File| {
                    file.path.starts_with(place) && file.text.contains(&format!("fn {name}("))
                };
                if !tests.iter().any(defines) {
                    found.push(format!("{place} has no test {name}"));
                }
            }
            _ => found.push(format!("no `place`: `test` in the last cell: {row}")),
        }
    }
    assert!(rows > 0, "COMPATIBILITY.md has no rows");
    none(&found, "a difference is held by a test that exists");
}

#[test]
fn every_fact_about_git_has_a_test_or_a_reason() {
    let text = read("docs/git.md");
    let tests = rust(&["tests", "src"]);
    let (mut rules, mut found) = (Vec::new(), Vec::new());
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let cell = cells.last().copied().unwrap_or_default();
        if cell == "test" || cell.starts_with("none: ") {
            rules.extend(cells.first().filter(|_| cell != "test").copied());
            continue;
        }
        rules.extend(cells.first());
        let named = quoted(cell);
        if named.is_empty() || named.len() % 2 == 1 {
            found.push(format!("no `place`: `test` and no reason in the last cell: {row}"));
        }
        for pair in named.chunks_exact(2) {
            let defines = |file: &File| {
                file.path == pair[0] && file.text.contains(&format!("fn {}(", pair[1]))
            };
            if !tests.iter().any(defines) {
                found.push(format!("{} has no test {}", pair[0], pair[1]));
            }
        }
    }
    let missing = (1..=40).map(|number| format!("H{number}"));
    found.extend(missing.filter(|rule| !rules.contains(&rule.as_str())));
    none(&found, "docs/git.md names a test that exists, or says why there is none");
}
