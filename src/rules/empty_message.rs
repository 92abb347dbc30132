//! `empty-message`: a revision without a message.

use crate::diagnostic::{Diagnostic, Text};

use super::words::quoted;
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "empty-message",
    summary: "a revision without a message",
    level: Level::Off,
    kind: Kind::Hygiene,
    page: include_str!("empty-message.md"),
    check,
};

/// What Alembic writes when `-m` is not given (1.20.1, `generate_revision`).
const PLACEHOLDER: &str = "empty message";

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for script in context.scripts_in_scope() {
        let Some(revision) = &script.revision else { continue };
        let message = revision.message();
        // A docstring that begins with the header lines has no message before them.
        if !message.is_empty() && message != PLACEHOLDER && !message.starts_with("Revision ID:") {
            continue;
        }
        findings.push(
            Diagnostic::new(RULE.name, format!("{} has no message", quoted(&revision.id)))
                .at(&script.path, None, "")
                .about([&revision.id])
                .note("`alembic history` shows nothing but its id")
                .help(
                    Text::from("say in the first line of the docstring what it does, in ")
                        .path(&script.path),
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::Project;

    fn found(message: &str) -> usize {
        Project::new("a").with("a", |spec| spec.message = message.into()).findings(&RULE).len()
    }

    #[test]
    fn a_message_is_no_finding() {
        assert_eq!(found("add items"), 0);
    }

    #[test]
    fn no_message_and_the_placeholder_are_the_same() {
        assert_eq!([found(""), found("empty message")], [1, 1]);
    }

    #[test]
    fn a_revision_without_a_message() {
        insta::assert_snapshot!(Project::new("a").text(&RULE), @"
        warning[empty-message]: `a` has no message
        --> versions/a_x.py
         = note: `alembic history` shows nothing but its id
         = help: say in the first line of the docstring what it does, in versions/a_x.py
        ");
    }
}
