"""Places and the way between them, series, and proposals of more than one time.

Columns are added to `meeting` one by one, with their rules: to make the table anew on SQLite would delete the
old one, and with it, by the cascade, all time that is taken.
"""

import sqlalchemy as sa
from alembic import op

import app.store.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TYPES = {
    "sqlite": {"uuid": "CHAR(32)", "moment": "DATETIME", "text": "VARCHAR"},
    "postgresql": {"uuid": "UUID", "moment": "TIMESTAMP WITH TIME ZONE", "text": "VARCHAR"},
}
# Table, column, type, rule. A rule that names another new column stands with the later of the two.
COLUMNS = (
    ("calendar_subject", "name", "text", ""),
    ("calendar_subject", "language", "text", ""),
    (
        "calendar_subject",
        "place_id",
        "uuid",
        "CONSTRAINT fk_calendar_subject_place_id_place REFERENCES place (id)",
    ),
    ("meeting", "changed_at", "moment", ""),
    ("meeting", "place_id", "uuid", "CONSTRAINT fk_meeting_place_id_place REFERENCES place (id)"),
    (
        "meeting",
        "series_id",
        "uuid",
        "CONSTRAINT fk_meeting_series_id_meeting_series REFERENCES meeting_series (id)",
    ),
    (
        "meeting",
        "original_start",
        "moment",
        "CONSTRAINT ck_meeting_original_start CHECK ((series_id IS NULL) = (original_start IS NULL))",
    ),
    (
        "meeting",
        "expires_at",
        "moment",
        "CONSTRAINT ck_meeting_expires_at CHECK (expires_at IS NULL OR state IN ('proposed', 'expired'))",
    ),
    ("meeting", "request_key", "text", ""),
    ("meeting", "moved_from", "moment", ""),
    (
        "meeting",
        "cancelled_at",
        "moment",
        "CONSTRAINT ck_meeting_cancelled_at CHECK (cancelled_at IS NULL OR state = 'cancelled')",
    ),
    ("meeting", "cancelled_by", "uuid", "CONSTRAINT fk_meeting_cancelled_by_person REFERENCES person (id)"),
    (
        "meeting",
        "cancel_reason",
        "text",
        "CONSTRAINT ck_meeting_cancel_reason_length "
        "CHECK (cancel_reason IS NULL OR length(cancel_reason) BETWEEN 1 AND 300)",
    ),
    (
        "meeting",
        "companion",
        "text",
        "CONSTRAINT ck_meeting_companion_length "
        "CHECK (companion IS NULL OR length(companion) BETWEEN 1 AND 100)",
    ),
)
INDEXES = (
    ("ix_meeting_place_id", "place_id", False),
    ("ix_meeting_series_id", "series_id", False),
    ("uq_meeting_request_key", "request_key", True),
)


def upgrade() -> None:
    _create_tables()
    types = TYPES[op.get_bind().dialect.name]
    for table, column, kind, rule in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {types[kind]} {rule}")
    for name, column, unique in INDEXES:
        op.create_index(name, "meeting", [column], unique=unique)


def _create_tables() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("directions", sa.String(), nullable=True),
        sa.CheckConstraint(
            "directions IS NULL OR length(directions) BETWEEN 1 AND 300",
            name=op.f("ck_place_directions_length"),
        ),
        sa.CheckConstraint("length(trim(address)) BETWEEN 1 AND 200", name=op.f("ck_place_address_length")),
        sa.CheckConstraint("length(trim(name)) BETWEEN 1 AND 100", name=op.f("ck_place_name_length")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_place_municipality_id_municipality")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("municipality_id", "name", name="uq_place_name"),
    )
    op.create_table(
        "travel",
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_id != to_id", name=op.f("ck_travel_two_places")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 240", name=op.f("ck_travel_minutes")),
        sa.ForeignKeyConstraint(
            ["from_id"], ["place.id"], name=op.f("fk_travel_from_id_place"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["place.id"], name=op.f("fk_travel_to_id_place"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("from_id", "to_id", name=op.f("pk_travel")),
    )
    op.create_table(
        "meeting_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("created_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", app.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("every_weeks BETWEEN 1 AND 8", name=op.f("ck_meeting_series_every_weeks")),
        sa.CheckConstraint("occurrences BETWEEN 2 AND 30", name=op.f("ck_meeting_series_occurrences")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["person.id"], name=op.f("fk_meeting_series_citizen_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
    )
    op.create_index(op.f("ix_meeting_series_citizen_id"), "meeting_series", ["citizen_id"], unique=False)
    op.create_table(
        "meeting_option",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", app.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "taken",
                "released",
                name="optionstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_option_order")),
        sa.CheckConstraint("position BETWEEN 1 AND 3", name=op.f("ck_meeting_option_position")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_option_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_option")),
        sa.UniqueConstraint("meeting_id", "position", name="uq_meeting_option_position"),
    )


def downgrade() -> None:
    for name, _column, _unique in INDEXES:
        op.drop_index(name, table_name="meeting")
    for table, column, _kind, _rule in reversed(COLUMNS):
        op.drop_column(table, column)
    for table in ("meeting_option", "meeting_series", "travel", "place"):
        op.drop_table(table)
