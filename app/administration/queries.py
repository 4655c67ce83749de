"""What the pages of one person and of what was done read, as frozen rows."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from app.access.act_kinds import ActKind
from app.access.models import AdministrationAct
from app.administration.rules import HeldSpan, InvitationState
from app.errors import Missing
from app.i18n import danish_key
from app.identity.credentials import Invitation, Passkey
from app.identity.models import Department, Person, PersonRole
from app.identity.rules import STAFF, Role
from app.plan.models import ContactAssignment
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, select_columns

NOW: Any = bindparam("now", type_=UtcDateTime())
HOLDS: Any = (
    PersonRole.starts_at <= NOW,
    or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > NOW),
)
OPEN_INVITATION: Any = (
    col(Invitation.used_at).is_(None),
    col(Invitation.revoked_at).is_(None),
    Invitation.expires_at > NOW,
)
MOST_ACTS = 10
MOST_INVITATIONS = 50  # that a page lists
MOST_LACKING = 20  # citizens without a contact person that a page lists
MOST_STAFF = 100  # of a department that a page lists
ROLES_EACH = 3  # at the most that are counted on, of those who are listed
_PERSON = bindparam("person_id", type_=Uuid())


@dataclass(frozen=True, slots=True)
class AdministeredPerson:
    """Somebody as an administrator sees them: no contact data, and nothing of a plan."""

    id: UUID
    name: str
    title: str | None
    department_id: UUID | None
    department: str | None
    spans: tuple[HeldSpan, ...]  # also those that are over, the newest first
    passkeys: int
    invited_until: datetime | None  # None: no invitation that can be used
    citizens: int  # whose contact person they are
    has_contact: bool  # a contact person of their own

    def held(self, now: datetime) -> tuple[HeldSpan, ...]:
        """Return the roles that hold now."""
        return tuple(one for one in self.spans if one.holds(now))

    def not_over(self, now: datetime) -> tuple[HeldSpan, ...]:
        """Return the roles that hold now or will."""
        return tuple(one for one in self.spans if not one.is_over(now))

    def lacks_contact(self, now: datetime) -> bool:
        """True of a citizen without a contact person."""
        return not self.has_contact and any(one.role is Role.CITIZEN for one in self.held(now))

    @property
    def is_citizen(self) -> bool:
        """True also of somebody who was one: what they had is still theirs."""
        return any(one.role is Role.CITIZEN for one in self.spans)


@dataclass(frozen=True, slots=True)
class DepartmentSize:
    """A department, and how many have a role of work in it now."""

    id: UUID
    name: str
    hidden: bool
    staff: int


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who works here, as a list of a department tells."""

    id: UUID
    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class ListedInvitation:
    """An invitation as a list tells of it: never its code."""

    id: UUID
    person_id: UUID
    name: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None  # None: no passkey came of it
    made_by: str | None  # None: at the terminal


@dataclass(frozen=True, slots=True)
class DoneAct:
    """Something that was done, as the list of it tells."""

    id: UUID
    at: datetime
    by: str | None  # None: at the terminal
    kind: ActKind
    person_id: UUID | None
    person: str | None  # None: of several, or of nobody
    roles: tuple[Role, ...]
    until: datetime | None
    about: str | None
    number: int
    details: Mapping[str, Any]

    @property
    def asks_to_invite(self) -> bool:
        """True when the person has no way in after it."""
        return self.kind in (ActKind.PERSON_ADDED, ActKind.WAYS_CLOSED)


