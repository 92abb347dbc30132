//! What hook managers need to be told, ready to be pasted.
//!
//! Nothing is written for them: their files are the user's.

use std::fmt::Write as _;

use super::Event;
use super::mention::Manager;

/// The repository that `.pre-commit-hooks.yaml` lies in.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What to put where for a hook manager.
pub fn snippet(manager: Manager) -> String {
    match manager {
        Manager::PreCommit => pre_commit(),
        Manager::Prek => prek(),
        Manager::Lefthook => LEFTHOOK.to_owned(),
        Manager::Husky => husky(),
    }
}

fn pre_commit() -> String {
    format!(
        "\
# .pre-commit-config.yaml, for pre-commit and prek; then run: pre-commit install
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]
repos:
  - repo: {REPOSITORY}
    rev: v{VERSION}
    hooks:
      - id: alembic-heads
      - id: alembic-heads-push
      # says what a merge, rebase or checkout did to the history; add post-merge, post-rewrite
      # and post-checkout to default_install_hook_types
      # - id: alembic-heads-notice

# Or, with a onehead that is there already (uvx onehead@{VERSION} instead of uv run --no-sync onehead
# works as well), in place of the repository above:
#
#   - repo: local
#     hooks:
#       - id: alembic-heads
#         name: alembic revision graph
#         entry: uv run --no-sync onehead hook run pre-commit
#         language: system
#         always_run: true
#         pass_filenames: false
#         require_serial: true
#         stages: [pre-commit, pre-merge-commit, manual]
#       - id: alembic-heads-push
#         name: alembic revision graph of the push
#         entry: uv run --no-sync onehead hook run pre-push
#         language: system
#         always_run: true
#         pass_filenames: false
#         require_serial: true
#         stages: [pre-push]
"
    )
}

fn prek() -> String {
    format!(
        "\
# prek.toml; then run: prek install (a .pre-commit-config.yaml serves as well: --for pre-commit)
default_install_hook_types = [\"pre-commit\", \"pre-merge-commit\", \"pre-push\"]

[[repos]]
repo = \"{REPOSITORY}\"
rev = \"v{VERSION}\"
hooks = [{{ id = \"alembic-heads\" }}, {{ id = \"alembic-heads-push\" }}]

# Or, with a onehead that is there already, in place of the repository above:
#
# [[repos]]
# repo = \"local\"
#
# [[repos.hooks]]
# id = \"alembic-heads\"
# name = \"alembic revision graph\"
# entry = \"uv run --no-sync onehead hook run pre-commit\"
# language = \"system\"
# always_run = true
# pass_filenames = false
# require_serial = true
# stages = [\"pre-commit\", \"pre-merge-commit\", \"manual\"]
#
# [[repos.hooks]]
# id = \"alembic-heads-push\"
# name = \"alembic revision graph of the push\"
# entry = \"uv run --no-sync onehead hook run pre-push\"
# language = \"system\"
# always_run = true
# pass_filenames = false
# require_serial = true
# stages = [\"pre-push\"]
"
    )
}

const LEFTHOOK: &str = "\
# lefthook.yml; then run: lefthook install
pre-commit:
  jobs:
    - run: onehead hook run pre-commit
pre-merge-commit:
  jobs:
    - run: onehead hook run pre-merge-commit
pre-push:
  jobs:
    # Only one job of a hook is given what git says. Without files of its own, lefthook passes a job over
    # whenever the branch that is checked out has nothing new, whatever else is pushed.
    - run: onehead hook run pre-push {1} {2} {files}
      files: echo lefthook.yml
      use_stdin: true
";

fn husky() -> String {
    let mut text = String::from(
        "# husky: paste this into a shell at the top of the repository; where a hook is there already, put the line above \
         what reads its input\n",
    );
    for event in Event::BLOCKING {
        let name = event.name();
        // husky runs its files so that they end with the first command that fails.
        let _ = writeln!(text, "echo 'onehead hook run {name} \"$@\"' >> .husky/{name}");
    }
    text
}

/// The repository, the tag and the ids that `.pre-commit-config.yaml` names for the hooks that block.
pub fn entry() -> (&'static str, String, [&'static str; 2]) {
    (REPOSITORY, format!("v{VERSION}"), ["alembic-heads", "alembic-heads-push"])
}

/// The line by which somebody's own hook script runs onehead.
pub fn line(event: Event) -> String {
    let name = event.name();
    if event.is_advice() {
        return format!("onehead hook run {name} \"$@\" || :");
    }
    format!("onehead hook run {name} \"$@\" || exit $?")
}
