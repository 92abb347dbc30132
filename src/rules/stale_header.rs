//! `stale-header`: the docstring's `Revision ID:` or `Revises:` disagree with the code.

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::revision::RevisionId;
use crate::script::{HeaderLine, Script};

use super::words::{list, own, quoted};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "stale-header",
    summary: "the docstring's `Revision ID:` or `Revises:` disagree with the code",
    level: Level::Warning,
    kind: Kind::Hygiene,
    page: include_str!("stale-header.md"),
    check,
};

/// A line of the docstring with what it should say.
struct Stale<'a> {
    line: &'a HeaderLine,
    name: &'static str,
    code: String,
}

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    findings.extend(context.scripts_in_scope().filter_map(|script| inspect(context, script)));
}

fn inspect(context: &Context<'_>, script: &Script) -> Option<Diagnostic> {
    let revision = script.revision.as_ref()?;
    let id = &revision.id;
    let mut stale = Vec::new();
    if let Some(line) = &script.header.revision
        && !line.agrees_with_id(id.as_str())
    {
        stale.push(Stale { line, name: "Revision ID:", code: quoted(id) });
    }
    let parents: Vec<&str> = revision.edges.parents.iter().map(RevisionId::as_str).collect();
    if let Some(line) = &script.header.revises
        && revision.parents_known
        // A parent that no file defines is a finding of its own, and the header may well be what is right.
        && parents.iter().all(|parent| context.graph.find(parent).is_some())
        && !line.agrees_with_parents(&parents)
    {
        let code = if parents.is_empty() { "`None`".to_owned() } else { list(&parents) };
        stale.push(Stale { line, name: "Revises:", code });
    }
    let (first, rest) = stale.split_first()?;
    let message = format!("the docstring of {} disagrees with its code", quoted(id));
    let mut finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, Some(first.line.span), says(first))
        .about([id]);
    for other in rest {
        finding = finding.also(&script.path, Some(other.line.span), says(other));
    }
    let finding = finding.note("alembic reads the code only; people read the docstring");
    let done = own(Text::from("or have it done:   "), context.environment, "check --fix");
    Some(finding.help(correct(script, &stale)).help(done).fixed_by(FixKind::Edit))
}

fn says(stale: &Stale<'_>) -> String {
    format!("the code says {}", stale.code)
}

fn correct(script: &Script, stale: &[Stale<'_>]) -> Text {
    let lines: Vec<String> = stale.iter().map(|stale| quoted(stale.name)).collect();
    Text::from(format!("correct {} in ", lines.join(" and "))).path(&script.path)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::Project;

    fn found(history: &str, id: &str, revises: &str) -> usize {
        let project =
            Project::new(history).with(id, |spec| spec.revises_header = Some(revises.into()));
        project.findings(&RULE).len()
    }

    #[test]
    fn headers_that_agree() {
        assert_eq!(found("a <- b", "b", "a"), 0);
        assert_eq!(found("a <- b", "a", ""), 0);
        assert_eq!(found("a <- b", "a", "None"), 0);
        assert_eq!(found("a <- b <- m, a <- c <- m", "m", "c, b"), 0);
        assert_eq!(found("a <- b <- m, a <- c <- m", "m", "('b', 'c')"), 0);
        assert_eq!(found("a <- b", "b", "a (gxy)"), 0);
        assert_eq!(Project::new("a <- b").findings(&RULE), []);
    }

    #[test]
    fn ids_with_spaces() {
        assert_eq!(found("step 1 <- m, c d <- m", "m", "step 1, c d"), 0);
        assert_eq!(found("step 1 <- b", "b", "step 2"), 1);
    }

    #[test]
    fn headers_that_disagree() {
        assert_eq!(found("a <- b", "b", "x"), 1);
        assert_eq!(found("a <- b", "b", ""), 1);
        assert_eq!(found("a <- b", "a", "x"), 1);
        assert_eq!(found("a <- b <- m, a <- c <- m", "m", "b"), 1);
    }

    #[test]
    fn an_id_with_spaces_agrees_with_itself() {
        assert_eq!(found("a b <- c", "c", "a b"), 0);
    }

    #[test]
    fn parents_that_are_not_known_are_not_compared() {
        let project = Project::new("a").with("a", |spec| {
            spec.revises_header = Some("x".into());
            spec.parents_unknown = true;
        });
        assert_eq!(project.findings(&RULE), []);
    }

    #[test]
    fn a_parent_that_no_file_defines_is_not_told_twice() {
        assert_eq!(found("a, ?x <- b", "b", "y"), 0);
    }

    #[test]
    fn both_lines_are_one_finding() {
        let project = Project::new("a <- b").with("b", |spec| {
            spec.revision_header = Some("x".into());
            spec.revises_header = Some("y".into());
        });
        insta::assert_snapshot!(project.text(&RULE), @"
        warning[stale-header]: the docstring of `b` disagrees with its code
         --> versions/b_x.py:3:14
          |
        3 | Revision ID: x
          |              ^ the code says `b`
          |
         ::: versions/b_x.py:4:10
          |
        4 | Revises: y
          |          - the code says `a`
          |
          = note: alembic reads the code only; people read the docstring
          = help: correct `Revision ID:` and `Revises:` in versions/b_x.py
          = help: or have it done:   onehead check --fix
        ");
    }
}
