"""Edge cases 48-57: what no meeting can be, who leaves, who acts for whom, shared and optional people."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.availability.models import CalendarLimits
from app.booking.leavers import open_leaver_tasks
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.cli.database_checks import check_schema
from app.cli.error_messages import CommandFailed
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.meetings.life_cycle import MeetingState
from app.meetings.rules import Channel, Clash, InvalidSlot, OccupancyKind, UnknownPeople, UnknownPlace
from app.notifications.models import Notice
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.race import take_the_guard_away
from tests.booking.storm import INTERPRETER, PLACES, ROOMS
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

PHONE: dict[str, Any] = {"channel": Channel.PHONE, "duty": True}


@pytest.mark.parametrize("minutes", [0, -60, 26 * 60])
def test_case_48_no_meeting_is_empty_backward_or_endless_nor_can_be_moved_so(
    desk: Desk, minutes: int
) -> None:
    with pytest.raises(InvalidSlot):
        desk.place("2026-03-05 10:00", minutes)
    meeting = desk.place(**PHONE)
    with pytest.raises(InvalidSlot):
        desk.move(meeting, "2026-03-06 10:00", minutes)


def test_case_49_the_meetings_of_one_who_leaves_stay_and_are_somebodys_to_settle(
    desk: Desk, people: People
) -> None:
    for number in range(9):
        day = f"2026-03-{9 + number // 5 * 7 + number % 5:02}"
        desk.place(f"{day} 10:00", 60, "jonas", **PHONE)
    leaves = select(PersonRole).where(PersonRole.person_id == people.jonas.id)
    desk.write(lambda session: setattr(session.exec(leaves).one(), "ends_at", NOW + timedelta(days=1)))
    assert desk.do(open_leaver_tasks) == 0
    desk.now = NOW + timedelta(days=2)
    assert [desk.do(open_leaver_tasks) for _ in range(2)] == [9, 0]
    with desk.database.reading() as session:
        tasks = session.exec(select(MeetingTask)).all()
    assert {(one.kind, one.person_id) for one in tasks} == {(TaskKind.LEAVING, None)}
    assert {one.state for one in desk.all()} == {MeetingState.AGREED}


def test_case_51_the_guardian_and_the_citizen_share_one_calendar_and_are_both_told(
    desk: Desk, people: People
) -> None:
    meeting = desk.offer("2026-03-05 10:00", "2026-03-06 10:00", citizen="bent")
    with desk.database.reading() as session:
        new = session.exec(select(Notice).where(Notice.kind == "meeting_new")).all()
    assert {one.person_id for one in new} == {people.bent.id, people.vibeke.id}
    desk.accept(meeting, 1, by="vibeke")
    desk.accept(meeting, 2)
    assert desk.read(meeting).wall_start == "2026-03-06T10:00"
    desk.check()


def test_case_52_one_who_comes_along_is_guarded_and_no_refusal_tells_whose_reason_it_is(
    desk: Desk, people: People
) -> None:
    shared: dict[str, Any] = {"citizen": "emil", "companion_ids": (people.mette.id,), **PHONE}
    desk.place("2026-03-05 10:00", 60, "ali", **shared)
    assert desk.time_of("mette") == desk.time_of("emil") == ["10:00-11:00 meeting"]
    limit = CalendarLimits(citizen_id=people.mette.id, per_day=1, per_week=30, notice_days=0, updated_at=NOW)
    desk.write(lambda session: session.add(limit))
    refusals = []
    for starts in ("2026-03-05 10:30", "2026-03-05 13:00"):
        with pytest.raises(Clash) as refused:
            desk.place(starts, 60, "omar", **shared)
        refusals.append((type(refused.value), str(refused.value), refused.value.params))
    assert refusals[0] == refusals[1]
    with pytest.raises(UnknownPeople):
        desk.place("2026-03-06 13:00", 60, "omar", **shared | {"companion_ids": (people.vibeke.id,)})
    desk.check()


def test_case_54_one_who_may_come_takes_part_if_there_is_room_and_never_stands_in_the_way(
    desk: Desk, people: People
) -> None:
    desk.place("2026-03-05 10:00", 60, "sara", citizen="karim", **PHONE)
    meeting = desk.place(optional_ids=(people.sara.id, people.jonas.id), **PHONE)
    assert desk.time_of("jonas") == ["10:00-11:00 meeting"]
    assert desk.time_of("sara") == ["10:00-11:00 meeting"]  # with Karim: she may not come to this one
    desk.check()
    desk.move(meeting, "2026-03-05 11:00")
    assert desk.time_of("sara") == ["10:00-11:00 meeting", "11:00-12:00 meeting"]
    desk.check()


def test_case_57_a_server_without_the_guard_does_not_start(database: Database) -> None:
    check_schema(database)
    take_the_guard_away(database)
    with pytest.raises(CommandFailed):
        check_schema(database)


def test_people_rooms_and_places_are_put_in_and_taken_out(desk: Desk, people: People) -> None:
    meeting = desk.place(room_id=ROOMS[0], interpreter_id=INTERPRETER, place_id=PLACES[0], duty=True)
    with pytest.raises(Clash):
        desk.place("2026-03-05 10:30", 60, "jonas", citizen="bent", room_id=ROOMS[0], duty=True)
    with pytest.raises(Clash):
        desk.place("2026-03-05 10:30", 60, "jonas", citizen="bent", interpreter_id=INTERPRETER, duty=True)
    desk.change(meeting, with_ids=(people.sara.id,), room_id=ROOMS[1], interpreter_id=None)
    assert [len(desk.time_of(one)) for one in (people.line.id, ROOMS[0], INTERPRETER)] == [0, 0, 0]
    assert [len(desk.time_of(one)) for one in (people.sara.id, ROOMS[1])] == [1, 1]
    assert desk.change(meeting, with_ids=(people.sara.id,)).sequence == 1  # nothing is different
    assert desk.change(meeting, purpose="Noget andet", bring=None).sequence == 2
    for wrong, refusal in (
        ({"room_id": INTERPRETER}, UnknownPeople),
        ({"place_id": ROOMS[0]}, UnknownPlace),
        ({"with_ids": (people.karim.id,)}, UnknownPeople),
    ):
        with pytest.raises(refusal):
            desk.change(meeting, **wrong)
    desk.check()


def test_those_who_go_to_a_home_need_time_for_it(desk: Desk, people: People) -> None:
    home: dict[str, Any] = {"channel": Channel.HOME, "duty": True}
    desk.place("2026-03-05 10:00", 60, "thea", **home)
    desk.place("2026-03-05 11:00", 30, "thea", **home)
    with pytest.raises(Clash):
        desk.place("2026-03-05 11:30", 30, "thea", citizen="bent", **home)
    desk.place("2026-03-05 11:45", 30, "thea", citizen="bent", **home)
    assert desk.time_of("thea", OccupancyKind.TRAVEL) == ["09:45-10:00 travel", "11:30-11:45 travel"]
    assert desk.time_of("anna", OccupancyKind.TRAVEL) == desk.time_of("bent", OccupancyKind.TRAVEL) == []
    desk.check()


def test_who_helps_others_is_a_citizen_in_a_meeting_of_their_own(desk: Desk, people: People) -> None:
    """Each meeting says what somebody is in it: the way to one's own is laid, and at work there is none."""
    with desk.database.writing() as session:
        day = NOW - timedelta(days=1)
        session.add(PersonRole(person_id=people.jonas.id, role=Role.CITIZEN, starts_at=day))
    at_the_hall: dict[str, Any] = {"place_id": PLACES[0], "duty": True}
    desk.place("2026-03-05 09:00", 60, "jonas", **at_the_hall)
    assert desk.time_of("jonas", OccupancyKind.TRAVEL) == []
    with pytest.raises(Clash):
        desk.place("2026-03-05 10:00", 60, "line", citizen="jonas", **at_the_hall)
    desk.place("2026-03-05 10:15", 60, "line", citizen="jonas", **at_the_hall)
    assert desk.time_of("jonas", OccupancyKind.TRAVEL) == ["10:00-10:15 travel"]
    desk.place("2026-03-05 11:15", 30, "jonas", **at_the_hall)
    assert desk.time_of("jonas", OccupancyKind.TRAVEL) == ["10:00-10:15 travel"]


def test_cancelling_never_fails_where_the_way_that_is_left_is_too_short(desk: Desk) -> None:
    at_the_hall: dict[str, Any] = {"place_id": PLACES[0], "duty": True}
    first = desk.place("2026-03-05 09:00", **at_the_hall)
    desk.place("2026-03-05 10:00", **PHONE)
    desk.place("2026-03-05 11:00", **at_the_hall)
    desk.cancel(first)
    assert desk.time_of("anna", OccupancyKind.TRAVEL) == []  # the call ends when the meeting begins
    desk.place("2026-03-05 13:00", **PHONE)  # and nothing else is refused for it
    desk.check()
