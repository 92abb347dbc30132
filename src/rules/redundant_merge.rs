//! `redundant-merge`: a merge revision that joins nothing.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::graph::{Node, RevisionGraph};
use crate::script::{Body, Name, Script};

use super::words::{list, literal, own, quoted};
use super::{Context, Kind, Level, Rule, facts};

pub static RULE: Rule = Rule {
    name: "redundant-merge",
    summary: "a merge revision whose parents are already ordered, repeated, or only one",
    level: Level::Warning,
    kind: Kind::Hygiene,
    page: include_str!("redundant-merge.md"),
    check,
};

/// How many parents of one merge are compared with each other.
const PARENTS: usize = 64;

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut search = None;
    let nodes = context.graph.all_nodes();
    let with_id = context.scripts.iter().zip(context.in_scope);
    let with_id = with_id.filter(|(script, _)| script.revision.is_some());
    for (node, (script, &in_scope)) in nodes.zip(with_id) {
        let Some(revision) = &script.revision else { continue };
        let parents = &revision.edges.parents;
        if !in_scope {
            continue;
        }
        if let [parent] = &parents[..] {
            if is_merge_of_one(script) {
                let message = format!(
                    "merge revision {} joins nothing: it follows {} alone",
                    quoted(&revision.id),
                    quoted(parent)
                );
                findings.push(report(context, node, message, parent.as_str(), parent.as_str()));
            }
            continue;
        }
        let mut seen = BTreeSet::new();
        if let Some(parent) = parents.iter().find(|parent| !seen.insert(*parent)) {
            let message =
                format!("merge revision {} names {} twice", quoted(&revision.id), quoted(parent));
            findings.push(report(context, node, message, parent.as_str(), parent.as_str()));
            continue;
        }
        if parents.len() > 1 {
            let search = search.get_or_insert_with(|| Search::new(context.graph));
            findings.extend(ordered(context, search, node));
        }
    }
}

/// A merge of a single revision, as `alembic merge heads` writes it when there is only one head: nothing but its
/// words tell it from an empty migration, so it must call itself a merge of heads, branches or migrations.
fn is_merge_of_one(script: &Script) -> bool {
    if script.upgrade != Body::Empty {
        return false;
    }
    let message = script.revision.as_ref().map_or("", |revision| revision.message());
    let text = if message.is_empty() || message == "empty message" {
        facts::stem(&script.path)
    } else {
        message.to_owned()
    };
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    has(&["merge", "merging", "merged"])
        && has(&["head", "heads", "branch", "branches", "migration", "migrations", "revisions"])
}

fn ordered(context: &Context<'_>, search: &mut Search<'_, '_>, node: Node) -> Option<Diagnostic> {
    let graph = context.graph;
    // Every pair is looked at; the largest merge seen in real projects has four parents.
    let parents = &graph.parents(node)[..graph.parents(node).len().min(PARENTS)];
    for &older in parents {
        for &younger in parents {
            if older != younger && search.is_ancestor(older, younger) {
                let (older, younger) = (graph.id(older), graph.id(younger));
                let message = format!(
                    "merge revision {} joins {}, but {} comes before {} already",
                    quoted(graph.id(node)),
                    list(parents.iter().map(|&parent| graph.id(parent))),
                    quoted(older),
                    quoted(younger),
                );
                return Some(report(context, node, message, younger.as_str(), older.as_str()));
            }
        }
    }
    None
}

/// The finding about a merge of which the parent `useless` is not needed beside `onto`.
fn report(
    context: &Context<'_>,
    node: Node,
    message: String,
    onto: &str,
    useless: &str,
) -> Diagnostic {
    let graph = context.graph;
    let script = graph.script(node);
    let finding = Diagnostic::new(RULE.name, message)
        .at(&script.path, script.values.get(Name::DownRevision), "")
        .about([graph.id(node)])
        .note("it adds a step to every upgrade and a parting of lines to every picture of the history");
    let words = Text::from("or have it done, where the merge is unpublished:   ");
    let done = own(words, context.environment, "check --fix");
    by_hand(graph, node, finding, onto, useless).help(done).fixed_by(FixKind::Edit)
}

/// What to write and what to remove.
fn by_hand(
    graph: &RevisionGraph<'_>,
    node: Node,
    finding: Diagnostic,
    onto: &str,
    useless: &str,
) -> Diagnostic {
    let script = graph.script(node);
    let value = literal(onto);
    let written: BTreeSet<_> = graph.revision(node).edges.parents.iter().collect();
    if written.len() > 2 {
        let words = format!("leave {} out of the `down_revision` of ", quoted(useless));
        return finding.help(Text::from(words).path(&script.path));
    }
    if script.upgrade != Body::Empty {
        let words = format!("write `down_revision = {value}` in ");
        return finding.help(Text::from(words).path(&script.path));
    }
    match graph.children(node) {
        [] => finding.help(Text::from("drop it:   rm ").argument(&script.path)),
        children => {
            let finding = children.iter().take(3).fold(finding, |finding, &child| {
                let words = format!(
                    "let {} follow `{onto}`:   `down_revision = {value}` in ",
                    quoted(graph.id(child))
                );
                finding.help(Text::from(words).path(&graph.script(child).path))
            });
            finding.help(Text::from("then drop the merge:   rm ").argument(&script.path))
        }
    }
}

