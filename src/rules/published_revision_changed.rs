//! `published-revision-changed`: id, parents, labels or dependencies of a published revision differ from the baseline's.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::published::{Altered, Deleted, PublishedScripts, Version};
use crate::revision::{BranchLabel, Revision, RevisionId};
use crate::script::{Name, Script};

use super::published::{Differences, cannot_locate, is_known};
use super::words::{list, own, quoted};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "published-revision-changed",
    summary: "a published revision has another id, parent, label or dependency here",
    level: Level::Error,
    kind: Kind::Published,
    page: include_str!("published-revision-changed.md"),
    check,
};

/// The values that are compared; the id is compared by where the file lies.
const NAMES: [Name; 3] = [Name::DownRevision, Name::BranchLabels, Name::DependsOn];

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let (Some(published), Some(differences)) = (context.published, Differences::of(context)) else {
        return;
    };
    for &(deleted, script) in &differences.renamed {
        findings.extend(renamed(context, published, deleted, script));
    }
    for &(altered, script) in &differences.altered {
        let mut names = changed(altered, script);
        // Told by the rule about insertions.
        for one in differences.inserted(context, altered, script) {
            let name = if one.is_parent { Name::DownRevision } else { Name::DependsOn };
            names.retain(|other| *other != name);
        }
        findings.extend(report(context, published, altered, script, &names));
    }
}

/// What differs from the baseline's tip and from what this branch started from.
fn changed(altered: &Altered, script: &Script) -> Vec<Name> {
    let Some(here) = &script.revision else { return Vec::new() };
    let mut names = NAMES.to_vec();
    names.retain(|&name| {
        let as_there = |version: &Version| {
            let is_unknown = version.unknown.contains(&name)
                || (name == Name::DownRevision && !version.revision.parents_known);
            is_unknown || values(here, name) == values(&version.revision, name)
        };
        is_known(script, name) && !altered.versions.iter().any(as_there)
    });
    names
}

/// What a name holds: the order does not matter to Alembic.
fn values(revision: &Revision, name: Name) -> BTreeSet<&str> {
    match name {
        Name::DownRevision => revision.edges.parents.iter().map(RevisionId::as_str).collect(),
        Name::DependsOn => revision.edges.dependencies.iter().map(AsRef::as_ref).collect(),
        Name::BranchLabels => revision.labels.iter().map(BranchLabel::as_str).collect(),
        Name::Revision => [revision.id.as_str()].into(),
    }
}

fn report(
    context: &Context<'_>,
    published: &PublishedScripts,
    altered: &Altered,
    script: &Script,
    names: &[Name],
) -> Option<Diagnostic> {
    let (id, &first) = (script.id()?, names.first()?);
    let before = &altered.versions.first()?.revision;
    let there = &published.name;
    let was = |name: Name| match values(before, name) {
        values if values.is_empty() => "none".to_owned(),
        values => list(values),
    };
    let message = format!("the published {} has another {} here", quoted(id), list(words(names)));
    let place = script.values.get(first).or(script.values.get(Name::Revision));
    let mut finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, place, format!("on `{there}`: {}", was(first)))
        .about([id]);
    for &name in &names[1..] {
        let place = script.values.get(name).or(script.values.get(Name::Revision));
        finding = finding.also(&script.path, place, format!("on `{there}`: {}", was(name)));
    }
    let note = if names == [Name::BranchLabels] {
        "commands and configurations that name the label as it was find something else or nothing"
    } else {
        "databases that have run it came there by another way, and may lack what it follows now"
    };
    Some(mend(context, finding.note(note)))
}

fn words(names: &[Name]) -> impl Iterator<Item = &'static str> {
    names.iter().map(|name| name.as_str())
}

fn renamed(
    context: &Context<'_>,
    published: &PublishedScripts,
    deleted: &Deleted,
    script: &Script,
) -> Option<Diagnostic> {
    let (before, now) = (&deleted.revision.id, script.id()?);
    let message = format!("the published {} is called {} here", quoted(before), quoted(now));
    let label = format!("on `{}`: {}", published.name, quoted(before));
    let finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, script.values.get(Name::Revision), label)
        .about([before, now])
        .note(cannot_locate(before));
    Some(mend(context, finding))
}

fn mend(context: &Context<'_>, finding: Diagnostic) -> Diagnostic {
    let words = Text::from("set the file back to what is published:   ");
    finding
        .help(own(words, context.environment, "check --fix"))
        .help("what is to change goes into a new revision")
        .fixed_by(FixKind::Restore)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::Project;

    #[track_caller]
    fn check(here: Project, there: Project, expected: &str) {
        let findings = here.against(there).findings(&RULE);
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages.join("\n"), expected);
    }

    fn labelled(history: &str, id: &str, labels: &[&str]) -> Project {
        let labels = labels.iter().map(|&label| label.into()).collect();
        Project::new(history).with(id, |spec| spec.labels = labels)
    }

    #[test]
    fn what_is_the_same_is_no_finding() {
        check(Project::new("a <- b <- x"), Project::new("a <- b"), "");
        check(labelled("a", "a", &["l", "k"]), labelled("a", "a", &["k", "l"]), "");
    }

    #[test]
    fn another_parent() {
        let told = "the published `c` has another `down_revision` here";
        check(Project::new("a <- b, a <- c"), Project::new("a <- b <- c"), told);
    }

    #[test]
    fn what_was_inserted_is_for_another_rule() {
        check(Project::new("a <- x <- b"), Project::new("a <- b"), "");
    }

    #[test]
    fn labels_and_dependencies() {
        let told = "the published `a` has another `branch_labels` here";
        check(labelled("a", "a", &["l"]), Project::new("a"), told);
        let here = Project::new("a, b <- c").with("c", |spec| spec.depends = vec!["a".into()]);
        check(here, Project::new("a, b <- c"), "the published `c` has another `depends_on` here");
    }

    #[test]
    fn several_names_are_one_finding() {
        let here = labelled("a <- b, a <- c", "c", &["l"]);
        let told = "the published `c` has another `down_revision` and `branch_labels` here";
        check(here, Project::new("a <- b <- c"), told);
    }

    #[test]
    fn what_it_has_become_meanwhile_is_no_change_of_ours() {
        let here = Project::new("a <- b, a <- c").against(Project::new("a <- b <- c"));
        assert_eq!(here.before(Project::new("a <- b, a <- c")).findings(&RULE), []);
    }

    #[test]
    fn another_id_in_the_same_file() {
        let here = Project::new("a <- z").with("z", |spec| spec.file = Some("b_x.py".into()));
        check(here, Project::new("a <- b"), "the published `b` is called `z` here");
    }

    #[test]
    fn as_it_is_shown() {
        let here = labelled("a <- b, a <- c", "c", &["l"]).against(Project::new("a <- b <- c"));
        insta::assert_snapshot!(here.text(&RULE), @r#"
        error[published-revision-changed]: the published `c` has another `down_revision` and `branch_labels` here
         --> versions/c_x.py:5:17
          |
        5 | down_revision = "a"
          |                 ^^^ on `main`: `b`
          |
         ::: versions/c_x.py:6:17
          |
        6 | branch_labels = "l"
          |                 --- on `main`: none
          |
          = note: databases that have run it came there by another way, and may lack what it follows now
          = help: set the file back to what is published:   onehead check --fix
          = help: what is to change goes into a new revision
        "#);
    }
}
