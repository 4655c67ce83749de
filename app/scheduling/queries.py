"""What a search asks the database, as prepared statements: through a session it would cost twice as much."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BigInteger, String, Table, Uuid, bindparam, exists, literal, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import SQLModel, or_, select, type_coerce

from app.availability.models import BusySource, BusyTime, CalendarLimits, CalendarWish
from app.availability.rules import PlanningPreferences, WishedTime
from app.availability.unread import READ_AHEAD, UnreadTime
from app.dates.local_time import danish_day, span_edge
from app.identity.models import Person
from app.meetings.models import CalendarSubject, Meeting, Occupancy, Travel
from app.meetings.rules import LONGEST, Channel, OccupancyKind, Slot, SubjectKind
from app.meetings.travel import Known as Ways
from app.meetings.travel import known_from, spot_of
from app.plan.models import Absence
from app.plan.tie_conditions import is_away_during
from app.scheduling.inputs import CitizenStay, SearchInputs
from app.scheduling.intervals import Seconds
from app.scheduling.rules import SearchRequest, TimeObstacle, UncertainCalendar
from app.store.db import UtcDateTime
from app.store.prepared import Reader, execute_prepared, parse_uuid
from app.store.query import id_list, select_columns


class epoch_seconds(FunctionElement[int]):  # noqa: N801 — SQL functions are written small
    """A moment as whole seconds since 1970, worked out in the database: cheaper than making datetimes."""

    type = BigInteger()
    inherit_cache = True


@compiles(epoch_seconds, "sqlite")
def _sqlite(element: epoch_seconds, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **more)}) AS INTEGER)"


@compiles(epoch_seconds, "postgresql")
def _postgresql(element: epoch_seconds, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(extract(epoch FROM {compiler.process(element.clauses, **more)}) AS BIGINT)"


def _table(model: type[SQLModel]) -> Table:
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


_taken, _meeting, _subject = _table(Occupancy).c, _table(Meeting), _table(CalendarSubject).c
_busy, _source, _person = _table(BusyTime).c, _table(BusySource), _table(Person)
_absence = _table(Absence).c
_wish, _limits, _travel = _table(CalendarWish).c, _table(CalendarLimits), _table(Travel).c

_BEGIN, _END = bindparam("begin", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
_REACH = bindparam("reach", type_=UtcDateTime())  # no span is longer than LONGEST
_CITIZEN = bindparam("citizen_id", type_=Uuid())
_WITHOUT = bindparam("without", type_=Uuid())
_PLACE = bindparam("place_id", type_=Uuid())

# What a proposal held is free when its time to be answered is over, also before the rows are gone.
_asked = _meeting.alias("asked")
_STANDS = or_(
    _taken.kind == OccupancyKind.MEETING,
    exists().where(
        _asked.c.id == _taken.meeting_id,
        or_(_asked.c.expires_at.is_(None), _asked.c.expires_at > bindparam("now", type_=UtcDateTime())),
    ),
)
_IN_SPAN = (_taken.starts_at > _REACH, _taken.starts_at < _END, _taken.meeting_id != _WITHOUT, _STANDS)

# Ids come as the driver has them: making a UUID of each costs more than all the rest.
TAKEN = union_all(
    select(
        type_coerce(_taken.subject_id, String), epoch_seconds(_taken.starts_at), epoch_seconds(_taken.ends_at)
    ).where(_taken.subject_id.in_(id_list()), *_IN_SPAN),
    select(
        type_coerce(_busy.person_id, String), epoch_seconds(_busy.starts_at), epoch_seconds(_busy.ends_at)
    ).where(_busy.person_id.in_(id_list()), _busy.starts_at < _END, _busy.ends_at > _BEGIN),
    select(
        type_coerce(_absence.person_id, String),
        epoch_seconds(_absence.starts_at),
        epoch_seconds(_absence.ends_at),
    ).where(_absence.person_id.in_(id_list()), is_away_during(_BEGIN, _END)),
)
# The same of one time, and what takes whom: somebody's own calendar may hold the very meeting.
TAKEN_AT = union_all(
    select(_taken.subject_id.label("who"), literal(TimeObstacle.MEETING.value).label("what")).where(
        _taken.subject_id.in_(id_list()), _taken.ends_at > _BEGIN, *_IN_SPAN
    ),
    select(_absence.person_id, literal(TimeObstacle.AWAY.value)).where(
        _absence.person_id.in_(id_list()), is_away_during(_BEGIN, _END)
    ),
    select(_busy.person_id, literal(TimeObstacle.OWN_CALENDAR.value)).where(
        _busy.person_id.in_(id_list()), _busy.starts_at < _END, _busy.ends_at > _BEGIN
    ),
)
STAYS = (
    select_columns(
        epoch_seconds(_taken.starts_at),
        epoch_seconds(_taken.ends_at),
        _taken.starts_at,
        _taken.kind,
        _meeting.c.id,
        _meeting.c.channel,
        _meeting.c.place_id,
        _meeting.c.place,
    )
    .join_from(_table(Occupancy), _meeting, _meeting.c.id == _taken.meeting_id)
    .where(_taken.subject_id == _CITIZEN, *_IN_SPAN)
    .order_by(_taken.starts_at)
)
PEOPLE = (
    select_columns(
        _person.c.id, _person.c.name, _person.c.interpreter_language, _source.c.fetched_at, _source.c.unread
    )
    .join_from(_person, _source, _source.c.person_id == _person.c.id, isouter=True)
    .where(_person.c.id.in_(id_list()))
)
THINGS = select(_subject.id, _subject.name).where(_subject.id.in_(id_list()))
WISHES = select_columns(
    _wish.weekday, _wish.from_time, _wish.until_time, _wish.starts_on, _wish.ends_on, _wish.hard
).where(_wish.citizen_id == _CITIZEN)
LIMITS = select_columns(_limits).where(_limits.c.citizen_id == _CITIZEN)
INTERPRETERS = (
    select(_subject.id)
    .where(_subject.kind == SubjectKind.INTERPRETER, _subject.language == bindparam("language"))
    .order_by(_subject.id)
)
WAYS = select(_travel.from_id, _travel.to_id, _travel.minutes).where(
    or_(_travel.from_id == _PLACE, _travel.to_id == _PLACE)
)

STALE = timedelta(hours=6)
MIDNIGHT = time(0)
_NOBODY = UUID(int=0)


def read_inputs(
    session: Reader, search_request: SearchRequest, first: date, last: date, *, now: datetime
) -> SearchInputs:
    """Ask the database for all that a search between two days needs: whole ISO weeks, and a day beside."""
    span = _span(search_request, first, last, now)
    limits = execute_prepared(session, LIMITS, span).first()
    people = execute_prepared(session, PEOPLE, {"ids": [search_request.citizen_id, *search_request.with_ids]})
    language = next((row.interpreter_language for row in people if row.id == search_request.citizen_id), None)
    interpreters = _interpreters(session, search_request, language)
    uncertain = list(_uncertain((row for row in people if row.id != search_request.citizen_id), now))
    needed = language is not None or (limits is not None and limits.needs_interpreter)
    if needed and not (interpreters or search_request.interpreter_id):
        uncertain.append(UncertainCalendar(None, "", None))
    return SearchInputs(
        names={row.id: row.name for row in people} | _names_of_things(session, search_request),
        taken=_taken_spans(session, [*search_request.needed_ids, *interpreters], span),
        stays=[_stay(row) for row in execute_prepared(session, STAYS, span)],
        wishes=cast(list[WishedTime], execute_prepared(session, WISHES, span)),
        limits=cast(PlanningPreferences | None, limits),
        travel=_travel_times(session, search_request),
        interpreters=interpreters,
        uncertain=tuple(one for one in uncertain if one.known_to is None or one.known_to < last),
    )


def read_taken_at(
    session: Reader, search_request: SearchRequest, slot: Slot, *, now: datetime
) -> dict[TimeObstacle, set[UUID]]:
    """Return who of those that must be free is taken at one time, by what takes them."""
    asked = {
        "ids": list(search_request.needed_ids),
        "begin": slot.start,
        "end": slot.end,
        "reach": slot.start - LONGEST,
        "without": search_request.instead_of or _NOBODY,
        "now": now,
    }
    found: defaultdict[TimeObstacle, set[UUID]] = defaultdict(set)
    for row in execute_prepared(session, TAKEN_AT, asked):
        found[TimeObstacle(row.what)].add(row.who)
    return found


def list_uncertain(
    session: Reader, person_ids: Collection[UUID], *, now: datetime, day: date | None = None
) -> list[UncertainCalendar]:
    """Return those of these people whose own calendar can't be trusted (on that day), by name."""
    found = _uncertain(execute_prepared(session, PEOPLE, {"ids": list(person_ids)}), now)
    return [one for one in found if (one.known_to is None if day is None else one.holds_on(day))]


