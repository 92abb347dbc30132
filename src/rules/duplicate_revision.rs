//! `duplicate-revision`: several files with one id.

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::graph::Node;
use crate::script::Name;

use super::words::{count, own, quoted};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "duplicate-revision",
    summary: "several files define one revision id",
    level: Level::Error,
    kind: Kind::Integrity,
    page: include_str!("duplicate-revision.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let duplicates = context.graph.duplicates();
    findings.extend(duplicates.iter().filter_map(|nodes| report(context, nodes)));
}

fn report(context: &Context<'_>, nodes: &[Node]) -> Option<Diagnostic> {
    let graph = context.graph;
    let (&last, earlier) = nodes.split_last()?;
    let id = graph.id(last);
    let script = graph.script(last);
    let place = script.values.get(Name::Revision);
    let message = format!("{} define {}", count(nodes.len(), "file"), quoted(id));
    let mut finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, place, "defined again here")
        .about([id]);
    for &node in earlier {
        let script = graph.script(node);
        finding = finding.also(&script.path, script.values.get(Name::Revision), "defined here");
    }
    let same = earlier.iter().all(|&node| graph.revision(node).edges == graph.revision(last).edges);
    let finding = finding.note(format!(
        "alembic warns `Revision {id} is present more than once` and takes the one that it reads last"
    ));
    let fresh = "give one of them an id of its own:   python3 -c \"import uuid; print(uuid.uuid4().hex[-12:])\"";
    let finding =
        if same { finding.help("if one is a copy of the other, delete it") } else { finding };
    let words = Text::from("or have it done, where one of them is unpublished:   ");
    let done = own(words, context.environment, "check --fix");
    Some(finding.help(fresh).help(done).fixed_by(FixKind::Edit))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    #[test]
    fn ids_of_their_own_are_no_finding() {
        check_rule(&RULE, "a <- b <- c", "");
    }

    #[test]
    fn two_files_with_one_id() {
        let project = Project::new("a <- b <- c").and("b", |spec| {
            spec.parents = vec!["a".into()];
            spec.file = Some("b_copy.py".into());
        });
        insta::assert_snapshot!(project.text(&RULE), @r#"
        error[duplicate-revision]: 2 files define `b`
         --> versions/b_copy.py:4:12
          |
        4 | revision = "b"
          |            ^^^ defined again here
          |
         ::: versions/b_x.py:4:12
          |
        4 | revision = "b"
          |            --- defined here
          |
          = note: alembic warns `Revision b is present more than once` and takes the one that it reads last
          = help: if one is a copy of the other, delete it
          = help: give one of them an id of its own:   python3 -c "import uuid; print(uuid.uuid4().hex[-12:])"
          = help: or have it done, where one of them is unpublished:   onehead check --fix
        "#);
    }

    #[test]
    fn three_files_with_different_parents() {
        let project = Project::new("a <- b").and("b", |_| ()).and("b", |_| ());
        let finding = &project.findings(&RULE)[0];
        assert_eq!(finding.message, "3 files define `b`");
        assert_eq!(finding.help.len(), 2);
    }
}
