//! What stands below the options in the long help: examples, each of which is a command line that is understood.

/// Of the program.
pub const EXIT_STATUS: &str =
    "Exit status: 0 nothing wrong, 1 problems found, 2 onehead could not work, 130 interrupted.";

/// Of `check`.
pub const CHECK: &str = "Examples:
  onehead check                             every environment, as the files are now
  onehead check --staged                    what would be committed
  onehead check --merge-with origin/main    what merging HEAD with main would make
  onehead check --fix --diff                what `--fix` would change
  onehead check --new-only --strict         in continuous integration: only what is new fails, warnings too
  onehead check --output-file sarif=a.sarif --output-file junit=a.xml";

/// Of `heads`.
pub const HEADS: &str = "Examples:
  onehead heads
  onehead heads --ref origin/main    the heads on main
  onehead heads --format json";

/// Of `history`.
pub const HISTORY: &str = "Examples:
  onehead history -r 4f2a:heads    what follows 4f2a
  onehead history -v -r :head      in full, up to the head";

/// Of `show`.
pub const SHOW: &str = "Examples:
  onehead show head
  onehead show 4f2a
  onehead show expand@head    the head of the branch with this label";

/// Of `merge`.
pub const MERGE: &str = "Examples:
  onehead merge                            all heads
  onehead merge --diff                     what would be written
  onehead merge 4f2a 9c11 -m 'join carts'
  onehead merge --context                  with the branches that the two sides came from in the message";

/// Of `rebase`.
pub const REBASE: &str = "Examples:
  onehead rebase --diff         what would be changed
  onehead rebase                everything that is not published yet
  onehead rebase 9c11 --onto 4f2a";

/// Of `auto-merge`.
pub const AUTO_MERGE: &str = "Examples:
  onehead auto-merge                      shows both sides and asks
  onehead auto-merge --yes --no-commit    writes the files without a question, and commits nothing
  onehead auto-merge --strategy rebase";

/// Of `where`.
pub const WHERE: &str = "Examples:
  onehead where abc123              who deleted or renamed it, and in which branches it still is
  onehead where abc123 --restore    brings its file back";

/// Of `audit`.
pub const AUDIT: &str = "Examples:
  onehead audit                          the whole history of the baseline
  onehead audit --since 365
  onehead audit --baseline origin/release --markdown";

/// Of `forecast`.
pub const FORECAST: &str = "Examples:
  onehead forecast                       the open branches of the remote
  onehead forecast 'feature/*'
  onehead forecast --since 14 --markdown
  onehead forecast 'refs/pull/*/head' --format json";

/// Of `hook`.
pub const HOOK: &str = "Examples:
  onehead hook install              before a commit, a merge and a push
  onehead hook install --advice     and a word after merges, rebases and checkouts
  onehead hook status
  onehead hook print --for lefthook";

/// Of `explain`.
pub const EXPLAIN: &str = "Examples:
  onehead explain multiple-heads
  onehead explain \"Can't locate revision identified by 'abc123'\"";

/// Of `init`.
pub const INIT: &str = "Examples:
  onehead init              says what it found, shows what it would write, and asks
  onehead init --dry-run    shows it, as a unified diff, and writes nothing
  onehead init --yes        writes without a question";

/// Of `completions`: what to do with the output.
pub const COMPLETIONS: &str = "Where shells look for it:
  bash        onehead completions bash > ~/.local/share/bash-completion/completions/onehead
  zsh         onehead completions zsh > ~/.zfunc/_onehead
                (in ~/.zshrc, before `compinit`: fpath+=~/.zfunc)
  fish        onehead completions fish > ~/.config/fish/completions/onehead.fish
  PowerShell  onehead completions powershell | Out-String | Invoke-Expression
                (in the file that $PROFILE names)
  elvish      onehead completions elvish > ~/.config/elvish/lib/onehead.elv
                (in rc.elv: use onehead)
  man         onehead completions man > ~/.local/share/man/man1/onehead.1";
