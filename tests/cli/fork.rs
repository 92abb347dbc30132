//! Projects with a fork, as teams have them: dated migrations, Alembic's own template, two branches that met.

use std::path::Path;

use super::support::{Answer, Project};

/// The template of Alembic 1.13 (`templates/generic/script.py.mako`).
pub const TEMPLATE: &str = r#""""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

# revision identifiers, used by Alembic.
revision: str = ${repr(up_revision)}
down_revision: Union[str, None] = ${repr(down_revision)}
branch_labels: Union[str, Sequence[str], None] = ${repr(branch_labels)}
depends_on: Union[str, Sequence[str], None] = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
"#;

/// The text of a migration that makes a table, made on this day of November 2026.
pub fn migration(id: &str, parent: Option<&str>, message: &str, day: u8) -> String {
    let code = parent.map_or("None".to_owned(), |parent| format!("'{parent}'"));
    let revises = parent.unwrap_or_default();
    format!(
        "\"\"\"{message}\n\nRevision ID: {id}\nRevises: {revises}\nCreate Date: 2026-11-{day:02} 10:00:00\n\n\"\"\"\n\
         from alembic import op\nimport sqlalchemy as sa\n\nrevision = '{id}'\ndown_revision = {code}\n\
         branch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n    op.create_table('t{id}', sa.Column('id'))\n\n\n\
         def downgrade():\n    op.drop_table('t{id}')\n"
    )
}

/// `message` as it is in the names of files.
fn slug(message: &str) -> String {
    message.replace(' ', "_")
}

impl Project {
    /// Writes a migration to `versions/<id>_<message>.py`.
    pub fn migration(&self, id: &str, parent: Option<&str>, message: &str, day: u8) {
        self.migration_at("versions", id, parent, message, day);
    }

    /// Writes a migration into a folder.
    pub fn migration_at(
        &self,
        folder: &str,
        id: &str,
        parent: Option<&str>,
        message: &str,
        day: u8,
    ) {
        let path = format!("{folder}/{id}_{}.py", slug(message));
        self.write(&path, &migration(id, parent, message, day));
    }

    /// Commits everything that is there.
    pub fn commit(&self, message: &str) {
        self.git(["add", "-A"]);
        self.git(["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// Makes this a repository in which `main` is checked out, with a user of its own.
    pub fn repository(&self) {
        self.git(["init", "-q", "-b", "main"]);
        self.git(["config", "user.name", "A. Author"]);
        self.git(["config", "user.email", "author@example.org"]);
        self.git(["config", "commit.gpgsign", "false"]);
    }

    /// The text of a file.
    #[track_caller]
    pub fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).expect(path)
    }

    /// Runs a line as a shell does, which must succeed.
    pub fn shell(&self, line: &str) {
        let output = self.command(Path::new("sh")).args(["-c", line]).output().expect("a shell");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {said}");
    }

    /// Runs the program, which dies at this step of writing if it has as many.
    pub fn dies_at(&self, step: u32, arguments: &[&str]) -> Answer {
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_onehead")));
        command.env("ONEHEAD_TEST_KILL", step.to_string()).args(arguments);
        Answer::of(&command.output().expect("the program starts"), &self.path())
    }

    /// Runs git, which must fail.
    #[track_caller]
    pub fn fails_in_git(&self, arguments: &[&str]) {
        let output = self.command(Path::new("git")).args(arguments).output().expect("git");
        assert!(!output.status.success(), "git {arguments:?}");
    }

    /// `git status --short`, every file for itself.
    pub fn status(&self) -> String {
        self.git_says(["status", "--short", "--untracked-files=all"])
    }
}

/// A history of one line with its template, committed to `main`.
pub fn one_line() -> Project {
    let project = Project::new();
    project.write("script.py.mako", TEMPLATE);
    project.migration("c3d9", None, "add items", 18);
    project.repository();
    project.commit("add items (#1)");
    project
}

/// `main` has `d4f0`, `feature-x` has `e5a7`, both after `c3d9`; `feature-x` is checked out and has merged `main`.
pub fn forked() -> Project {
    let project = one_line();
    project.git(["checkout", "-q", "-b", "feature-x"]);
    project.migration("e5a7", Some("c3d9"), "add labels", 20);
    project.commit("add labels");
    project.git(["checkout", "-q", "main"]);
    project.migration("d4f0", Some("c3d9"), "add carts", 19);
    project.commit("add carts (#2)");
    project.git(["checkout", "-q", "feature-x"]);
    project.git(["merge", "-q", "--no-edit", "main"]);
    project
}

/// The same without git.
pub fn forked_without_git() -> Project {
    let project = forked();
    std::fs::remove_dir_all(project.path().join(".git")).expect("removed");
    project
}

/// Two environments, `a` and `b`, each with a fork of its own that is on `main`.
pub fn two_environments() -> Project {
    let project = Project::empty();
    for name in ["a", "b"] {
        project.write(&format!("{name}/alembic.ini"), "[alembic]\nscript_location = %(here)s\n");
        project.write(&format!("{name}/script.py.mako"), TEMPLATE);
        let (folder, first) = (format!("{name}/versions"), format!("{name}1"));
        project.migration_at(&folder, &first, None, "first", 18);
        project.migration_at(&folder, &format!("{name}2"), Some(&first), "left", 19);
        project.migration_at(&folder, &format!("{name}3"), Some(&first), "right", 20);
    }
    project.repository();
    project.commit("two forks");
    project
}

/// A numbered project in which both branches took `003`, once as a part of the id and once as the whole of it.
pub fn numbered(left: &str, right: &str) -> Project {
    let project = Project::new();
    project.write("script.py.mako", TEMPLATE);
    let file = |name: &str, id: &str, parent: Option<&str>, day: u8| {
        project.write(&format!("versions/{name}.py"), &migration(id, parent, name, day));
    };
    file("001_initial_schema", "001", None, 17);
    file("002_users", "002", Some("001"), 18);
    project.repository();
    project.commit("users");
    project.git(["checkout", "-q", "-b", "feature-x"]);
    file("003_labels", right, Some("002"), 20);
    project.commit("labels");
    project.git(["checkout", "-q", "main"]);
    file("003_carts", left, Some("002"), 19);
    project.commit("carts");
    project.git(["checkout", "-q", "feature-x"]);
    project.git(["merge", "-q", "--no-edit", "main"]);
    project
}
