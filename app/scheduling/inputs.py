"""What a search needs to know: people, taken time, wishes, limits, ways. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.availability.rules import PlanningPreferences, WishedTime
from app.meetings.travel import Known as Ways
from app.meetings.travel import Spot
from app.scheduling.intervals import Seconds
from app.scheduling.rules import UncertainCalendar


class CitizenStay(NamedTuple):
    """Time the citizen is taken for a meeting, or may be: a proposal holds up to three of them."""

    start: int
    end: int
    meeting_id: UUID
    spot: Spot | None  # None: by phone or video
    is_travel: bool
    day: date


@dataclass(frozen=True, slots=True)
class SearchInputs:
    """What a search needs to know. All but the way there was asked for a whole span of days."""

    names: Mapping[UUID, str]
    taken: Mapping[UUID, list[Seconds]]  # of everybody but the citizen; busy elsewhere included
    stays: list[CitizenStay]  # the citizen's, earliest first
    wishes: list[WishedTime]
    limits: PlanningPreferences | None
    travel: Ways
    interpreters: tuple[UUID, ...]  # one of them must be free; none: nobody is needed, or we know of nobody
    uncertain: tuple[UncertainCalendar, ...]
