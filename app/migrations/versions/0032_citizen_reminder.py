"""What those who help want to remember about a citizen, by a day."""

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

RULES = (
    ("length(trim(words)) BETWEEN 1 AND 100", "words_length"),
    ("version >= 1", "version"),
    ("author_id != citizen_id", "somebody_else"),
    ("(done_at IS NULL) = (done_by IS NULL)", "done_by_somebody"),
    ("done_at IS NULL OR done_at >= created_at", "done_after"),
)


def upgrade() -> None:
    op.create_table(
        "citizen_reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_citizen_reminder_{name}")) for rule, name in RULES),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_citizen_reminder_{name}_person"))
            for name in ("citizen_id", "author_id", "done_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_reminder")),
    )
    not_done = sa.text("done_at IS NULL")
    op.create_index(
        "ix_citizen_reminder_open",
        "citizen_reminder",
        ["citizen_id"],
        sqlite_where=not_done,
        postgresql_where=not_done,
    )
    op.create_index("ix_citizen_reminder_done", "citizen_reminder", ["citizen_id", "done_at"])


def downgrade() -> None:
    op.drop_table("citizen_reminder")
