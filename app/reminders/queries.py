"""Reminders as pages show them to one reader. Reads only."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlmodel import col, or_, select

from app.access.policy import Field, Subject, SubjectReader, may_see
from app.dates.local_time import danish_day
from app.errors import Missing
from app.identity.models import Person
from app.plan.tie_conditions import helps, is_contact
from app.reminders.models import CitizenReminder
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, select_columns

DONE_MOST = 20  # of those that are done, the newest

_ME = bindparam("me", type_=Uuid())
_CITIZEN = bindparam("citizen_id", type_=Uuid())
_IS_OPEN = col(CitizenReminder.done_at).is_(None)
_ROWS = select_columns(
    *(CitizenReminder.id, CitizenReminder.citizen_id, CitizenReminder.author_id, CitizenReminder.words),
    *(CitizenReminder.due_on, CitizenReminder.version, CitizenReminder.done_at, Person.name),
).join(Person, col(Person.id) == CitizenReminder.author_id)
_OF_CITIZEN = _ROWS.where(CitizenReminder.citizen_id == _CITIZEN)
_BY_DAY: Any = col(CitizenReminder.due_on), col(CitizenReminder.created_at), col(CitizenReminder.id)
_OPEN = _OF_CITIZEN.where(_IS_OPEN).order_by(*_BY_DAY)
_NEWEST: Any = col(CitizenReminder.done_at).desc(), col(CitizenReminder.id)
_DONE = _OF_CITIZEN.where(~_IS_OPEN).order_by(*_NEWEST).limit(DONE_MOST)
_ONE = _OF_CITIZEN.where(CitizenReminder.id == bindparam("reminder_id", type_=Uuid()))
_OF_ME = CitizenReminder.author_id == _ME
_OWN_OPEN = _OPEN.where(_OF_ME)
_OWN_DONE = _DONE.where(_OF_ME)
# Of who helps in an area it is theirs to do; of everybody else, who answers for the citizen.
_ANSWERED_FOR = or_(
    ~helps(CitizenReminder.citizen_id, CitizenReminder.author_id),
    is_contact(CitizenReminder.citizen_id, CitizenReminder.author_id),
)
_MINE: RowSelect = _ROWS.where(
    col(CitizenReminder.citizen_id).in_(id_list()), _IS_OPEN, or_(_OF_ME, _ANSWERED_FOR)
).order_by(*_BY_DAY)


def count_open(of: Any, *, own: Any = None) -> Any:
    """Return how many are open about `of`, as a column; `own`: of those by this author alone."""
    counted = select(func.count(col(CitizenReminder.id))).where(CitizenReminder.citizen_id == of, _IS_OPEN)
    return (counted if own is None else counted.where(CitizenReminder.author_id == own)).scalar_subquery()


@dataclass(frozen=True, slots=True)
class ShownReminder:
    """A reminder that the reader may see."""

    id: UUID
    citizen_id: UUID
    words: str
    due_on: date
    version: int
    done_at: datetime | None  # None: not done
    author: str | None  # None: the reader
    late: bool


@dataclass(frozen=True, slots=True)
class ShownReminders:
    """Those about one citizen: by their day, and the newest that are done."""

    open: Sequence[ShownReminder]
    done: Sequence[ShownReminder]


def list_reminders(session: Reader, reader: SubjectReader, *, now: datetime) -> ShownReminders:
    """Return the reminders about this citizen that the reader may see. Two queries."""
    asked: dict[str, Any] = {"citizen_id": reader.subject.citizen_id}
    if may_see(reader.subject, Field.REMINDERS):
        parts = session.exec(_OPEN, params=asked), session.exec(_DONE, params=asked)
    else:
        asked["me"] = reader.id
        parts = session.exec(_OWN_OPEN, params=asked), session.exec(_OWN_DONE, params=asked)
    shown = [[_shown(row, reader.id, now) for row in part if _is_visible(row, reader)] for part in parts]
    return ShownReminders(*shown)


def get_reminder(
    session: Reader, reader: SubjectReader, reminder_id: UUID, *, now: datetime
) -> ShownReminder:
    """Return one about this citizen; Missing if there is none, or it is not this reader's to see."""
    asked = {"citizen_id": reader.subject.citizen_id, "reminder_id": reminder_id}
    row = session.exec(_ONE, params=asked).first()
    if row is None or not _is_visible(row, reader):
        raise Missing
    return _shown(row, reader.id, now)


def list_my_reminders(
    session: Reader, me: UUID, subjects: Mapping[UUID, Subject], let_in: Collection[UUID], *, now: datetime
) -> Iterator[tuple[Subject, ShownReminder]]:
    """Yield what is mine to remember about those I help. One query. Log the look first.

    Of a citizen whom I answer for also what was written by one who is not on the team, or has left it; not
    of those of `let_in`, to whom a late answer alone ties me.
    """
    asked: dict[str, Any] = {"me": me, "ids": list(subjects), "today": danish_day(now)}
    for row in session.exec(_MINE, params=asked) if subjects else ():
        subject = subjects[row.citizen_id]
        is_mine = row.author_id == me or row.citizen_id not in let_in
        if is_mine and _is_visible(row, SubjectReader(me, subject)):
            yield subject, _shown(row, me, now)


def _is_visible(row: Any, reader: SubjectReader) -> bool:
    return may_see(reader.subject, Field.REMINDERS, own=row.author_id == reader.id)


def _shown(row: Any, reader_id: UUID, now: datetime) -> ShownReminder:
    return ShownReminder(
        id=row.id,
        citizen_id=row.citizen_id,
        words=row.words,
        due_on=row.due_on,
        version=row.version,
        done_at=row.done_at,
        author=None if row.author_id == reader_id else row.name,
        late=row.done_at is None and row.due_on < danish_day(now),
    )