_WHO = (
    select_columns(
        Person.id,
        Person.name,
        Person.title,
        Person.department_id,
        col(Department.name).label("department"),
    )
    .outerjoin(Department, col(Department.id) == Person.department_id)
    .where(Person.id == _PERSON)
)
_SPANS = select_columns(PersonRole.role, PersonRole.starts_at, PersonRole.ends_at).where(
    PersonRole.person_id == _PERSON
)
_PASSKEYS = select(func.count()).where(Passkey.person_id == _PERSON, col(Passkey.revoked_at).is_(None))
_INVITED = select(func.max(Invitation.expires_at)).where(Invitation.person_id == _PERSON, *OPEN_INVITATION)
_CITIZENS = select(func.count()).where(ContactAssignment.person_id == _PERSON, IS_CONTACT_NOW)
_CONTACT = select(func.count()).where(ContactAssignment.citizen_id == _PERSON, IS_CONTACT_NOW)
_has_contact: Any = (
    select(ContactAssignment.id).where(ContactAssignment.citizen_id == Person.id, IS_CONTACT_NOW).exists()
)
_is_citizen: Any = (
    select(PersonRole.id)
    .where(PersonRole.person_id == Person.id, PersonRole.role == Role.CITIZEN, *HOLDS)
    .exists()
)
_WITHOUT_CONTACT = (
    select(Person.id, Person.name)
    .where(_is_citizen, ~_has_contact)
    .order_by(col(Person.sort_key), col(Person.id))
    .limit(MOST_LACKING + 1)
    .offset(bindparam("skip", type_=Integer()))
)

_staff: Any = (
    select(Person.id, Person.department_id)
    .join(PersonRole, col(PersonRole.person_id) == Person.id)
    .where(col(PersonRole.role).in_(STAFF), *HOLDS)
    .distinct()
    .subquery("staff")
)
_DEPARTMENTS = (
    select_columns(Department.id, Department.name, Department.hidden, func.count(_staff.c.id).label("staff"))
    .outerjoin(_staff, _staff.c.department_id == Department.id)
    .group_by(col(Department.id), col(Department.name), col(Department.hidden))
)
_DEPARTMENT_NAMES = select(Department.name)
_members = (
    select_columns(Person.id, Person.name, Person.sort_key, PersonRole.role, PersonRole.ends_at)
    .join(PersonRole, col(PersonRole.person_id) == Person.id)
    .where(col(PersonRole.role).in_(STAFF), *HOLDS)
    .order_by(col(Person.sort_key), col(Person.id), col(PersonRole.role))
    .limit((MOST_STAFF + 1) * ROLES_EACH)
)
_MEMBERS = _members.where(Person.department_id == bindparam("department_id", type_=Uuid()))
_OF_NONE = _members.where(col(Person.department_id).is_(None))
_UNPLACED = select(func.count()).select_from(_staff).where(_staff.c.department_id.is_(None))
_CITIZENS_AMONG = (
    select(PersonRole.person_id)
    .where(col(PersonRole.person_id).in_(id_list()), PersonRole.role == Role.CITIZEN)
    .distinct()
)

_works: Any = col(Passkey.revoked_at).is_(None)
_SHUT_OUT: Any = (
    ~select(Passkey.id).where(Passkey.person_id == Person.id, _works).exists(),
    ~select(Invitation.id).where(Invitation.person_id == Person.id, *OPEN_INVITATION).exists(),
)
_contact: Any = aliased(Person)
_DEPARTMENT: Any = bindparam("department_id", type_=Uuid())


def _holders(*conditions: Any) -> Any:
    holds = select(PersonRole.id).where(PersonRole.person_id == Person.id, *HOLDS, *conditions).exists()
    return select(Person.sort_key, Person.id, Person.name).where(holds, *_SHUT_OUT)


_STAFF_OUTSIDE = _holders(col(PersonRole.role).in_(STAFF)).where(Person.department_id == _DEPARTMENT)
_CITIZENS_OUTSIDE = (
    _holders(PersonRole.role == Role.CITIZEN)
    .join(ContactAssignment, and_(ContactAssignment.citizen_id == Person.id, IS_CONTACT_NOW))
    .join(_contact, _contact.id == ContactAssignment.person_id)
    .where(_contact.department_id == _DEPARTMENT)
)
_PAPER = select(Person.id, Person.name, Person.language).where(col(Person.id).in_(id_list()))

