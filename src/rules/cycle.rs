//! `cycle`: revisions that follow or depend on each other in a circle.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Text};
use crate::graph::{Cycle, Node};
use crate::script::{Name, Span};

use super::words::{count, quoted};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "cycle",
    summary: "revisions follow or depend on each other in a circle",
    level: Level::Error,
    kind: Kind::Integrity,
    page: include_str!("cycle.md"),
    check,
};

/// How many revisions of a circle are named.
const SHOWN: usize = 12;

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let cycles = context.graph.cycles();
    if cycles.is_empty() {
        return;
    }
    let refusal = context.graph.load_error().filter(|error| {
        error.message.contains("ycle is detected") || error.message.contains("elf-loop is detected")
    });
    let refusal = refusal.map(|error| format!("{}: {}", error.class, error.message));
    // A copy of an id closes a circle as soon as it stands above the other one: the duplicate is what is to be mended.
    let copied: BTreeSet<Node> = context.graph.duplicates().into_iter().flatten().collect();
    let is_own = |cycle: &&Cycle| {
        cycle.path.len() == 1 || !cycle.path.iter().any(|node| copied.contains(node))
    };
    for cycle in cycles.iter().filter(is_own) {
        findings.extend(report(context, cycle, refusal.as_deref()));
    }
}

fn report(context: &Context<'_>, cycle: &Cycle, refusal: Option<&str>) -> Option<Diagnostic> {
    let graph = context.graph;
    let &first = cycle.path.first()?;
    let script = graph.script(first);
    let next = cycle.path.get(1).copied().unwrap_or(first);
    let mut finding = Diagnostic::new(RULE.name, message(context, cycle, first))
        .at(&script.path, edge(context, first, next), "")
        .about(cycle.path.iter().map(|&node| graph.id(node)));
    for (at, &node) in cycle.path.iter().enumerate().skip(1) {
        let next = cycle.path.get(at + 1).copied().unwrap_or(first);
        finding = finding.also(&graph.script(node).path, edge(context, node, next), "");
    }
    let note = match refusal {
        Some(sentence) if cycle.seen_by_alembic => {
            format!("every alembic command stops with `{}`", shortened(sentence))
        }
        _ if cycle.seen_by_alembic => "alembic refuses to load such a history".to_owned(),
        _ => "alembic loads this history and then runs its migrations in an order that cannot be \
              right, or never ends"
            .to_owned(),
    };
    let look = Text::from("see where the circle came from:   git log -p -- ");
    Some(finding.note(note).help(look.argument(&script.path)))
}

fn message(context: &Context<'_>, cycle: &Cycle, first: Node) -> String {
    let graph = context.graph;
    if cycle.path.len() == 1 {
        let verb = if cycle.through_dependencies { "depends on" } else { "follows" };
        return format!("{} {verb} itself", quoted(graph.id(first)));
    }
    let mut steps: Vec<String> =
        cycle.path.iter().take(SHOWN).map(|&node| quoted(graph.id(node))).collect();
    if cycle.path.len() > SHOWN {
        steps.push(count(cycle.path.len() - SHOWN, "revision"));
    }
    steps.push(quoted(graph.id(first)));
    let verb = if cycle.through_dependencies { "follow or depend on" } else { "follow" };
    format!("revisions {verb} each other in a circle: {}", steps.join(" -> "))
}

/// Where `node` names `next`: among its parents, else among its dependencies.
fn edge(context: &Context<'_>, node: Node, next: Node) -> Option<Span> {
    let script = context.graph.script(node);
    let id = context.graph.id(next);
    let parents = &context.graph.revision(node).edges.parents;
    match parents.iter().position(|parent| parent == id) {
        Some(at) => script.parent_spans.get(at).copied().or(script.values.get(Name::DownRevision)),
        None => script.values.get(Name::DependsOn).or(script.values.get(Name::DownRevision)),
    }
}

