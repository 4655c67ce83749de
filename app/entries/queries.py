"""What authors read of their own entries: where one stands, its history, and their drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, or_, select

from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.errors import Missing
from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.plan.service import find_absence, find_contact, find_plan

ORDER = list(EntryEventKind)  # of things that happened in the same instant


@dataclass(frozen=True, slots=True)
class ShareState:
    """Whether one can share now, and who would read it: None is nobody."""

    said_yes: bool
    contact: str | None
    stand_in: str | None = None

    @property
    def is_open(self) -> bool:
        return self.said_yes and self.contact is not None


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


def read_share_state(session: Session, citizen_id: UUID, *, now: datetime) -> ShareState:
    """Return whether the citizen can share at `now`, and the first names of those who would read it."""
    plan, contact = find_plan(session, citizen_id), find_contact(session, citizen_id)
    said_yes = plan is not None and plan.state is PlanState.ACTIVE
    if contact is None:
        return ShareState(said_yes, None)
    away = find_absence(session, contact.id, now=now)
    return ShareState(said_yes, first_name(contact.name), first_name(away[1].name) if away else None)


def list_drafts(session: Session, citizen_id: UUID) -> Sequence[OwnDraft]:
    """Return the citizen's drafts, newest first. Newer words beside shared ones count."""
    beside = col(Entry.version) > Entry.shared_version
    wanted = (
        select(Entry.id, Entry.kind, EntryVersion.words)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .join(EntryVersion, col(EntryVersion.entry_id) == Entry.id)
        .where(EntryVersion.number == Entry.version, Plan.citizen_id == citizen_id)
        .where(Entry.author_id == citizen_id, or_(col(Entry.shared_version).is_(None), beside))
    )
    found = session.exec(wanted.order_by(col(Entry.written_at).desc(), col(Entry.id)))
    return [OwnDraft(entry_id, EntryKind(kind), words) for entry_id, kind, words in found]


def get_own_entry(session: Session, citizen_id: UUID, entry_id: UUID) -> OwnEntry:
    """Return an entry that the citizen wrote, with all that happened to it; raise Missing for any other."""
    wanted = select(Entry).join(Plan, col(Plan.id) == Entry.plan_id)
    mine = wanted.where(Entry.id == entry_id, Plan.citizen_id == citizen_id, Entry.author_id == citizen_id)
    entry = session.exec(mine).first()
    if entry is None:
        raise Missing
    texts = {
        one.number: one.words
        for one in session.exec(select(EntryVersion).where(EntryVersion.entry_id == entry_id))
    }
    shown = entry.shared_version or entry.approved_version or entry.version
    approved = entry.approved_version
    answerer = session.get(Person, entry.answered_by) if entry.answered_by else None
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
        answered_by=first_name(answerer.name) if answerer else "",
        reply=entry.reply,
        history=_history(session, entry, texts),
    )


def _history(session: Session, entry: Entry, texts: dict[int, str]) -> list[OwnEvent]:
    wanted = (
        select(EntryEvent, Person.name)
        .join(Person, col(Person.id) == EntryEvent.actor_id, isouter=True)
        .where(EntryEvent.entry_id == entry.id)
    )
    happened = sorted(
        session.exec(wanted),
        key=lambda row: (row[0].at, row[0].version, ORDER.index(row[0].what)),
        reverse=True,
    )
    return [
        OwnEvent(
            what=one.what,
            at=one.at,
            version=one.version,
            name=first_name(name or ""),
            reply=one.words,
            older_words=texts[one.version]
            if one.what is EntryEventKind.WRITTEN and one.version < entry.version
            else None,
        )
        for one, name in happened
    ]
