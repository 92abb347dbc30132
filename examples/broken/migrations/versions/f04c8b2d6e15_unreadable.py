"""a parent that only running the file would tell

Revision ID: f04c8b2d6e15
Revises: e7206a9f3c4d
Create Date: 2026-04-09 09:00:00.459718

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'f04c8b2d6e15'
down_revision: Union[str, Sequence[str], None] = latest_revision()
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('books', sa.Column('note', sa.Text(), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('books', 'note')
