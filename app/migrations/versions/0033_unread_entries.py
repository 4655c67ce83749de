"""What of a professional's own calendar could not be read, and when each time was found in it."""

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("busy_source") as table:
        table.add_column(sa.Column("unread", sa.String(), nullable=True))
        table.create_check_constraint(
            op.f("ck_busy_source_unread_length"), "unread IS NULL OR length(unread) BETWEEN 1 AND 2000"
        )
    op.add_column("busy_time", sa.Column("found_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("busy_time") as table:
        table.drop_column("found_at")
    with op.batch_alter_table("busy_source") as table:
        table.drop_constraint(op.f("ck_busy_source_unread_length"), type_="check")
        table.drop_column("unread")
