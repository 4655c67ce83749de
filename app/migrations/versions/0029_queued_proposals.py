"""A third proposal waits in line at the contact person."""

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STATES = ("queued", "sent", "returned")
RULES = (
    ("state IN ('queued', 'sent', 'returned')", "queuestate"),
    ("(state = 'queued') = (settled_at IS NULL)", "settled"),
    ("(state = 'sent') = (meeting_id IS NOT NULL)", "sent_meeting"),
    ("settled_by IS NULL OR settled_at IS NOT NULL", "settled_by"),
    ("state <> 'sent' OR settled_by IS NOT NULL", "sent_by"),
    ("length(request) BETWEEN 2 AND 20000", "request_length"),
    ("length(request_key) BETWEEN 1 AND 300", "request_key_length"),
)
KINDS = ("proposal_returned", "proposal_sent")


def upgrade() -> None:
    states = sa.Enum(*STATES, name="queuestate", native_enum=False, length=20, create_constraint=False)
    op.create_table(
        "queued_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_queued_proposal_{name}")) for rule, name in RULES),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_queued_proposal_{name}_person"))
            for name in ("citizen_id", "maker_id", "settled_by")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_queued_proposal_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queued_proposal")),
        sa.UniqueConstraint("request_key", name=op.f("uq_queued_proposal_request_key")),
    )
    op.create_index("ix_queued_proposal_citizen_id", "queued_proposal", ["citizen_id", "created_at"])
    waits = sa.text("state = 'queued'")
    op.create_index(
        "ix_queued_proposal_first_at",
        "queued_proposal",
        ["first_at"],
        sqlite_where=waits,
        postgresql_where=waits,
    )


def downgrade() -> None:
    op.drop_table("queued_proposal")
    op.execute(f"DELETE FROM notice WHERE kind IN ({', '.join(map(repr, KINDS))})")
