"""index orders by user

Revision ID: e05d7a9143bc
Revises: 9b42e7c60f1d
Create Date: 2026-02-02 11:05:27.440918

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'e05d7a9143bc'
down_revision: Union[str, Sequence[str], None] = '9b42e7c60f1d'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_index('ix_orders_user_id', 'orders', ['user_id'])


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index('ix_orders_user_id', table_name='orders')
