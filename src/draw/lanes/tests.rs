//! What holds for every picture.

use std::path::PathBuf;

use proptest::prelude::*;

use crate::draw::testing::drawn;
use crate::draw::{Drawing, Kind, Row};
use crate::revision::{Edges, Revision, RevisionId};
use crate::script::Script;

/// A history of which nothing can be taken for granted: parents before and after, the same one twice, itself, missing
/// ones, and ids that several files have.
fn any_history(size: usize) -> impl Strategy<Value = Vec<Script>> {
    let one = (0..size, proptest::collection::vec(0..size + 2, 0..4));
    proptest::collection::vec(one, 0..size).prop_map(|all| {
        let script = |(at, (twin, parents)): (usize, (usize, Vec<usize>))| {
            // One in eight takes the id of another one.
            let id = if twin % 8 == 7 { twin } else { at };
            revision(id, &parents)
        };
        all.into_iter().enumerate().map(script).collect()
    })
}

/// A history as teams have them: each follows one of the last few, some of them merge, a few lead nowhere.
fn usual_history(size: usize) -> impl Strategy<Value = Vec<Script>> {
    let one = (0..20_usize, 0..6_usize, 0..6_usize);
    proptest::collection::vec(one, 0..size).prop_map(|all| {
        let script = |(at, (what, back, other)): (usize, (usize, usize, usize))| {
            let near = |back: usize| at.saturating_sub(back + 1);
            let parents = match what {
                _ if at == 0 => Vec::new(),
                0 => Vec::new(),
                1 => vec![100_000],
                2..=4 => vec![near(back), near(other)],
                5..=8 => vec![near(back)],
                _ => vec![near(0)],
            };
            revision(at, &parents)
        };
        all.into_iter().enumerate().map(script).collect()
    })
}

fn revision(id: usize, parents: &[usize]) -> Script {
    let mut script = Script::unread(PathBuf::from(format!("/p/versions/{id}.py")));
    let name = |id: usize| RevisionId::new(format!("{id}{}", if id % 3 == 2 { "!" } else { "" }));
    script.revision = Some(Revision {
        id: name(id),
        edges: Edges { parents: parents.iter().map(|&id| name(id)).collect(), ..Edges::default() },
        labels: Vec::new(),
        docstring: "".into(),
        parents_known: true,
    });
    script
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost_and_nothing_overlaps(scripts in any_history(14)) {
        holds(&scripts);
    }

    #[test]
    fn nothing_is_lost_in_usual_histories(scripts in usual_history(60)) {
        holds(&scripts);
    }
}

#[test]
fn long_and_wide_histories_end() {
    let long: Vec<Script> = (0..100_000_usize)
        .map(|at| match at.checked_sub(1) {
            None => revision(0, &[]),
            Some(parent) if at % 50 == 49 => revision(at, &[parent, at - 5]),
            Some(parent) => revision(at, &[parent]),
        })
        .collect();
    let drawing = drawn(&long);
    assert_eq!((drawing.rows.len(), drawing.width), (100_000, 2));
    assert!(drawing.folded().rows.len() > 2_000);
    // 1,000 heads of one parent, 1,000 bases of one merge, and a circle of 10,000.
    let heads: Vec<Script> =
        (0..1_000).map(|at| revision(at, &[0][..usize::from(at > 0)])).collect();
    assert_eq!(drawn(&heads).width, 2);
    let bases = (0..1_000).map(|at| revision(at, &[]));
    let all: Vec<usize> = (0..1_000).collect();
    let bases: Vec<Script> = bases.chain([revision(1_000, &all)]).collect();
    assert_eq!(drawn(&bases).width, 1_000);
    let circle: Vec<Script> =
        (0..10_000).map(|at| revision(at, &[(at + 9_999) % 10_000])).collect();
    let drawing = drawn(&circle);
    assert_eq!(drawing.rows.iter().map(|row| row.circles.len()).sum::<usize>(), 1);
    assert!(drawing.rows.iter().all(|row| !row.defects.is_empty()));
}

fn holds(scripts: &[Script]) {
    let drawing = drawn(scripts);
    everything_is_there(scripts, &drawing);
    lanes_hold(&drawing);
    let folded = drawing.folded();
    lanes_hold(&folded);
    assert_eq!(folded.width, drawing.width);
    let unfolded: Vec<&str> = folded.rows.iter().flat_map(ids).collect();
    let all: Vec<&str> = drawing.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(unfolded, all, "folding keeps every id and the order");
    assert_eq!(drawn(scripts), drawing);
}

fn ids(row: &Row) -> Vec<&str> {
    match row.kind {
        Kind::Run => row.run.iter().map(String::as_str).collect(),
        Kind::Revision | Kind::Missing => vec![&row.id],
    }
}

/// Every file is a row, and every parent that is written is an edge, a circle, or a row for what is missing.
fn everything_is_there(scripts: &[Script], drawing: &Drawing) {
    let mut drawn: Vec<&str> = Vec::new();
    for row in drawing.rows.iter().filter(|row| row.kind == Kind::Revision) {
        drawn.push(&row.id);
        let mut reached: Vec<&str> = (row.parents.iter().chain(&row.circles))
            .map(|&parent| drawing.rows[parent].id.as_str())
            .collect();
        let mut written: Vec<&str> = row.down_revision.iter().map(String::as_str).collect();
        for list in [&mut reached, &mut written] {
            list.sort_unstable();
        }
        written.dedup();
        assert_eq!(reached, written, "parents of {}", row.id);
    }
    let mut files: Vec<&str> = scripts.iter().filter_map(|one| Some(one.id()?.as_str())).collect();
    drawn.sort_unstable();
    files.sort_unstable();
    assert_eq!(drawn, files);
    let missing = drawing.rows.iter().filter(|row| row.kind == Kind::Missing);
    for row in missing {
        assert!(!files.contains(&row.id.as_str()) && !row.children.is_empty());
    }
}

fn lanes_hold(drawing: &Drawing) {
    let rows = &drawing.rows;
    for (at, row) in rows.iter().enumerate() {
        assert!(row.lane < drawing.width);
        assert!(row.parents.iter().all(|&parent| parent > at));
        let from_here: Vec<usize> =
            (drawing.edges.iter()).filter(|edge| edge.from == at).map(|edge| edge.to).collect();
        assert_eq!(from_here, row.parents);
        assert!(row.children.iter().all(|&child| rows[child].parents.contains(&at)));
    }
    // By lane and height (the gap below a row, and the row itself) where each edge leads.
    let mut taken = std::collections::BTreeMap::new();
    for edge in &drawing.edges {
        assert!(edge.lane < drawing.width && edge.from < edge.to);
        assert!(rows[edge.from].leaving.contains(&edge.lane));
        assert!(rows[edge.to].arriving.contains(&edge.lane));
        for height in 2 * edge.from + 1..2 * edge.to {
            let to = *taken.entry((edge.lane, height)).or_insert(edge.to);
            assert_eq!(to, edge.to, "two lines in lane {}", edge.lane);
        }
    }
    for (at, row) in rows.iter().enumerate() {
        let passing: Vec<usize> =
            (0..drawing.width).filter(|&lane| taken.contains_key(&(lane, 2 * at))).collect();
        assert_eq!(row.passing, passing, "what passes {}", row.id);
        assert!(!passing.contains(&row.lane), "a line runs through {}", row.id);
    }
}
