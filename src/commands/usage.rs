//! Parsing of the command line, and what is said when it is wrong.

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::cli::Args;
use crate::error::ExitStatus;
use crate::report::json;

/// The arguments; or how the run has ended already, after help, a version or a message.
pub(super) fn parse(arguments: Vec<OsString>) -> Result<Args, ExitStatus> {
    let wants_json = asks_for_json(&arguments);
    Args::try_parse_from(arguments).map_err(|error| {
        let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        if wants_json && !is_answer {
            let text = error.render().to_string();
            let (message, hint) = text.split_once("\n\n").unwrap_or((&text, ""));
            let message = message.trim_start_matches("error: ").trim();
            let hint = Some(hint.trim()).filter(|hint| !hint.is_empty());
            crate::ui::Ui::plain().data(&json::error(message, hint));
        } else {
            // A stream that cannot be written to leaves nobody to tell.
            let _ = error.print();
        }
        if is_answer { ExitStatus::Success } else { ExitStatus::Failure }
    })
}

/// Whether a command line that may not be valid asks for JSON.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    words.contains(&"--format=json") || words.windows(2).any(|pair| pair == ["--format", "json"])
}
