"""A desk at which meetings are booked and changed, each verb in a transaction of its own, as pages do it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from inspect import signature
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.booking.accept import accept_meeting
from app.booking.book import create_meeting
from app.booking.cancel import cancel_meeting, restore_meeting
from app.booking.change import change_meeting
from app.booking.reschedule import repropose_meeting, reschedule_meeting, swap_meetings
from app.dates.local_time import DANISH_TIME
from app.demo.cast import person_id
from app.meetings.life_cycle import OptionState
from app.meetings.models import Meeting, MeetingOption, Occupancy
from app.meetings.rules import MeetingChange, OccupancyKind, Slot
from app.store.db import Database
from tests.booking.ledger import broken_promises
from tests.booking.requests import WORKDAYS, at, request_for
from tests.cast import NOW


def slot(starts: str, minutes: int = 60) -> Slot:
    """Return a Danish time: `slot("2026-03-05 10:00")`."""
    return Slot(at(starts), at(starts) + timedelta(minutes=minutes))


class Desk:
    """Whoever sits here is Line, unless something else is said."""

    def __init__(self, database: Database, now: datetime = NOW) -> None:
        self.database, self.now = database, now

    def do(self, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
        if "workdays" in signature(verb).parameters:
            more = {"workdays": WORKDAYS} | more
        return self.database.retrying(lambda session: verb(session, *args, now=self.now, **more))

    def place(
        self, starts: str = "2026-03-05 10:00", minutes: int = 60, *people: str, **more: Any
    ) -> Meeting:
        wanted = {"organiser_id": person_id("line")} | more
        return self.do(create_meeting, request_for(starts, minutes, *people, **wanted))  # type: ignore[no-any-return]

    def offer(self, *starts: str, **more: Any) -> Meeting:
        return self.place(starts[0], options=tuple(slot(one) for one in starts), **more)

    def accept(self, meeting: Meeting, position: int | None = None, *, by: str | None = None) -> Meeting:
        who = person_id(by) if by else meeting.citizen_id
        return self.do(accept_meeting, meeting.citizen_id, meeting.id, position, by=who)  # type: ignore[no-any-return]

    def move(self, meeting: Meeting, starts: str, minutes: int = 60, **more: Any) -> Meeting:
        return self._as_seen(reschedule_meeting, meeting, slot(starts, minutes), **more)

    def repropose(self, meeting: Meeting, *starts: str, **more: Any) -> Meeting:
        return self._as_seen(repropose_meeting, meeting, [slot(one) for one in starts], **more)

    def change(self, meeting: Meeting, **change: Any) -> Meeting:
        return self._as_seen(change_meeting, meeting, MeetingChange(**change))

    def cancel(self, meeting: Meeting, **more: Any) -> Meeting:
        return self._as_seen(cancel_meeting, meeting, **more)

    def restore(self, meeting: Meeting, *, by: str = "line") -> Meeting:
        return self.do(restore_meeting, meeting.id, by=person_id(by))  # type: ignore[no-any-return]

    def swap(self, one: Meeting, other: Meeting, *, by: str = "line") -> None:
        pair = [(meeting.id, self.read(meeting).sequence) for meeting in (one, other)]
        self.do(swap_meetings, *pair, by=person_id(by))

    def _as_seen(self, verb: Callable[..., Any], meeting: Meeting, *args: Any, **more: Any) -> Meeting:
        """Change a meeting as it is now, unless `sequence` says how it was seen."""
        seen = more.pop("sequence", self.read(meeting).sequence)
        by = person_id(more.pop("by", "line"))
        return self.do(verb, meeting.id, *args, sequence=seen, by=by, **more)  # type: ignore[no-any-return]

    def read(self, meeting: Meeting) -> Meeting:
        with self.database.reading() as session:
            return session.get_one(Meeting, meeting.id)

    def all(self) -> list[Meeting]:
        with self.database.reading() as session:
            return list(session.exec(select(Meeting).order_by(col(Meeting.starts_at))))

    def options(self, meeting: Meeting) -> list[OptionState]:
        wanted = select(MeetingOption).where(MeetingOption.meeting_id == meeting.id)
        with self.database.reading() as session:
            return [one.state for one in session.exec(wanted.order_by(col(MeetingOption.position)))]

    def time_of(self, who: str | UUID, *kinds: OccupancyKind) -> list[str]:
        """Return what is taken of somebody's time, in Danish hours: "10:00-11:00 meeting"."""
        subject = person_id(who) if isinstance(who, str) else who
        wanted = select(Occupancy).where(Occupancy.subject_id == subject).order_by(col(Occupancy.starts_at))
        with self.database.reading() as session:
            rows = session.exec(wanted).all()
        return [
            f"{_hour(row.starts_at)}-{_hour(row.ends_at)} {row.kind}"
            for row in rows
            if not kinds or row.kind in kinds
        ]

    def check(self) -> None:
        """See that time is taken as the meetings say."""
        with self.database.reading() as session:
            assert broken_promises(session) == []

    def write(self, work: Callable[[Session], object]) -> None:
        with self.database.writing() as session:
            work(session)


def _hour(moment: datetime) -> str:
    return moment.astimezone(DANISH_TIME).strftime("%H:%M")
