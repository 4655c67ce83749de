"""Edge cases 4-16: what touches, the way there, cancelling and undoing, swapping, moving, holding."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.booking.accept import accept_meeting
from app.booking.book import change_with_alternatives
from app.booking.cancel import expire_proposals, restore_meeting
from app.meetings.life_cycle import MeetingIsOver, MeetingState, OptionState, TooLateToUndo
from app.meetings.rules import Channel, Clash, OccupancyKind
from app.notifications.models import Notice
from tests.booking.desk import Desk, slot
from tests.booking.requests import WORKDAYS
from tests.booking.storm import PLACES
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

HALL, HEALTH, AWAY = PLACES  # 30 minutes from the first to the second, the usual 15 to the third
PHONE: dict[str, Any] = {"channel": Channel.PHONE, "duty": True}
AT_THE_HALL: dict[str, Any] = {"place_id": HALL, "duty": True}
AT_HEALTH: dict[str, Any] = {"place_id": HEALTH, "duty": True}


def test_case_04_what_touches_does_not_clash(desk: Desk) -> None:
    desk.place("2026-03-05 10:00", **PHONE)
    desk.place("2026-03-05 11:00", **PHONE)
    assert desk.time_of("anna") == ["10:00-11:00 meeting", "11:00-12:00 meeting"]


def test_case_05_the_way_between_two_places_is_taken_too(desk: Desk) -> None:
    desk.place("2026-03-05 10:00", **AT_THE_HALL)
    for starts in ("2026-03-05 11:00", "2026-03-05 11:15"):
        with pytest.raises(Clash):
            desk.place(starts, **AT_HEALTH)
    desk.place("2026-03-05 11:30", **AT_HEALTH)
    assert desk.time_of("anna", OccupancyKind.TRAVEL) == ["09:45-10:00 travel", "11:00-11:30 travel"]
    desk.check()


def test_case_06_at_the_same_place_there_is_no_way_to_go(desk: Desk) -> None:
    desk.place("2026-03-05 10:00", **AT_THE_HALL)
    desk.place("2026-03-05 11:00", **AT_THE_HALL)
    assert desk.time_of("anna", OccupancyKind.TRAVEL) == ["09:45-10:00 travel"]


def test_case_07_the_way_to_the_next_meeting_is_counted_anew(desk: Desk) -> None:
    desk.place("2026-03-05 10:15", **AT_HEALTH)
    assert desk.time_of("anna", OccupancyKind.TRAVEL) == ["10:00-10:15 travel"]
    with pytest.raises(Clash):
        desk.place("2026-03-05 09:00", **AT_THE_HALL)
    desk.place("2026-03-05 08:45", **AT_THE_HALL)
    assert desk.time_of("anna", OccupancyKind.TRAVEL) == ["08:30-08:45 travel", "09:45-10:15 travel"]
    desk.check()


def test_case_08_from_video_to_a_place_too_far_away_is_refused_and_nothing_changes(desk: Desk) -> None:
    desk.place("2026-03-05 10:00", **AT_THE_HALL)
    video = desk.place("2026-03-05 11:00", channel=Channel.VIDEO, duty=True)
    with pytest.raises(Clash):
        desk.change(video, channel=Channel.IN_PERSON, place_id=HEALTH)
    kept = desk.read(video)
    assert (kept.channel, kept.place_id, kept.sequence) == (Channel.VIDEO, None, 0)
    desk.change(video, channel=Channel.IN_PERSON, place_id=HALL)
    assert desk.read(video).sequence == 1
    desk.check()


def test_case_09_cancelled_time_is_free_at_once(desk: Desk) -> None:
    meeting = desk.place(**AT_THE_HALL)
    desk.cancel(meeting)
    assert desk.time_of("anna") == desk.time_of("line") == []
    desk.place("2026-03-05 10:00", 60, "jonas", **AT_THE_HALL)


def test_case_10_undo_brings_it_back_within_ten_minutes_by_the_one_who_cancelled(desk: Desk) -> None:
    meeting, offered = desk.place(**AT_THE_HALL), desk.offer("2026-03-09 10:00", "2026-03-10 10:00")
    before = [desk.time_of("anna"), desk.options(offered)]
    for one, state in ((meeting, MeetingState.AGREED), (offered, MeetingState.PROPOSED)):
        desk.cancel(one)
        with pytest.raises(TooLateToUndo):
            desk.restore(one, by="jonas")
        desk.now = NOW + timedelta(minutes=10)
        back = desk.restore(one)
        assert (back.state, back.sequence, back.cancelled_at) == (state, 2, None)
        desk.now = NOW
    assert before == [desk.time_of("anna"), desk.options(offered)]
    desk.cancel(meeting)
    desk.now = NOW + timedelta(minutes=11)
    with pytest.raises(TooLateToUndo):
        desk.restore(meeting)


def test_case_10_a_time_that_was_taken_meanwhile_is_not_had_back(desk: Desk) -> None:
    meeting = desk.cancel(desk.place(**AT_THE_HALL))
    desk.place("2026-03-05 10:30", 60, "jonas", **AT_THE_HALL)
    with pytest.raises(Clash) as refused:
        change_with_alternatives(
            desk.database,
            meeting.id,
            lambda session: restore_meeting(
                session, meeting.id, by=meeting.cancelled_by, now=NOW, workdays=WORKDAYS
            ),
            now=NOW,
            workdays=WORKDAYS,
        )
    assert len(refused.value.alternatives) == 3
    assert desk.read(meeting).state is MeetingState.CANCELLED


@pytest.mark.parametrize("who", ["anna", "karim"])
def test_case_11_two_meetings_change_places_at_once(desk: Desk, who: str) -> None:
    one = desk.place("2026-03-05 10:00", 60, "line", **AT_THE_HALL)
    other = desk.place("2026-03-05 11:00", 30, "line", "jonas", citizen=who, **AT_THE_HALL)
    desk.swap(one, other)
    assert desk.time_of("line", OccupancyKind.MEETING) == ["10:00-10:30 meeting", "11:00-12:00 meeting"]
    assert desk.time_of("jonas") == ["10:00-10:30 meeting"]
    assert [desk.read(meeting).sequence for meeting in (one, other)] == [1, 1]
    desk.check()


def test_case_12_a_meeting_can_move_into_its_own_time(desk: Desk) -> None:
    meeting = desk.place(**AT_THE_HALL)
    desk.move(meeting, "2026-03-05 10:30")
    assert desk.time_of("anna") == ["10:15-10:30 travel", "10:30-11:30 meeting"]


def test_case_13_a_move_that_fails_has_changed_nothing_and_told_nobody(desk: Desk) -> None:
    meeting = desk.place(**AT_THE_HALL)
    desk.place("2026-03-06 10:00", 60, "jonas", **AT_THE_HALL)
    told = _notices(desk)
    with pytest.raises(Clash):
        desk.move(meeting, "2026-03-06 10:30")
    kept = desk.read(meeting)
    assert (kept.starts_at, kept.sequence, kept.moved_from) == (meeting.starts_at, 0, None)
    assert _notices(desk) == told
    desk.check()


def test_case_14_the_second_proposal_of_a_time_is_refused_when_it_is_made(desk: Desk) -> None:
    desk.offer("2026-03-05 10:00", "2026-03-06 10:00")
    with pytest.raises(Clash):
        desk.offer("2026-03-09 10:00", "2026-03-06 10:30")
    assert desk.time_of("anna", OccupancyKind.HOLD) == ["10:00-11:00 hold", "10:00-11:00 hold"]


def test_case_15_a_yes_that_comes_late_is_taken_while_the_time_is_free(desk: Desk, people: People) -> None:
    meeting = desk.offer("2026-03-12 10:00", "2026-03-13 10:00")
    desk.now = NOW + timedelta(days=4)
    assert desk.do(expire_proposals) == 1
    assert (desk.read(meeting).state, desk.time_of("anna")) == (MeetingState.EXPIRED, [])
    desk.accept(meeting, 2)
    agreed = desk.read(meeting)
    assert (agreed.state, agreed.starts_at) == (MeetingState.AGREED, slot("2026-03-13 10:00").start)
    assert desk.options(meeting) == [OptionState.RELEASED, OptionState.TAKEN]
    desk.check()


def test_case_16_a_yes_to_a_time_that_was_taken_meanwhile_offers_others(desk: Desk) -> None:
    meeting = desk.offer("2026-03-12 10:00", "2026-03-13 10:00")
    desk.now = NOW + timedelta(days=4)
    desk.place("2026-03-12 10:00", 60, "jonas", **AT_THE_HALL)
    with pytest.raises(Clash) as refused:
        change_with_alternatives(
            desk.database,
            meeting.id,
            lambda session: accept_meeting(
                session,
                meeting.citizen_id,
                meeting.id,
                1,
                by=meeting.citizen_id,
                now=desk.now,
                workdays=WORKDAYS,
            ),
            now=desk.now,
            workdays=WORKDAYS,
        )
    assert len(refused.value.alternatives) == 3
    desk.check()
    with pytest.raises(MeetingIsOver):
        desk.accept(desk.cancel(desk.accept(meeting, 2)), 2)


def _notices(desk: Desk) -> int:
    with desk.database.reading() as session:
        return len(session.exec(select(Notice)).all())