_made_by: Any = aliased(Person)
_invitations = (
    select_columns(
        Invitation.id,
        Invitation.person_id,
        Person.name,
        col(Invitation.created_at).label("made_at"),
        Invitation.expires_at,
        Invitation.used_at,
        _made_by.name.label("made_by"),
    )
    .join(Person, col(Person.id) == Invitation.person_id)
    .outerjoin(_made_by, _made_by.id == Invitation.made_by)
    .limit(MOST_INVITATIONS + 1)
)
_newest = col(Invitation.created_at).desc(), col(Invitation.id)
_soonest = col(Invitation.expires_at), col(Invitation.id)
_not_taken_back: Any = col(Invitation.revoked_at).is_(None)
_RUN_OUT: Any = col(Invitation.used_at).is_(None), _not_taken_back, Invitation.expires_at <= NOW


@cache
def _in_state(state: InvitationState) -> RowSelect:
    """Return a select of the invitations in a state."""
    if state is InvitationState.OPEN:
        return _invitations.where(*OPEN_INVITATION).order_by(*_soonest)
    wanted = (col(Invitation.used_at).is_not(None),) if state is InvitationState.USED else _RUN_OUT
    return _invitations.where(*wanted).order_by(*_newest)


_by: Any = aliased(Person)
_whom: Any = aliased(Person)


def _acts() -> RowSelect:
    return (
        select_columns(
            *(getattr(AdministrationAct, name) for name in ("id", "at", "kind", "person_id", "roles")),
            *(getattr(AdministrationAct, name) for name in ("until", "about", "number", "details")),
            _by.name.label("by"),
            _whom.name.label("person"),
        )
        .outerjoin(_by, _by.id == AdministrationAct.by_id)
        .outerjoin(_whom, _whom.id == AdministrationAct.person_id)
        .order_by(col(AdministrationAct.at).desc(), col(AdministrationAct.id))
        .limit(MOST_ACTS)
    )


_ACTS = _acts()
_ACTS_OF = _acts().where(AdministrationAct.person_id == _PERSON)
_REFUSED = _acts().where(AdministrationAct.kind == ActKind.IMPORT_REFUSED)
_ACT = _acts().where(AdministrationAct.id == bindparam("act_id", type_=Uuid()))


def get_person(reader: Reader, person_id: UUID, *, now: datetime) -> AdministeredPerson:
    """Return somebody as they are now; raise Missing if there is nobody of that id."""
    asked = {"person_id": person_id, "now": now}
    row = reader.exec(_WHO, params=asked).first()
    if row is None:
        raise Missing
    held = sorted(reader.exec(_SPANS, params=asked).all(), key=lambda one: one.starts_at, reverse=True)
    return AdministeredPerson(
        id=row.id,
        name=row.name,
        title=row.title,
        department_id=row.department_id,
        department=row.department,
        spans=tuple(HeldSpan(one.role, one.starts_at, one.ends_at) for one in held),
        passkeys=reader.exec(_PASSKEYS, params=asked).one(),
        invited_until=reader.exec(_INVITED, params=asked).one(),
        citizens=reader.exec(_CITIZENS, params=asked).one(),
        has_contact=reader.exec(_CONTACT, params=asked).one() > 0,
    )


def list_department_names(reader: Reader) -> list[str]:
    """Return the names of all departments, in their order."""
    return sorted(reader.exec(_DEPARTMENT_NAMES, params={}).all(), key=danish_key)


def list_departments(reader: Reader, *, now: datetime) -> list[DepartmentSize]:
    """Return every department with how many work there, by name; those without anybody last."""
    found = [DepartmentSize(*row) for row in reader.exec(_DEPARTMENTS, params={"now": now}).all()]
    return sorted(found, key=lambda one: (not one.staff, danish_key(one.name)))


