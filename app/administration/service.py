"""Roles given and ended, invitations and keys, each with a row that says who.

Callers own the transaction.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.access.access_log import write_act
from app.access.act_kinds import ABOUT_MOST, DETAILS_MOST, ActKind
from app.access.models import AdministrationAct
from app.access.policy import Action, SubjectReader
from app.administration.rules import (
    AlreadyHolds,
    ChangedMeanwhile,
    ContactToGive,
    HasContact,
    HeldSpan,
    NobodyToGive,
    NothingToClose,
    OwnWays,
    RoleToGive,
)
from app.config import Site
from app.errors import Missing
from app.identity.credentials import Invitation
from app.identity.invitations import NewInvitation, make_invitation
from app.identity.models import Department, Person, PersonRole
from app.identity.rules import Role
from app.identity.sessions import holds_a_role
from app.identity.tokens import NameTaken, create_token, revoke_token
from app.offboarding.rules import AccessEnded, EndOfAccess
from app.offboarding.service import close_ways_in, end_access, lock_administrators
from app.people_import.single import (
    AddedPerson,
    PersonToAdd,
    SecretOfSite,
    add_person,
    give_contact,
)
from app.plan.relations import subject_administered

LINES_MOST = 40  # of what was wrong with a file that are kept
A_LITTLE_WHILE = timedelta(minutes=10)  # in which the same form sent twice is one


def state_mark(spans: Collection[HeldSpan], department_id: UUID | None) -> str:
    """Return a mark of somebody's roles and department: another as soon as one of them is."""
    told = sorted(f"{one.role} {one.starts_at.isoformat()} {one.ends_at}" for one in spans)
    return hashlib.sha256("\n".join([str(department_id), *told]).encode()).hexdigest()[:16]


def give_role(session: Session, wanted: RoleToGive, *, seen: str, by: UUID | None, now: datetime) -> UUID:
    """Give a person a role and their department, and return the act that says so.

    `seen` is the mark of the roles that were on the page. Who had none gets no old way in back with the new
    one. The same once more, within a little while, is the act that was.

    Raises:
        NobodyToGive, ChangedMeanwhile, AlreadyHolds: nothing is changed.
    """
    person = session.exec(select(Person).where(Person.id == wanted.person_id).with_for_update()).first()
    if person is None or session.get(Department, wanted.department_id) is None:
        raise NobodyToGive
    spans = _spans(session, person.id)
    if state_mark(spans, person.department_id) != seen:
        return _given_before(session, wanted, person, by=by, now=now)
    given = HeldSpan(wanted.role, wanted.starts_at, wanted.ends_at)
    if any(one.role == given.role and one.overlaps(given) for one in spans):
        raise AlreadyHolds
    if not holds_a_role(session, person.id, now=now):
        close_ways_in(session, [person.id], now=now)
    person.department_id = wanted.department_id
    session.add(
        PersonRole(person_id=person.id, role=given.role, starts_at=given.starts_at, ends_at=given.ends_at)
    )
    session.flush()
    _log_citizens(session, [person.id], Action.PEOPLE_CHANGE, by=by, now=now)
    details = {"starts": given.starts_at.isoformat()} if given.starts_at > now else None
    act = AdministrationAct(at=now, by_id=by, kind=ActKind.ROLE_GIVEN, person_id=person.id, roles=given.role)
    act.until = given.ends_at
    return record_act(session, act, details)


