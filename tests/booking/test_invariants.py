"""The promises I1-I9 and I12 of the calendar, and each broken once on purpose to see it noticed.

I10 (a reminder once) is in test_reminders, I11 (feed and page agree) in test_feed.
"""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app import booking
from app.availability import limits
from app.availability.models import CalendarWish
from app.availability.rules import WishKind
from app.booking import book, locking, reschedule
from app.booking.book import book_meeting
from app.booking.cancel import expire_proposals
from app.booking.queries import OCCUPANCY
from app.demo.cast import person_id
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel, Clash, ClosedThatDay, OccupancyKind, TooManyProposals
from app.meetings.service import transition_meeting
from app.store.db import violates
from app.store.query import select_columns
from tests.booking.desk import Desk, slot
from tests.booking.ledger import broken_promises
from tests.booking.race import at_once, take_the_guard_away
from tests.booking.requests import WORKDAYS, at, request_for
from tests.booking.storm import PLACES
from tests.cast import NOW

pytestmark = pytest.mark.both_databases

APP = Path(booking.__file__).parents[1]
AGREED: dict[str, Any] = {"place_id": PLACES[0], "duty": True}


def broken(desk: Desk) -> list[str]:
    with desk.database.reading() as session:
        return broken_promises(session)


def past_every_rule(desk: Desk, statement: Any) -> None:
    """Change a row as a mistake in the code would."""
    desk.write(lambda session: session.exec(statement))


def test_i1_no_two_rows_overlap_and_without_the_guard_they_would(desk: Desk) -> None:
    desk.place(**AGREED)
    with pytest.raises(Clash):
        desk.place("2026-03-05 10:30", 60, "jonas", **AGREED)
    assert broken(desk) == []
    take_the_guard_away(desk.database)
    desk.place("2026-03-05 10:30", 60, "jonas", **AGREED)
    assert any("overlap" in one for one in broken(desk))


def test_i2_an_agreed_meeting_takes_exactly_its_time_of_everybody(desk: Desk) -> None:
    meeting = desk.place(**AGREED)
    assert broken(desk) == []
    later = update(OCCUPANCY).where(OCCUPANCY.c.kind == OccupancyKind.MEETING)
    with pytest.raises(IntegrityError):  # the times are tied to the meeting's own
        past_every_rule(desk, later.values(ends_at=slot("2026-03-05 11:00", 30).end))
    past_every_rule(desk, delete(OCCUPANCY).where(OCCUPANCY.c.subject_id == person_id("line")))
    assert any(str(meeting.id) in one for one in broken(desk))


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_i3_what_will_not_be_takes_no_time(desk: Desk, end: str) -> None:
    meeting = desk.offer("2026-03-12 10:00", "2026-03-13 10:00")
    row = _rows(desk)[0] | {"id": meeting.id}
    if end == "cancel":
        desk.cancel(meeting)
    else:
        desk.now = NOW + timedelta(days=4)
        desk.do(expire_proposals)
    assert (_rows(desk), broken(desk)) == ([], [])
    past_every_rule(desk, insert(OCCUPANCY).values(row))
    assert broken(desk)


def _rows(desk: Desk) -> list[dict[str, Any]]:
    with desk.database.reading() as session:
        return [dict(row._mapping) for row in session.exec(select_columns(OCCUPANCY))]


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.VIDEO])
def test_i4_nobody_travels_to_a_call(desk: Desk, channel: Channel) -> None:
    desk.place(channel=channel, duty=True)
    assert desk.time_of("anna", OccupancyKind.TRAVEL) == []


def test_i4_each_way_ends_where_its_meeting_begins_and_is_as_long_as_it_takes(desk: Desk) -> None:
    desk.place(**AGREED)
    assert broken(desk) == []
    shorter = update(OCCUPANCY).where(OCCUPANCY.c.kind == OccupancyKind.TRAVEL)
    past_every_rule(desk, shorter.values(starts_at=slot("2026-03-05 09:55").start))
    assert any("ways" in one for one in broken(desk))


CHANGES: dict[str, Callable[[Desk, Meeting], object]] = {
    "accept": lambda desk, one: desk.accept(one, 2),
    "move": lambda desk, one: desk.move(one, "2026-03-09 10:00"),
    "swap": lambda desk, one: desk.swap(one, desk.place("2026-03-11 10:00", **AGREED)),
    "repropose": lambda desk, one: desk.repropose(one, "2026-03-09 10:00", "2026-03-10 10:00"),
    "people": lambda desk, one: desk.change(one, with_ids=(person_id("sara"),)),
    "channel": lambda desk, one: desk.change(one, channel=Channel.VIDEO),
    "words": lambda desk, one: desk.change(one, purpose="Noget andet"),
    "cancel": lambda desk, one: desk.cancel(one),
    "expire": lambda desk, _one: _much_later(desk).do(expire_proposals),
}


