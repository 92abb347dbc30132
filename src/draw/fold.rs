//! The view that shows the shape: long lines in which nothing happens become one row each.

use std::ops::Range;

use super::{Drawing, Edge, Kind, Published, Row};

/// Fewer rows are no run: folding them would save too little.
pub const SHORTEST_RUN: usize = 3;

/// What may be folded.
pub(super) fn runs(drawing: &Drawing) -> Vec<Range<usize>> {
    let rows = &drawing.rows;
    let mut runs = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let mut end = start;
        while end < rows.len()
            && rows[end].is_plain()
            && (end == start || rows[end - 1].parents == [end])
        {
            end += 1;
        }
        if end - start >= SHORTEST_RUN {
            runs.push(start..end);
        }
        start = end.max(start + 1);
    }
    runs
}

impl Drawing {
    /// The same picture with each of its runs folded into a row. No lane changes.
    #[must_use]
    pub fn folded(&self) -> Self {
        // The new row of each row.
        let mut new_row = Vec::with_capacity(self.rows.len());
        let mut rows: Vec<Row> = Vec::new();
        let mut runs = self.runs.iter().peekable();
        let mut at = 0;
        while at < self.rows.len() {
            let run = runs.next_if(|run| run.start == at);
            let end = run.map_or(at + 1, |run| run.end);
            rows.push(run.map_or_else(|| self.rows[at].clone(), |_| run_row(&self.rows[at..end])));
            new_row.resize(end, rows.len() - 1);
            at = end;
        }
        for row in &mut rows {
            for list in
                [&mut row.parents, &mut row.children, &mut row.circles, &mut row.dependencies]
            {
                for one in list.iter_mut() {
                    *one = new_row[*one];
                }
            }
        }
        let edges = self.edges.iter().map(|edge| Edge {
            from: new_row[edge.from],
            to: new_row[edge.to],
            lane: edge.lane,
        });
        Self {
            name: self.name.clone(),
            baseline: self.baseline.clone(),
            rows,
            edges: edges.filter(|edge| edge.from != edge.to).collect(),
            runs: Vec::new(),
            width: self.width,
            revision_count: self.revision_count,
            notes: self.notes.clone(),
        }
    }
}

/// One row for all of these.
fn run_row(rows: &[Row]) -> Row {
    let (first, last) = (&rows[0], &rows[rows.len() - 1]);
    Row {
        kind: Kind::Run,
        id: String::new(),
        message: String::new(),
        path: None,
        date: None,
        refs: Vec::new(),
        needs: Vec::new(),
        dependencies: Vec::new(),
        published: if rows.iter().all(|row| row.published == first.published) {
            first.published
        } else {
            Published::Unknown
        },
        run: rows.iter().map(|row| row.id.clone()).collect(),
        down_revision: Vec::new(),
        parents: last.parents.clone(),
        leaving: last.leaving.clone(),
        ..first.clone()
    }
}
