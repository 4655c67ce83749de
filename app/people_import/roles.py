"""What a list does to people's roles: given, ended or given again, and who must not lose theirs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, update
from sqlmodel import Session, col, or_

from app.dates.local_time import danish_day
from app.i18n import date_only
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.offboarding.rules import LastAdministrator
from app.offboarding.service import (
    close_ways_in,
    leave_teams,
    refuse_without_administrator,
    rejoin_teams,
)
from app.people_import.fields import ROLES
from app.people_import.line_errors import BadFile, LineProblem
from app.people_import.matching import KnownPerson
from app.plan.bulk import contact_persons

STILL_CONTACT = (
    "Personen er kontaktperson. Antal borgere: {count}. Giv dem en anden i kolonnen kontaktperson,"
    " før rollen slutter."
)


def write_roles(session: Session, people: Sequence[KnownPerson], *, now: datetime) -> None:
    """Give and end roles as the lines say; with the last role all ways in are closed.

    Who had none gets none of their old ways in back with the new one.
    """
    new = [
        {
            "id": uuid4(),
            "person_id": one.id,
            "role": role,
            "starts_at": (one.row and one.row.starts_at) or now,
            "ends_at": one.held[role],
        }
        for one in people
        for role in sorted(one.held.keys() - one.held_before.keys())
    ]
    _end(session, people, now)
    if new:
        session.exec(insert(PersonRole), params=new)
    shut = [one.id for one in people if one.before and bool(one.held) != bool(one.held_before)]
    if shut:
        close_ways_in(session, shut, now=now)


def _end(session: Session, people: Iterable[KnownPerson], now: datetime) -> None:
    changes = [(one, role, one.held.get(role, now)) for one in people for role in _changed(one)]
    for one, role, ends_at in changes:
        theirs = update(PersonRole).where(
            col(PersonRole.person_id) == one.id,
            col(PersonRole.role) == role,
            or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > now),
        )
        session.exec(theirs.values(ends_at=ends_at))
        if role is Role.PROFESSIONAL:
            _follow(session, one, ends_at)


def _follow(session: Session, one: KnownPerson, ends_at: datetime | None) -> None:
    """Let somebody leave their teams with the role, or stay on them if it goes on longer than it was to."""
    before = one.held_before[Role.PROFESSIONAL]
    if before is not None:
        rejoin_teams(session, one.id, left_at=before, until=ends_at)
    if ends_at is not None:
        leave_teams(session, [one.id], at=ends_at)


def _changed(one: KnownPerson) -> list[Role]:
    """Return the roles held before that end, or end on another day than they did."""
    return [role for role, ends_at in sorted(one.held_before.items()) if one.held.get(role, _NOW) != ends_at]


_NOW = object()  # a role that is gone ends now, and that is no moment it had before


def _lose(people: Iterable[KnownPerson], role: Role) -> list[KnownPerson]:
    """Return those who held a role without an end, and don't any more."""
    return [one for one in people if role in _changed(one) and one.held.get(role, _NOW) is not None]


def check_ended(session: Session, people: Sequence[KnownPerson]) -> None:
    """Refuse the file if it leaves a citizen without a contact person, or nobody who can let others in.

    Raises:
        BadFile: naming the lines whose roles may not end.
    """
    problems = []
    leaving = {one.id: one for one in _lose(people, Role.CONTACT)}
    if leaving:
        standing = list(contact_persons(session).values())
        problems += [
            _problem(one, STILL_CONTACT.format(count=standing.count(who)))
            for who, one in leaving.items()
            if who in standing
        ]
    last = _lose(people, Role.ADMINISTRATOR)
    try:
        refuse_without_administrator(session, [Role.ADMINISTRATOR] if last else [])
    except LastAdministrator:
        problems += [_problem(one, LastAdministrator.reason) for one in last]
    if problems:
        raise BadFile(problems)


def _problem(one: KnownPerson, reason: str) -> LineProblem:
    return LineProblem(one.row.line if one.row else 0, "til", reason)


def role_sentences(people: Iterable[KnownPerson]) -> list[str]:
    """Return who loses a role, and who gets one back, by the lines of the file: it has the names."""
    found = []
    for one in people:
        line = one.row.line if one.row else 0
        for role in _changed(one):
            found.append(f"Linje {line}: {_ends(role, one.held.get(role, _NOW))}")
        again = (one.held.keys() - one.held_before.keys()) & one.past_roles
        found += [f"Linje {line}: får rollen {name_of(role)} igen, som var slut." for role in sorted(again)]
    return found


def _ends(role: Role, ends_at: object) -> str:
    if ends_at is None:
        return f"rollen {name_of(role)} har ingen slutdato længere."
    if not isinstance(ends_at, datetime):
        return f"mister rollen {name_of(role)}."
    return f"har rollen {name_of(role)} til {date_only(danish_day(ends_at))} og ikke den dag."


def name_of(role: Role) -> str:
    return ROLES[role][0]
