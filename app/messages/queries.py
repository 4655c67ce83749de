"""What is read of the thread: by the citizen, and by who answers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, select

from app.access.policy import Subject
from app.errors import Missing
from app.identity.models import Person
from app.identity.rules import first_name
from app.messages.models import Message, MessageDraft, PlanRequest
from app.messages.rules import ABOUT_KINDS, About, AboutLabel, DraftVersion, PlanAnswer
from app.plan.models import Cover
from app.plan.tie_conditions import LETS_IN_NOW
from app.store.prepared import Reader
from app.store.query import RowSelect, columns_of, id_list, select_columns
from app.typed_text import read_id

NEWEST_MOST = 30  # shown at once; the older ones are a link away
WHOLE_MOST = 2_000

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_ME = bindparam("me", type_=Uuid())


@dataclass(frozen=True, slots=True)
class AskedForPlan:
    """The question whether something may stand in the plan, and what was answered."""

    request_id: UUID
    asker: str | None  # None: the app, of what stood there before
    mine: bool  # whoever reads has asked
    answer: PlanAnswer | None  # None: it waits for the citizen
    entry_id: UUID | None


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """The question as the page that answers it shows it."""

    id: UUID
    asker: str | None  # None: the app, of what stood there before
    words: str
    sent_at: datetime
    answer: PlanAnswer | None


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message as whoever looks may see it."""

    id: UUID
    mine: bool
    by_citizen: bool
    author: str
    words: str | None  # None: it was taken out, and somebody else wrote it
    about: AboutLabel | None
    sent_at: datetime
    read_at: datetime | None
    answer_by: date | None
    late: bool
    removed: bool
    is_talk: bool  # its words stand at an entry too
    asked: AskedForPlan | None  # the newest question about it


@dataclass(frozen=True, slots=True)
class Thread:
    """The newest of the thread, oldest first."""

    messages: Sequence[ShownMessage]
    older: bool  # there are more before these
    unread: Sequence[UUID]  # those that are opened now for the first time
    waits_until: date | None  # the last day of the answer that is waited for; None: none is
    late: bool
    cover: str | None  # first name of who is let in because it is late; None: nobody

    @property
    def newest_id(self) -> UUID | None:
        return self.messages[-1].id if self.messages else None


class OwnMessageDraft(NamedTuple):
    """Words of one's own that are not sent."""

    id: UUID
    words: str
    about: About | None
    version: DraftVersion


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One citizen's thread among those that somebody answers, without a word of it."""

    subject: Subject
    name: str
    newest_at: datetime
    answer_by: date | None  # None: nothing waits
    late: bool
    unread: int

    @property
    def citizen_id(self) -> UUID:
        return self.subject.citizen_id


_NEWEST = (
    select_columns(*columns_of(Message), col(Person.name).label("author"))
    .join(Person, col(Person.id) == Message.author_id)
    .where(Message.citizen_id == _CITIZEN)
    .order_by(col(Message.sent_at).desc(), col(Message.id).desc())
    .limit(bindparam("most"))
)
_BY_CITIZEN: Any = col(Message.author_id) == col(Message.citizen_id)
_WAITS: Any = and_(col(Message.answer_by).is_not(None), col(Message.settled_at).is_(None))
_IS_LATE: Any = case((and_(_WAITS, col(Message.late_at).is_not(None)), 1), else_=0)
_UNTIL: Any = func.min(case((_WAITS, col(Message.answer_by))))
_cover: Any = aliased(Person)
_WAIT = (
    select_columns(
        _UNTIL.label("answer_by"), func.max(_IS_LATE).label("late"), func.min(_cover.name).label("cover")
    )
    .select_from(Message)
    .outerjoin(Cover, and_(Cover.about_id == Message.id, LETS_IN_NOW))
    .outerjoin(_cover, _cover.id == Cover.substitute_id)
    .where(Message.citizen_id == _CITIZEN)
)
_asker: Any = aliased(Person)
_REQUESTS = (
    select_columns(*columns_of(PlanRequest), _asker.name.label("asker"))
    .join(Message, col(Message.id) == PlanRequest.message_id)
    .outerjoin(_asker, _asker.id == PlanRequest.asked_by)
    .where(Message.citizen_id == _CITIZEN)
    .order_by(col(PlanRequest.asked_at))
)
_ONE = select(Message.id).where(
    Message.citizen_id == _CITIZEN, Message.id == bindparam("message_id", type_=Uuid())
)
_WORDS = select(Message.words).where(
    Message.id == bindparam("message_id", type_=Uuid()), col(Message.removed_at).is_(None)
)
_QUESTION = (
    select_columns(*columns_of(PlanRequest), _asker.name.label("asker"), Message.words, Message.sent_at)
    .join(Message, col(Message.id) == PlanRequest.message_id)
    .outerjoin(_asker, _asker.id == PlanRequest.asked_by)
    .where(PlanRequest.id == bindparam("request_id", type_=Uuid()), Message.citizen_id == _CITIZEN)
)
_DRAFTS = (
    select_columns(*columns_of(MessageDraft))
    .where(MessageDraft.citizen_id == _CITIZEN, MessageDraft.author_id == _ME)
    .order_by(col(MessageDraft.written_at).desc(), col(MessageDraft.id))
)