def _span(search_request: SearchRequest, first: date, last: date, now: datetime) -> dict[str, Any]:
    begin = span_edge(first - timedelta(days=first.weekday() + 1), MIDNIGHT)
    return {
        "begin": begin,
        "reach": begin - LONGEST,
        "end": span_edge(last + timedelta(days=8 - last.weekday()), MIDNIGHT),
        "without": search_request.instead_of or _NOBODY,
        "citizen_id": search_request.citizen_id,
        "now": now,
    }


def _taken_spans(session: Reader, ids: Collection[UUID], span: dict[str, Any]) -> dict[UUID, list[Seconds]]:
    found: defaultdict[Any, list[Seconds]] = defaultdict(list)
    for who, start, end in execute_prepared(session, TAKEN, span | {"ids": list(ids)}):
        found[who].append((start, end))
    return {who if isinstance(who, UUID) else parse_uuid(who): spans for who, spans in found.items()}


def _stay(row: Any) -> CitizenStay:
    start, end, starts_at, kind, meeting_id, channel, place_id, place = row
    spot = spot_of(channel, place_id, place)
    return CitizenStay(start, end, meeting_id, spot, kind is OccupancyKind.TRAVEL, danish_day(starts_at))


def _interpreters(session: Reader, search_request: SearchRequest, language: str | None) -> tuple[UUID, ...]:
    """Return those who speak the citizen's language, unless somebody is asked for by name."""
    if search_request.interpreter_id or language is None:
        return ()
    return tuple(execute_prepared(session, INTERPRETERS, {"language": language}))


