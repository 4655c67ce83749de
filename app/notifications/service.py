"""Telling people what is new, in the transaction of the thing itself. Callers own the transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col

from app.notifications.models import Notice
from app.notifications.rules import KINDS, NoticeContent, NoticeKind


def add_notice(session: Session, person_id: UUID, news: NoticeContent, *, now: datetime) -> None:
    """Note that something is new for a person; nobody is told of what they did themselves."""
    if person_id == news.by:
        return
    session.add(
        Notice(
            person_id=person_id,
            citizen_id=news.citizen_id,
            kind=news.kind.name,
            actor_id=news.by,
            about_id=news.about,
            at=now,
        )
    )


def withdraw_notice(session: Session, kind: NoticeKind, about_id: UUID) -> None:
    """Take back what nobody has seen yet: what it tells of is no longer theirs to know."""
    unseen = delete(Notice).where(col(Notice.kind) == kind.name, col(Notice.about_id) == about_id)
    session.exec(unseen.where(col(Notice.seen_at).is_(None)))


def mark_notices_seen(session: Session, citizen_id: UUID, *, now: datetime) -> None:
    """Note that a citizen has been shown what is new in their own plan up to `now`, of kinds known here."""
    unseen = update(Notice).where(col(Notice.person_id) == citizen_id, col(Notice.citizen_id) == citizen_id)
    shown = unseen.where(col(Notice.kind).in_(KINDS), col(Notice.seen_at).is_(None))
    session.exec(shown.where(col(Notice.at) <= now).values(seen_at=now))
