"""Many processes that book, move, swap and change the same few people's meetings at once, and what is left.

A small storm is a test; the whole one is measured by hand: `storm(url, processes=16, attempts=10_000)`.
"""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.booking import locking
from app.booking.accept import accept_meeting
from app.booking.book import create_meeting
from app.booking.cancel import cancel_meeting, expire_proposals, restore_meeting
from app.booking.change import change_meeting
from app.booking.reschedule import repropose_meeting, reschedule_meeting, swap_meetings
from app.booking.series import book_series
from app.dates.local_time import DANISH_TIME, danish_day
from app.demo.cast import person_id
from app.errors import Missing, Refused
from app.identity.models import Person
from app.meetings.life_cycle import STANDING
from app.meetings.models import CalendarSubject, Meeting, Occupancy, Place, Travel
from app.meetings.rules import Channel, MeetingChange, MeetingRequest, OccupancyKind, Slot, SubjectKind
from app.store.db import Database
from tests.booking.ledger import broken_promises
from tests.booking.requests import WORKDAYS, can_take_much
from tests.cast import NOW

Counts = tuple[Counter[str], Counter[str], Counter[str]]  # done, refused, errors

CITIZENS = ("anna", "bent", "karim")
CAREFUL = "karim"  # has the usual limits and never says yes to more: they must hold
STAFF = ("line", "omar", "jonas", "sara", "thea", "ali")
ROOMS = tuple(uuid5(NAMESPACE_URL, f"enplan:test:room:{n}") for n in range(2))
INTERPRETER = uuid5(NAMESPACE_URL, "enplan:test:interpreter")
PLACES = tuple(uuid5(NAMESPACE_URL, f"enplan:test:place:{n}") for n in range(3))
DAYS = tuple(date(2026, 3, 9) + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9))
LASTS = timedelta(days=5)  # on the clock of those who book: some proposals run out