def _names_of_things(session: Reader, search_request: SearchRequest) -> dict[UUID, str]:
    ids = [one for one in (search_request.interpreter_id, search_request.room_id) if one]
    found = execute_prepared(session, THINGS, {"ids": ids}) if ids else ()
    return {row.id: row.name for row in found if row.name}


def _travel_times(session: Reader, search_request: SearchRequest) -> Ways:
    if search_request.channel is not Channel.IN_PERSON or search_request.place_id is None:
        return {}
    rows = execute_prepared(session, WAYS, {"place_id": search_request.place_id})
    return known_from((row.from_id, row.to_id, row.minutes) for row in rows)


def _uncertain(people: Iterable[Any], now: datetime) -> Iterable[UncertainCalendar]:
    for row in sorted(people, key=lambda row: (row.name, row.id)):
        if row.fetched_at is None or row.fetched_at < now - STALE:
            yield UncertainCalendar(row.id, row.name, row.fetched_at)
        if row.fetched_at is not None and row.unread is not None:
            yield UncertainCalendar(row.id, row.name, row.fetched_at, UnreadTime.from_text(row.unread))
        if row.fetched_at is not None:  # the day on which the reading ended is not read to its end
            ends = danish_day(row.fetched_at + READ_AHEAD) - timedelta(days=1)
            yield UncertainCalendar(row.id, row.name, row.fetched_at, known_to=ends)
