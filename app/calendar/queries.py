"""Meetings as pages show them to one reader: those that are theirs to see, and time taken. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, false, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from app.access.policy import Field, SubjectReader, may_see
from app.availability.models import CalendarLimits
from app.booking.models import MeetingTask
from app.booking.own_meetings import IS_OWN
from app.booking.tasks import TOLD
from app.calendar.meeting_row import (
    BusySpan,
    MeetingPerson,
    MeetingRow,
    ShownOption,
    held_times,
    hidden_meeting,
)
from app.dates.local_time import danish_day
from app.errors import Missing
from app.i18n import gettext as _
from app.identity.models import Person
from app.meetings.hidden import IS_HIDDEN
from app.meetings.life_cycle import MeetingState, OptionState, goes_on
from app.meetings.models import Meeting, MeetingOption, Participant, Place
from app.meetings.place_columns import ADDRESS, INTERPRETER, SPOKEN
from app.meetings.queries import goes_on_at
from app.meetings.rules import Channel
from app.meetings.video_link import is_ready
from app.minutes.models import MeetingMinutes
from app.minutes.rules import MinutesState
from app.plan.models import ContactAssignment
from app.plan.tie_conditions import IS_CONTACT_NOW, next_absence
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, select_columns

MOST_SHOWN = 100
LOOKS_BACK = timedelta(days=2 * 366)
TAKES_TIME = (MeetingState.PROPOSED, MeetingState.AGREED, MeetingState.HELD)

Options = dict[UUID, tuple[ShownOption, ...]]  # the times to choose between, by meeting


_CITIZEN = bindparam("citizen_id", type_=Uuid())
_NOW = bindparam("now", type_=UtcDateTime())


_CONTACT = aliased(Person)
_CANCELLER = aliased(Person)


def _of_contact(column: Any, label: str) -> Any:
    """Return the subquery for one thing about the citizen's contact person of now."""
    return (
        select(column)
        .select_from(_CONTACT)
        .join(ContactAssignment, col(ContactAssignment.person_id) == _CONTACT.id)
        .where(ContactAssignment.citizen_id == _CITIZEN, IS_CONTACT_NOW)
        .scalar_subquery()
        .label(label)
    )


_HAS_OPTIONS = (
    select(MeetingOption.id)
    .where(MeetingOption.meeting_id == Meeting.id, MeetingOption.state == OptionState.OPEN)
    .exists()
)
_IS_MINUTED = (
    select(MeetingMinutes.meeting_id)
    .where(MeetingMinutes.meeting_id == Meeting.id, MeetingMinutes.state == MinutesState.SHARED)
    .exists()
)
_DUE_ON = (
    select(func.min(MeetingTask.due_on))
    .where(
        MeetingTask.meeting_id == Meeting.id,
        col(MeetingTask.done_at).is_(None),
        col(MeetingTask.kind).in_(TOLD),
    )
    .scalar_subquery()
)

_COLUMNS: tuple[Any, ...] = (
    Meeting.id,
    Meeting.purpose,
    Meeting.why,
    Meeting.bring,
    Meeting.duty,
    Meeting.channel,
    Meeting.link,
    Meeting.starts_at,
    Meeting.ends_at,
    Meeting.state,
    Meeting.sequence,
    Participant.reply,
    Person.interpreter_language,
    func.coalesce(CalendarLimits.needs_interpreter, false()).label("needs_interpreter"),
    Person.protected_address,
    Person.phone,
    Meeting.moved_from,
    Meeting.cancelled_at,
    Meeting.cancelled_by,
    Meeting.cancel_reason,
    Meeting.companion,
    Meeting.expires_at,
    col(_CANCELLER.name).label("canceller"),
    IS_OWN.label("is_own"),
    IS_HIDDEN.label("is_hidden"),
    ADDRESS,
    INTERPRETER,
    SPOKEN,
    func.coalesce(Meeting.directions, Place.directions).label("directions"),
    _DUE_ON.label("due_on"),
    _HAS_OPTIONS.label("has_options"),
    _IS_MINUTED.label("minuted"),
    _of_contact(col(_CONTACT.name), "contact_name"),
    _of_contact(col(_CONTACT.phone), "contact_phone"),
    _of_contact(col(_CONTACT.office_hours), "contact_hours"),
    _of_contact(next_absence(_CONTACT.id), "contact_away_from"),
)


