"""Access that ends: roles, and with the last of them every way in. Callers own the transaction."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, or_, select

from app.calendar_sync.models import CalendarFeed
from app.dates.local_time import danish_day
from app.identity.credentials import Invitation, Passkey
from app.identity.models import LoginSession, Person, PersonRole
from app.identity.rules import STAFF, Role
from app.offboarding.rules import (
    AccessEnded,
    CannotTakeOver,
    EndOfAccess,
    HasCitizens,
    LastAdministrator,
    NothingToEnd,
    WaysIn,
)
from app.plan.bulk import contact_persons, hand_over_listed
from app.plan.models import Absence, TeamMembership
from app.plan.tie_conditions import ABSENCE_IS_NOT_OVER, CONTACT_FOR_GOOD, helps_after, leaves_on

A_MOMENT = timedelta(microseconds=1)
AT_ONCE = 500


def end_access(session: Session, wanted: EndOfAccess, *, now: datetime) -> AccessEnded:
    """End a person's roles, or one of them, and with the last one everything they come in by.

    Raises:
        NothingToEnd, LastAdministrator, HasCitizens, CannotTakeOver: nothing may be ended so; nothing is.
    """
    at = max(now, wanted.at)
    lock_administrators(session)
    held = _held(session, wanted.person_id, now)
    meant = _meant(frozenset(row.role for row in held), wanted.role)
    ending = [row for row in held if row.role in meant and (row.ends_at or at) >= at]
    if not ending:
        raise NothingToEnd
    roles = tuple(sorted({row.role for row in ending}))
    handed_over = _hand_over(session, wanted, now=now) if Role.CONTACT in roles else 0
    for row in ending:
        row.ends_at = max(at, row.starts_at + A_MOMENT)
    session.flush()
    refuse_without_administrator(session, roles)
    if Role.PROFESSIONAL in roles:
        leave_teams(session, [wanted.person_id], at=at)
    is_out = at <= now and not any(_goes_on(row, at) for row in held)
    left_work = at <= now and not any(_goes_on(row, at) for row in held if row.role in STAFF)
    ways_in = WaysIn()
    if is_out:
        ways_in = close_ways_in(session, [wanted.person_id], now=now)
    elif left_work and STAFF.intersection(roles):
        ways_in = WaysIn(feeds=_close_feeds(session, wanted.person_id, now))
    alone = _stands_in_for(session, wanted.person_id, at) if Role.CONTACT in roles else 0
    stays = tuple(sorted({row.role for row in held} - set(roles)))
    return AccessEnded(roles, at, ways_in, handed_over, alone, stays)


def _goes_on(row: PersonRole, at: datetime) -> bool:
    return row.ends_at is None or row.ends_at > at


def _close_feeds(session: Session, person_id: UUID, now: datetime) -> int:
    """End the calendar links of one who works here no more: they tell when citizens are met."""
    theirs = update(CalendarFeed).where(
        col(CalendarFeed.person_id) == person_id, col(CalendarFeed.revoked_at).is_(None)
    )
    return len(session.exec(theirs.values(revoked_at=now).returning(col(CalendarFeed.id))).all())


def _meant(held: frozenset[Role], role: Role | None) -> frozenset[Role]:
    """Return the roles to end: where none is named the work's, for who works here may be a citizen too."""
    return frozenset({role}) if role else (held & STAFF) or held


def lock_administrators(session: Session) -> None:
    """Let nobody else end an administrator until the transaction is over: of two, the last would go too.

    Asked for before any other role is, so that two who end each other wait in one line.
    """
    standing = select(PersonRole.id).where(PersonRole.role == Role.ADMINISTRATOR)
    session.exec(standing.order_by(col(PersonRole.id)).with_for_update()).all()


def refuse_without_administrator(session: Session, ended: Collection[Role]) -> None:
    """Raise LastAdministrator if one has ended and none is left whose role has no end."""
    if Role.ADMINISTRATOR not in ended:
        return
    left = select(PersonRole.id).where(
        PersonRole.role == Role.ADMINISTRATOR, col(PersonRole.ends_at).is_(None)
    )
    if session.exec(left).first() is None:
        raise LastAdministrator


def close_ways_in(session: Session, person_ids: Collection[UUID], *, now: datetime) -> WaysIn:
    """End every sign-in, passkey, invitation and calendar link of these people, and count them."""
    ids, counts = list(person_ids), Counter[str]()
    # Invitations first: one that is being used is waited for, and the passkey made with it is then seen.
    ways: dict[str, tuple[Any, Any]] = {
        "invitations": (Invitation, col(Invitation.revoked_at).is_(None) & col(Invitation.used_at).is_(None)),
        "passkeys": (Passkey, col(Passkey.revoked_at).is_(None)),
        "sessions": (LoginSession, col(LoginSession.revoked_at).is_(None)),
        "feeds": (CalendarFeed, col(CalendarFeed.revoked_at).is_(None)),
    }
    for start in range(0, len(ids), AT_ONCE):
        for way, (table, works) in ways.items():
            theirs = update(table).where(table.person_id.in_(ids[start : start + AT_ONCE]), works)
            closed = session.exec(theirs.values(revoked_at=now).returning(table.id))
            counts[way] += len(closed.all())
    return WaysIn(**counts)


def leave_teams(session: Session, person_ids: Collection[UUID], *, at: datetime) -> None:
    """Take these people off the teams they are on, from the day of `at`."""
    day = danish_day(at)
    standing = select(TeamMembership).where(
        col(TeamMembership.person_id).in_(list(person_ids)),
        helps_after(day),
    )
    for row in session.exec(standing):
        row.ends_on = max(day, row.starts_on + timedelta(days=1))
    session.flush()


def rejoin_teams(session: Session, person_id: UUID, *, left_at: datetime, until: datetime | None) -> None:
    """Give somebody back the teams they were to leave with a role that ends later now, or not at all."""
    theirs = update(TeamMembership).where(
        col(TeamMembership.person_id) == person_id, leaves_on(danish_day(left_at))
    )
    session.exec(theirs.values(ends_on=danish_day(until) if until else None))


def _held(session: Session, person_id: UUID, now: datetime) -> list[PersonRole]:
    held = select(PersonRole).where(
        PersonRole.person_id == person_id,
        or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > now),
    )
    return list(session.exec(held.order_by(col(PersonRole.id)).with_for_update()))


def _hand_over(session: Session, wanted: EndOfAccess, *, now: datetime) -> int:
    """Give the citizens to who takes over, and count them: none is left without a contact person."""
    theirs = [one for one, person in contact_persons(session).items() if person == wanted.person_id]
    if not theirs:
        return 0
    if wanted.handover_to is None:
        raise HasCitizens(count=len(theirs))
    takes_over = select(PersonRole.id).where(PersonRole.person_id == wanted.handover_to, CONTACT_FOR_GOOD)
    able = session.exec(takes_over, params={"now": now}).first() is not None
    if not able or wanted.handover_to in (wanted.person_id, *theirs):
        raise CannotTakeOver
    hand_over_listed(session, theirs, wanted.person_id, wanted.handover_to, now=now)
    return len(theirs)


def _stands_in_for(session: Session, person_id: UUID, at: datetime) -> int:
    """Return how many colleagues have this person as their substitute, always or in an absence to come."""
    always = select(Person.id).where(Person.substitute_id == person_id)
    away = select(Absence.person_id).where(Absence.substitute_id == person_id, ABSENCE_IS_NOT_OVER)
    both = select(func.count()).select_from(always.union(away).subquery())
    return int(session.exec(both, params={"now": at}).one())
