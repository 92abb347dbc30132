"""What is there at the point of the fork."""

import sqlalchemy as sa
from alembic import op


def upgrade():
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(50), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(50), nullable=False),
        sa.Column("name", sa.String(50), nullable=True),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Enum("a", "b", name="kind"), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sa.CheckConstraint("age >= 0", name="ck_users_age"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_users_team"),
    )
    op.create_index("ix_users_name", "users", ["name"])
    op.create_table(
        "logs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_logs"),
    )
    op.execute("INSERT INTO teams (id, title, note) VALUES (1, 'one', 'first')")
    op.execute("INSERT INTO users (id, email, name, age, kind, team_id) VALUES (1, 'x@y', 'x', 3, 'a', 1)")
    op.execute("INSERT INTO users (id, email, name, age, kind, team_id) VALUES (2, 'z@y', NULL, 4, 'b', NULL)")
