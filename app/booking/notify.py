"""What everybody is told when a meeting changes, in the transaction of the change itself."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import Session, col, select

from app.booking.participants import representative_ids
from app.booking.reminders import plan_reminders
from app.identity.models import Person
from app.meetings.models import CalendarSubject, Meeting, Participant
from app.meetings.news import MEETING_NEW
from app.meetings.rules import SubjectKind
from app.notifications.rules import NoticeContent, NoticeKind
from app.notifications.service import add_notice
from app.plan.service import find_contact, record_open
from app.store.prepared import execute_prepared

_PROFESSIONALS = (
    select(Participant.subject_id)
    .join(CalendarSubject, col(CalendarSubject.id) == Participant.subject_id)
    .where(
        Participant.meeting_id == bindparam("meeting_id", type_=Uuid()),
        CalendarSubject.kind == SubjectKind.PROFESSIONAL,
    )
)


def notify_everybody(  # noqa: PLR0913 — what happened to which, by whom, and who knows it already
    session: Session,
    meeting: Meeting,
    kind: NoticeKind,
    *,
    by: UUID | None,
    now: datetime,
    others: Collection[Meeting] = (),
    but: Collection[UUID] = (),
) -> None:
    """Tell everybody in the meeting, who called it and the contact person; give the plan its revision.

    `others` changed in the same way and at once: there is one message of all, that tells of `meeting`. `but`
    are told something else.
    """
    news = NoticeContent(kind, meeting.citizen_id, by=by, about=meeting.id)
    for one in sorted(_recipients(session, meeting, kind, now=now).difference(but)):
        add_notice(session, one, news, now=now)
    _record(session, meeting, kind.revision, by=by, now=now, others=others)


def notify_people(
    session: Session,
    meeting: Meeting,
    kind: NoticeKind,
    whom: Collection[UUID],
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """Tell these of the meeting. A room is told nothing."""
    news = NoticeContent(kind, meeting.citizen_id, by=by, about=meeting.id)
    known = select(Person.id).where(col(Person.id).in_(whom)).order_by(col(Person.id))
    for one in session.exec(known) if whom else ():
        add_notice(session, one, news, now=now)


def _record(
    session: Session,
    meeting: Meeting,
    what: str,
    *,
    by: UUID | None,
    now: datetime,
    others: Collection[Meeting],
) -> None:
    """Give the plan its revision and the meeting its reminders, and tell nobody."""
    for one in (meeting, *others):
        plan_reminders(session, one, now=now)
    record_open(session, meeting.citizen_id, what, by=by, now=now)


def _recipients(session: Session, meeting: Meeting, kind: NoticeKind, *, now: datetime) -> set[UUID]:
    told = set(execute_prepared(session, _PROFESSIONALS, {"meeting_id": meeting.id}))
    if kind is not MEETING_NEW:  # the contact person is not in every meeting that is called
        contact = find_contact(session, meeting.citizen_id)
        told |= {one for one in (contact and contact.id, meeting.organiser_id) if one}
    return told | {meeting.citizen_id, *representative_ids(session, meeting.citizen_id, now=now)}
