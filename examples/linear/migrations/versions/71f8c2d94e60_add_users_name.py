"""add users.name

Revision ID: 71f8c2d94e60
Revises: e05d7a9143bc
Create Date: 2026-02-27 08:51:40.006731

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '71f8c2d94e60'
down_revision: Union[str, Sequence[str], None] = 'e05d7a9143bc'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('users', sa.Column('name', sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('users', 'name')
