"""When a citizen can't, and what suits her best (ønsker). Callers own the transaction.

A wish never moves a meeting by itself: one that lies over a meeting is saved, and the citizen is asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.availability.models import CalendarLimits, CalendarWish
from app.availability.queries import usual_limits
from app.availability.rules import TimeRule, WishKind
from app.errors import Refused
from app.identity.models import Person
from app.store.insert import insert_or_find

MOST_WISHES = 40


class TooManyWishes(Refused):
    reason = "Du har skrevet mange tider. Fjern en af dem først."


def add_wish(
    session: Session, citizen_id: UUID, rule: TimeRule, kind: WishKind, *, hard: bool, now: datetime
) -> CalendarWish:
    """Write down a time that doesn't suit; the same again changes nothing but why and how much.

    Raises:
        TooManyWishes: there are as many as anybody could keep in mind.
    """
    known = session.exec(select(CalendarWish).where(CalendarWish.citizen_id == citizen_id)).all()
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


def change_limits(
    session: Session, citizen_id: UUID, change: Mapping[str, Any], *, now: datetime
) -> CalendarLimits:
    """Write down one thing about how much and how; the rest stays as it is."""
    usual = usual_limits(citizen_id).model_dump() | {"updated_at": now}
    mine = select(CalendarLimits).where(CalendarLimits.citizen_id == citizen_id).with_for_update()
    row = insert_or_find(session, usual, mine)
    for name, value in change.items():
        setattr(row, name, value)
    row.updated_at = now
    session.flush()
    return row


def choose_interpreter(
    session: Session, citizen_id: UUID, language: str | None, *, needed: bool, now: datetime
) -> None:
    """Write down whether an interpreter comes along, and what they must speak (None: not known yet)."""
    change_limits(session, citizen_id, {"needs_interpreter": needed}, now=now)
    session.get_one(Person, citizen_id).interpreter_language = language if needed else None
    session.flush()
