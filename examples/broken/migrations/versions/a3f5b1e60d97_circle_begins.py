"""a circle of two

Revision ID: a3f5b1e60d97
Revises: 1d8e72c4f96b
Create Date: 2026-04-07 09:00:00.672004

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'a3f5b1e60d97'
down_revision: Union[str, Sequence[str], None] = '1d8e72c4f96b'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('books', sa.Column('shelf', sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('books', 'shelf')
