//! `hook print`: the snippets, as they are pasted; `frameworks` runs them.

use crate::room::Room;
use crate::support::check;

#[test]
fn for_pre_commit() {
    check!(Room::outside(&[]).onehead(&["hook", "print", "--for", "pre-commit"]), @r"
    exit_code: 0
    ----- stdout -----
    # .pre-commit-config.yaml, for pre-commit and prek; then run: pre-commit install
    default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]
    repos:
      - repo: https://github.com/onehead/onehead
        rev: v[VERSION]
        hooks:
          - id: alembic-heads
          - id: alembic-heads-push
          # says what a merge, rebase or checkout did to the history; add post-merge, post-rewrite
          # and post-checkout to default_install_hook_types
          # - id: alembic-heads-notice

    # Or, with a onehead that is there already (uvx onehead@[VERSION] instead of uv run --no-sync onehead
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
    ----- stderr -----
    ");
}

#[test]
fn for_prek() {
    check!(Room::outside(&[]).onehead(&["hook", "print", "--for", "prek"]), @r#"
    exit_code: 0
    ----- stdout -----
    # prek.toml; then run: prek install (a .pre-commit-config.yaml serves as well: --for pre-commit)
    default_install_hook_types = ["pre-commit", "pre-merge-commit", "pre-push"]

    [[repos]]
    repo = "https://github.com/onehead/onehead"
    rev = "v[VERSION]"
    hooks = [{ id = "alembic-heads" }, { id = "alembic-heads-push" }]

    # Or, with a onehead that is there already, in place of the repository above:
    #
    # [[repos]]
    # repo = "local"
    #
    # [[repos.hooks]]
    # id = "alembic-heads"
    # name = "alembic revision graph"
    # entry = "uv run --no-sync onehead hook run pre-commit"
    # language = "system"
    # always_run = true
    # pass_filenames = false
    # require_serial = true
    # stages = ["pre-commit", "pre-merge-commit", "manual"]
    #
    # [[repos.hooks]]
    # id = "alembic-heads-push"
    # name = "alembic revision graph of the push"
    # entry = "uv run --no-sync onehead hook run pre-push"
    # language = "system"
    # always_run = true
    # pass_filenames = false
    # require_serial = true
    # stages = ["pre-push"]
    ----- stderr -----
    "#);
}

#[test]
fn for_lefthook() {
    check!(Room::outside(&[]).onehead(&["hook", "print", "--for", "lefthook"]), @r"
    exit_code: 0
    ----- stdout -----
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
    ----- stderr -----
    ");
}

#[test]
fn for_husky() {
    check!(Room::outside(&[]).onehead(&["hook", "print", "--for", "husky"]), @r#"
    exit_code: 0
    ----- stdout -----
    # husky: paste this into a shell at the top of the repository; where a hook is there already, put the line above what reads its input
    echo 'onehead hook run pre-commit "$@"' >> .husky/pre-commit
    echo 'onehead hook run pre-merge-commit "$@"' >> .husky/pre-merge-commit
    echo 'onehead hook run pre-push "$@"' >> .husky/pre-push
    ----- stderr -----
    "#);
}

#[test]
fn for_nobody_known() {
    Room::outside(&[]).onehead(&["hook", "print", "--for", "huskey"]).exits(2).says("husky");
    Room::outside(&[]).onehead(&["hook", "print"]).exits(2);
}
