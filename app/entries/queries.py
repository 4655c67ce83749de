"""What authors read of their own entries: where one stands, its history, and their drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, false
from sqlmodel import col, or_, select

from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.errors import Missing
from app.identity.hidden_names import name_unless_hidden, shown_name
from app.identity.models import Person
from app.plan.models import Plan
from app.store.prepared import Reader
from app.store.query import columns_of, select_columns

ORDER = list(EntryEventKind)  # of things that happened in the same instant


class OwnDraft(NamedTuple):
    """Words that only their author sees yet."""

    entry_id: UUID
    kind: EntryKind
    words: str


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """One thing that happened; `older_words` when the words of then are no longer the newest."""

    what: EntryEventKind
    at: datetime
    version: int
    name: str
    reply: str | None
    older_words: str | None


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry as its author sees it."""

    id: UUID
    kind: EntryKind
    state: EntryState
    words: str  # what is shared or in the plan, else the draft
    approved_words: str | None  # what stands in the plan meanwhile; None: nothing else
    draft_words: str | None  # newer words that nobody else sees; None: there are none
    newest_words: str
    version: int  # of the newest words
    shared_at: datetime | None
    answer_by: date | None
    late_at: datetime | None
    answered_by: str
    reply: str | None
    history: Sequence[OwnEvent]  # newest first


_CITIZEN = bindparam("citizen_id", type_=Uuid())
_ENTRY = bindparam("entry_id", type_=Uuid())


_DRAFTS = (
    select(Entry.id, Entry.kind, EntryVersion.words)
    .join(Plan, col(Plan.id) == Entry.plan_id)
    .join(EntryVersion, col(EntryVersion.entry_id) == Entry.id)
    .where(EntryVersion.number == Entry.version, Plan.citizen_id == _CITIZEN, Entry.author_id == _CITIZEN)
    .where(or_(col(Entry.shared_version).is_(None), col(Entry.version) > Entry.shared_version))
    .order_by(col(Entry.written_at).desc(), col(Entry.id))
)
# Their author is the citizen, who reads nobody's name of a hidden department.
_OWN = (
    select_columns(*columns_of(Entry), name_unless_hidden(Person, "answerer", false()))
    .join(Plan, col(Plan.id) == Entry.plan_id)
    .outerjoin(Person, col(Person.id) == Entry.answered_by)
    .where(Entry.id == _ENTRY, Plan.citizen_id == _CITIZEN, Entry.author_id == _CITIZEN)
)
_TEXTS = select(EntryVersion.number, EntryVersion.words).where(EntryVersion.entry_id == _ENTRY)
_EVENTS = (
    select_columns(
        EntryEvent.what,
        EntryEvent.at,
        EntryEvent.version,
        EntryEvent.words,
        name_unless_hidden(Person, "name", false()),
    )
    .outerjoin(Person, col(Person.id) == EntryEvent.actor_id)
    .where(EntryEvent.entry_id == _ENTRY)
)


def list_drafts(session: Reader, citizen_id: UUID) -> Sequence[OwnDraft]:
    """Return the citizen's drafts, newest first. Newer words beside shared ones count."""
    found = session.exec(_DRAFTS, params={"citizen_id": citizen_id})
    return [OwnDraft(entry_id, EntryKind(kind), words) for entry_id, kind, words in found]


def get_own_entry(session: Reader, citizen_id: UUID, entry_id: UUID) -> OwnEntry:
    """Return an entry that the citizen wrote, with all that happened to it; raise Missing for any other."""
    entry = session.exec(_OWN, params={"citizen_id": citizen_id, "entry_id": entry_id}).first()
    if entry is None:
        raise Missing
    texts = dict(session.exec(_TEXTS, params={"entry_id": entry_id}))
    shown = entry.shared_version or entry.approved_version or entry.version
    approved = entry.approved_version
    return OwnEntry(
        id=entry.id,
        kind=entry.kind,
        state=entry.state,
        words=texts[shown],
        approved_words=texts[approved] if approved not in (None, shown) else None,
        draft_words=texts[entry.version] if shown < entry.version else None,
        newest_words=texts[entry.version],
        version=entry.version,
        shared_at=entry.shared_at,
        answer_by=entry.answer_by,
        late_at=entry.late_at,
        answered_by=shown_name(entry.answerer) or "",
        reply=entry.reply,
        history=_history(session, entry, texts),
    )


def _history(session: Reader, entry: Any, texts: dict[int, str]) -> list[OwnEvent]:
    happened = sorted(
        session.exec(_EVENTS, params={"entry_id": entry.id}),
        key=lambda row: (row.at, row.version, ORDER.index(row.what)),
        reverse=True,
    )
    return [
        OwnEvent(
            what=one.what,
            at=one.at,
            version=one.version,
            name=shown_name(one.name) or "",
            reply=one.words,
            older_words=texts[one.version]
            if one.what is EntryEventKind.WRITTEN and one.version < entry.version
            else None,
        )
        for one in happened
    ]
