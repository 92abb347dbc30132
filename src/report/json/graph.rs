//! The document of `graph`: every environment with its rows, and the lines between them.
//!
//! Always every row of what was asked for: what other formats fold is given as `runs`.

use serde::Serialize;

use super::{Environment, EnvironmentReport, SCHEMA, Sources, environment, write};
use crate::draw::{self, Drawing, Kind, Published};

#[derive(Serialize)]
struct Graph<'a> {
    schema: u32,
    environments: Vec<Picture<'a>>,
}

#[derive(Serialize)]
struct Picture<'a> {
    #[serde(flatten)]
    environment: Environment<'a>,
    baseline: Option<&'a str>,
    width: usize,
    rows: Vec<Row<'a>>,
    edges: Vec<Edge>,
    runs: Vec<Run>,
}

#[allow(clippy::struct_excessive_bools, reason = "the keys of the document")]
#[derive(Serialize)]
struct Row<'a> {
    kind: &'static str,
    revision: &'a str,
    message: &'a str,
    path: Option<&'a str>,
    date: Option<&'a str>,
    down_revision: &'a [String],
    depends_on: &'a [String],
    branch_labels: &'a [String],
    refs: &'a [String],
    published: Option<bool>,
    is_head: bool,
    is_base: bool,
    is_branch_point: bool,
    is_merge_point: bool,
    defects: &'a [String],
    lane: usize,
    circles: &'a [usize],
}

#[derive(Serialize)]
struct Edge {
    from: usize,
    to: usize,
    lane: usize,
}

#[derive(Serialize)]
struct Run {
    first: usize,
    last: usize,
}

/// The document; one report for each drawing.
pub fn graph(drawings: &[Drawing], reports: &[EnvironmentReport], sources: &Sources) -> String {
    let pictures = drawings.iter().zip(reports);
    let pictures = pictures.map(|(drawing, report)| Picture {
        environment: environment(report, None, sources),
        baseline: drawing.baseline.as_deref(),
        width: drawing.width,
        rows: drawing.rows.iter().map(row).collect(),
        edges: drawing.edges.iter().map(edge).collect(),
        runs: drawing.runs.iter().map(|run| Run { first: run.start, last: run.end - 1 }).collect(),
    });
    write(&Graph { schema: SCHEMA, environments: pictures.collect() })
}

fn row(row: &draw::Row) -> Row<'_> {
    Row {
        kind: match row.kind {
            Kind::Revision => "revision",
            Kind::Missing => "missing",
            Kind::Run => "run",
        },
        revision: &row.id,
        message: &row.message,
        path: row.path.as_deref(),
        date: row.date.as_deref(),
        down_revision: &row.down_revision,
        depends_on: &row.needs,
        branch_labels: &row.labels,
        refs: &row.refs,
        published: match row.published {
            Published::Yes => Some(true),
            Published::No => Some(false),
            Published::Unknown => None,
        },
        is_head: row.is_head,
        is_base: row.is_base,
        is_branch_point: row.is_branch_point,
        is_merge_point: row.is_merge_point,
        defects: &row.defects,
        lane: row.lane,
        circles: &row.circles,
    }
}

fn edge(edge: &draw::Edge) -> Edge {
    Edge { from: edge.from, to: edge.to, lane: edge.lane }
}
