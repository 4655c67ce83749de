"""A meeting remembers how it was before the changes that the citizen has not answered since."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meeting", sa.Column("was", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("meeting", "was")