def _rows() -> RowSelect:
    own = and_(
        Participant.meeting_id == Meeting.id,
        Participant.subject_id == Meeting.citizen_id,
    )
    return (
        select_columns(*_COLUMNS)
        .join(Participant, own)
        .join(Person, col(Person.id) == Meeting.citizen_id)
        .outerjoin(CalendarLimits, col(CalendarLimits.citizen_id) == Meeting.citizen_id)
        .outerjoin(Place, col(Place.id) == Meeting.place_id)
        .outerjoin(_CANCELLER, col(_CANCELLER.id) == Meeting.cancelled_by)
        .where(Meeting.citizen_id == _CITIZEN)
    )


_UPCOMING = (
    _rows().where(goes_on_at(_NOW)).order_by(col(Meeting.starts_at), col(Meeting.id)).limit(bindparam("most"))
)
_AHEAD = (
    _rows()
    .where(or_(goes_on_at(_NOW), and_(col(Meeting.state) == MeetingState.CANCELLED, Meeting.ends_at > _NOW)))
    # Those called off last: were there very many, none that stands would be left out.
    .order_by(col(Meeting.state) == MeetingState.CANCELLED, col(Meeting.starts_at), col(Meeting.id))
    .limit(bindparam("most"))
)
_PAST = (
    _rows()
    .where(
        or_(
            Meeting.ends_at <= _NOW,
            col(Meeting.state).in_((MeetingState.HELD, MeetingState.CANCELLED)),
        ),
        Meeting.state != MeetingState.EXPIRED,
        Meeting.starts_at > bindparam("since", type_=UtcDateTime()),
    )
    .order_by(col(Meeting.starts_at).desc(), col(Meeting.id))
    .limit(bindparam("most"))
)
_OPTIONS = (
    select(
        MeetingOption.meeting_id,
        MeetingOption.position,
        MeetingOption.starts_at,
        MeetingOption.ends_at,
    )
    .where(
        col(MeetingOption.meeting_id).in_(id_list()),
        MeetingOption.state == OptionState.OPEN,
        MeetingOption.starts_at > _NOW,
    )
    .order_by(col(MeetingOption.starts_at))
)
_ONE = _rows().where(Meeting.id == bindparam("meeting_id", type_=Uuid()))
_PEOPLE = (
    select_columns(
        Participant.meeting_id,
        Participant.role,
        Person.id,
        Person.name,
        Person.title,
        col(ContactAssignment.id).is_not(None).label("is_contact"),
    )
    .join(Person, col(Person.id) == Participant.subject_id)
    .outerjoin(
        ContactAssignment,
        and_(
            ContactAssignment.citizen_id == _CITIZEN,
            ContactAssignment.person_id == Person.id,
            IS_CONTACT_NOW,
        ),
    )
    .where(
        col(Participant.meeting_id).in_(id_list()),
        Participant.subject_id != _CITIZEN,
    )
    .order_by(col(ContactAssignment.id).is_(None), col(Person.sort_key), col(Person.id))
)


class ShownMeetings(NamedTuple):
    """What a reader is shown of a citizen's meetings, in the order that was asked for."""

    meetings: list[MeetingRow]
    busy: list[BusySpan]  # taken by meetings that are not theirs to see


def next_meeting(session: Reader, reader: SubjectReader, *, now: datetime) -> MeetingRow | None:
    """Return the citizen's next meeting that the reader may see, also one that is going on, or None."""
    return next(iter(next_meetings(session, reader, 1, now=now)), None)


def next_meetings(
    session: Reader, reader: SubjectReader, most: int, *, now: datetime
) -> Sequence[MeetingRow]:
    """Return the next meetings that the reader may see, soonest first, also one that is going on."""
    asked = _asked(reader, now) | ({"most": most} if may_see(reader.subject, Field.MEETING) else {})
    return _shown(session, reader, session.exec(_UPCOMING, params=asked).all(), now=now).meetings[:most]


def list_upcoming(session: Reader, reader: SubjectReader, *, now: datetime) -> ShownMeetings:
    """Return the citizen's meetings to come, soonest first."""
    return _shown(session, reader, session.exec(_UPCOMING, params=_asked(reader, now)).all(), now=now)


def list_ahead(session: Reader, reader: SubjectReader, *, now: datetime) -> ShownMeetings:
    """Return the citizen's meetings to come, and last those that are called off; soonest first."""
    return _shown(session, reader, session.exec(_AHEAD, params=_asked(reader, now)).all(), now=now)


def list_past(session: Reader, reader: SubjectReader, *, now: datetime) -> ShownMeetings:
    """Return the citizen's meetings of the last two years that are over or cancelled, the newest first."""
    asked = _asked(reader, now) | {"since": now - LOOKS_BACK}
    return _shown(session, reader, session.exec(_PAST, params=asked).all(), now=now)


