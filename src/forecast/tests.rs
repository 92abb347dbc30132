//! Branches as histories in one line.

use super::{
    Branch, Clash, Collision, Effect, History, Need, Pairs, Verdict, collisions, groups, grown,
    judge, plan,
};
use crate::environment::ExpectedHeads;
use crate::graph::testing::scripts;
use crate::rules::testing::environment;

fn history(text: &str) -> History {
    History { environment: environment(), scripts: scripts(text) }
}

fn per_label(text: &str) -> History {
    let mut history = history(text);
    let labels = vec![("l".to_owned(), 1), ("k".to_owned(), 1)];
    history.environment.expected_heads = ExpectedHeads::PerLabel(labels);
    history
}

fn effect(before: &str, after: &str) -> Effect {
    judge(Some(&history(before)), &history(after), "main").expect("something changes")
}

#[track_caller]
fn check_verdict(before: &str, after: &str, expected: &str) {
    let verdict = effect(before, after).verdict;
    let reason = verdict.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    assert_eq!(format!("{}{reason}", verdict.as_str()), expected);
}

/// A branch for each history that its merge would give, named by number; the first has the newest tip.
fn branches(baseline: &History, merged: &[&str]) -> Vec<Branch> {
    let branch = |(at, text): (usize, &&str)| {
        let after = History { environment: baseline.environment.clone(), scripts: scripts(text) };
        let effects = judge(Some(baseline), &after, "main").into_iter().collect();
        Branch { name: at.to_string(), time: -i64::try_from(at).unwrap(), effects }
    };
    merged.iter().enumerate().map(branch).collect()
}

