"""What the worker looks for each minute, and each phone each hour, is found without reading all that was."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Name, table, columns, and of which rows.
INDEXES = (
    ("ix_meeting_agreed_ends_at", "meeting", ["ends_at"], "state = 'agreed'"),
    ("ix_meeting_state_expires_at", "meeting", ["state", "expires_at"], "expires_at IS NOT NULL"),
    ("ix_meeting_offers_until", "meeting", ["offers_until"], "offers_until IS NOT NULL"),
    ("ix_participant_subject_id", "participant", ["subject_id"], None),
    ("ix_meeting_task_meeting_id", "meeting_task", ["meeting_id"], None),
    ("ix_meeting_reminder_waiting", "meeting_reminder", ["due_at"], "sent_at IS NULL AND dropped_at IS NULL"),
)
OF_ALL_REMINDERS = "ix_meeting_reminder_due_at"


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        rows = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)
    op.drop_index(OF_ALL_REMINDERS, table_name="meeting_reminder")


def downgrade() -> None:
    op.create_index(OF_ALL_REMINDERS, "meeting_reminder", ["due_at"])
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table_name=table)
