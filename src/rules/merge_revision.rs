//! `merge-revision`: any merge revision, for teams that want a linear history.

use crate::diagnostic::{Diagnostic, Text};
use crate::script::Name;

use super::words::{list, quoted};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "merge-revision",
    summary: "any merge revision, for teams that want a linear history",
    level: Level::Off,
    kind: Kind::Hygiene,
    page: include_str!("merge-revision.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for script in context.scripts_in_scope() {
        let Some(revision) = &script.revision else { continue };
        let parents = &revision.edges.parents;
        if parents.len() < 2 {
            continue;
        }
        let message = format!("{} merges {}", quoted(&revision.id), list(parents));
        findings.push(
            Diagnostic::new(RULE.name, message)
                .at(&script.path, script.values.get(Name::DownRevision), "")
                .about([&revision.id])
                .note("the rule is on because this project wants a linear history")
                .help(
                    Text::from(
                        "put one line on top of the other by its `down_revision`, then:   rm ",
                    )
                    .argument(&script.path),
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    #[test]
    fn a_linear_history_is_no_finding() {
        check_rule(&RULE, "a <- b <- c", "");
    }

    #[test]
    fn a_merge() {
        insta::assert_snapshot!(Project::new("a <- b <- m, a <- c <- m").text(&RULE), @r#"
        warning[merge-revision]: `m` merges `b` and `c`
         --> versions/m_x.py:5:17
          |
        5 | down_revision = ("b", "c")
          |                 ^^^^^^^^^^
          |
          = note: the rule is on because this project wants a linear history
          = help: put one line on top of the other by its `down_revision`, then:   rm versions/m_x.py
        "#);
    }
}
