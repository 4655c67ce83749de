"""What a search asks the database, as plain statements: through the ORM it would cost twice as much."""

from typing import Any

from sqlalchemy import BigInteger, String, Table, Uuid, bindparam, exists, or_, select, type_coerce, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import SQLModel

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
from app.calendar.rules import OccupancyKind, SubjectKind
from app.db import UtcDateTime
from app.identity.models import Person


class seconds(FunctionElement[int]):  # noqa: N801 — SQL functions are written small
    """A moment as whole seconds since 1970, worked out in the database: cheaper than making datetimes."""

    type = BigInteger()
    inherit_cache = True


@compiles(seconds, "sqlite")
def _sqlite(element: seconds, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **more)}) AS INTEGER)"


@compiles(seconds, "postgresql")
def _postgresql(element: seconds, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(extract(epoch FROM {compiler.process(element.clauses, **more)}) AS BIGINT)"


def _table(model: type[SQLModel]) -> Table:
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


_taken, _meeting, _subject = _table(Occupancy).c, _table(Meeting), _table(CalendarSubject).c
_busy, _source, _person = _table(BusyTime).c, _table(BusySource), _table(Person)
_wish, _limits, _travel = _table(CalendarWish).c, _table(CalendarLimits), _table(Travel).c

_BEGIN, _END = bindparam("begin", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
_REACH = bindparam("reach", type_=UtcDateTime())  # no span is longer than LONGEST
_IDS = bindparam("ids", expanding=True, type_=Uuid())
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
    select(type_coerce(_taken.subject_id, String), seconds(_taken.starts_at), seconds(_taken.ends_at)).where(
        _taken.subject_id.in_(_IDS), *_IN_SPAN
    ),
    select(type_coerce(_busy.person_id, String), seconds(_busy.starts_at), seconds(_busy.ends_at)).where(
        _busy.person_id.in_(_IDS), _busy.starts_at < _END, _busy.ends_at > _BEGIN
    ),
)
STAYS = (
    select(
        seconds(_taken.starts_at),
        seconds(_taken.ends_at),
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
    select(_person.c.id, _person.c.name, _person.c.interpreter_language, _source.c.fetched_at)
    .join_from(_person, _source, _source.c.person_id == _person.c.id, isouter=True)
    .where(_person.c.id.in_(_IDS))
)
THINGS = select(_subject.id, _subject.name).where(_subject.id.in_(_IDS))
WISHES = select(
    _wish.weekday, _wish.from_time, _wish.until_time, _wish.starts_on, _wish.ends_on, _wish.hard
).where(_wish.citizen_id == _CITIZEN)
LIMITS = select(_limits).where(_limits.c.citizen_id == _CITIZEN)
INTERPRETERS = (
    select(_subject.id)
    .where(_subject.kind == SubjectKind.INTERPRETER, _subject.language == bindparam("language"))
    .order_by(_subject.id)
)
WAYS = select(_travel.from_id, _travel.to_id, _travel.minutes).where(
    or_(_travel.from_id == _PLACE, _travel.to_id == _PLACE)
)
