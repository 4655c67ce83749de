"""Pages and the worker find what is theirs without walking what is the whole municipality's."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WAITS = "answer_by IS NOT NULL AND settled_at IS NULL"
# Name, table, columns, and of which rows.
INDEXES = (
    ("ix_calendar_subject_kind_place_id", "calendar_subject", ["kind", "place_id"], None),
    ("ix_entry_author_id", "entry", ["author_id"], None),
    ("ix_entry_late_at", "entry", ["late_at"], "late_at IS NOT NULL"),
    ("ix_meeting_organiser_id_ends_at", "meeting", ["organiser_id", "ends_at"], None),
    ("ix_meeting_proposed_starts_at", "meeting", ["starts_at"], "state = 'proposed'"),
    ("ix_meeting_task_open_due_on", "meeting_task", ["due_on"], "done_at IS NULL"),
    ("ix_message_late_at", "message", ["late_at"], "late_at IS NOT NULL"),
    ("ix_message_waiting_citizen_id", "message", ["citizen_id", "answer_by"], WAITS),
    ("ix_person_role_ends_at", "person_role", ["ends_at"], "ends_at IS NOT NULL"),
    ("ix_person_role_role", "person_role", ["role", "person_id"], None),
    ("ix_step_open_doer_id", "step", ["doer_id"], "done_at IS NULL"),
    ("ix_stored_answer_at", "stored_answer", ["at"], None),
)


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        rows = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)


def downgrade() -> None:
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table_name=table)
