//! `graph --open`: which command gets which file, and what is said when there is none. No browser is needed for it.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::project::{Project, onehead};

/// A folder to be found on `PATH`, with this script as the program of that name.
fn stand_in(project: &Project, name: &str, script: &str) -> PathBuf {
    let folder = project.path().join("bin");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// `graph --open` with nothing around it but these variables.
fn open(project: &Project, variables: &[(&str, &Path)]) -> Output {
    open_with(project, variables, &[])
}

fn open_with(project: &Project, variables: &[(&str, &Path)], options: &[&str]) -> Output {
    let rooms = project.path().join("rooms");
    fs::create_dir_all(&rooms).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_onehead"));
    command.current_dir(project.path()).env_clear().env("TMPDIR", &rooms);
    command.envs(variables.iter().copied()).args(["graph", "--open"]).args(options);
    command.output().unwrap()
}

/// The page that was written.
fn page(project: &Project) -> PathBuf {
    let rooms: Vec<PathBuf> = fs::read_dir(project.path().join("rooms"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let [room] = rooms.as_slice() else { panic!("{rooms:?}") };
    assert_eq!(fs::metadata(room).unwrap().permissions().mode() & 0o777, 0o700);
    let names: Vec<_> =
        fs::read_dir(room).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["history.html"]);
    room.join("history.html")
}

fn said(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    String::from_utf8(output.stderr.clone()).unwrap()
}

const RECORD: &str = "printf '%s\\n' \"$0\" \"$@\" > \"$(dirname \"$0\")/../opened\"";

fn recorded(project: &Project) -> Vec<String> {
    let text = fs::read_to_string(project.path().join("opened")).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[cfg(not(target_os = "macos"))]
const SYSTEM: &str = "xdg-open";
#[cfg(target_os = "macos")]
const SYSTEM: &str = "open";

/// A `PATH` with the stand-in first; its script needs the system's own programs.
fn with_system(folder: &Path) -> PathBuf {
    PathBuf::from(format!("{}:/usr/bin:/bin", folder.display()))
}

#[test]
fn the_page_is_opened_by_what_the_system_has() {
    let project = Project::rich();
    let folder = stand_in(&project, SYSTEM, RECORD);
    let output = open(&project, &[("PATH", &with_system(&folder))]);
    let page = page(&project);
    assert_eq!(said(&output), format!("opened {}\n", page.display()));
    assert_eq!(recorded(&project)[1..], [page.display().to_string()]);
    let told = onehead(&project.path(), &["graph", "--format", "html"]);
    assert!(fs::read_to_string(page).unwrap() == told, "the page is not what is printed");
}

#[test]
fn the_browser_of_the_user_goes_first() {
    let project = Project::rich();
    let folder = stand_in(&project, "mine", RECORD);
    stand_in(&project, SYSTEM, "exit 3");
    let browser = Path::new("not-there:mine --new-window '%s' last");
    let variables = [("PATH", with_system(&folder)), ("BROWSER", browser.to_path_buf())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_path()));
    let output = open_with(&project, &variables, &["--format", "html"]);
    let page = page(&project).display().to_string();
    assert_eq!(said(&output), format!("opened {page}\n"));
    assert_eq!(recorded(&project)[1..], ["--new-window".to_owned(), page, "last".to_owned()]);
}

#[test]
fn quiet_says_only_what_went_wrong() {
    let project = Project::rich();
    let folder = stand_in(&project, SYSTEM, RECORD);
    let output = open_with(&project, &[("PATH", &with_system(&folder))], &["--quiet"]);
    assert_eq!(said(&output), "");
    assert_eq!(recorded(&project)[1..], [page(&project).display().to_string()]);
}

#[test]
fn without_a_browser_the_path_is_said() {
    let project = Project::rich();
    let output = open(&project, &[("PATH", Path::new("/nowhere"))]);
    let page = page(&project).display().to_string();
    assert_eq!(
        said(&output),
        format!(
            "warning: no browser was started ({SYSTEM}: no such file or directory)\n\
             hint: open it by hand:   {page}\n"
        )
    );
}

#[test]
fn what_a_browser_that_fails_says_is_passed_on() {
    let project = Project::rich();
    let folder = stand_in(&project, SYSTEM, "echo 'no \u{1b}[31mdisplay' >&2; echo found; exit 4");
    let output = open(&project, &[("PATH", &with_system(&folder))]);
    let page = page(&project).display().to_string();
    assert_eq!(
        said(&output),
        format!(
            "no \\x1b[31mdisplay\nfound\n\
             warning: no browser was started ({SYSTEM}: exit status 4)\n\
             hint: open it by hand:   {page}\n"
        )
    );
}

/// It neither holds onehead up nor the pipes that onehead was given.
#[test]
fn a_browser_that_stays_is_left_alone() {
    let project = Project::rich();
    let script = "echo $$ > \"$(dirname \"$0\")/../pid\"; echo noise; exec sleep 600";
    let folder = stand_in(&project, SYSTEM, script);
    let output = open(&project, &[("PATH", &with_system(&folder))]);
    assert_eq!(said(&output), format!("opened {}\n", page(&project).display()));
    let pid = fs::read_to_string(project.path().join("pid")).unwrap();
    let ended = Command::new("kill").arg(pid.trim()).status().unwrap();
    assert!(ended.success(), "it does not run any more");
}
