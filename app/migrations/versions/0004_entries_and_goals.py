"""Entries and goals."""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "dream",
                "goal",
                "step",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "shared",
                "talk",
                "in_plan",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shared_version", sa.Integer(), nullable=True),
        sa.Column("approved_version", sa.Integer(), nullable=True),
        sa.Column("written_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("shared_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("late_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'shared') = (answer_by IS NOT NULL)", name=op.f("ck_entry_shared_has_day")
        ),
        sa.CheckConstraint("(state = 'talk') = (reply IS NOT NULL)", name=op.f("ck_entry_talk_has_reply")),
        sa.CheckConstraint(
            "state != 'in_plan' OR approved_version IS NOT NULL", name=op.f("ck_entry_in_plan_has_version")
        ),
        sa.CheckConstraint(
            "state NOT IN ('shared', 'talk') OR shared_version IS NOT NULL",
            name=op.f("ck_entry_shared_has_version"),
        ),
        sa.CheckConstraint(
            "approved_version IS NULL OR approved_version <= version", name=op.f("ck_entry_approved_version")
        ),
        sa.CheckConstraint(
            "reply IS NULL OR length(trim(reply)) BETWEEN 1 AND 1000", name=op.f("ck_entry_reply_length")
        ),
        sa.CheckConstraint(
            "shared_version IS NULL OR shared_version <= version", name=op.f("ck_entry_shared_version")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_entry_version")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_entry_answered_by_person")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_entry_author_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_entry_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_index("ix_entry_plan_id_state", "entry", ["plan_id", "state"], unique=False)
    op.create_index("ix_entry_state_answer_by", "entry", ["state", "answer_by"], unique=False)
    op.create_table(
        "promise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kept_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(trim(words)) BETWEEN 1 AND 300", name=op.f("ck_promise_words_length")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_promise_by_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_promise_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(op.f("ix_promise_plan_id"), "promise", ["plan_id"], unique=False)
    op.create_table(
        "entry_version",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("written_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "length(trim(words)) BETWEEN 1 AND 4000", name=op.f("ck_entry_version_words_length")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_entry_version_author_id_person")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_entry_version_entry_id_entry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "number", name=op.f("pk_entry_version")),
    )
    op.create_table(
        "goal",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("dream_id", sa.Uuid(), nullable=True),
        sa.Column("because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "because IS NULL OR length(because) BETWEEN 1 AND 300", name=op.f("ck_goal_because_length")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["life_area.id"], name=op.f("fk_goal_area_id_life_area")),
        sa.ForeignKeyConstraint(["dream_id"], ["entry.id"], name=op.f("fk_goal_dream_id_entry")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_goal_entry_id_entry"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_goal")),
    )
    op.create_table(
        "entry_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "written",
                "shared",
                "taken_back",
                "approved",
                "talk",
                "late",
                name="happening",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.CheckConstraint(
            "words IS NULL OR length(trim(words)) BETWEEN 1 AND 1000",
            name=op.f("ck_entry_event_words_length"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_entry_event_actor_id_person")),
        sa.ForeignKeyConstraint(
            ["entry_id", "version"],
            ["entry_version.entry_id", "entry_version.number"],
            name=op.f("fk_entry_event_entry_id_version_entry_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_event")),
    )
    op.create_index(op.f("ix_entry_event_entry_id"), "entry_event", ["entry_id"], unique=False)
    op.create_table(
        "goal_response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "agree",
                "disagree",
                "unsure",
                "talk",
                name="agreement",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "words IS NULL OR length(trim(words)) BETWEEN 1 AND 1000",
            name=op.f("ck_goal_response_words_length"),
        ),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["goal.entry_id"], name=op.f("fk_goal_response_goal_id_goal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_response_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_response")),
    )
    op.create_index(op.f("ix_goal_response_goal_id"), "goal_response", ["goal_id"], unique=False)
    op.create_table(
        "step",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("doer_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_step_done_by_somebody")),
        sa.ForeignKeyConstraint(["doer_id"], ["person.id"], name=op.f("fk_step_doer_id_person")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_step_done_by_person")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_step_entry_id_entry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.entry_id"], name=op.f("fk_step_goal_id_goal")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_step")),
    )


def downgrade() -> None:
    op.drop_table("step")
    op.drop_table("goal_response")
    op.drop_table("entry_event")
    op.drop_table("goal")
    op.drop_table("entry_version")
    op.drop_table("promise")
    op.drop_table("entry")
