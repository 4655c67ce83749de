"""Meetings to ask for, in the tests of this room and of the api."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from app.availability.models import CalendarLimits
from app.config import DEMO_SITE, read_site
from app.dates.local_time import DANISH_TIME
from app.dates.workdays import WorkingCalendar
from app.demo.cast import person_id
from app.meetings.rules import Channel, MeetingRequest
from app.store.db import Database
from tests.cast import NOW

WORKDAYS = read_site(DEMO_SITE).workdays
ORDINARY = MeetingRequest(
    citizen_id=person_id("anna"),
    with_ids=(person_id("line"),),
    starts_at=datetime(2026, 3, 5, 10, tzinfo=DANISH_TIME),
    ends_at=datetime(2026, 3, 5, 11, tzinfo=DANISH_TIME),
    purpose="Samtale om din bolig",
    channel=Channel.IN_PERSON,
)


def closed_on(*days: date) -> WorkingCalendar:
    """Return the demo's working days if it were closed on these days alone."""
    return replace(WORKDAYS, closing_days=frozenset(days))


def can_take_much(database: Database, slug: str = "anna") -> None:
    """Let a citizen have as many meetings as anybody may: for tests of something else."""
    limits = CalendarLimits(
        citizen_id=person_id(slug), per_day=10, per_week=30, notice_days=0, updated_at=NOW
    )
    with database.writing() as session:
        session.merge(limits)


def at(text: str) -> datetime:
    """Return a Danish time of day: `at("2026-03-05 10:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=DANISH_TIME)


def request_for(
    starts: str = "2026-03-05 10:00", minutes: int = 60, *people: str, **more: Any
) -> MeetingRequest:
    """Return a wish of Anna's; `people` are the slugs of the others (Line, if none is named)."""
    start = at(starts)
    made: dict[str, Any] = {
        "citizen_id": person_id(more.pop("citizen", "anna")),
        "with_ids": tuple(person_id(slug) for slug in people or ("line",)),
        "starts_at": start,
        "ends_at": start + timedelta(minutes=minutes),
    }
    return replace(ORDINARY, **(made | more))
