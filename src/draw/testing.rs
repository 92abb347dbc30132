//! Pictures of small histories, for unit tests.

use super::{Drawing, Published, Subject, draw};
use crate::graph::RevisionGraph;
use crate::revision::RevisionId;
use crate::script::Script;

/// Draws a history of which nothing else is known; ids that end in `!` are unpublished, all others published.
pub(super) fn drawn(scripts: &[Script]) -> Drawing {
    let graph = RevisionGraph::build(scripts);
    let is_new = |id: &RevisionId| id.as_str().ends_with('!');
    draw(&Subject {
        name: "alembic.ini".to_owned(),
        graph: &graph,
        range: None,
        published: &|node| if is_new(graph.id(node)) { Published::No } else { Published::Yes },
        refs: &|node| Vec::from_iter(is_new(graph.id(node)).then(|| "feature/x".to_owned())),
        baseline: Some("origin/main".to_owned()),
        path: &|path| path.file_name().unwrap().to_string_lossy().into_owned(),
        notes: Vec::new(),
    })
}
