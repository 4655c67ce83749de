"""What the database knows that a search needs, asked once: people, taken time, wishes, limits, ways."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, String, Uuid, bindparam, exists, or_, select, type_coerce, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col

from app.calendar.finding.offers import Ask, Unsure
from app.calendar.finding.sweep import Seconds
from app.calendar.models import (
    BusySource,
    BusyTime,
    CalendarLimits,
    CalendarSubject,
    CalendarWish,
    Meeting,
    Occupancy,
    Travel,
)
from app.calendar.rules import LONGEST, Channel, OccupancyKind, SubjectKind
from app.calendar.travel import Known as Ways
from app.calendar.travel import Spot, spot_of
from app.calendar.wall import edge
from app.calendar.wish_rules import WishedTime
from app.clock import danish_day
from app.db import UtcDateTime
from app.identity.models import Person

STALE = timedelta(hours=6)
MIDNIGHT = time(0)


class seconds(FunctionElement[int]):  # noqa: N801 — SQL functions are written small
    """A moment as whole seconds since 1970, worked out in the database: x3 faster than making datetimes."""

    type = BigInteger()
    inherit_cache = True


@compiles(seconds, "sqlite")
def _sqlite(element: seconds, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **more)}) AS INTEGER)"


@compiles(seconds, "postgresql")
def _postgresql(element: seconds, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(extract(epoch FROM {compiler.process(element.clauses, **more)}) AS BIGINT)"


class Stay(NamedTuple):
    """Time the citizen is taken for a meeting, or may be: a proposal holds up to three of them."""

    start: int
    end: int
    meeting_id: UUID
    spot: Spot | None  # None: by phone or video
    is_travel: bool
    day: date


@dataclass(frozen=True, slots=True)
class Known:
    """What a search needs to know. All but the way there was asked for a whole span of days."""

    names: Mapping[UUID, str]
    taken: Mapping[UUID, list[Seconds]]  # of everybody but the citizen; busy elsewhere included
    stays: list[Stay]  # the citizen's, earliest first
    wishes: list[WishedTime]
    limits: CalendarLimits | None
    ways: Ways
    interpreters: tuple[UUID, ...]  # one of them must be free; none: nobody is needed, or we know of nobody
    unsure: tuple[Unsure, ...]


_BEGIN, _END = bindparam("begin", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
_IDS = bindparam("ids", expanding=True, type_=Uuid())
_CITIZEN = bindparam("citizen_id", type_=Uuid())
_WITHOUT = bindparam("without", type_=Uuid())
_PLACE = bindparam("place_id", type_=Uuid())

# What a proposal held is free when its time to be answered is over, also before the rows are gone.
_ASKED = aliased(Meeting)
_STANDS = or_(
    col(Occupancy.kind) == OccupancyKind.MEETING,
    exists().where(
        col(_ASKED.id) == col(Occupancy.meeting_id),
        or_(col(_ASKED.expires_at).is_(None), col(_ASKED.expires_at) > bindparam("now", type_=UtcDateTime())),
    ),
)

# Ids come as the driver has them: making a UUID of each costs more than all the rest.
_TAKEN = union_all(
    select(
        type_coerce(col(Occupancy.subject_id), String).label("who"),
        seconds(col(Occupancy.starts_at)).label("start"),
        seconds(col(Occupancy.ends_at)).label("end"),
    ).where(
        col(Occupancy.subject_id).in_(_IDS),
        col(Occupancy.starts_at) > bindparam("reach", type_=UtcDateTime()),  # no span is longer than LONGEST
        col(Occupancy.starts_at) < _END,
        col(Occupancy.meeting_id) != _WITHOUT,
        _STANDS,
    ),
    select(
        type_coerce(col(BusyTime.person_id), String),
        seconds(col(BusyTime.starts_at)),
        seconds(col(BusyTime.ends_at)),
    ).where(
        col(BusyTime.person_id).in_(_IDS), col(BusyTime.starts_at) < _END, col(BusyTime.ends_at) > _BEGIN
    ),
)
_STAYS = (
    select(
        seconds(col(Occupancy.starts_at)),
        seconds(col(Occupancy.ends_at)),
        col(Occupancy.starts_at),
        col(Occupancy.kind),
        col(Meeting.id),
        col(Meeting.channel),
        col(Meeting.place_id),
        col(Meeting.place),
    )
    .join(Meeting, col(Meeting.id) == col(Occupancy.meeting_id))
    .where(
        col(Occupancy.subject_id) == _CITIZEN,
        col(Occupancy.starts_at) > bindparam("reach", type_=UtcDateTime()),
        col(Occupancy.starts_at) < _END,
        col(Occupancy.meeting_id) != _WITHOUT,
        _STANDS,
    )
    .order_by(col(Occupancy.starts_at))
)
_PEOPLE = (
    select(
        col(Person.id),
        col(Person.name),
        col(Person.interpreter_language),
        col(BusySource.fetched_at),
    )
    .outerjoin(BusySource, col(BusySource.person_id) == col(Person.id))
    .where(col(Person.id).in_(_IDS))
)
_THINGS = select(col(CalendarSubject.id), col(CalendarSubject.name)).where(col(CalendarSubject.id).in_(_IDS))
_WISHES = select(
    col(CalendarWish.weekday),
    col(CalendarWish.from_time),
    col(CalendarWish.until_time),
    col(CalendarWish.starts_on),
    col(CalendarWish.ends_on),
    col(CalendarWish.hard),
).where(col(CalendarWish.citizen_id) == _CITIZEN)
_INTERPRETERS = (
    select(col(CalendarSubject.id))
    .where(
        col(CalendarSubject.kind) == SubjectKind.INTERPRETER,
        col(CalendarSubject.language) == bindparam("language"),
    )
    .order_by(col(CalendarSubject.id))
)
_WAYS = select(Travel).where(or_(col(Travel.from_id) == _PLACE, col(Travel.to_id) == _PLACE))
_NOBODY = UUID(int=0)


def learn(session: Session, ask: Ask, first: date, last: date, *, now: datetime) -> Known:
    """Ask the database for all that a search between two days needs: whole ISO weeks, and a day beside."""
    monday = first - timedelta(days=first.weekday() + 1)
    sunday = last + timedelta(days=8 - last.weekday())
    begin, end = edge(monday, MIDNIGHT), edge(sunday, MIDNIGHT)
    span = {
        "begin": begin,
        "reach": begin - LONGEST,
        "end": end,
        "without": ask.instead_of or _NOBODY,
        "citizen_id": ask.citizen_id,
        "now": now,
    }
    limits = session.get(CalendarLimits, ask.citizen_id)
    people = session.execute(_PEOPLE, {"ids": [ask.citizen_id, *ask.with_ids]}).all()
    names = {row.id: row.name for row in people}
    language = next((row.interpreter_language for row in people if row.id == ask.citizen_id), None)
    interpreters = _interpreters(session, ask, language)
    needed = language is not None or (limits is not None and limits.needs_interpreter)
    unsure = list(_unsure((row for row in people if row.id != ask.citizen_id), now))
    if needed and not (interpreters or ask.interpreter_id):
        unsure.append(Unsure(None, "", None))
    names |= _names_of_things(session, {ask.interpreter_id, ask.room_id} - {None})
    return Known(
        names=names,
        taken=_taken(session, [*ask.needed_ids, *interpreters], span),
        stays=[_stay(row) for row in session.execute(_STAYS, span)],
        wishes=list(session.execute(_WISHES, span)),
        limits=limits,
        ways=_ways(session, ask),
        interpreters=interpreters,
        unsure=tuple(unsure),
    )


def _taken(session: Session, ids: Collection[UUID], span: dict[str, Any]) -> dict[UUID, list[Seconds]]:
    found: defaultdict[Any, list[Seconds]] = defaultdict(list)
    for who, start, end in session.execute(_TAKEN, span | {"ids": list(ids)}):
        found[who].append((start, end))
    return {who if isinstance(who, UUID) else UUID(who): spans for who, spans in found.items()}


def _stay(row: Any) -> Stay:
    start, end, starts_at, kind, meeting_id, channel, place_id, place = row
    spot = spot_of(channel, place_id, place)
    return Stay(start, end, meeting_id, spot, kind is OccupancyKind.TRAVEL, danish_day(starts_at))


def _interpreters(session: Session, ask: Ask, language: str | None) -> tuple[UUID, ...]:
    """Return those who speak the citizen's language, unless somebody is asked for by name."""
    if ask.interpreter_id or language is None:
        return ()
    return tuple(session.execute(_INTERPRETERS, {"language": language}).scalars())


def _names_of_things(session: Session, ids: Collection[UUID | None]) -> dict[UUID, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(_THINGS, {"ids": list(ids)}) if row.name}


def _ways(session: Session, ask: Ask) -> dict[frozenset[UUID], int]:
    if ask.channel is not Channel.IN_PERSON or ask.place_id is None:
        return {}
    rows = session.execute(_WAYS, {"place_id": ask.place_id}).scalars()
    return {frozenset((row.from_id, row.to_id)): row.minutes for row in rows}


def _unsure(people: Iterable[Any], now: datetime) -> Iterable[Unsure]:
    for row in sorted(people, key=lambda row: (row.name, row.id)):
        if row.fetched_at is None or row.fetched_at < now - STALE:
            yield Unsure(row.id, row.name, row.fetched_at)
