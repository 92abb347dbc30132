//! Real forks: the newest revisions of real projects put on an older one, and mended both ways.
//!
//! Moving them back must give the files of the project to the byte, of which [`super::projects`] shows that Alembic
//! reads them as we do; what a merge gives, Alembic reads here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::compare;
use crate::oracle::{Answer, Oracle, Request};
use crate::ours::{self, onehead};
use crate::projects::{Project, package, wanted, words};

/// How many of the newest revisions are moved, and below how many others.
const FORKS: &[(usize, usize)] = &[(1, 1), (2, 3), (5, 12)];

/// The labels of lines that stand side by side, each with a head of its own.
const LINES: &[(&str, &[&str])] = &[("galaxy-data-26.1.2", &["gxy", "tsi"])];

/// One revision on the line that ends in the head.
struct Step {
    id: String,
    /// Its file, relative to the folder of the project.
    file: PathBuf,
    /// The only revision that it follows.
    parent: String,
}

/// A copy of what Alembic needs of a project.
struct Copy {
    folder: tempfile::TempDir,
    project: &'static Project,
    /// How many heads it has on purpose.
    heads: usize,
    /// From the head down, as far as each follows one revision and is followed by one.
    line: Vec<Step>,
}

/// What came of all forks.
#[derive(Debug, Default)]
struct Tally {
    merged: usize,
    moved_onto: usize,
    rebased: usize,
    merged_in_git: usize,
    /// With Airflow's template, which writes the parents of a merge as one text: what Alembic writes cannot be loaded.
    refused: usize,
}

impl Copy {
    fn new(project: &'static Project) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let answer = onehead(&project.folder(), &project.arguments("environments --format json"));
        let document: Value = serde_json::from_str(&answer.stdout).unwrap();
        let environment = &document["environments"][0];
        let locations = environment["version_locations"].as_array().unwrap();
        let folders = locations.iter().chain([&environment["script_location"]]);
        // Paths are told from the top of the repository, which the package is.
        let from = package(project.package);
        for path in folders.filter_map(Value::as_str) {
            copy(&from.join(path), &folder.path().join(path));
        }
        if let Some(config) = project.config {
            let config = Path::new(project.directory).join(config);
            fs::create_dir_all(folder.path().join(&config).parent().unwrap()).unwrap();
            fs::copy(from.join(&config), folder.path().join(&config)).unwrap();
        }
        // Wheels may leave it out; without it Alembic cannot merge either.
        let template = folder.path().join(environment["script_location"].as_str().unwrap());
        let template = template.join("script.py.mako");
        if !template.exists() {
            let stock = Path::new(&crate::prepared("ONEHEAD_TEST_TEMPLATES"))
                .join("alembic-1.20.1/generic/script.py.mako");
            fs::copy(stock, template).unwrap();
        }
        let mut this = Self { folder, project, heads: 1, line: Vec::new() };
        if let Some((_, labels)) = LINES.iter().find(|(name, _)| *name == project.package) {
            let table: Vec<String> = labels.iter().map(|label| format!("{label} = 1")).collect();
            let table = format!("expected-heads = {{ {} }}\n", table.join(", "));
            fs::write(this.path().join("onehead.toml"), table).unwrap();
            this.heads = labels.len();
        }
        this.line = this.read_line();
        this
    }

    /// The folder that commands are run in.
    fn path(&self) -> PathBuf {
        self.folder.path().join(self.project.directory).canonicalize().unwrap()
    }

    fn run(&self, command: &str) -> ours::Answer {
        onehead(&self.path(), &self.project.arguments(command))
    }

    /// The line that ends in the head, from the text of `history -v`.
    fn read_line(&self) -> Vec<Step> {
        let history = self.run("history -v").stdout;
        let top = self.path();
        let mut line: Vec<Step> = Vec::new();
        for block in history.split("\nRev: ") {
            let value =
                |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            let first = block.trim_start_matches("Rev: ");
            let id = first.split_whitespace().next().unwrap_or_default().to_owned();
            let (Some(parent), Some(file)) = (value("Parent:"), value("Path:")) else { break };
            let follows = line.last().is_none_or(|above| above.parent == id);
            if !follows || parent == "<base>" || value("Branches into:").is_some() {
                break;
            }
            let file = Path::new(file).strip_prefix(&top).unwrap().to_path_buf();
            line.push(Step { id, file, parent: parent.to_owned() });
        }
        line
    }

