//! A repository in a sealed room, with a stand-in for onehead that notes how hooks call it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

use crate::support::{Answer, Project};

/// A project in a repository.
pub struct Room {
    pub project: Project,
    tools: TempDir,
}

impl Room {
    /// A repository without a commit.
    pub fn new() -> Self {
        let room = Self::outside(&[]);
        room.project.git(["init", "-q"]);
        room
    }

    /// A repository in which hooks find the stand-in, with one commit.
    pub fn with_stand_in() -> Self {
        let tools = TempDir::new().unwrap();
        let room = Self::made(tools, |project, tools| {
            project.variable("ONEHEAD_BIN", &tools.join("onehead").to_string_lossy())
        });
        room.project.git(["init", "-q"]);
        room.project.git(["commit", "-q", "--allow-empty", "-m", "first"]);
        room
    }

    /// A project in no repository, with these variables.
    pub fn outside(variables: &[(&str, &str)]) -> Self {
        Self::made(TempDir::new().unwrap(), |project, _| {
            variables.iter().fold(project, |project, (name, value)| project.variable(name, value))
        })
    }

    fn made(tools: TempDir, arrange: impl Fn(Project, &Path) -> Project) -> Self {
        let folder = tools.path().canonicalize().unwrap();
        let text = format!(
            "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'onehead 9.9.9'; exit 0; fi\n\
             {{ printf '<%s>' \"$@\"; echo; cat; }} >>'{0}/calls'\n\
             exit \"$(cat '{0}/status' 2>/dev/null || echo 0)\"\n",
            folder.display()
        );
        executable(&folder.join("onehead"), &text);
        Self { project: arrange(Project::new(), &folder), tools }
    }

    /// A file beside the stand-in.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.tools.path().canonicalize().unwrap().join(name)
    }

    /// Lets the stand-in end with this exit status.
    pub fn stand_in_ends_with(&self, status: i32) {
        fs::write(self.tool("status"), status.to_string()).unwrap();
    }

    /// How the stand-in was called since the last time this was asked.
    pub fn calls(&self) -> String {
        let text = fs::read_to_string(self.tool("calls")).unwrap_or_default();
        let _ = fs::remove_file(self.tool("calls"));
        text
    }

    /// Runs onehead in the project.
    pub fn onehead(&self, arguments: &[&str]) -> Answer {
        self.onehead_in(".", arguments)
    }

    /// Runs onehead in a folder of the project.
    pub fn onehead_in(&self, folder: &str, arguments: &[&str]) -> Answer {
        let mut answer = self.project.onehead_with(folder, arguments);
        let own = Path::new(env!("CARGO_BIN_EXE_onehead")).canonicalize().unwrap();
        for text in [&mut answer.stdout, &mut answer.stderr] {
            *text = text
                .replace(&*own.to_string_lossy(), "[ONEHEAD]")
                .replace(&*self.tool("onehead").to_string_lossy(), "[STAND-IN]")
                .replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        }
        answer
    }

    /// Runs git as a user does: it may fail.
    pub fn git(&self, arguments: &[&str]) -> Output {
        let mut command = self.project.command(Path::new("git"));
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
        command.args(identity).args(arguments).output().unwrap()
    }

    /// Where a hook is.
    pub fn hook(&self, name: &str) -> PathBuf {
        self.project.path().join(".git/hooks").join(name)
    }

    /// Puts a script of somebody else where a hook belongs.
    pub fn foreign(&self, name: &str, text: &str) {
        executable(&self.hook(name), text);
    }

    /// The files in the folder of hooks that git does not bring along, sorted.
    pub fn hooks(&self) -> Vec<String> {
        names(&self.project.path().join(".git/hooks"))
    }

    /// A bare repository beside the project, as `origin`.
    pub fn with_remote(self) -> Self {
        let path = self.tool("remote.git");
        let shown = path.to_string_lossy().into_owned();
        self.project.git(["init", "-q", "--bare", &shown]);
        self.project.git(["remote", "add", "origin", &shown]);
        self
    }
}

/// The files in a folder that are no samples, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with(".sample")).collect();
    names.sort();
    names
}

/// Writes a script that may be run.
pub fn executable(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The permissions of a file.
pub fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}
