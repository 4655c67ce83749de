"""Edge cases 3, 17, 18, 21 and 58: many at once. 1 and 2 go through the app, in tests/api/test_race.py."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from sqlmodel import select

from app.booking.book import create_meeting
from app.meetings.life_cycle import MeetingAlreadyAnswered, MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel, Clash, Reply
from app.notifications.models import Notice
from tests.booking.desk import Desk
from tests.booking.race import at_once
from tests.booking.requests import WORKDAYS, request_for
from tests.booking.storm import PLACES, ROOMS, STAFF, no_lock
from tests.cast import NOW, People
from tests.databases import until_somebody_waits

pytestmark = pytest.mark.both_databases

DONE, CLASHED, OTHER = 1, 2, 3


def crowd(desk: Desk, many: int) -> Counter[int]:
    """Let so many ask for Anna, four professionals in any order and a room, for one of four hours."""

    def ask(number: int) -> int:
        dice = random.Random(number)  # noqa: S311 — the same crowd each time
        try:
            desk.place(
                f"2026-03-05 {9 + number % 4:02}:00",
                60,
                *dice.sample(STAFF, 4),
                place_id=PLACES[0],
                room_id=dice.choice(ROOMS),
                duty=True,
            )
        except Clash:
            return CLASHED
        return DONE

    return at_once(ask, many)


def test_case_03_a_crowd_in_any_order_never_blocks_itself_and_nothing_is_half_booked(desk: Desk) -> None:
    assert crowd(desk, 48) == {DONE: 4, CLASHED: 44}
    assert len(desk.time_of("anna")) == 5  # four meetings at one place, and the way there
    desk.check()


def test_case_17_ten_taps_on_yes_are_one_meeting_and_one_message(desk: Desk, people: People) -> None:
    meeting = desk.offer("2026-03-05 10:00", "2026-03-06 10:00")
    at_once(lambda _n: int(desk.accept(meeting, 2).sequence), 10)
    assert desk.read(meeting).sequence == 1
    answered = select(Notice).where(Notice.kind == "meeting_answered", Notice.person_id == people.line.id)
    with desk.database.reading() as session:
        assert len(session.exec(answered).all()) == 1
    desk.check()


def test_case_18_of_two_answers_in_one_second_the_citizens_own_stands(desk: Desk, people: People) -> None:
    meeting = desk.offer("2026-03-05 10:00", "2026-03-06 10:00")

    def answer(number: int) -> int:
        try:
            desk.accept(meeting, number + 1, by=("anna", "line")[number])
        except MeetingAlreadyAnswered:
            return OTHER
        return DONE

    said = at_once(answer, 2)
    agreed = desk.read(meeting)
    assert said in ({DONE: 1, OTHER: 1}, {DONE: 2})
    assert (agreed.state, agreed.wall_start) == (MeetingState.AGREED, "2026-03-05T10:00")
    with desk.database.reading() as session:
        assert session.get_one(Participant, (meeting.id, people.anna.id)).reply is Reply.COMING
    desk.check()


def test_case_21_a_limit_holds_against_several_at_once(desk: Desk) -> None:
    for day, who in (("2026-03-09", "line"), ("2026-03-10", "sara")):
        _call_karim(desk, day, who)

    def ask(number: int) -> int:
        try:
            _call_karim(desk, f"2026-03-{11 + number}", ("jonas", "thea", "ali")[number])
        except Clash as clash:
            return CLASHED if clash.over_limit else OTHER
        return DONE

    assert at_once(ask, 3) == {DONE: 1, CLASHED: 2}
    desk.check()


def _call_karim(desk: Desk, day: str, who: str) -> Meeting:
    return desk.place(f"{day} 10:00", 60, who, citizen="karim", channel=Channel.PHONE, duty=True)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "not locked"])
def test_case_58_it_is_the_lock_that_keeps_two_from_both_being_the_third(desk: Desk, locked: bool) -> None:
    """On SQLite one writer at a time is the lock; the storm without it is red there."""
    for day, who in (("2026-03-09", "line"), ("2026-03-10", "sara")):
        _call_karim(desk, day, who)
    with (
        nullcontext() if locked else no_lock(),
        ThreadPoolExecutor(1) as other,
        desk.database.writing() as first,
    ):
        create_meeting(
            first,
            request_for("2026-03-11 10:00", 60, "jonas", citizen="karim", duty=True),
            now=NOW,
            workdays=WORKDAYS,
        )
        second = other.submit(_call_karim, desk, "2026-03-12", "thea")
        until_somebody_waits(desk.database)
        first.commit()
        problem = second.exception(timeout=20)
    assert isinstance(problem, Clash) is locked
    assert len(desk.all()) == (3 if locked else 4)