    /// Puts the newest `count` revisions on the one `below` the last that they do not include; `None` where the line is
    /// too short. What comes back is the file that was changed, as it was, and the text that it has now.
    fn fork(&self, count: usize, below: usize) -> Option<Fork<'_>> {
        let (lowest, target) = (self.line.get(count - 1)?, self.line.get(count + below)?);
        let path = self.path().join(&lowest.file);
        let original = fs::read_to_string(&path).unwrap();
        let forked: Vec<String> = original
            .split_inclusive('\n')
            .map(|line| {
                let names = line.starts_with("down_revision") || line.starts_with("Revises:");
                if names { line.replace(&lowest.parent, &target.id) } else { line.to_owned() }
            })
            .collect();
        let forked = forked.concat();
        assert_ne!(forked, original, "{}", path.display());
        fs::write(&path, &forked).unwrap();
        Some(Fork { copy: self, files: self.files(), path, original, count })
    }

    /// Every file of the copy, with its bytes.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.path(), &mut files);
        files
    }

    fn alembic(&self, oracle: &mut Oracle, commands: &[&str]) -> Answer {
        let request = self.project.request();
        let commands = commands.iter().map(|line| words(line)).collect();
        let directory = self.path().to_string_lossy().into_owned();
        oracle.ask(&Request { directory, commands, ..request });
        oracle.answer()
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["-c", "user.name=A. Author", "-c", "user.email=a@example.org"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
}

/// A copy with two heads.
struct Fork<'a> {
    copy: &'a Copy,
    /// Every file of it.
    files: BTreeMap<PathBuf, Vec<u8>>,
    /// The file that was changed to make the fork.
    path: PathBuf,
    /// What it held before.
    original: String,
    count: usize,
}