/// Alembic names every revision of the history in its message; a long list is cut.
fn shortened(sentence: &str) -> String {
    const LENGTH: usize = 160;
    if sentence.chars().count() <= LENGTH {
        return sentence.to_owned();
    }
    let start: String = sentence.chars().take(LENGTH).collect();
    format!("{start} ...")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    #[test]
    fn a_merge_is_no_circle() {
        check_rule(&RULE, "a <- b <- m, a <- c <- m", "");
    }

    #[test]
    fn a_revision_that_follows_itself() {
        insta::assert_snapshot!(Project::new("a <- b, c <- c").text(&RULE), @r#"
        error[cycle]: `c` follows itself
         --> versions/c_x.py:5:17
          |
        5 | down_revision = "c"
          |                 ^^^
          |
          = note: every alembic command stops with `LoopDetected: Self-loop is detected in revisions (c)`
          = help: see where the circle came from:   git log -p -- versions/c_x.py
        "#);
    }

    #[test]
    fn a_revision_that_depends_on_itself() {
        let project = Project::new("a <- b").with("b", |spec| spec.depends = vec!["b".into()]);
        insta::assert_snapshot!(project.text(&RULE), @r#"
        error[cycle]: `b` depends on itself
         --> versions/b_x.py:6:14
          |
        6 | depends_on = "b"
          |              ^^^
          |
          = note: every alembic command stops with `DependencyLoopDetected: Dependency self-loop is detected in revisions (b)`
          = help: see where the circle came from:   git log -p -- versions/b_x.py
        "#);
    }

    #[test]
    fn a_circle_that_alembic_sees() {
        insta::assert_snapshot!(Project::new("a <- b <- a").text(&RULE), @r#"
        error[cycle]: revisions follow each other in a circle: `a` -> `b` -> `a`
         --> versions/a_x.py:5:17
          |
        5 | down_revision = "b"
          |                 ^^^
          |
          = note: every alembic command stops with `CycleDetected: Cycle is detected in revisions (a, b)`
          = help: see where the circle came from:   git log -p -- versions/a_x.py
        "#);
    }

    #[test]
    fn a_circle_that_alembic_does_not_see() {
        insta::assert_snapshot!(Project::new("a <- b <- c <- b, c <- d").text(&RULE), @r#"
        error[cycle]: revisions follow each other in a circle: `b` -> `c` -> `b`
         --> versions/b_x.py:5:23
          |
        5 | down_revision = ("a", "c")
          |                       ^^^
          |
          = note: alembic loads this history and then runs its migrations in an order that cannot be right, or never ends
          = help: see where the circle came from:   git log -p -- versions/b_x.py
        "#);
    }

    #[test]
    fn a_circle_through_dependencies() {
        let project = Project::new("a <- b, x <- y")
            .with("b", |spec| spec.depends = vec!["y".into()])
            .with("x", |spec| spec.depends = vec!["b".into()]);
        insta::assert_snapshot!(project.text(&RULE), @r#"
        error[cycle]: revisions follow or depend on each other in a circle: `b` -> `y` -> `x` -> `b`
         --> versions/b_x.py:6:14
          |
        6 | depends_on = "y"
          |              ^^^
          |
          = note: every alembic command stops with `DependencyCycleDetected: Dependency cycle is detected in revisions (a, b, x, y)`
          = help: see where the circle came from:   git log -p -- versions/b_x.py
        "#);
    }

    #[test]
    fn a_circle_that_a_copy_of_an_id_closes_is_the_fault_of_the_copy() {
        let project = Project::new("a <- b <- c <- d");
        let copied = project.and("b", |spec| spec.parents = vec!["d".into()]);
        assert_eq!(copied.findings(&RULE), []);
    }

    #[test]
    fn a_long_circle_is_cut() {
        let chain: Vec<String> = (0..40).map(|n| format!("r{n}")).collect();
        let finding = &Project::new(&format!("{} <- r0", chain.join(" <- "))).findings(&RULE)[0];
        assert!(finding.message.contains(" -> 28 revisions -> "), "{}", finding.message);
        assert_eq!(finding.revisions.len(), 40);
    }
}