/// Looks for ancestors without walking the whole history for each merge: below the depth of what is looked for
/// nothing can be found.
struct Search<'g, 'a> {
    graph: &'g RevisionGraph<'a>,
    /// The longest way down to a base; `None` in and above a circle.
    depth: Vec<Option<u32>>,
    /// The search in which a node was reached last.
    reached: Vec<u32>,
    turn: u32,
    /// How many more steps may be taken in all. A history made to exhaust it keeps some redundant merges.
    steps: usize,
}

impl<'g, 'a> Search<'g, 'a> {
    fn new(graph: &'g RevisionGraph<'a>) -> Self {
        let nodes = graph.all_nodes().len();
        let depth = depths(graph, nodes);
        Self { graph, depth, reached: vec![0; nodes], turn: 0, steps: 1_000_000 + 20 * nodes }
    }

    fn is_ancestor(&mut self, older: Node, younger: Node) -> bool {
        let Some(floor) = self.depth[older.index()] else { return false };
        self.turn += 1;
        let mut waiting = vec![younger];
        while let Some(node) = waiting.pop() {
            for &parent in self.graph.parents(node) {
                if parent == older {
                    return true;
                }
                let above = self.depth[parent.index()].is_some_and(|depth| depth > floor);
                if above && self.reached[parent.index()] != self.turn && self.steps > 0 {
                    self.steps -= 1;
                    self.reached[parent.index()] = self.turn;
                    waiting.push(parent);
                }
            }
        }
        false
    }
}

fn depths(graph: &RevisionGraph<'_>, nodes: usize) -> Vec<Option<u32>> {
    let mut depth: Vec<Option<u32>> = vec![None; nodes];
    let mut open: Vec<usize> = vec![0; nodes];
    let mut ready = Vec::new();
    for node in graph.nodes() {
        open[node.index()] = graph.parents(node).len();
        if open[node.index()] == 0 {
            ready.push(node);
        }
    }
    while let Some(node) = ready.pop() {
        let below = graph.parents(node).iter().filter_map(|parent| depth[parent.index()]).max();
        depth[node.index()] = Some(below.map_or(0, |below| below + 1));
        for &child in graph.children(node) {
            open[child.index()] = open[child.index()].saturating_sub(1);
            if open[child.index()] == 0 && depth[child.index()].is_none() {
                ready.push(child);
            }
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Project, check_rule};

    #[test]
    fn a_merge_of_two_lines_is_no_finding() {
        check_rule(&RULE, "a <- b <- m, a <- c <- m", "");
        check_rule(&RULE, "a <- b <- c <- m, a <- d <- m, a <- e <- m", "");
    }

    #[test]
    fn parents_in_order() {
        insta::assert_snapshot!(Project::new("a <- b <- c <- m, a <- m").text(&RULE), @r#"
        warning[redundant-merge]: merge revision `m` joins `c` and `a`, but `a` comes before `c` already
         --> versions/m_x.py:5:17
          |
        5 | down_revision = ("c", "a")
          |                 ^^^^^^^^^^
          |
          = note: it adds a step to every upgrade and a parting of lines to every picture of the history
          = help: drop it:   rm versions/m_x.py
          = help: or have it done, where the merge is unpublished:   onehead check --fix
        "#);
    }

    #[test]
    fn parents_in_order_with_something_on_top() {
        insta::assert_snapshot!(Project::new("a <- b <- m <- x, a <- m").text(&RULE), @r#"
        warning[redundant-merge]: merge revision `m` joins `b` and `a`, but `a` comes before `b` already
         --> versions/m_x.py:5:17
          |
        5 | down_revision = ("b", "a")
          |                 ^^^^^^^^^^
          |
          = note: it adds a step to every upgrade and a parting of lines to every picture of the history
          = help: let `x` follow `b`:   `down_revision = "b"` in versions/x_x.py
          = help: then drop the merge:   rm versions/m_x.py
          = help: or have it done, where the merge is unpublished:   onehead check --fix
        "#);
    }

    #[test]
    fn a_parent_named_twice() {
        insta::assert_snapshot!(Project::new("a <- m, a <- m").text(&RULE), @r#"
        warning[redundant-merge]: merge revision `m` names `a` twice
         --> versions/m_x.py:5:17
          |
        5 | down_revision = ("a", "a")
          |                 ^^^^^^^^^^
          |
          = note: it adds a step to every upgrade and a parting of lines to every picture of the history
          = help: drop it:   rm versions/m_x.py
          = help: or have it done, where the merge is unpublished:   onehead check --fix
        "#);
    }

    fn called(message: &str, code: Option<&str>) -> usize {
        let project = Project::new("a <- m").with("m", |spec| {
            spec.message = message.into();
            spec.upgrade = code.map(str::to_owned);
        });
        project.findings(&RULE).len()
    }

    #[test]
    fn a_merge_of_one_revision_calls_itself_a_merge_and_is_empty() {
        assert_eq!(called("merge heads", None), 1);
        assert_eq!(called("Merge migration heads", None), 1);
        assert_eq!(called("merge heads", Some("op.f()")), 0);
        assert_eq!(called("add the merge table", None), 0);
        assert_eq!(called("add items", None), 0);
    }

    #[test]
    fn merges_inside_a_circle_end() {
        check_rule(&RULE, "a <- b <- c <- b, c <- m, b <- m", "");
    }
}
