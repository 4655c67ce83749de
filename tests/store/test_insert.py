"""A row that may be there already: of several who make it at once, each finds the one that was made."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

from app.availability.models import CalendarLimits
from app.identity.models import Municipality
from app.store.db import Database
from app.store.idempotency import IdempotencyKey
from app.store.insert import commit_missing, insert_missing, insert_new, insert_or_find
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

AT_ONCE = 4
PATIENCE = 60  # seconds until a test gives up; nothing is timed


def town(name: str = "Nordby Kommune", **more: Any) -> dict[str, Any]:
    return {**Municipality(name=name).model_dump(), "id": uuid4(), **more}


def named(name: str = "Nordby Kommune") -> Any:
    return select(Municipality).where(Municipality.name == name)


def count(database: Database, model: type[SQLModel] = Municipality) -> int:
    with database.reading() as session:
        return len(session.exec(select(model)).all())


def test_what_is_there_is_found_as_it_is(database: Database) -> None:
    with database.writing() as session:
        first = insert_or_find(session, town(), named()).id
    before = count(database)
    with database.writing() as session:
        assert insert_or_find(session, town(), named()).id == first
        assert not insert_new(session, Municipality, town())
        insert_missing(session, Municipality, [town(), town("Sydby Kommune"), town()])
    assert count(database) == before + 1
    with database.writing() as session:
        assert insert_new(session, Municipality, town("Østby Kommune"))


def test_the_row_is_read_anew(database: Database, people: People) -> None:
    """What the session remembers of it from before is not what stands."""
    usual = CalendarLimits(citizen_id=people.anna.id, per_day=2, per_week=4, notice_days=1, updated_at=NOW)
    row = usual.model_dump()
    mine = select(CalendarLimits).where(CalendarLimits.citizen_id == people.anna.id)
    with database.writing() as session:
        insert_missing(session, CalendarLimits, [row])
    with database.writing() as session:
        known = session.get_one(CalendarLimits, people.anna.id)
        session.connection().exec_driver_sql("UPDATE calendar_limits SET per_day = 7")
        assert insert_or_find(session, row, mine) is known
        assert known.per_day == 7


def test_of_two_at_once_the_second_waits_for_the_first_and_finds_its_row(database: Database) -> None:
    made, tries = Event(), Event()

    def first() -> Any:
        with database.writing() as session:
            found = insert_or_find(session, town(), named()).id
            made.set()
            assert tries.wait(PATIENCE)
            return found

    def second() -> Any:
        assert made.wait(PATIENCE)
        tries.set()
        return database.retrying(lambda session: insert_or_find(session, town(), named()).id)

    before = count(database)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        assert one.result(PATIENCE) == other.result(PATIENCE)
    assert count(database) == before + 1


def test_what_the_first_gives_up_the_second_makes(database: Database) -> None:
    made, tries = Event(), Event()

    def first() -> None:
        with database.reading() as session:  # what it writes is thrown away
            insert_or_find(session, town(), named())
            made.set()
            assert tries.wait(PATIENCE)

    def second() -> bool:
        assert made.wait(PATIENCE)
        tries.set()
        return database.retrying(lambda session: insert_new(session, Municipality, town()))

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        assert one.result(PATIENCE) is None
        assert other.result(PATIENCE)


def test_of_many_at_once_one_is_new(database: Database, people: People) -> None:
    def claim(number: int) -> bool:
        row = {
            **{"actor_id": people.anna.id, "key": "one intent", "request_hash": f"{number:064}"},
            "at": NOW + timedelta(seconds=number),
        }
        return database.retrying(lambda session: insert_new(session, IdempotencyKey, row))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sorted(pool.map(claim, range(AT_ONCE)))[-2:] == [False, True]
    assert count(database, IdempotencyKey) == 1


@pytest.fixture
def before_the_first_look(database: Database) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Do something, once, after a row was refused and before the one in its way is read."""
    listeners: list[Any] = []

    def arrange(work: Callable[[], None]) -> None:
        waits = [work]

        def look(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.startswith("SELECT") and "FROM municipality" in statement and waits:
                waits.pop()()

        listeners.append(look)
        event.listen(database.engine, "before_cursor_execute", look)

    yield arrange
    for one in listeners:
        event.remove(database.engine, "before_cursor_execute", one)


def test_what_is_gone_before_it_is_read_is_made_anew(
    database: Database, before_the_first_look: Callable[[Callable[[], None]], None]
) -> None:
    if database.is_sqlite:
        return  # nobody else writes while this transaction does

    def rename() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(database.retrying, rename_in).result(PATIENCE)

    def rename_in(session: Session) -> None:
        session.exec(named()).one().name = "Gammelby Kommune"

    with database.writing() as session:
        old = insert_or_find(session, town(), named()).id
    before_the_first_look(rename)
    with database.writing() as session:
        new = insert_or_find(session, town(), named()).id
    assert new != old


def test_another_row_in_the_way_is_no_find(database: Database) -> None:
    with database.writing() as session:
        first = insert_or_find(session, town(), named())
        with pytest.raises(LookupError):
            insert_or_find(session, town("Vestby Kommune", id=first.id), named("Vestby Kommune"))


def test_only_the_constraint_that_is_named_says_that_it_is_there(database: Database) -> None:
    with database.writing() as session:
        insert_missing(session, Municipality, [town()], same=["id"])
    before = count(database)
    with pytest.raises(IntegrityError), database.writing() as session:
        insert_missing(session, Municipality, [town()], same=["id"])
    assert count(database) == before


def test_rows_of_the_driver_are_committed_all_or_none_and_those_that_stand_are_left(
    database: Database, people: People
) -> None:
    before = count(database)
    commit_missing(database, {Municipality: [town(), town(), town("Sydby Kommune")]})
    commit_missing(database, {Municipality: [town("Nordby Kommune", revision=7)]})
    assert count(database) == before + 2
    with database.reading() as session:
        assert session.exec(named()).one().revision == 0
    limits = CalendarLimits(citizen_id=people.anna.id, per_day=-1, per_week=4, notice_days=1, updated_at=NOW)
    with pytest.raises(IntegrityError):
        commit_missing(
            database, {Municipality: [town("Vestby Kommune")], CalendarLimits: [limits.model_dump()]}
        )
    assert count(database) == before + 2
