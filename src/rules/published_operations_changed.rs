//! `published-operations-changed`: the code of a published migration differs from the baseline's.

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::published::PublishedScripts;
use crate::revision::RevisionId;
use crate::script::{Body, Name, Operations, Script};

use super::published::Differences;
use super::words::{own, quoted};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "published-operations-changed",
    summary: "a published revision does something else here",
    level: Level::Warning,
    kind: Kind::Published,
    page: include_str!("published-operations-changed.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let (Some(published), Some(differences)) = (context.published, Differences::of(context)) else {
        return;
    };
    for (altered, script) in differences.altered {
        findings.extend(report(context, published, altered.operations, script));
    }
}

fn report(
    context: &Context<'_>,
    published: &PublishedScripts,
    operations: Operations,
    script: &Script,
) -> Option<Diagnostic> {
    let id = script.id()?;
    let name = &published.name;
    let (upgrade, downgrade) = match operations {
        // A script that cannot be read as it is here is told by another rule.
        Operations::NotCompared | Operations::Same | Operations::Unreadable => return None,
        Operations::WasUnreadable => return Some(unclear(published, script, id)),
        Operations::Changed { upgrade, downgrade } => (upgrade, downgrade),
    };
    let revision = format!("of the published {}", quoted(id));
    let message = match (upgrade, downgrade) {
        (true, true) => {
            format!("upgrade() and downgrade() {revision} are not what they are on `{name}`")
        }
        (true, false) => format!("upgrade() {revision} is not what it is on `{name}`"),
        (false, _) => format!("downgrade() {revision} is not what it is on `{name}`"),
    };
    let note = if upgrade {
        "databases that have run it do not run it again: they and new ones will not be alike"
    } else {
        "databases that have run it as it was may not come back from it as it is"
    };
    let words = Text::from("set the file back to what is published:   ");
    let body = if upgrade { script.upgrade } else { script.downgrade };
    let finding = place(Diagnostic::new(RULE.name, message), script, body)
        .about([id])
        .note(note)
        .help(own(words, context.environment, "check --fix"))
        .help("what is to change goes into a new revision")
        .fixed_by(FixKind::Restore);
    Some(finding)
}

/// At the first statement that does something, or else at the id.
fn place(finding: Diagnostic, script: &Script, body: Body) -> Diagnostic {
    let span = match body {
        Body::Code(span) => Some(span),
        Body::Empty | Body::Unknown => script.values.get(Name::Revision),
    };
    finding.at(&script.path, span, "")
}

fn unclear(published: &PublishedScripts, script: &Script, id: &RevisionId) -> Diagnostic {
    let name = &published.name;
    let message = format!(
        "it cannot be told whether the published {} still does what it does on `{name}`",
        quoted(id)
    );
    place(Diagnostic::new(RULE.name, message), script, script.upgrade)
        .about([id])
        .note(format!("the file on `{name}` is not valid Python"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::Project;
    use crate::script::Operations;

    fn changed(upgrade: &str) -> Project {
        let here = Project::new("a <- b").with("b", |spec| spec.upgrade = Some(upgrade.into()));
        here.against(Project::new("a <- b"))
    }

    #[test]
    fn the_same_code_is_no_finding() {
        assert_eq!(Project::new("a <- b").against(Project::new("a <- b")).findings(&RULE), []);
        assert_eq!(changed("run()").doing("b", Operations::Same).findings(&RULE), []);
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        let project = changed("run()").doing("b", Operations::WasUnreadable);
        insta::assert_snapshot!(project.text(&RULE), @"
        warning[published-operations-changed]: it cannot be told whether the published `b` still does what it does on `main`
         --> versions/b_x.py:9:5
          |
        9 |     run()
          |     ^^^^^
          |
          = note: the file on `main` is not valid Python
        ");
    }

    #[test]
    fn what_cannot_be_read_here_is_for_another_rule() {
        assert_eq!(changed("run()").doing("b", Operations::Unreadable).findings(&RULE), []);
    }

    #[test]
    fn other_code() {
        insta::assert_snapshot!(changed("run()").text(&RULE), @"
        warning[published-operations-changed]: upgrade() of the published `b` is not what it is on `main`
         --> versions/b_x.py:9:5
          |
        9 |     run()
          |     ^^^^^
          |
          = note: databases that have run it do not run it again: they and new ones will not be alike
          = help: set the file back to what is published:   onehead check --fix
          = help: what is to change goes into a new revision
        ");
    }

    #[test]
    fn which_function_is_said() {
        let message = |upgrade, downgrade| {
            let project = changed("run()").doing("b", Operations::Changed { upgrade, downgrade });
            project.findings(&RULE)[0].message.clone()
        };
        assert_eq!(
            message(false, true),
            "downgrade() of the published `b` is not what it is on `main`"
        );
        let both = "upgrade() and downgrade() of the published `b` are not what they are on `main`";
        assert_eq!(message(true, true), both);
    }
}
