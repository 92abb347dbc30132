//! `multiple-heads`: more heads than expected.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::environment::ExpectedHeads;
use crate::graph::Node;
use crate::revision::RevisionId;
use crate::script::{Name, Problem};

use super::facts::Meant;
use super::words::{alembic, count, list, literal, own, quoted};
use super::{Context, Kind, Level, Rule, facts};

pub static RULE: Rule = Rule {
    name: "multiple-heads",
    summary: "the history has more heads than expected",
    level: Level::Error,
    kind: Kind::History,
    page: include_str!("multiple-heads.md"),
    check,
};

/// How many heads are shown one by one; the rest is counted.
const SHOWN: usize = 10;

/// Heads that are too many, and why.
struct Surplus<'a> {
    heads: Vec<Node>,
    expected: usize,
    which: Which<'a>,
}

enum Which<'a> {
    /// All heads of the history.
    All,
    /// The heads that carry this label.
    Labelled(&'a str),
    /// The heads that carry none of the labels of `expected-heads`.
    Unlisted,
}

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let surpluses = surpluses(context);
    let too_many: usize =
        surpluses.iter().map(|surplus| surplus.heads.len() - surplus.expected).sum();
    if too_many > accounted(context) {
        findings.extend(surpluses.iter().map(|surplus| report(context, surplus)));
    }
}

fn surpluses<'a>(context: &Context<'a>) -> Vec<Surplus<'a>> {
    let heads = heads(context);
    match &context.environment.expected_heads {
        ExpectedHeads::Total(expected) => {
            let expected = *expected;
            let too_many = heads.len() > expected;
            too_many.then_some(Surplus { heads, expected, which: Which::All }).into_iter().collect()
        }
        ExpectedHeads::PerLabel(labels) => per_label(context, &heads, labels),
    }
}

/// The heads, but for those that a passed-over copy of a duplicated id follows: the duplicate is why they are heads.
fn heads(context: &Context<'_>) -> Vec<Node> {
    let graph = context.graph;
    let mut heads = graph.distinct_heads();
    let copies: Vec<Node> = graph.duplicates().into_iter().flatten().collect();
    let followed: BTreeSet<&RevisionId> =
        copies.iter().flat_map(|&copy| &graph.revision(copy).edges.parents).collect();
    heads.retain(|&head| !followed.contains(graph.id(head)));
    heads
}

fn per_label<'a>(
    context: &Context<'a>,
    heads: &[Node],
    labels: &'a [(String, usize)],
) -> Vec<Surplus<'a>> {
    // Only these are kept: with thousands of labels on one line every head after it carries them all.
    let listed: BTreeSet<&str> = labels.iter().map(|(label, _)| label.as_str()).collect();
    let carried = heads.iter().map(|&head| {
        let mut carried = context.graph.labels(head);
        carried.retain(|label| listed.contains(label));
        carried
    });
    let carried: Vec<Vec<&str>> = carried.collect();
    let those = |wanted: &dyn Fn(&[&str]) -> bool| -> Vec<Node> {
        let pairs = heads.iter().zip(&carried);
        pairs.filter(|(_, carried)| wanted(carried)).map(|(&head, _)| head).collect()
    };
    let mut surpluses = Vec::new();
    for (label, expected) in labels {
        let heads = those(&|carried| carried.contains(&label.as_str()));
        if heads.len() > *expected {
            let which = Which::Labelled(label);
            surpluses.push(Surplus { heads, expected: *expected, which });
        }
    }
    let heads = those(&|carried| carried.is_empty());
    // A label that only running the code could tell may be just the one that is missed here.
    if !heads.is_empty() && !has_unknown_labels(context) {
        surpluses.push(Surplus { heads, expected: 0, which: Which::Unlisted });
    }
    surpluses
}

fn has_unknown_labels(context: &Context<'_>) -> bool {
    let mut problems = context.scripts.iter().flat_map(|script| &script.problems);
    problems.any(|problem| matches!(problem, Problem::Unknown { name: Name::BranchLabels, .. }))
}

