//! `duplicate-label`: a branch label that is taken already.

use crate::diagnostic::{Diagnostic, Text};
use crate::graph::DuplicateLabel;
use crate::script::Name;

use super::words::quoted;
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "duplicate-label",
    summary: "a branch label is used twice, or is a revision id as well",
    level: Level::Error,
    kind: Kind::Integrity,
    page: include_str!("duplicate-label.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let duplicates = context.graph.duplicate_labels();
    findings.extend(duplicates.iter().map(|duplicate| report(context, duplicate)));
}

fn report(context: &Context<'_>, duplicate: &DuplicateLabel<'_>) -> Diagnostic {
    let graph = context.graph;
    let DuplicateLabel { label, node, position, first, is_id } = *duplicate;
    let (id, owner) = (graph.id(node), graph.id(first));
    let message = match (is_id, node == first) {
        (true, true) => format!("branch label `{label}` is the id of its own revision"),
        (true, false) => {
            format!("branch label `{label}` of {} is the id of a revision", quoted(id))
        }
        (false, true) => format!("{} has the branch label `{label}` twice", quoted(id)),
        (false, false) => {
            format!("branch label `{label}` of {} is already used by {}", quoted(id), quoted(owner))
        }
    };
    let script = graph.script(node);
    let place = script.label_spans.get(position).copied();
    let mut finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, place.or(script.values.get(Name::BranchLabels)), "")
        .about([id]);
    if node != first {
        let script = graph.script(first);
        let name = if is_id { Name::Revision } else { Name::BranchLabels };
        let seen = if is_id { "this is the id" } else { "first used here" };
        finding = finding.about([owner]).also(&script.path, script.values.get(name), seen);
    }
    finding
        .note(format!(
            "every alembic command stops with `Branch name '{label}' in revision {id} already used by revision {owner}`"
        ))
        .help(
            Text::from(format!("give it another name, or remove `{label}` from `branch_labels` in "))
                .path(&script.path),
        )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    fn labelled(labels: &[(&str, &[&str])]) -> Project {
        labels.iter().fold(Project::new("a <- b <- c"), |project, &(id, labels)| {
            project.with(id, |spec| spec.labels = labels.iter().map(|&l| l.into()).collect())
        })
    }

    #[test]
    fn labels_of_their_own_are_no_finding() {
        check_rule(&RULE, "a <- b", "");
        assert_eq!(labelled(&[("a", &["gxy"]), ("b", &["tsi"])]).findings(&RULE), []);
    }

    #[test]
    fn a_label_used_twice() {
        insta::assert_snapshot!(labelled(&[("a", &["gxy"]), ("b", &["gxy"])]).text(&RULE), @r#"
        error[duplicate-label]: branch label `gxy` of `b` is already used by `a`
         --> versions/b_x.py:6:17
          |
        6 | branch_labels = "gxy"
          |                 ^^^^^
          |
         ::: versions/a_x.py:6:17
          |
        6 | branch_labels = "gxy"
          |                 ----- first used here
          |
          = note: every alembic command stops with `Branch name 'gxy' in revision b already used by revision a`
          = help: give it another name, or remove `gxy` from `branch_labels` in versions/b_x.py
        "#);
    }

    #[test]
    fn a_label_that_is_an_id() {
        insta::assert_snapshot!(labelled(&[("a", &["c"])]).text(&RULE), @r#"
        error[duplicate-label]: branch label `c` of `a` is the id of a revision
         --> versions/a_x.py:6:17
          |
        6 | branch_labels = "c"
          |                 ^^^
          |
         ::: versions/c_x.py:4:12
          |
        4 | revision = "c"
          |            --- this is the id
          |
          = note: every alembic command stops with `Branch name 'c' in revision a already used by revision c`
          = help: give it another name, or remove `c` from `branch_labels` in versions/a_x.py
        "#);
    }

    #[test]
    fn a_label_repeated_in_one_script() {
        insta::assert_snapshot!(labelled(&[("a", &["x", "x"])]).text(&RULE), @r#"
        error[duplicate-label]: `a` has the branch label `x` twice
         --> versions/a_x.py:6:23
          |
        6 | branch_labels = ("x", "x")
          |                       ^^^
          |
          = note: every alembic command stops with `Branch name 'x' in revision a already used by revision a`
          = help: give it another name, or remove `x` from `branch_labels` in versions/a_x.py
        "#);
    }

    #[test]
    fn a_label_that_is_its_own_id() {
        insta::assert_snapshot!(labelled(&[("a", &["a"])]).text(&RULE), @r#"
        error[duplicate-label]: branch label `a` is the id of its own revision
         --> versions/a_x.py:6:17
          |
        6 | branch_labels = "a"
          |                 ^^^
          |
          = note: every alembic command stops with `Branch name 'a' in revision a already used by revision a`
          = help: give it another name, or remove `a` from `branch_labels` in versions/a_x.py
        "#);
    }
}