impl Fork<'_> {
    fn name(&self) -> String {
        let Project { package, section, .. } = self.copy.project;
        format!("{package} [{section}], {} revisions moved", self.count)
    }

    /// Both heads are joined, Alembic reads one history, and we read the same.
    fn check_merged(&self, oracle: &mut Oracle, tally: &mut Tally) -> bool {
        let (name, before) = (self.name(), &self.files);
        let merged = self.copy.run("merge");
        if self.copy.project.package.starts_with("apache-airflow") {
            let why = "the template gives a file that does not set `down_revision`";
            assert!(merged.status == Some(2) && merged.stderr.contains(why), "{name}: {merged:?}");
            assert_eq!(&self.copy.files(), before, "{name}");
            tally.refused += 1;
            self.check_unloadable(oracle);
            return false;
        }
        assert_eq!(merged.status, Some(0), "{name}: {merged:?}");
        let mut after = self.copy.files();
        let is_new = |path: &&PathBuf| !before.contains_key(*path);
        let new: Vec<PathBuf> = after.keys().filter(is_new).cloned().collect();
        assert_eq!(new.len(), 1, "{name}: {new:?}");
        let commands = ["heads", "history -v"];
        let answer = self.copy.alembic(oracle, &commands);
        let facts = answer.facts.as_ref().unwrap_or_else(|| panic!("{name}: {:?}", answer.load));
        assert_eq!(facts.heads.len(), self.copy.heads, "{name}: {:?}", facts.heads);
        assert_eq!(facts.nodes.len(), self.copy.project.revisions + 1, "{name}");
        let is_merge = |head: &String| facts.merge_points.contains(head);
        assert!(facts.heads.iter().any(is_merge), "{name}: {:?}", facts.heads);
        for (nth, command) in commands.iter().enumerate() {
            let ours = self.copy.run(command);
            let same = compare::outcome(&words(command), &answer, nth, &ours);
            assert_eq!(same, Ok(()), "{name}: {command}");
        }
        after.remove(&new[0]);
        assert_eq!(&after, before, "{name}: other files");
        fs::remove_file(&new[0]).unwrap();
        true
    }

    /// What `alembic merge` writes with the template is no history any more.
    fn check_unloadable(&self, oracle: &mut Oracle) {
        let copy = self.copy;
        let template = fs::read_to_string(copy.path().join("migrations/script.py.mako")).unwrap();
        assert!(template.contains("\ndown_revision = \"${down_revision}\"\n"), "{template}");
        let heads = (&copy.line[0].id, &copy.line[self.count].id);
        let text =
            format!("revision = \"m\"\ndown_revision = \"('{}', '{}')\"\n", heads.0, heads.1);
        let merge = copy.path().join(copy.line[0].file.with_file_name("m_merge.py"));
        fs::write(&merge, text).unwrap();
        let answer = copy.alembic(oracle, &["heads"]);
        assert!(answer.facts.is_none(), "{}: {answer:?}", self.name());
        fs::remove_file(merge).unwrap();
    }

    /// The files of the project come back to the byte.
    fn check_moved_back(&self, command: &str) {
        let name = self.name();
        let rebased = self.copy.run(command);
        assert_eq!(rebased.status, Some(0), "{name}: {rebased:?}");
        let mut expected = self.files.clone();
        expected.insert(self.path.clone(), self.original.clone().into_bytes());
        let after = self.copy.files();
        for (path, content) in &expected {
            let shown = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
            let now = after.get(path).map(|content| shown(content));
            assert_eq!(now, Some(shown(content)), "{name}: {}\n{rebased:?}", path.display());
        }
        assert_eq!(after.len(), expected.len(), "{name}");
        let again = self.copy.run(command);
        assert_eq!(again.status, Some(0), "{name}: a second time: {again:?}");
        assert_eq!(self.copy.files(), after, "{name}: a second time");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_file() {
            files.insert(path.clone(), fs::read(path).unwrap());
        } else if !path.ends_with(".git") && !path.ends_with(".onehead") {
            collect(&path, files);
        }
    }
}

/// Without git: what moves and onto what is said.
fn check_said(copy: &Copy, oracle: &mut Oracle, tally: &mut Tally) {
    for &(count, below) in FORKS {
        let Some(fork) = copy.fork(count, below) else { continue };
        tally.merged += usize::from(fork.check_merged(oracle, tally));
        let (mine, theirs) = (&copy.line[0].id, &copy.line[count].id);
        fork.check_moved_back(&format!("rebase {mine} --onto {theirs}"));
        tally.moved_onto += 1;
    }
}

/// With git: everything but what moves is on `main`.
fn check_published(copy: &Copy, oracle: &mut Oracle, tally: &mut Tally) {
    for &(count, below) in FORKS {
        let Some(fork) = copy.fork(count, below) else { continue };
        copy.git(&["init", "-q", "-b", "main", "--template="]);
        copy.git(&["add", "-A"]);
        for step in &copy.line[..count] {
            copy.git(&["rm", "-q", "--cached", &step.file.to_string_lossy()]);
        }
        copy.git(&["commit", "-q", "-m", "main"]);
        copy.git(&["checkout", "-q", "-b", "feature"]);
        copy.git(&["add", "-A"]);
        copy.git(&["commit", "-q", "-m", "feature"]);
        tally.merged_in_git += usize::from(fork.check_merged(oracle, tally));
        fork.check_moved_back("rebase");
        tally.rebased += 1;
        fs::remove_dir_all(copy.path().join(".git")).unwrap();
    }
}

#[test]
fn real_forks_are_mended_both_ways() {
    let mut oracle = Oracle::start("ONEHEAD_TEST_ALEMBIC_PYTHON");
    let mut tally = Tally::default();
    for project in wanted() {
        let copy = Copy::new(project);
        check_said(&copy, &mut oracle, &mut tally);
        check_published(&copy, &mut oracle, &mut tally);
    }
    println!("real forks: {tally:?}");
    assert!(tally.merged >= 20 && tally.rebased >= 20 && tally.moved_onto >= 20, "{tally:?}");
}
