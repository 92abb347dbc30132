//! Random migration scripts above the schema of `base.py`, in the ways in which people write them.

use onehead::operations::overlap::Dialect;

use crate::random::Random;

/// The tables of the base with some columns of each and their types.
const TABLES: [(&str, &[(&str, &str)]); 3] = [
    ("teams", &[("title", "sa.String(50)"), ("note", "sa.Text()")]),
    ("users", &[("name", "sa.String(50)"), ("age", "sa.Integer()"), ("email", "sa.String(50)")]),
    ("logs", &[("body", "sa.Text()"), ("level", "sa.Integer()")]),
];

/// How many kinds of operation there are.
const KINDS: usize = 26;

/// A migration script.
pub fn script(dialect: Dialect, random: &mut Random) -> String {
    let mut text = String::from(
        "import sqlalchemy as sa\nfrom alembic import op\n\nTABLE = \"users\"\nPREFIX = \"ix\"\n\n\ndef upgrade():\n",
    );
    let operations = if random.percent(60) { 1 } else { 2 + random.below(3) };
    for _ in 0..operations {
        for line in operation(random.below(KINDS), dialect, random).lines() {
            text.push_str("    ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Text of Python that says a string: mostly a literal.
fn word(word: &str, random: &mut Random) -> String {
    match random.below(8) {
        0 => format!("'{word}'"),
        1 if word == "users" => "TABLE".to_owned(),
        2 if word.starts_with("ix_") => format!("f\"{{PREFIX}}{}\"", &word[2..]),
        3 if word.starts_with("ix_") => format!("op.f(\"{word}\")"),
        _ => format!("\"{word}\""),
    }
}

/// An operation on a table that stands, on `SQLite` and now and then elsewhere, in a batch block.
fn altered(
    name: &str,
    before: &str,
    arguments: &str,
    table: &str,
    dialect: Dialect,
    random: &mut Random,
) -> String {
    let written = word(table, random);
    if dialect == Dialect::Sqlite || random.percent(20) {
        let before = if before.is_empty() { String::new() } else { format!("{before}, ") };
        return format!(
            "with op.batch_alter_table({written}) as batch_op:\n    batch_op.{name}({before}{arguments})"
        );
    }
    match before {
        "" => format!("op.{name}({written}, {arguments})"),
        before => format!("op.{name}({before}, {written}, {arguments})"),
    }
}

fn operation(kind: usize, dialect: Dialect, random: &mut Random) -> String {
    let (table, columns) = *random.choice(&TABLES);
    let (column, typed) = *random.choice(columns);
    match kind {
        0..=6 => of_columns(kind, (table, column, typed), dialect, random),
        7..=12 => of_tables(kind, table, random),
        13..=20 => of_constraints(kind, (table, column), dialect, random),
        _ => of_rows(kind, (table, column), random),
    }
}

fn of_columns(
    kind: usize,
    (table, column, typed): (&str, &str, &str),
    dialect: Dialect,
    random: &mut Random,
) -> String {
    match kind {
        0 | 1 => {
            let new = *random.choice(&["extra", "other", "third", "title"]);
            let rest = *random.choice(&[
                "sa.Integer()",
                "sa.Integer()",
                "sa.String(20), nullable=True",
                "sa.Integer(), nullable=False, server_default=\"1\"",
                "sa.Boolean(), nullable=False",
            ]);
            altered(
                "add_column",
                "",
                &format!("sa.Column(\"{new}\", {rest})"),
                table,
                dialect,
                random,
            )
        }
        2 => altered("drop_column", "", &format!("\"{column}\""), table, dialect, random),
        3 => {
            let to = *random.choice(&["extra", "renamed"]);
            let written = format!("\"{column}\", new_column_name=\"{to}\"");
            altered("alter_column", "", &written, table, dialect, random)
        }
        4 => {
            let to = *random.choice(&["sa.Text()", "sa.String(80)", "sa.String(50)"]);
            let written = format!("\"{column}\", existing_type={typed}, type_={to}");
            altered("alter_column", "", &written, table, dialect, random)
        }
        5 => {
            let to = *random.choice(&["False", "True"]);
            let written = format!("\"{column}\", existing_type={typed}, nullable={to}");
            altered("alter_column", "", &written, table, dialect, random)
        }
        _ => {
            let to = *random.choice(&["\"5\"", "\"6\"", "None"]);
            let written = format!("\"{column}\", server_default={to}");
            altered("alter_column", "", &written, table, dialect, random)
        }
    }
}

fn of_tables(kind: usize, table: &str, random: &mut Random) -> String {
    let new = *random.choice(&["fresh", "people", "notes"]);
    match kind {
        7 | 8 => {
            let to = *random.choice(&["users", "teams", "logs"]);
            let column = match random.below(4) {
                0 => "sa.Column(\"a\", sa.Integer())".to_owned(),
                1 => "sa.Column(\"a\", sa.String(20), index=True)".to_owned(),
                2 => "sa.Column(\"a\", sa.Enum(\"x\", \"y\", name=\"mood\"))".to_owned(),
                _ => format!("sa.Column(\"a\", sa.Integer(), sa.ForeignKey(\"{to}.id\"))"),
            };
            let rest = *random.choice(&["", "", "", ", if_not_exists=True"]);
            format!(
                "op.create_table(\n    \"{new}\",\n    sa.Column(\"id\", sa.Integer(), primary_key=True),\n    {column}{rest},\n)"
            )
        }
        9 => format!("op.drop_table({})", word("logs", random)),
        10 => format!("op.rename_table({}, \"{new}\")", word(table, random)),
        11 => "op.drop_table(\"logs\", if_exists=True)".to_owned(),
        _ => format!(
            "for name in [\"one\", \"two\"]:\n    op.create_table(name + \"_{new}\", sa.Column(\"id\", sa.Integer(), primary_key=True))"
        ),
    }
}

fn of_constraints(
    kind: usize,
    (table, column): (&str, &str),
    dialect: Dialect,
    random: &mut Random,
) -> String {
    match kind {
        13 | 14 => {
            let index = *random.choice(&["ix_one", "ix_two"]);
            let index = word(index, random);
            let rest = *random.choice(&["", "", ", unique=True", ", if_not_exists=True"]);
            format!("op.create_index({index}, {}, [\"{column}\"]{rest})", word(table, random))
        }
        15 => format!("op.drop_index({}, table_name=\"users\")", word("ix_users_name", random)),
        16 => {
            let name = *random.choice(&["\"uq_one\"", "\"uq_two\""]);
            altered(
                "create_unique_constraint",
                name,
                &format!("[\"{column}\"]"),
                table,
                dialect,
                random,
            )
        }
        17 => {
            let name = *random.choice(&["\"ck_one\"", "\"ck_two\""]);
            let rule = *random.choice(&["IS NOT NULL", "= '5'", "<> '7'"]);
            let rule = if table == "users" || table == "teams" { "IS NOT NULL" } else { rule };
            let column = if column == "level" { "body" } else { column };
            let written = format!("\"{column} {rule}\"");
            altered("create_check_constraint", name, &written, table, dialect, random)
        }
        18 => {
            let name = *random.choice(&["\"fk_one\"", "\"fk_two\""]);
            let other = *random.choice(&["users", "teams"]);
            let written = word(other, random);
            let columns = "[\"level\"], [\"id\"]";
            if dialect == Dialect::Sqlite {
                return format!(
                    "with op.batch_alter_table(\"logs\") as batch_op:\n    batch_op.create_foreign_key({name}, {written}, {columns})"
                );
            }
            format!("op.create_foreign_key({name}, \"logs\", {written}, {columns})")
        }
        19 => {
            let (name, kind) = *random.choice(&[
                ("uq_users_email", "unique"),
                ("ck_users_age", "check"),
                ("fk_users_team", "foreignkey"),
            ]);
            if dialect == Dialect::Sqlite {
                return format!(
                    "with op.batch_alter_table(\"users\") as batch_op:\n    batch_op.drop_constraint(\"{name}\", type_=\"{kind}\")"
                );
            }
            format!("op.drop_constraint(\"{name}\", {}, type_=\"{kind}\")", word("users", random))
        }
        _ if dialect == Dialect::Postgresql => {
            let comment = *random.choice(&["'one'", "'two'"]);
            format!("op.create_table_comment(\"{table}\", {comment})")
        }
        _ => format!("op.create_index(\"ix_three\", \"{table}\", [\"{column}\"])"),
    }
}

fn of_rows(kind: usize, (table, column): (&str, &str), random: &mut Random) -> String {
    match kind {
        21 => {
            let key = 10 + random.below(2);
            format!("op.execute(\"INSERT INTO {table} (id, {column}) VALUES ({key}, '7')\")")
        }
        22 => format!("op.execute(\"UPDATE {table} SET {column} = '5'\")"),
        23 => format!("op.execute(\"DELETE FROM logs WHERE level = {}\")", random.below(3)),
        24 => {
            let key = 10 + random.below(2);
            format!(
                "op.bulk_insert(\n    sa.table(\"logs\", sa.column(\"id\", sa.Integer()), sa.column(\"body\", sa.Text())),\n    [{{\"id\": {key}, \"body\": \"text\"}}],\n)"
            )
        }
        _ => format!("op.execute(\"UPDATE users SET {column} = NULL WHERE id = 2\")")
            .replace("title", "name")
            .replace("note", "name")
            .replace("body", "name")
            .replace("level", "age"),
    }
}
