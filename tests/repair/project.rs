//! Random projects in git repositories, of which a part is published; every revision makes a table with a row.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::random::Random;
use crate::syntax::{Value, assignment, bytes, expression, literal};

/// One migration.
#[derive(Clone, Debug)]
pub struct Migration {
    /// Its id.
    pub id: String,
    /// `down_revision`
    pub parents: Vec<String>,
    /// `depends_on`
    pub dependencies: Vec<String>,
    /// Whether it makes a table.
    pub makes_table: bool,
    /// Whether it is on `main`.
    pub published: bool,
}

/// A project on disk.
pub struct Project {
    folder: tempfile::TempDir,
    /// In the order in which they were made: what one follows comes before it.
    pub migrations: Vec<Migration>,
}

const INI: &str = "[alembic]\nscript_location = %(here)s/db\n";
const ENV: &str = "\
from alembic import context
from sqlalchemy import create_engine

with create_engine(context.config.get_main_option(\"sqlalchemy.url\")).connect() as connection:
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
    /// The project that belongs to this seed: a history in which, mostly, what is not published has a head of its own.
    pub fn new(seed: u64) -> Self {
        let random = &mut Random::new(seed);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Self { folder, migrations: migrations(random) };
        project.write("alembic.ini", INI.as_bytes());
        project.write("db/env.py", ENV.as_bytes());
        project.write("db/script.py.mako", TEMPLATE.as_bytes());
        project.git(&["init", "-q", "-b", "main"]);
        for published in [true, false] {
            for migration in project.migrations.iter().filter(|one| one.published == published) {
                let path = format!("db/versions/{}_step.py", migration.id);
                project.write(&path, &content(migration, random));
            }
            project.git(&["add", "-A"]);
            project.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
            if published {
                project.git(&["checkout", "-q", "-b", "feature"]);
            }
        }
        project
    }

    /// The top folder.
    pub fn path(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).expect("it is there")
    }

    fn write(&self, path: &str, content: &[u8]) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("writable");
        fs::write(path, content).expect("writable");
    }

    /// Runs git, which must succeed, and gives what it prints.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().expect("git is installed");
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
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
            .envs(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|name| (name, "A. Author")))
            .envs(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|name| (name, "a@example.org")));
        command
    }

    /// A copy of the scripts as they are now, to be asked about later.
    pub fn copy(&self, folder: &Path) {
        for name in ["alembic.ini", "db/env.py"] {
            copy(&self.folder.path().join(name), &folder.join(name));
        }
        for entry in fs::read_dir(self.folder.path().join("db/versions")).expect("there").flatten()
        {
            copy(&entry.path(), &folder.join("db/versions").join(entry.file_name()));
        }
    }

    /// The bytes of the files that are published.
    pub fn published_files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let published = self.migrations.iter().filter(|one| one.published);
        let path = |one: &Migration| {
            self.folder.path().join("db/versions").join(format!("{}_step.py", one.id))
        };
        published.map(path).map(|path| (path.clone(), fs::read(path).expect("there"))).collect()
    }

    /// The tables that a database has on which everything ran.
    pub fn tables(&self) -> BTreeSet<String> {
        self.migrations.iter().filter(|one| one.makes_table).map(|one| one.id.clone()).collect()
    }

    /// The ids that nothing follows.
    pub fn heads(&self) -> Vec<String> {
        let followed: BTreeSet<&String> =
            self.migrations.iter().flat_map(|one| &one.parents).collect();
        let ids = self.migrations.iter().map(|one| &one.id);
        ids.filter(|id| !followed.contains(id)).cloned().collect()
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().expect("a file lies in a folder")).expect("writable");
        fs::copy(from, to).expect("writable");
    }
}

/// What a program printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn migrations(random: &mut Random) -> Vec<Migration> {
    let published = 1 + random.below(6);
    let own = 1 + random.below(5);
    let mut all: Vec<Migration> = Vec::new();
    for number in 0..published + own {
        let is_published = number < published;
        let id =
            format!("{}{:07x}", if is_published { 'p' } else { 'u' }, random.next() & 0xfff_ffff);
        let known: Vec<String> = all.iter().map(|one| one.id.clone()).collect();
        let parents = parents(&all, is_published, random);
        let is_merge = parents.len() > 1;
        let mut dependencies = Vec::new();
        if !known.is_empty() && random.percent(8) {
            dependencies.push(random.choice(&known).clone());
        }
        all.push(Migration {
            id,
            parents,
            dependencies,
            makes_table: !is_merge || random.percent(15),
            published: is_published,
        });
    }
    all
}

/// `main` is mostly one line; what is not published follows something of it or of its own.
fn parents(all: &[Migration], published: bool, random: &mut Random) -> Vec<String> {
    let Some(last) = all.last() else { return Vec::new() };
    let heads: Vec<&Migration> =
        all.iter().filter(|one| !all.iter().any(|other| other.parents.contains(&one.id))).collect();
    if heads.len() > 1 && random.percent(if published { 60 } else { 15 }) {
        let mut several: Vec<String> = heads.iter().map(|one| one.id.clone()).collect();
        random.shuffle(&mut several);
        several.truncate(2 + random.below(2));
        return several;
    }
    let stays_on_line = random.percent(if published { 85 } else { 45 });
    let parent = if stays_on_line { last } else { random.choice(all) };
    vec![parent.id.clone()]
}

fn content(migration: &Migration, random: &mut Random) -> Vec<u8> {
    let Migration { id, parents, dependencies, makes_table, .. } = migration;
    let header = format!(
        "\"\"\"step {id}\n\nRevision ID: {id}\nRevises: {}\nCreate Date: 2026-{:02}-{:02} 10:00:00.000000\n\n\"\"\"\n",
        parents.join(", "),
        1 + random.below(12),
        1 + random.below(28),
    );
    let mut text = if random.percent(80) { header } else { format!("'step {id}'\n") };
    text.push_str("from alembic import op\nimport sqlalchemy as sa\n\n\n");
    let optional = |values: &[String]| match values {
        [] => Value::None,
        [one] => Value::One(one.clone()),
        several => Value::Several(several.to_vec()),
    };
    let mut lines = vec![assignment("revision", &literal(id, random), random)];
    let written = expression(&optional(parents), random);
    lines.push(assignment("down_revision", &written, random));
    if !dependencies.is_empty() || random.percent(60) {
        let written = expression(&optional(dependencies), random);
        lines.push(assignment("depends_on", &written, random));
    }
    text.push_str(&lines.join("\n"));
    text.push_str("\n\n\ndef upgrade():\n");
    text.push_str(&if *makes_table {
        format!(
            "    op.create_table(\"{id}\", sa.Column(\"id\", sa.Integer()))\n    op.execute('INSERT INTO \"{id}\" VALUES (1)')\n"
        )
    } else {
        "    pass\n".to_owned()
    });
    text.push_str("\n\ndef downgrade():\n");
    text.push_str(&if *makes_table {
        format!("    op.drop_table(\"{id}\")\n")
    } else {
        "    pass\n".to_owned()
    });
    bytes(&text, random)
}
