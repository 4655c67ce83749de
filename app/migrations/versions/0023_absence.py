"""Meetings of somebody who is away are asked about one by one; who registered an absence is written down.

The columns are added to `absence`, and who registered what stands there is not known: they may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OLD = ("other_time", "cannot", "call", "cancelled", "expired", "busy_elsewhere", "leaving")
NEW = (*OLD, "away")
KIND, BY = "ck_meeting_task_taskkind", "fk_absence_registered_by_person"


def upgrade() -> None:
    _allow(NEW)
    with op.batch_alter_table("absence") as absence:
        absence.add_column(sa.Column("registered_by", sa.Uuid()))
        absence.create_foreign_key(op.f(BY), "person", ["registered_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("absence") as absence:
        absence.drop_constraint(op.f(BY), type_="foreignkey")
        absence.drop_column("registered_by")
    op.execute("DELETE FROM meeting_task WHERE kind = 'away'")
    _allow(OLD)


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{one}'" for one in kinds)
    with op.batch_alter_table("meeting_task") as task:
        task.drop_constraint(op.f(KIND), type_="check")
        task.create_check_constraint(op.f(KIND), f"kind IN ({listed})")
