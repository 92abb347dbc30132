//! How long the pure middle takes: reading scripts and building the history, without any input or output.
//!
//! What a user waits for, starting the program and reading files included, is measured by `tools/measure.py`.
#![allow(missing_docs, reason = "the name of a benchmark says what it measures")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::PathBuf;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use onehead::draw::terminal::{Style, terminal};
use onehead::draw::{Published, Subject, draw};
use onehead::environment::ExpectedHeads;
use onehead::fix::rebase::{PublishedHistory, Question, plan};
use onehead::graph::RevisionGraph;
use onehead::script::{Depth, NoModules, Script, parse};

const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    divan::main();
}

/// A migration as Alembic's template writes it, with as many operations as a usual one has.
fn source(number: usize) -> String {
    let mut text =
        format!("\"\"\"step {number}\n\nRevision ID: {number:012x}\nRevises: \n\n\"\"\"\n");
    text.push_str("from alembic import op\nimport sqlalchemy as sa\n\n\n");
    let _ = writeln!(text, "revision = '{number:012x}'");
    match number.checked_sub(1) {
        None => text.push_str("down_revision = None\n"),
        // A branch every fifty revisions, closed by the next one.
        Some(parent) if number % 50 == 25 => {
            let _ = writeln!(text, "down_revision = ('{parent:012x}', '{:012x}')", number - 5);
        }
        Some(parent) => {
            let _ = writeln!(text, "down_revision = '{parent:012x}'");
        }
    }
    text.push_str("branch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n");
    for column in 0..20 {
        let _ = writeln!(
            text,
            "    op.add_column('orders', sa.Column('column_{column}', sa.String(length=255), nullable=True))"
        );
    }
    text.push_str("\n\ndef downgrade():\n    pass\n");
    text
}

fn scripts(count: usize) -> Vec<Script> {
    (0..count).map(|number| read(number, Depth::Names)).collect()
}

fn read(number: usize, depth: Depth) -> Script {
    let path = PathBuf::from(format!("versions/{number:012x}.py"));
    parse(path, source(number).as_bytes(), depth, &NoModules)
}

#[divan::bench(args = [Depth::Names, Depth::Whole])]
fn parse_one_script(bencher: Bencher<'_, '_>, depth: Depth) {
    let text = source(77);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        parse(PathBuf::from("versions/77.py"), black_box(text.as_bytes()), depth, &NoModules)
    });
}

#[divan::bench(args = SIZES)]
fn build_graph(bencher: Bencher<'_, '_>, count: usize) {
    let scripts = scripts(count);
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| RevisionGraph::build(black_box(&scripts)).heads().len());
}

#[divan::bench(args = SIZES)]
fn order_history(bencher: Bencher<'_, '_>, count: usize) {
    let scripts = scripts(count);
    // A graph keeps what it has computed, so each round takes a fresh one.
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| RevisionGraph::build(&scripts))
        .bench_local_values(|graph| graph.history().map(|order| order.len()));
}

/// The picture with its 40 merges, and what a terminal shows of all of it.
#[divan::bench]
fn draw_2000_revisions(bencher: Bencher<'_, '_>) {
    let scripts = scripts(2_000);
    let graph = RevisionGraph::build(&scripts);
    let subject = Subject {
        name: "alembic.ini".to_owned(),
        graph: &graph,
        range: None,
        published: &|_| Published::Unknown,
        refs: &|_| Vec::new(),
        baseline: None,
        path: &|path| path.to_string_lossy().into_owned(),
        notes: Vec::new(),
    };
    bencher
        .counter(ItemsCount::new(2_000_usize))
        .bench_local(|| terminal(&draw(black_box(&subject)), &Style::plain(true)).len());
}

/// Three revisions of a branch beside a published history.
#[divan::bench(args = SIZES)]
fn plan_rebase(bencher: Bencher<'_, '_>, count: usize) {
    let mut scripts: Vec<Script> = (0..count).map(|number| read(number, Depth::Whole)).collect();
    let published = scripts.iter().map(|script| script.revision.clone()).chain([None, None, None]);
    let published = PublishedHistory {
        of_script: published.collect(),
        name: Some("main".into()),
        ..PublishedHistory::default()
    };
    for step in 0..3 {
        let parent = if step == 0 { "00000000005a".to_owned() } else { format!("own{}", step - 1) };
        let text = format!("revision = 'own{step}'\ndown_revision = '{parent}'\n");
        let path = PathBuf::from(format!("versions/own{step}.py"));
        scripts.push(parse(path, text.as_bytes(), Depth::Whole, &NoModules));
    }
    let graph = RevisionGraph::build(&scripts);
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        plan(&Question {
            scripts: &scripts,
            graph: &graph,
            expected: &ExpectedHeads::Total(1),
            published: &published,
            revs: &[],
            onto: None,
            new_ids: false,
        })
        .map(|plan| plan.rewrites.len())
    });
}
