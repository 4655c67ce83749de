"""Searches without a database, and a slow way to answer them: an integer with a bit for each minute."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.calendar.finding.fit import Search, days_of
from app.calendar.finding.grid import Candidate, day_grid, working_days
from app.calendar.finding.known import Known, Stay
from app.calendar.finding.offers import Ask
from app.calendar.finding.sweep import Seconds
from app.calendar.models import CalendarLimits
from app.calendar.rules import Channel
from app.calendar.travel import Spot
from app.calendar.travel import Stay as Visit
from app.calendar.wish_rules import WishedTime
from app.clock import danish_day
from tests.calendar.wishes import CLOSED
from tests.cast import NOW

CITIZEN, LINE, JONAS, ROOM = (UUID(int=number) for number in range(1, 5))
MINUTE = 60
QUARTER = 15 * MINUTE
BEGINS = int(NOW.timestamp())
NO_LIMITS = CalendarLimits(citizen_id=CITIZEN, per_day=10, per_week=30, notice_days=0, updated_at=NOW)


def ask(**more: Any) -> Ask:
    """Return what is asked: an hour by phone with Line within four weeks, if nothing else is said."""
    made: dict[str, Any] = {
        "citizen_id": CITIZEN,
        "with_ids": (LINE,),
        "minutes": 60,
        "from_": NOW,
        "to": NOW + timedelta(days=28),
        "channel": Channel.PHONE,
    }
    return Ask(**(made | more))


def search(
    asked: Ask,
    *,
    taken: Mapping[UUID, list[Seconds]] | None = None,
    stays: Sequence[Stay] = (),
    wishes: Sequence[WishedTime] = (),
    **known: Any,
) -> Search:
    """Return a search over what is given; if no limits are, the citizen can take any number of meetings."""
    found: dict[str, Any] = {
        "names": {},
        "taken": taken or {},
        "stays": sorted(stays),
        "wishes": list(wishes),
        "limits": NO_LIMITS,
        "ways": {},
        "interpreters": (),
        "unsure": (),
    }
    first, last = days_of(asked, NOW)
    return Search(asked, Known(**(found | known)), first, last, NOW, CLOSED)


def stay(start: int, end: int, number: int, spot: Spot | None = None) -> Stay:
    """Return time that the citizen is taken, in seconds since 1970."""
    return Stay(start, end, UUID(int=100 + number), spot, False, danish_day(moment(start)))


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def candidates(asked: Ask) -> list[Candidate]:
    """Return every time that could be offered to anybody."""
    first, last = days_of(asked, NOW)
    days = working_days(first, last, CLOSED)
    found = (one for day in days for one in day_grid(day, asked.length))
    return [one for one in found if one.slot.start > NOW and one.slot.end <= asked.to]


def by_bits(times: Iterable[Candidate], taken: Iterable[Seconds]) -> list[Candidate]:
    """Return the times that overlap nothing taken: one bit a minute in one great integer."""
    bits = 0
    for start, end in taken:
        first = max(0, (start - BEGINS) // MINUTE)
        last = max(0, (end - BEGINS) // MINUTE)
        bits |= (1 << last) - (1 << first)
    return [one for one in times if not (bits >> (one.start - BEGINS) // MINUTE) & ((1 << _length(one)) - 1)]


def _length(one: Candidate) -> int:
    return (one.end - one.start) // MINUTE


def visits(stays: Iterable[Stay]) -> list[Visit]:
    """Return the same stays as the code that lays the ways knows them."""
    return [Visit(moment(one.start), moment(one.end), one.meeting_id, one.spot) for one in stays]


def monday(weeks: int = 0) -> date:
    return danish_day(NOW) + timedelta(weeks=weeks)
