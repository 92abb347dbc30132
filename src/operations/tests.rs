//! What is understood of one operation, and what is not.

use super::{Operations, read};

fn operations(body: &str) -> Operations {
    let body = body.replace('\n', "\n    ");
    let head = "from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\nNAME = 'users'\ndef kind():\n    return sa.String(NAME and 5)\ndef audit(table, column='at'):\n    op.add_column(table, sa.Column(column, sa.DateTime))\n";
    read(&format!("{head}def upgrade():\n    {body}\n")).upgrade
}

#[track_caller]
fn check(body: &str, expected: &[&str]) {
    let operations = operations(body);
    let mut lines: Vec<String> =
        operations.understood.iter().map(|operation| operation.summary.clone()).collect();
    lines.extend(operations.opaque.iter().map(|opaque| format!("! {}", opaque.why)));
    assert_eq!(lines, expected, "{body}");
}

#[test]
fn tables() {
    check(
        "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), sa.Column('s', sa.Enum('a', name='status')), sa.UniqueConstraint('id', name='uq'))",
        &["creates table users (id, s), creates type status"],
    );
    check(
        "op.drop_table('users', schema='app', if_exists=True)",
        &["drops table app.users if it is there"],
    );
    check("op.rename_table(NAME, 'people')", &["renames table users to people"]);
    check(
        "op.create_table(f'{NAME}_old', *columns)",
        &["! `create_table` is given `*` or `**` of something unknown"],
    );
}

#[test]
fn columns() {
    check(
        "op.add_column(NAME, sa.Column('a', sa.Integer, index=True))",
        &["creates column users.a, creates index ix_users_a"],
    );
    check("op.drop_column('users', column_name='a')", &["drops column users.a"]);
    check(
        "op.alter_column('users', 'a', nullable=False, existing_type=sa.String())",
        &["users.a: nullable -> False, reads rows of users (a)"],
    );
    check(
        "op.alter_column('users', 'a', new_column_name='b')",
        &["renames column users.a to users.b"],
    );
}

#[test]
fn batches_loops_and_helpers() {
    check(
        "with op.batch_alter_table('users', schema='app') as batch:\n    batch.drop_column('a')\n    batch.create_index(batch.f('ix'), ['b'], unique=True)\n    batch.drop_constraint('fk', type_='foreignkey')",
        &[
            "batch_alter_table app.users",
            "drops column app.users.a",
            "creates index ix, reads rows of app.users (b)",
            "drops constraint app.users.fk",
        ],
    );
    check(
        "for table in ['a', 'b']:\n    op.drop_table(table)",
        &["drops table a", "drops table b"],
    );
    check(
        "audit('users')\naudit(table='b', column='c')",
        &["creates column users.at", "creates column b.c"],
    );
}

#[test]
fn statements() {
    check(
        "op.execute('UPDATE users SET a = 1 WHERE b = 2')",
        &["reads rows of users (b), writes rows of users (a)"],
    );
    check("op.execute(sa.text(\"ALTER TYPE status ADD VALUE 'c'\"))", &["status: values -> 'c'"]);
    check(
        "op.execute('CREATE UNIQUE INDEX ix ON users (a)')",
        &["creates index ix, reads rows of users (a)"],
    );
    check("op.execute(f'DROP TABLE {NAME}')", &["drops table users"]);
    check("op.execute('DO $$ BEGIN END $$')", &["! the SQL is not understood"]);
    check("op.execute(sql)", &["! the SQL is known only when it runs"]);
}

#[test]
fn what_does_nothing_is_nothing() {
    check("\"\"\"Docs.\"\"\"\nconn = op.get_bind()\nprint('x')\nname = 'a'\npass", &[]);
}

#[test]
fn what_is_not_known_is_said() {
    check("run()", &["! `run` is not looked into"]);
    check(
        "if x:\n    op.drop_table('a')",
        &["drops table a", "! the condition is known only when it runs"],
    );
    check("op.create_view('a')", &["! `create_view` is no operation of Alembic's"]);
    check("for table in tables():\n    op.drop_table(table)", &["! the loop is not over literals"]);
}

#[test]
fn whatever_it_is_given_it_ends() {
    let doubling = (0..60).map(|_| "    a = a + a\n").collect::<String>();
    read(&format!("def upgrade():\n    a = 'x'\n{doubling}"));
    read(
        "def f(a=f()):\n    return f(f(f()))\ndef upgrade():\n    f(f(f()))\n    g()\ndef g():\n    g()\n    g()\n",
    );
    read(&"(".repeat(300));
    read("\u{0}");
}
