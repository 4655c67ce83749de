"""Searches without a database, and a slow way to answer them: an integer with a bit for each minute."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.availability.models import CalendarLimits
from app.availability.rules import WishedTime
from app.dates.local_time import danish_day
from app.meetings.rules import Channel
from app.meetings.travel import Spot
from app.meetings.travel import TravelStay as Visit
from app.scheduling.candidates import CandidateTime, candidate_times
from app.scheduling.fit import TimeSearch, search_days
from app.scheduling.inputs import CitizenStay, SearchInputs
from app.scheduling.intervals import Seconds
from app.scheduling.rules import SearchRequest
from tests.booking.requests import WORKDAYS
from tests.cast import NOW

CITIZEN, LINE, JONAS, ROOM = (UUID(int=number) for number in range(1, 5))
MINUTE = 60
QUARTER = 15 * MINUTE
BEGINS = int(NOW.timestamp())
NO_LIMITS = CalendarLimits(citizen_id=CITIZEN, per_day=10, per_week=30, notice_days=0, updated_at=NOW)


def search_request(**more: Any) -> SearchRequest:
    """Return what is asked: an hour by phone with Line within four weeks, if nothing else is said."""
    made: dict[str, Any] = {
        "citizen_id": CITIZEN,
        "with_ids": (LINE,),
        "minutes": 60,
        "from_": NOW,
        "to": NOW + timedelta(days=28),
        "channel": Channel.PHONE,
    }
    return SearchRequest(**(made | more))


def search(
    asked: SearchRequest,
    *,
    taken: Mapping[UUID, list[Seconds]] | None = None,
    stays: Sequence[CitizenStay] = (),
    wishes: Sequence[WishedTime] = (),
    **inputs: Any,
) -> TimeSearch:
    """Return a search over what is given; if no limits are, the citizen can take any number of meetings."""
    found: dict[str, Any] = {
        "names": {},
        "taken": taken or {},
        "stays": sorted(stays),
        "wishes": list(wishes),
        "limits": NO_LIMITS,
        "travel": {},
        "interpreters": (),
        "uncertain": (),
    }
    first, last = search_days(asked, NOW)
    return TimeSearch(asked, SearchInputs(**(found | inputs)), first, last, NOW, WORKDAYS)


def stay(start: int, end: int, number: int, spot: Spot | None = None) -> CitizenStay:
    """Return time that the citizen is taken, in seconds since 1970."""
    return CitizenStay(start, end, UUID(int=100 + number), spot, False, danish_day(moment(start)))


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def candidates(asked: SearchRequest) -> list[CandidateTime]:
    """Return every time that could be offered to anybody."""
    first, last = search_days(asked, NOW)
    days = WORKDAYS.working_days(first, last)
    found = (one for day in days for one in candidate_times(day, asked.length))
    return [one for one in found if one.slot.start > NOW and one.slot.end <= asked.to]


def by_bits(times: Iterable[CandidateTime], taken: Iterable[Seconds]) -> list[CandidateTime]:
    """Return the times that overlap nothing taken: one bit a minute in one great integer."""
    bits = 0
    for start, end in taken:
        first = max(0, (start - BEGINS) // MINUTE)
        last = max(0, (end - BEGINS) // MINUTE)
        bits |= (1 << last) - (1 << first)
    return [one for one in times if not (bits >> (one.start - BEGINS) // MINUTE) & ((1 << _length(one)) - 1)]


def _length(one: CandidateTime) -> int:
    return (one.end - one.start) // MINUTE


def visits(stays: Iterable[CitizenStay]) -> list[Visit]:
    """Return the same stays as the code that lays the ways knows them."""
    return [Visit(moment(one.start), moment(one.end), one.meeting_id, one.spot) for one in stays]


def monday(weeks: int = 0) -> date:
    return danish_day(NOW) + timedelta(weeks=weeks)
