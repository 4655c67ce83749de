"""Taking what a message says into the plan: asked by the contact person, done by the citizen's yes alone."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.messages.models import PlanRequest
from app.messages.news import PLAN_ANSWERED
from app.messages.rules import PlanAnswer, PlanNotOpen
from app.messages.service import lock_plan_request
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.rules import PlanState
from app.plan.service import find_contact, find_plan, record_revision


def accept_plan_request(
    session: Session, citizen_id: UUID, request_id: UUID, words: str, *, now: datetime
) -> Entry:
    """Put `words`, as the citizen wants them, into the plan: an entry of kind *other*, in one transaction.

    Raises:
        Missing: no such question to this citizen.
        NothingToAnswer: it is answered already.
        PlanNotOpen: the plan is not open any more.
    """
    request = lock_plan_request(session, citizen_id, request_id)
    plan = find_plan(session, citizen_id)
    if plan is None or plan.state is not PlanState.ACTIVE:
        raise PlanNotOpen
    entry = Entry(
        plan_id=plan.id,
        author_id=citizen_id,
        kind=EntryKind.OTHER,
        state=EntryState.IN_PLAN,
        shared_version=1,
        approved_version=1,
        written_at=now,
        shared_at=now,
        answered_at=now,
        answered_by=citizen_id,  # who asked has decided nothing,
    )
    session.add(entry)
    session.flush()
    session.add(EntryVersion(entry_id=entry.id, number=1, words=words, written_at=now, author_id=citizen_id))
    session.flush()
    session.add(
        EntryEvent(entry_id=entry.id, version=1, what=EntryEventKind.APPROVED, at=now, actor_id=citizen_id)
    )
    record_revision(session, plan.id, "entry_approved", by=citizen_id, now=now)
    _answer(session, citizen_id, request, PlanAnswer.YES, now=now)
    request.entry_id = entry.id
    session.flush()
    return entry


def decline_plan_request(session: Session, citizen_id: UUID, request_id: UUID, *, now: datetime) -> None:
    """Keep it between the citizen and the contact person. Raises as `accept_plan_request`."""
    request = lock_plan_request(session, citizen_id, request_id)
    _answer(session, citizen_id, request, PlanAnswer.NO, now=now)


def _answer(
    session: Session, citizen_id: UUID, request: PlanRequest, answer: PlanAnswer, *, now: datetime
) -> None:
    request.answer, request.answered_at = answer, now
    contact = find_contact(session, citizen_id)
    told = {one for one in (request.asked_by, contact and contact.id) if one}
    for person_id in sorted(told):
        news = NoticeContent(PLAN_ANSWERED, citizen_id, by=citizen_id, about=request.message_id)
        add_notice(session, person_id, news, now=now)