def _given_before(
    session: Session, wanted: RoleToGive, person: Person, *, by: UUID | None, now: datetime
) -> UUID:
    """Return the act by which the very same was given a moment ago; raise ChangedMeanwhile if it was not."""
    held = any((one.role, one.ends_at) == (wanted.role, wanted.ends_at) for one in _spans(session, person.id))
    if held and person.department_id == wanted.department_id:
        for act in list_recent(session, ActKind.ROLE_GIVEN, wanted.person_id, by=by, now=now):
            if (act.roles, act.until) == (wanted.role, wanted.ends_at):
                return act.id
    raise ChangedMeanwhile


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody new as an administrator writes them, and the mark of the form they came by."""

    wanted: PersonToAdd
    sent: str = ""


def add_new_person(
    session: Session, site: Site, secret: SecretOfSite, new: NewPerson, *, by: UUID, now: datetime
) -> tuple[AddedPerson, UUID]:
    """Make a person as `people_import` does; return them and the act that says so. Raises as it."""
    added = add_person(session, site, secret, new.wanted, now=now)
    _log_citizens(session, [added.id], Action.PEOPLE_CHANGE, by=by, now=now)
    act = AdministrationAct(at=now, by_id=by, kind=ActKind.PERSON_ADDED, person_id=added.id, roles=added.role)
    act.until = added.ends_at
    begins = {"starts": new.wanted.starts_at.isoformat()} if new.wanted.starts_at else {}
    return added, record_act(session, act, begins | {"sent": new.sent})


def find_done(
    session: Session, kind: ActKind, person_id: UUID, *, sent: str | None = None, by: UUID, now: datetime
) -> UUID | None:
    """Return the last act of a kind that somebody did to a person a little while ago; None: there is none.

    `sent`: only by a form with that mark; None: whatever was sent.
    """
    done = list_recent(session, kind, person_id, by=by, now=now)
    return next((row.id for row in done if sent in (None, json.loads(row.details or "{}").get("sent"))), None)


def end_role(
    session: Session, wanted: EndOfAccess, *, by: UUID | None, now: datetime
) -> tuple[AccessEnded, UUID]:
    """End access as `end_access` does; return what was ended, and the act that says so."""
    lock_administrators(session)
    ended = end_access(session, wanted, now=now)
    _log_citizens(session, [wanted.person_id], Action.PEOPLE_CHANGE, by=by, now=now)
    act = AdministrationAct(
        at=now, by_id=by, kind=ActKind.ROLE_ENDED, person_id=wanted.person_id, roles=" ".join(ended.roles)
    )
    act.until = ended.at if ended.at > now else None
    counts = {
        **asdict(ended.ways_in),
        "handed_over": ended.handed_over,
        "stands_in_for": ended.stands_in_for,
    }
    details: dict[str, Any] = {name: number for name, number in counts.items() if number}
    if ended.stays:
        details["stays"] = list(ended.stays)
    return ended, record_act(session, act, details)


def close_ways(session: Session, person_id: UUID, *, by: UUID, now: datetime) -> UUID:
    """End every way in of somebody whose phone is lost, and return the act that says so. Roles stay.

    Raises:
        OwnWays, NothingToClose: nothing is changed.
    """
    if person_id == by:
        raise OwnWays
    counts = {
        name: number
        for name, number in asdict(close_ways_in(session, [person_id], now=now)).items()
        if number
    }
    if not counts:
        raise NothingToClose
    _log_citizens(session, [person_id], Action.PEOPLE_CHANGE, by=by, now=now)
    act = AdministrationAct(at=now, by_id=by, kind=ActKind.WAYS_CLOSED, person_id=person_id)
    return record_act(session, act, counts)


def give_contact_person(
    session: Session, site: Site, secret: SecretOfSite, named: ContactToGive, *, by: UUID, now: datetime
) -> UUID:
    """Give a citizen who has none their contact person, and return the act that says so.

    Raises:
        InvalidCell: it can't be told who is meant, or they can't be it.
        HasContact: nothing is changed.
    """
    if not give_contact(session, site, secret, named.citizen_id, named.said, now=now):
        raise HasContact
    _log_citizens(session, [named.citizen_id], Action.PEOPLE_CHANGE, by=by, now=now)
    act = AdministrationAct(at=now, by_id=by, kind=ActKind.CONTACT_GIVEN, person_id=named.citizen_id)
    return record_act(session, act, {"sent": named.sent})


def make_invitations(
    session: Session, secret_key: str, person_ids: Collection[UUID], *, by: UUID | None, now: datetime
) -> list[NewInvitation]:
    """Invite these people, in their order, and take back the invitations they had.

    Raises:
        NobodyToInvite: somebody holds no role today; nobody is invited.
    """
    made = [make_invitation(session, secret_key, one, by=by, now=now) for one in person_ids]
    ids = list(person_ids)
    _log_citizens(session, ids, Action.PEOPLE_INVITE, by=by, now=now)
    one_alone = ids[0] if len(ids) == 1 else None
    act = AdministrationAct(at=now, by_id=by, kind=ActKind.INVITED, person_id=one_alone, number=len(ids))
    record_act(session, act)
    return made


def withdraw_invitation(session: Session, invitation_id: UUID, *, by: UUID, now: datetime) -> None:
    """Take one invitation back: its code and its link open nothing from now on.

    Raises:
        Missing: there is none, or it is used or taken back.
    """
    found = session.exec(select(Invitation).where(Invitation.id == invitation_id).with_for_update()).first()
    if found is None or found.used_at is not None or found.revoked_at is not None:
        raise Missing
    found.revoked_at = now
    session.flush()
    _log_citizens(session, [found.person_id], Action.PEOPLE_INVITE, by=by, now=now)
    record_act(
        session,
        AdministrationAct(at=now, by_id=by, kind=ActKind.INVITATION_WITHDRAWN, person_id=found.person_id),
    )


def make_key(
    session: Session, name: str, scopes: Collection[str], *, intent: str = "", by: UUID | None, now: datetime
) -> str:
    """Give a system a key and return its secret; raise as `create_token`.

    The same form sent twice (`intent` is its key) makes the key anew: the one that is seen is the one that
    works.
    """
    name = name.strip()
    try:
        secret = create_token(session, name, scopes, now)
    except NameTaken:
        if not intent or not _was_made(session, name, intent, by=by, now=now):
            raise
        revoke_token(session, name, now)
        return create_token(session, name, scopes, now)
    made = {"scopes": sorted(set(scopes)), "intent": intent}
    record_act(session, AdministrationAct(at=now, by_id=by, kind=ActKind.KEY_MADE, about=name), made)
    return secret


def _was_made(session: Session, name: str, intent: str, *, by: UUID | None, now: datetime) -> bool:
    rows = list_recent(session, ActKind.KEY_MADE, None, by=by, now=now)
    return any(row.about == name and json.loads(row.details or "{}").get("intent") == intent for row in rows)


def end_key(session: Session, name: str, *, by: UUID | None, now: datetime) -> None:
    """Stop a system's key at once; raise as `revoke_token`."""
    revoke_token(session, name, now)
    record_act(session, AdministrationAct(at=now, by_id=by, kind=ActKind.KEY_ENDED, about=name.strip()))


