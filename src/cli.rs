//! The command line: clap structs and help text; nothing else.

pub mod examples;
pub mod hook;

use std::path::PathBuf;

use clap::{Args as ClapArgs, ColorChoice, Parser, Subcommand, ValueEnum};

/// Keeps Alembic migration histories healthy, without running any Python
///
/// It reads `alembic.ini` and the migration files, sees the history as Alembic would, says what is wrong and what to do, and
/// repairs it. `onehead check` looks at everything, `onehead init` sets a project up.
#[derive(Debug, Parser)]
#[command(name = "onehead", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = examples::EXIT_STATUS)]
pub struct Args {
    /// What every command understands.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options before or after the command.
#[derive(Clone, Debug, ClapArgs)]
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
    /// Annotations of GitHub Actions (check only)
    Github,
    /// GitLab's code quality report (check only)
    Gitlab,
    /// SARIF 2.1.0, for code scanning (check only)
    Sarif,
    /// The XML of JUnit, for whatever shows tests (check only)
    Junit,
    /// reviewdog's format, with suggestions (check only)
    Rdjson,
    /// A flowchart for Markdown (graph only)
    Mermaid,
    /// For Graphviz (graph only)
    Dot,
    /// A picture (graph only)
    Svg,
    /// A page with the picture, for a browser (graph only)
    Html,
}

impl Format {
    /// Whether only `check` has it.
    pub fn is_of_check(self) -> bool {
        !matches!(self, Self::Text | Self::Json) && !self.is_of_graph()
    }

    /// Whether only `graph` has it.
    pub fn is_of_graph(self) -> bool {
        matches!(self, Self::Mermaid | Self::Dot | Self::Svg | Self::Html)
    }

    /// Whether it is for people to read, and not for a program.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Text | Self::Concise)
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find every problem in every Alembic environment of the repository
    ///
    /// Findings go to stdout, the summary to stderr. Exit status 1 when there are errors; `onehead explain RULE` tells about
    /// each.
    #[command(after_long_help = examples::CHECK)]
    Check(CheckArgs),
    /// List the heads, as `alembic heads` does
    #[command(after_long_help = examples::HEADS)]
    Heads {
        /// Show each revision in full
        #[arg(short, long)]
        verbose: bool,
        /// Treat `depends_on` like `down_revision`
        #[arg(long)]
        resolve_dependencies: bool,
        /// Which files are read
        #[command(flatten)]
        snapshot: SnapshotArgs,
    },
    /// List the branch points, as `alembic branches` does
    Branches {
        /// Show each revision in full
        #[arg(short, long)]
        verbose: bool,
        /// Which files are read
        #[command(flatten)]
        snapshot: SnapshotArgs,
    },
    /// List the revisions, newest first, as `alembic history` does
    #[command(after_long_help = examples::HISTORY)]
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
        /// Which files are read
        #[command(flatten)]
        snapshot: SnapshotArgs,
    },
    /// Alembic's command, which asks the database
    #[command(hide = true)]
    Current {
        /// Whatever Alembic takes
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<String>,
    },
    /// Show the revision that a symbol denotes, as `alembic show` does
    #[command(after_long_help = examples::SHOW)]
    Show {
        /// An id, the beginning of one, a label, `head`, `heads`, `base`, `label@head`, `-1`
        #[arg(allow_hyphen_values = true)]
        rev: String,
        /// Which files are read
        #[command(flatten)]
        snapshot: SnapshotArgs,
    },
    /// Tell when the baseline had several heads or a broken history, for how long, and how that ended
    #[command(after_long_help = examples::AUDIT)]
    Audit(AuditArgs),
    /// Draw the history
    Graph(GraphArgs),
    /// Show what revisions do to the schema, as far as it can be read
    Operations(OperationsArgs),
    /// Write one merge revision, as `alembic merge` would
    ///
    /// It is rendered from the project's own template, under the name that its `file_template` gives. The same heads give the
    /// same file, so that two people who merge them do not fork the history again.
    #[command(after_long_help = examples::MERGE)]
    Merge(MergeArgs),
    /// Put unpublished revisions on top of the published head
    ///
    /// It edits `down_revision` and its `Revises:` line and no other byte. Published revisions never move. What databases
    /// that already ran the moved revisions have to do is printed.
    #[command(after_long_help = examples::REBASE)]
    Rebase(RebaseArgs),
    /// Show both sides of a fork, ask, mend it, verify, and commit only the files of the repair
    ///
    /// Under CI=1 it does not ask. Whatever is staged or changed beside it stays as it is.
    #[command(after_long_help = examples::AUTO_MERGE)]
    AutoMerge(AutoMergeArgs),
    /// Find a lost revision in branches, tags, stashes and the reflog, and bring it back
    #[command(after_long_help = examples::WHERE)]
    Where(WhereArgs),
    /// Foresee which open branches will fork the history once they are merged
    #[command(after_long_help = examples::FORECAST)]
    Forecast(ForecastArgs),
    /// Show which environments were found, from where, and what was tried
    Environments,
    /// Install, look at and run git hooks
    #[command(after_long_help = examples::HOOK)]
    Hook {
        /// What to do with them
        #[command(subcommand)]
        command: hook::HookCommand,
    },
    /// Explain a rule, or an error message of Alembic's pasted in quotes
    #[command(after_long_help = examples::EXPLAIN)]
    Explain {
        /// The name of a rule, or an error message
        #[arg(required = true, value_name = "RULE|ERROR")]
        subject: Vec<String>,
    },
    /// Look at the project, and propose its configuration, git hooks and continuous integration
    ///
    /// Shows what it found and what it would write, asks about each part, and writes nothing before the last answer. What is
    /// there already is never overwritten: `pyproject.toml` and `.pre-commit-config.yaml` are added to, and keep every other
    /// byte.
    #[command(after_long_help = examples::INIT)]
    Init(InitArgs),
    /// Print the completions of a shell, or the manual page
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions {
        /// For which shell; `man` for the manual page
        shell: ShellArg,
    },
}

