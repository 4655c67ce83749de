from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    column,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field, SQLModel

from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.no_overlap import AT_MOST_12_HOURS, NO_CLASH
from app.meetings.rules import Channel, OccupancyKind, ParticipantRole, Reply, SubjectKind
from app.store.db import UtcDateTime, enum_column, length_check

VIDEO_LINK = (
    "link IS NULL OR (channel = 'video' AND length(link) BETWEEN 10 AND 1000"
    " AND (substr(link, 1, 7) = 'http://' OR substr(link, 1, 8) = 'https://'))"
)


def at_most_12_hours() -> tuple[CheckConstraint, ...]:
    """Return the CHECK on the length of a span, as each database writes it."""
    return tuple(
        CheckConstraint(sql, "length").ddl_if(dialect=dialect) for dialect, sql in AT_MOST_12_HOURS.items()
    )


class CalendarSubject(SQLModel, table=True):
    """Whoever or whatever can be in one place at a time: the row that is locked before a booking.

    A person's subject has the person's id.
    """

    __tablename__ = "calendar_subject"
    __table_args__ = (Index("ix_calendar_subject_kind_place_id", "kind", "place_id"),)

    id: UUID = Field(primary_key=True)
    kind: SubjectKind = Field(sa_type=enum_column(SubjectKind))
    name: str | None = None  # a room's or an interpreter's; null: a person's name stands with the person
    language: str | None = None  # what an interpreter speaks; null: no interpreter
    place_id: UUID | None = Field(default=None, foreign_key="place.id")  # where a room is; null: no room


