//! `onehead completions`: real shells load the scripts and complete with them, and mandoc reads the manual page.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use crate::support::{Project, check};

/// Whether a program that a Debian package brings is there; in continuous integration it must be.
fn has(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output().is_ok();
    let left_out = std::env::var_os("ONEHEAD_TEST_WITHOUT_SYSTEM").is_some();
    assert!(found || left_out || std::env::var_os("CI").is_none(), "{name} is needed");
    if !found {
        eprintln!("left out: {name}, which is not there");
    }
    found
}

/// A folder with the script of a shell under this name.
fn room(shell: &str, name: &str) -> Project {
    let project = Project::empty();
    let answer = project.onehead(["completions", shell]).exits(0).talks("");
    project.write(name, &answer.stdout);
    project
}

/// What a program writes, which must succeed.
#[track_caller]
fn output(project: &Project, program: &str, arguments: &[&str]) -> String {
    let mut command = project.command(Path::new(program));
    let output = command.args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn bash_completes() {
    let project = room("bash", "onehead.bash");
    // What bash does on the tab key: it calls the function with the command, the word and the one before.
    let script = "
source ./onehead.bash
tab() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _onehead \"$1\" \"${!#}\" \"${COMP_WORDS[$# - 2]}\"; echo \"$*: ${COMPREPLY[*]}\"; }
complete -p onehead
tab onehead che
tab onehead hook pri
tab onehead check --strategy r
tab onehead check --new
";
    insta::assert_snapshot!(output(&project, "bash", &["--norc", "-c", script]), @"
    complete -o bashdefault -o default -o nosort -F _onehead onehead
    onehead che: check
    onehead hook pri: print
    onehead check --strategy r: rebase
    onehead check --new: --new-only
    ");
}

#[test]
fn zsh_completes() {
    if !has("zsh") {
        return;
    }
    let project = room("zsh", "functions/_onehead");
    // A shell of its own on a pseudo-terminal, in which the tab key is typed.
    let script = "
zmodload zsh/zpty
tab() {
  zpty shell zsh -f -i
  zpty -w shell 'PROMPT=; fpath=(./functions $fpath); autoload -Uz compinit; compinit -u -D; echo rea''dy'
  zpty -r -m shell text '*ready*'
  zpty -w -n shell \"$1\"$'\\t'
  zpty -r -m shell text \"*$2*\" && print -r -- \"$1: $2\"
  zpty -d shell
}
tab 'onehead che' 'onehead check'
tab 'onehead hook pri' 'onehead hook print'
tab 'onehead check --strategy reb' 'onehead check --strategy rebase'
";
    insta::assert_snapshot!(output(&project, "zsh", &["-f", "-c", script]), @"
    onehead che: onehead check
    onehead hook pri: onehead hook print
    onehead check --strategy reb: onehead check --strategy rebase
    ");
}

#[test]
fn fish_completes() {
    if !has("fish") {
        return;
    }
    let project = room("fish", "onehead.fish");
    let script = "
source ./onehead.fish
complete -C 'onehead che'
complete -C 'onehead hook pri'
complete -C 'onehead check --strategy r'
complete -C 'onehead check --new'
";
    insta::assert_snapshot!(output(&project, "fish", &["--no-config", "-c", script]), @"
    check	Find every problem in every Alembic environment of the repository
    print	Print what a hook manager needs to run onehead
    rebase	By putting what is unpublished on top of what is published
    --new-only	Only problems that the baseline does not have fail; the others are shown
    ");
}

#[test]
fn the_others_have_scripts_too() {
    let project = Project::empty();
    project.onehead(["completions", "powershell"]).exits(0).shows("Register-ArgumentCompleter");
    project.onehead(["completions", "elvish"]).exits(0).shows("edit:completion:arg-completer");
    check!(project.onehead(["completions", "csh"]), @"
    exit_code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid value 'csh' for '<SHELL>'
      [possible values: bash, zsh, fish, powershell, elvish, man]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    ");
}

#[test]
fn the_manual_page_has_every_command() {
    let project = room("man", "onehead.1");
    let page = &project.files()["onehead.1"];
    assert!(page.starts_with(".TH ONEHEAD 1 "), "{page}");
    for command in ["check", "hook install", "init", "auto\\-merge"] {
        assert!(page.contains(&format!("\n.SS \"onehead {command}\"\n")), "{command}\n{page}");
    }
    if has("mandoc") {
        // Long lines are a matter of style, and a date would be one more thing to keep current.
        let mut command = project.command(Path::new("mandoc"));
        let lint = command.args(["-T", "lint", "-W", "warning", "onehead.1"]).output().unwrap();
        let said = String::from_utf8_lossy(&lint.stdout).into_owned();
        let others = said.lines().filter(|line| !line.contains("missing date"));
        assert_eq!(others.collect::<Vec<_>>(), [""; 0]);
        let set = output(&project, "mandoc", &["-T", "ascii", "-O", "width=100", "onehead.1"]);
        // Bold is a letter over itself.
        let letters: Vec<char> = set.chars().collect();
        let is_struck = |at: usize| letters.get(at + 1) == Some(&'\u{8}') || letters[at] == '\u{8}';
        let text: String =
            (0..letters.len()).filter(|&at| !is_struck(at)).map(|at| letters[at]).collect();
        let wanted = "--strategy <STRATEGY>";
        assert!(text.contains(wanted) && text.contains("  onehead check --staged"), "{text}");
    }
}
