"""A citizen's wishes, what is talked and agreed about meetings, and calendars in and out."""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0009"
down_revision = "0008"
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
    "assessment_shown",
    "assessment_read",
    "device_new",
)
NEW_KINDS = (
    "meeting_moved",
    "meeting_cancelled",
    "meeting_restored",
    "meeting_expired",
    "meeting_soon",
    "minutes_shared",
    "minutes_answered",
)
KIND_CHECK = "ck_notice_noticekind"


def upgrade() -> None:
    _create_tables()
    _allow_kinds((*KINDS, *NEW_KINDS))


def _create_tables() -> None:
    op.create_table(
        "busy_source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("added_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tried_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.CheckConstraint(
            "fault IS NULL OR length(fault) BETWEEN 1 AND 40", name=op.f("ck_busy_source_fault_length")
        ),
        sa.CheckConstraint("length(trim(url)) BETWEEN 1 AND 2000", name=op.f("ck_busy_source_url_length")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_busy_source_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_source")),
        sa.UniqueConstraint("person_id", name=op.f("uq_busy_source_person_id")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("detailed", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(secret_hash) = 64", name=op.f("ck_calendar_feed_secret_hash_length")),
        sa.CheckConstraint("length(trim(name)) BETWEEN 1 AND 60", name=op.f("ck_calendar_feed_name_length")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feed_secret_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_person_id"), "calendar_feed", ["person_id"], unique=False)
    op.create_table(
        "calendar_limits",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("per_week", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("rest_after", sa.Boolean(), nullable=False),
        sa.Column("gather", sa.Boolean(), nullable=False),
        sa.Column("spread", sa.Boolean(), nullable=False),
        sa.Column("slow", sa.Boolean(), nullable=False),
        sa.Column(
            "part_of_day",
            sa.Enum(
                "morning",
                "midday",
                "afternoon",
                name="partofday",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "in_person",
                "phone",
                "video",
                "home",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("needs_interpreter", sa.Boolean(), nullable=False),
        sa.Column("companion", sa.String(), nullable=True),
        sa.Column("updated_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT (gather AND spread)", name=op.f("ck_calendar_limits_gather_or_spread")),
        sa.CheckConstraint(
            "companion IS NULL OR length(companion) BETWEEN 1 AND 100",
            name=op.f("ck_calendar_limits_companion_length"),
        ),
        sa.CheckConstraint("notice_days BETWEEN 0 AND 30", name=op.f("ck_calendar_limits_notice_days")),
        sa.CheckConstraint("per_day BETWEEN 1 AND 10", name=op.f("ck_calendar_limits_per_day")),
        sa.CheckConstraint("per_week BETWEEN 1 AND 30", name=op.f("ck_calendar_limits_per_week")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["person.id"], name=op.f("fk_calendar_limits_citizen_id_person")
        ),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_calendar_limits")),
    )
    op.create_table(
        "calendar_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "treatment",
                "child",
                "rest",
                "energy",
                "other",
                name="wishkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("until_time", sa.Time(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(from_time IS NULL) = (until_time IS NULL)", name=op.f("ck_calendar_wish_whole_day_or_both")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_calendar_wish_order"),
        ),
        sa.CheckConstraint(
            "from_time IS NULL OR from_time != until_time", name=op.f("ck_calendar_wish_some_time")
        ),
        sa.CheckConstraint(
            "weekday IS NULL OR weekday BETWEEN 0 AND 6", name=op.f("ck_calendar_wish_weekday")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["person.id"], name=op.f("fk_calendar_wish_citizen_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_wish")),
    )
    op.create_index(op.f("ix_calendar_wish_citizen_id"), "calendar_wish", ["citizen_id"], unique=False)
    op.create_table(
        "busy_time",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tentative", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_busy_time_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_busy_time_person_id_person")),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["busy_source.id"],
            name=op.f("fk_busy_time_source_id_busy_source"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_time")),
    )
    op.create_index("ix_busy_time_person_id_starts_at", "busy_time", ["person_id", "starts_at"], unique=False)
    op.create_index(op.f("ix_busy_time_source_id"), "busy_time", ["source_id"], unique=False)
    op.create_table(
        "meeting_minutes",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "shared", name="minutesstate", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("shared_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("own_words", sa.String(), nullable=True),
        sa.Column("own_words_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'shared') = (shared_at IS NOT NULL)", name=op.f("ck_meeting_minutes_shared_at")
        ),
        sa.CheckConstraint(
            "(own_words IS NULL) = (own_words_at IS NULL)", name=op.f("ck_meeting_minutes_own_words_at")
        ),
        sa.CheckConstraint(
            "length(trim(words)) BETWEEN 1 AND 4000", name=op.f("ck_meeting_minutes_words_length")
        ),
        sa.CheckConstraint(
            "own_words IS NULL OR length(own_words) BETWEEN 1 AND 2000",
            name=op.f("ck_meeting_minutes_own_words_length"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_meeting_minutes_version")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_meeting_minutes_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_minutes_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_minutes")),
    )
    op.create_table(
        "meeting_reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column("due_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes_before > 0", name=op.f("ck_meeting_reminder_minutes_before")),
        sa.CheckConstraint(
            "sent_at IS NULL OR dropped_at IS NULL", name=op.f("ck_meeting_reminder_sent_or_dropped")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_reminder_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_reminder")),
        sa.UniqueConstraint("meeting_id", "sequence", "minutes_before", name="uq_meeting_reminder_once"),
    )
    op.create_index(op.f("ix_meeting_reminder_due_at"), "meeting_reminder", ["due_at"], unique=False)
    op.create_table(
        "meeting_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "other_time",
                "cannot",
                "call",
                "cancelled",
                "expired",
                "busy_elsewhere",
                "leaving",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("late_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_meeting_task_done_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["person.id"], name=op.f("fk_meeting_task_citizen_id_person")
        ),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_meeting_task_done_by_person")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_task_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_task_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_task")),
    )
    op.create_index(op.f("ix_meeting_task_citizen_id"), "meeting_task", ["citizen_id"], unique=False)
    op.create_index(
        "uq_meeting_task_one_open",
        "meeting_task",
        ["meeting_id", "kind"],
        unique=True,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "meeting_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "step", "promise", name="agreementkind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("doer_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("placed_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind = 'step' OR due_on IS NOT NULL", name=op.f("ck_meeting_agreement_promise_has_a_day")
        ),
        sa.CheckConstraint(
            "length(trim(words)) BETWEEN 1 AND 500", name=op.f("ck_meeting_agreement_words_length")
        ),
        sa.CheckConstraint("position BETWEEN 1 AND 20", name=op.f("ck_meeting_agreement_position")),
        sa.ForeignKeyConstraint(["doer_id"], ["person.id"], name=op.f("fk_meeting_agreement_doer_id_person")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting_minutes.meeting_id"],
            name=op.f("fk_meeting_agreement_meeting_id_meeting_minutes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_agreement")),
        sa.UniqueConstraint("meeting_id", "position", name="uq_meeting_agreement_position"),
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
        "meeting_agreement",
        "meeting_minutes",
        "meeting_task",
        "meeting_reminder",
        "busy_time",
        "busy_source",
        "calendar_feed",
        "calendar_wish",
        "calendar_limits",
    ):
        op.drop_table(table)
