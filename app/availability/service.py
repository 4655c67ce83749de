"""When a citizen can't, and what suits her best (ønsker). Callers own the transaction.

A wish never moves a meeting by itself: one that lies over a meeting is saved, and the citizen is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, select

from app.availability.models import CalendarLimits, CalendarWish
from app.availability.rules import DAY, USUAL, TimeRule, WishKind, wish_spans
from app.dates.local_time import danish_day
from app.errors import Refused
from app.identity.models import Person
from app.meetings.models import Meeting
from app.meetings.queries import goes_on_at
from app.meetings.rules import Channel

MOST_WISHES = 40


class TooManyWishes(Refused):
    reason = "Du har skrevet mange tider. Fjern en af dem først."


@dataclass(frozen=True, slots=True)
class MeetingNeeds:
    """What those who hold a meeting must know to hold it well. Why, they are not told."""

    channel: Channel | None  # None: no matter
    interpreter: bool
    language: str | None  # None: none is needed, or we don't know which
    companion: str | None  # None: nobody comes along


@dataclass(frozen=True, slots=True)
class ConflictingMeeting:
    """A meeting that lies where the citizen has said "kan ikke"."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


def list_wishes(session: Session, citizen_id: UUID) -> Sequence[CalendarWish]:
    """Return the times that don't suit the citizen, as she said them, the oldest first."""
    rows = select(CalendarWish).where(CalendarWish.citizen_id == citizen_id)
    return session.exec(rows.order_by(col(CalendarWish.created_at), col(CalendarWish.id))).all()


def add_wish(
    session: Session, citizen_id: UUID, rule: TimeRule, kind: WishKind, *, hard: bool, now: datetime
) -> CalendarWish:
    """Write down a time that doesn't suit; the same again changes nothing but why and how much.

    Raises:
        TooManyWishes: there are as many as anybody could keep in mind.
    """
    known = list_wishes(session, citizen_id)
    wish = next((one for one in known if TimeRule.of(one) == rule), None)
    if wish is None:
        if len(known) >= MOST_WISHES:
            raise TooManyWishes
        wish = CalendarWish(citizen_id=citizen_id, kind=kind, hard=hard, created_at=now, **rule.fields)
        session.add(wish)
    wish.kind, wish.hard = kind, hard
    session.flush()
    return wish


def remove_wish(session: Session, citizen_id: UUID, wish_id: UUID) -> None:
    """Take a wish away. One that is not there, or not hers, is left as it is."""
    hers = (col(CalendarWish.id) == wish_id, col(CalendarWish.citizen_id) == citizen_id)
    session.exec(delete(CalendarWish).where(*hers))


def list_conflicting_meetings(
    session: Session, citizen_id: UUID, wishes: Iterable[CalendarWish], *, now: datetime
) -> dict[UUID, list[ConflictingMeeting]]:
    """Return, by hard wish, the citizen's meetings to come that lie in it, soonest first."""
    hard = [one for one in wishes if one.hard]
    if not hard:
        return {}
    coming = (
        select(Meeting.id, Meeting.starts_at, Meeting.ends_at)
        .where(
            Meeting.citizen_id == citizen_id,
            goes_on_at(now),
        )
        .order_by(col(Meeting.starts_at), col(Meeting.id))
    )
    meetings = [ConflictingMeeting(*row) for row in session.exec(coming)]
    return {wish.id: [one for one in meetings if _lies_in(one, wish)] for wish in hard}


def _lies_in(one: ConflictingMeeting, wish: CalendarWish) -> bool:
    closed = wish_spans([wish], danish_day(one.starts_at) - DAY, danish_day(one.ends_at))
    return any(start < one.ends_at and one.starts_at < end for start, end in closed)


def get_limits(session: Session, citizen_id: UUID) -> CalendarLimits:
    """Return what the citizen has said of how much and how, or the usual; not to be changed."""
    return session.get(CalendarLimits, citizen_id) or _usual(citizen_id)


def change_limits(
    session: Session, citizen_id: UUID, change: Mapping[str, Any], *, now: datetime
) -> CalendarLimits:
    """Write down one thing about how much and how; the rest stays as it is."""
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    usual = _usual(citizen_id).model_dump() | {"updated_at": now}
    session.exec(make(CalendarLimits).values(**usual).on_conflict_do_nothing())
    row = session.get_one(CalendarLimits, citizen_id, with_for_update=True)
    for name, value in change.items():
        setattr(row, name, value)
    row.updated_at = now
    session.flush()
    return row


def _usual(citizen_id: UUID) -> CalendarLimits:
    return CalendarLimits(
        citizen_id=citizen_id,
        per_day=USUAL.per_day,
        per_week=USUAL.per_week,
        notice_days=USUAL.notice_days,
        updated_at=datetime.min.replace(tzinfo=UTC),
    )


def find_language(session: Session, citizen_id: UUID) -> str | None:
    """Return the language an interpreter must speak; None when none is needed, or we don't know which."""
    wanted = select(Person.interpreter_language).where(Person.id == citizen_id)
    return session.exec(wanted).one()


def choose_interpreter(
    session: Session, citizen_id: UUID, language: str | None, *, needed: bool, now: datetime
) -> None:
    """Write down whether an interpreter comes along, and what they must speak (None: not known yet)."""
    change_limits(session, citizen_id, {"needs_interpreter": needed}, now=now)
    session.get_one(Person, citizen_id).interpreter_language = language if needed else None
    session.flush()


def get_needs(session: Session, citizen_id: UUID) -> MeetingNeeds:
    """Return what those who plan a meeting must know of the citizen."""
    limits, language = get_limits(session, citizen_id), find_language(session, citizen_id)
    needed = language is not None or limits.needs_interpreter
    return MeetingNeeds(limits.channel, needed, language, limits.companion)
