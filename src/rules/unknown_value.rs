//! `unknown-value`: `branch_labels` or `depends_on` that only running the code could tell.

use crate::diagnostic::{Diagnostic, Severity, Text};
use crate::environment::ExpectedHeads;
use crate::script::{Name, Problem, Unknown};

use super::unreadable_script::computed;
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "unknown-value",
    summary: "`branch_labels` or `depends_on` that only running the code could tell",
    level: Level::Warning,
    kind: Kind::History,
    page: include_str!("unknown-value.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let per_label = matches!(context.environment.expected_heads, ExpectedHeads::PerLabel(_));
    for script in context.scripts {
        for problem in &script.problems {
            let Problem::Unknown { name, span, why } = problem else { continue };
            let (consequence, weight) = match name {
                Name::BranchLabels if per_label => (
                    "`expected-heads` counts heads by label, and this one may be among them",
                    Some(Severity::Error),
                ),
                Name::BranchLabels => ("heads of this line may be shown without their label", None),
                Name::DependsOn => {
                    ("whether a head is still needed by another revision is not certain", None)
                }
                Name::Revision | Name::DownRevision => continue,
            };
            if matches!(why, Unknown::Conflict { .. }) {
                continue;
            }
            let (message, seen) = computed(*name, why);
            let mut finding = Diagnostic::new(RULE.name, message)
                .at(&script.path, Some(*span), seen)
                .about(script.id())
                .note(consequence)
                .help(
                    Text::from(format!("write the value of `{}` down in ", name.as_str()))
                        .path(&script.path),
                );
            finding.own_severity = weight;
            findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::diagnostic::Severity;
    use crate::environment::ExpectedHeads;
    use crate::rules::testing::{Project, check_rule};
    use crate::script::{Name, Problem, Span, Unknown};

    fn unknown(name: Name) -> Project {
        let problem = Problem::Unknown {
            name,
            span: Span { start: 5, end: 15 },
            why: Unknown::Call("resolve".into()),
        };
        Project::new("a <- b").with("b", |spec| spec.problems = vec![problem])
    }

    #[test]
    fn known_values_are_no_finding() {
        check_rule(&RULE, "a <- b", "");
        assert_eq!(unknown(Name::DownRevision).findings(&RULE), []);
    }

    #[test]
    fn a_dependency_that_is_not_known() {
        insta::assert_snapshot!(unknown(Name::DependsOn).text(&RULE), @r#"
        warning[unknown-value]: `depends_on` is computed when the file runs, so its value is not known here
         --> versions/b_x.py:3:1
          |
        3 | / """
        4 | | revision = "b"
          | |______^ the value is what `resolve` returns
          |
          = note: whether a head is still needed by another revision is not certain
          = help: write the value of `depends_on` down in versions/b_x.py
        "#);
    }

    #[test]
    fn a_label_that_is_not_known_weighs_more_where_heads_are_counted_by_label() {
        let severity = |project: Project| project.findings(&RULE)[0].severity;
        let labels = ExpectedHeads::PerLabel(vec![("gxy".into(), 1)]);
        assert_eq!(severity(unknown(Name::BranchLabels)), Severity::Warning);
        assert_eq!(severity(unknown(Name::BranchLabels).expecting(labels)), Severity::Error);
    }
}