def _much_later(desk: Desk) -> Desk:
    desk.now = NOW + timedelta(days=4)
    return desk


def _grows_by(desk: Desk, change: str) -> int:
    """Return by how much the sequence grows when a proposal changes so."""
    meeting = desk.offer("2026-03-12 10:00", "2026-03-13 10:00", place_id=PLACES[0])
    CHANGES[change](desk, meeting)
    return desk.read(meeting).sequence - meeting.sequence


@pytest.mark.parametrize("change", CHANGES)
def test_i5_the_sequence_grows_by_one_for_each_change(desk: Desk, change: str) -> None:
    assert _grows_by(desk, change) == 1
    desk.check()


def test_i5_a_change_that_is_not_counted_is_noticed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def forget_to_count(meeting: Meeting, to: MeetingState, **more: Any) -> None:
        transition_meeting(meeting, to, **(more | {"now": None}))

    monkeypatch.setattr(reschedule, "transition_meeting", forget_to_count)
    assert _grows_by(desk, "move") == 0


def _too_much(desk: Desk) -> Iterator[Callable[[], object]]:
    """Yield what Karim can't take: a third meeting on a day, and one in hours that can't be."""
    hard = CalendarWish(
        citizen_id=person_id("karim"), kind=WishKind.REST, weekday=4, hard=True, created_at=NOW
    )
    desk.write(lambda session: session.add(hard))
    call: dict[str, Any] = {"citizen": "karim", "channel": Channel.PHONE, "duty": True}
    for hour in (9, 10):
        desk.place(f"2026-03-05 {hour:02}:00", **call)
    yield lambda: desk.place("2026-03-05 12:00", **call)
    yield lambda: desk.place("2026-03-06 12:00", **call)


