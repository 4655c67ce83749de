"""After any sequence of verbs, in any order, time is taken exactly as the meetings say, ways included."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete
from sqlmodel import Session, select

from app.booking import occupancy
from app.booking.cancel import expire_proposals
from app.booking.occupancy_rules import Way, travel_claims
from app.booking.queries import OCCUPANCY
from app.booking.series import book_series
from app.demo.cast import person_id
from app.errors import Missing, Refused
from app.meetings.life_cycle import STANDING, MeetingState
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import Channel, Clash, Slot, TooManyProposals
from app.meetings.travel import LONGEST_TRIP
from app.store.db import Database
from tests.booking.desk import Desk
from tests.booking.requests import request_for
from tests.booking.storm import INTERPRETER, PLACES, ROOMS, prepare
from tests.cast import NOW

pytestmark = pytest.mark.both_databases

TIMES = st.builds(
    "2026-03-{:02} {:02}:{:02}".format,
    st.sampled_from((9, 10)),
    st.integers(8, 14),
    st.sampled_from((0, 15, 30)),
)
STAFF = st.lists(st.sampled_from(("line", "jonas", "sara", "thea")), min_size=1, max_size=3, unique=True)
WHERE = st.sampled_from([*((Channel.IN_PERSON, one) for one in PLACES), *((one, None) for one in Channel)])
PICKS = st.integers(0, 1000)


class Calendars(RuleBasedStateMachine):
    """Two citizens and four who help them, on two days that fill up."""

    desk: Desk  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.desk.now = NOW
        self.desk.write(_empty)

    def do(self, verb: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Try something; a refusal is as good as a change, as long as everything still agrees."""
        with suppress(Refused, Missing):
            verb(*args, **more)

    def one(self, pick: int, *states: MeetingState) -> Meeting:
        found = [meeting for meeting in self.desk.all() if meeting.state in (states or STANDING)]
        assume(found)
        return found[pick % len(found)]

    @rule(
        starts=TIMES,
        minutes=st.sampled_from((30, 60)),
        citizen=st.sampled_from(("anna", "bent")),
        staff=STAFF,
        maybe=STAFF,
        where=WHERE,
        more=st.fixed_dictionaries(
            {},
            optional={
                "said_yes": st.just(True),
                "duty": st.just(True),
                "room_id": st.sampled_from(ROOMS),
                "interpreter_id": st.just(INTERPRETER),
            },
        ),
    )
    def place(self, starts: str, minutes: int, staff: list[str], where: Any, more: Any, **rest: Any) -> None:
        channel, place_id = where
        maybe = tuple(person_id(one) for one in rest.pop("maybe")[:1])
        asked = {"channel": channel, "place_id": place_id, "optional_ids": maybe, **rest, **more}
        try:
            self.desk.place(starts, minutes, *staff, **asked)
        except TooManyProposals:
            pass
        except Clash:
            wanted = request_for(starts, minutes, *staff, **asked)
            assert _near(self.desk, wanted), "refused, and nothing is near"

    @rule(first=TIMES, second=TIMES, citizen=st.sampled_from(("anna", "bent")), staff=STAFF, where=WHERE)
    def offer(self, first: str, second: str, citizen: str, staff: list[str], where: Any) -> None:
        options = tuple(_slot(one) for one in (first, second))
        more = {"channel": where[0], "place_id": where[1], "options": options}
        self.do(self.desk.place, first, 60, *staff, citizen=citizen, **more)

    @rule(pick=PICKS, position=st.sampled_from((None, 1, 2)))
    def accept(self, pick: int, position: int | None) -> None:
        self.do(self.desk.accept, self.one(pick, *STANDING, MeetingState.EXPIRED), position)

    @rule(pick=PICKS, starts=TIMES, said_yes=st.booleans())
    def move(self, pick: int, starts: str, said_yes: bool) -> None:
        self.do(self.desk.move, self.one(pick), starts, said_yes=said_yes)

    @rule(pick=PICKS, other=PICKS)
    def swap(self, pick: int, other: int) -> None:
        self.do(self.desk.swap, self.one(pick), self.one(other))

    @rule(pick=PICKS, starts=st.lists(TIMES, min_size=1, max_size=3))
    def repropose(self, pick: int, starts: list[str]) -> None:
        self.do(self.desk.repropose, self.one(pick, *STANDING, MeetingState.EXPIRED), *starts)

    @rule(pick=PICKS, staff=STAFF, where=WHERE)
    def change(self, pick: int, staff: list[str], where: Any) -> None:
        people = tuple(person_id(one) for one in staff)
        self.do(self.desk.change, self.one(pick), with_ids=people, channel=where[0], place_id=where[1])

    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        self.do(self.desk.cancel, self.one(pick))

    @rule(pick=PICKS)
    def restore(self, pick: int) -> None:
        self.do(self.desk.restore, self.one(pick, MeetingState.CANCELLED))

    @rule(starts=TIMES, staff=STAFF)
    def series(self, starts: str, staff: list[str]) -> None:
        asked = request_for(starts, 30, *staff, channel=Channel.PHONE, said_yes=True)
        self.do(self.desk.do, book_series, asked, 1, 2, skip=frozenset())

    @rule(hours=st.sampled_from((1, 30, 80)))
    def time_goes_by(self, hours: int) -> None:
        self.desk.now = min(self.desk.now + timedelta(hours=hours), NOW + timedelta(days=6))
        self.do(self.desk.do, expire_proposals)

    @invariant()
    def time_is_taken_as_the_meetings_say(self) -> None:
        self.desk.check()


def _slot(starts: str) -> Slot:
    asked = request_for(starts)
    return Slot(asked.starts_at, asked.ends_at)


def _near(desk: Desk, wanted: Any) -> bool:
    """Say whether anybody who must be there has something within reach of a way."""
    people = {wanted.citizen_id, *wanted.with_ids, wanted.room_id, wanted.interpreter_id} - {None}
    near = select(OCCUPANCY.c.id).where(
        OCCUPANCY.c.subject_id.in_(people),
        OCCUPANCY.c.starts_at < wanted.ends_at + LONGEST_TRIP,
        OCCUPANCY.c.ends_at > wanted.starts_at - LONGEST_TRIP,
    )
    with desk.database.reading() as session:
        return session.exec(near).first() is not None


def _empty(session: Session) -> None:
    """Take every meeting away; what hangs on it goes with it."""
    session.exec(delete(Meeting))
    session.exec(delete(MeetingSeries))


def run(database: Database, examples: int) -> None:
    """Let so many sequences go through a database; the same ones each time."""
    Calendars.desk = Desk(database)
    run_state_machine_as_test(
        Calendars,
        settings=settings(
            max_examples=examples,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_time_is_taken_as_the_meetings_say_after_any_sequence(database: Database) -> None:
    prepare(database)
    run(database, 6)


def test_a_way_that_is_forgotten_is_noticed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_the_next(*args: Any) -> Iterator[Way]:
        *_others, claims, _known, _days = args
        new = {claim.stay.meeting_id for claim in claims}
        return (way for way in travel_claims(*args) if way[3] in new)

    monkeypatch.setattr(occupancy, "travel_claims", without_the_next)
    prepare(database)
    with pytest.raises(AssertionError):
        run(database, 20)
