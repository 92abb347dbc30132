//! Projects to make pages of.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A temporary project, removed with this value.
pub struct Project(TempDir);

/// One environment of a project.
pub struct Place<'a> {
    project: &'a Project,
    folder: String,
}

impl Place<'_> {
    /// Writes a revision, in a file of its id.
    pub fn revision(&self, id: &str, parents: &[&str], message: &str) {
        let path = format!("{}versions/{id}.py", self.folder);
        self.project.file(&path, &script(id, parents, message));
    }
}

/// The text of a migration file.
pub fn script(id: &str, parents: &[&str], message: &str) -> String {
    script_with(id, parents, message, "")
}

fn script_with(id: &str, parents: &[&str], message: &str, more: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let parents = match parents {
        [] => "None".to_owned(),
        [one] => quoted(one),
        several => {
            format!("({})", several.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(", "))
        }
    };
    let docstring = message.replace('\\', "\\\\").replace('"', "\\\"");
    let header = format!("Revision ID: {id}\nCreate Date: 2024-05-17 10:20:30.123456");
    let id = quoted(id);
    format!(
        "\"\"\"{docstring}\n\n{header}\n\n\"\"\"\nrevision = {id}\ndown_revision = {parents}\n{more}"
    )
}

impl Project {
    /// One environment without revisions.
    pub fn new() -> Self {
        let project = Self::empty();
        project.add("", |_| {});
        project
    }

    /// No environment.
    pub fn empty() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Adds an environment in a folder, which ends with no slash.
    pub fn add(&self, folder: &str, fill: impl FnOnce(&Place<'_>)) {
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.file(&format!("{folder}alembic.ini"), "[alembic]\nscript_location = %(here)s\n");
        fs::create_dir_all(self.path().join(&folder).join("versions")).unwrap();
        fill(&Place { project: self, folder });
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    pub fn file(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn revision(&self, id: &str, parents: &[&str], message: &str) {
        self.file(&format!("versions/{id}.py"), &script(id, parents, message));
    }

    /// Runs, a fork that is merged, a fork that is not, a base of its own with a label, and a dependency across.
    pub fn rich() -> Self {
        let project = Self::new();
        let id = |number: u64| {
            format!("{:012x}", (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16)
        };
        let words = [
            "create orders",
            "add a column to users",
            "drop what nobody uses",
            "index orders by date",
        ];
        let add = |number: u64, parents: &[u64]| {
            let parents: Vec<String> = parents.iter().map(|&parent| id(parent)).collect();
            let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
            let message = words[usize::try_from(number).unwrap() % words.len()];
            project.revision(&id(number), &parents, message);
        };
        add(0, &[]);
        (1..24).for_each(|number| add(number, &[number - 1]));
        (24..34).for_each(|number| add(number, &[if number == 24 { 20 } else { number - 1 }]));
        add(34, &[23, 33]);
        (35..45).for_each(|number| add(number, &[number - 1]));
        (45..48).for_each(|number| add(number, &[if number == 45 { 40 } else { number - 1 }]));
        let zebra = script(&id(48), &[&id(47)], "a name that tells nothing");
        project.file("versions/the_zebra.py", &zebra);
        let more = format!("branch_labels = ('reports',)\ndepends_on = '{}'\n", id(10));
        let own = script_with("cafe00000001", &[], "a base of its own", &more);
        project.file("versions/cafe00000001.py", &own);
        project.revision("cafe00000002", &["cafe00000001"], "");
        project
    }

    /// Forty heads, long names, long messages.
    pub fn wide() -> Self {
        let project = Self::new();
        project.revision("root", &[], "the root");
        for number in 0..40 {
            let id = format!("a_very_long_name_without_any_space_{number}");
            let message = format!("{} {number}", "a message that does not end ".repeat(12));
            project.revision(&id, &["root"], &message);
        }
        project.revision("unbroken", &["root"], &"unbroken".repeat(60));
        project
    }

    /// A history of so many revisions, with a short side branch at every fiftieth.
    pub fn long(revisions: usize) -> Self {
        let project = Self::new();
        let id = |number: usize| format!("{number:012x}");
        let mut parents: Vec<String> = Vec::new();
        let mut number = 0;
        while number < revisions {
            let is_merge = parents.len() > 1;
            let own: Vec<&str> = parents.iter().map(String::as_str).collect();
            project.revision(&id(number), &own, &format!("step {number} alters a table"));
            let parent = id(number);
            number += 1;
            if number % 50 == 0 && number + 2 < revisions && !is_merge {
                project.revision(&id(number), &[&parent], "one side");
                project.revision(&id(number + 1), &[&parent], "the other side");
                parents = vec![id(number), id(number + 1)];
                number += 2;
            } else {
                parents = vec![parent];
            }
        }
        project
    }
}

/// What a command says on stdout.
pub fn onehead(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onehead"));
    command.current_dir(folder).env_clear().args(arguments);
    let output = command.output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}
