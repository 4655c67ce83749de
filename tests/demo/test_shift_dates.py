"""A demo from another day is moved to today, and nothing that a tester wrote is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from app.config import Site
from app.dates.local_time import DANISH_TIME, danish_day, wall_time
from app.dates.workdays import holiday_name
from app.demo.demo_instance import read_seeded_at, seed_or_shift
from app.demo.meeting_stories import meeting_id, plan_meetings
from app.demo.seed import entry_id
from app.entries.models import Entry, EntryVersion
from app.goals.models import Step
from app.identity.models import LoginSession
from app.identity.sessions import open_session
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Occupancy, Participant
from app.meetings.rules import Channel, OccupancyKind, ParticipantRole
from app.store.db import Database
from tests.cast import People
from tests.demo.conftest import Start


def danish(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=DANISH_TIME)


FRIDAY = danish("2026-11-20T09:00")
LATER = [
    danish("2026-11-21T09:00"),
    danish("2026-11-23T18:00"),
    danish("2026-12-24T08:00"),
    danish("2027-03-26T10:00"),  # langfredag
    danish("2027-03-29T10:00"),  # Easter Monday, in summer time
    danish("2026-11-18T09:00"),  # a clock that was set back
]


@pytest.fixture
def laid(start: Start) -> Database:
    return start(FRIDAY)


@contextmanager
def looking(database: Database) -> Iterator[Session]:
    with database.reading() as session:
        yield session


def check_calendar(session: Session) -> None:
    """The time taken is each standing meeting's own, on its day's wall, and never on a holiday."""
    for meeting in session.exec(select(Meeting)):
        assert meeting.wall_start == wall_time(meeting.starts_at)
        inside = select(func.count()).where(Participant.meeting_id == meeting.id)
        taken = session.exec(
            select(Occupancy).where(
                Occupancy.meeting_id == meeting.id, Occupancy.kind != OccupancyKind.TRAVEL
            )
        ).all()
        if meeting.state is MeetingState.CANCELLED:
            assert taken == []
            continue
        assert holiday_name(danish_day(meeting.starts_at)) is None
        assert len(taken) == session.exec(inside).one()
        assert {(row.starts_at, row.ends_at) for row in taken} == {(meeting.starts_at, meeting.ends_at)}


@pytest.mark.parametrize("now", LATER, ids=str)
def test_the_meetings_lie_as_if_it_were_laid_today(now: datetime, laid: Database, site: Site) -> None:
    seed_or_shift(laid, site, now=now)
    with looking(laid) as session:
        check_calendar(session)
        found = {row.id: row.starts_at for row in session.exec(select(Meeting))}
    assert found == {id: slot.start for id, slot in plan_meetings(now, site.workdays).items()}


@pytest.mark.parametrize("now", LATER, ids=str)
def test_the_rest_moves_by_whole_days_on_the_wall(now: datetime, laid: Database, site: Site) -> None:
    days = danish_day(now) - danish_day(FRIDAY)
    with looking(laid) as session:
        due = {row.entry_id: row.due_on for row in session.exec(select(Step))}
        written = {row.id: row.written_at for row in session.exec(select(Entry))}
    seed_or_shift(laid, site, now=now)
    with looking(laid) as session:
        for step in session.exec(select(Step)):
            assert step.due_on == (due[step.entry_id] or danish_day(now)) + days
        for entry in session.exec(select(Entry)):
            assert entry.written_at == written[entry.id].astimezone(DANISH_TIME) + days


def test_a_second_start_the_same_day_changes_nothing(laid: Database, site: Site) -> None:
    with looking(laid) as session:
        before = {row.id: row.starts_at for row in session.exec(select(Meeting))}
    seed_or_shift(laid, site, now=FRIDAY + timedelta(hours=9))
    with looking(laid) as session:
        assert {row.id: row.starts_at for row in session.exec(select(Meeting))} == before


def test_many_mornings_do_not_push_anything_away(laid: Database, site: Site) -> None:
    now = FRIDAY
    for _morning in range(8):
        now += timedelta(days=1)
        seed_or_shift(laid, site, now=now)
    with looking(laid) as session:
        check_calendar(session)
        found = {row.id: row.starts_at for row in session.exec(select(Meeting))}
        assert read_seeded_at(session) == now
    assert found == {id: slot.start for id, slot in plan_meetings(now, site.workdays).items()}


def write_as_a_tester(database: Database, people: People, start: datetime, channel: Channel) -> UUID:
    """Write a new version, cancel a meeting and book one; return the one booked."""
    with database.writing() as session:
        entry = session.get_one(Entry, entry_id("anna-kladde"))
        entry.version = 2
        session.add(
            EntryVersion(
                entry_id=entry.id, number=2, words="Mine ord", written_at=FRIDAY, author_id=entry.author_id
            )
        )
        proposal = session.get_one(Meeting, meeting_id("anna-video"))
        proposal.state, proposal.expires_at = MeetingState.CANCELLED, None
        for row in session.exec(select(Occupancy).where(Occupancy.meeting_id == meeting_id("anna-video"))):
            session.delete(row)
        booked = Meeting(
            citizen_id=people.anna.id,
            organiser_id=people.ali.id,
            purpose="Testerens møde",
            channel=channel,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            wall_start=wall_time(start),
            state=MeetingState.AGREED,
            created_at=FRIDAY,
        )
        session.add(booked)
        session.flush()
        citizen = session.get_one(Participant, (meeting_id("anna-i-dag"), people.anna.id))
        for person, role in ((people.anna, citizen.role), (people.ali, ParticipantRole.REQUIRED)):
            session.add(Participant(meeting_id=booked.id, subject_id=person.id, role=role))
            session.add(
                Occupancy(
                    subject_id=person.id,
                    starts_at=booked.starts_at,
                    ends_at=booked.ends_at,
                    kind=OccupancyKind.MEETING,
                    meeting_id=booked.id,
                    exact_meeting_id=booked.id,
                )
            )
        return booked.id


def test_what_a_tester_wrote_comes_along(laid: Database, people: People, site: Site) -> None:
    booked = write_as_a_tester(laid, people, danish("2026-11-30T08:00"), Channel.IN_PERSON)
    now = danish("2026-12-15T09:00")  # 25 days on, that Monday is Christmas Day
    seed_or_shift(laid, site, now=now)
    with looking(laid) as session:
        words = session.get_one(EntryVersion, (entry_id("anna-kladde"), 2))
        assert words.words == "Mine ord"
        assert words.written_at == now
        cancelled = session.get_one(Meeting, meeting_id("anna-video"))
        assert cancelled.state is MeetingState.CANCELLED
        left = select(Occupancy).where(Occupancy.meeting_id == cancelled.id)
        assert session.exec(left).all() == []
        theirs = session.get_one(Meeting, booked)
        assert theirs.wall_start == "2026-12-28T08:00"
        rows = session.exec(select(Occupancy).where(Occupancy.meeting_id == booked)).all()
        assert [row.starts_at for row in rows if row.kind is OccupancyKind.MEETING] == [theirs.starts_at] * 2
        assert [row.ends_at for row in rows if row.kind is OccupancyKind.TRAVEL] == [theirs.starts_at]


def test_a_testers_meeting_gives_way_to_the_demos_own(laid: Database, people: People, site: Site) -> None:
    booked = write_as_a_tester(laid, people, danish("2026-11-28T10:30"), Channel.HOME)
    # Two days on it is Monday: there the demo's own meeting of Saturday has gone, which is not by phone.
    seed_or_shift(laid, site, now=danish("2026-11-22T09:00"))
    with looking(laid) as session:
        assert session.get_one(Meeting, meeting_id("anna-praktik")).wall_start == "2026-11-30T10:30"
        assert session.get_one(Meeting, booked).wall_start == "2026-12-01T10:30"
        check_calendar(session)


def test_a_sign_in_does_not_live_longer_for_it(laid: Database, people: People, site: Site) -> None:
    with laid.writing() as session:
        open_session(session, people.anna.id, now=FRIDAY)
    seed_or_shift(laid, site, now=FRIDAY + timedelta(days=1))
    with looking(laid) as session:
        assert session.exec(select(LoginSession.last_seen_at)).one() == FRIDAY


def test_it_moves_all_or_nothing(laid: Database, site: Site) -> None:
    with looking(laid) as session:
        before = {row.id: row.starts_at for row in session.exec(select(Meeting))}
    with laid.writing() as session:
        session.connection().execute(
            text("CREATE TRIGGER power_cut BEFORE INSERT ON occupancy BEGIN SELECT RAISE(ABORT, 'dark'); END")
        )
    with pytest.raises(IntegrityError):
        seed_or_shift(laid, site, now=FRIDAY + timedelta(days=3))
    with looking(laid) as session:
        assert {row.id: row.starts_at for row in session.exec(select(Meeting))} == before
        assert read_seeded_at(session) == FRIDAY
        check_calendar(session)
