"""What a page shows of entries, asked for in one go. Who reads decides which words leave the database."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, case, false, func, literal, null, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.db import stored
from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import READS_SHARED, Happening, Kind, State, Tie
from app.identity.models import Person
from app.plan.models import Plan


class EntryRow(NamedTuple):
    """One entry as one reader may see it."""

    id: UUID
    kind: Kind
    state: State  # for readers who see only what is in the plan: always IN_PLAN
    words: str  # the draft when nothing is shared or approved, else what is shared, else what is in the plan
    author_id: UUID
    author_name: str
    written_at: datetime  # these words
    shared_at: datetime | None
    answer_by: date | None
    late_at: datetime | None
    reply: str | None
    approved_words: str | None  # what stands in the plan when `words` is a newer version; None: nothing else
    approved_at: datetime | None  # when what is in the plan came there; None: nothing is
    has_draft: bool  # the author has newer words that nobody else sees; only told to the author


_words, _standing_words, _approval = aliased(EntryVersion), aliased(EntryVersion), aliased(EntryEvent)
_PLAN_ID = bindparam("plan_id", type_=Uuid())
_MINE = col(Entry.author_id) == col(Plan.citizen_id)


def _rows(tie: Tie) -> Select[Any]:
    own, shared = tie is Tie.SELF, tie is Tie.SELF or tie in READS_SHARED
    shown: Any = (
        func.coalesce(Entry.shared_version, Entry.approved_version) if shared else Entry.approved_version
    )
    if own:
        shown = func.coalesce(shown, case((_MINE, Entry.version)))
    state: Any = Entry.state if shared else literal(State.IN_PLAN, type_=stored(State))
    columns: tuple[Any, ...] = (
        Entry.id,
        Entry.kind,
        state,
        _words.words,
        Entry.author_id,
        Person.name,
        _words.written_at,
        *(getattr(Entry, name) if shared else null() for name in _WAITING),
        case((col(_words.number) != Entry.approved_version, _standing_words.words)),
        _approval.at,
        and_(_MINE, Entry.version > shown) if own else false(),
    )
    return (
        select(*columns)
        .join(Plan, col(Plan.id) == col(Entry.plan_id))
        .join(Person, col(Person.id) == col(Entry.author_id))
        .join(_words, and_(col(_words.entry_id) == col(Entry.id), col(_words.number) == shown))
        .outerjoin(
            _standing_words,
            and_(
                col(_standing_words.entry_id) == col(Entry.id),
                col(_standing_words.number) == Entry.approved_version,
            ),
        )
        .outerjoin(
            _approval,
            and_(
                col(_approval.entry_id) == col(Entry.id),
                col(_approval.version) == Entry.approved_version,
                col(_approval.what) == Happening.APPROVED,
            ),
        )
        .where(col(Entry.plan_id) == _PLAN_ID)
        .order_by(col(Entry.written_at), col(Entry.id))
    )


_WAITING = ("shared_at", "answer_by", "late_at", "reply")
_BY_TIE = {tie: _rows(tie) for tie in Tie}


def rows_for(session: Session, plan_id: UUID, tie: Tie) -> Sequence[EntryRow]:
    """Return the plan's entries, oldest first, with the words that somebody with this tie may read."""
    return [EntryRow._make(row) for row in session.execute(_BY_TIE[Tie(tie)], {"plan_id": plan_id})]
