"""Lists of made-up people against a simple model: nobody is made one with another, nobody is made twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.identity.rules import Role, first_name
from app.people_import.linkage import match_rows
from app.people_import.matching import KnownPerson, PersonIndex
from app.people_import.rules import PersonRow
from app.people_import.similarity import TELLING
from app.store.key_fingerprint import SecretKeys

NAMES = ["Mette Prøve", "Mette Prøve", "Mette Holm", "Sara Prøve"]
PHONES = [None, "20304050", "20304051"]  # families share them
EMAILS = [None, "a@example.dk", "b@example.dk"]


def given_many(*drawn: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test on some hundred examples, however long each takes."""
    untyped: Any = given
    return lambda test: settings(max_examples=400, deadline=None)(untyped(*drawn)(test))


@dataclass(frozen=True)
class Human:
    """Somebody as they are: who they are is their place in the town, which no list knows."""

    name: str
    number: str
    born_on: date
    phone: str | None
    email: str | None

    def line(self, number: int, tells: frozenset[str]) -> PersonRow:
        told = {fact: getattr(self, fact) for fact in TELLING if fact in tells}
        facts = {fact: value for fact, value in told.items() if value is not None}
        return PersonRow(number, self.name, self.number if "number" in tells else None, facts=facts)


def take(people: Sequence[KnownPerson], rows: list[PersonRow]) -> list[KnownPerson] | None:
    """Return everybody after a list, or None if it is refused."""
    kept = [KnownPerson(one.id, dict(one.facts), dict(one.held), dict(one.facts)) for one in people]
    index = PersonIndex(kept, SecretKeys("secret"))
    return None if match_rows(index, rows) else list(index.everybody.values())


DAYS = [date(1990, 3, 3), date(1955, 4, 4), date(2001, 5, 5)]
TOWNS = st.lists(
    st.tuples(*(st.sampled_from(some) for some in (NAMES, DAYS, PHONES, EMAILS))),
    min_size=2,
    max_size=5,
    unique_by=lambda one: (first_name(one[0]), one[1]),  # no list can tell those two apart
).map(lambda all_: [Human(name, str(place), *more) for place, (name, *more) in enumerate(all_)])
TELLS = st.frozensets(st.sampled_from(["number", *TELLING]))


@st.composite
def histories(draw: Callable[..., Any], always: str) -> tuple[list[Human], list[list[tuple[int, PersonRow]]]]:
    """Draw a town and lists of it: each tells of some people, and of each some facts and `always` one."""
    town = draw(TOWNS)
    lists = []
    for _ in range(draw(st.integers(2, 4))):
        who = draw(st.lists(st.sampled_from(range(len(town))), min_size=1, unique=True))
        lists.append([(one, town[one].line(line, draw(TELLS) | {always})) for line, one in enumerate(who, 2)])
    return town, lists


def follow(lists: list[list[tuple[int, PersonRow]]]) -> tuple[list[KnownPerson], dict[int, set[Any]]]:
    """Return everybody after the lists, and each human's ids in the order of the lists that were taken."""
    people: list[KnownPerson] = []
    found: dict[int, set[Any]] = {}
    for lines in lists:
        after = take(people, [row for _, row in lines])
        event("refused" if after is None else "taken")
        if after is None:
            continue
        by_line = {one.row.line: one.id for one in after if one.row}
        for human, row in lines:
            found.setdefault(human, set()).add(by_line[row.line])
        people = after
    return people, found


@given_many(histories("born_on"))
def test_who_is_told_with_a_birth_date_is_one_person_for_ever(drawn: Any) -> None:
    _town, lists = drawn
    people, found = follow(lists)
    assert all(len(ids) == 1 for ids in found.values())  # nobody twice
    assert len(people) == len(found)  # nobody is two


@given_many(histories("number"))
def test_who_is_told_with_a_number_is_never_refused_nor_made_one_with_another(drawn: Any) -> None:
    _town, lists = drawn
    people, found = follow(lists)
    assert set(found) == {human for lines in lists for human, _ in lines}
    assert all(len(ids) == 1 for ids in found.values())
    assert len(people) == len(found)


@given_many(histories("name"))
def test_without_a_number_no_fact_is_ever_changed(drawn: Any) -> None:
    """Whatever a list tells or leaves out: what is known of somebody stays, or their number was given."""
    _town, lists = drawn
    people: list[KnownPerson] = []
    for lines in lists:
        after = take(people, [row for _, row in lines]) or people
        for one in after:
            if one.row is not None and one.before and one.row.key is None:
                kept = {fact: one.before[fact] for fact in TELLING if one.before.get(fact) is not None}
                assert kept.items() <= one.facts.items()
        people = after


@given_many(histories("name"), st.randoms())
def test_the_order_of_lines_does_not_count(drawn: Any, dice: Any) -> None:
    _town, lists = drawn
    people, mixed = list[KnownPerson](), list[KnownPerson]()
    for lines in lists:
        rows = [row for _, row in lines]
        after = take(people, rows)
        other = take(mixed, dice.sample(rows, len(rows)))
        assert (after is None) == (other is None)
        people, mixed = after or people, other or mixed
        assert _plain(people) == _plain(mixed)


def _plain(people: Sequence[KnownPerson]) -> list[str]:
    return sorted(str(sorted(one.facts.items(), key=str)) for one in people)


@given_many(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
def test_a_list_of_names_alone_is_taken_twice_and_makes_one_of_each(names: list[str]) -> None:
    rows = [PersonRow(line, name) for line, name in enumerate(names, 2)]
    after = take([], rows)
    assert (after is None) == (len(set(names)) < len(names))
    if after is not None:
        again = take(after, rows)
        assert again is not None
        assert [one.id for one in again] == [one.id for one in after]
        assert all(one.roles == {Role.CITIZEN} for one in again)
        assert all(first.id != second.id for first, second in pairwise(again))
