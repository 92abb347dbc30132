//! What people read about their databases.

use insta::assert_snapshot;
use onehead::environment::ExpectedHeads;

use crate::history::{Arguments, Rev, ask};

fn text(history: &[Rev], alembic: &str) -> String {
    let plan = ask(history, &ExpectedHeads::Total(1), &Arguments::default()).expect("a plan");
    plan.databases_text(alembic)
}

fn main_line() -> Vec<Rev> {
    let revs = [Rev::new("aaaa", &[]), Rev::new("bbbb", &["aaaa"]), Rev::new("cccc", &["bbbb"])];
    revs.map(Rev::published).into()
}

#[test]
fn a_chain() {
    let mut history = main_line();
    history.extend([Rev::new("u111", &["aaaa"]), Rev::new("u222", &["u111"])]);
    assert_snapshot!(text(&history, "alembic -c db.ini"), @r"
Databases that have already run u111 (or u222) take bbbb, cccc as done and would never run them.
Bring each such database up to date (no data is dropped), where u222 stands for the last of yours that it ran:
  alembic -c db.ini stamp --purge aaaa && alembic -c db.ini upgrade cccc && alembic -c db.ini stamp --purge u222 && alembic -c db.ini upgrade head
");
}

#[test]
fn nothing_is_said_where_nothing_would_be_skipped() {
    let mut history = main_line();
    history[1].operations = false;
    history[2].operations = false;
    history.push(Rev::new("u111", &["aaaa"]));
    assert_snapshot!(text(&history, "alembic"), @"");
}

#[test]
fn a_dropped_merge() {
    let mut history = main_line();
    history.extend([Rev::new("u111", &["aaaa"]), Rev::new("m222", &["u111", "bbbb"])]);
    history[4].operations = false;
    assert_snapshot!(text(&history, "flask db"), @r"
Databases that have already run u111 take bbbb, cccc as done and would never run them.
Bring each such database up to date (no data is dropped):
  flask db stamp --purge aaaa && flask db upgrade cccc && flask db stamp --purge u111 && flask db upgrade head

Databases stamped with m222 stop with `Can't locate revision identified by ...`.
Bring each such database up to date (no data is dropped):
  flask db stamp --purge bbbb && flask db upgrade cccc && flask db stamp --purge u111 && flask db upgrade head
");
}

#[test]
fn a_number_that_means_another_revision() {
    let file = |file: &str, rev: Rev| Rev { file: file.into(), ..rev };
    let history = [
        file("0120_a.py", Rev::new("0120", &[]).published()),
        file("0121_b.py", Rev::new("0121", &["0120"]).published()),
        file("0121_x.py", Rev::new("0121", &["0120"])),
    ];
    assert_snapshot!(text(&history, "alembic"), @r"
THE STAMP 0121 NOW MEANS ANOTHER REVISION: databases that ran the old one would never run 0121 and would run 0122 again.
Bring each such database up to date (no data is dropped):
  alembic stamp --purge 0120 && alembic upgrade 0121 && alembic stamp --purge 0122 && alembic upgrade head
");
}

#[test]
fn a_revision_inserted_below_a_published_one() {
    let mut history = main_line();
    history[1].parents = vec!["u111".into()];
    history.push(Rev::new("u111", &["aaaa"]));
    assert_snapshot!(text(&history, "alembic"), @r"
Databases that have already run u111 take bbbb, cccc as done and would never run them.
Bring each such database up to date (no data is dropped):
  alembic stamp --purge aaaa && alembic upgrade cccc && alembic stamp --purge u111 && alembic upgrade head

Databases that have already run bbbb (or cccc) as they were on this branch would run u111 again.
Bring each database stamped with bbbb up to date (no data is dropped):
  alembic stamp --purge bbbb && alembic upgrade cccc && alembic stamp --purge u111 && alembic upgrade head
Bring each database stamped with cccc up to date (no data is dropped):
  alembic stamp --purge u111 && alembic upgrade head
");
}
