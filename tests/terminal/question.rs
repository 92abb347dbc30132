//! `Auto-merge migrations? (y/N)`

use onehead::ui::{Answer, Ui};

use super::part::{Player, begin};

const PROMPT: &str = "Auto-merge migrations? (y/N): ";

#[test]
#[ignore = "a part played by a child"]
fn asks() {
    begin();
    std::process::exit(match Ui::plain().ask("Auto-merge migrations?") {
        Answer::Yes => 41,
        Answer::No => 42,
        Answer::NoTerminal => 43,
    });
}

/// The exit status after these bytes were typed.
#[track_caller]
fn check(typed: &[u8], status: i32) {
    let mut player = Player::on_terminal("question::asks");
    player.expect(PROMPT);
    player.type_in(typed);
    let (code, shown) = player.end();
    assert_eq!(code, Some(status), "{shown}");
    assert_eq!(shown.matches(PROMPT).count(), 1, "{shown}");
}

#[test]
fn yes() {
    check(b"y\n", 41);
    check(b"Yes\n", 41);
}

#[test]
fn no() {
    check(b"n\n", 42);
    check(b"\n", 42);
    check(b"yesterday\n", 42);
}

#[test]
fn what_was_taken_back_does_not_count() {
    // ^U clears the line.
    check(b"y\x15n\n", 42);
}

#[test]
fn the_end_of_input_is_a_no() {
    check(b"\x04", 42);
    // What is typed is not sent off by the first ^D alone: the second ends the line.
    check(b"n\x04\x04", 42);
}

#[test]
fn an_interrupt_at_the_question() {
    check(b"\x03", 130);
    check(b"y\x03", 130);
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let (code, shown) = Player::without_terminal("question::asks").end();
    assert_eq!(code, Some(43), "{shown}");
    assert!(!shown.contains("Auto-merge"), "{shown}");
}
