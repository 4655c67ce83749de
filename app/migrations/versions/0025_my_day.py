"""The first page of those who help is a list of citizens: one row of the access log, as the others."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OLD = ("caseload:read", "late:read", "threads:read")
NEW = ("caseload:read", "late:read", "my_day:read", "threads:read")
LISTS = "ck_access_log_entry_lists"


def upgrade() -> None:
    _allow(NEW)


def downgrade() -> None:
    """The same list of citizens was seen by the same sign-in: what is noted already needs no second row."""
    entry = sa.table(
        "access_log_entry",
        sa.column("action", sa.String()),
        sa.column("session_id", sa.Uuid()),
        sa.column("list_digest", sa.String()),
    )
    noted = entry.alias("noted")
    again = sa.exists().where(
        noted.c.action == "caseload:read",
        noted.c.session_id == entry.c.session_id,
        noted.c.list_digest == entry.c.list_digest,
    )
    op.execute(sa.delete(entry).where(entry.c.action == "my_day:read", again))
    op.execute(sa.update(entry).where(entry.c.action == "my_day:read").values(action="caseload:read"))
    _allow(OLD)


def _allow(actions: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{one}'" for one in actions)
    with op.batch_alter_table("access_log_entry") as table:
        table.drop_constraint(op.f(LISTS), type_="check")
        table.create_check_constraint(op.f(LISTS), f"list_digest IS NULL OR action IN ({listed})")
