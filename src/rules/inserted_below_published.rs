//! `inserted-below-published`: an unpublished revision was made the parent of a published one.

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::published::{Altered, PublishedScripts};
use crate::revision::RevisionId;
use crate::script::Script;

use super::published::{Differences, Inserted};
use super::words::{list, own, quoted};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "inserted-below-published",
    summary: "a published revision follows an unpublished one",
    level: Level::Error,
    kind: Kind::Published,
    page: include_str!("inserted-below-published.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let (Some(published), Some(differences)) = (context.published, Differences::of(context)) else {
        return;
    };
    for &(altered, script) in &differences.altered {
        let inserted = differences.inserted(context, altered, script);
        let reported =
            inserted.iter().filter_map(|one| report(context, published, altered, script, one));
        findings.extend(reported);
    }
}

fn report(
    context: &Context<'_>,
    published: &PublishedScripts,
    altered: &Altered,
    script: &Script,
    inserted: &Inserted<'_>,
) -> Option<Diagnostic> {
    let id = script.id()?;
    let verb = if inserted.is_parent { "follows" } else { "depends on" };
    let other = RevisionId::from(inserted.id);
    let message =
        format!("the published {} {verb} {}, which is not published", quoted(id), quoted(&other));
    let mut finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, inserted.span, before(altered, published, inserted))
        .about([id, &other])
        .note(format!("databases that have run {} will never run {}", quoted(id), quoted(&other)))
        .fixed_by(FixKind::Rebase);
    let node = context.graph.find(inserted.id);
    if let Some(node) = node {
        finding = finding.also(&context.graph.script(node).path, None, "");
    }
    let words = Text::from("put it on top of what is published:   ");
    Some(finding.help(own(words, context.environment, "rebase")))
}

/// What stands there on the baseline.
fn before(altered: &Altered, published: &PublishedScripts, inserted: &Inserted<'_>) -> String {
    let Some(version) = altered.versions.first() else { return String::new() };
    let (edges, name) = (&version.revision.edges, &published.name);
    match (inserted.is_parent, edges.parents.is_empty(), edges.dependencies.is_empty()) {
        (true, true, _) => format!("on `{name}` it follows nothing"),
        (true, false, _) => format!("on `{name}` it follows {}", list(&edges.parents)),
        (false, _, true) => format!("on `{name}` it depends on nothing"),
        (false, _, false) => format!("on `{name}` it depends on {}", list(&edges.dependencies)),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::Project;

    #[track_caller]
    fn check(here: Project, there: &str, expected: &str) {
        let findings = here.against(Project::new(there)).findings(&RULE);
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages.join("\n"), expected);
    }

    #[test]
    fn what_is_on_top_of_what_is_published_is_fine() {
        check(Project::new("a <- b <- x"), "a <- b", "");
        check(Project::new("a <- b, a <- x"), "a <- b", "");
        check(Project::new("a <- x"), "a", "");
    }

    #[test]
    fn below_is_not() {
        let told = "the published `b` follows `x`, which is not published";
        check(Project::new("a <- x <- b"), "a <- b", told);
        check(Project::new("x <- b"), "b", told);
        check(Project::new("a <- x <- b, a <- b"), "a <- b", told);
    }

    #[test]
    fn a_dependency_is_below_as_well() {
        let here = Project::new("a <- b, a <- x").with("b", |spec| spec.depends = vec!["x".into()]);
        check(here, "a <- b", "the published `b` depends on `x`, which is not published");
    }

    #[test]
    fn other_parents_that_are_published_are_for_another_rule() {
        check(Project::new("a <- c <- b"), "a <- b <- c", "");
    }

    #[test]
    fn without_a_baseline_nothing_is_known() {
        assert_eq!(Project::new("a <- x <- b").findings(&RULE), []);
    }

    #[test]
    fn as_it_is_shown() {
        let here = Project::new("a <- x <- b").against(Project::new("a <- b"));
        insta::assert_snapshot!(here.text(&RULE), @r#"
        error[inserted-below-published]: the published `b` follows `x`, which is not published
         --> versions/b_x.py:5:17
          |
        5 | down_revision = "x"
          |                 ^^^ on `main` it follows `a`
          |
          = note: databases that have run `b` will never run `x`
          = help: put it on top of what is published:   onehead rebase
        "#);
    }
}
