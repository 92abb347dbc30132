//! One pair of operations per line, with the verdict and the order that works.

use super::{Dialect, Order, Side, Verdict, compare};
use crate::operations::read;

fn body(lines: &str) -> String {
    let lines = lines.replace('\n', "\n    ");
    format!(
        "from alembic import op\nimport sqlalchemy as sa\n\ndef upgrade():\n    pass\n    {lines}\n\ndef downgrade():\n    pass\n"
    )
}

#[track_caller]
fn check(ours: &str, theirs: &str, dialect: Dialect, verdict: &str, order: Order) {
    let (ours, theirs) = (read(&body(ours)), read(&body(theirs)));
    let overlap = compare(
        Side { revisions: &[&ours.upgrade] },
        Side { revisions: &[&theirs.upgrade] },
        dialect,
    );
    let found = overlap.merge.to_string();
    assert_eq!(
        (found.split(" (").next().unwrap(), overlap.order),
        (verdict, order),
        "{overlap:#?}"
    );
}

const ADD: &str = "op.add_column('users', sa.Column('email', sa.String(50)))";
const NO: &str = "no overlap found";

#[test]
fn both_create() {
    check(ADD, ADD, Dialect::Any, "conflict", Order::Neither);
    check(ADD, &ADD.replace("email", "phone"), Dialect::Any, NO, Order::Either);
    let index = "op.create_index('ix', 'users', ['a'])";
    let other = "op.create_index('ix', 'items', ['a'])";
    check(index, other, Dialect::Postgresql, "conflict", Order::Neither);
    check(index, other, Dialect::Sqlite, "conflict", Order::Neither);
    check(index, other, Dialect::Mysql, NO, Order::Either);
    check(index, other, Dialect::Any, "possible conflict", Order::Either);
}

#[test]
fn one_drops_what_the_other_needs() {
    check("op.drop_table('users')", ADD, Dialect::Any, "conflict", Order::TheirsFirst);
    check("op.drop_column('users', 'a')", ADD, Dialect::Any, NO, Order::Either);
    check(
        "op.drop_column('users', 'a')",
        "op.create_index('ix', 'users', ['a'])",
        Dialect::Any,
        "conflict",
        Order::TheirsFirst,
    );
    check(
        "op.drop_table('users')",
        "op.create_table('items', sa.Column('u', sa.Integer, sa.ForeignKey('users.id')))",
        Dialect::Postgresql,
        "conflict",
        Order::Neither,
    );
    check(
        "op.drop_table('users')",
        "op.drop_table('users')",
        Dialect::Any,
        "conflict",
        Order::Neither,
    );
    let quiet = "op.drop_table('users', if_exists=True)";
    check(quiet, quiet, Dialect::Any, NO, Order::Either);
}

#[test]
fn renames_are_followed() {
    let rename = "op.rename_table('users', 'people')";
    check(rename, ADD, Dialect::Any, "conflict", Order::TheirsFirst);
    check(rename, "op.create_table('users')", Dialect::Any, "conflict", Order::Either);
    let own = format!("{rename}\nop.add_column('people', sa.Column('email', sa.String))");
    check(&own, "op.create_index('ix', 'items', ['a'])", Dialect::Any, NO, Order::Either);
}

#[test]
fn what_a_side_makes_itself_is_its_own() {
    let table = "op.create_table('a', sa.Column('x', sa.Integer))\nop.drop_column('a', 'x')\nop.drop_table('a')";
    check(table, ADD, Dialect::Any, NO, Order::Either);
}

#[test]
fn attributes() {
    let change = |what: &str| format!("op.alter_column('users', 'a', {what})");
    let (one, two) = (change("type_=sa.String(50)"), change("type_=sa.Text()"));
    check(&one, &two, Dialect::Postgresql, "conflict", Order::Either);
    let nullable = change("nullable=True");
    check(&one, &nullable, Dialect::Postgresql, NO, Order::Either);
    check(&one, &nullable, Dialect::Mysql, "possible conflict", Order::Either);
    check(&nullable, &nullable, Dialect::Postgresql, NO, Order::Either);
}

#[test]
fn rows() {
    let update = "op.execute('UPDATE users SET a = 1 WHERE b = 2')";
    let strict = "op.alter_column('users', 'a', nullable=False)";
    check(update, strict, Dialect::Any, "possible conflict", Order::Either);
    check(update, &strict.replace("'a'", "'c'"), Dialect::Postgresql, NO, Order::Either);
    check(update, "op.execute('UPDATE users SET c = 1')", Dialect::Any, NO, Order::Either);
}

#[test]
fn an_order_that_may_fail_is_not_named() {
    let rows = "op.execute('UPDATE users SET a = 1')\nop.drop_column('users', 'b')";
    let strict =
        "op.alter_column('users', 'a', nullable=False)\nop.create_index('ix', 'users', ['b'])";
    check(rows, strict, Dialect::Postgresql, "conflict", Order::Neither);
    let refers = "op.create_foreign_key('fk', 'logs', 'users', ['a'], ['id'])";
    check("op.drop_table('users')", refers, Dialect::Postgresql, "conflict", Order::Neither);
}

#[test]
fn opaque_parts() {
    check("run(op)", ADD, Dialect::Any, "not analysable", Order::Either);
    check(
        "run('users')",
        "op.drop_table('users')",
        Dialect::Any,
        "possible conflict",
        Order::Either,
    );
}

#[test]
fn verdicts_say_how_much_was_looked_at() {
    assert_eq!(Verdict::NoOverlapFound(1).to_string(), "no overlap found (1 operation understood)");
    assert_eq!(Verdict::NotAnalysable(2).to_string(), "not analysable (2 opaque)");
}

#[test]
fn rows_that_get_a_default() {
    let default = "op.alter_column('users', 'age', server_default='1')";
    let insert = "op.execute(\"INSERT INTO users (id) VALUES (1)\")";
    for (ours, theirs) in [(default, insert), (insert, default)] {
        check(ours, theirs, Dialect::Postgresql, "possible conflict", Order::Either);
    }
}

#[test]
fn a_constraint_over_a_column_that_goes() {
    let column = "with op.batch_alter_table('users') as b:\n    b.drop_column('email')";
    let constraint =
        "with op.batch_alter_table('users') as b:\n    b.drop_constraint('uq', type_='unique')";
    check(column, constraint, Dialect::Sqlite, "possible conflict", Order::Either);
    check(constraint, column, Dialect::Sqlite, "possible conflict", Order::Either);
}
