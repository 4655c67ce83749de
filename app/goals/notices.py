"""Who is told of what is done with a goal, a step or a promise. Callers own the transaction."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.service import find_contact


def notify_of(session: Session, news: NoticeContent, *, now: datetime, owner_id: UUID | None = None) -> None:
    """Tell the citizen, the contact person and whose it is, whoever of them did not do it."""
    _tell(session, news, {news.citizen_id, owner_id, _contact_id(session, news)}, now=now)


def notify_helpers(
    session: Session, news: NoticeContent, *, now: datetime, owner_id: UUID | None = None
) -> None:
    """As `notify_of`, but for the citizen, who is told otherwise."""
    _tell(session, news, {owner_id, _contact_id(session, news)} - {news.citizen_id}, now=now)


def _contact_id(session: Session, news: NoticeContent) -> UUID | None:
    contact = find_contact(session, news.citizen_id)
    return contact.id if contact else None


def _tell(session: Session, news: NoticeContent, told: set[UUID | None], *, now: datetime) -> None:
    for person_id in sorted(one for one in told if one):
        add_notice(session, person_id, news, now=now)
