"""In which order one meets what waits."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.policy import Subject
from app.caseload.rules import CitizenRow, WaitingCounts, matches, most_urgent_first, pick_next
from app.plan.rules import CitizenTie
from tests.cast import NOW

ids = st.lists(st.uuids(), unique=True, max_size=6)


def row(name: str, **counts: int) -> CitizenRow:
    return CitizenRow(CitizenTie(Subject(uuid4())), name, name, True, WaitingCounts(**counts))


def test_a_meeting_today_then_late_then_many_then_promises() -> None:
    rows = [
        row("a"),
        row("b", asks=3),
        row("c", overdue=1),
        row("d", to_answer=9, overdue=9, asks=9),
        row("e", late=1, to_answer=1),
        row("f", to_answer=1),
        row("g", asks_today=1),
        row("h", late_messages=1, messages=1),
        row("i", messages=1),
    ]
    assert [one.name for one in sorted(rows, key=most_urgent_first)] == list("gheidfcba")


def test_equals_stand_by_name() -> None:
    rows = [row("b", late=1, to_answer=1), row("a", late=1, to_answer=1)]
    assert [one.name for one in sorted(rows, key=most_urgent_first)] == ["a", "b"]


def test_who_waits_longest_comes_first_but_for_a_meeting_today() -> None:
    waits = {"a": 1, "b": 9, "c": 5}
    rows = [
        replace(row(name, to_answer=1), waits_since=NOW - timedelta(days=days))
        for name, days in waits.items()
    ]
    rows += [row("d", asks_today=1), row("e")]
    assert [one.name for one in sorted(rows, key=most_urgent_first)] == list("dbcae")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("", True), ("an", True), ("jens an", True), ("ø", True), ("ensen", False), ("anna x", False)],
)
def test_a_name_is_found_by_the_beginning_of_each_part(wanted: str, found: bool) -> None:
    assert matches(row("Anna Jensen-Østergaard"), wanted) is found


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Søren Åby", "soeren"),
        ("Søren Åby", "aaby s"),
        ("Soeren Aaby", "søren åby"),
        ("Ærø Krag", "aeroe"),
        ("Renée Dupont", "renee"),
        ("Renee Dupont", "rené"),
        ("Bo Krag\u2011Lund", "lund"),
        ("Bo Krag-Lund", "krag\u2013lu"),
        ("Maeve O\u2019Brien", "o'bri"),
    ],
)
def test_a_name_is_found_as_an_administrator_finds_it(name: str, wanted: str) -> None:
    assert matches(row(name), wanted)
    assert not matches(row(name), wanted + " q")


def test_what_has_no_letter_finds_nobody() -> None:
    assert (matches(row("Bo Krag-Lund"), "  "), matches(row("Bo Krag-Lund"), "-")) == (True, False)


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
