//! Every page of a rule is run: its bad example triggers the rule and nothing else, its good example nothing at all.
//!
//! An example is a project of a few files, each a fenced block with its path: ```` ```python versions/a.py ````. Files
//! below `versions/` are loaded, in the order of their names. Where there are two sides, `ours/versions/` is only here, and
//! `baseline/versions/` only on the baseline, or `theirs/versions/` only on the branch that would be merged.

#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read its data has failed, and UPDATE_DOCS writes documents"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use onehead::check::{Facts, Scope, judge};
use onehead::environment::{Environment, ExpectedHeads, Launch, Origin, Root, VersionLocation};
use onehead::explain;
use onehead::graph::RevisionGraph;
use onehead::published::{self, Baseline, BaselineChoice, PublishedScripts};
use onehead::rules::settings::RuleSettings;
use onehead::rules::{Kind, Level, Merge, RULES, Rule};
use onehead::script::{Depth, NoModules, Script, parse};
use onehead::snapshot::Snapshot;

/// The files of the section `heading` of a page.
fn example(page: &str, heading: &str) -> Vec<(PathBuf, String)> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let (mut in_section, mut in_file) = (false, false);
    for line in page.lines() {
        if let Some(path) = line.strip_prefix("```python ").filter(|_| in_section && !in_file) {
            files.push((PathBuf::from(path), String::new()));
            in_file = true;
        } else if line == "```" {
            in_file = false;
        } else if in_file {
            let text = &mut files.last_mut().expect("a file was opened").1;
            text.push_str(line);
            text.push('\n');
        } else if line.starts_with("## ") {
            in_section = line == heading;
        }
    }
    files.sort();
    files
}

fn environment(root: &Path) -> Environment {
    Environment {
        name: "alembic.ini".into(),
        config: Some(root.join("alembic.ini")),
        section: "alembic".into(),
        origin: Origin::Here,
        script_location: root.into(),

        launch: Launch::Alembic { from: None },
        version_locations: vec![VersionLocation {
            written: None,
            path: root.join("versions"),
            exists: true,
        }],
        recursive: false,
        sourceless: false,
        file_template: "%(rev)s_%(slug)s".into(),
        truncate_slug_length: 40,
        expected_heads: ExpectedHeads::Total(1),
        module_roots: Vec::new(),
        configuration: std::sync::Arc::default(),
        governing: std::sync::Arc::default(),
    }
}

/// An example, by whose files they are.
struct Example {
    files: Vec<(PathBuf, String)>,
}

impl Example {
    /// The files below `versions/` and below the folder `side`, as they would lie in a project, by path.
    fn files_of(&self, sides: &[&str]) -> Vec<(PathBuf, &str)> {
        let below = |path: &Path| {
            let of_a_side = sides.iter().find_map(|side| path.strip_prefix(side).ok());
            let inside = of_a_side.unwrap_or(path);
            inside.starts_with("versions").then(|| inside.to_path_buf())
        };
        let files = self.files.iter();
        let mut files: Vec<(PathBuf, &str)> =
            files.filter_map(|(path, text)| Some((below(path)?, text.as_str()))).collect();
        files.sort();
        files
    }

    fn scripts(&self, root: &Path, sides: &[&str]) -> Vec<Script> {
        let parsed = |(path, text): (PathBuf, &str)| {
            parse(root.join(path), text.as_bytes(), Depth::Whole, &NoModules)
        };
        self.files_of(sides).into_iter().map(parsed).collect()
    }

    /// What the baseline says of the scripts, asked of a repository in which `main` is the baseline.
    fn published(&self, root: &Path, scripts: &[Script]) -> PublishedScripts {
        let git = |arguments: &[&str]| {
            let identity = ["-c", "user.name=A. Author", "-c", "user.email=author@example.org"];
            let mut command = Command::new("git");
            command.current_dir(root).args(identity).args(["-c", "init.defaultBranch=main"]);
            let output = command.args(arguments).output().expect("git is installed");
            assert!(output.status.success(), "{arguments:?}");
        };
        let write = |sides: &[&str]| {
            let _ = std::fs::remove_dir_all(root.join("versions"));
            std::fs::create_dir(root.join("versions")).expect("a folder can be made");
            for (path, text) in self.files_of(sides) {
                std::fs::write(root.join(path), text).expect("a file can be written");
            }
        };
        git(&["init", "-q"]);
        write(&["baseline"]);
        git(&["add", "-A"]);
        git(&["commit", "-q", "-m", "main"]);
        write(&["ours"]);
        let parse =
            |path: &Path, bytes: &[u8]| parse(path.to_path_buf(), bytes, Depth::Names, &NoModules);
        let choice = BaselineChoice::Named { names: vec!["main".into()], named_in: None };
        let read = published::read(
            &Snapshot::Worktree,
            &Root::find(root),
            &[environment(root)],
            &choice,
            &parse,
        );
        match read {
            Ok(Baseline::Read(known)) => {
                known.compared(0, scripts, &|path| std::fs::read(path).ok())
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The rules that find something in the example.
fn found(rule: &Rule, heading: &str) -> Vec<&'static str> {
    let example = Example { files: example(rule.page, heading) };
    assert!(!example.files.is_empty(), "the page of {} has no files under {heading:?}", rule.name);
    let mut settings = RuleSettings::default();
    if rule.level == Level::Off {
        settings.severities.push((rule.name.to_owned(), Level::Warning));
    }
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let root = folder.path().canonicalize().expect("it is there");
    let environment = environment(&root);
    let (ours, theirs) = (example.scripts(&root, &["ours"]), example.scripts(&root, &["theirs"]));
    let scripts = example.scripts(&root, &["ours", "theirs"]);
    let graphs = [&scripts, &ours, &theirs].map(|scripts| RevisionGraph::build(scripts));
    let [graph, ours, theirs] = &graphs;
    let merge = Merge { other: "origin/main".into(), ours, theirs };
    let published = rule.kind == Kind::Published;
    let published = published.then(|| example.published(&root, &scripts));
    let mut facts = Facts::new(&environment, &scripts, graph);
    facts.published = published.as_ref();
    facts.merge = Some(&merge).filter(|_| rule.name == "fork-on-merge");
    let checked = judge(&facts, &settings, &Scope::All);
    checked.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn every_bad_example_triggers_its_rule_and_only_it() {
    for rule in RULES {
        assert_eq!(found(rule, "## Bad"), [rule.name], "bad example of {}", rule.name);
    }
}

#[test]
fn every_good_example_is_fine() {
    for rule in RULES {
        assert_eq!(found(rule, "## Good"), [""; 0], "good example of {}", rule.name);
    }
}

/// Compares a generated document with the file; `UPDATE_DOCS=1` writes it instead.
#[track_caller]
fn check_document(name: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, generated).expect("docs can be written");
    }
    let written = std::fs::read_to_string(&path).expect("the document is there");
    assert!(
        written == generated,
        "docs/{name} is not current: run `UPDATE_DOCS=1 cargo test --test pages`"
    );
}

#[test]
fn the_list_of_rules_is_current() {
    check_document("rules.md", &explain::rules_document());
}

#[test]
fn the_troubleshooting_document_is_current() {
    check_document("troubleshooting.md", &explain::troubleshooting());
}

#[test]
fn the_reference_of_the_command_line_is_current() {
    check_document("cli.md", &onehead::reference::document());
}
