"""What each verb makes of a meeting in each state: the same after any sequence of them, on real rows."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.booking.cancel import expire_proposals
from app.booking.mark_held import mark_held
from app.dates.local_time import danish_day
from app.meetings.life_cycle import NEXT, UNDO, MeetingIsOver, MeetingState, TooLateToUndo
from app.meetings.models import Meeting
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.requests import WORKDAYS
from tests.booking.storm import prepare
from tests.cast import NOW

MONTHS_AHEAD = timedelta(days=60)  # so that nothing is over because somebody waited for an answer
OVER, LATE = MeetingIsOver, TooLateToUndo
VERBS = ("accept", "move", "move_yes", "repropose", "cancel", "restore", "change", "wait", "pass")

# In each state, in the order of VERBS: the next state ("." stays, "+" counts as a change), or the refusal.
# Beside the states: agreed with another time on offer, cancelled just now out of the two that stand, and
# expired with its time over. Wait: until nobody answered, or nobody can undo. Pass: until it has ended.
LIFE: dict[str, tuple[Any, ...]] = {
    "proposed": ("agreed+", "proposed+", "agreed+", ".+", "off_proposed+", LATE, ".+", "expired+", "lapsed+"),
    "agreed": (".", "proposed+", ".+", "beside+", "off_agreed+", LATE, ".+", ".", "held"),
    "beside": ("agreed+", "proposed+", "agreed+", ".+", "off_agreed+", LATE, ".+", "agreed+", "held+"),
    "held": (OVER, OVER, OVER, OVER, OVER, LATE, OVER, ".", "."),
    "off_proposed": (OVER, OVER, OVER, OVER, OVER, "proposed+", OVER, "cancelled", "cancelled"),
    "off_agreed": (OVER, OVER, OVER, OVER, OVER, "agreed+", OVER, "cancelled", "cancelled"),
    "cancelled": (OVER, OVER, OVER, OVER, OVER, LATE, OVER, ".", "."),
    "expired": ("agreed+", OVER, OVER, "proposed+", OVER, LATE, OVER, ".", "lapsed"),
    "lapsed": (OVER, OVER, OVER, "proposed+", OVER, LATE, OVER, ".", "."),
}
STORED = {
    "beside": MeetingState.AGREED,
    "off_proposed": MeetingState.CANCELLED,
    "off_agreed": MeetingState.CANCELLED,
    "lapsed": MeetingState.EXPIRED,
}


class Step(NamedTuple):
    """What the model says a verb does: where to, by how many changes, or the refusal."""

    to: str
    changes: int = 0
    refusal: type[Exception] | None = None


def step(state: str, verb: str, *, duty: bool) -> Step:
    """Return what the table says. A duty that is moved is not asked about: it stays agreed."""
    found = LIFE[state][VERBS.index("move_yes" if duty and verb == "move" else verb)]
    if not isinstance(found, str):
        return Step(state, 0, found)
    to = found.rstrip("+")
    return Step(state if to == "." else to, found.count("+"))


def stored(state: str) -> MeetingState:
    """Return the state that stands in the row."""
    return STORED.get(state) or MeetingState(state)


class OneMeeting:
    """A meeting that verbs are tried on, always at times when everybody is free."""

    def __init__(self, desk: Desk, *, duty: bool) -> None:
        self.desk, self.number = desk, count(1)
        desk.now = NOW
        desk.write(lambda session: session.exec(delete(Meeting)))
        self.meeting = desk.place(self.later(), duty=duty)

    def later(self) -> str:
        """Return a time that nobody has anything at, another for each call."""
        day = WORKDAYS.working_day_after(danish_day(self.desk.now + MONTHS_AHEAD), next(self.number))
        return f"{day} 10:00"

    def row(self) -> Meeting:
        return self.desk.read(self.meeting)

    def tried(self, verb: str) -> None:
        getattr(self, f"do_{verb}")()

    def do_accept(self) -> None:
        self.desk.accept(self.meeting)

    def do_move(self) -> None:
        self.desk.move(self.meeting, self.later())

    def do_move_yes(self) -> None:
        self.desk.move(self.meeting, self.later(), said_yes=True)

    def do_repropose(self) -> None:
        self.desk.repropose(self.meeting, self.later())

    def do_cancel(self) -> None:
        self.desk.cancel(self.meeting)

    def do_restore(self) -> None:
        self.desk.restore(self.meeting)

    def do_change(self) -> None:
        self.desk.change(self.meeting, purpose=f"Samtale {next(self.number)}")

    def do_wait(self) -> None:
        row = self.row()
        waits = row.state in (MeetingState.PROPOSED, MeetingState.AGREED)
        ends = row.offers_until or (row.expires_at if waits else None)
        self.time_is(ends or self.desk.now + UNDO + timedelta(seconds=1))

    def do_pass(self) -> None:
        self.time_is(max(self.row().ends_at, self.desk.now + UNDO + timedelta(seconds=1)))

    def time_is(self, now: datetime) -> None:
        """Let the worker come by then."""
        self.desk.now = now
        self.desk.do(expire_proposals)
        self.desk.do(mark_held)


def check_life(desk: Desk, verbs: list[str], *, duty: bool) -> None:
    one = OneMeeting(desk, duty=duty)
    state = "agreed" if duty else "proposed"
    for number, verb in enumerate(verbs):
        wanted, before = step(state, verb, duty=duty), one.row().sequence
        try:
            one.tried(verb)
            refusal = None
        except (MeetingIsOver, TooLateToUndo) as refused:
            refusal = type(refused)
        row, tried = one.row(), verbs[: number + 1]
        assert (refusal, row.state) == (wanted.refusal, stored(wanted.to)), tried
        assert row.sequence - before == wanted.changes, tried
        state = wanted.to
    desk.check()


@pytest.mark.parametrize("duty", [False, True], ids=["offer", "duty"])
def test_each_verb_does_to_a_meeting_what_its_life_says(database: Database, duty: bool) -> None:
    prepare(database)
    desk = Desk(database)

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.sampled_from(VERBS), min_size=10, max_size=14))
    @example(
        ["wait", "accept", "repropose", "wait", "cancel", "restore", "cancel", "wait", "restore", "repropose"]
    )
    @example(["pass", "accept", "repropose", "cancel", "restore", "move_yes", "repropose", "pass", "cancel"])
    def check(verbs: list[str]) -> None:
        check_life(desk, verbs, duty=duty)

    check()


def test_each_way_of_the_table_is_a_verbs_and_no_verb_leaves_it() -> None:
    """A way that is taken out of the table, or put in and taken by nobody, is seen here."""
    found: dict[MeetingState, set[MeetingState]] = {state: set() for state in MeetingState}
    for state in LIFE:
        for verb in VERBS:
            result = step(state, verb, duty=False)
            if result.changes or stored(result.to) is not stored(state):
                found[stored(state)].add(stored(result.to))
    assert found == NEXT
