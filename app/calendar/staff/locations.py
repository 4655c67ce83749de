"""Where meetings can be held: the municipality's places and their rooms. A room is taken like a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select
from wtforms import SelectChoice

from app.calendar.staff.forms.meeting_fields import ELSEWHERE
from app.i18n import gettext as _
from app.identity.models import Person
from app.meetings.models import CalendarSubject, Meeting, Participant, Place
from app.meetings.rules import Channel, SubjectKind


@dataclass(frozen=True, slots=True)
class LocationChoice:
    """A place to choose, or a room in it."""

    place_id: UUID
    room_id: UUID | None  # None: the place, and no room of it
    name: str

    @property
    def value(self) -> str:
        """What stands for it in a form."""
        return str(self.room_id or self.place_id)


def list_locations(session: Session, citizen_id: UUID) -> list[LocationChoice]:
    """Return where the citizen's municipality holds meetings, by name; each place before its rooms."""
    home = select(Person.municipality_id).where(Person.id == citizen_id).scalar_subquery()
    places = session.exec(
        select(Place.id, Place.name).where(Place.municipality_id == home).order_by(Place.name)
    ).all()
    rooms = session.exec(
        select(CalendarSubject.id, CalendarSubject.name, CalendarSubject.place_id)
        .where(
            CalendarSubject.kind == SubjectKind.ROOM,
            col(CalendarSubject.place_id).in_([place_id for place_id, _name in places]),
            col(CalendarSubject.name).is_not(None),
        )
        .order_by(col(CalendarSubject.name), col(CalendarSubject.id))
    ).all()
    found = []
    for place_id, place in places:
        found.append(LocationChoice(place_id, None, place))
        for room_id, room, its_place_id in rooms:
            if its_place_id == place_id:
                found.append(LocationChoice(place_id, room_id, place + _(", ") + str(room)))
    return found


def location_choices(wheres: Sequence[LocationChoice]) -> list[SelectChoice]:
    """Return the places to choose between; one that is not among them can be typed."""
    inputs = [SelectChoice(one.value, one.name) for one in wheres]
    return [*inputs, SelectChoice(ELSEWHERE, _("Et andet sted"))]


def find_location(wheres: Sequence[LocationChoice], value: str | None) -> LocationChoice | None:
    """Return the place or room that was chosen; None: it is none of them."""
    return next((one for one in wheres if one.value == value), None)


def location_value(session: Session, meeting: Meeting) -> str:
    """Return what stands in a form for where a meeting is; ELSEWHERE when that is typed, or nowhere."""
    if meeting.channel is not Channel.IN_PERSON or meeting.place_id is None:
        return ELSEWHERE
    room = (
        select(Participant.subject_id)
        .join(CalendarSubject, col(CalendarSubject.id) == Participant.subject_id)
        .where(
            Participant.meeting_id == meeting.id,
            CalendarSubject.kind == SubjectKind.ROOM,
            CalendarSubject.place_id == meeting.place_id,
            col(CalendarSubject.name).is_not(None),
        )
    )
    return str(session.exec(room).first() or meeting.place_id)


def last_meeting(session: Session, citizen_id: UUID) -> Meeting | None:
    """Return the last meeting at which the citizen met somebody: it is often there again."""
    rows = select(Meeting).where(Meeting.citizen_id == citizen_id, Meeting.channel == Channel.IN_PERSON)
    return session.exec(rows.order_by(col(Meeting.starts_at).desc()).limit(1)).one_or_none()
