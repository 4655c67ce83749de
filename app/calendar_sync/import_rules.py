"""What an entry of a calendar file must say to become a meeting here.

An entry is a meeting when it says whose it is and who else is in it:

- the citizen: `X-ENPLAN-CITIZEN:<uuid>`, or an ATTENDEE whose e-mail is one citizen's;
- the others: ORGANIZER and ATTENDEE whose e-mail is that of somebody who helps. ROLE=OPT-PARTICIPANT may be
  missing; CUTYPE=ROOM or RESOURCE is a room of ours by its CN;
- SUMMARY is what the citizen reads it is about. DESCRIPTION is left out: it was not written to the citizen.
  `X-ENPLAN-WHY`, `X-ENPLAN-BRING` and `X-ENPLAN-DIRECTIONS` are;
- LOCATION is the place. `X-ENPLAN-CHANNEL:in_person|phone|video|home`; left out it is in person where there
  is a place, video where that is a link (which is then the meeting's) or Teams, Meet, Zoom or Webex, and else
  a call. A place or room of ours is known however it is spelled;
- `X-ENPLAN-DUTY:TRUE` and the citizen's PARTSTAT=ACCEPTED make it agreed; else it is a proposal, and so it
  is with STATUS:TENTATIVE. PARTSTAT=DECLINED of the citizen: there is no meeting; of another: not in it;
- an entry that repeats gives a meeting each time, at most 30; what is over, answers another (METHOD:REPLY) or
  is called off (METHOD:CANCEL, STATUS:CANCELLED) is no booking.

Words go through the same cleaning as those that are typed. LAST-MODIFIED says whether a file that comes again
is newer than what was changed here (import_again.py).
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from app.calendar_sync.ical_reader import LINKS, Attendee, CalendarEvent
from app.identity.models import Person, PersonRole
from app.identity.rules import STAFF, Role
from app.meetings.models import CalendarSubject, Place
from app.meetings.place_names import is_online, link_in, place_key
from app.meetings.rules import (
    BRING_MOST,
    PLACE_MOST,
    PURPOSE_MOST,
    WHY_MOST,
    Channel,
    MeetingRequest,
    SubjectKind,
)
from app.meetings.video_link import LINK_MOST, read_link
from app.typed_text import plain_text, single_line

DIRECTIONS_MOST = 300
KEY_OF_A_FILE = "ics:"
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
    known.rooms = {place_key(str(name)): room_id for name, room_id in session.exec(rooms)}
    for name, address, place_id in session.exec(select(Place.name, Place.address, Place.id)):
        for words in (name, f"{name} {address or ''}"):
            known.places[place_key(words)] = place_id
    return known


def meeting_request_of(one: CalendarEvent, known: ImportDirectory) -> MeetingRequest:
    """Return the meeting that an entry asks for; raise InvalidEvent with the first thing that is wrong."""
    if one.all_day:
        raise InvalidEvent("Det har ingen klokkeslæt.")
    citizen_id = _citizen(one, known)
    needed, optional, organiser = _others(one, known, citizen_id)
    purpose = _line(one, "SUMMARY", PURPOSE_MOST)
    if purpose is None:
        raise InvalidEvent("Der mangler SUMMARY: det, mødet handler om.")
    where = _line(one, "LOCATION", LINK_MOST)
    place_id = known.places.get(place_key(where or ""))
    channel = _channel(one, where, place_id)
    link = _link(one, where) if channel is Channel.VIDEO else None
    if not link:
        where = _line(one, "LOCATION", PLACE_MOST)
    at_a_place = channel is Channel.IN_PERSON
    said_yes = any(who.said_yes and citizen_id in known.mails.get(who.mail, ()) for who in one.people)
    duty = (_line(one, "X-ENPLAN-DUTY", WORD_MOST) or "").upper() == "TRUE"
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
        place=None if link else where,
        link=link,
        place_id=place_id if at_a_place else None,
        room_id=_room(one, known),
        duty=duty and not one.tentative,
        said_yes=said_yes and not one.tentative,
        request_key=request_key(one),
    )


def is_declined(one: CalendarEvent, known: ImportDirectory) -> bool:
    """Say whether the citizen has said no to it, as the file has it."""
    citizen_id = citizen_of(one, known)
    said_no = [known.mails.get(who.mail, ()) for who in one.people if who.said_no]
    return citizen_id is not None and any(citizen_id in ids for ids in said_no)


def citizen_of(one: CalendarEvent, known: ImportDirectory) -> UUID | None:
    """Return whose meeting an entry is; None: that is not to be seen."""
    try:
        return _citizen(one, known)
    except InvalidEvent:
        return None


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
        if who.room or is_left_out(who) or citizen_id in known.mails.get(who.mail, ()):
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


def is_left_out(who: Attendee) -> bool:
    """Say whether somebody has said no and is not in it; whoever asks for it is."""
    return who.said_no and not who.organises


def _room(one: CalendarEvent, known: ImportDirectory) -> UUID | None:
    rooms = [place_key(who.name) for who in one.people if who.room and not who.said_no]
    if not rooms:
        return None
    if len(rooms) > 1 or rooms[0] not in known.rooms:
        raise InvalidEvent("Vi kender ikke lokalet.")
    return known.rooms[rooms[0]]


def _channel(one: CalendarEvent, where: str | None, place_id: UUID | None) -> Channel:
    named = _line(one, "X-ENPLAN-CHANNEL", WORD_MOST)
    if named is not None:
        try:
            return Channel(named.lower())
        except ValueError:
            raise InvalidEvent(f"X-ENPLAN-CHANNEL skal være {', '.join(Channel)}.") from None
    if where is None:
        return Channel.VIDEO if _link(one, None) else Channel.PHONE
    return Channel.VIDEO if is_online(where) and place_id is None else Channel.IN_PERSON


def _link(one: CalendarEvent, where: str | None) -> str | None:
    """Return the link to a video meeting: the place itself, in it, or where other calendars put one."""
    said = (where or "", *(one.texts.get(name, "") for name in LINKS))
    return next((link for words in said if (link := read_link(link_in(words)))), None)


def _line(one: CalendarEvent, name: str, most: int) -> str | None:
    """Return what a property says, on one line; None if it says nothing."""
    return _text(one, name, most, single_line)


def _text(one: CalendarEvent, name: str, most: int, clean: Callable[[str], str] = plain_text) -> str | None:
    """Return what a property says, as if it were typed; None if it says nothing."""
    words = clean(one.texts.get(name, ""))
    if len(words) > most:
        raise InvalidEvent(f"{name} er for lang: højst {most} tegn.")
    return words or None


def request_key(one: CalendarEvent) -> str:
    """Return what stands for this entry, and for this time of one that repeats, in every file it comes in."""
    return _key(one.uid, one.original)


def other_key(one: CalendarEvent) -> str:
    """Return what stood for this time when its entry was a single, if it repeats now, or the reverse."""
    return _key(one.uid, "" if one.original else one.start.isoformat())


def key_of_uid(uid: str) -> str:
    """Return how the keys of all times of an entry begin."""
    return f"{KEY_OF_A_FILE}{_digest(uid)[:16]}:"


def key_before(key: str) -> str:
    """Return how a key was written until December 2026: nobody could see of which entry it is."""
    return KEY_OF_A_FILE + key.rpartition(":")[2]


def _key(uid: str, original: str) -> str:
    return key_of_uid(uid) + _digest(f"{uid} {original}")


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()
