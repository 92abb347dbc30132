//! `published-revision-deleted`: a published revision that no script defines any more.

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::published::{Deleted, PublishedScripts};
use crate::revision::RevisionId;
use crate::script::Name;

use super::published::{Differences, Squash, cannot_locate};
use super::words::{count, list, own, quoted};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "published-revision-deleted",
    summary: "a published revision is defined by no file any more",
    level: Level::Error,
    kind: Kind::Published,
    page: include_str!("published-revision-deleted.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let (Some(published), Some(differences)) = (context.published, Differences::of(context)) else {
        return;
    };
    if !context.environment.governing.allow_squash {
        findings.extend(differences.squashes.iter().filter_map(|one| squashed(context, one)));
    }
    findings.extend(differences.deleted.iter().map(|one| report(context, published, one)));
}

fn report(context: &Context<'_>, published: &PublishedScripts, deleted: &Deleted) -> Diagnostic {
    let id = &deleted.revision.id;
    let message = format!("the published {} was deleted: no file defines it", quoted(id));
    let words = Text::from("bring it back:   ");
    Diagnostic::new(RULE.name, message)
        .at(&deleted.path, None, "")
        .about([id])
        .note(format!("it is on `{}`, and was here when this branch left it", published.name))
        .note(cannot_locate(id))
        .help(own(words, context.environment, "check --fix"))
        .fixed_by(FixKind::Restore)
}

fn squashed(context: &Context<'_>, squash: &Squash<'_>) -> Option<Diagnostic> {
    let by = squash.by.id()?;
    let ids: Vec<&RevisionId> = squash.gone.iter().map(|one| &one.revision.id).collect();
    let number = count(ids.len(), "published revision");
    let message = format!("{number} gave way to {}: {}", quoted(by), list(&ids));
    let ignored = format!("check --ignore {}", RULE.name);
    let once = own(Text::from("for this once:   "), context.environment, &ignored);
    let finding = Diagnostic::new(RULE.name, message)
        .at(
            &squash.by.path,
            squash.by.values.get(Name::DownRevision),
            "the history was squashed here",
        )
        .about(ids)
        .about([by])
        .note(
            "a database that stands at one of them cannot be used any more: every alembic command stops with `Can't locate \
             revision identified by '...'`",
        )
        .note("branches that add revisions after one of them will follow nothing")
        .help("if every database is past them, in `[tool.onehead]` of pyproject.toml:   allow-squash = true")
        .help(once);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::RULE;
    use crate::rules::testing::Project;
    use crate::rules::{Rule, inserted_below_published, published_revision_changed};

    fn messages(project: &Project, rule: &Rule) -> String {
        let findings = project.findings(rule);
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        messages.join("\n")
    }

    #[track_caller]
    fn check(here: &str, there: &str, expected: &str) {
        let project = Project::new(here).against(Project::new(there));
        assert_eq!(messages(&project, &RULE), expected);
        if expected.contains("gave way") {
            // It is one cause.
            assert_eq!(messages(&project, &published_revision_changed::RULE), "");
            assert_eq!(messages(&project, &inserted_below_published::RULE), "");
        }
    }

    #[test]
    fn what_is_still_there_is_no_finding() {
        check("a <- b <- x", "a <- b", "");
    }

    #[test]
    fn each_that_is_gone_is_a_finding() {
        check("a", "a <- b", "the published `b` was deleted: no file defines it");
        let both = "the published `b` was deleted: no file defines it\n\
                    the published `c` was deleted: no file defines it";
        check("a", "a <- b <- c", both);
        check("a <- x", "a <- b <- c", both);
    }

    #[test]
    fn an_id_in_the_same_file_is_for_another_rule() {
        let here = Project::new("a <- z").with("z", |spec| spec.file = Some("b_x.py".into()));
        assert_eq!(messages(&here.against(Project::new("a <- b")), &RULE), "");
    }

    #[test]
    fn a_file_that_cannot_be_read_may_still_define_it() {
        let here = Project::new("a").broken("b_x.py", "", crate::script::Problem::NotAFile);
        assert_eq!(messages(&here.against(Project::new("a <- b")), &RULE), "");
    }

    #[test]
    fn a_squash_of_everything() {
        check("x", "a <- b", "2 published revisions gave way to `x`: `a` and `b`");
    }

    #[test]
    fn a_squash_of_the_beginning() {
        check("x <- c", "a <- b <- c", "2 published revisions gave way to `x`: `a` and `b`");
        check("c", "a <- b <- c", "2 published revisions gave way to `c`: `a` and `b`");
        check("c <- d", "a <- b <- c <- d", "2 published revisions gave way to `c`: `a` and `b`");
    }

    #[test]
    fn a_squash_of_the_middle() {
        let told = "2 published revisions gave way to `x`: `b` and `c`";
        check("a <- x <- d", "a <- b <- c <- d", told);
        check("a <- x <- d, a <- x <- e", "a <- b <- c <- d, c <- e", told);
    }

    #[test]
    fn one_that_is_replaced_is_no_squash() {
        check("x", "a", "the published `a` was deleted: no file defines it");
    }

    #[test]
    fn what_is_left_without_a_parent_is_no_squash() {
        let project = Project::new("x, ?b <- c").against(Project::new("a <- b <- c"));
        assert_eq!(project.findings(&RULE).len(), 2);
    }

    #[test]
    fn a_squash_can_be_allowed() {
        let mut project = Project::new("x <- c").against(Project::new("a <- b <- c"));
        let governing = Arc::make_mut(&mut project.environment.governing);
        governing.allow_squash = true;
        for rule in [&RULE, &published_revision_changed::RULE, &inserted_below_published::RULE] {
            assert_eq!(messages(&project, rule), "");
        }
    }

    #[test]
    fn as_they_are_shown() {
        let project = Project::new("a").against(Project::new("a <- b"));
        insta::assert_snapshot!(project.text(&RULE), @"
        error[published-revision-deleted]: the published `b` was deleted: no file defines it
        --> versions/b_x.py
         = note: it is on `main`, and was here when this branch left it
         = note: a database that stands at it cannot be used any more: every alembic command stops with `Can't locate revision identified by 'b'`
         = help: bring it back:   onehead check --fix
        ");
        let project = Project::new("x <- c").against(Project::new("a <- b <- c"));
        insta::assert_snapshot!(project.text(&RULE), @"
        error[published-revision-deleted]: 2 published revisions gave way to `x`: `a` and `b`
         --> versions/x_x.py:5:17
          |
        5 | down_revision = None
          |                 ^^^^ the history was squashed here
          |
          = note: a database that stands at one of them cannot be used any more: every alembic command stops with `Can't locate revision identified by '...'`
          = note: branches that add revisions after one of them will follow nothing
          = help: if every database is past them, in `[tool.onehead]` of pyproject.toml:   allow-squash = true
          = help: for this once:   onehead check --ignore published-revision-deleted
        ");
    }
}
