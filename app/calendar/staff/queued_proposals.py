"""Proposals in line at the contact person, as those who help see them, and sent when there is room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam
from sqlmodel import Session, and_, col, or_, select

from app.access.policy import Action, Subject, SubjectReader, may
from app.booking.models import QueuedProposal
from app.booking.queued import queued_slots, send_queued
from app.booking.request_json import decode_request
from app.booking.rules import QueueState
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.errors import Missing
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.rules import Clash, MeetingRequest, NotBookable, Slot
from app.plan.tie_conditions import helps, is_contact, stands_in
from app.scheduling.rules import ExactTime, SearchRequest, TimeCheck
from app.scheduling.service import check_exact_time
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import id_list, select_columns

SHOWN_FOR = timedelta(days=14)  # so long what came back is on the list

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_WHOSE: Any = QueuedProposal.citizen_id, QueuedProposal.maker_id
_COLUMNS = (
    *(QueuedProposal.id, *_WHOSE, QueuedProposal.request, QueuedProposal.state, QueuedProposal.meeting_id),
    Person.name,
    QueuedProposal.settled_by,
    or_(helps(*_WHOSE), is_contact(*_WHOSE), stands_in(*_WHOSE)).label("maker_helps"),
)
_OF_CITIZEN = (
    select_columns(*_COLUMNS)
    .join(Person, col(Person.id) == QueuedProposal.maker_id)
    .where(QueuedProposal.citizen_id == _CITIZEN)
)
_ONE = _OF_CITIZEN.where(QueuedProposal.id == bindparam("queued_id", type_=Uuid()))
_LISTED = _OF_CITIZEN.where(
    or_(
        QueuedProposal.state == QueueState.QUEUED,
        and_(
            QueuedProposal.state == QueueState.RETURNED,
            col(QueuedProposal.settled_at) > bindparam("since", type_=UtcDateTime()),
        ),
    )
).order_by(col(QueuedProposal.created_at), col(QueuedProposal.id))
_WAITING = (
    select(QueuedProposal.id, QueuedProposal.citizen_id, QueuedProposal.first_at)
    .where(col(QueuedProposal.citizen_id).in_(id_list()), QueuedProposal.state == QueueState.QUEUED)
    .order_by(col(QueuedProposal.first_at), col(QueuedProposal.id))
)


class WaitingProposal(NamedTuple):
    """One in line, as a list may hold it before the look is written down."""

    id: UUID
    citizen_id: UUID
    first_at: datetime


@dataclass(frozen=True, slots=True)
class ShownQueued:
    """A proposal that is or was in line."""

    id: UUID
    maker_id: UUID
    maker: str  # first name
    maker_helps: bool  # the citizen, still
    request: MeetingRequest
    state: QueueState
    settled_by: UUID | None
    meeting_id: UUID | None  # it became; None: it is not sent

    @property
    def slots(self) -> Sequence[Slot]:
        return queued_slots(self.request)


@dataclass(frozen=True, slots=True)
class QueuedTime:
    """One of its times. `check` None: nobody could have it any more, as `refused` says."""

    slot: Slot
    check: TimeCheck | None
    refused: NotBookable | None = None

    @property
    def fits(self) -> bool:
        return self.check is not None and self.check.fits


def read_queued(session: Reader, reader: SubjectReader, queued_id: UUID, *, now: datetime) -> ShownQueued:
    """Return a proposal of the citizen's; raise Missing if there is none that is the reader's to see."""
    asked = _asked(reader.subject, now) | {"queued_id": queued_id}
    row = session.exec(_ONE, params=asked).first()
    if row is None or not _may_read(reader, row.maker_id):
        raise Missing
    return _shown(row)


def list_queued(session: Reader, reader: SubjectReader, *, now: datetime) -> list[ShownQueued]:
    """Return what is in line for the citizen, and what came back lately, as far as it is the reader's."""
    rows = session.exec(_LISTED, params=_asked(reader.subject, now) | {"since": now - SHOWN_FOR})
    return [_shown(row) for row in rows if _may_read(reader, row.maker_id)]


def list_waiting_proposals(session: Reader, subjects: Collection[Subject]) -> list[WaitingProposal]:
    """Return what is in line and the reader's to send, of these citizens. No words: log the look first."""
    ids = [one.citizen_id for one in subjects if may(one, Action.QUEUED_SEND)]
    rows = session.exec(_WAITING, params={"ids": ids}) if ids else ()
    return [WaitingProposal(*row) for row in rows]


def check_queued_times(
    session: Reader, request: MeetingRequest, *, now: datetime, workdays: WorkingCalendar
) -> list[QueuedTime]:
    """Return the times of a proposal in line, and for each what stands in its way now."""
    return [_check(session, request, slot, now, workdays) for slot in queued_slots(request)]


def send_what_fits(
    session: Session,
    reader: SubjectReader,
    queued_id: UUID,
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> UUID:
    """Send a proposal in line at those of its times that still suit everybody; return the meeting's id.

    Raises:
        Clash: none of its times suits any more.
        As `send_queued`.
    """
    shown = read_queued(session, reader, queued_id, now=now)
    times = check_queued_times(session, shown.request, now=now, workdays=workdays)
    slots = [one.slot for one in times if one.fits]
    if shown.state is QueueState.QUEUED and not slots:
        raise Clash
    citizen_id = reader.subject.citizen_id
    meeting = send_queued(session, citizen_id, queued_id, slots, by=reader.id, now=now, workdays=workdays)
    return meeting.id


def _may_read(reader: SubjectReader, maker_id: UUID) -> bool:
    return may(reader.subject, Action.QUEUED_READ, own=maker_id == reader.id)


def _asked(subject: Subject, now: datetime) -> dict[str, Any]:
    return {"citizen_id": subject.citizen_id, "now": now, "today": danish_day(now)}


def _shown(row: Row[Any]) -> ShownQueued:
    return ShownQueued(
        id=row.id,
        maker_id=row.maker_id,
        maker=first_name(row.name),
        maker_helps=bool(row.maker_helps),
        request=decode_request(row.request),
        state=row.state,
        settled_by=row.settled_by,
        meeting_id=row.meeting_id,
    )


def _check(
    session: Reader, request: MeetingRequest, slot: Slot, now: datetime, workdays: WorkingCalendar
) -> QueuedTime:
    wanted = SearchRequest(
        citizen_id=request.citizen_id,
        with_ids=(*request.with_ids, *request.companion_ids),
        minutes=int((slot.end - slot.start).total_seconds()) // 60,
        from_=slot.start,
        to=slot.end,
        channel=request.channel,
        place_id=request.place_id,
        place=request.place,
        interpreter_id=request.interpreter_id,
        room_id=request.room_id,
    )
    exact = ExactTime(slot, said_yes=False, duty=request.agreed)
    try:
        return QueuedTime(slot, check_exact_time(session, wanted, exact, now=now, workdays=workdays))
    except NotBookable as refused:
        return QueuedTime(slot, None, refused)