/// How many heads may be heads only because of something that other rules report: what follows a missing parent, or
/// stands in a file that cannot be read, may follow another head in truth.
fn accounted(context: &Context<'_>) -> usize {
    let graph = context.graph;
    let caused = facts::defined_by_unread(context);
    let mut missing: Vec<&str> = graph.missing_parents().iter().map(|one| one.text).collect();
    let prefixes = facts::Prefixes::of(context);
    // Where it can be told what is meant, it can be told whether that is a head.
    let may_follow_a_head = |text: &str| match facts::meant(context, &prefixes, text) {
        Meant::Nothing => false,
        Meant::Revision(node) => graph.children(node).is_empty(),
        Meant::Unknown => true,
    };
    missing.retain(|id| !caused.contains_key(id) && may_follow_a_head(id));
    missing.sort_unstable();
    missing.dedup();
    let unread = context.scripts.iter().filter(|script| facts::may_be_a_revision(script)).count();
    let unknown = graph.nodes().filter(|&node| !graph.revision(node).parents_known).count();
    missing.len() + unread + unknown
}

fn report(context: &Context<'_>, surplus: &Surplus<'_>) -> Diagnostic {
    let graph = context.graph;
    let heads = &surplus.heads;
    let fork = fork_point(context, heads);
    let mut finding = Diagnostic::new(RULE.name, message(context, surplus))
        .about(heads.iter().map(|&head| graph.id(head)));
    if let Some((&last, others)) = heads.split_last() {
        let script = graph.script(last);
        let place = script.values.get(Name::DownRevision);
        finding = finding.at(&script.path, place, parting(context, last, others, &fork));
        for &other in others {
            let script = graph.script(other);
            finding = finding.also(&script.path, script.values.get(Name::DownRevision), "");
        }
    }
    for note in head_notes(context, heads) {
        finding = finding.note(note);
    }
    if heads.len() > 1 && graph.load_error().is_none() {
        let symbol = match surplus.which {
            Which::Labelled(label) => format!("{label}@head"),
            Which::All | Which::Unlisted => "head".to_owned(),
        };
        finding = finding.note(format!(
            "`{} upgrade {symbol}` stops with `Multiple head revisions are present for given argument '{symbol}'`",
            alembic(context.environment),
        ));
    }
    for help in help(context, surplus, &fork) {
        finding = finding.help(help);
    }
    finding.fixed_by(FixKind::Merge)
}

fn message(context: &Context<'_>, surplus: &Surplus<'_>) -> String {
    let number = surplus.heads.len();
    let names = list(surplus.heads.iter().map(|&head| context.graph.id(head)));
    let expected = match surplus.expected {
        1 => "1 is expected".to_owned(),
        expected => format!("{expected} are expected"),
    };
    match surplus.which {
        Which::All if surplus.expected == 1 => {
            format!("the history has {}: {names}", count(number, "head"))
        }
        Which::All => format!("the history has {}, {expected}: {names}", count(number, "head")),
        Which::Labelled(label) => {
            format!("{} with branch label `{label}`, {expected}: {names}", count(number, "head"))
        }
        Which::Unlisted if number == 1 => {
            format!("{names} is a head without any branch label of `expected-heads`")
        }
        Which::Unlisted => {
            format!("{number} heads are without any branch label of `expected-heads`: {names}")
        }
    }
}

/// Where lines of history part.
enum Fork {
    /// The nearest common ancestor of all heads.
    At(Node),
    /// The heads have no ancestor in common.
    Nowhere,
    /// Several, or too many heads to look.
    Unclear,
}

fn fork_point(context: &Context<'_>, heads: &[Node]) -> Fork {
    // One walk for each head: worth it for the few that a person can look at.
    if heads.len() < 2 || heads.len() > SHOWN {
        return Fork::Unclear;
    }
    let (nearest, is_any) = context.graph.common_ancestors(heads);
    match nearest[..] {
        [point] => Fork::At(point),
        [] if !is_any => Fork::Nowhere,
        _ => Fork::Unclear,
    }
}