/// For whom `completions` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShellArg {
    /// GNU bash
    Bash,
    /// The Z shell
    Zsh,
    /// The friendly interactive shell
    Fish,
    /// PowerShell, on any system
    #[value(name = "powershell")]
    PowerShell,
    /// Elvish
    Elvish,
    /// The manual page, for man
    Man,
}

/// The options of `init`.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct InitArgs {
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Show what would be written, as a unified diff, and write nothing
    #[arg(long, visible_alias = "diff", conflicts_with = "yes")]
    pub dry_run: bool,
}

/// The options of `audit`.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct AuditArgs {
    /// The git ref whose line of first parents is looked at
    #[arg(long, value_name = "REF")]
    pub baseline: Option<String>,
    /// Only what went on after this: a number of days or YYYY-MM-DD
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Write the tables as Markdown
    #[arg(long)]
    pub markdown: bool,
}

/// The options of `graph`.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct GraphArgs {
    /// Every revision, instead of folding lines in which nothing happens
    #[arg(long)]
    pub all: bool,
    /// Only a range, as `history` takes it, and all of it: `START:END`, `START:` or `:END`
    #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
    pub rev_range: Option<String>,
    /// Show it as a page in the browser
    #[arg(long)]
    pub open: bool,
    /// The git ref that counts as published
    #[arg(long, value_name = "REF")]
    pub baseline: Option<String>,
    /// Which files are drawn
    #[command(flatten)]
    pub snapshot: SnapshotArgs,
}

/// Which files are judged: those of the working tree unless one of these says otherwise.
#[derive(Clone, Debug, Default, ClapArgs)]
#[group(multiple = false)]
pub struct SnapshotArgs {
    /// Judge the index: what would be committed now
    #[arg(long)]
    pub staged: bool,
    /// Judge a commit
    #[arg(long = "ref", value_name = "REF")]
    pub reference: Option<String>,
    /// Judge the merge that git would make of HEAD and REF
    #[arg(long, value_name = "REF")]
    pub merge_with: Option<String>,
}

/// The options of `operations`.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct OperationsArgs {
    /// Ids, beginnings of ids, labels, symbols, as `show` takes them; the heads by default
    #[arg(value_name = "REV", allow_negative_numbers = true)]
    pub revs: Vec<String>,
    /// Show what `downgrade()` does too
    #[arg(long)]
    pub downgrade: bool,
    /// Which files are read
    #[command(flatten)]
    pub snapshot: SnapshotArgs,
}

/// The options of `check`.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct CheckArgs {
    /// Only environments under these paths
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Which files are judged
    #[command(flatten)]
    pub snapshot: SnapshotArgs,
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
    /// Only problems that the baseline does not have fail; the others are shown
    #[arg(long)]
    pub new_only: bool,
    /// Exit with 0 even when problems were found
    #[arg(long)]
    pub exit_zero: bool,
    /// Mend what has a safe fix
    #[arg(long)]
    pub fix: bool,
    /// Show what `--fix` would do, as a unified diff, and write nothing
    #[arg(long)]
    pub diff: bool,
    /// How several heads are made one
    #[arg(long, value_name = "STRATEGY")]
    pub strategy: Option<StrategyArg>,
    /// Write the answer into FILE instead of to stdout; with FORMAT, beside what goes to stdout, and as often as wanted
    #[arg(long, value_name = "[FORMAT=]FILE")]
    pub output_file: Vec<PathBuf>,
    /// Say how long each step took
    #[arg(short, long)]
    pub verbose: bool,
}

