"""create labels

Revision ID: 005
Revises: 003
Create Date: 2026-03-19 08:12:58.660125

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '005'
down_revision: Union[str, Sequence[str], None] = '003'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        'labels',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.add_column('items', sa.Column('label_id', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('items', 'label_id')
    op.drop_table('labels')
