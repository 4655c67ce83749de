"""Writes the demo's meetings: places, calendars, meetings, who is in them, and the time they take."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session

from app.booking.expiry import hold_expires_at
from app.booking.occupancy import rebuild_all_occupancy
from app.booking.tasks import open_task
from app.calendar.service import ASKS
from app.config import Site
from app.dates.local_time import danish_day, span_edge, wall_time
from app.demo.meeting_stories import MEETINGS, meeting_id, plan_meetings
from app.demo.seed_places import HOUSES, interpreter_id, place_id, room_id, seed_places
from app.demo.story import StoryMeeting
from app.identity.models import Person
from app.meetings.hidden import apply_hidden
from app.meetings.life_cycle import MeetingState
from app.meetings.models import CalendarSubject, Meeting, Participant
from app.meetings.news import MEETING_ANSWERED, MEETING_NEW
from app.meetings.rules import ParticipantRole, Slot, SubjectKind
from app.notifications.models import Notice

CALLED_AGO, REPLIED_AGO = timedelta(days=2), timedelta(hours=20)


def seed_meetings(session: Session, people: dict[str, Person], site: Site, *, now: datetime) -> None:
    """Lay every meeting around `now`, in the caller's transaction. Two at once would be refused."""
    seed_places(session, people["anna"].municipality_id)
    apply_hidden(session, site)
    _seed_calendars(session, people)
    slots = plan_meetings(now, site.workdays)
    for one in MEETINGS:
        held_until = hold_expires_at(now, site.workdays)
        _seed_one(session, one, slots[meeting_id(one.key)], people, now=now, held_until=held_until)
    rebuild_all_occupancy(session)
    for one in MEETINGS:
        if one.reply in ASKS and slots[meeting_id(one.key)].end > now:
            _ask(session, one, people[one.citizen].id, site, now=now - REPLIED_AGO)


def _ask(session: Session, one: StoryMeeting, citizen_id: UUID, site: Site, *, now: datetime) -> None:
    """What the citizen answered waits for the contact person, as it does when it is answered on the page."""
    if one.reply is not None:
        about, kind = meeting_id(one.key), ASKS[one.reply]
        open_task(session, citizen_id, about, kind, now=now, workdays=site.workdays)


def _seed_calendars(session: Session, people: dict[str, Person]) -> None:
    citizens = {one.citizen for one in MEETINGS}
    busy = citizens | {slug for one in MEETINGS for slug in one.people}
    for slug in sorted(busy):
        kind = SubjectKind.CITIZEN if slug in citizens else SubjectKind.PROFESSIONAL
        session.add(CalendarSubject(id=people[slug].id, kind=kind))
    session.flush()


def _seed_one(
    session: Session,
    one: StoryMeeting,
    slot: Slot,
    people: dict[str, Person],
    *,
    now: datetime,
    held_until: datetime,
) -> None:
    over = slot.end <= now
    meeting = Meeting(
        id=meeting_id(one.key),
        citizen_id=people[one.citizen].id,
        organiser_id=people[one.people[0]].id,
        purpose=one.purpose,
        why=one.why,
        bring=one.bring,
        duty=one.duty,
        channel=one.channel,
        link=one.link,
        place_id=place_id(HOUSES[one.room]) if one.room else None,
        starts_at=slot.start,
        ends_at=slot.end,
        wall_start=wall_time(slot.start),
        state=_state(one, over),
        expires_at=None if over or one.agreed else _expires_at(slot, held_until, now),
        created_at=min(now, slot.start) - CALLED_AGO,
    )
    session.add(meeting)
    session.flush()
    session.add_all(_participants(one, meeting, people))
    if not over:
        session.add_all(_notices(one, meeting, people, now))


def _expires_at(slot: Slot, held_until: datetime, now: datetime) -> datetime:
    """Return when a proposal is given up: the day before its time, unless the demo lays it today."""
    day_before = span_edge(danish_day(slot.start), time())
    return min(held_until, day_before if day_before > now else slot.start)


def _state(one: StoryMeeting, over: bool) -> MeetingState:
    if over:
        return MeetingState.HELD
    return MeetingState.AGREED if one.agreed else MeetingState.PROPOSED


def _participants(one: StoryMeeting, meeting: Meeting, people: dict[str, Person]) -> list[Participant]:
    replied_at = meeting.created_at + CALLED_AGO - REPLIED_AGO if one.reply else None
    rows = [
        Participant(
            meeting_id=meeting.id,
            subject_id=meeting.citizen_id,
            role=ParticipantRole.CITIZEN,
            reply=one.reply,
            replied_at=replied_at,
        )
    ]
    rows += [
        Participant(meeting_id=meeting.id, subject_id=people[slug].id, role=ParticipantRole.REQUIRED)
        for slug in one.people
    ]
    language = people[one.citizen].interpreter_language
    if one.interpreter and language:
        subject = interpreter_id(language)
        rows.append(Participant(meeting_id=meeting.id, subject_id=subject, role=ParticipantRole.INTERPRETER))
    if one.room:
        room = room_id(one.room)
        rows.append(Participant(meeting_id=meeting.id, subject_id=room, role=ParticipantRole.REQUIRED))
    return rows


def _waits(one: StoryMeeting) -> bool:
    return not one.agreed and one.reply is None


def _notices(one: StoryMeeting, meeting: Meeting, people: dict[str, Person], now: datetime) -> list[Notice]:
    """The citizen was told of the meeting, who called it of the answer. What doesn't wait has been seen."""
    citizen, organiser = people[one.citizen].id, people[one.people[0]].id
    rows = [
        Notice(
            person_id=citizen,
            citizen_id=citizen,
            kind=MEETING_NEW.name,
            actor_id=organiser,
            about_id=meeting.id,
            at=meeting.created_at,
            seen_at=None if _waits(one) else meeting.created_at + timedelta(hours=5),
        )
    ]
    if one.reply is not None:
        rows.append(
            Notice(
                person_id=organiser,
                citizen_id=citizen,
                kind=MEETING_ANSWERED.name,
                actor_id=citizen,
                about_id=meeting.id,
                at=now - REPLIED_AGO,
            )
        )
    return rows