def get_shown_meeting(
    session: Reader, reader: SubjectReader, meeting_id: UUID, *, now: datetime
) -> MeetingRow:
    """Return one meeting of the citizen, also one that is over.

    Raises:
        Missing: it is not the citizen's, or not this reader's to see.
    """
    asked = _asked(reader, now) | {"meeting_id": meeting_id}
    found = _shown(session, reader, session.exec(_ONE, params=asked).all(), now=now).meetings
    if not found:
        raise Missing
    return found[0]


def _asked(reader: SubjectReader, now: datetime) -> dict[str, Any]:
    who = {"citizen_id": reader.subject.citizen_id, "me": reader.id}
    return who | {"now": now, "today": danish_day(now), "most": MOST_SHOWN}


def _shown(
    session: Reader, reader: SubjectReader, rows: Sequence[Row[Any]], *, now: datetime
) -> ShownMeetings:
    """Part what this reader may see from what only takes time."""
    options = _options(session, [row.id for row in rows if row.has_options], now=now)
    seen, others = _part(rows, reader)
    people = _people(session, reader.subject.citizen_id, seen)
    meetings = [_meeting_row(row, people.get(row.id, ()), options, reader, now) for row in seen]
    return ShownMeetings(meetings, sorted(_busy(others, options, now), key=lambda one: one.starts_at))


def _part(rows: Sequence[Row[Any]], reader: SubjectReader) -> tuple[list[Row[Any]], list[Row[Any]]]:
    theirs = {row.id for row in rows if may_see(reader.subject, Field.MEETING, own=bool(row.is_own))}
    return [row for row in rows if row.id in theirs], [row for row in rows if row.id not in theirs]


def _people(
    session: Reader, citizen_id: UUID, rows: Sequence[Row[Any]]
) -> dict[UUID, tuple[MeetingPerson, ...]]:
    found: dict[UUID, tuple[MeetingPerson, ...]] = {}
    if rows:
        for one in session.exec(_PEOPLE, params={"citizen_id": citizen_id, "ids": [row.id for row in rows]}):
            person = MeetingPerson(one.id, one.name, one.title, bool(one.is_contact), one.role)
            found[one.meeting_id] = (*found.get(one.meeting_id, ()), person)
    return found


def _options(session: Reader, ids: list[UUID], *, now: datetime) -> Options:
    """Return the times there are to choose between at those meetings."""
    found: Options = {}
    if ids:
        for meeting_id, position, begins, ends in session.exec(_OPTIONS, params={"ids": ids, "now": now}):
            found[meeting_id] = (*found.get(meeting_id, ()), ShownOption(position, begins, ends))
    return found


def _busy(rows: Sequence[Row[Any]], options: Options, now: datetime) -> Iterator[BusySpan]:
    """Yield what meetings take or hold; one that was called off or given up takes nothing."""
    for row in rows:
        given_up = row.state is MeetingState.PROPOSED and not goes_on(row.state, row.ends_at, now)
        if row.state in TAKES_TIME and not given_up:
            times = held_times(row.state, row.starts_at, row.ends_at, options.get(row.id, ()))
            yield from (BusySpan(start, end) for start, end, _held in times)


# What a row and a MeetingRow call by the same name.
_ALIKE = {one.name for one in fields(MeetingRow)} & set(_ONE.selected_columns.keys())


def _meeting_row(
    row: Row[Any],
    people: tuple[MeetingPerson, ...],
    options: Options,
    reader: SubjectReader,
    now: datetime,
) -> MeetingRow:
    """Return a meeting that the reader may see, without what of it they may not."""
    over = not goes_on(row.state, row.ends_at, now)
    told = {name: getattr(row, name) for name in _ALIKE} | dict.fromkeys(_withheld(row, reader))
    shown = may_see(reader.subject, Field.PEOPLE, own=bool(row.is_own))
    meeting = MeetingRow(
        people=people if shown else (),
        over=over,
        begun=row.starts_at <= now,
        ended=row.ends_at <= now,
        ready=is_ready(row.starts_at, row.ends_at, now),
        options=() if over else options.get(row.id, ()),
        **told,
    )
    hidden = row.is_hidden and not may_see(reader.subject, Field.HIDDEN, own=bool(row.is_own))
    return hidden_meeting(meeting, _("En aftale")) if hidden else meeting


def _withheld(row: Row[Any], reader: SubjectReader) -> Iterator[str]:
    """Yield the names of what this reader may not see of a meeting that they may see."""
    home = row.protected_address and row.channel is Channel.HOME
    for field, names in (
        (Field.PROTECTED_ADDRESS if home else Field.ADDRESS, ("address", "directions", "link")),
        (Field.WHY, ("why", "bring")),
        (Field.PHONE, ("phone",)),
    ):
        if not may_see(reader.subject, field, own=bool(row.is_own)):
            yield from names
