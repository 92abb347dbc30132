"""start of expand

Revision ID: 8d13b5e7f042
Revises: 2f6a01c9d37e
Create Date: 2026-01-15 09:02:11.745126

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '8d13b5e7f042'
down_revision: Union[str, Sequence[str], None] = '2f6a01c9d37e'
branch_labels: Union[str, Sequence[str], None] = ('expand',)
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    pass


def downgrade() -> None:
    """Downgrade schema."""
    pass
