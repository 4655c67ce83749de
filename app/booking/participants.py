"""Who is in a meeting: may they be, and the rows that say so. The subjects are the rows that are locked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, insert
from sqlmodel import Session, col, select

from app.consent.models import Representation
from app.consent.queries import ACTS_TODAY
from app.dates.local_time import danish_day
from app.identity.models import Person, PersonRole
from app.identity.rules import STAFF, Role
from app.meetings.models import CalendarSubject, Participant, Place
from app.meetings.rules import (
    MOST_PEOPLE,
    MeetingRequest,
    ParticipantRole,
    SubjectKind,
    UnknownCitizen,
    UnknownPeople,
    UnknownPlace,
    WrongNumberOfPeople,
)
from app.store.db import UtcDateTime
from app.store.insert import insert_missing
from app.store.prepared import Reader, execute_prepared
from app.store.query import id_list

_NOW = bindparam("now", type_=UtcDateTime())
_CITIZEN = bindparam("citizen_id", type_=Uuid())
_REPRESENTATIVES = (
    select(Representation.person_id)
    .where(Representation.citizen_id == _CITIZEN, ACTS_TODAY)
    .order_by(col(Representation.person_id))
)
_ROLES = (  # that people hold
    select(Person.id, Person.municipality_id, PersonRole.role)
    .join(PersonRole, col(PersonRole.person_id) == Person.id)
    .where(
        col(Person.id).in_(id_list()),
        PersonRole.starts_at <= _NOW,
        col(PersonRole.ends_at).is_(None) | (PersonRole.ends_at > _NOW),
    )
)
_PEOPLE = select(Participant.meeting_id, Participant.subject_id).where(
    col(Participant.meeting_id).in_(id_list())
)
_THINGS = select(CalendarSubject.id, CalendarSubject.kind, CalendarSubject.place_id).where(
    col(CalendarSubject.id).in_(id_list())
)
_OWN_PLACES = select(Place.id).where(
    col(Place.id).in_(id_list()), Place.municipality_id == bindparam("municipality_id", type_=Uuid())
)
_PARTICIPANT: Table = Participant.__table__  # type: ignore[attr-defined]
_ADD = insert(_PARTICIPANT)


@dataclass(frozen=True, slots=True)
class MeetingMembers:
    """Everybody and everything in a meeting, once."""

    citizen_id: UUID
    roles: Mapping[UUID, ParticipantRole]
    kinds: Mapping[UUID, SubjectKind]

    @property
    def ids(self) -> list[UUID]:
        """Everybody in the order in which they are locked."""
        return sorted(self.roles)

    @property
    def on_the_citizens_side(self) -> list[UUID]:
        """The citizen, and those of her own who come along: their wishes and limits count."""
        return [one for one in self.ids if self.kinds[one] is SubjectKind.CITIZEN]


def requested_members(request: MeetingRequest) -> MeetingMembers:
    """Return who would be in the meeting. Somebody named twice is there once, in the part that binds most."""
    roles: dict[UUID, ParticipantRole] = {}
    kinds: dict[UUID, SubjectKind] = {}
    things = [one for one in (request.room_id, request.interpreter_id) if one is not None]
    for ids, role, kind in (
        (request.companion_ids, ParticipantRole.COMPANION, SubjectKind.CITIZEN),
        (request.optional_ids, ParticipantRole.OPTIONAL, SubjectKind.PROFESSIONAL),
        (request.with_ids, ParticipantRole.REQUIRED, SubjectKind.PROFESSIONAL),
        (things[:1] if request.room_id else (), ParticipantRole.REQUIRED, SubjectKind.ROOM),
        (things[-1:] if request.interpreter_id else (), ParticipantRole.INTERPRETER, SubjectKind.INTERPRETER),
        ((request.citizen_id,), ParticipantRole.CITIZEN, SubjectKind.CITIZEN),
    ):
        roles |= dict.fromkeys(ids, role)
        kinds |= dict.fromkeys(ids, kind)
    return MeetingMembers(request.citizen_id, roles, kinds)


def check_people(
    session: Reader, request: MeetingRequest, *, now: datetime, already: Collection[UUID] = ()
) -> MeetingMembers:
    """Return who is in the meeting that is wished for, if they all may be.

    Who is in it `already` stays, also when they have left since: taking them out is a choice of its own.

    Raises:
        NotBookable: somebody or some place is not known here, or there are too few or too many.
    """
    staff = {*request.with_ids, *request.optional_ids}
    if not request.with_ids or len(staff) > MOST_PEOPLE:
        raise WrongNumberOfPeople
    roles: dict[UUID, set[Role]] = {}
    municipality: dict[UUID, UUID] = {}
    new = staff.difference(already)
    asked = {"ids": [request.citizen_id, *new], "now": now}
    for person_id, municipality_id, role in execute_prepared(session, _ROLES, asked):
        roles.setdefault(person_id, set()).add(role)
        municipality[person_id] = municipality_id
    if Role.CITIZEN not in roles.get(request.citizen_id, ()):
        raise UnknownCitizen
    home = municipality[request.citizen_id]
    if request.citizen_id in staff or any(
        municipality.get(one) != home or not roles[one] & STAFF for one in new
    ):
        raise UnknownPeople
    _check_own_people(session, request.citizen_id, set(request.companion_ids).difference(already), now=now)
    _check_things(session, request, home)
    return requested_members(request)


def _check_own_people(
    session: Reader, citizen_id: UUID, companions: Collection[UUID], *, now: datetime
) -> None:
    """See that those who come along act for the citizen, and so know of her meetings anyway."""
    if companions and not set(companions) <= set(representative_ids(session, citizen_id, now=now)):
        raise UnknownPeople


def representative_ids(session: Reader, citizen_id: UUID, *, now: datetime) -> list[UUID]:
    """Return who acts for the citizen today."""
    asked = {"citizen_id": citizen_id, "today": danish_day(now)}
    return list(execute_prepared(session, _REPRESENTATIVES, asked))


def _check_things(session: Reader, request: MeetingRequest, home: UUID) -> None:
    """See that the place, the room and the interpreter are this municipality's own."""
    wanted = {request.room_id: SubjectKind.ROOM, request.interpreter_id: SubjectKind.INTERPRETER}
    wanted.pop(None, None)
    places = {request.place_id} - {None}
    if wanted:
        rows = execute_prepared(session, _THINGS, {"ids": list(wanted)})
        if {one: kind for one, kind, _place_id in rows} != wanted:
            raise UnknownPeople
        places |= {place_id for _one, _kind, place_id in rows if place_id}
    if places:
        known = execute_prepared(session, _OWN_PLACES, {"ids": list(places), "municipality_id": home})
        if set(known) != places:
            raise UnknownPlace


def ensure_subjects(session: Session, members: MeetingMembers) -> None:
    """Give everybody a calendar to be locked by, in one order for all who do so."""
    insert_missing(session, CalendarSubject, [{"id": one, "kind": members.kinds[one]} for one in members.ids])


def add_participants(
    session: Session, meeting_id: UUID, members: MeetingMembers, only: Collection[UUID] | None = None
) -> None:
    """Put these people in the meeting; `only` some of them, or all."""
    rows = [
        {"meeting_id": meeting_id, "subject_id": one, "role": members.roles[one]}
        for one in members.ids
        if only is None or one in only
    ]
    if rows:
        session.exec(_ADD, params=rows)


def read_people_by_meeting(session: Session, meeting_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return everybody in these meetings, meeting by meeting."""
    found: dict[UUID, set[UUID]] = {}
    for meeting_id, subject_id in execute_prepared(session, _PEOPLE, {"ids": list(meeting_ids)}):
        found.setdefault(meeting_id, set()).add(subject_id)
    return found
