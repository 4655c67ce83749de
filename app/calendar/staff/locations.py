"""Where meetings can be held: the municipality's places and their rooms. A room is taken like a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Uuid, bindparam
from sqlmodel import and_, col, or_, select
from wtforms import SelectChoice

from app.access.policy import Field, SubjectReader, may_see
from app.booking.own_meetings import IS_OWN
from app.calendar.staff.forms.meeting_fields import ELSEWHERE
from app.dates.local_time import danish_day
from app.i18n import gettext as _
from app.identity.models import Person
from app.meetings.models import CalendarSubject, Meeting, Participant, Place
from app.meetings.queries import StoredMeeting
from app.meetings.rules import Channel, SubjectKind
from app.store.prepared import Reader
from app.store.query import select_columns

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_IS_ROOM = and_(CalendarSubject.kind == SubjectKind.ROOM, col(CalendarSubject.name).is_not(None))
_HOME = select(Person.municipality_id).where(Person.id == _CITIZEN).scalar_subquery()
_PLACES = (
    select_columns(
        Place.id,
        Place.name,
        col(CalendarSubject.id).label("room_id"),
        col(CalendarSubject.name).label("room"),
        Place.hidden,
    )
    .outerjoin(CalendarSubject, and_(CalendarSubject.place_id == Place.id, _IS_ROOM))
    .where(Place.municipality_id == _HOME)
    .order_by(col(Place.name), col(CalendarSubject.name), col(CalendarSubject.id))
)
_ROOM = (
    select(Participant.subject_id)
    .join(CalendarSubject, col(CalendarSubject.id) == Participant.subject_id)
    .where(
        Participant.meeting_id == bindparam("meeting_id", type_=Uuid()),
        CalendarSubject.place_id == bindparam("place_id", type_=Uuid()),
        _IS_ROOM,
    )
)
_LAST = (
    select(Meeting.place_id, Meeting.place)
    .where(Meeting.citizen_id == _CITIZEN, Meeting.channel == Channel.IN_PERSON)
    .where(or_(bindparam("sees_all", type_=Boolean()), IS_OWN))
    .order_by(col(Meeting.starts_at).desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class LocationChoice:
    """A place to choose, or a room in it."""

    place_id: UUID
    room_id: UUID | None  # None: the place, and no room of it
    name: str
    hidden: bool = False  # True: the citizen's pages don't tell of it

    @property
    def value(self) -> str:
        """What stands for it in a form."""
        return str(self.room_id or self.place_id)


def list_locations(session: Reader, citizen_id: UUID) -> list[LocationChoice]:
    """Return where the citizen's municipality holds meetings, by name; each place before its rooms."""
    found: dict[UUID, LocationChoice] = {}
    for place_id, place, room_id, room, hidden in session.exec(_PLACES, params={"citizen_id": citizen_id}):
        found.setdefault(place_id, LocationChoice(place_id, None, place, hidden))
        if room_id:
            found[room_id] = LocationChoice(place_id, room_id, place + _(", ") + str(room), hidden)
    return list(found.values())


def location_choices(wheres: Sequence[LocationChoice]) -> list[SelectChoice]:
    """Return the places to choose between; one that is not among them can be typed."""
    inputs = [SelectChoice(one.value, one.name) for one in wheres]
    return [*inputs, SelectChoice(ELSEWHERE, _("Et andet sted"))]


def find_location(wheres: Sequence[LocationChoice], value: str | None) -> LocationChoice | None:
    """Return the place or room that was chosen; None: it is none of them."""
    return next((one for one in wheres if one.value == value), None)


def location_value(session: Reader, meeting: StoredMeeting) -> str:
    """Return what stands in a form for where a meeting is; ELSEWHERE when that is typed, or nowhere."""
    if meeting.channel is not Channel.IN_PERSON or meeting.place_id is None:
        return ELSEWHERE
    room = session.exec(_ROOM, params={"meeting_id": meeting.id, "place_id": meeting.place_id}).first()
    return str(room or meeting.place_id)


def find_last_place(session: Reader, reader: SubjectReader, *, now: datetime) -> Any:
    """Return the `place_id` and `place` of the last meeting whose place is the reader's to see.

    It is often there again. None: there was none.
    """
    if not may_see(reader.subject, Field.ADDRESS, own=True):
        return None
    asked: dict[str, Any] = {"citizen_id": reader.subject.citizen_id, "me": reader.id}
    asked |= {"sees_all": may_see(reader.subject, Field.ADDRESS), "now": now, "today": danish_day(now)}
    return session.exec(_LAST, params=asked).first()
