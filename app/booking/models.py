from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.booking.rules import QueueState, TaskKind
from app.store.db import UtcDateTime, enum_column

WAITING = text("sent_at IS NULL AND dropped_at IS NULL")
OPEN = text("done_at IS NULL")
DONE = text("done_at IS NOT NULL")
QUEUED = text("state = 'queued'")
SETTLED = text("settled_at IS NOT NULL")
OPEN_OF_THE_CONTACT = text("done_at IS NULL AND person_id IS NULL")


class MeetingTask(SQLModel, table=True):
    """What somebody must settle about a meeting, by a day; the substitute is let in when it is late."""

    __tablename__ = "meeting_task"
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", "done_by_somebody"),
        Index("ix_meeting_task_open_due_on", "due_on", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_meeting_task_done_at", "done_at", sqlite_where=DONE, postgresql_where=DONE),
        Index(
            "uq_meeting_task_one_open",
            "meeting_id",
            "kind",
            unique=True,
            sqlite_where=OPEN_OF_THE_CONTACT,
            postgresql_where=OPEN_OF_THE_CONTACT,
        ),
        Index(
            "uq_meeting_task_one_open_each",
            "meeting_id",
            "kind",
            "person_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    meeting_id: UUID = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    kind: TaskKind = Field(sa_type=enum_column(TaskKind))
    person_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: the contact person of now
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_on: date
    late_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not escalated
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: open
    done_by: UUID | None = Field(default=None, foreign_key="person.id")


class MeetingReminder(SQLModel, table=True):
    """A reminder of one state of a meeting, sent at most once; its state is read when it is sent."""

    __tablename__ = "meeting_reminder"
    __table_args__ = (
        UniqueConstraint("meeting_id", "sequence", "minutes_before", name="uq_meeting_reminder_once"),
        CheckConstraint("minutes_before > 0", "minutes_before"),
        CheckConstraint("sent_at IS NULL OR dropped_at IS NULL", "sent_or_dropped"),
        Index("ix_meeting_reminder_waiting", "due_at", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.id", ondelete="CASCADE")
    sequence: int  # of the meeting it speaks of
    minutes_before: int  # on the wall: "7 days before" is the same time of day
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dropped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # too late, or no longer true


class QueuedProposal(SQLModel, table=True):
    """A proposal that waits at the contact person: it holds no times, and is checked when sent."""

    __tablename__ = "queued_proposal"
    __table_args__ = (
        CheckConstraint("(state = 'queued') = (settled_at IS NULL)", "settled"),
        CheckConstraint("(state = 'sent') = (meeting_id IS NOT NULL)", "sent_meeting"),
        CheckConstraint("settled_by IS NULL OR settled_at IS NOT NULL", "settled_by"),
        CheckConstraint("state <> 'sent' OR settled_by IS NOT NULL", "sent_by"),
        CheckConstraint("length(request) BETWEEN 2 AND 20000", "request_length"),
        CheckConstraint("length(request_key) BETWEEN 1 AND 300", "request_key_length"),
        UniqueConstraint("request_key", name="uq_queued_proposal_request_key"),
        Index("ix_queued_proposal_citizen_id", "citizen_id", "created_at"),
        Index("ix_queued_proposal_settled_at", "settled_at", sqlite_where=SETTLED, postgresql_where=SETTLED),
        Index("ix_queued_proposal_first_at", "first_at", sqlite_where=QUEUED, postgresql_where=QUEUED),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id")
    maker_id: UUID = Field(foreign_key="person.id")
    request_key: str  # of the form: tapped twice it is one
    request: str  # JSON: what is asked for, with its times (request_json)
    first_at: datetime = Field(sa_type=UtcDateTime)  # the first of its times: then it goes back
    created_at: datetime = Field(sa_type=UtcDateTime)
    state: QueueState = Field(default=QueueState.QUEUED, sa_type=enum_column(QueueState))
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it waits
    settled_by: UUID | None = Field(default=None, foreign_key="person.id")  # null: it waits, or time did it
    # null: it is not sent
    meeting_id: UUID | None = Field(default=None, foreign_key="meeting.id", ondelete="CASCADE")
