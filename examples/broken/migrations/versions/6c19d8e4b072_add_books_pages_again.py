"""the second file with the same id

Revision ID: 6c19d8e4b072
Revises: 05e3f9a7c2d8
Create Date: 2026-04-06 09:05:00.347129

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '6c19d8e4b072'
down_revision: Union[str, Sequence[str], None] = '05e3f9a7c2d8'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('books', sa.Column('page_count', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('books', 'page_count')
