//! Whether the pre-push hook may offer a repair: decided by who installs it.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::room::Room;

/// Installs with stdin and stderr, or only stderr, on a terminal.
fn install(room: &Room, with_input: bool, variables: &[(&str, &str)]) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let input = if with_input { Stdio::from(terminal.try_clone().unwrap()) } else { Stdio::null() };
    let mut command = room.project.command(Path::new(env!("CARGO_BIN_EXE_onehead")));
    command.args(["hook", "install", "--advice"]).envs(variables.iter().copied());
    let status = command.stdin(input).stdout(Stdio::null()).stderr(terminal).status().unwrap();
    assert!(status.success());
}

/// The hooks whose script lets a repair be offered.
fn offering(room: &Room) -> Vec<String> {
    let offers = |name: &String| {
        let text = fs::read_to_string(room.hook(name)).unwrap();
        let calls = text.matches("hook run pre-push --offer \"$@\"").count();
        assert!(calls == 0 || calls == 4, "{text}");
        text.contains("--offer")
    };
    room.hooks().into_iter().filter(offers).collect()
}

#[test]
fn by_hand_at_a_terminal_it_is() {
    let room = Room::new();
    install(&room, true, &[]);
    assert_eq!(offering(&room), ["pre-push"]);
    // Installing again from a script takes nothing away.
    room.onehead(&["hook", "install"]).exits(0).prints("");
    assert_eq!(offering(&room), ["pre-push"]);
}

#[test]
fn without_somebody_to_answer_it_is_not() {
    for (with_input, variables) in [(false, &[][..]), (true, &[("CI", "true")])] {
        let room = Room::new();
        install(&room, with_input, variables);
        assert_eq!(offering(&room), [] as [&str; 0]);
        // By hand it is added later.
        install(&room, true, &[]);
        assert_eq!(offering(&room), ["pre-push"]);
    }
}

#[test]
fn the_program_takes_what_the_script_gives_it() {
    let room = Room::new();
    room.onehead(&["hook", "run", "pre-push", "--offer", "origin", "ssh://host/path"]).exits(0);
    room.onehead(&["hook", "run", "post-checkout", "1234", "5678", "1"]).exits(0);
    room.onehead(&["hook", "run", "update"]).exits(2);
}
