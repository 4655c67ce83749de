"""Assessments, and two more kinds of notices."""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = (
    "entry_shared",
    "entry_approved",
    "entry_talk",
    "entry_late",
    "entry_taken_back",
    "step_done",
    "goal_answered",
    "meeting_new",
    "meeting_answered",
    "consent_given",
    "consent_revoked",
)
NEW_KINDS = ("assessment_shown", "assessment_read")
KIND_CHECK = "ck_notice_noticekind"


def upgrade() -> None:
    _create_questions()
    _create_assessments()
    _allow_kinds((*KINDS, *NEW_KINDS))


def _create_questions() -> None:
    op.create_table(
        "question_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_question_set_version")),
        sa.CheckConstraint("length(trim(key)) BETWEEN 1 AND 40", name=op.f("ck_question_set_key_length")),
        sa.CheckConstraint(
            "length(trim(owner)) BETWEEN 1 AND 200", name=op.f("ck_question_set_owner_length")
        ),
        sa.CheckConstraint(
            "length(trim(licence)) BETWEEN 1 AND 100", name=op.f("ck_question_set_licence_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_set")),
        sa.UniqueConstraint("key", "version", name="uq_question_set_version"),
    )
    op.create_table(
        "question_step",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("value BETWEEN 1 AND 5", name=op.f("ck_question_step_value")),
        sa.CheckConstraint(
            "length(trim(words)) BETWEEN 1 AND 60", name=op.f("ck_question_step_words_length")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_question_step_set_id_question_set")
        ),
        sa.PrimaryKeyConstraint("set_id", "value", name=op.f("pk_question_step")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_question_position")),
        sa.CheckConstraint("length(trim(topic)) BETWEEN 1 AND 40", name=op.f("ck_question_topic_length")),
        sa.CheckConstraint("length(trim(title)) BETWEEN 1 AND 100", name=op.f("ck_question_title_length")),
        sa.CheckConstraint("length(trim(text)) BETWEEN 1 AND 200", name=op.f("ck_question_text_length")),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_question_set_id_question_set")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("set_id", "position", name="uq_question_position"),
        sa.UniqueConstraint("set_id", "topic", name="uq_question_topic"),
    )


def _create_assessments() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "private",
                "shared",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("shown_to", sa.Uuid(), nullable=True),
        sa.Column("shown_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "words IS NULL OR length(trim(words)) BETWEEN 1 AND 300", name=op.f("ck_assessment_words_length")
        ),
        sa.CheckConstraint(
            "(state = 'shared') = (shown_to IS NOT NULL)", name=op.f("ck_assessment_shared_has_reader")
        ),
        sa.CheckConstraint(
            "(shown_to IS NULL) = (shown_at IS NULL)", name=op.f("ck_assessment_shown_has_time")
        ),
        sa.ForeignKeyConstraint(["citizen_id"], ["person.id"], name=op.f("fk_assessment_citizen_id_person")),
        sa.ForeignKeyConstraint(["shown_to"], ["person.id"], name=op.f("fk_assessment_shown_to_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index(
        "ix_assessment_citizen_id_given_at", "assessment", ["citizen_id", "given_at"], unique=False
    )
    op.create_table(
        "assessment_answer",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "given",
                "skipped",
                "declined",
                name="answerkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.CheckConstraint("value IS NULL OR value BETWEEN 1 AND 5", name=op.f("ck_assessment_answer_value")),
        sa.CheckConstraint(
            "(kind = 'given') = (value IS NOT NULL)", name=op.f("ck_assessment_answer_given_has_value")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_answer_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_assessment_answer_question_id_question")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "question_id", name=op.f("pk_assessment_answer")),
    )
    op.create_table(
        "assessment_reading",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        sa.Column("read_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), nullable=True),
        sa.CheckConstraint(
            "reply IS NULL OR length(trim(reply)) BETWEEN 1 AND 1000",
            name=op.f("ck_assessment_reading_reply_length"),
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_reading_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["person.id"], name=op.f("fk_assessment_reading_contact_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["read_by"], ["person.id"], name=op.f("fk_assessment_reading_read_by_person")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "contact_id", name=op.f("pk_assessment_reading")),
    )


def _allow_kinds(kinds: tuple[str, ...]) -> None:
    """Let a notice be of one of these kinds alone."""
    allowed = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f(KIND_CHECK), type_="check")
        notice.create_check_constraint(op.f(KIND_CHECK), allowed)


def downgrade() -> None:
    new = ", ".join(repr(kind) for kind in NEW_KINDS)
    op.execute(f"DELETE FROM notice WHERE kind IN ({new})")
    _allow_kinds(KINDS)
    for table in (
        "assessment_reading",
        "assessment_answer",
        "assessment",
        "question",
        "question_step",
        "question_set",
    ):
        op.drop_table(table)
