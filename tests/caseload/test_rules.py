"""In which order one meets what waits."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.access.policy import Subject
from app.caseload.rules import CitizenRow, WaitingCounts, most_urgent_first, pick_next
from app.plan.rules import CitizenTie

ids = st.lists(st.uuids(), unique=True, max_size=6)


def row(name: str, *counts: int) -> CitizenRow:
    return CitizenRow(CitizenTie(Subject(uuid4())), name, name, True, WaitingCounts(*counts))


def test_a_meeting_today_then_late_then_many_then_promises() -> None:
    rows = [
        row("a"),
        row("b", 0, 0, 0, 0, 3),
        row("c", 0, 0, 0, 1, 0),
        row("d", 0, 0, 9, 9, 9),
        row("e", 0, 1, 1, 0, 0),
        row("f", 0, 0, 1, 0, 0),
        row("g", 1),
    ]
    assert [one.name for one in sorted(rows, key=most_urgent_first)] == ["g", "e", "d", "f", "c", "b", "a"]


def test_equals_stand_by_name() -> None:
    rows = [row("b", 0, 1, 1), row("a", 0, 1, 1)]
    assert [one.name for one in sorted(rows, key=most_urgent_first)] == ["a", "b"]


@given(ids)
def test_next_and_next_again_meets_all_and_comes_round(waiting: list[UUID]) -> None:
    met, at = [], None
    for _ in waiting:
        at = pick_next(waiting, after=at)
        met.append(at)
    assert met == waiting
    assert pick_next(waiting, after=at) == (waiting[0] if waiting else None)


@given(ids, st.uuids())
def test_one_that_is_gone_leads_to_the_first(waiting: list[UUID], gone: UUID) -> None:
    others = [one for one in waiting if one != gone]
    assert pick_next(others, after=gone, stay=gone) == (others[0] if others else None)


@given(ids.filter(bool))
def test_one_can_stay_where_one_was(waiting: list[UUID]) -> None:
    assert pick_next(waiting, after=waiting[0], stay=waiting[-1]) == waiting[-1]
