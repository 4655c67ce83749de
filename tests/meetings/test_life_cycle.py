from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from sqlmodel import Session, col, select

from app.dates.local_time import wall_time
from app.demo.cast import person_id
from app.errors import Missing, Refused
from app.meetings.life_cycle import (
    NEXT,
    STANDING,
    UNDO,
    MeetingChanged,
    MeetingIsOver,
    MeetingState,
    TooLateToUndo,
    goes_on,
    next_meeting_state,
    refuse_undo,
)
from app.meetings.models import Meeting
from app.meetings.queries import can_be_undone_by, get_citizens_meeting, goes_on_at
from app.meetings.rules import Channel, Slot
from app.meetings.service import held_until, transition_meeting
from tests.cast import NOW

ANNA, LINE = person_id("anna"), person_id("line")
HOUR = timedelta(hours=1)
LATER = NOW + timedelta(days=2)


def a_meeting(state: MeetingState, starts_in: timedelta = HOUR) -> Meeting:
    start = NOW + starts_in
    return Meeting(
        citizen_id=ANNA,
        purpose="Samtale",
        channel=Channel.PHONE,
        starts_at=start,
        ends_at=start + HOUR,
        wall_start=wall_time(start),
        state=state,
        created_at=NOW,
    )


def test_what_stands_is_what_can_be_changed() -> None:
    assert {state for state, after in NEXT.items() if state in after} == set(STANDING)


@pytest.mark.parametrize("current", MeetingState)
@pytest.mark.parametrize("wanted", MeetingState)
def test_a_meeting_goes_nowhere_but_where_the_table_says(current: MeetingState, wanted: MeetingState) -> None:
    meeting = a_meeting(current)
    if wanted in NEXT[current]:
        transition_meeting(meeting, wanted, now=NOW)
        assert (meeting.state, meeting.sequence, meeting.changed_at) == (wanted, 1, NOW)
        return
    with pytest.raises(MeetingChanged if current in STANDING else MeetingIsOver):
        transition_meeting(meeting, wanted, slot=Slot(LATER, LATER + HOUR), now=NOW)
    assert (meeting.state, meeting.sequence, meeting.starts_at) == (current, 0, NOW + HOUR)


def test_what_time_alone_brings_is_no_change() -> None:
    meeting = a_meeting(MeetingState.AGREED)
    transition_meeting(meeting, MeetingState.HELD, now=None)
    assert (meeting.sequence, meeting.changed_at) == (0, None)


def test_what_belongs_to_a_state_goes_with_it() -> None:
    meeting = a_meeting(MeetingState.PROPOSED)
    transition_meeting(meeting, MeetingState.PROPOSED, held_until=LATER, now=NOW)
    assert (meeting.expires_at, held_until(meeting)) == (LATER, LATER)
    transition_meeting(meeting, MeetingState.AGREED, held_until=LATER, now=NOW)
    assert (meeting.expires_at, meeting.offers_until, held_until(meeting)) == (None, LATER, LATER)
    transition_meeting(meeting, MeetingState.CANCELLED, now=NOW)
    meeting.cancelled_at, meeting.cancelled_by, meeting.cancel_reason = NOW, LINE, "Line er syg"
    assert (meeting.offers_until, held_until(meeting)) == (None, None)
    transition_meeting(meeting, MeetingState.AGREED, slot=Slot(LATER, LATER + HOUR), now=NOW)
    assert not any((meeting.cancelled_at, meeting.cancelled_by, meeting.cancel_reason))
    assert (meeting.starts_at, meeting.wall_start) == (LATER, wall_time(LATER))


def test_an_expired_proposal_still_says_until_when_it_waited() -> None:
    meeting = a_meeting(MeetingState.PROPOSED)
    transition_meeting(meeting, MeetingState.PROPOSED, held_until=LATER, now=NOW)
    transition_meeting(meeting, MeetingState.EXPIRED, now=NOW)
    assert meeting.expires_at == LATER


@pytest.mark.parametrize(
    ("ago", "by", "starts_in", "refused"),
    [
        (UNDO, LINE, HOUR, None),
        (UNDO + timedelta(seconds=1), LINE, HOUR, TooLateToUndo),
        (UNDO, ANNA, HOUR, TooLateToUndo),
        (UNDO, None, HOUR, TooLateToUndo),
        (UNDO, LINE, timedelta(), MeetingIsOver),
    ],
)
def test_who_cancelled_can_undo_for_ten_minutes_while_it_is_to_come(
    ago: timedelta, by: object, starts_in: timedelta, refused: type[Refused] | None
) -> None:
    found = refuse_undo(NOW - ago, by, NOW + starts_in, who=LINE, now=NOW)  # type: ignore[arg-type]
    assert type(found) is (refused or type(None))


def test_what_is_not_cancelled_is_nobodys_to_undo() -> None:
    assert isinstance(refuse_undo(None, None, NOW + HOUR, who=None, now=NOW), TooLateToUndo)


@pytest.fixture
def all_kinds(session: Session) -> list[Meeting]:
    """One meeting in each state and of each age; cancelled ones also by each, long ago and just now."""
    times = (-3 * HOUR, -HOUR, timedelta(), HOUR)
    found = [a_meeting(state, starts_in) for state, starts_in in product(MeetingState, times)]
    for ago, by in product((UNDO, UNDO + timedelta(seconds=1)), (ANNA, LINE, None)):
        for starts_in in (timedelta(), HOUR):
            meeting = a_meeting(MeetingState.CANCELLED, starts_in)
            meeting.cancelled_at, meeting.cancelled_by = NOW - ago, by
            found.append(meeting)
    session.add_all(found)
    session.flush()
    return found


def test_a_statement_asks_what_the_rule_asks(session: Session, all_kinds: list[Meeting]) -> None:
    """What goes on, and what can be undone, is the same in both."""

    def ids(rule: Callable[[Meeting], bool]) -> set[object]:
        return {one.id for one in all_kinds if rule(one)}

    def rows(condition: object) -> set[object]:
        mine = [one.id for one in all_kinds]
        return set(session.exec(select(Meeting.id).where(condition, col(Meeting.id).in_(mine))))  # type: ignore[arg-type]

    def can_undo(one: Meeting) -> bool:
        return refuse_undo(one.cancelled_at, one.cancelled_by, one.starts_at, who=LINE, now=NOW) is None

    going, undoable = ids(lambda one: goes_on(one.state, one.ends_at, NOW)), ids(can_undo)
    assert (len(going), len(undoable)) == (4, 1)
    assert rows(goes_on_at(NOW)) == going
    assert rows(can_be_undone_by(LINE, since=NOW - UNDO, now=NOW)) == undoable


def test_a_meeting_is_missing_to_any_other_citizen(session: Session, all_kinds: list[Meeting]) -> None:
    meeting = all_kinds[0]
    assert get_citizens_meeting(session, ANNA, meeting.id) is meeting
    for citizen_id, meeting_id in ((person_id("bent"), meeting.id), (ANNA, ANNA)):
        with pytest.raises(Missing):
            get_citizens_meeting(session, citizen_id, meeting_id)


def test_the_refusal_has_a_sentence() -> None:
    with pytest.raises(Refused) as refused:
        next_meeting_state(MeetingState.HELD, MeetingState.CANCELLED)
    assert refused.value.reason.startswith("Mødet er slut eller aflyst.")
