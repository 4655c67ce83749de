"""Two meetings can't clash: 200 at once through the app, and what happens without the guard."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, func, select

from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.meetings.models import Meeting
from app.migrations.schema import missing_constraints
from app.store.db import Database
from tests.api.systems import Machine, body, told
from tests.booking.race import at_once, overlapping_pairs, take_the_guard_away
from tests.booking.requests import can_take_much
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

AT_ONCE = 200
DAY = datetime(2026, 3, 5, 7, tzinfo=UTC)  # 8.00 in Denmark


@pytest.fixture
def professionals(database: Database, people: People) -> list[str]:
    """Fifteen of them, as a citizen with much to carry meets."""
    with database.writing() as session:
        home = session.get_one(Person, people.line.id).municipality_id
        return [str(_professional(session, home, number)) for number in range(15)]


def _professional(session: Session, municipality_id: UUID, number: int) -> UUID:
    person = Person(
        id=uuid4(),
        municipality_id=municipality_id,
        name=f"Fag {number}",
        sort_key=f"fag {number}",
        created_at=NOW,
    )
    session.add(person)
    session.flush()
    session.add(PersonRole(person_id=person.id, role=Role.PROFESSIONAL, starts_at=NOW - timedelta(days=1)))
    return person.id


def _meetings(database: Database) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(Meeting)).one()


def _ask_for_one_hour(machine: Machine, professionals: list[str]) -> Counter[int]:
    def ask(number: int) -> int:
        return machine.post(body(people=[professionals[number % 15]])).status_code

    return at_once(ask, AT_ONCE)


def _ask_for_staggered_hours(machine: Machine, professionals: list[str]) -> Counter[int]:
    def ask(number: int) -> int:
        start = (DAY + number % 32 * timedelta(minutes=15)).isoformat()
        return machine.post(body(start, people=[professionals[number % 15]], duty=True)).status_code

    return at_once(ask, AT_ONCE)


def test_case_01_of_200_who_want_one_hour_one_gets_it_and_the_others_three_times_each(
    machine: Machine, database: Database, professionals: list[str]
) -> None:
    def ask(number: int) -> int:
        answer = machine.post(body(people=[professionals[number % 15]]))
        offered = len(told(answer).get("alternatives", ()))
        return answer.status_code if offered == (3 if answer.status_code == 409 else 0) else offered

    assert at_once(ask, AT_ONCE) == {201: 1, 409: AT_ONCE - 1}
    assert (_meetings(database), overlapping_pairs(database)) == (1, 0)


def test_case_02_200_staggered_hours_of_one_citizen_leave_no_overlap(
    machine: Machine, database: Database, professionals: list[str]
) -> None:
    can_take_much(database)
    said = _ask_for_staggered_hours(machine, professionals)
    assert set(said) == {201, 409}
    assert sum(said.values()) == AT_ONCE
    assert _meetings(database) == said[201] <= 8
    assert overlapping_pairs(database) == 0


def test_many_people_in_any_order_never_block_each_other(
    machine: Machine, database: Database, professionals: list[str]
) -> None:
    can_take_much(database)

    def ask(number: int) -> int:
        some = [professionals[(number * step) % 15] for step in (1, 4, 7)]
        start = (DAY + number % 8 * timedelta(hours=1)).isoformat()
        return machine.post(body(start, people=list(dict.fromkeys(some)), duty=True)).status_code

    said = at_once(ask, 60)
    assert said[201] == 8
    assert said[201] + said[409] == 60
    assert overlapping_pairs(database) == 0


def test_without_the_guard_the_same_race_leaves_overlaps(
    machine: Machine, database: Database, professionals: list[str]
) -> None:
    take_the_guard_away(database)
    said = _ask_for_one_hour(machine, professionals)
    assert said[201] > 1
    assert overlapping_pairs(database) > 0
    with database.engine.connect() as connection:
        assert missing_constraints(connection)


def test_one_key_sent_twenty_times_at_once_is_one_meeting(machine: Machine, database: Database) -> None:
    answers = []

    def ask(_number: int) -> int:
        response = machine.post(body(), key="den samme")
        answers.append((response.headers["Location"], response.data))
        return response.status_code

    assert at_once(ask, 20) == {201: 20}
    assert len(set(answers)) == 1
    assert _meetings(database) == 1