def list_staff(reader: Reader, department_id: UUID | None, *, now: datetime) -> list[StaffRow]:
    """Return who works in a department now (None: in no department), by name: MOST_STAFF, and one more."""
    asked = {"department_id": department_id, "now": now}
    rows = reader.exec(_MEMBERS, params=asked) if department_id else reader.exec(_OF_NONE, params=asked)
    found: dict[UUID, StaffRow] = {}
    for row in sorted(rows, key=lambda one: (one.sort_key, one.id, one.role)):
        before = found.get(row.id)
        roles = (*before.roles, row.role) if before else (row.role,)
        found[row.id] = StaffRow(row.id, row.name, roles)
    return list(found.values())[: MOST_STAFF + 1]


def list_without_contact(reader: Reader, side: int = 1, *, now: datetime) -> Sequence[tuple[UUID, str]]:
    """Return citizens who have no contact person, by name: the MOST_LACKING of that part, and one more."""
    return reader.exec(_WITHOUT_CONTACT, params={"now": now, "skip": (side - 1) * MOST_LACKING}).all()


def list_shut_out(
    reader: Reader, department_id: UUID, *, citizens: bool, now: datetime
) -> list[tuple[UUID, str]]:
    """Return who of a department has neither a passkey nor an invitation that works, by name.

    `citizens`: not those who work there but whose contact persons they are.
    """
    asked = {"department_id": department_id, "now": now}
    rows = (
        reader.exec(_CITIZENS_OUTSIDE, params=asked)
        if citizens
        else reader.exec(_STAFF_OUTSIDE, params=asked)
    )
    return [(person_id, name) for _key, person_id, name in sorted(rows)]


def list_paper_names(reader: Reader, person_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return the name and the language of each of these people."""
    if not person_ids:
        return {}
    rows = reader.exec(_PAPER, params={"ids": list(person_ids)}).all()
    return {person_id: (name, language) for person_id, name, language in rows}


def list_invitations(reader: Reader, state: InvitationState, *, now: datetime) -> list[ListedInvitation]:
    """Return invitations in a state, without their codes: MOST_INVITATIONS, and one more if there are."""
    return [ListedInvitation(*row) for row in reader.exec(_in_state(state), params={"now": now}).all()]


def count_unplaced(reader: Reader, *, now: datetime) -> int:
    """Return how many have a role of work and no department."""
    return int(reader.exec(_UNPLACED, params={"now": now}).one())


def list_citizens_among(reader: Reader, person_ids: Collection[UUID]) -> Sequence[UUID]:
    """Return which of these people are or were citizens: that somebody looked them up is written down."""
    return reader.exec(_CITIZENS_AMONG, params={"ids": list(person_ids)}).all() if person_ids else []


def list_acts(reader: Reader) -> list[DoneAct]:
    """Return what was done last, the newest first."""
    return [_act(row) for row in reader.exec(_ACTS, params={}).all()]


def list_acts_of(reader: Reader, person_id: UUID) -> list[DoneAct]:
    """Return what was done to a person last, the newest first."""
    return [_act(row) for row in reader.exec(_ACTS_OF, params={"person_id": person_id}).all()]


def list_refused_imports(reader: Reader) -> list[DoneAct]:
    """Return the lists of people that could not be taken, the newest first."""
    return [_act(row) for row in reader.exec(_REFUSED, params={}).all()]


def find_act(reader: Reader, act_id: UUID | None) -> DoneAct | None:
    """Return one thing that was done; None if there is none of that id."""
    row = reader.exec(_ACT, params={"act_id": act_id}).first() if act_id else None
    return _act(row) if row else None


def _act(row: Any) -> DoneAct:
    return DoneAct(
        row.id,
        row.at,
        row.by,
        row.kind,
        row.person_id,
        row.person,
        tuple(map(Role, row.roles.split())),
        row.until,
        row.about,
        row.number,
        json.loads(row.details or "{}"),
    )
