"""Calendar."""

import sqlalchemy as sa
from alembic import op

import app.store.db
from app.meetings.no_overlap import AT_MOST_12_HOURS, NO_CLASH, SQLITE_TRIGGERS

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    at_most_12_hours = AT_MOST_12_HOURS[op.get_bind().dialect.name]
    op.create_table(
        "calendar_subject",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "citizen",
                "professional",
                "room",
                "interpreter",
                name="subjectkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_subject")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=True),
        sa.Column("system_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("bring", sa.String(), nullable=True),
        sa.Column("duty", sa.Boolean(), nullable=False),
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
            nullable=False,
        ),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("directions", sa.String(), nullable=True),
        sa.Column("starts_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tz", sa.String(), nullable=False),
        sa.Column("wall_start", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "held",
                "cancelled",
                "expired",
                name="meetingstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "bring IS NULL OR length(bring) BETWEEN 1 AND 300", name=op.f("ck_meeting_bring_length")
        ),
        sa.CheckConstraint(
            "directions IS NULL OR length(directions) BETWEEN 1 AND 300",
            name=op.f("ck_meeting_directions_length"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_order")),
        sa.CheckConstraint(at_most_12_hours, name=op.f("ck_meeting_length")),
        sa.CheckConstraint("length(trim(purpose)) BETWEEN 1 AND 200", name=op.f("ck_meeting_purpose_length")),
        sa.CheckConstraint("length(wall_start) = 16", name=op.f("ck_meeting_wall_start_length")),
        sa.CheckConstraint(
            "place IS NULL OR length(place) BETWEEN 1 AND 200", name=op.f("ck_meeting_place_length")
        ),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_meeting_sequence")),
        sa.CheckConstraint(
            "why IS NULL OR length(why) BETWEEN 1 AND 1000", name=op.f("ck_meeting_why_length")
        ),
        sa.ForeignKeyConstraint(["citizen_id"], ["person.id"], name=op.f("fk_meeting_citizen_id_person")),
        sa.ForeignKeyConstraint(["organiser_id"], ["person.id"], name=op.f("fk_meeting_organiser_id_person")),
        sa.ForeignKeyConstraint(
            ["system_id"], ["system_token.id"], name=op.f("fk_meeting_system_id_system_token")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("id", "starts_at", "ends_at", name="uq_meeting_times"),
    )
    op.create_index("ix_meeting_citizen_id_starts_at", "meeting", ["citizen_id", "starts_at"], unique=False)
    op.create_table(
        "occupancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "meeting",
                "hold",
                "travel",
                name="occupancykind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("exact_meeting_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'meeting') = (exact_meeting_id IS NOT NULL)", name=op.f("ck_occupancy_meeting_is_exact")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_occupancy_order")),
        sa.CheckConstraint(at_most_12_hours, name=op.f("ck_occupancy_length")),
        sa.CheckConstraint(
            "exact_meeting_id IS NULL OR exact_meeting_id = meeting_id",
            name=op.f("ck_occupancy_same_meeting"),
        ),
        sa.ForeignKeyConstraint(
            ["exact_meeting_id", "starts_at", "ends_at"],
            ["meeting.id", "meeting.starts_at", "meeting.ends_at"],
            name="fk_occupancy_meeting_times",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_occupancy_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["calendar_subject.id"], name=op.f("fk_occupancy_subject_id_calendar_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy")),
    )
    op.create_index(op.f("ix_occupancy_meeting_id"), "occupancy", ["meeting_id"], unique=False)
    op.create_index(
        "ix_occupancy_subject_id_starts_at", "occupancy", ["subject_id", "starts_at"], unique=False
    )
    op.create_table(
        "participant",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "citizen",
                "required",
                "optional",
                "interpreter",
                "companion",
                name="participantrole",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "reply",
            sa.Enum(
                "coming",
                "other_time",
                "cannot",
                "call_me",
                name="reply",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("replied_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_participant_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["calendar_subject.id"], name=op.f("fk_participant_subject_id_calendar_subject")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "subject_id", name=op.f("pk_participant")),
    )
    _forbid_clashes()


def _forbid_clashes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in SQLITE_TRIGGERS.values():
            op.execute(trigger)
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        f"ALTER TABLE occupancy ADD CONSTRAINT {NO_CLASH} "
        "EXCLUDE USING gist (subject_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
    )


def downgrade() -> None:
    op.drop_table("participant")
    op.drop_table("occupancy")
    op.drop_table("meeting")
    op.drop_table("calendar_subject")
