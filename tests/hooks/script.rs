//! The script in every shell that there is: how it finds a onehead, and what becomes of its exit status.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::room::{Room, executable};

/// Shells with their arguments.
fn shells() -> Vec<Vec<String>> {
    let mut shells = vec![vec!["sh".to_owned()], vec!["bash".to_owned(), "--posix".to_owned()]];
    let has = |name: &str| Command::new(name).arg("true").output().is_ok();
    for (name, words) in [("dash", vec!["dash"]), ("busybox", vec!["busybox", "sh"])] {
        let left_out = std::env::var_os("ONEHEAD_TEST_WITHOUT_SYSTEM").is_some();
        if has(name) || !left_out && std::env::var_os("CI").is_some() {
            shells.push(words.into_iter().map(str::to_owned).collect());
        } else {
            eprintln!("left out: {name}, which is not there");
        }
    }
    shells
}

/// A stand-in that says which one it is.
fn stand_in(path: &Path, name: &str) {
    let text = format!(
        "#!/bin/sh\nprintf '%s' {name}\n[ \"$1\" = --version ] || {{ printf '<%s>' \"$@\"; cat; }}\n"
    );
    executable(path, &text);
}

/// A hook run by a shell with nothing in its environment but these variables.
struct Hook {
    shell: Vec<String>,
    path: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl Hook {
    fn run(&self, arguments: &[&str]) -> Output {
        let shell = find(&self.shell[0]);
        let input = self.path.with_file_name("input");
        fs::write(&input, "what git says\n").unwrap();
        let mut command = Command::new(shell);
        command
            .current_dir(self.path.parent().unwrap())
            .args(&self.shell[1..])
            .arg(&self.path)
            .args(arguments)
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(fs::File::open(input).unwrap());
        command.output().unwrap()
    }

    #[track_caller]
    fn says(&self, expected: &str) {
        let output = self.run(&["origin", "a b\"c'd"]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, expected, "{:?} {output:?}", self.shell);
        assert_eq!(output.status.code(), Some(0), "{:?} {output:?}", self.shell);
    }
}

fn find(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .unwrap()
}

/// A hook whose recorded path is `recorded`, in a folder with a blank and quotes.
fn hook(room: &Room, shell: &[String], name: &str, recorded: &Path) -> Hook {
    room.onehead(&["hook", "install", "--pre-push", "--advice"]).exits(0);
    let text = fs::read_to_string(room.hook(name)).unwrap();
    let line = text.lines().find(|line| line.starts_with("recorded=")).unwrap();
    let quoted = recorded.to_string_lossy().replace('\'', "'\\''");
    let path = room.tool("it's a \"folder\"/hook");
    executable(&path, &text.replace(line, &format!("recorded='{quoted}'")));
    Hook { shell: shell.to_vec(), path, variables: Vec::new() }
}

#[test]
fn the_recorded_path_is_quoted_as_it_must_be() {
    let room = Room::new();
    let folder = room.tool("it's $HOME `here`");
    fs::create_dir(&folder).unwrap();
    let program = folder.join("onehead");
    fs::copy(env!("CARGO_BIN_EXE_onehead"), &program).unwrap();
    let mut command = room.project.command(&program);
    assert!(command.args(["hook", "install", "--pre-push"]).status().unwrap().success());
    let text = fs::read_to_string(room.hook("pre-push")).unwrap();
    let quoted = program.to_string_lossy().replace('\'', "'\\''");
    assert!(text.contains(&format!("\nrecorded='{quoted}'\n")), "{text}");
    stand_in(&program, "recorded");
    for shell in shells() {
        let hook = Hook { shell, path: room.hook("pre-push"), variables: Vec::new() };
        hook.run(&[]);
        let mut hook = Hook { variables: vec![("PATH", std::env::var("PATH").unwrap())], ..hook };
        hook.says("recorded<hook><run><pre-push><origin><a b\"c'd>what git says\n");
        hook.variables.clear();
    }
}

#[test]
fn the_order_of_the_search() {
    for shell in shells() {
        let room = Room::new();
        let (chosen, recorded) = (room.tool("chosen one"), room.tool("it's recorded"));
        let (path, uv) = (room.tool("in path"), room.tool("with uv"));
        stand_in(&chosen, "chosen");
        stand_in(&recorded, "recorded");
        stand_in(&path.join("onehead"), "path");
        let uv_text = "#!/bin/sh\n[ \"$1 $2 $3\" = 'run --no-sync onehead' ] || exit 9\nshift 3\nprintf uv\n\
                       [ \"$1\" = --version ] || { printf '<%s>' \"$@\"; cat; }\n";
        executable(&uv.join("uv"), uv_text);
        // Beside what is looked for, the tools that stand-ins need.
        let system = format!(
            "{}:{}",
            find("cat").parent().unwrap().display(),
            find("sh").parent().unwrap().display()
        );
        let search = |folders: &[&PathBuf]| {
            let mut words: Vec<String> =
                folders.iter().map(|folder| folder.display().to_string()).collect();
            words.push(system.clone());
            ("PATH", words.join(":"))
        };
        let rest = "<hook><run><pre-push><origin><a b\"c'd>what git says\n";
        let mut hook = hook(&room, &shell, "pre-push", &recorded);
        hook.variables = vec![("ONEHEAD_BIN", chosen.display().to_string()), search(&[&path, &uv])];
        hook.says(&format!("chosen{rest}"));
        // A name is looked for in PATH; one that is not there is passed over.
        hook.variables[0].1 = "onehead".to_owned();
        hook.says(&format!("path{rest}"));
        hook.variables[0].1 = room.tool("nowhere").display().to_string();
        hook.says(&format!("recorded{rest}"));
        hook.variables.remove(0);
        hook.says(&format!("recorded{rest}"));
        fs::remove_file(&recorded).unwrap();
        hook.says(&format!("path{rest}"));
        hook.variables = vec![search(&[&uv])];
        // Without an environment uv would make one, so it is not asked.
        assert_eq!(hook.run(&[]).status.code(), Some(1));
        fs::create_dir(hook.path.with_file_name(".venv")).unwrap();
        hook.says(&format!("uv{rest}"));
        hook.variables = vec![search(&[])];
        let output = hook.run(&[]);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "onehead: the pre-push hook found no onehead: not where it was installed from, nor in PATH, nor through uv\n\
             onehead: install it (uv tool install onehead), or go without it once: ONEHEAD_SKIP=1, or --no-verify\n"
        );
        // A graphical program may leave nothing in PATH.
        hook.variables = vec![("PATH", String::new())];
        assert_eq!(hook.run(&[]).status.code(), Some(1));
        hook.variables = vec![("ONEHEAD_SKIP", "1".to_owned())];
        let output = hook.run(&[]);
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    }
}

