"""Proposals that wait in line (kø) because the citizen has two to answer. Callers own the transaction.

They hold no times. The contact person, or who stands in, sends one when there is room; it is then checked as
any other. A yes to one plan that is taken back changes nothing of it: who helps may still propose meetings.
Who helps no more has their proposals in line until somebody gives them back, or the first time passes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.booking.book import create_meeting, requested_slots
from app.booking.expiry import expires_at
from app.booking.models import QueuedProposal
from app.booking.notify import notify_people
from app.booking.participants import check_people
from app.booking.request_json import decode_request, encode_request
from app.booking.rules import MakerLeft, QueuedIsSettled, QueueState
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.errors import Missing
from app.meetings.models import Meeting
from app.meetings.news import PROPOSAL_RETURNED, PROPOSAL_SENT
from app.meetings.rules import MeetingRequest, Slot
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, mark_read_about
from app.plan.tie_conditions import helps, is_contact, stands_in
from app.store.insert import insert_or_find

AT_A_TIME = 100


def queue_proposal(
    session: Session, request: MeetingRequest, *, now: datetime, workdays: WorkingCalendar
) -> QueuedProposal:
    """Put a proposal in line; the same `request_key` gives the one that it gave before.

    Raises:
        NotBookable: nobody could have one of the times, or the first is today.
    """
    slots = requested_slots(request, now=now)
    check_people(session, request, now=now)
    expires_at(slots, now, workdays)
    row = {
        "id": uuid4(),
        "citizen_id": request.citizen_id,
        "maker_id": request.organiser_id,
        "request_key": request.request_key,
        "request": encode_request(request),
        "first_at": min(slots).start,
        "created_at": now,
        "state": QueueState.QUEUED,
    }
    same = select(QueuedProposal).where(QueuedProposal.request_key == request.request_key)
    return insert_or_find(session, row, same)


def queued_slots(request: MeetingRequest) -> tuple[Slot, ...]:
    """Return the times that a proposal in line would offer."""
    return request.options or (Slot(request.starts_at, request.ends_at),)


def send_queued(  # noqa: PLR0913 — whose, which, at which of its times, by whom
    session: Session,
    citizen_id: UUID,
    queued_id: UUID,
    slots: Sequence[Slot],
    *,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> Meeting:
    """Send what waits, at those of its times that are in `slots`; tell who made it. Sent twice it is one.

    Raises:
        Missing, QueuedIsSettled: the citizen has no such proposal, or it has been given back.
        MakerLeft: who made it helps the citizen no more.
        NotBookable, Clash: as `create_meeting`.
    """
    queued = _lock(session, citizen_id, queued_id)
    if queued.state is QueueState.SENT:
        return session.get_one(Meeting, queued.meeting_id)
    if queued.state is QueueState.RETURNED:
        raise QueuedIsSettled
    if not maker_helps(session, queued, now=now):
        raise MakerLeft
    asked = decode_request(queued.request)
    times = tuple(one for one in queued_slots(asked) if one in slots)
    request = replace(
        asked,
        starts_at=times[0].start,
        ends_at=times[0].end,
        options=times if len(times) > 1 else (),
    )
    meeting = create_meeting(session, request, now=now, workdays=workdays)
    queued.state, queued.meeting_id = QueueState.SENT, meeting.id
    queued.settled_at, queued.settled_by = now, by
    notify_people(session, meeting, PROPOSAL_SENT, [queued.maker_id], by=by, now=now)
    session.flush()
    mark_read_about(session, by, [meeting.id], now=now)  # who sends it has seen it
    return meeting


def return_queued(session: Session, citizen_id: UUID, queued_id: UUID, *, by: UUID, now: datetime) -> None:
    """Give what waits back to who made it, and tell them; twice is once.

    Raises:
        Missing, QueuedIsSettled: the citizen has no such proposal, or it has been sent.
    """
    queued = _lock(session, citizen_id, queued_id)
    if queued.state is QueueState.SENT:
        raise QueuedIsSettled
    if queued.state is QueueState.QUEUED:
        _give_back(session, queued, by=by, now=now)


def return_passed(session: Session, *, now: datetime) -> int:
    """Give back each that waits and whose first time has passed. Returns how many: at most AT_A_TIME."""
    passed = (
        select(QueuedProposal)
        .where(QueuedProposal.state == QueueState.QUEUED, QueuedProposal.first_at <= now)
        .order_by(col(QueuedProposal.first_at), col(QueuedProposal.id))
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    found = session.exec(passed).all()
    for one in found:
        _give_back(session, one, by=None, now=now)
    return len(found)


def maker_helps(session: Session, queued: QueuedProposal, *, now: datetime) -> bool:
    """Say whether who made it still helps the citizen."""
    ties = (tie(queued.citizen_id, queued.maker_id) for tie in (helps, is_contact, stands_in))
    return bool(session.exec(select(or_(*ties)), params={"now": now, "today": danish_day(now)}).one())


def _give_back(session: Session, queued: QueuedProposal, *, by: UUID | None, now: datetime) -> None:
    queued.state, queued.settled_at, queued.settled_by = QueueState.RETURNED, now, by
    news = NoticeContent(PROPOSAL_RETURNED, queued.citizen_id, by=by, about=queued.id)
    add_notice(session, queued.maker_id, news, now=now)


def _lock(session: Session, citizen_id: UUID, queued_id: UUID) -> QueuedProposal:
    found = session.exec(_one(citizen_id, queued_id).with_for_update()).one_or_none()
    if found is None:
        raise Missing
    return found


def _one(citizen_id: UUID, queued_id: UUID) -> SelectOfScalar[QueuedProposal]:
    return select(QueuedProposal).where(
        QueuedProposal.id == queued_id, QueuedProposal.citizen_id == citizen_id
    )
