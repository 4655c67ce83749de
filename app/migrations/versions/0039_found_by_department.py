"""Who works in a department is found by it.

A leader's pages looked through everybody who has a role in the municipality for those of one department.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

HAS_ONE = sa.text("department_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_person_department_id",
        "person",
        ["department_id"],
        sqlite_where=HAS_ONE,
        postgresql_where=HAS_ONE,
    )


def downgrade() -> None:
    op.drop_index("ix_person_department_id", table_name="person")