@dataclass(frozen=True, slots=True)
class ImportToRecord:
    """A list of people that was taken, or not: what was said of it, and which file it was, by its checksum.

    The lines are ours: no cell of the file stands in them.
    """

    kind: ActKind
    lines: Sequence[str]
    number: int = 0  # of lines with faults
    checksum: str = ""


def record_import(session: Session, told: ImportToRecord, *, by: UUID | None, now: datetime) -> UUID:
    """Write down that a list of people was taken or refused, and the first lines of what it came to."""
    kept = list(told.lines)[:LINES_MOST]
    while len(json.dumps({"lines": kept, "file": told.checksum}, ensure_ascii=False)) > DETAILS_MOST:
        kept.pop()
    act = AdministrationAct(at=now, by_id=by, kind=told.kind, number=told.number)
    return record_act(session, act, {"lines": kept, "file": told.checksum})


def find_import(session: Session, checksum: str, *, by: UUID | None, now: datetime) -> UUID | None:
    """Return the act by which the same file was taken a little while ago; None: it was not."""
    rows = list_recent(session, ActKind.PEOPLE_IMPORTED, None, by=by, now=now)
    return next((row.id for row in rows if json.loads(row.details or "{}").get("file") == checksum), None)


def record_act(session: Session, act: AdministrationAct, details: Mapping[str, Any] | None = None) -> UUID:
    """Write down what was done, in the transaction that does it, and return its id."""
    act.about = act.about[:ABOUT_MOST] if act.about else None
    act.details = json.dumps(dict(details), ensure_ascii=False) if details else None
    session.add(act)
    session.flush()
    return act.id


def list_recent(
    session: Session, kind: ActKind, person_id: UUID | None, *, by: UUID | None, now: datetime
) -> list[AdministrationAct]:
    """Return what somebody did a little while ago, to that person: a form may be sent twice. Newest first."""
    done = select(AdministrationAct).where(
        AdministrationAct.kind == kind,
        AdministrationAct.person_id == person_id,
        AdministrationAct.by_id == by,
        AdministrationAct.at > now - A_LITTLE_WHILE,
    )
    return list(session.exec(done.order_by(col(AdministrationAct.at).desc())))


def _log_citizens(
    session: Session, person_ids: Collection[UUID], action: Action, *, by: UUID | None, now: datetime
) -> None:
    """Write down in the access log what somebody at a page did to those of these people who are citizens."""
    if by is None:  # at the terminal nobody is known
        return
    citizens = select(PersonRole.person_id).where(
        col(PersonRole.person_id).in_(list(person_ids)), PersonRole.role == Role.CITIZEN
    )
    for citizen_id in sorted(set(session.exec(citizens))):
        write_act(session, SubjectReader(by, subject_administered(citizen_id)), action, now=now)


def _spans(session: Session, person_id: UUID) -> list[HeldSpan]:
    rows = session.exec(select(PersonRole).where(PersonRole.person_id == person_id))
    return [HeldSpan(row.role, row.starts_at, row.ends_at) for row in rows]
