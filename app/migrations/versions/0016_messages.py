"""Messages get a thread of their own, with drafts and the question whether one may stand in the plan."""

import sqlalchemy as sa
from alembic import op

from app.store.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ABOUT = (
    ("(about_kind IS NULL) = (about_id IS NULL)", "about_whole"),
    ("about_kind IS NULL OR length(about_kind) BETWEEN 1 AND 20", "about_length"),
)
WORDS = ("length(trim(words)) BETWEEN 1 AND 4000", "words_length")
KINDS = (
    *("message_sent", "message_late", "message_removed"),
    *("plan_requested", "plan_answered", "drafts_moved"),
)


def upgrade() -> None:
    op.add_column("meeting", sa.Column("message_id", sa.Uuid(), nullable=True))
    _create_tables()
    op.add_column("cover", sa.Column("needs_plan", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("cover") as covers:
        covers.alter_column("needs_plan", server_default=None)


def _create_tables() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("is_talk", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("about_kind", sa.String(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("late_at", UtcDateTime(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_message_{name}"))
            for rule, name in (
                WORDS,
                *ABOUT,
                ("read_at IS NULL OR read_at >= sent_at", "read_after"),
                ("answer_by IS NOT NULL OR settled_at IS NULL", "settled_had_day"),
                ("settled_at IS NOT NULL OR settled_by_id IS NULL", "settled_by"),
                ("late_at IS NULL OR (answer_by IS NOT NULL AND settled_at IS NULL)", "late_waits"),
                ("(removed_at IS NULL) = (removed_by IS NULL)", "removed_by_somebody"),
                ("removed_at IS NULL OR NOT is_talk", "talk_stands"),
            )
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_message_{name}_person"))
            for name in ("citizen_id", "author_id", "removed_by")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["message.id"], name=op.f("fk_message_settled_by_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_citizen_id_sent_at", "message", ["citizen_id", "sent_at"])
    waits = sa.text("answer_by IS NOT NULL AND settled_at IS NULL")
    op.create_index(
        "ix_message_answer_by", "message", ["answer_by"], sqlite_where=waits, postgresql_where=waits
    )
    op.create_table(
        "message_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("about_kind", sa.String(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_message_draft_{name}")) for rule, name in (WORDS, *ABOUT)),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_message_draft_{name}_person"))
            for name in ("citizen_id", "author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_draft")),
    )
    op.create_index("ix_message_draft_author_id_citizen_id", "message_draft", ["author_id", "citizen_id"])
    answers = sa.Enum("yes", "no", name="plananswer", native_enum=False, length=20, create_constraint=False)
    op.create_table(
        "plan_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", answers, nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_plan_request_{name}"))
            for rule, name in (
                ("answer IN ('yes', 'no')", "plananswer"),
                ("(answer IS NULL) = (answered_at IS NULL)", "answered"),
                ("entry_id IS NULL OR answer = 'yes'", "entry_has_yes"),
            )
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_plan_request_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_plan_request_asked_by_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_plan_request_entry_id_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_request")),
    )
    op.create_index(op.f("ix_plan_request_message_id"), "plan_request", ["message_id"])
    is_open = sa.text("answer IS NULL")
    op.create_index(
        "uq_plan_request_open",
        "plan_request",
        ["message_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    op.drop_column("meeting", "message_id")
    op.drop_table("plan_request")
    op.drop_table("message_draft")
    op.drop_table("message")
    with op.batch_alter_table("cover") as covers:
        covers.drop_column("needs_plan")
    op.execute(f"DELETE FROM notice WHERE kind IN ({', '.join(map(repr, KINDS))})")