/// The landing order, each branch with what it needs.
fn planned(baseline: &History, merged: &[&str]) -> String {
    let known = std::slice::from_ref(baseline);
    let branches = branches(baseline, merged);
    let collisions = collisions(known, &branches);
    let steps = plan(known, &branches, &collisions);
    let need = |need: &Need| match need {
        Need::Rebase { after, onto, .. } => {
            let after = after.map_or("main".to_owned(), |after| after.to_string());
            format!(" rebase after {after} onto {}", onto.join(" "))
        }
        Need::Resolve { after, clash, .. } => {
            let after = after.map_or("main".to_owned(), |after| after.to_string());
            format!(" resolve after {after}: {clash}")
        }
    };
    let step = |step: &super::Step| {
        let needs: String = step.needs.iter().map(need).collect();
        format!("{}{needs}", step.branch)
    };
    steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

#[test]
fn one_branch_by_itself() {
    check_verdict("a <- b", "a <- b <- c", "lands");
    check_verdict("a <- b <- h", "a <- b <- h, b <- c", "forks: 2 heads: `h` and `c`");
    check_verdict("a", "a <- b, a <- c", "forks: 2 heads: `b` and `c`");
    check_verdict("a <- b, a <- c", "a <- b, a <- c, b + c <- m", "lands");
    check_verdict("a <- b, a <- c", "a <- b <- d, a <- c", "lands");
    check_verdict("a <- b, a <- c", "a <- b, a <- c, a <- d", "forks: 3 heads: `b`, `c` and `d`");
    check_verdict("a <- b", "a", "breaks: deletes `b`, which main has");
    assert!(judge(Some(&history("a <- b")), &history("a <- b"), "main").is_none());
    assert!(judge(None, &history("a <- b"), "main").is_some());
}

#[test]
fn a_defect_is_more_than_a_fork() {
    let told = "breaks: c.py: `c` follows `gone`, which no file defines";
    check_verdict("a", "a, ?gone <- c", told);
    let told =
        "not-evaluated: main itself is broken: c.py: `c` follows `gone`, which no file defines";
    check_verdict("a, ?gone <- c", "a <- b, ?gone <- c", told);
}

#[test]
fn what_it_comes_to_stand_on() {
    let Verdict::Forks(forks) = effect("a <- b <- h", "a <- b <- h, b <- c").verdict else {
        panic!("it forks");
    };
    assert_eq!(forks[0].onto, ["h"]);
}

#[test]
fn an_order_without_anything_to_do() {
    assert_eq!(planned(&history("a"), &["a <- b <- c", "a <- b"]), "1, 0");
}

#[test]
fn the_oldest_lands_first_and_the_others_follow_it() {
    let merged = ["a <- x", "a <- y", "a <- z"];
    let expected = "2, 1 rebase after 2 onto z, 0 rebase after 1 onto y";
    assert_eq!(planned(&history("a"), &merged), expected);
}

#[test]
fn what_lands_comes_before_what_forks() {
    let merged = ["a <- b <- x", "a <- b, a <- y"];
    assert_eq!(planned(&history("a <- b"), &merged), "0, 1 rebase after 0 onto x");
    assert_eq!(planned(&history("a <- b"), &merged[1..]), "0 rebase after main onto b");
}

#[test]
fn what_stands_on_a_branch_that_was_rebased_stands_on_it_still() {
    let merged = ["a <- x", "a <- y <- y2", "a <- y"];
    assert_eq!(planned(&history("a"), &merged[..2]), "1, 0 rebase after 1 onto y2");
    let forked = history("a <- b");
    let merged = ["a <- b, a <- x <- x2", "a <- b, a <- x"];
    assert_eq!(planned(&forked, &merged), "1 rebase after main onto b, 0");
}

#[test]
fn a_merge_of_two_branches_comes_after_both() {
    let merged = ["a <- x, a <- y, x + y <- m", "a <- x", "a <- y"];
    assert_eq!(planned(&history("a"), &merged), "2, 1 rebase after 2 onto y, 0");
}

#[test]
fn labels_are_lines_of_their_own() {
    let baseline = per_label("e(l), c(k)");
    let merged = ["e(l) <- e2, c(k)", "e(l), c(k) <- c2", "e(l) <- e3, c(k)"];
    let branches = branches(&baseline, &merged);
    let pair = |one: &Collision| one.pair;
    let found = collisions(std::slice::from_ref(&baseline), &branches);
    assert_eq!(found.iter().map(pair).collect::<Vec<_>>(), [[0, 2]]);
    assert_eq!(planned(&baseline, &merged), "1, 2, 0 rebase after 2 onto e3");
}

#[test]
fn one_id_in_two_files() {
    let baseline = history("a");
    let mut branches = branches(&baseline, &["a <- x", "a <- y"]);
    let mut other = history("a <- x");
    other.scripts[1].path = "/p/versions/other.py".into();
    branches[1].effects = judge(Some(&baseline), &other, "main").into_iter().collect();
    let found = collisions(std::slice::from_ref(&baseline), &branches);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].clash, Clash::Revision("x".into()));
}

/// What is told of two branches without building their history is what the history tells.
#[test]
fn heads_together_without_building_a_history() {
    let ends =
        ["a <- x", "b <- x", "c <- x", "c <- x <- y", "b <- x <- y", "c <- z", "a <- z <- y2"];
    let more = ["c <- x, a <- w", "c <- x, b + x <- m", "c <- x <- y, c <- y3", "b <- z, c <- z2"];
    let base = history("a <- b <- c");
    let all: Vec<Effect> = ends
        .iter()
        .chain(&more)
        .map(|more| effect("a <- b <- c", &format!("a <- b <- c, {more}")))
        .collect();
    let mut compared = 0;
    for one in &all {
        for other in &all {
            let effects = [(0, one), (1, other)];
            let pairs = Pairs::new(&base.scripts, &effects);
            if super::clash_between(one, other).is_some() {
                continue;
            }
            assert!(pairs.is_usual(one, other));
            let quick = Pairs::heads_together(one, other);
            let mut state = pairs.with(one);
            let alone = groups(&base.environment, &state.scripts);
            state.add(&other.changes);
            let together = groups(&base.environment, &state.scripts);
            let other = groups(&base.environment, &pairs.with(other).scripts);
            let slow = grown(together, &[&alone, &other]).into_iter().next();
            let sorted = |mut heads: Vec<String>| {
                heads.sort();
                heads
            };
            assert_eq!(quick.map(sorted), slow.map(|group| sorted(group.heads)));
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}