/// What is to be seen at the last head.
fn parting(context: &Context<'_>, last: Node, others: &[Node], fork: &Fork) -> String {
    let graph = context.graph;
    match *fork {
        Fork::At(point) if graph.parents(last).contains(&point) => {
            let above = graph.ancestors(others);
            let other = graph.children(point).iter().find(|child| above[child.index()]);
            other.map_or_else(String::new, |&other| {
                format!(
                    "`{}` follows `{}` too: here the history parts",
                    graph.id(other),
                    graph.id(point)
                )
            })
        }
        Fork::At(point) => format!("the history parts at `{}`", graph.id(point)),
        Fork::Nowhere => "these heads have no ancestor in common".to_owned(),
        Fork::Unclear => String::new(),
    }
}

fn head_notes(context: &Context<'_>, heads: &[Node]) -> Vec<Text> {
    let graph = context.graph;
    let shown = &heads[..heads.len().min(SHOWN)];
    let rows: Vec<(String, String)> = shown
        .iter()
        .map(|&head| {
            let message = graph.revision(head).message();
            let line = message.lines().next().unwrap_or_default();
            (quoted(graph.id(head)), line.chars().take(50).collect())
        })
        .collect();
    let width = |column: &dyn Fn(&(String, String)) -> usize| rows.iter().map(column).max();
    let first = width(&|row| row.0.chars().count()).unwrap_or(0);
    let second = width(&|row| row.1.chars().count()).unwrap_or(0);
    let mut notes: Vec<Text> = shown
        .iter()
        .zip(&rows)
        .map(|(&head, (id, message))| {
            let gap = if second == 0 { "" } else { "   " };
            let words = format!("{id:first$} {message:second$}{gap}");
            Text::from(words).path(&graph.script(head).path)
        })
        .collect();
    if heads.len() > shown.len() {
        notes.push(format!("and {} more heads", heads.len() - shown.len()).into());
    }
    notes
}

fn help(context: &Context<'_>, surplus: &Surplus<'_>, fork: &Fork) -> Vec<Text> {
    let heads = &surplus.heads;
    let mut lines = Vec::new();
    if let Which::Unlisted = surplus.which {
        lines.push("give the first revision of that line a label in `branch_labels`, or list its label in `expected-heads`".into());
        return lines;
    }
    let all = matches!(surplus.which, Which::All);
    let mut labels = own_labels(context, heads).filter(|_| all);
    // Lines that never met and carry labels are hardly an accident: nobody is told to put one on top of the other.
    let apart = matches!(fork, Fork::Nowhere) && labels.is_some();
    if apart {
        lines.extend(labels.take().map(|table| stay(&table)));
    }
    let environment = context.environment;
    if !apart {
        let words = Text::from("put what is unpublished on top of what is published:   ");
        lines.push(own(words, environment, "rebase"));
    }
    if all && surplus.expected > 1 {
        let words = Text::from("or join those that belong together:   ");
        lines.push(own(words, environment, "merge <id> <id>"));
    } else {
        let words = Text::from("or join them with a merge:   ");
        lines.push(own(words, environment, "merge"));
    }
    if let Some(table) = labels {
        lines.push(stay(&table));
    }
    lines
}

fn stay(table: &str) -> Text {
    format!("if each is meant to stay a head, in `[tool.onehead]` of pyproject.toml:   expected-heads = {table}").into()
}

