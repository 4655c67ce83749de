"""What an entry of a calendar file must say to become a meeting here.

An entry is a meeting when it says whose it is and who else is in it:

- the citizen: `X-ENPLAN-CITIZEN:<uuid>`, or an ATTENDEE whose e-mail is one citizen's;
- the others: ORGANIZER and ATTENDEE whose e-mail is that of somebody who helps. ROLE=OPT-PARTICIPANT may be
  missing; CUTYPE=ROOM or RESOURCE is a room of ours by its CN;
- SUMMARY is what the citizen reads it is about. DESCRIPTION is left out: it was not written to the citizen.
  `X-ENPLAN-WHY`, `X-ENPLAN-BRING` and `X-ENPLAN-DIRECTIONS` are;
- LOCATION is the place. `X-ENPLAN-CHANNEL:in_person|phone|video|home`; left out it is in person where there
  is a place, video where that is a link, and else a call;
- `X-ENPLAN-DUTY:TRUE` and the citizen's PARTSTAT=ACCEPTED make it agreed; else it is a proposal;
- an entry that repeats gives a meeting each time, at most 30; what is cancelled or over is left out.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from app.calendar_sync.ical_reader import CalendarEvent
from app.identity.models import Person, PersonRole
from app.identity.rules import STAFF, Role
from app.meetings.models import CalendarSubject, Place
from app.meetings.rules import (
    BRING_MOST,
    PLACE_MOST,
    PURPOSE_MOST,
    WHY_MOST,
    Channel,
    MeetingRequest,
    SubjectKind,
)

DIRECTIONS_MOST = 300
WORD_MOST = 20


class InvalidEvent(Exception):
    """What is wrong with one entry, as a sentence."""


@dataclass(slots=True)
class ImportDirectory:
    """Everybody and every place an entry can name."""

    mails: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    citizens: set[UUID] = field(default_factory=set)
    staff: set[UUID] = field(default_factory=set)
    rooms: dict[str, UUID] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)


def read_directory(session: Session, *, now: datetime) -> ImportDirectory:
    """Return everybody who has a role at `now`, by e-mail, and the rooms and places by name."""
    known = ImportDirectory()
    holding = (
        select(Person.id, Person.email, PersonRole.role)
        .join(PersonRole, col(PersonRole.person_id) == Person.id)
        .where(
            PersonRole.starts_at <= now,
            or_(col(PersonRole.ends_at).is_(None), col(PersonRole.ends_at) > now),
        )
    )
    for person_id, email, role in session.exec(holding):
        if email:
            known.mails[email.strip().lower()].add(person_id)
        if role is Role.CITIZEN:
            known.citizens.add(person_id)
        if role in STAFF:
            known.staff.add(person_id)
    rooms = select(CalendarSubject.name, CalendarSubject.id).where(CalendarSubject.kind == SubjectKind.ROOM)
    known.rooms = {str(name).casefold(): room_id for name, room_id in session.exec(rooms)}
    places = session.exec(select(Place.name, Place.id))
    known.places = {name.casefold(): place_id for name, place_id in places}
    return known


def meeting_request_of(one: CalendarEvent, known: ImportDirectory) -> MeetingRequest:
    """Return the meeting that an entry asks for; raise InvalidEvent with the first thing that is wrong."""
    if one.all_day:
        raise InvalidEvent("Det har ingen klokkeslæt.")
    citizen_id = _citizen(one, known)
    needed, optional, organiser = _others(one, known, citizen_id)
    purpose = _text(one, "SUMMARY", PURPOSE_MOST)
    if purpose is None:
        raise InvalidEvent("Der mangler SUMMARY: det, mødet handler om.")
    where = _text(one, "LOCATION", PLACE_MOST)
    channel = _channel(one, where)
    at_a_place = channel is Channel.IN_PERSON
    return MeetingRequest(
        citizen_id=citizen_id,
        with_ids=tuple(sorted(needed)),
        optional_ids=tuple(sorted(optional - needed)),
        organiser_id=organiser,
        starts_at=one.start,
        ends_at=one.end,
        purpose=purpose,
        channel=channel,
        why=_text(one, "X-ENPLAN-WHY", WHY_MOST),
        bring=_text(one, "X-ENPLAN-BRING", BRING_MOST),
        directions=_text(one, "X-ENPLAN-DIRECTIONS", DIRECTIONS_MOST),
        place=where,
        place_id=known.places.get((where or "").casefold()) if at_a_place else None,
        room_id=_room(one, known),
        duty=(_text(one, "X-ENPLAN-DUTY", WORD_MOST) or "").upper() == "TRUE",
        said_yes=any(who.said_yes and citizen_id in known.mails.get(who.mail, ()) for who in one.people),
        request_key=_key(one),
    )


def _citizen(one: CalendarEvent, known: ImportDirectory) -> UUID:
    named = one.texts.get("X-ENPLAN-CITIZEN", "")
    if named:
        try:
            found = {UUID(named)} & known.citizens
        except ValueError:
            found = set()
        if not found:
            raise InvalidEvent("Vi kender ingen borger med det id, der står i X-ENPLAN-CITIZEN.")
        return found.pop()
    found = {each for who in one.people for each in known.mails.get(who.mail, ())} & known.citizens
    found -= known.staff
    if len(found) != 1:
        raise InvalidEvent("Det er ikke til at se, hvis møde det er. Skriv X-ENPLAN-CITIZEN.")
    return found.pop()


def _others(
    one: CalendarEvent, known: ImportDirectory, citizen_id: UUID
) -> tuple[set[UUID], set[UUID], UUID | None]:
    """Return who must be there, who may, and who asks for the meeting (None: nobody we know)."""
    needed: set[UUID] = set()
    optional: set[UUID] = set()
    organiser = None
    for who in one.people:
        if who.room or citizen_id in known.mails.get(who.mail, ()):
            continue
        found = known.mails.get(who.mail, set()) & known.staff
        if len(found) != 1:
            raise InvalidEvent("Vi kender ikke alle, der skal være med, på deres e-mail.")
        (optional if who.optional else needed).update(found)
        if who.organises:
            (organiser,) = found
    if not needed:
        raise InvalidEvent("Der er ingen andre end borgeren med. Skriv ORGANIZER eller ATTENDEE.")
    return needed, optional, organiser


def _room(one: CalendarEvent, known: ImportDirectory) -> UUID | None:
    rooms = [who.name.casefold() for who in one.people if who.room]
    if not rooms:
        return None
    if len(rooms) > 1 or rooms[0] not in known.rooms:
        raise InvalidEvent("Vi kender ikke lokalet.")
    return known.rooms[rooms[0]]


def _channel(one: CalendarEvent, where: str | None) -> Channel:
    named = _text(one, "X-ENPLAN-CHANNEL", WORD_MOST)
    if named is not None:
        try:
            return Channel(named.lower())
        except ValueError:
            raise InvalidEvent(f"X-ENPLAN-CHANNEL skal være {', '.join(Channel)}.") from None
    if where is None:
        return Channel.PHONE
    return Channel.VIDEO if where.lower().startswith(("https://", "http://")) else Channel.IN_PERSON


def _text(one: CalendarEvent, name: str, most: int) -> str | None:
    """Return what a property says, without spaces around it; None if it says nothing."""
    words = one.texts.get(name, "").strip()
    if len(words) > most:
        raise InvalidEvent(f"{name} er for lang: højst {most} tegn.")
    return words or None


def _key(one: CalendarEvent) -> str:
    """Return what stands for this entry, and for this time of one that repeats, in every file it comes in."""
    said = f"{one.uid} {one.original}"
    return f"ics:{hashlib.sha256(said.encode()).hexdigest()}"
