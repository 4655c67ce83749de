"""A department or a place may be hidden: a citizen's pages don't tell of its meetings.

The columns are added as they are: both tables have children, which SQLite would lose with the old table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = ("department", "place")


def upgrade() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for name in TABLES:
        op.execute(f"ALTER TABLE {name} DROP COLUMN hidden")
