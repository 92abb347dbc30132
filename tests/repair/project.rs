//! Random projects in git repositories: a published part on `main`, the rest on a branch, committed or not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::history::{History, Kind, Migration};
use crate::random::Random;
use crate::syntax::{Value, assignment, bytes, expression, literal};

/// A project on disk.
pub struct Project {
    folder: tempfile::TempDir,
    /// What was written to it.
    pub history: History,
}

const ENV: &str = "\
from alembic import context
from sqlalchemy import create_engine, event

engine = create_engine(context.config.get_main_option(\"sqlalchemy.url\"))


@event.listens_for(engine, \"connect\")
def do_not_wait_for_the_disk(connection, record):
    connection.execute(\"PRAGMA synchronous = OFF\")


with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
";
const TEMPLATE: &str = "\
\"\"\"${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

\"\"\"
from alembic import op
import sqlalchemy as sa
${imports if imports else \"\"}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else \"pass\"}


def downgrade():
    ${downgrades if downgrades else \"pass\"}
";

impl Project {
    /// The project of this kind that belongs to this seed.
    pub fn new(kind: Kind, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let history = History::new(kind, &mut random);
        Self::of(kind, history, &mut random)
    }

    /// A project with this history.
    pub fn of(kind: Kind, history: History, random: &mut Random) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Self { folder, history };
        let locations = match kind {
            Kind::Locations => {
                "version_locations = %(here)s/db/one %(here)s/db/two\npath_separator = space\n"
            }
            _ => "",
        };
        let ini = format!("[alembic]\nscript_location = %(here)s/db\n{locations}");
        project.write("alembic.ini", ini.as_bytes());
        project.write("db/env.py", ENV.as_bytes());
        // Some begin every migration with a line of their own.
        let line = if random.percent(20) { "    conn = op.get_bind()\n    ${" } else { "    ${" };
        project.write("db/script.py.mako", TEMPLATE.replace("    ${", line).as_bytes());
        for folder in ["db/one", "db/two"].iter().filter(|_| kind == Kind::Locations) {
            fs::create_dir_all(project.folder.path().join(folder)).expect("writable");
        }
        if !project.history.labels.is_empty() {
            let table: Vec<String> =
                project.history.labels.iter().map(|label| format!("{label} = 1")).collect();
            let table = format!("[tool.onehead]\nexpected-heads = {{ {} }}\n", table.join(", "));
            project.write("pyproject.toml", table.as_bytes());
        }
        project.git(&["init", "-q", "-b", "main", "--template="]);
        project.write_scripts(true, random);
        project.git(&["add", "-A"]);
        project.git(&["commit", "-q", "-m", "x"]);
        project.git(&["checkout", "-q", "-b", "feature"]);
        project.write_scripts(false, random);
        if random.percent(50) {
            project.git(&["add", "-A"]);
            project.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        }
        project
    }

    fn write_scripts(&self, published: bool, random: &mut Random) {
        for migration in self.history.migrations.iter().filter(|one| one.published == published) {
            self.write(&migration.file, &self.content(migration, random));
        }
    }

    /// The top folder.
    pub fn path(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).expect("it is there")
    }

    /// Writes a file.
    pub fn write(&self, path: &str, content: &[u8]) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("writable");
        fs::write(path, content).expect("writable");
    }

    fn git(&self, arguments: &[&str]) {
        let output = self.command("git").args(arguments).output().expect("git is installed");
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
    }

    /// Runs the program.
    pub fn onehead(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(env!("CARGO_BIN_EXE_onehead"));
        command.args(arguments).output().expect("the program starts")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("CI")
            .envs(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|name| (name, "A. Author")))
            .envs(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|name| (name, "a@example.org")));
        command
    }

    /// Every file but git's own, with its bytes.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), &mut files);
        files
    }

    /// The bytes of the files that are published.
    pub fn published_files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let published = self.history.migrations.iter().filter(|one| one.published);
        let paths = published.map(|one| self.folder.path().join(&one.file));
        paths.map(|path| (path.clone(), fs::read(path).expect("there"))).collect()
    }

    /// A copy without some of the migrations.
    pub fn copy(&self, folder: &Path, is_left_out: impl Fn(&Migration) -> bool) {
        let without: Vec<&Migration> =
            self.history.migrations.iter().filter(|one| is_left_out(one)).collect();
        let stays = |path: &Path| !without.iter().any(|one| path.ends_with(&one.file));
        for (path, content) in self.files().into_iter().filter(|(path, _)| stays(path)) {
            let to = folder.join(path.strip_prefix(self.folder.path()).expect("inside"));
            fs::create_dir_all(to.parent().expect("a file lies in a folder")).expect("writable");
            fs::write(to, content).expect("writable");
        }
    }

    fn content(&self, migration: &Migration, random: &mut Random) -> Vec<u8> {
        let Migration { id, name, makes_table, .. } = migration;
        let ids = |positions: &[usize]| -> Vec<String> {
            positions.iter().map(|&at| self.history.migrations[at].id.clone()).collect()
        };
        let parents = ids(&migration.parents);
        let header = format!(
            "\"\"\"{name}\n\nRevision ID: {id}\nRevises: {}\nCreate Date: 2026-{:02}-{:02} 10:00:00.000000\n\n\"\"\"\n",
            parents.join(", "),
            1 + random.below(12),
            1 + random.below(28),
        );
        let mut text = if random.percent(80) { header } else { format!("'{name}'\n") };
        text.push_str("from alembic import op\nimport sqlalchemy as sa\n\n\n");
        let optional = |values: &[String]| match values {
            [] => Value::None,
            [one] => Value::One(one.clone()),
            several => Value::Several(several.to_vec()),
        };
        let mut lines = vec![assignment("revision", &literal(id, random), random)];
        let written = expression(&optional(&parents), random);
        lines.push(assignment("down_revision", &written, random));
        if !migration.labels.is_empty() {
            let written = expression(&optional(&migration.labels), random);
            lines.push(assignment("branch_labels", &written, random));
        }
        let dependencies: Vec<String> =
            migration.dependencies.iter().map(|(_, written)| written.clone()).collect();
        if !dependencies.is_empty() || random.percent(60) {
            let written = expression(&optional(&dependencies), random);
            lines.push(assignment("depends_on", &written, random));
        }
        text.push_str(&lines.join("\n"));
        let (upgrade, downgrade) = if *makes_table {
            (
                format!(
                    "op.create_table(\"{name}\", sa.Column(\"id\", sa.Integer()))\n    op.execute('INSERT INTO \"{name}\" VALUES (1)')"
                ),
                format!("op.drop_table(\"{name}\")"),
            )
        } else {
            ("pass".to_owned(), "pass".to_owned())
        };
        text.push_str("\n\n\ndef upgrade():\n    ");
        text.push_str(&upgrade);
        text.push_str("\n\n\ndef downgrade():\n    ");
        text.push_str(&downgrade);
        text.push('\n');
        bytes(&text, random)
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_file() {
            files.insert(path.clone(), fs::read(path).expect("readable"));
        } else if !path.ends_with(".git") && !path.ends_with("__pycache__") {
            collect(&path, files);
        }
    }
}

/// What a program printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
