"""What waits for an answer: which, in one query without words; then one with its words, after the log."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from app.access.policy import Subject
from app.dates.local_time import danish_day
from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Plan
from app.plan.relations import listed_tie, subject_listed
from app.plan.rules import PlanState
from app.plan.tie_conditions import is_contact, is_let_in, stands_in
from app.store.query import select_columns

ANSWERS = (EntryEventKind.APPROVED, EntryEventKind.TALK)

_ME = bindparam("me", type_=Uuid())
_ENTRY = bindparam("entry_id", type_=Uuid())
_now_words, _approved_words, _answerer = aliased(EntryVersion), aliased(EntryVersion), aliased(Person)


class QueueItem(NamedTuple):
    """One place in the queue, without anything that somebody wrote."""

    entry_id: UUID
    subject: Subject  # the citizen, with the tie by which it is the reader's


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What was answered to earlier words of the same entry."""

    at: datetime
    name: str
    approved: bool
    words: str
    reply: str | None


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """The one entry that is answered now."""

    entry_id: UUID
    citizen_id: UUID
    name: str
    phone: str | None
    kind: EntryKind
    words: str
    version: int
    shared_at: datetime
    answer_by: date
    approved_words: str | None  # what stands in the plan until these words are approved; None: nothing
    is_late: bool
    earlier: Sequence[EarlierAnswer]

    @property
    def shared_on(self) -> date:
        return danish_day(self.shared_at)

    @property
    def first_name(self) -> str:
        return first_name(self.name)


def _places() -> Any:
    contact = is_contact(Plan.citizen_id, _ME)
    substitute = or_(stands_in(Plan.citizen_id, _ME), is_let_in(Entry.id, _ME))
    return (
        select(Entry.id, Plan.citizen_id, listed_tie(contact=contact, substitute=substitute))
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .where(
            Entry.state == EntryState.SHARED,
            Entry.author_id == Plan.citizen_id,
            Plan.state == PlanState.ACTIVE,
            or_(contact, substitute),
        )
        .order_by(col(Entry.answer_by), col(Entry.shared_at), col(Entry.id))
    )


_PLACES = _places()

_columns: tuple[Any, ...] = (
    Entry.id,
    Person.id,
    Person.name,
    Person.phone,
    Entry.kind,
    _now_words.words,
    Entry.shared_version,
    Entry.shared_at,
    Entry.answer_by,
    _approved_words.words,
)
_NAMES = tuple(field.name for field in fields(QueueEntry) if field.name not in ("is_late", "earlier"))
_SHOWN = (
    select_columns(*_columns)
    .join(Plan, col(Plan.id) == Entry.plan_id)
    .join(Person, col(Person.id) == Plan.citizen_id)
    .join(
        _now_words,
        (col(_now_words.entry_id) == Entry.id) & (col(_now_words.number) == Entry.shared_version),
    )
    .outerjoin(
        _approved_words,
        (col(_approved_words.entry_id) == Entry.id) & (_approved_words.number == Entry.approved_version),
    )
    .where(Entry.id == _ENTRY, Entry.state == EntryState.SHARED)
)

_answers: tuple[Any, ...] = (
    EntryEvent.at,
    _answerer.name,
    EntryEvent.what,
    EntryVersion.words,
    EntryEvent.words,
)
# Only words that were answered: a draft, or what was taken back, is the citizen's alone.
_EARLIER = (
    select_columns(*_answers)
    .join(
        EntryVersion,
        (col(EntryVersion.entry_id) == EntryEvent.entry_id) & (EntryVersion.number == EntryEvent.version),
    )
    .join(_answerer, col(_answerer.id) == EntryEvent.actor_id)
    .where(EntryEvent.entry_id == _ENTRY, col(EntryEvent.what).in_(ANSWERS))
    .order_by(col(EntryEvent.at).desc(), col(EntryEvent.version).desc())
)


def list_queue(session: Session, person_id: UUID, *, now: datetime) -> Sequence[QueueItem]:
    """Return what waits for this person's answer, the oldest day first."""
    rows = session.exec(_PLACES, params={"me": person_id, "now": now})
    return [QueueItem(entry_id, subject_listed(*of)) for entry_id, *of in rows]


def find_queue_entry(session: Session, entry_id: UUID, *, now: datetime) -> QueueEntry | None:
    """Return the entry with its words, or None if it has been answered or taken back. Log the look first."""
    row = session.exec(_SHOWN, params={"entry_id": entry_id}).first()
    if row is None:
        return None
    earlier = session.exec(_EARLIER, params={"entry_id": entry_id}).all()
    values = dict(zip(_NAMES, row, strict=True))
    return QueueEntry(
        **values,
        is_late=row.answer_by < danish_day(now),
        earlier=[
            EarlierAnswer(at, first_name(name), what is EntryEventKind.APPROVED, words, reply)
            for at, name, what, words, reply in earlier
        ],
    )