@dataclass
class Tally:
    """What a storm did: outcomes by verb, what nobody should have seen, and what is not as promised."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    deadlocks: int = 0  # that the database broke and the app tried again
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not self.errors and not self.broken

    def __str__(self) -> str:
        tried = sum((self.done + self.refused + self.errors).values())
        return (
            f"{tried} attempts in {self.seconds:.1f} s: {sum(self.done.values())} done, "
            f"{sum(self.refused.values())} refused, {sum(self.errors.values())} errors {dict(self.errors)}, "
            f"{len(self.broken)} promises broken, {self.deadlocks} deadlocks; {dict(self.done)}"
        )


def prepare(database: Database) -> None:
    """Give a database with the cast in it places, rooms and an interpreter."""
    with database.writing() as session:
        home = session.get_one(Person, person_id("line")).municipality_id
        session.add_all(
            Place(id=one, municipality_id=home, name=f"Sted {n}", address=f"Vej {n}")
            for n, one in enumerate(PLACES)
        )
        session.flush()
        session.add(Travel(from_id=PLACES[0], to_id=PLACES[1], minutes=30))
        session.add_all(
            CalendarSubject(id=room, kind=SubjectKind.ROOM, name="Lokale", place_id=PLACES[0])
            for room in ROOMS
        )
        session.add(CalendarSubject(id=INTERPRETER, kind=SubjectKind.INTERPRETER, language="ar"))
    for slug in CITIZENS:
        if slug != CAREFUL:
            can_take_much(database, slug)


def storm(url: str, *, processes: int, attempts: int, seed: int, without_lock: bool = False) -> Tally:
    """Let so many processes make so many attempts in all, and look at what is left.

    `without_lock` lets them book without locking first, to see that the storm would notice.
    """
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        shares = [(url, attempts // processes, seed * 1000 + n, without_lock) for n in range(processes)]
        tally = _counted(pool.starmap(_work, shares, chunksize=1))
    tally.seconds = time.monotonic() - began
    return _looked_at(url, tally)


def squall(url: str, *, threads: int, attempts: int, seed: int, without_lock: bool = False) -> Tally:
    """The same from threads of this process: no time is lost on starting."""
    shares = [(url, attempts // threads, seed * 1000 + n, without_lock) for n in range(threads)]
    with no_lock() if without_lock else nullcontext(), ThreadPoolExecutor(threads) as pool:
        tally = _counted(pool.map(lambda share: _book(*share), shares))
    return _looked_at(url, tally)


def _counted(parts: Iterable[Counts]) -> Tally:
    tally = Tally()
    for done, refused, errors in parts:
        tally.done += done
        tally.refused += refused
        tally.errors += errors
    return tally


def _looked_at(url: str, tally: Tally) -> Tally:
    """Note what is not as promised in the database that a storm went through."""
    database = Database(url)
    with database.reading() as session:
        tally.broken = broken_promises(session) + _over_the_limits(session)
        if not database.is_sqlite:
            counted = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            tally.deadlocks = session.connection().execute(counted).scalar_one()
    database.close()
    return tally


def _over_the_limits(session: Session) -> list[str]:
    """Return the days and weeks in which the careful citizen has more than she can take.

    What nobody answered in time does not count, even if nobody has looked since.
    """
    rows = session.exec(
        select(Occupancy)
        .join(Meeting, col(Meeting.id) == col(Occupancy.meeting_id))
        .where(
            Occupancy.subject_id == person_id(CAREFUL),
            Occupancy.kind != OccupancyKind.TRAVEL,
            col(Meeting.expires_at).is_(None) | (col(Meeting.expires_at) > NOW + LASTS),
        )
    ).all()
    on_day = Counter({(row.meeting_id, danish_day(row.starts_at)) for row in rows})
    days = Counter(day for _meeting, day in on_day)
    weeks = Counter(week for _meeting, week in {(meeting, day.isocalendar()[:2]) for meeting, day in on_day})
    return [f"{count} meetings on {day}" for day, count in days.items() if count > 2] + [
        f"{count} meetings in week {week}" for week, count in weeks.items() if count > 3
    ]


def _work(url: str, attempts: int, seed: int, without_lock: bool) -> Counts:
    with no_lock() if without_lock else nullcontext():
        return _book(url, attempts, seed, without_lock)


def _book(url: str, attempts: int, seed: int, without_lock: bool) -> Counts:
    database = Database(url)
    if without_lock and database.is_sqlite:
        database._writer = database.engine.execution_options()  # BEGIN, then read, then write
    one = _Process(database, random.Random(seed))  # noqa: S311 — the same storm each time
    for number in range(attempts):
        one.try_something(NOW + LASTS * number / attempts)
    database.close()
    return one.done, one.refused, one.errors


@contextmanager
def no_lock() -> Iterator[None]:
    """Let this process book without locking first, as a careless change would."""
    right = locking.lock_subjects
    locking.lock_subjects = _lock_nobody
    yield
    locking.lock_subjects = right


def _lock_nobody(session: Session, ids: Collection[UUID]) -> None:
    """Lock none of these."""


class _Process:
    """One of those who book at once."""

    def __init__(self, database: Database, dice: random.Random) -> None:
        self.database, self.dice = database, dice
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.verbs: tuple[tuple[Callable[[Session, datetime], object], int], ...] = (
            (self.insert, 30),
            (self.offer, 10),
            (self.accept, 12),
            (self.move, 16),
            (self.swap, 8),
            (self.series, 6),
            (self.people, 10),
            (self.channel, 5),
            (self.repropose, 5),
            (self.cancel, 8),
            (self.restore, 4),
            (self.expire, 2),
        )

    def try_something(self, now: datetime) -> None:
        verbs, weights = zip(*self.verbs, strict=True)
        verb = self.dice.choices(verbs, weights)[0]
        name = verb.__name__
        dice = self.dice.getstate()

        def work(session: Session) -> None:
            self.dice.setstate(dice)  # tried again is the same thing again
            verb(session, now)

        try:
            self.database.retrying(work)
            self.done[name] += 1
        except (Refused, Missing) as no:
            self.refused[f"{name} {type(no).__name__}"] += 1
        except Exception as problem:  # what nobody may ever see
            self.errors[f"{name} {type(problem).__name__} {str(problem)[:90]}"] += 1

    def slot(self) -> Slot:
        day = self.dice.choice(DAYS)
        start = datetime(day.year, day.month, day.day, 8, tzinfo=DANISH_TIME)
        start += timedelta(minutes=15) * self.dice.randrange(32)
        return Slot(start, start + timedelta(minutes=self.dice.choice((30, 60))))

    def staff(self) -> tuple[UUID, ...]:
        return tuple(person_id(one) for one in self.dice.sample(STAFF, self.dice.choice((1, 2, 3))))

    def request_for(self) -> MeetingRequest:
        citizen, slot, channel = self.dice.choice(CITIZENS), self.slot(), self.dice.choice(list(Channel))
        agreed = citizen != CAREFUL and self.dice.random() < 0.5
        return MeetingRequest(
            citizen_id=person_id(citizen),
            with_ids=self.staff(),
            starts_at=slot.start,
            ends_at=slot.end,
            purpose="Samtale",
            channel=channel,
            place_id=self.dice.choice(PLACES) if channel is Channel.IN_PERSON else None,
            duty=self.dice.random() < 0.5,
            said_yes=agreed,
            organiser_id=person_id("line"),
            optional_ids=self.staff() if self.dice.random() < 0.2 else (),
            room_id=self.dice.choice(ROOMS) if self.dice.random() < 0.4 else None,
            interpreter_id=INTERPRETER if self.dice.random() < 0.3 else None,
        )

    def some(self, session: Session, *, cancelled: bool = False) -> Meeting:
        wanted = select(Meeting).order_by(col(Meeting.starts_at), col(Meeting.id))
        wanted = wanted.where(
            col(Meeting.cancelled_at).is_not(None) if cancelled else col(Meeting.state).in_(STANDING)
        )
        found = session.exec(wanted).all()
        if not found:
            raise Missing
        return self.dice.choice(found)

    def insert(self, session: Session, now: datetime) -> None:
        create_meeting(session, self.request_for(), now=now, workdays=WORKDAYS)

    def offer(self, session: Session, now: datetime) -> None:
        request_for = self.request_for()
        options = tuple(self.slot() for _ in range(self.dice.choice((2, 3))))
        create_meeting(
            session,
            MeetingRequest(
                citizen_id=request_for.citizen_id,
                with_ids=request_for.with_ids,
                starts_at=options[0].start,
                ends_at=options[0].end,
                purpose="Samtale",
                channel=request_for.channel,
                place_id=request_for.place_id,
                options=options,
            ),
            now=now,
            workdays=WORKDAYS,
        )

    def accept(self, session: Session, now: datetime) -> None:
        one = self.some(session)
        if one.citizen_id == person_id(CAREFUL):
            raise Missing  # a yes may go beyond the limits
        position = self.dice.choice((None, 1, 2, 3))
        accept_meeting(
            session, one.citizen_id, one.id, position, by=one.citizen_id, now=now, workdays=WORKDAYS
        )

    def move(self, session: Session, now: datetime) -> None:
        one = self.some(session)
        reschedule_meeting(
            session,
            one.id,
            self.slot(),
            sequence=one.sequence,
            by=person_id("line"),
            now=now,
            workdays=WORKDAYS,
        )

    def swap(self, session: Session, now: datetime) -> None:
        one, other = self.some(session), self.some(session)
        if one.id == other.id:
            raise Missing
        swap_meetings(
            session,
            (one.id, one.sequence),
            (other.id, other.sequence),
            by=person_id("line"),
            now=now,
            workdays=WORKDAYS,
        )

    def series(self, session: Session, now: datetime) -> None:
        book_series(session, self.request_for(), 1, 2, skip=frozenset(), now=now, workdays=WORKDAYS)

    def people(self, session: Session, now: datetime) -> None:
        one = self.some(session)
        change = MeetingChange(with_ids=self.staff(), room_id=self.dice.choice((*ROOMS, None)))
        change_meeting(
            session, one.id, change, sequence=one.sequence, by=person_id("line"), now=now, workdays=WORKDAYS
        )

    def channel(self, session: Session, now: datetime) -> None:
        one = self.some(session)
        change = MeetingChange(channel=self.dice.choice(list(Channel)), place_id=self.dice.choice(PLACES))
        change_meeting(
            session, one.id, change, sequence=one.sequence, by=person_id("line"), now=now, workdays=WORKDAYS
        )

    def repropose(self, session: Session, now: datetime) -> None:
        one = self.some(session)
        slots = [self.slot() for _ in range(self.dice.choice((1, 2, 3)))]
        repropose_meeting(
            session, one.id, slots, sequence=one.sequence, by=person_id("line"), now=now, workdays=WORKDAYS
        )

    def cancel(self, session: Session, now: datetime) -> None:
        one = self.some(session)
        cancel_meeting(
            session, one.id, sequence=one.sequence, by=person_id("line"), now=now, workdays=WORKDAYS
        )

    def restore(self, session: Session, now: datetime) -> None:
        one = self.some(session, cancelled=True)
        restore_meeting(session, one.id, by=person_id("line"), now=one.cancelled_at or now, workdays=WORKDAYS)

    def expire(self, session: Session, now: datetime) -> None:
        expire_proposals(session, now=now, workdays=WORKDAYS)
