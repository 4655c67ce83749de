"""Who works in a department is found by it, what is late by its day, an absence by when it ends.

A leader's pages looked through everybody who has a role in the municipality for those of one department, and
read all that is late to show the oldest of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

HAS_ONE = sa.text("department_id IS NOT NULL")
IS_LATE = sa.text("late_at IS NOT NULL")
WAITING = ("entry", "message")


def upgrade() -> None:
    op.create_index(
        "ix_person_department_id",
        "person",
        ["department_id"],
        sqlite_where=HAS_ONE,
        postgresql_where=HAS_ONE,
    )
    for table in WAITING:
        op.drop_index(f"ix_{table}_late_at", table_name=table)
        op.create_index(
            f"ix_{table}_late", table, ["answer_by", "id"], sqlite_where=IS_LATE, postgresql_where=IS_LATE
        )
    op.drop_index("ix_absence_person_id", table_name="absence")
    op.create_index("ix_absence_person_id_ends_at", "absence", ["person_id", "ends_at"])


def downgrade() -> None:
    op.drop_index("ix_absence_person_id_ends_at", table_name="absence")
    op.create_index("ix_absence_person_id", "absence", ["person_id"])
    for table in WAITING:
        op.drop_index(f"ix_{table}_late", table_name=table)
        op.create_index(
            f"ix_{table}_late_at", table, ["late_at"], sqlite_where=IS_LATE, postgresql_where=IS_LATE
        )
    op.drop_index("ix_person_department_id", table_name="person")
