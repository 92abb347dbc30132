//! Graph facts in one line of domain each. The 217 recorded histories are in `tests/vectors`.

use super::RevisionGraph;
use super::testing::scripts;

#[track_caller]
fn check_heads(history: &str, expected: &str) {
    let scripts = scripts(history);
    let graph = RevisionGraph::build(&scripts);
    let heads: Vec<&str> = graph.heads().iter().map(|&head| graph.id(head).as_str()).collect();
    assert_eq!(heads.join(" "), expected);
}

#[track_caller]
fn check_history(history: &str, expected: &str) {
    let scripts = scripts(history);
    let graph = RevisionGraph::build(&scripts);
    let order = graph.history().expect("a history");
    let order: Vec<&str> = order.iter().map(|&node| graph.id(node).as_str()).collect();
    assert_eq!(order.join(" "), expected);
}

#[track_caller]
fn check_cycles(history: &str, expected: &str) {
    let scripts = scripts(history);
    let graph = RevisionGraph::build(&scripts);
    let cycles = graph.cycles().into_iter().map(|cycle| {
        let path: Vec<&str> = cycle.path.iter().map(|&node| graph.id(node).as_str()).collect();
        let seen = if cycle.seen_by_alembic { "" } else { " unseen" };
        format!("{}{seen}", path.join(" "))
    });
    assert_eq!(cycles.collect::<Vec<_>>().join(", "), expected);
}

#[track_caller]
fn check_load(history: &str, expected: &str) {
    let scripts = scripts(history);
    let error = RevisionGraph::build(&scripts).load_error();
    let error = error.map(|error| format!("{}: {}", error.class, error.message));
    assert_eq!(error.unwrap_or_else(|| "ok".to_owned()), expected);
}

#[test]
fn heads_of_nothing() {
    check_heads("", "");
}

#[test]
fn heads_of_a_fork() {
    check_heads("a <- b <- c, b <- d", "c d");
}

#[test]
fn heads_of_a_merge() {
    check_heads("a <- b, a <- c, b + c <- m", "m");
}

#[test]
fn heads_of_nothing_but_a_cycle() {
    check_heads("a <- b <- a", "");
}

#[test]
fn heads_around_a_missing_parent() {
    check_heads("a, ?x <- b", "a b");
}

#[test]
fn history_follows_one_line_to_its_fork() {
    check_history("a <- b <- c <- d, b <- e <- f", "d c f e b a");
}

#[test]
fn history_waits_for_dependants() {
    check_history("a <- b, x[b]", "x b a");
}

#[test]
fn cycles_of_a_healthy_history() {
    check_cycles("a <- b, a <- c, b + c <- m", "");
}

#[test]
fn cycles_print_the_way_round() {
    check_cycles("r <- a <- b <- c <- a", "a c b");
}

#[test]
fn cycles_that_alembic_does_not_notice() {
    check_cycles("r <- a <- b <- c <- a, c <- d", "a c b unseen");
}

#[test]
fn cycles_of_one() {
    check_cycles("r, a <- a", "a");
}

#[test]
fn cycles_through_dependencies() {
    check_cycles("r <- a[b] <- b", "a b");
}

#[test]
fn load_of_a_missing_parent() {
    check_load("a, ?zzzz <- b", "KeyError: 'zzzz'");
}

#[test]
fn load_of_a_label_as_parent() {
    check_load("a(lab), ?lab <- b", "KeyError: 'lab'");
}

#[test]
fn load_with_a_parent_that_is_not_known() {
    let mut scripts = scripts("a <- b");
    if let Some(revision) = scripts[0].revision.as_mut() {
        revision.parents_known = false;
    }
    assert_eq!(RevisionGraph::build(&scripts).load_error(), None);
}

#[test]
fn long_chains_do_not_recurse() {
    let history: Vec<String> = (0..100_000).map(|index| format!("r{index}")).collect();
    let mut scripts = scripts("r0");
    for index in 1..history.len() {
        let mut script = scripts[0].clone();
        if let Some(revision) = script.revision.as_mut() {
            revision.id = history[index].as_str().into();
            revision.edges.parents = vec![history[index - 1].as_str().into()];
        }
        scripts.push(script);
    }
    let graph = RevisionGraph::build(&scripts);
    assert_eq!(graph.heads().len(), 1);
    assert!(graph.cycles().is_empty());
    assert_eq!(graph.load_error(), None);
    assert_eq!(graph.history().map(|order| order.len()), Ok(100_000));
}
