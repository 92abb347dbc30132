"""a dependency that was deleted

Revision ID: 05e3f9a7c2d8
Revises: 4a7d2e90c1f3
Create Date: 2026-04-03 09:00:00.538290

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '05e3f9a7c2d8'
down_revision: Union[str, Sequence[str], None] = '4a7d2e90c1f3'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = 'f7b04d61e83a'


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('books', sa.Column('year', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('books', 'year')
