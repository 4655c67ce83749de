"""Who is in a meeting: may they be, and the rows that say so. The subjects are the rows that are locked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
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
from app.store.prepared import execute_prepared, id_params, in_ids

_NOW = bindparam("now", type_=UtcDateTime())
_CITIZEN = bindparam("citizen_id", type_=Uuid())
_REPRESENTATIVES = (
    select(Representation.person_id)
    .where(Representation.citizen_id == _CITIZEN, ACTS_TODAY)
    .order_by(col(Representation.person_id))
)
_SUBJECT: Table = CalendarSubject.__table__  # type: ignore[attr-defined]
_PARTICIPANT: Table = Participant.__table__  # type: ignore[attr-defined]
_ADD = insert(_PARTICIPANT)
_MAKE = {
    "sqlite": sqlite_insert(_SUBJECT).on_conflict_do_nothing(),
    "postgresql": postgresql_insert(_SUBJECT).on_conflict_do_nothing(),
}


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
    session: Session, request: MeetingRequest, *, now: datetime, already: Collection[UUID] = ()
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
    asked = {**id_params([request.citizen_id, *new]), "now": now}
    for person_id, municipality_id, role in execute_prepared(session, _roles(1 + len(new)), asked):
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


@lru_cache(maxsize=MOST_PEOPLE)
def _roles(people: int) -> Any:
    """Return the question for the roles that so many people hold."""
    return (
        select(Person.id, Person.municipality_id, PersonRole.role)
        .join(PersonRole, col(PersonRole.person_id) == Person.id)
        .where(
            in_ids(Person.id, people),
            PersonRole.starts_at <= _NOW,
            col(PersonRole.ends_at).is_(None) | (PersonRole.ends_at > _NOW),
        )
    )


def _check_own_people(
    session: Session, citizen_id: UUID, companions: Collection[UUID], *, now: datetime
) -> None:
    """See that those who come along act for the citizen, and so know of her meetings anyway."""
    if companions and not set(companions) <= set(representative_ids(session, citizen_id, now=now)):
        raise UnknownPeople


def representative_ids(session: Session, citizen_id: UUID, *, now: datetime) -> list[UUID]:
    """Return who acts for the citizen today."""
    asked = {"citizen_id": citizen_id, "today": danish_day(now)}
    return list(execute_prepared(session, _REPRESENTATIVES, asked))


def _check_things(session: Session, request: MeetingRequest, home: UUID) -> None:
    """See that the place, the room and the interpreter are this municipality's own."""
    wanted = {request.room_id: SubjectKind.ROOM, request.interpreter_id: SubjectKind.INTERPRETER}
    wanted.pop(None, None)
    places = {request.place_id} - {None}
    if wanted:
        found = select(CalendarSubject.id, CalendarSubject.kind, CalendarSubject.place_id)
        rows = session.exec(found.where(col(CalendarSubject.id).in_(wanted))).all()
        if {one: kind for one, kind, _place_id in rows} != wanted:
            raise UnknownPeople
        places |= {place_id for _one, _kind, place_id in rows if place_id}
    if places:
        known = select(Place.id).where(col(Place.id).in_(places), Place.municipality_id == home)
        if set(session.exec(known)) != places:
            raise UnknownPlace


def ensure_subjects(session: Session, members: MeetingMembers) -> None:
    """Give everybody a calendar to be locked by, in one order for all who do so."""
    rows = [{"id": one, "kind": members.kinds[one]} for one in members.ids]
    session.exec(_MAKE[session.get_bind().dialect.name], params=rows)


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


@lru_cache(maxsize=MOST_PEOPLE)
def _people(meetings: int) -> Any:
    """Return the question for everybody in so many meetings."""
    return select(Participant.meeting_id, Participant.subject_id).where(
        in_ids(Participant.meeting_id, meetings)
    )


def read_people_by_meeting(session: Session, meeting_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return everybody in these meetings, meeting by meeting."""
    found: dict[UUID, set[UUID]] = {}
    ids = list(meeting_ids)
    for meeting_id, subject_id in execute_prepared(session, _people(len(ids)), id_params(ids)) if ids else ():
        found.setdefault(meeting_id, set()).add(subject_id)
    return found
