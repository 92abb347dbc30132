//! `operations`: what revisions do, as it is shown.

use crate::support::{Project, check};

const SCRIPT: &str = "\
\"\"\"Add carts.\"\"\"
from alembic import op
import sqlalchemy as sa

revision = 'b'
down_revision = 'a'


def upgrade():
    op.create_table('carts', sa.Column('id', sa.Integer, primary_key=True))
    op.alter_column('users', 'email', nullable=False)
    fill('users\\x1b[31m')


def downgrade():
    op.drop_table('carts')
";

#[test]
fn what_is_understood_and_what_is_not() {
    let project = Project::new().history("a <- b");
    project.write("versions/b.py", SCRIPT);
    check!(project.onehead(["operations", "b", "--downgrade"]), @"
    exit_code: 0
    ----- stdout -----
    b (versions/b.py)
      upgrade(): 2 operations understood, 1 opaque
          10  creates table carts (id)
          11  users.email: nullable -> False, reads rows of users (email)
          12  opaque: `fill` is not looked into (versions/b.py:12:5)
      downgrade(): 1 operation understood, 0 opaque
          16  drops table carts
    ----- stderr -----
    ");
}

#[test]
fn an_unknown_revision_is_an_error() {
    let project = Project::new().history("a <- b");
    project.onehead(["operations", "zzz"]).exits(2);
}
