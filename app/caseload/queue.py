"""What waits: which, in one query without words; then one entry with its words, after the log."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, literal, union, union_all
from sqlalchemy.orm import aliased
from sqlmodel import case, col, or_, select

from app.access.policy import Subject
from app.caseload.unread_answers import unread_places
from app.consent.models import Representation
from app.consent.queries import ACTS_TODAY, acts_with
from app.consent.rules import ActingScope
from app.dates.local_time import danish_day
from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.identity.models import Person
from app.identity.role_conditions import holds_role
from app.identity.rules import Role, first_name
from app.plan.models import Plan
from app.plan.relations import listed_tie, subject_listed
from app.plan.rules import PlanState
from app.plan.tie_conditions import answered_by, is_contact, is_let_in, let_in_about, stands_in
from app.store.prepared import Reader
from app.store.query import RowSelect, rows_of, select_columns

BETWEEN_NAMES = "\n"
ANSWERS = (EntryEventKind.APPROVED, EntryEventKind.TALK, EntryEventKind.UNDONE)

_ME = bindparam("me", type_=Uuid())
_ENTRY = bindparam("entry_id", type_=Uuid())
_now_words, _approved_words = aliased(EntryVersion), aliased(EntryVersion)
_answerer, _representative, _author = aliased(Person), aliased(Person), aliased(Person)


class QueueItem(NamedTuple):
    """One place in the queue, without anything that somebody wrote."""

    entry_id: UUID
    subject: Subject  # the citizen, with the tie by which it is the reader's
    day: date | None  # the last to answer on; None: it is only to be read
    to_read: bool = False  # an answer to how it goes, see `unread_answers`; else an entry to answer
    proposed: bool = False  # one who helps proposes it for the citizen


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What was answered to earlier words of the same entry."""

    at: datetime
    name: str
    what: EntryEventKind
    words: str
    reply: str | None


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """The one entry that is answered now."""

    entry_id: UUID
    citizen_id: UUID
    name: str
    phone: str | None
    language: str  # in which the citizen uses the app
    kind: EntryKind
    words: str
    version: int
    shared_at: datetime
    answer_by: date
    approved_words: str | None  # what stands in the plan until these words are approved; None: nothing
    representatives: str | None  # the names of those who act for the citizen, and read the plan; None: nobody
    author: str | None  # who helps and proposes it; None: the citizen wrote it
    is_late: bool
    earlier: Sequence[EarlierAnswer]

    @property
    def shared_on(self) -> date:
        return danish_day(self.shared_at)

    @property
    def first_name(self) -> str:
        return first_name(self.name)

    @property
    def author_first_name(self) -> str:
        """Who wrote it, by first name."""
        return first_name(self.author or self.name)


# What a citizen has shared, and a step that one who helps proposes for them.
TO_BE_ANSWERED: Any = or_(Entry.author_id == Plan.citizen_id, Entry.kind == EntryKind.STEP)


def _within_reach() -> Any:
    """Return what the reader's own citizens have shared, and what is late and lets them in."""
    shared = (
        select(Entry.id)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .where(col(Plan.citizen_id).in_(answered_by(_ME)), Entry.state == EntryState.SHARED)
        .correlate(None)
    )
    return union(shared, let_in_about(_ME))


def _places() -> RowSelect:
    """Entries by their day, then what is to be read; what is equal waits in the order it came."""
    contact = is_contact(Plan.citizen_id, _ME)
    substitute = or_(stands_in(Plan.citizen_id, _ME), is_let_in(Entry.id, _ME))
    columns: list[Any] = [
        literal(0).label("to_read"),
        case((Entry.author_id == Plan.citizen_id, 0), else_=1).label("proposed"),
        col(Entry.id).label("id"),
        Plan.citizen_id,
        listed_tie(contact=contact, substitute=substitute).label("tie"),
        col(Entry.answer_by).label("answer_by"),
        col(Entry.shared_at).label("since"),
    ]
    entries = (
        select_columns(*columns)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .where(
            Entry.state == EntryState.SHARED,
            TO_BE_ANSWERED,
            Plan.state == PlanState.ACTIVE,
            or_(contact, substitute),
            col(Entry.id).in_(_within_reach()),
        )
    )
    both = union_all(entries, unread_places(literal(1), literal(0)))
    return rows_of(both.order_by("to_read", "answer_by", "since", "id"))


_PLACES = _places()

_REPRESENTATIVES = (
    select(func.aggregate_strings(col(_representative.name), BETWEEN_NAMES))
    .join(Representation, col(Representation.person_id) == _representative.id)
    .where(Representation.citizen_id == Plan.citizen_id, ACTS_TODAY, acts_with(ActingScope.PLAN))
    .where(holds_role(Representation.person_id, [Role.REPRESENTATIVE]))
    .correlate(Plan)
    .scalar_subquery()
)
_columns: tuple[Any, ...] = (
    Entry.id,
    Person.id,
    Person.name,
    Person.phone,
    Person.language,
    Entry.kind,
    _now_words.words,
    Entry.shared_version,
    Entry.shared_at,
    Entry.answer_by,
    _approved_words.words,
    _REPRESENTATIVES,
    case((Entry.author_id == Plan.citizen_id, None), else_=_author.name),
)
_NAMES = tuple(field.name for field in fields(QueueEntry) if field.name not in ("is_late", "earlier"))
_ANSWERED = (EntryEvent.entry_id == _ENTRY, col(EntryEvent.what).in_(ANSWERS))
_HAS_EARLIER = select(EntryEvent.id).where(*_ANSWERED).exists()
_SHOWN = (
    select_columns(*_columns, _HAS_EARLIER.label("has_earlier"))
    .join(Plan, col(Plan.id) == Entry.plan_id)
    .join(Person, col(Person.id) == Plan.citizen_id)
    .join(_author, col(_author.id) == Entry.author_id)
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
    .where(*_ANSWERED)
    .order_by(col(EntryEvent.at).desc(), col(EntryEvent.version).desc())
)


def list_queue(session: Reader, person_id: UUID, *, now: datetime) -> Sequence[QueueItem]:
    """Return what waits for this person's answer, the oldest day first; last what is only to be read."""
    rows = session.exec(_PLACES, params={"me": person_id, "now": now})
    return [
        QueueItem(
            row.id,
            subject_listed(row.citizen_id, row.tie),
            row.answer_by,
            bool(row.to_read),
            bool(row.proposed),
        )
        for row in rows
    ]


def find_queue_entry(session: Reader, entry_id: UUID, *, now: datetime) -> QueueEntry | None:
    """Return the entry with its words, or None if it has been answered or taken back. Log the look first."""
    asked = {"entry_id": entry_id, "today": danish_day(now), "now": now}
    row = session.exec(_SHOWN, params=asked).first()
    if row is None:
        return None
    earlier = session.exec(_EARLIER, params={"entry_id": entry_id}) if row.has_earlier else ()
    values = dict(zip(_NAMES, row[:-1], strict=True))
    names = set((values["representatives"] or "").split(BETWEEN_NAMES))  # of two papers, one name
    values["representatives"] = ", ".join(sorted(names)) or None
    return QueueEntry(
        **values,
        is_late=row.answer_by < danish_day(now),
        earlier=[
            EarlierAnswer(at, first_name(name), what, words, reply)
            for at, name, what, words, reply in earlier
        ],
    )
