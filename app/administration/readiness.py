"""What is missing before the first citizen: counted in the database, and read in the municipality's file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from app.administration.queries import (
    HOLDS,
    NOW,
    OPEN_INVITATION,
    DepartmentSize,
    count_unplaced,
    list_departments,
)
from app.availability.models import BusySource
from app.booking.models import MeetingReminder
from app.config import Site
from app.dates.local_time import danish_day
from app.identity.credentials import Invitation, Passkey
from app.identity.models import Person, PersonRole
from app.identity.rules import STAFF, Role
from app.plan.models import ContactAssignment
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.db import UtcDateTime
from app.store.prepared import Reader

STUCK_AFTER = timedelta(minutes=30)  # the worker looks each minute
STATEMENT_LASTS = timedelta(days=366)  # the law asks for a look at it each year


def _people(*conditions: Any) -> Any:
    """Return a select of how many people hold a role now, of those whom the conditions mean."""
    holds = select(PersonRole.person_id).where(*HOLDS, *conditions)
    return select(func.count(func.distinct(holds.subquery().c.person_id)))


_of_person = PersonRole.person_id
_HAS_CONTACT = (
    select(ContactAssignment.id).where(ContactAssignment.citizen_id == _of_person, IS_CONTACT_NOW).exists()
)
_HAS_KEY = (
    select(Passkey.id).where(Passkey.person_id == _of_person, col(Passkey.revoked_at).is_(None)).exists()
)
_IS_INVITED = select(Invitation.id).where(Invitation.person_id == _of_person, *OPEN_INVITATION).exists()
_HAS_PHONE = select(Person.id).where(Person.id == _of_person, col(Person.phone).is_not(None)).exists()
_IS_CITIZEN, _IS_STAFF = PersonRole.role == Role.CITIZEN, col(PersonRole.role).in_(STAFF)

COUNTS = {
    "administrators": _people(PersonRole.role == Role.ADMINISTRATOR, col(PersonRole.ends_at).is_(None)),
    "contacts": _people(PersonRole.role == Role.CONTACT),
    "leaders": _people(PersonRole.role == Role.LEADER),
    "citizens": _people(_IS_CITIZEN),
    "without_contact": _people(_IS_CITIZEN, ~_HAS_CONTACT),
    "staff_shut_out": _people(_IS_STAFF, ~_HAS_KEY, ~_IS_INVITED),
    "citizens_shut_out": _people(_IS_CITIZEN, ~_HAS_KEY, ~_IS_INVITED),
    "contacts_without_phone": _people(PersonRole.role == Role.CONTACT, ~_HAS_PHONE),
    "run_out": select(func.count()).where(
        col(Invitation.used_at).is_(None), col(Invitation.revoked_at).is_(None), Invitation.expires_at <= NOW
    ),
    "reminders_stuck": select(func.count()).where(
        MeetingReminder.due_at <= bindparam("long_ago", type_=UtcDateTime()),
        col(MeetingReminder.sent_at).is_(None),
        col(MeetingReminder.dropped_at).is_(None),
    ),
    "unread_calendars": select(func.count()).where(col(BusySource.fault).is_not(None)),
}


MUSTS = ("reminders_stuck", "without_contact", "staff_shut_out", "contacts_without_phone")
OTHERS = ("citizens_shut_out", "run_out", "unread_calendars")


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing: what, of how many or of whom; `must`: no citizen should come in before."""

    what: str
    must: bool
    number: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadinessReport:
    """All that was looked at: how many citizens there are, and what is missing, the worst first."""

    citizens: int
    lacks: tuple[Lack, ...]

    @property
    def musts(self) -> tuple[Lack, ...]:
        return tuple(one for one in self.lacks if one.must)

    @property
    def others(self) -> tuple[Lack, ...]:
        return tuple(one for one in self.lacks if not one.must)


@cache
def _count(name: str) -> Any:
    return COUNTS[name]


def read_readiness(
    reader: Reader, site: Site, *, database_lacks: Sequence[str], now: datetime
) -> ReadinessReport:
    """Return what is missing now; `database_lacks`: what the server itself misses of its database."""
    asked = {"now": now, "long_ago": now - STUCK_AFTER}
    counts = {name: int(reader.exec(_count(name), params=asked).one()) for name in COUNTS}
    departments = list_departments(reader, now=now)
    lacks = [
        *([Lack("database", must=True)] if database_lacks else []),
        *_of_people(counts, departments, count_unplaced(reader, now=now)),
        *_of_site(site, danish_day(now)),
    ]
    return ReadinessReport(counts["citizens"], tuple(sorted(lacks, key=lambda one: not one.must)))


def _of_people(
    counts: dict[str, int], departments: Sequence[DepartmentSize], unplaced: int
) -> Iterator[Lack]:
    empty = tuple(one.name for one in departments if not one.staff)
    found = (
        Lack("no_contact_person", must=True, number=not counts["contacts"]),
        Lack("no_citizens", must=True, number=not counts["citizens"]),
        *(Lack(name, must=True, number=counts[name]) for name in MUSTS),
        Lack("empty_departments", must=False, number=len(empty), names=empty),
        Lack("unplaced", must=False, number=unplaced),
        Lack("one_administrator", must=False, number=counts["administrators"] == 1),
        Lack("no_leader", must=False, number=not counts["leaders"]),
        *(Lack(name, must=False, number=counts[name]) for name in OTHERS),
    )
    yield from (one for one in found if one.number)


def _of_site(site: Site, today: date) -> Iterator[Lack]:
    """Yield what the municipality's file may leave out, and a citizen would miss."""
    if not site.duty_text:
        yield Lack("no_duty_text", must=True)
    if not site.message_duty:
        yield Lack("no_message_duty", must=True)
    if not site.legal_basis:
        yield Lack("no_legal_basis", must=True)
    if today - site.statement_updated_on > STATEMENT_LASTS:
        yield Lack("old_statement", must=False)
    if not any(one > today for one in site.workdays.closing_days):
        yield Lack("no_closing_days", must=False)
    if not site.places:
        yield Lack("no_places", must=False)
