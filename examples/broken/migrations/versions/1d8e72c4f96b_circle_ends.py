"""a circle of two, the other half

Revision ID: 1d8e72c4f96b
Revises: a3f5b1e60d97
Create Date: 2026-04-07 09:10:00.185546

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1d8e72c4f96b'
down_revision: Union[str, Sequence[str], None] = 'a3f5b1e60d97'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('books', sa.Column('row', sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('books', 'row')
