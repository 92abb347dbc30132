//! The command line as documents: `docs/cli.md`, the manual page, and what a shell needs to complete it.
//!
//! Everything is read off the definitions in [`crate::cli`], so that no option can be told of in one place and
//! forgotten in another. Nothing here knows what a command does.

mod manual;
mod markdown;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Args;

pub use manual::manual;
pub use markdown::document;

/// The script with which `shell` completes commands, options and their values.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "onehead", &mut script);
    script
}

/// A command as it is told of.
struct Page {
    /// `onehead hook install`
    name: String,
    /// One line.
    about: String,
    /// What else there is to say, in paragraphs.
    more: String,
    /// `onehead check [OPTIONS] [PATH]...`
    usage: String,
    arguments: Vec<Entry>,
    options: Vec<Entry>,
    /// What comes after the options: examples.
    after: String,
    /// The commands below it, with a line each.
    commands: Vec<(String, String)>,
}

/// An argument or an option.
struct Entry {
    /// `-c, --config <FILE>`
    name: String,
    help: String,
    /// The values that it takes, where they are listed.
    values: Vec<(String, String)>,
    default: Option<String>,
}

/// Everything there is: the program itself, then each command after the one that it belongs to.
fn pages() -> Vec<Page> {
    let mut root = Args::command();
    root.build();
    let mut pages = Vec::new();
    collect(&mut root, "onehead", &mut pages);
    pages
}

fn collect(command: &mut Command, name: &str, pages: &mut Vec<Page>) {
    pages.push(page(command, name));
    let visible = |command: &&mut Command| !command.is_hide_set() && command.get_name() != "help";
    for below in command.get_subcommands_mut().filter(visible) {
        let name = format!("{name} {}", below.get_name());
        collect(below, &name, pages);
    }
}

fn page(command: &mut Command, name: &str) -> Page {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim().to_owned();
    let is_root = name == "onehead";
    let told = |argument: &&Arg| {
        !argument.is_hide_set() && (is_root || !argument.is_global_set()) && !is_help(argument)
    };
    let (arguments, options): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(told).partition(|argument| argument.is_positional());
    let about = command.get_about().map(plain).unwrap_or_default();
    let long = command.get_long_about().map(plain).unwrap_or_default();
    let visible = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    let commands = command.get_subcommands().filter(visible);
    Page {
        name: name.to_owned(),
        more: long.strip_prefix(&about).unwrap_or(&long).trim().to_owned(),
        about,
        usage,
        arguments: arguments.into_iter().map(entry).collect(),
        options: options.into_iter().map(entry).collect(),
        after: command
            .get_after_long_help()
            .or(command.get_after_help())
            .map(plain)
            .unwrap_or_default(),
        commands: commands
            .map(|below| {
                (below.get_name().to_owned(), below.get_about().map(plain).unwrap_or_default())
            })
            .collect(),
    }
}

/// `--help` and `--version` are everywhere and need no word.
fn is_help(argument: &Arg) -> bool {
    matches!(
        argument.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    )
}

fn entry(argument: &Arg) -> Entry {
    let help = argument.get_long_help().or(argument.get_help()).map(plain).unwrap_or_default();
    let takes_value = argument.get_num_args().is_some_and(|range| range.takes_values());
    let listed = takes_value && !argument.is_hide_possible_values_set();
    let possible = argument.get_possible_values();
    let values = possible.iter().filter(|value| listed && !value.is_hide_set());
    let defaults = argument.get_default_values().iter().filter(|_| takes_value);
    let defaults: Vec<&str> = defaults.filter_map(|value| value.to_str()).collect();
    Entry {
        name: name_of(argument, takes_value),
        help,
        values: values
            .map(|value| {
                (value.get_name().to_owned(), value.get_help().map(plain).unwrap_or_default())
            })
            .collect(),
        default: Some(defaults.join(", ")).filter(|text| !text.is_empty()),
    }
}

fn name_of(argument: &Arg, takes_value: bool) -> String {
    if argument.is_positional() {
        // As clap writes it in the usage: `[PATH]...`, `<RULE|ERROR>...`.
        return argument.to_string();
    }
    let mut names: Vec<String> =
        argument.get_short().map(|short| format!("-{short}")).into_iter().collect();
    names.extend(argument.get_long().map(|long| format!("--{long}")));
    let others = argument.get_visible_aliases().unwrap_or_default();
    names.extend(others.into_iter().map(|alias| format!("--{alias}")));
    let mut name = names.join(", ");
    if takes_value && let Some(values) = argument.get_value_names() {
        for value in values {
            name.extend([" <", value.as_str(), ">"]);
        }
    }
    name
}

fn plain(text: &StyledStr) -> String {
    text.to_string().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    /// The examples below the options of a command: indented lines that begin with `onehead`, up to two blanks.
    fn examples(after: &str) -> Vec<String> {
        let lines = after.lines().filter_map(|line| line.strip_prefix("  onehead "));
        let command = |line: &str| line.split("  ").next().unwrap_or_default().trim().to_owned();
        lines.map(command).collect()
    }

    #[test]
    fn every_example_is_a_command_line_that_is_understood() {
        let mut count = 0;
        for page in pages() {
            for example in examples(&page.after) {
                let words =
                    crate::shell::split::split(&example).expect("an example has no open quote");
                let parsed =
                    Args::try_parse_from(std::iter::once("onehead".to_owned()).chain(words));
                assert!(parsed.is_ok(), "{}: onehead {example}: {:?}", page.name, parsed.err());
                count += 1;
            }
        }
        assert!(count > 20, "{count} examples");
    }

    #[test]
    fn every_command_and_option_is_told_of() {
        for page in pages() {
            assert!(!page.about.is_empty(), "{}", page.name);
            for entry in page.arguments.iter().chain(&page.options) {
                assert!(!entry.help.is_empty(), "{} {}", page.name, entry.name);
            }
        }
    }
}
