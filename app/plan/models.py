from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.access.policy import PlanExtent
from app.plan.rules import PlanState
from app.store.db import UtcDateTime, enum_column, length_check


class LifeArea(SQLModel, table=True):
    """A part of life (livsområde) as this municipality divides it."""

    __tablename__ = "life_area"
    __table_args__ = (UniqueConstraint("municipality_id", "name"), length_check("name", 60))

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    municipality_id: UUID = Field(foreign_key="municipality.id")
    name: str
    position: int


class Plan(SQLModel, table=True):
    """A citizen's one plan. The database refuses a second open one, and an active one without a yes."""

    __table_args__ = (
        CheckConstraint("revision >= 0", "revision"),
        CheckConstraint("state != 'active' OR consent_id IS NOT NULL", "active_needs_consent"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", "closed_has_time"),
        Index(
            "uq_plan_one_open",
            "citizen_id",
            unique=True,
            sqlite_where=text("state != 'closed'"),
            postgresql_where=text("state != 'closed'"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    state: PlanState = Field(default=PlanState.WAITING, sa_type=enum_column(PlanState))
    revision: int = 0  # grows by one in the same transaction as anything a reader can see
    consent_id: UUID | None = Field(default=None, foreign_key="consent.id")  # null: no yes yet
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not closed


class PlanRevision(SQLModel, table=True):
    """One visible change of a plan: which, by whom, when. What it was stands where it happened."""

    __tablename__ = "plan_revision"
    __table_args__ = (UniqueConstraint("plan_id", "number"), length_check("what", 40))

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")  # null: the app itself
    what: str


class ContactAssignment(SQLModel, table=True):
    """Who is a citizen's contact person (kontaktperson), from-to. One at a time: the database says so."""

    __tablename__ = "contact_assignment"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", "order"),
        CheckConstraint("helps_with IS NULL OR length(helps_with) BETWEEN 1 AND 300", "helps_with_length"),
        Index(
            "uq_contact_assignment_one_open",
            "citizen_id",
            unique=True,
            sqlite_where=text("ends_at IS NULL"),
            postgresql_where=text("ends_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    helps_with: str | None = None  # what this person does for the citizen; null: the usual
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: now


class ContactHandover(SQLModel, table=True):
    """That a citizen goes over to another contact person (overdragelse) on a day, and what is said of it.

    The assignment alone says who it is: this row is what is to be, until the day has come. One at a time.
    """

    __tablename__ = "contact_handover"
    __table_args__ = (
        CheckConstraint("from_id != to_id", "somebody_else"),
        CheckConstraint("citizen_id != to_id", "not_their_own"),
        CheckConstraint("done_at IS NULL OR withdrawn_at IS NULL", "done_or_withdrawn"),
        CheckConstraint("note IS NULL OR length(trim(note)) BETWEEN 1 AND 1000", "note_length"),
        Index(
            "uq_contact_handover_one_open",
            "citizen_id",
            unique=True,
            sqlite_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index(
            "ix_contact_handover_unasked",
            "done_at",
            sqlite_where=text("meetings_asked_at IS NULL"),
            postgresql_where=text("meetings_asked_at IS NULL"),
        ),
        Index("ix_contact_handover_registered_by", "registered_by", "done_at"),  # what somebody can undo
        Index(
            "ix_contact_handover_due",
            "takes_over_on",
            sqlite_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    from_id: UUID = Field(foreign_key="person.id", index=True)
    to_id: UUID = Field(foreign_key="person.id", index=True)
    takes_over_on: date
    note: str | None = None  # to who takes over, and the citizen reads it too; null: nothing
    # Who decided it; the citizen's own id: nobody here did, a list of people says it, and nobody undoes that.
    registered_by: UUID = Field(foreign_key="person.id")
    registered_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not yet, or not at all
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it stands
    # When who took over was asked about the meetings that the one before is still in; null: not yet.
    meetings_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PlanLook(SQLModel, table=True):
    """How far somebody who helps has seen a plan: the revision that stood when they opened it last."""

    __tablename__ = "plan_look"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", primary_key=True, index=True)
    revision: int


class CaseloadFilter(SQLModel, table=True):
    """Which of their citizens somebody wants to see on the list, until they want it otherwise."""

    __tablename__ = "caseload_filter"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    waits: bool = False  # those who wait for the reader alone; the others likewise
    no_consent: bool = False
    interpreter: bool = False
    changed: bool = False
    area_id: UUID | None = Field(default=None, foreign_key="life_area.id")  # null: in whichever area


class TeamMembership(SQLModel, table=True):
    """A professional (fagperson) who helps one citizen in one area of life, from a day to another."""

    __tablename__ = "team_membership"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", "order"),
        CheckConstraint("helps_with IS NULL OR length(helps_with) BETWEEN 1 AND 300", "helps_with_length"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    area_id: UUID = Field(foreign_key="life_area.id")
    helps_with: str | None = None  # in plain words; null: the area says it
    starts_on: date
    ends_on: date | None = None  # null: no end is set


class PlanAccess(SQLModel, table=True):
    """What the citizen has said a professional may see of the plan. Never deleted: another closes it.

    It holds for whatever they help with, also later on. Who is not spoken of sees the whole plan.
    """

    __tablename__ = "plan_access"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", "order"),
        CheckConstraint("to_on IS NULL OR extent != 'none'", "none_has_no_end"),
        CheckConstraint("replaced_at IS NULL OR replaced_at >= set_at", "replaced_after"),
        CheckConstraint("person_id != citizen_id", "somebody_else"),
        Index(
            "uq_plan_access_one_standing",
            "citizen_id",
            "person_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    extent: PlanExtent = Field(sa_type=enum_column(PlanExtent))
    from_on: date
    to_on: date | None = None  # the last day; after it they see nothing of the plan. null: no end is set
    set_at: datetime = Field(sa_type=UtcDateTime)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: it is what counts


class Absence(SQLModel, table=True):
    """A member of staff is away; the substitute (vikar) stands in with the same rights while it lasts.

    Why is written nowhere.
    """

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", "order"),
        CheckConstraint("person_id != substitute_id", "somebody_else"),
        Index("ix_absence_person_id_ends_at", "person_id", "ends_at"),  # what is over is not looked at
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    substitute_id: UUID = Field(foreign_key="person.id", index=True)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    # null: from before it was written down
    registered_by: UUID | None = Field(default=None, foreign_key="person.id")


class Cover(SQLModel, table=True):
    """A substitute let in to one citizen because an answer is late, until the answer is given."""

    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", "order"),
        Index(
            "uq_cover_open",
            "about_id",
            unique=True,
            sqlite_where=text("ends_at IS NULL"),
            postgresql_where=text("ends_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    citizen_id: UUID = Field(foreign_key="person.id", index=True)
    substitute_id: UUID = Field(foreign_key="person.id", index=True)
    about_id: UUID  # what is late: an entry, a task about a meeting, a message
    needs_plan: bool = True  # False: it holds with the plan closed too, for a message
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # null: not answered yet