class Place(SQLModel, table=True):
    """Where meetings are held (sted): its address, and how to get there."""

    __table_args__ = (
        length_check("name", 100),
        length_check("address", 200),
        CheckConstraint("directions IS NULL OR length(directions) BETWEEN 1 AND 300", "directions_length"),
        UniqueConstraint("municipality_id", "name", name="uq_place_name"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    municipality_id: UUID = Field(foreign_key="municipality.id")
    name: str
    address: str
    directions: str | None = None  # null: not told
    # A citizen's pages don't tell of a meeting there, as the municipality's TOML says.
    hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Travel(SQLModel, table=True):
    """How long it takes from one place to another, either way. No row: the usual time."""

    __table_args__ = (
        CheckConstraint("minutes BETWEEN 0 AND 240", "minutes"),
        CheckConstraint("from_id != to_id", "two_places"),
    )

    from_id: UUID = Field(foreign_key="place.id", primary_key=True, ondelete="CASCADE")
    to_id: UUID = Field(foreign_key="place.id", primary_key=True, ondelete="CASCADE")
    minutes: int


class MeetingSeries(SQLModel, table=True):
    """Meetings that were asked for together. Each is a meeting of its own; the rule explains and extends."""

    __tablename__ = "meeting_series"
    __table_args__ = (
        CheckConstraint("every_weeks BETWEEN 1 AND 8", "every_weeks"),
        CheckConstraint("occurrences BETWEEN 2 AND 30", "occurrences"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    every_weeks: int
    occurrences: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it runs its length


class Meeting(SQLModel, table=True):
    """One meeting (møde). `wall_start` with `tz` is the truth for the future; the UTC times follow."""

    __table_args__ = (
        UniqueConstraint("id", "starts_at", "ends_at", name="uq_meeting_times"),
        CheckConstraint("ends_at > starts_at", "order"),
        *at_most_12_hours(),
        CheckConstraint("sequence >= 0", "sequence"),
        length_check("purpose", 200),
        CheckConstraint("why IS NULL OR length(why) BETWEEN 1 AND 1000", "why_length"),
        CheckConstraint("bring IS NULL OR length(bring) BETWEEN 1 AND 300", "bring_length"),
        CheckConstraint("place IS NULL OR length(place) BETWEEN 1 AND 200", "place_length"),
        CheckConstraint("directions IS NULL OR length(directions) BETWEEN 1 AND 300", "directions_length"),
        CheckConstraint(VIDEO_LINK, "link"),
        CheckConstraint("length(wall_start) = 16", "wall_start_length"),
        CheckConstraint("cancelled_at IS NULL OR state = 'cancelled'", "cancelled_at"),
        CheckConstraint(
            "cancel_reason IS NULL OR length(cancel_reason) BETWEEN 1 AND 300", "cancel_reason_length"
        ),
        CheckConstraint("companion IS NULL OR length(companion) BETWEEN 1 AND 100", "companion_length"),
        CheckConstraint("expires_at IS NULL OR state IN ('proposed', 'expired')", "expires_at"),
        CheckConstraint("offers_until IS NULL OR state IN ('agreed', 'held')", "offers_until"),
        CheckConstraint("(series_id IS NULL) = (original_start IS NULL)", "original_start"),
        Index("ix_meeting_citizen_id_starts_at", "citizen_id", "starts_at"),
        Index(
            "ix_meeting_agreed_ends_at",
            "ends_at",
            sqlite_where=text("state = 'agreed'"),
            postgresql_where=text("state = 'agreed'"),
        ),
        Index("ix_meeting_organiser_id_ends_at", "organiser_id", "ends_at"),
        Index(
            "ix_meeting_proposed_starts_at",
            "starts_at",
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(
            "ix_meeting_state_expires_at",
            "state",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
        Index(
            "ix_meeting_offers_until",
            "offers_until",
            sqlite_where=text("offers_until IS NOT NULL"),
            postgresql_where=text("offers_until IS NOT NULL"),
        ),
        Index("uq_meeting_request_key", "request_key", unique=True),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id")
    organiser_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: a system booked
    system_id: UUID | None = Field(default=None, foreign_key="system_token.id")  # null: a person booked
    purpose: str  # what it is about, in the citizen's words: "Samtale om din bolig"
    why: str | None = None  # one plain sentence; null: the purpose says it
    bring: str | None = None  # null: nothing to bring
    duty: bool = False  # true: a duty; false: an offer
    channel: Channel = Field(sa_type=enum_column(Channel))
    place: str | None = None  # null: by phone or video, or at home
    directions: str | None = None  # how to get there; null: not told
    link: str | None = None  # to the video meeting, http(s); null: not known, or not by video
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    tz: str = "Europe/Copenhagen"
    wall_start: str  # YYYY-MM-DDTHH:MM on the wall in `tz`
    state: MeetingState = Field(sa_type=enum_column(MeetingState))
    sequence: int = 0  # grows by one for each change a citizen can see
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: as it was made
    place_id: UUID | None = Field(default=None, foreign_key="place.id", index=True)  # null: no known place
    series_id: UUID | None = Field(default=None, foreign_key="meeting_series.id", index=True)
    original_start: datetime | None = Field(default=None, sa_type=UtcDateTime)  # where the series put it
    expires_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime
    )  # when a proposal's times are freed
    offers_until: datetime | None = Field(
        default=None, sa_type=UtcDateTime
    )  # when other times that are held beside an agreed one are freed; null: none are
    request_key: str | None = None  # what asked for it; the same key gives the same meeting
    moved_from: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: never moved
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_by: UUID | None = Field(default=None, foreign_key="person.id")  # null: a system, or nobody
    cancel_reason: str | None = None  # in plain words; null: none was given, none is asked of a citizen
    companion: str | None = None  # who the citizen brings along
    message_id: UUID | None = None  # the message it was proposed because of, which may be gone; null: none
    file_sequence: int | None = None  # when a file changed it last: see calendar_sync; null: none has
    was: str | None = None  # JSON: how it was when she last answered; null: nothing has changed since


class MeetingOption(SQLModel, table=True):
    """One of the times that a proposal holds until the citizen answers."""

    __tablename__ = "meeting_option"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position", name="uq_meeting_option_position"),
        CheckConstraint("position BETWEEN 1 AND 3", "position"),
        CheckConstraint("ends_at > starts_at", "order"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.id", ondelete="CASCADE")
    position: int
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    state: OptionState = Field(sa_type=enum_column(OptionState))


class Participant(SQLModel, table=True):
    """Somebody in a meeting, and what they answered."""

    meeting_id: UUID = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    subject_id: UUID = Field(foreign_key="calendar_subject.id", primary_key=True, index=True)
    role: ParticipantRole = Field(sa_type=enum_column(ParticipantRole))
    reply: Reply | None = Field(default=None, sa_type=enum_column(Reply))  # null: has not answered
    replied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: has not answered


class Occupancy(SQLModel, table=True):
    """Time taken (optaget tid) for one subject. Two rows of a subject never overlap: the database refuses.

    Written by one function only. For a meeting, `exact_meeting_id` ties the times to the meeting's own, so
    that they cannot drift; held and travel times may differ.
    """

    __table_args__ = (
        ForeignKeyConstraint(
            ["exact_meeting_id", "starts_at", "ends_at"],
            ["meeting.id", "meeting.starts_at", "meeting.ends_at"],
            name="fk_occupancy_meeting_times",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        CheckConstraint("ends_at > starts_at", "order"),
        *at_most_12_hours(),
        CheckConstraint("(kind = 'meeting') = (exact_meeting_id IS NOT NULL)", "meeting_is_exact"),
        CheckConstraint("exact_meeting_id IS NULL OR exact_meeting_id = meeting_id", "same_meeting"),
        Index("ix_occupancy_subject_id_starts_at", "subject_id", "starts_at"),
        ExcludeConstraint(
            (column("subject_id"), "="),
            (func.tstzrange(column("starts_at"), column("ends_at")), "&&"),
            using="gist",
            name=NO_CLASH,
        ).ddl_if(dialect="postgresql"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    subject_id: UUID = Field(foreign_key="calendar_subject.id")
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    kind: OccupancyKind = Field(sa_type=enum_column(OccupancyKind))
    meeting_id: UUID = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    exact_meeting_id: UUID | None = None  # set exactly when kind is meeting