#[test]
fn the_exit_status_is_handed_on_except_by_advice() {
    for shell in shells() {
        let room = Room::new();
        let program = room.tool("program");
        for (name, ends, expected) in [
            ("pre-push", 0, 0),
            ("pre-push", 1, 1),
            ("pre-push", 2, 2),
            ("pre-push", 130, 130),
            ("post-merge", 2, 0),
        ] {
            executable(&program, &format!("#!/bin/sh\nexit {ends}\n"));
            let output = hook(&room, &shell, name, &program).run(&[]);
            assert_eq!(output.status.code(), Some(expected), "{shell:?} {name} {ends}");
            assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
        }
        let output = hook(&room, &shell, "post-rewrite", Path::new("")).run(&[]);
        assert_eq!(
            (output.status.code(), output.stderr.as_slice()),
            (Some(0), &b""[..]),
            "{shell:?}"
        );
    }
}

#[test]
fn a_chain_works_in_every_shell() {
    for shell in shells() {
        let room = Room::new();
        room.foreign("pre-push", "#!/bin/sh\nprintf '(%s)' \"$@\"; cat; exit 4\n");
        room.onehead(&["hook", "install", "--pre-push"]).exits(0);
        let program = room.tool("program");
        stand_in(&program, "ours");
        let variables = vec![
            ("PATH", std::env::var("PATH").unwrap()),
            ("ONEHEAD_BIN", program.display().to_string()),
        ];
        let output = Hook { shell: shell.clone(), path: room.hook("pre-push"), variables }
            .run(&["x", "y z"]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(
            said, "(x)(y z)what git says\nours<hook><run><pre-push><x><y z>what git says\n",
            "{shell:?}"
        );
        assert_eq!(output.status.code(), Some(4));
        // Without the means to hand the input on, nothing is waved through.
        let hook = Hook {
            shell,
            path: room.hook("pre-push"),
            variables: vec![("PATH", "/nowhere".to_owned())],
        };
        if hook.shell[0] != "busybox" {
            let output = hook.run(&[]);
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            assert!(
                String::from_utf8_lossy(&output.stderr).contains("cannot read what git says"),
                "{output:?}"
            );
        }
    }
}
