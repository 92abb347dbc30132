"""a parent that was deleted

Revision ID: b82f60d3e759
Revises: d91c3b70a6e4
Create Date: 2026-04-02 09:00:00.220871

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'b82f60d3e759'
down_revision: Union[str, Sequence[str], None] = 'd91c3b70a6e4'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('books', sa.Column('isbn', sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('books', 'isbn')
