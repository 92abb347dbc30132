"""start of contract

Revision ID: c940e6a28b5f
Revises: 2f6a01c9d37e
Create Date: 2026-01-15 09:03:30.288417

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'c940e6a28b5f'
down_revision: Union[str, Sequence[str], None] = '2f6a01c9d37e'
branch_labels: Union[str, Sequence[str], None] = ('contract',)
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    pass


def downgrade() -> None:
    """Downgrade schema."""
    pass
