//! Arguments in, exit status out.

use std::env;
use std::process::{self, ExitCode};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("onehead {} has a bug: {panic}", env!("CARGO_PKG_VERSION"));
        let arguments: Vec<String> =
            env::args_os().map(|argument| format!("{:?}", argument.to_string_lossy())).collect();
        eprintln!("command line: {}", arguments.join(" "));
        eprintln!("please report it with these lines: {}/issues", env!("CARGO_PKG_REPOSITORY"));
        // With `panic = "abort"` the exit status would otherwise be 134.
        process::exit(2);
    }));
    onehead::interrupt::listen();
    onehead::commands::run(env::args_os().collect()).into()
}