def read_thread(
    session: Reader, citizen_id: UUID, reader_id: UUID, *, now: datetime, whole: bool = False
) -> Thread:
    """Return the thread as `reader_id` sees it. `whole`: the older ones too."""
    most = WHOLE_MOST if whole else NEWEST_MOST
    rows = session.exec(_NEWEST, params={"citizen_id": citizen_id, "most": most + 1}).all()
    shown = rows[:most][::-1]
    labels = _labels(session, citizen_id, shown)
    asked = (
        _requests(session, citizen_id, reader_id) if any(row.author_id == citizen_id for row in shown) else {}
    )
    own = reader_id == citizen_id
    waits = session.exec(_WAIT, params={"citizen_id": citizen_id, "now": now}).one()
    return Thread(
        messages=[_show(row, citizen_id, reader_id, labels, asked) for row in shown],
        older=len(rows) > most,
        unread=[row.id for row in shown if row.read_at is None and (row.author_id != citizen_id) is own],
        waits_until=waits.answer_by,
        late=bool(waits.late),
        cover=waits.cover and first_name(waits.cover),
    )


def _show(
    row: Any,
    citizen_id: UUID,
    reader_id: UUID,
    labels: Mapping[tuple[str, UUID], AboutLabel],
    asked: Mapping[UUID, AskedForPlan],
) -> ShownMessage:
    mine, removed = row.author_id == reader_id, row.removed_at is not None
    return ShownMessage(
        id=row.id,
        mine=mine,
        by_citizen=row.author_id == citizen_id,
        author=first_name(row.author),
        words=row.words if mine or not removed else None,
        about=labels.get((row.about_kind, row.about_id)) if mine or not removed else None,
        sent_at=row.sent_at,
        read_at=row.read_at,
        answer_by=row.answer_by,
        late=row.late_at is not None,
        removed=removed,
        is_talk=row.is_talk,
        asked=asked.get(row.id),
    )


def _labels(session: Reader, citizen_id: UUID, rows: Sequence[Any]) -> dict[tuple[str, UUID], AboutLabel]:
    """Return what the messages are about, one query for each kind of it that occurs."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        if row.about_kind in ABOUT_KINDS:
            wanted[row.about_kind].add(row.about_id)
    return {
        (kind, about_id): label
        for kind, ids in wanted.items()
        for about_id, label in ABOUT_KINDS[kind].find(session, citizen_id, sorted(ids)).items()
    }


def _requests(session: Reader, citizen_id: UUID, reader_id: UUID) -> dict[UUID, AskedForPlan]:
    return {
        row.message_id: AskedForPlan(
            row.id, row.asker and first_name(row.asker), row.asked_by == reader_id, row.answer, row.entry_id
        )
        for row in session.exec(_REQUESTS, params={"citizen_id": citizen_id})
    }


def find_message(session: Reader, citizen_id: UUID, message_id: str | None) -> UUID | None:
    """Return the id of a message as an address or a form says it; None if it is none of this thread."""
    asked = read_id(message_id)
    return asked and session.exec(_ONE, params={"citizen_id": citizen_id, "message_id": asked}).first()


def find_message_words(session: Reader, citizen_id: UUID, message_id: str | None) -> str | None:
    """Return what a message of this thread says; None if it is none, or was taken out."""
    found = find_message(session, citizen_id, message_id)
    return session.exec(_WORDS, params={"message_id": found}).first() if found else None


def get_plan_question(session: Reader, citizen_id: UUID, request_id: UUID) -> PlanQuestion:
    """Return a question to the citizen; raise Missing if there is none."""
    row = session.exec(_QUESTION, params={"citizen_id": citizen_id, "request_id": request_id}).first()
    if row is None:
        raise Missing
    return PlanQuestion(row.id, row.asker and first_name(row.asker), row.words, row.sent_at, row.answer)


def find_about(session: Reader, citizen_id: UUID, about: About | None) -> AboutLabel | None:
    """Return what a new message is about; None for nothing, and for what is not this citizen's."""
    if about is None:
        return None
    return ABOUT_KINDS[about.kind].find(session, citizen_id, [about.id]).get(about.id)


