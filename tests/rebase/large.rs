//! Large histories: nothing recurses, and nothing is computed per published revision.

use onehead::environment::ExpectedHeads;
use onehead::fix::rebase::{Question, plan};
use onehead::graph::RevisionGraph;

use crate::history::{Rev, published, scripts};

/// Plans so many published revisions in a line and mine beside them; how many files change.
fn changed(count: usize, mine: &[Rev]) -> usize {
    let mut history: Vec<Rev> = (0..count)
        .map(|at| {
            let parent = at.checked_sub(1).map(|parent| format!("p{parent:06}"));
            Rev::new(&format!("p{at:06}"), parent.as_deref().as_slice()).published()
        })
        .collect();
    history.extend_from_slice(mine);
    let scripts = scripts(&history);
    let graph = RevisionGraph::build(&scripts);
    let published = published(&history);
    let plan = plan(&Question {
        scripts: &scripts,
        graph: &graph,
        expected: &ExpectedHeads::Total(1),
        published: &published,
        revs: &[],
        onto: None,
        new_ids: false,
    });
    plan.expect("a plan").rewrites.len()
}

/// Lines of `length` revisions that all left main at the same place.
fn lines(count: usize, length: usize) -> Vec<Rev> {
    let name = |line: usize, at: usize| format!("u{line:03}_{at:04}");
    let places = (0..count).flat_map(|line| (0..length).map(move |at| (line, at)));
    let rev = |(line, at): (usize, usize)| {
        let parent = at.checked_sub(1).map_or("p000005".into(), |parent| name(line, parent));
        Rev::new(&name(line, at), &[parent.as_str()])
    };
    places.map(rev).collect()
}

#[test]
fn ten_thousand_revisions_are_planned() {
    for (count, length) in [(1, 3), (12, 3), (1, 1000), (200, 1)] {
        assert_eq!(changed(10_000, &lines(count, length)), count);
    }
}
