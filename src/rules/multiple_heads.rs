//! `multiple-heads`: more heads than expected.

use crate::diagnostic::{Diagnostic, FixKind, Text};
use crate::graph::Node;
use crate::script::Name;

use super::surplus::{self, Fork, SHOWN, Surplus, Which};
use super::words::{alembic, count, list, literal, own};
use super::{Context, Kind, Level, Rule};

pub static RULE: Rule = Rule {
    name: "multiple-heads",
    summary: "the history has more heads than expected",
    level: Level::Error,
    kind: Kind::History,
    page: include_str!("multiple-heads.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let surpluses = surplus::surpluses(context);
    let is_here = |surplus: &&Surplus<'_>| !surplus.comes_with_merge(context);
    findings.extend(surpluses.iter().filter(is_here).map(|surplus| report(context, surplus)));
}

fn report(context: &Context<'_>, surplus: &Surplus<'_>) -> Diagnostic {
    let graph = context.graph;
    let heads = &surplus.heads;
    let fork = surplus::fork_point(context.graph, heads);
    let mut finding = Diagnostic::new(RULE.name, message(context, surplus))
        .about(heads.iter().map(|&head| graph.id(head)));
    finding.branch = surplus.branch();
    if let Some((&last, others)) = heads.split_last() {
        let script = graph.script(last);
        let place = script.values.get(Name::DownRevision);
        finding =
            finding.at(&script.path, place, surplus::parting(context.graph, last, others, &fork));
        for &other in others {
            let script = graph.script(other);
            finding = finding.also(&script.path, script.values.get(Name::DownRevision), "");
        }
    }
    for note in surplus::head_notes(context.graph, heads, &|_| "") {
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
    match surplus.which {
        Which::All => format!("the history has {}", surplus.told(context.graph)),
        Which::Labelled(_) => surplus.told(context.graph),
        Which::Unlisted => {
            let names = list(surplus.heads.iter().map(|&head| context.graph.id(head)));
            match surplus.heads.len() {
                1 => format!("{names} is a head without any branch label of `expected-heads`"),
                number => format!(
                    "{} are without any branch label of `expected-heads`: {names}",
                    count(number, "head")
                ),
            }
        }
    }
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
    let moves = !apart && may_move(context, surplus);
    if moves {
        let words = Text::from("put what is unpublished on top of what is published:   ");
        lines.push(own(words, environment, "rebase"));
    }
    let or = if lines.is_empty() { "" } else { "or " };
    if all && surplus.expected > 1 {
        let words = Text::from(format!("{or}join those that belong together:   "));
        lines.push(own(words, environment, "merge <id> <id>"));
    } else {
        let words = Text::from(format!("{or}join them with a merge:   "));
        lines.push(own(words, environment, "merge"));
    }
    if let Some(table) = labels {
        lines.push(stay(&table));
    }
    lines
}

/// Whether a rebase could make one line of the heads: what is published does not move, so that it has to be one already.
fn may_move(context: &Context<'_>, surplus: &Surplus<'_>) -> bool {
    let (Some(published), graph) = (context.published, context.graph) else { return true };
    let is_published =
        |node: Node| published.revisions.get(graph.script_index(node)).is_some_and(Option::is_some);
    let below = graph.ancestors(&surplus.heads);
    let tips = graph.nodes().filter(|&node| {
        let ends = || !graph.children(node).iter().any(|&child| is_published(child));
        below[node.index()] && is_published(node) && ends()
    });
    tips.count() <= surplus.expected && !surplus.heads.iter().all(|&head| is_published(head))
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
    fn what_is_published_is_not_to_be_moved() {
        let moves = |published: &str| {
            let project = Project::new("a <- b, a <- c <- d").against(Project::new(published));
            let text = project.text(&RULE);
            assert!(text.contains("join them with a merge:   onehead merge"), "{text}");
            let (rebase, or) = (text.contains("onehead rebase"), text.contains("or join"));
            assert_eq!(rebase, or, "{text}");
            rebase
        };
        assert!(moves("a <- b"));
        assert!(moves("a <- c <- d"));
        assert!(moves("a <- c"));
        assert!(!moves("a <- b, a <- c"));
        assert!(!moves("a <- b, a <- c <- d"));
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
