//! `missing-dependency`: a `depends_on` that is no revision id and no branch label.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Label, Place, Text};
use crate::graph::{Missing, Node};
use crate::script::Name;

use super::missing_parent::bring_back;
use super::words::quoted;
use super::{Context, Kind, Level, Rule, facts};
use crate::python::repr::repr;

pub static RULE: Rule = Rule {
    name: "missing-dependency",
    summary: "a `depends_on` that no file defines",
    level: Level::Error,
    kind: Kind::Integrity,
    page: include_str!("missing-dependency.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let graph = context.graph;
    for node in graph.nodes() {
        let edges = &graph.revision(node).edges;
        let empty = edges.dependencies.iter().any(|text| text.is_empty());
        if empty && edges.parents.is_empty() && graph.revision(node).parents_known {
            findings.push(empty_name(context, node));
        }
    }
    let missing = graph.missing_dependencies();
    if missing.is_empty() {
        return;
    }
    let caused = facts::defined_by_unread(context);
    let parents = graph.missing_parents();
    let without_file: BTreeSet<&str> = parents.iter().map(|one| one.text).collect();
    let prefixes = facts::Prefixes::of(context);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for one in missing.iter().filter(|one| !one.text.is_empty()) {
        // The same lost file is reported once, as a missing parent or as the file that could not be read.
        if caused.contains_key(one.text) || without_file.contains(one.text) {
            continue;
        }
        let script = graph.script(one.child);
        let place = script.dependency_spans.get(one.position).copied();
        let place = place.or(script.values.get(Name::DependsOn));
        let id = graph.id(one.child);
        if let Some(&at) = seen.get(one.text) {
            let message = format!("{} depends on it too", quoted(id));
            findings[at].revisions.push(id.clone());
            findings[at]
                .related
                .push(Label { place: Place { path: script.path.clone(), span: place }, message });
        } else {
            seen.insert(one.text, findings.len());
            let message =
                format!("{} depends on {}, which no file defines", quoted(id), quoted(one.text));
            let finding =
                Diagnostic::new(RULE.name, message).at(&script.path, place, "").about([id]);
            findings.push(advise(context, &prefixes, one, finding));
        }
    }
}

/// An empty name is skipped when it is looked up, but keeps a base from counting as one.
fn empty_name(context: &Context<'_>, node: Node) -> Diagnostic {
    let script = context.graph.script(node);
    let id = context.graph.id(node);
    Diagnostic::new(RULE.name, format!("{} depends on an empty name", quoted(id)))
        .at(&script.path, script.values.get(Name::DependsOn), "")
        .about([id])
        .note("alembic takes it for a circle: `Dependency cycle is detected in revisions`")
        .help(Text::from("write `depends_on = None` in ").path(&script.path))
}

fn advise(
    context: &Context<'_>,
    prefixes: &facts::Prefixes<'_>,
    missing: &Missing<'_>,
    finding: Diagnostic,
) -> Diagnostic {
    let text = missing.text;
    let finding =
        finding.note(format!("every alembic command stops with `KeyError: {}`", repr(text)));
    let note = "`depends_on` takes full ids and branch labels only";
    let exact = facts::Exact { name: "depends_on", symbol: note, prefix: note };
    facts::advise_exact(context, prefixes, missing, &exact, finding, |lost| {
        lost.help(bring_back(text))
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    fn depending(on: &str) -> Project {
        Project::new("a1b2c3 <- b, c")
            .with("a1b2c3", |spec| spec.labels = vec!["gxy".into()])
            .with("c", |spec| spec.depends = vec![on.into()])
    }

    #[test]
    fn ids_and_labels_are_no_finding() {
        check_rule(&RULE, "a <- b", "");
        assert_eq!(depending("a1b2c3").findings(&RULE), []);
        assert_eq!(depending("gxy").findings(&RULE), []);
    }

    #[test]
    fn the_lost_file_is_reported_once() {
        let project = Project::new("?x <- b, c").with("c", |spec| spec.depends = vec!["x".into()]);
        assert_eq!(project.findings(&RULE), []);
    }

    #[test]
    fn a_lost_dependency_as_it_is_shown() {
        insta::assert_snapshot!(depending("c3d9").text(&RULE), @r#"
        error[missing-dependency]: `c` depends on `c3d9`, which no file defines
         --> versions/c_x.py:6:14
          |
        6 | depends_on = "c3d9"
          |              ^^^^^^
          |
          = note: every alembic command stops with `KeyError: 'c3d9'`
          = help: bring it back:   onehead where c3d9 --restore
        "#);
    }

    #[test]
    fn a_label_with_head_is_a_symbol() {
        insta::assert_snapshot!(depending("gxy@head").text(&RULE), @r#"
        error[missing-dependency]: `c` depends on `gxy@head`, which no file defines
         --> versions/c_x.py:6:14
          |
        6 | depends_on = "gxy@head"
          |              ^^^^^^^^^^
          |
          = note: every alembic command stops with `KeyError: 'gxy@head'`
          = note: `depends_on` takes full ids and branch labels only
          = help: write `depends_on = "b"` in versions/c_x.py
        "#);
    }

    #[test]
    fn what_is_written_instead_is_never_the_revision_itself() {
        let helps = |on: &str| depending(on).text(&RULE);
        assert!(helps("head").contains("write `depends_on = \"b\"` in"));
        assert!(helps("c@head").contains("write `depends_on = \"<the full id>\"` in"));
    }

    #[test]
    fn several_ids_in_one_string() {
        let shown = depending("a1b2c3,b").text(&RULE);
        assert!(
            shown.contains("help: write `depends_on = (\"a1b2c3\", \"b\")` in versions/c_x.py")
        );
    }

    #[test]
    fn the_start_of_an_id() {
        insta::assert_snapshot!(depending("a1b2").text(&RULE), @r#"
        error[missing-dependency]: `c` depends on `a1b2`, which no file defines
         --> versions/c_x.py:6:14
          |
        6 | depends_on = "a1b2"
          |              ^^^^^^
          |
          = note: every alembic command stops with `KeyError: 'a1b2'`
          = note: `depends_on` takes full ids and branch labels only
          = help: write `depends_on = "a1b2c3"` in versions/c_x.py
        "#);
    }

    #[test]
    fn an_empty_name_at_a_base() {
        insta::assert_snapshot!(depending("").text(&RULE), @r#"
        error[missing-dependency]: `c` depends on an empty name
         --> versions/c_x.py:6:14
          |
        6 | depends_on = ""
          |              ^^
          |
          = note: alembic takes it for a circle: `Dependency cycle is detected in revisions`
          = help: write `depends_on = None` in versions/c_x.py
        "#);
    }
}
