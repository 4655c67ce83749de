"""What the database knows that a search needs, asked once: people, taken time, wishes, limits, ways."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Connection
from sqlmodel import Session

from app.calendar.finding.offers import Ask, Unsure
from app.calendar.finding.questions import INTERPRETERS, LIMITS, PEOPLE, STAYS, TAKEN, THINGS, WAYS, WISHES
from app.calendar.finding.sweep import Seconds
from app.calendar.models import CalendarLimits
from app.calendar.rules import LONGEST, Channel, OccupancyKind
from app.calendar.travel import Known as Ways
from app.calendar.travel import Spot, known_from, spot_of
from app.calendar.wall import edge
from app.calendar.wish_rules import WishedTime
from app.clock import danish_day

STALE = timedelta(hours=6)
MIDNIGHT = time(0)


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


_NOBODY = UUID(int=0)


def learn(session: Session, ask: Ask, first: date, last: date, *, now: datetime) -> Known:
    """Ask the database for all that a search between two days needs: whole ISO weeks, and a day beside."""
    connection = session.connection()
    span = _span(ask, first, last, now)
    limits = connection.execute(LIMITS, span).one_or_none()
    people = connection.execute(PEOPLE, {"ids": [ask.citizen_id, *ask.with_ids]}).all()
    language = next((row.interpreter_language for row in people if row.id == ask.citizen_id), None)
    interpreters = _interpreters(connection, ask, language)
    unsure = list(_unsure((row for row in people if row.id != ask.citizen_id), now))
    needed = language is not None or (limits is not None and limits.needs_interpreter)
    if needed and not (interpreters or ask.interpreter_id):
        unsure.append(Unsure(None, "", None))
    return Known(
        names={row.id: row.name for row in people} | _names_of_things(connection, ask),
        taken=_taken(connection, [*ask.needed_ids, *interpreters], span),
        stays=[_stay(row) for row in connection.execute(STAYS, span).all()],
        wishes=cast(list[WishedTime], connection.execute(WISHES, span).all()),
        limits=cast(CalendarLimits | None, limits),
        ways=_ways(connection, ask),
        interpreters=interpreters,
        unsure=tuple(unsure),
    )


def _span(ask: Ask, first: date, last: date, now: datetime) -> dict[str, Any]:
    begin = edge(first - timedelta(days=first.weekday() + 1), MIDNIGHT)
    return {
        "begin": begin,
        "reach": begin - LONGEST,
        "end": edge(last + timedelta(days=8 - last.weekday()), MIDNIGHT),
        "without": ask.instead_of or _NOBODY,
        "citizen_id": ask.citizen_id,
        "now": now,
    }


def _taken(connection: Connection, ids: Collection[UUID], span: dict[str, Any]) -> dict[UUID, list[Seconds]]:
    found: defaultdict[Any, list[Seconds]] = defaultdict(list)
    for who, start, end in connection.execute(TAKEN, span | {"ids": list(ids)}).all():
        found[who].append((start, end))
    return {who if isinstance(who, UUID) else UUID(who): spans for who, spans in found.items()}


def _stay(row: Any) -> Stay:
    start, end, starts_at, kind, meeting_id, channel, place_id, place = row
    spot = spot_of(channel, place_id, place)
    return Stay(start, end, meeting_id, spot, kind is OccupancyKind.TRAVEL, danish_day(starts_at))


def _interpreters(connection: Connection, ask: Ask, language: str | None) -> tuple[UUID, ...]:
    """Return those who speak the citizen's language, unless somebody is asked for by name."""
    if ask.interpreter_id or language is None:
        return ()
    return tuple(connection.execute(INTERPRETERS, {"language": language}).scalars())


def _names_of_things(connection: Connection, ask: Ask) -> dict[UUID, str]:
    ids = [one for one in (ask.interpreter_id, ask.room_id) if one]
    return {row.id: row.name for row in connection.execute(THINGS, {"ids": ids}) if row.name} if ids else {}


def _ways(connection: Connection, ask: Ask) -> Ways:
    if ask.channel is not Channel.IN_PERSON or ask.place_id is None:
        return {}
    rows = connection.execute(WAYS, {"place_id": ask.place_id})
    return known_from((row.from_id, row.to_id, row.minutes) for row in rows)


def _unsure(people: Iterable[Any], now: datetime) -> Iterable[Unsure]:
    for row in sorted(people, key=lambda row: (row.name, row.id)):
        if row.fetched_at is None or row.fetched_at < now - STALE:
            yield Unsure(row.id, row.name, row.fetched_at)
