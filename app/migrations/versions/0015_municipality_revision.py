"""The database counts each change of a name, or of what else pages show of people and places."""

import sqlalchemy as sa
from alembic import op

from app.plan.shown_columns import FUNCTION, SHOWN, TRIGGERS

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("municipality", sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False))
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(FUNCTION)
    for trigger in TRIGGERS[dialect].values():
        op.execute(trigger)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in SHOWN:
        op.execute(f"DROP TRIGGER {table}_shown" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION municipality_shown()")
    op.execute("ALTER TABLE municipality DROP COLUMN revision")
