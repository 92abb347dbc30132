//! `onehead graph` on a terminal: what does not fit goes through the pager, and nothing is wider than the terminal.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::part::{Player, folder, take_terminal};
use super::support::Project;

/// Becomes the program on a terminal of 40 columns and 8 lines.
fn become_onehead(variables: &[(&str, &str)]) {
    take_terminal();
    let terminal = || File::options().read(true).write(true).open("/dev/tty").unwrap();
    let size = ["rows", "8", "cols", "40"];
    assert!(Command::new("stty").args(size).stdin(terminal()).status().unwrap().success());
    let mut command = Command::new(env!("CARGO_BIN_EXE_onehead"));
    command
        .args(["graph", "--all"])
        .current_dir(folder())
        .stdin(terminal())
        .stdout(terminal())
        .env_clear()
        .envs([("PATH", std::env::var_os("PATH").unwrap())])
        .envs([("TERM", "xterm"), ("LANG", "C.UTF-8"), ("NO_COLOR", "1")])
        .envs(variables.iter().copied());
    panic!("{}", command.exec());
}

#[test]
#[ignore = "a part played by a child"]
fn is_paged() {
    become_onehead(&[("PAGER", "sed 's/^/paged /'")]);
}

#[test]
#[ignore = "a part played by a child"]
fn has_no_pager() {
    become_onehead(&[("PAGER", "no-such-pager")]);
}

#[test]
#[ignore = "a part played by a child"]
fn wants_no_pager() {
    become_onehead(&[("PAGER", "")]);
}

#[test]
#[ignore = "a part played by a child"]
fn closes_it_early() {
    become_onehead(&[("PAGER", "head -n 2")]);
}

const SHORT: &str = "a <- b <- c";
const LONG: &str = "a <- b <- c <- d <- e <- f <- g <- h <- i <- j";

/// The lines that are shown of a history.
#[track_caller]
fn shown(part: &str, history: &str) -> Vec<String> {
    let project = Project::new().history(history);
    let long = "\"\"\"a message that is wider than the terminal, by far\"\"\"\n";
    project.write("versions/z.py", &format!("{long}revision = 'z'\ndown_revision = 'a'\n"));
    let (code, shown) = Player::on_terminal_in(part, &project.path()).end();
    assert_eq!(code, Some(0), "{shown}");
    shown.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect()
}

#[test]
fn what_does_not_fit_is_paged() {
    let lines = shown("graph::is_paged", LONG);
    assert_eq!(lines.len(), 12, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with("paged ")), "{lines:?}");
}

#[test]
fn what_fits_is_not() {
    let lines = shown("graph::is_paged", SHORT);
    assert_eq!(
        lines,
        [
            "◉    c  add c         (head)",
            "○    b  add b",
            "│ ◉  z  a message that is wider…  (head)",
            "├─╯",
            "○    a  add a       (branch point, base)",
        ]
    );
}

#[test]
fn a_pager_that_is_not_there_or_not_wanted_hides_nothing() {
    let lines = shown("graph::has_no_pager", LONG);
    assert!(lines[0].contains("no-such-pager"), "{lines:?}");
    assert_eq!(lines.len(), 13, "{lines:?}");
    assert_eq!(shown("graph::wants_no_pager", LONG), lines[1..]);
}

#[test]
fn who_has_seen_enough_ends_it() {
    assert_eq!(shown("graph::closes_it_early", LONG).len(), 2);
}