def test_i6_nothing_is_more_than_the_citizen_can_take(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list(_too_much(desk))
    for ask in asked:
        with pytest.raises(Clash):
            ask()
    monkeypatch.setattr(limits, "check_limits", lambda *_args, **_more: None)
    for ask in asked:
        ask()
    assert len(desk.all()) == 4


def test_i6_hours_that_cannot_be_are_half_open(desk: Desk) -> None:
    for begins, ends in ((9, 10), (11, 12)):
        hard = CalendarWish(
            citizen_id=person_id("karim"),
            kind=WishKind.REST,
            from_time=time(begins),
            until_time=time(ends),
            hard=True,
            created_at=NOW,
        )
        desk.write(partial(Session.add, instance=hard))
    call: dict[str, Any] = {"citizen": "karim", "channel": Channel.PHONE, "duty": True}
    for starts in ("2026-03-05 09:59", "2026-03-05 10:01"):
        with pytest.raises(Clash):
            desk.place(starts, 60, **call)
    desk.place("2026-03-05 10:00", 60, **call)


def test_i6_no_meeting_is_on_a_public_holiday(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_christmas_day() -> Meeting:
        return desk.place("2026-12-25 10:00", channel=Channel.PHONE, said_yes=True)

    with pytest.raises(ClosedThatDay):
        on_christmas_day()
    monkeypatch.setattr(book, "holiday_name", lambda _day: None)
    assert on_christmas_day().state is MeetingState.AGREED


WRITES = re.compile(r"\b(insert into|update|delete from)\s+occupancy\b", re.I)
WRITERS = {"booking/occupancy.py"}
# A backup goes back row by row into an empty place, and the first step of the schema lays the table.
WHOLE_TABLES = re.compile(r"^(upkeep|migrations)/")


def writes_occupancy(source: str) -> bool:
    """Say whether this Python writes to the table: by its model, by the table, or in SQL of its own."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITES.search(node.value):
            return True
        if not isinstance(node, ast.Call):
            continue
        named = {one.id for one in (node.func, *node.args) if isinstance(one, ast.Name)}
        makes = isinstance(node.func, ast.Name) and node.func.id == "Occupancy"
        asks = named & {"insert", "update", "delete"} and any("occupancy" in one.lower() for one in named)
        if makes or asks:
            return True
    return False


def test_i7_time_is_written_in_one_place() -> None:
    found = {
        name
        for path in APP.rglob("*.py")
        if not WHOLE_TABLES.match(name := path.relative_to(APP).as_posix())
        and writes_occupancy(path.read_text())
    }
    assert found == WRITERS


@pytest.mark.parametrize(
    "line",
    [
        "session.add(Occupancy(subject_id=one))",
        "session.exec(insert(Occupancy).values(rows))",
        "session.exec(delete(_OCCUPANCY).where(True))",
        "session.connection().execute(text('DELETE FROM occupancy WHERE true'))",
    ],
)
def test_i7_a_second_place_would_be_seen(line: str) -> None:
    assert writes_occupancy(line)
    assert not writes_occupancy("session.exec(select(Occupancy))")


def _said(refused: Clash) -> tuple[object, ...]:
    return type(refused), str(refused), refused.reason, *refused.params.items()


def test_i8_a_refusal_says_only_that_it_is_taken(desk: Desk) -> None:
    taken: dict[str, Any] = {"citizen": "karim", "channel": Channel.PHONE, "duty": True}
    desk.place("2026-03-19 10:00", 60, "line", **taken)
    said = set()
    asked: list[Callable[[], object]] = [*_too_much(desk)]
    asked.append(partial(desk.place, "2026-03-19 10:30", 30, "sara", **taken))
    for ask in asked:
        with pytest.raises(Clash) as refused:
            ask()
        said.add(_said(refused.value))
    assert len(said) == 1
    for days in (9, 10):
        desk.place(f"2026-03-{days:02} 10:00", citizen="karim", channel=Channel.PHONE)
    with pytest.raises(TooManyProposals) as other:  # what is no secret is said, and would be seen here
        desk.place("2026-03-17 10:00", citizen="karim", channel=Channel.PHONE)
    assert _said(other.value) not in said


def test_i9_the_same_key_is_the_same_meeting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = desk.place(request_key="en nøgle", **AGREED)
    desk.cancel(first)
    assert desk.place(request_key="en nøgle", **AGREED).id == first.id
    assert desk.place(request_key="en anden", **AGREED).id != first.id
    monkeypatch.setattr(book, "find_by_request_key", lambda _session, _key: None)
    with pytest.raises(IntegrityError) as refused:  # the database holds it, too
        desk.place("2026-03-06 10:00", request_key="en nøgle", **AGREED)
    assert violates(refused.value, "request_key")


def test_i9_a_key_for_other_people_at_once_is_still_one_meeting(desk: Desk) -> None:
    asked = [
        request_for("2026-03-05 10:00", 60, who, citizen=citizen, request_key="k", **AGREED)
        for who, citizen in (("line", "anna"), ("jonas", "bent"))
    ]
    ids: list[UUID] = []

    def ask(number: int) -> int:
        ids.append(book_meeting(desk.database, asked[number], now=NOW, workdays=WORKDAYS))
        return 0

    at_once(ask, 2)
    assert len(set(ids)) == len(desk.all()) == 1


def test_i12_held_time_is_free_when_somebody_wants_it_after_its_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = desk.offer("2026-03-12 10:00", "2026-03-13 10:00")
    assert held.expires_at == at("2026-03-06 00:00")  # Monday's proposal: to the end of Thursday
    desk.now = at("2026-03-05 23:59")
    with pytest.raises(Clash):
        desk.place("2026-03-13 10:00", 60, "jonas", **AGREED)
    desk.now = at("2026-03-06 00:00")
    monkeypatch.setattr(locking, "is_overdue", lambda _meeting, **_more: False)
    with pytest.raises(Clash):  # nobody looked whether it was still held
        desk.place("2026-03-13 10:00", 60, "jonas", **AGREED)
    monkeypatch.undo()
    desk.place("2026-03-13 10:00", 60, "jonas", **AGREED)
    assert desk.read(held).state is MeetingState.EXPIRED
    assert desk.time_of("line") == []
    desk.check()


def test_i12_it_is_free_for_one_who_joins_another_proposal_too(desk: Desk) -> None:
    held = desk.offer("2026-03-12 10:00", "2026-03-13 10:00", citizen="bent", with_ids=(person_id("sara"),))
    desk.now = at("2026-03-05 12:00")
    other = desk.offer("2026-03-20 10:00", "2026-03-13 10:00", channel=Channel.PHONE)
    desk.now = at("2026-03-06 00:00")
    desk.change(other, with_ids=(person_id("line"), person_id("sara")))
    assert desk.read(held).state is MeetingState.EXPIRED
    desk.check()


def test_i12_an_agreed_meeting_keeps_its_time_when_what_it_was_offered_beside_runs_out(desk: Desk) -> None:
    meeting = desk.place("2026-03-12 10:00", channel=Channel.PHONE, said_yes=True)
    desk.repropose(meeting, "2026-03-12 10:30", "2026-03-13 10:00")
    assert desk.time_of("anna") == ["10:00-11:00 meeting", "11:00-11:30 hold", "10:00-11:00 hold"]
    desk.check()
    desk.now = NOW + timedelta(days=4)
    assert desk.do(expire_proposals) == 1
    assert desk.time_of("anna") == ["10:00-11:00 meeting"]
    assert desk.read(meeting).state is MeetingState.AGREED
    assert desk.do(expire_proposals) == 0
    desk.check()
