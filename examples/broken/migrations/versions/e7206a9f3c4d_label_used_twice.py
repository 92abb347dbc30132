"""a branch label that another revision has

Revision ID: e7206a9f3c4d
Revises: 6c19d8e4b072
Create Date: 2026-04-08 09:00:00.826637

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'e7206a9f3c4d'
down_revision: Union[str, Sequence[str], None] = '6c19d8e4b072'
branch_labels: Union[str, Sequence[str], None] = ('library',)
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('books', sa.Column('loans', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('books', 'loans')
