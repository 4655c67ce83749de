"""Files that come one after the other, as they may: the last one stands, or it is said what does not.

By dice, the same each time. Two of each found something; bench/calendar_files.py throws many more.
"""

import os
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from app.booking.cancel import cancel_meeting
from app.booking.reschedule import reschedule_meeting
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Clash, Slot
from app.store.db import Database
from tests.calendar_sync.importing import WORKDAYS, give_mails, meeting, standing, take_in, taken
from tests.cast import NOW, People

HOURS = (8, 10, 12, 14)  # each entry has its own, so that no two of one file clash
MORE = range(100, 100 + int(os.environ.get("ENPLAN_TEST_EXAMPLES", "0")) // 150)
STEPS = 11 if MORE else 6  # each has a minute of its own, so that nothing comes back to where it was
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def mails(database: Database, people: People) -> None:
    give_mails(database, people)


@dataclass(frozen=True)
class Told:
    """One entry as a file has it: the first day, as of which file, how often, which time is taken out."""

    first: date
    step: int
    times: int = 1
    without: int | None = None
    off: bool = False

    def as_entry(self, hour: int, *, stamped: bool) -> str:
        clock = f"{hour:02}{5 * self.step:02}"
        lines = [f"LAST-MODIFIED:{NOW + timedelta(hours=self.step):%Y%m%dT%H%M%SZ}"] if stamped else []
        if self.times > 1:
            lines.append(f"RRULE:FREQ=WEEKLY;COUNT={self.times}")
        if self.without is not None:
            gone = self.first + timedelta(weeks=self.without)
            lines.append(f"EXDATE;TZID=Romance Standard Time:{gone:%Y%m%d}T{clock}00")
        if self.off:
            lines.append("STATUS:CANCELLED")
        return meeting(f"{self.first:%m%d}T{clock}", "\n".join(lines), uid=f"at {hour}")

    def walls(self, hour: int) -> list[str]:
        """Return where its meetings are then."""
        weeks = [number for number in range(self.times) if number != self.without and not self.off]
        days = [self.first + timedelta(weeks=number) for number in weeks]
        return [f"{day:%m-%d} {hour:02}:{5 * self.step:02}" for day in days]


def told_next(dice: random.Random, before: dict[int, Told], step: int) -> dict[int, Told]:
    """Return the entries of the next file."""
    return before | {hour: new for hour in HOURS if (new := told_anew(dice, before.get(hour), step))}


def told_anew(dice: random.Random, before: Told | None, step: int) -> Told | None:
    """Return an entry as the next file may have it; what repeats is no single again, and off stays off."""
    if dice.random() < (0.2 if before else 0.3) or (before and before.off):
        return before
    first = date(2026, 3, 3) + timedelta(days=7 * dice.randrange(2) + dice.randrange(4))
    again = before is not None and before.times > 1
    times = dice.randint(2, 3) if again or dice.random() < 0.5 else 1
    without = dice.randrange(times) if times > 1 and dice.random() < 0.3 else None
    return Told(first, step, times, without, off=before is not None and dice.random() < 0.1)


def agreed(session: Session) -> list[str]:
    return sorted(wall for wall, state in standing(session) if state == "agreed")


@pytest.mark.parametrize("seed", [3, 8, *MORE])
def test_while_nobody_changes_anything_here_the_last_file_stands(
    seed: int, database: Database, session: Session
) -> None:
    dice, entries = random.Random(seed), dict[int, Told]()  # noqa: S311 — the same each time
    for step in range(STEPS):
        entries = told_next(dice, entries, step)
        report = take_in(database, *(one.as_entry(hour, stamped=True) for hour, one in entries.items()))
        right = sorted(wall for hour, one in entries.items() for wall in one.walls(hour))
        assert (agreed(session), report.noted) == (right, ())
        assert taken(session) == set(right)


def change_some(dice: random.Random, database: Database, people: People) -> None:
    """Let somebody here move some meetings by a day, or call them off."""
    with database.writing() as session:
        rows = select(Meeting).where(Meeting.state == MeetingState.AGREED).order_by(col(Meeting.starts_at))
        for row in session.exec(rows).all():
            chance = dice.random()
            if chance < 0.1:
                cancel_meeting(
                    session, row.id, sequence=row.sequence, by=people.line.id, now=NOW, workdays=WORKDAYS
                )
            elif chance < 0.3:
                move_by_a_day(session, row, people)


def move_by_a_day(session: Session, row: Meeting, people: People) -> None:
    way = DAY if row.starts_at.weekday() < 4 else -DAY
    slot = Slot(row.starts_at + way, row.ends_at + way)
    try:
        with session.begin_nested():
            reschedule_meeting(
                session, row.id, slot, sequence=row.sequence, by=people.anna.id, now=NOW, workdays=WORKDAYS
            )
    except Clash:
        return  # then it stays


@pytest.mark.parametrize("seed", [1, 2, *MORE])
def test_what_stands_otherwise_than_in_the_last_file_is_said_of_its_entry(
    seed: int, database: Database, session: Session, people: People
) -> None:
    dice, entries = random.Random(seed), dict[int, Told]()  # noqa: S311 — the same each time
    for step in range(STEPS):
        entries = told_next(dice, entries, step)
        told = [one.as_entry(hour, stamped=bool(seed % 2)) for hour, one in entries.items()]
        report = take_in(database, *told)
        named = {list(entries)[one.number - 1] for one in report.noted}
        here = agreed(session)
        otherwise = {
            hour
            for hour, one in entries.items()
            if one.walls(hour) != [wall for wall in here if re.search(f" {hour:02}:", wall)]
        }
        assert otherwise <= named
        change_some(dice, database, people)