/// The table for `expected-heads` when each head carries a label that no other carries.
fn own_labels(context: &Context<'_>, heads: &[Node]) -> Option<String> {
    if heads.len() > SHOWN {
        return None;
    }
    let carried: Vec<Vec<&str>> = heads.iter().map(|&head| context.graph.labels(head)).collect();
    let mut entries = Vec::new();
    for labels in &carried {
        let own = |label: &&&str| carried.iter().filter(|other| other.contains(label)).count() == 1;
        let label = labels.iter().find(own)?;
        let bare = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let key = if bare && !label.is_empty() { (*label).to_owned() } else { literal(label) };
        entries.push(format!("{key} = 1"));
    }
    Some(format!("{{ {} }}", entries.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::environment::ExpectedHeads;
    use crate::rules::testing::{Project, check_rule};
    use crate::script::{Name, Problem, Span, Unknown};

    #[test]
    fn one_head_is_no_finding() {
        check_rule(&RULE, "a <- b <- c", "");
        check_rule(&RULE, "a <- b <- m, a <- c <- m", "");
        check_rule(&RULE, "", "");
    }

    #[test]
    fn two_heads() {
        check_rule(&RULE, "a <- b, a <- c", "the history has 2 heads: `b` and `c`");
        check_rule(&RULE, "a, b", "the history has 2 heads: `a` and `b`");
    }

    #[test]
    fn a_missing_parent_accounts_for_one_head() {
        check_rule(&RULE, "a <- b, ?x <- c", "");
        check_rule(&RULE, "a <- b, a <- c, ?x <- d", "the history has 3 heads: `b`, `c` and `d`");
    }

    #[test]
    fn a_parent_of_which_can_be_told_what_is_meant_accounts_for_what_it_explains() {
        check_rule(&RULE, "abcd <- b, ?abc <- c", "the history has 2 heads: `b` and `c`");
        check_rule(&RULE, "a <- abcd, ?abc <- c", "");
        check_rule(&RULE, "a <- b, ?None <- c", "the history has 2 heads: `b` and `c`");
        let labelled = |history: &str| {
            Project::new(history).with("l", |spec| spec.labels = vec!["lab".into()]).findings(&RULE)
        };
        assert_eq!(labelled("a <- l, ?lab <- c").len(), 0);
        assert_eq!(labelled("l <- b, ?lab <- c").len(), 1);
    }

    #[test]
    fn a_head_that_a_copy_follows_is_the_fault_of_the_copy() {
        let copied = |history: &str| {
            Project::new(history).and("b", |spec| spec.parents = vec!["a".into()]).findings(&RULE)
        };
        assert_eq!(copied("a <- h <- b <- j").len(), 0);
        assert_eq!(copied("a <- h <- b <- j, a <- k").len(), 1);
    }

    #[test]
    fn an_unread_file_and_the_parent_that_it_defines_account_for_one_head_together() {
        let broken = |history: &str| {
            Project::new(history).broken("x_add.py", "", Problem::NotAFile).findings(&RULE).len()
        };
        assert_eq!(broken("a <- b, ?x <- c"), 0);
        assert_eq!(broken("a <- b, a <- d, ?x <- c"), 1);
    }

    #[test]
    fn a_helper_module_accounts_for_nothing() {
        let project = Project::new("a <- b, a <- c").and("utils", |spec| {
            spec.unread = true;
            spec.problems =
                vec![Problem::Missing(Name::Revision), Problem::Missing(Name::DownRevision)];
            spec.source = Some(String::new());
        });
        assert_eq!(project.findings(&RULE).len(), 1);
    }

    fn labelled() -> Project {
        Project::new("a <- b, x <- y, x <- z")
            .with("a", |spec| spec.labels = vec!["gxy".into()])
            .with("x", |spec| spec.labels = vec!["tsi".into()])
    }

    #[test]
    fn heads_are_expected_per_label() {
        let heads =
            |gxy, tsi| ExpectedHeads::PerLabel(vec![("gxy".into(), gxy), ("tsi".into(), tsi)]);
        assert_eq!(labelled().expecting(heads(1, 2)).findings(&RULE), []);
        assert_eq!(labelled().expecting(heads(5, 5)).findings(&RULE), []);
        insta::assert_snapshot!(labelled().expecting(heads(1, 1)).text(&RULE), @r#"
        error[multiple-heads]: 2 heads with branch label `tsi`, 1 is expected: `y` and `z`
         --> versions/z_x.py:5:17
          |
        5 | down_revision = "x"
          |                 ^^^ `y` follows `x` too: here the history parts
          |
          = note: `y` versions/y_x.py
          = note: `z` versions/z_x.py
          = note: `alembic upgrade tsi@head` stops with `Multiple head revisions are present for given argument 'tsi@head'`
          = help: put what is unpublished on top of what is published:   onehead rebase
          = help: or join them with a merge:   onehead merge
        "#);
    }

    #[test]
    fn a_head_without_a_listed_label() {
        let heads = ExpectedHeads::PerLabel(vec![("tsi".into(), 2)]);
        insta::assert_snapshot!(labelled().expecting(heads).text(&RULE), @r#"
        error[multiple-heads]: `b` is a head without any branch label of `expected-heads`
         --> versions/b_x.py:5:17
          |
        5 | down_revision = "a"
          |                 ^^^
          |
          = note: `b` versions/b_x.py
          = help: give the first revision of that line a label in `branch_labels`, or list its label in `expected-heads`
        "#);
    }

    #[test]
    fn an_unknown_label_may_be_the_one_that_is_missed() {
        let heads = ExpectedHeads::PerLabel(vec![("tsi".into(), 2)]);
        let unknown = Problem::Unknown {
            name: Name::BranchLabels,
            span: Span::default(),
            why: Unknown::Computed,
        };
        let project = labelled().expecting(heads).with("b", |spec| spec.problems = vec![unknown]);
        assert_eq!(project.findings(&RULE), []);
    }

    #[test]
    fn a_fork_as_it_is_shown() {
        let project = Project::new("a1 <- b2 <- c3, b2 <- d4")
            .with("c3", |spec| spec.message = "add carts".into())
            .with("d4", |spec| spec.message = "add labels".into());
        insta::assert_snapshot!(project.text(&RULE), @r#"
        error[multiple-heads]: the history has 2 heads: `c3` and `d4`
         --> versions/d4_x.py:5:17
          |
        5 | down_revision = "b2"
          |                 ^^^^ `c3` follows `b2` too: here the history parts
          |
          = note: `c3` add carts    versions/c3_x.py
          = note: `d4` add labels   versions/d4_x.py
          = note: `alembic upgrade head` stops with `Multiple head revisions are present for given argument 'head'`
          = help: put what is unpublished on top of what is published:   onehead rebase
          = help: or join them with a merge:   onehead merge
        "#);
    }

    #[test]
    fn a_fork_further_down_and_labels_of_their_own() {
        let project = Project::new("a <- b <- c, a <- d <- e")
            .with("b", |spec| spec.labels = vec!["gxy".into()])
            .with("d", |spec| spec.labels = vec!["tsi".into()]);
        insta::assert_snapshot!(project.text(&RULE), @r#"
        error[multiple-heads]: the history has 2 heads: `c` and `e`
         --> versions/e_x.py:5:17
          |
        5 | down_revision = "d"
          |                 ^^^ the history parts at `a`
          |
          = note: `c` versions/c_x.py
          = note: `e` versions/e_x.py
          = note: `alembic upgrade head` stops with `Multiple head revisions are present for given argument 'head'`
          = help: put what is unpublished on top of what is published:   onehead rebase
          = help: or join them with a merge:   onehead merge
          = help: if each is meant to stay a head, in `[tool.onehead]` of pyproject.toml:   expected-heads = { gxy = 1, tsi = 1 }
        "#);
    }

    #[test]
    fn more_heads_than_a_person_reads() {
        let history: Vec<String> = (0..25).map(|n| format!("a <- b{n}")).collect();
        let project = Project::new(&history.join(", "));
        let finding = &project.findings(&RULE)[0];
        assert!(finding.message.ends_with("and 15 more"), "{}", finding.message);
        assert_eq!(finding.revisions.len(), 25);
    }
}
