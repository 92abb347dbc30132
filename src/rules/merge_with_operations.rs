//! `merge-with-operations`: a merge revision that also changes the schema.

use crate::diagnostic::{Diagnostic, Text};
use crate::script::Body;

use super::words::{pasted, quoted};
use super::{Context, Kind, Level, Rule};
use crate::shell::word;

pub static RULE: Rule = Rule {
    name: "merge-with-operations",
    summary: "a merge revision that also changes the schema",
    level: Level::Warning,
    kind: Kind::Hygiene,
    page: include_str!("merge-with-operations.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for script in context.scripts_in_scope() {
        let Some(revision) = &script.revision else { continue };
        let Body::Code(span) = script.upgrade else { continue };
        if revision.edges.parents.len() < 2 {
            continue;
        }
        let id = &revision.id;
        // `--head` refuses what is no head.
        let graph = context.graph;
        let is_head = graph.find(id.as_str()).is_none_or(|node| graph.children(node).is_empty());
        let head = if is_head { format!("--head {} ", word(id.as_str())) } else { String::new() };
        findings.push(
            Diagnostic::new(
                RULE.name,
                format!("merge revision {} also changes the schema", quoted(id)),
            )
            .at(&script.path, Some(span), "a merge has nothing to do")
            .about([id])
            .note(
                "a merge that only joins can be dropped or made again at any time; this one cannot",
            )
            .help(pasted(
                Text::from("move the operations to a revision after it:   "),
                context.environment,
                &format!("revision {head}-m \"<message>\""),
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    fn merge() -> Project {
        Project::new("a <- b <- m, a <- c <- m")
            .with("m", |spec| spec.upgrade = Some("op.drop_table(\"items\")".into()))
    }

    #[test]
    fn what_is_no_head_is_not_named_as_one() {
        let followed = Project::new("a <- b <- m, a <- c <- m, m <- n")
            .with("m", |spec| spec.upgrade = Some("op.drop_table(\"items\")".into()));
        assert!(followed.text(&RULE).contains("alembic revision -m \"<message>\""));
        assert!(merge().text(&RULE).contains("alembic revision --head m -m \"<message>\""));
    }

    #[test]
    fn an_empty_merge_is_no_finding() {
        check_rule(&RULE, "a <- b <- m, a <- c <- m", "");
    }

    #[test]
    fn operations_elsewhere_are_no_finding() {
        let project = Project::new("a").with("a", |spec| spec.upgrade = Some("op.f()".into()));
        assert_eq!(project.findings(&RULE), []);
    }

    #[test]
    fn published_merges_are_left_alone() {
        assert_eq!(merge().with("m", |spec| spec.published = true).findings(&RULE), []);
    }

    #[test]
    fn a_merge_with_operations() {
        insta::assert_snapshot!(merge().text(&RULE), @r#"
        warning[merge-with-operations]: merge revision `m` also changes the schema
         --> versions/m_x.py:9:5
          |
        9 |     op.drop_table("items")
          |     ^^^^^^^^^^^^^^^^^^^^^^ a merge has nothing to do
          |
          = note: a merge that only joins can be dropped or made again at any time; this one cannot
          = help: move the operations to a revision after it:   alembic revision --head m -m "<message>"
        "#);
    }
}
