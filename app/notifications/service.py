"""Telling people what is new, in the transaction of the thing itself. Callers own the transaction."""

from collections.abc import Collection
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


def withdraw_news(session: Session, kinds: Collection[NoticeKind], citizen_ids: Collection[UUID]) -> None:
    """Take back what nobody has seen yet of these kinds with these citizens, whatever it is about."""
    names = [one.name for one in kinds]
    unseen = delete(Notice).where(col(Notice.kind).in_(names), col(Notice.citizen_id).in_(citizen_ids))
    session.exec(unseen.where(col(Notice.seen_at).is_(None)))


def mark_notices_read(session: Session, person_id: UUID, ids: Collection[UUID], *, now: datetime) -> None:
    """Note that somebody has opened what these notices tell of, or set it aside."""
    theirs = update(Notice).where(col(Notice.person_id) == person_id, col(Notice.id).in_(ids))
    session.exec(theirs.where(col(Notice.seen_at).is_(None)).values(seen_at=now))


def mark_read_about(session: Session, person_id: UUID, about: Collection[UUID], *, now: datetime) -> None:
    """Note that somebody has opened these things themselves, by whatever road."""
    theirs = update(Notice).where(col(Notice.about_id).in_(about), col(Notice.person_id) == person_id)
    session.exec(theirs.where(col(Notice.seen_at).is_(None)).values(seen_at=now))


def set_news_aside(session: Session, citizen_id: UUID, *, until: datetime, now: datetime) -> None:
    """Note that a citizen sets aside what was new in their own plan up to `until`, of kinds known here."""
    own = update(Notice).where(col(Notice.person_id) == citizen_id, col(Notice.citizen_id) == citizen_id)
    unread = own.where(col(Notice.kind).in_(KINDS), col(Notice.seen_at).is_(None))
    session.exec(unread.where(col(Notice.at) <= until).values(seen_at=now))


def set_helper_news_aside(session: Session, person_id: UUID, *, until: datetime, now: datetime) -> None:
    """Note that who helps sets aside what was new with others up to `until`, of kinds known here."""
    others = update(Notice).where(col(Notice.person_id) == person_id, col(Notice.citizen_id) != person_id)
    unread = others.where(col(Notice.kind).in_(KINDS), col(Notice.seen_at).is_(None))
    session.exec(unread.where(col(Notice.at) <= until).values(seen_at=now))