def list_message_drafts(session: Reader, citizen_id: UUID, author_id: UUID) -> list[OwnMessageDraft]:
    """Return somebody's own drafts in a thread, newest first."""
    found = session.exec(_DRAFTS, params={"citizen_id": citizen_id, "me": author_id})
    return [
        OwnMessageDraft(
            row.id,
            row.words,
            About(row.about_kind, row.about_id) if row.about_kind else None,
            DraftVersion(row.id, row.written_at),
        )
        for row in found
    ]


# --- the threads that somebody answers ---

_UNREAD: Any = and_(_BY_CITIZEN, col(Message.read_at).is_(None))
_newest: Any = (
    select_columns(
        Message.citizen_id,
        func.max(col(Message.sent_at)).label("newest_at"),
        _UNTIL.label("answer_by"),
        func.max(_IS_LATE).label("late"),
        func.sum(case((_UNREAD, 1), else_=0)).label("unread"),
    )
    .where(col(Message.citizen_id).in_(id_list()))
    .group_by(col(Message.citizen_id))
    .subquery()
)
_THREADS = (
    select_columns(Person.name, *_newest.c)
    .join(_newest, _newest.c.citizen_id == Person.id)
    .order_by(_newest.c.answer_by.is_(None), _newest.c.answer_by, _newest.c.newest_at.desc(), col(Person.id))
)


def waiting_messages(*columns: Any) -> RowSelect:
    """Return the select of how many messages of each of the citizens `ids` wait for an answer.

    After `columns`: whose, how many, how many of them are late, and since when. With an open plan or without.
    """
    counted = select_columns(
        *columns,
        col(Message.citizen_id),
        func.count(),
        func.count(col(Message.late_at)),
        func.min(Message.sent_at),
    )
    found: RowSelect = counted.where(_WAITS, col(Message.citizen_id).in_(id_list()))
    return found.group_by(col(Message.citizen_id))


_WAITING = (
    select_columns(Message.citizen_id, _UNTIL.label("answer_by"), func.max(_IS_LATE).label("late"))
    .where(_WAITS, col(Message.citizen_id).in_(id_list()))
    .group_by(col(Message.citizen_id))
)


def list_waiting_threads(session: Reader, citizen_ids: Collection[UUID]) -> list[tuple[UUID, date, bool]]:
    """Return whose messages wait for an answer, by which day, and whether it is late. One query, no names."""
    rows = session.exec(_WAITING, params={"ids": list(citizen_ids)}) if citizen_ids else ()
    return [(row.citizen_id, row.answer_by, bool(row.late)) for row in rows]


def list_threads(session: Reader, subjects: Sequence[Subject]) -> list[ThreadRow]:
    """Return the threads of these citizens that hold a message: what waits first, by its day. One query."""
    of = {one.citizen_id: one for one in subjects}
    if not of:
        return []
    return [
        ThreadRow(
            subject=of[row.citizen_id],
            name=row.name,
            newest_at=row.newest_at,
            answer_by=row.answer_by,
            late=bool(row.late),
            unread=int(row.unread),
        )
        for row in session.exec(_THREADS, params={"ids": list(of)})
    ]
