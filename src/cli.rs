//! The command line: clap structs and help text; nothing else.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ColorChoice, Parser, Subcommand, ValueEnum};

/// Keeps Alembic migration histories healthy, without running any Python.
#[derive(Debug, Parser)]
#[command(name = "onehead", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 nothing wrong, 1 problems found, 2 onehead could not work, 130 interrupted."
)]
pub struct Args {
    /// What every command understands.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options before or after the command.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Alembic's configuration file, as Alembic takes it; twice for one ini and one pyproject.toml
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// The section of the ini file
    #[arg(short, long, global = true, value_name = "SECTION")]
    pub name: Option<String>,
    /// Run as if started in DIR
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// The script location itself, without a configuration file
    #[arg(long, global = true, value_name = "DIR")]
    pub script_location: Option<PathBuf>,
    /// A version location itself; may be repeated
    #[arg(long, global = true, value_name = "DIR")]
    pub version_location: Vec<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Print nothing on stdout, and on stderr only one line per error
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// How to write the answer
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One line per finding (check only)
    Concise,
    /// For programs; see docs/json.md
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find every problem in every Alembic environment of the repository
    Check(CheckArgs),
    /// List the heads, as `alembic heads` does
    Heads {
        /// Show each revision in full
        #[arg(short, long)]
        verbose: bool,
        /// Treat `depends_on` like `down_revision`
        #[arg(long)]
        resolve_dependencies: bool,
    },
    /// List the branch points, as `alembic branches` does
    Branches {
        /// Show each revision in full
        #[arg(short, long)]
        verbose: bool,
    },
    /// List the revisions, newest first, as `alembic history` does
    History {
        /// Show each revision in full
        #[arg(short, long)]
        verbose: bool,
        /// Only a range: `START:END`, `START:` or `:END`
        #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
        rev_range: Option<String>,
        /// Alembic's option, which asks the database
        #[arg(short, long, hide = true)]
        indicate_current: bool,
    },
    /// Alembic's command, which asks the database
    #[command(hide = true)]
    Current {
        /// Whatever Alembic takes
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<String>,
    },
    /// Show the revision that a symbol denotes, as `alembic show` does
    Show {
        /// An id, the beginning of one, a label, `head`, `heads`, `base`, `label@head`, `-1`
        #[arg(allow_hyphen_values = true)]
        rev: String,
    },
    /// Show which environments were found, from where, and what was tried
    Environments,
    /// Explain a rule, or an error message of Alembic's pasted in quotes
    Explain {
        /// The name of a rule, or an error message
        #[arg(required = true, value_name = "RULE|ERROR")]
        subject: Vec<String>,
    },
}

/// The options of `check`.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, ClapArgs)]
pub struct CheckArgs {
    /// Only environments under these paths
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The git ref that counts as published
    #[arg(long, value_name = "REF")]
    pub baseline: Option<String>,
    /// Let the hygiene rules look at published revisions too
    #[arg(long)]
    pub all: bool,
    /// Only these rules (and always the integrity rules); ALL for every rule
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub select: Option<Vec<String>>,
    /// Leave these rules out
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub ignore: Option<Vec<String>>,
    /// Fail on warnings too
    #[arg(long)]
    pub strict: bool,
    /// Exit with 0 even when problems were found
    #[arg(long)]
    pub exit_zero: bool,
    /// Say how long each step took
    #[arg(short, long)]
    pub verbose: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Args::command().debug_assert();
    }
}
