"""The database counts each change of a name, or of what else pages show of people and places."""

import sqlalchemy as sa
from alembic import op

from app.plan.shown_columns import count_changes

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# As they were: a later step makes the triggers anew for the columns that it adds.
SHOWN = {
    "person": (
        *("name", "phone", "email", "title", "office_hours", "born_on", "interpreter_language"),
        *("protected_address", "department_id", "substitute_id"),
    ),
    "department": ("name",),
    "life_area": ("name", "position"),
    "municipality": ("name",),
}


def upgrade() -> None:
    op.add_column("municipality", sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False))
    for statement in count_changes(op.get_bind().dialect.name, SHOWN):
        op.execute(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in SHOWN:
        op.execute(f"DROP TRIGGER {table}_shown" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION municipality_shown()")
    op.execute("ALTER TABLE municipality DROP COLUMN revision")
