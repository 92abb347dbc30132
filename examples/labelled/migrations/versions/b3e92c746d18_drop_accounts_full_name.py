"""drop accounts.full_name

Revision ID: b3e92c746d18
Revises: c940e6a28b5f
Create Date: 2026-02-05 10:30:26.900574

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'b3e92c746d18'
down_revision: Union[str, Sequence[str], None] = 'c940e6a28b5f'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = '57be0f3d91a6'


def upgrade() -> None:
    """Upgrade schema."""
    op.drop_column('accounts', 'full_name')


def downgrade() -> None:
    """Downgrade schema."""
    op.add_column('accounts', sa.Column('full_name', sa.String(length=200), nullable=True))