/// How several heads are made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StrategyArg {
    /// With a merge revision, which is safe for every database
    Merge,
    /// By putting what is unpublished on top of what is published
    Rebase,
    /// Rebase when one side is wholly unpublished, else merge
    Auto,
}

/// The options of `merge`.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, ClapArgs)]
pub struct MergeArgs {
    /// What to join, as `alembic merge` takes it; all heads by default
    #[arg(value_name = "REV", allow_negative_numbers = true)]
    pub revs: Vec<String>,
    /// The message of the revision
    #[arg(short, long, value_name = "MESSAGE")]
    pub message: Option<String>,
    /// Add to the message from which branches the two sides came
    #[arg(long)]
    pub context: bool,
    /// The id of the revision
    #[arg(long, value_name = "ID")]
    pub rev_id: Option<String>,
    /// Its date: `now`, or `YYYY-MM-DD HH:MM:SS`; by default that of the newest parent
    #[arg(long, value_name = "WHEN")]
    pub date: Option<String>,
    /// A branch label for the revision
    #[arg(long, value_name = "LABEL")]
    pub branch_label: Option<String>,
    /// Allow revisions that are no heads
    #[arg(long)]
    pub splice: bool,
    /// Show what would be written, as a unified diff, and write nothing
    #[arg(long)]
    pub diff: bool,
    /// Which files are merged; another than the working tree only with `--diff`
    #[command(flatten)]
    pub snapshot: SnapshotArgs,
    /// The post-write hooks of Alembic's configuration
    #[command(flatten)]
    pub hooks: HookArgs,
}

/// Whether the post-write hooks of Alembic's configuration run.
#[derive(Clone, Copy, Debug, Default, ClapArgs)]
pub struct HookArgs {
    /// Run the post-write hooks also where CI is set
    #[arg(long, conflicts_with = "no_hooks")]
    pub hooks: bool,
    /// Do not run the post-write hooks
    #[arg(long)]
    pub no_hooks: bool,
}

/// The options of `rebase`.
#[derive(Debug, ClapArgs)]
pub struct RebaseArgs {
    /// The tip of what moves; all unpublished heads by default
    #[arg(value_name = "REV")]
    pub revs: Vec<String>,
    /// What to put it on; the published head by default
    #[arg(long, value_name = "REV")]
    pub onto: Option<String>,
    /// The git ref that counts as published
    #[arg(long, value_name = "REF")]
    pub baseline: Option<String>,
    /// Give what moves new ids, so that a database that ran it fails instead of skipping something
    #[arg(long)]
    pub new_ids: bool,
    /// Show what would be changed, as a unified diff, and write nothing
    #[arg(long)]
    pub diff: bool,
}

/// The options of `auto-merge`.
#[derive(Debug, Default, ClapArgs)]
pub struct AutoMergeArgs {
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// How several heads are made one
    #[arg(long, value_name = "STRATEGY")]
    pub strategy: Option<StrategyArg>,
    /// Write the files and commit nothing
    #[arg(long)]
    pub no_commit: bool,
    /// The git ref that counts as published
    #[arg(long, value_name = "REF")]
    pub baseline: Option<String>,
    /// The post-write hooks of Alembic's configuration
    #[command(flatten)]
    pub hooks: HookArgs,
}

/// The options of `where`.
#[derive(Debug, ClapArgs)]
pub struct WhereArgs {
    /// An id, the beginning of one, the name of a file or a part of its path, or a symbol such as `head`
    #[arg(required = true, value_name = "REV", allow_negative_numbers = true)]
    pub revs: Vec<String>,
    /// Write the files back, byte for byte
    #[arg(long)]
    pub restore: bool,
}

/// The options of `forecast`.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct ForecastArgs {
    /// Branches, commits and patterns such as `feature/*` or `refs/pull/*/head`; by default all open branches of the
    /// baseline's remote
    #[arg(value_name = "REF")]
    pub refs: Vec<String>,
    /// The git ref into which they would be merged
    #[arg(long, value_name = "REF")]
    pub baseline: Option<String>,
    /// Leave out older branches: a number of days or YYYY-MM-DD [default: 90, without REF]
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// List branches that add no migrations too
    #[arg(long)]
    pub all: bool,
    /// Write the table as Markdown
    #[arg(long)]
    pub markdown: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Args::command().debug_assert();
    }
}
