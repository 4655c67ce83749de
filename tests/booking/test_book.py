from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Occupancy, Participant
from app.meetings.rules import (
    Channel,
    Clash,
    ClosedThatDay,
    InvalidSlot,
    NoSuchTime,
    NotBookable,
    OccupancyKind,
    PastTime,
    Reply,
    UnknownCitizen,
    UnknownPeople,
    WrongNumberOfPeople,
)
from app.store.db import Database, violates
from tests.booking.fixtures import Booked
from tests.booking.race import overlapping_pairs, take_the_guard_away
from tests.booking.requests import at, can_take_much
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases


def test_back_to_back_meetings_are_both_booked(booked: Booked, database: Database) -> None:
    can_take_much(database)
    for starts in ("2026-03-05 10:00", "2026-03-05 11:00", "2026-03-05 09:00"):
        booked(starts, duty=True)
    assert overlapping_pairs(database) == 0


@pytest.mark.parametrize("starts", ["2026-03-05 09:15", "2026-03-05 10:00", "2026-03-05 10:45"])
def test_an_overlap_is_refused_with_other_times(booked: Booked, database: Database, starts: str) -> None:
    booked("2026-03-05 10:00")
    with pytest.raises(Clash) as caught:
        booked(starts)
    assert len(caught.value.alternatives) == 3
    assert overlapping_pairs(database) == 0


def test_a_refused_meeting_leaves_nothing_behind(booked: Booked, session: Session) -> None:
    booked()
    with pytest.raises(Clash):
        booked("2026-03-05 10:30", 60, "jonas", "sara")
    assert len(session.exec(select(Meeting)).all()) == 1
    assert len(session.exec(select(Occupancy)).all()) == 3  # two people, and the citizen's way there


def test_the_other_side_is_guarded_too(booked: Booked) -> None:
    booked()
    with pytest.raises(Clash):
        booked(citizen="karim")
    booked("2026-03-05 10:00", 60, "jonas", citizen="karim")


def test_a_proposal_holds_its_time_against_another_proposal(booked: Booked) -> None:
    booked()
    with pytest.raises(Clash):
        booked("2026-03-05 10:00", 60, "sara")


def test_somebody_named_twice_is_there_once(booked: Booked, session: Session) -> None:
    booked("2026-03-05 10:00", 60, "line", "line", channel=Channel.PHONE)
    assert len(session.exec(select(Occupancy)).all()) == 2


def test_a_recorded_yes_is_the_citizens_answer(booked: Booked, session: Session) -> None:
    meeting = session.get_one(Meeting, booked(said_yes=True, channel=Channel.PHONE))
    answer = session.get_one(Participant, (meeting.id, meeting.citizen_id))
    assert (answer.reply, answer.replied_at) == (Reply.COMING, NOW)
    assert meeting.state is MeetingState.AGREED
    assert {row.kind for row in session.exec(select(Occupancy))} == {OccupancyKind.MEETING}


@pytest.mark.parametrize(
    ("refusal", "asked"),
    [
        (PastTime, {"starts": "2026-03-01 10:00"}),
        (ClosedThatDay, {"starts": "2026-12-25 10:00"}),
        (NoSuchTime, {"starts": "2026-03-29 02:15"}),
        (InvalidSlot, {"minutes": 0}),
        (InvalidSlot, {"minutes": -60}),
        (InvalidSlot, {"minutes": 26 * 60}),
        (UnknownCitizen, {"citizen_id": uuid4()}),
        (UnknownCitizen, {"citizen": "line"}),
        (UnknownPeople, {"with_ids": (uuid4(),)}),
        (WrongNumberOfPeople, {"with_ids": ()}),
        (WrongNumberOfPeople, {"with_ids": tuple(uuid4() for _ in range(21))}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    booked: Booked, session: Session, refusal: type[NotBookable], asked: dict[str, Any]
) -> None:
    with pytest.raises(refusal):
        booked(**asked)
    assert session.exec(select(Meeting)).all() == []


def test_two_citizens_are_not_put_in_one_meeting(booked: Booked, people: People) -> None:
    for other in (people.fremmed, people.anna):
        with pytest.raises(UnknownPeople):
            booked("2026-03-05 10:00", 60, other.slug)


def _insert(database: Database, hours: float, person: UUID, **more: Any) -> None:
    """Write a meeting past every rule, as a mistake in the code would."""
    start = at("2026-03-05 10:30")
    end = start + timedelta(hours=hours)
    meeting = Meeting(
        citizen_id=person,
        purpose="Uden om reglerne",
        channel=Channel.PHONE,
        starts_at=start,
        ends_at=more.get("meeting_ends_at", end),
        wall_start="2026-03-05T10:30",
        state=MeetingState.PROPOSED,
        created_at=NOW,
    )
    with database.writing() as session:
        session.add(meeting)
        session.flush()
        session.add(
            Occupancy(
                subject_id=person,
                starts_at=start,
                ends_at=end,
                kind=OccupancyKind.HOLD,
                meeting_id=meeting.id,
            )
        )


def test_the_database_refuses_the_clash_that_the_code_forgot(
    booked: Booked, database: Database, people: People
) -> None:
    booked()
    with pytest.raises(IntegrityError) as caught:
        _insert(database, 1, people.anna.id)
    assert violates(caught.value, "occupancy_no_clash")


def test_without_the_guard_the_same_insert_is_taken(
    booked: Booked, database: Database, people: People
) -> None:
    booked()
    take_the_guard_away(database)
    _insert(database, 1, people.anna.id)
    assert overlapping_pairs(database) == 1


@pytest.mark.parametrize(
    ("hours", "constraint"), [(0, "order"), (-1, "order"), (12.25, "length"), (26, "length")]
)
@pytest.mark.parametrize("table", ["meeting", "occupancy"])
def test_the_database_refuses_an_empty_backward_or_endless_span(
    booked: Booked, database: Database, people: People, table: str, hours: float, constraint: str
) -> None:
    booked("2026-03-09 10:00")  # makes the rows of those who can be taken
    fine = {"meeting_ends_at": at("2026-03-05 11:30")} if table == "occupancy" else {}
    with pytest.raises(IntegrityError) as caught:
        _insert(database, hours, people.anna.id, **fine)
    assert violates(caught.value, f"ck_{table}_{constraint}")


def test_the_database_takes_a_span_of_exactly_twelve_hours(
    booked: Booked, database: Database, people: People
) -> None:
    booked("2026-03-09 10:00")
    _insert(database, 12, people.anna.id)


def test_the_wall_clock_is_kept_beside_the_moment(booked: Booked, session: Session) -> None:
    meeting = session.get_one(Meeting, booked("2026-03-30 09:00"))
    assert (meeting.wall_start, meeting.tz) == ("2026-03-30T09:00", "Europe/Copenhagen")
    assert meeting.starts_at.isoformat() == "2026-03-30T07:00:00+00:00"
