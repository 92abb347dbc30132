"""add accounts.first_name and accounts.last_name

Revision ID: 57be0f3d91a6
Revises: 8d13b5e7f042
Create Date: 2026-01-22 15:48:02.615903

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '57be0f3d91a6'
down_revision: Union[str, Sequence[str], None] = '8d13b5e7f042'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('accounts', sa.Column('first_name', sa.String(length=64), nullable=True))
    op.add_column('accounts', sa.Column('last_name', sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('accounts', 'last_name')
    op.drop_column('accounts', 'first_name')
