"""What is old is found by an index, and how far each rule of retention has come is noted.

What a file changed of a meeting last is noted too.

The key of a look in the access log covers every row now, so that the rows of a sign-in are found by it. It
refuses as before: where one of its columns is null no two rows are the same.
"""

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

LOOK = "uq_access_log_entry_look"
LOOK_COLUMNS = ["session_id", "citizen_id", "action", "relation"]
LOOKS = "citizen_id IS NOT NULL AND session_id IS NOT NULL"
# Table, column, and of which rows.
INDEXES = (
    ("access_log_entry", "list_digest", "list_digest IS NOT NULL"),
    ("login_session", "opened_at", None),
    ("notice", "seen_at", "seen_at IS NOT NULL"),
    ("meeting_reminder", "due_at", None),
    ("meeting_task", "done_at", "done_at IS NOT NULL"),
    ("queued_proposal", "settled_at", "settled_at IS NOT NULL"),
    ("invitation", "expires_at", None),
    ("passkey", "revoked_at", "revoked_at IS NOT NULL"),
    ("calendar_feed", "revoked_at", "revoked_at IS NOT NULL"),
)


def upgrade() -> None:
    op.create_table(
        "retention_mark",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(trim(rule)) BETWEEN 1 AND 40", name=op.f("ck_retention_mark_rule_length")),
        sa.CheckConstraint("deleted >= 0", name=op.f("ck_retention_mark_deleted")),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_retention_mark")),
    )
    op.add_column("meeting", sa.Column("file_sequence", sa.Integer(), nullable=True))
    _look_again(None)
    for table, column, rows in INDEXES:
        where = sa.text(rows) if rows else None
        name = f"ix_{table}_{column}"
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table, column, _rows in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    _look_again(LOOKS)
    op.drop_column("meeting", "file_sequence")
    op.drop_table("retention_mark")


def _look_again(of: str | None) -> None:
    where = sa.text(of) if of else None
    op.drop_index(LOOK, table_name="access_log_entry")
    op.create_index(
        LOOK, "access_log_entry", LOOK_COLUMNS, unique=True, sqlite_where=where, postgresql_where=where
    )
