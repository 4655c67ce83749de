"""Changes of a meeting and late tasks are told of; one task for each professional; offers end by themselves.

A column is added to `meeting` with its rule, as in 0008: the table can't be made anew on SQLite.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = (
    "entry_shared",
    "entry_approved",
    "entry_talk",
    "entry_late",
    "entry_taken_back",
    "step_done",
    "goal_answered",
    "meeting_new",
    "meeting_answered",
    "consent_given",
    "consent_revoked",
    "assessment_shown",
    "assessment_read",
    "device_new",
    "meeting_moved",
    "meeting_cancelled",
    "meeting_restored",
    "meeting_expired",
    "meeting_soon",
    "minutes_shared",
    "minutes_answered",
)
NEW_KINDS = ("meeting_changed", "meeting_task_late")
KIND_CHECK = "ck_notice_noticekind"
MOMENT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
RULE = "CONSTRAINT ck_meeting_offers_until CHECK (offers_until IS NULL OR state IN ('agreed', 'held'))"
ONE_OPEN, ONE_OPEN_EACH = "uq_meeting_task_one_open", "uq_meeting_task_one_open_each"
# What was offered beside an agreed meeting before this step ends when the first of it would begin.
END_OFFERS = """
UPDATE meeting SET offers_until = (
    SELECT min(starts_at) FROM meeting_option WHERE meeting_id = meeting.id AND state = 'open'
) WHERE state = 'agreed'
"""


def upgrade() -> None:
    _allow_kinds((*KINDS, *NEW_KINDS))
    op.execute(f"ALTER TABLE meeting ADD COLUMN offers_until {MOMENT[op.get_bind().dialect.name]} {RULE}")
    op.execute(END_OFFERS)
    op.drop_index(ONE_OPEN, table_name="meeting_task")
    _one_open(ONE_OPEN, ["meeting_id", "kind"], "done_at IS NULL AND person_id IS NULL")
    _one_open(ONE_OPEN_EACH, ["meeting_id", "kind", "person_id"], "done_at IS NULL")


def _allow_kinds(kinds: tuple[str, ...]) -> None:
    """Let a notice be of one of these kinds alone."""
    allowed = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f(KIND_CHECK), type_="check")
        notice.create_check_constraint(op.f(KIND_CHECK), allowed)


def _one_open(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "meeting_task", columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    for name in (ONE_OPEN_EACH, ONE_OPEN):
        op.drop_index(name, table_name="meeting_task")
    # One task a meeting and kind was all that the step before knew of: one stays.
    op.execute(
        "DELETE FROM meeting_task WHERE done_at IS NULL AND EXISTS (SELECT 1 FROM meeting_task AS older"
        " WHERE older.meeting_id = meeting_task.meeting_id AND older.kind = meeting_task.kind"
        " AND older.done_at IS NULL AND older.id < meeting_task.id)"
    )
    _one_open(ONE_OPEN, ["meeting_id", "kind"], "done_at IS NULL")
    op.drop_column("meeting", "offers_until")
    new = ", ".join(repr(kind) for kind in NEW_KINDS)
    op.execute(f"DELETE FROM notice WHERE kind IN ({new})")
    _allow_kinds(KINDS)
