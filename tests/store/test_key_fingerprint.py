"""A database knows its secret key again, takes the first one it sees, and refuses every other."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from app.store.db import Database
from app.store.key_fingerprint import OtherSecretKey, check_secret_key, confirm_secret_key, fingerprint_of
from tests.cast import NOW

pytestmark = pytest.mark.both_databases

OURS, THEIRS = "the key of this site, 32 bytes and more", "the key of another one, 32 bytes and more"
AT_ONCE = 8
PATIENCE = 60  # seconds until a test gives up; nothing is timed


def recorded(database: Database) -> list[tuple[int, str]]:
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT number, fingerprint FROM key_fingerprint ORDER BY number"))
        return [(row.number, row.fingerprint) for row in found]


@pytest.fixture
def another(database_url: str) -> Iterator[Callable[[], Database]]:
    """Return what opens the same database once more, as another process would."""
    opened: list[Database] = []

    def open_again() -> Database:
        opened.append(Database(database_url))
        return opened[-1]

    yield open_again
    for one in opened:
        one.close()


def test_the_first_key_is_recorded_once(database: Database) -> None:
    assert confirm_secret_key(database, OURS, now=NOW)
    assert not confirm_secret_key(database, OURS, now=NOW + timedelta(days=1))
    assert recorded(database) == [(1, fingerprint_of(OURS))]


def test_another_key_is_refused_and_changes_nothing(database: Database) -> None:
    confirm_secret_key(database, OURS, now=NOW)
    for another_key in (THEIRS, f"{OURS}\n", ""):
        with pytest.raises(OtherSecretKey) as refused:
            confirm_secret_key(database, another_key, now=NOW)
        assert refused.value.since == NOW
    assert recorded(database) == [(1, fingerprint_of(OURS))]


def test_a_check_writes_nothing(database: Database) -> None:
    with database.engine.connect() as connection:
        assert not check_secret_key(connection, OURS)
        assert not check_secret_key(connection, None)
    assert recorded(database) == []


def test_no_key_is_never_the_one_in_use(database: Database) -> None:
    confirm_secret_key(database, OURS, now=NOW)
    with database.engine.connect() as connection, pytest.raises(OtherSecretKey):
        check_secret_key(connection, None)


def test_the_key_with_the_highest_number_is_the_one_in_use(database: Database) -> None:
    confirm_secret_key(database, OURS, now=NOW)
    add(database, 2, fingerprint_of(THEIRS))
    assert not confirm_secret_key(database, THEIRS, now=NOW)
    with pytest.raises(OtherSecretKey):
        confirm_secret_key(database, OURS, now=NOW)


@pytest.mark.parametrize("mine", [OURS, THEIRS], ids=["the same key", "another key"])
def test_one_that_was_quicker_decides(mine: str, database: Database, another: Callable[[], Database]) -> None:
    """The other one records its key after we saw none, and before we record ours."""
    quicker = another()
    answers: list[bool] = []

    def overtake(*_about: object) -> None:
        if not answers:
            answers.append(confirm_secret_key(quicker, OURS, now=NOW))

    event.listen(database.engine.pool, "checkin", overtake)
    if mine == OURS:
        assert not confirm_secret_key(database, mine, now=NOW)
    else:
        with pytest.raises(OtherSecretKey):
            confirm_secret_key(database, mine, now=NOW)
    assert answers == [True]
    assert recorded(database) == [(1, fingerprint_of(OURS))]


def test_of_many_at_once_one_records_and_the_others_are_held_against_it(
    another: Callable[[], Database],
) -> None:
    line = threading.Barrier(AT_ONCE)
    answers: list[tuple[str, str]] = []

    def start(database: Database, key: str) -> None:
        line.wait(PATIENCE)
        try:
            answers.append((key, "recorded" if confirm_secret_key(database, key, now=NOW) else "found"))
        except OtherSecretKey:
            answers.append((key, "refused"))

    threads = [
        threading.Thread(target=start, args=(another(), (OURS, THEIRS)[number % 2]))
        for number in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    (winner,) = [key for key, answer in answers if answer == "recorded"]
    assert recorded(another()) == [(1, fingerprint_of(winner))]
    assert sorted(answers) == sorted(
        [(winner, "recorded")]
        + [(winner, "found")] * (AT_ONCE // 2 - 1)
        + [({OURS: THEIRS, THEIRS: OURS}[winner], "refused")] * (AT_ONCE // 2)
    )


def add(database: Database, number: int, fingerprint: str) -> None:
    row = {"number": number, "fingerprint": fingerprint, "at": NOW.isoformat(sep=" ")}
    with database.writing() as session:
        session.connection().execute(
            text("INSERT INTO key_fingerprint VALUES (:number, :fingerprint, :at)"), row
        )


@pytest.mark.parametrize(
    ("number", "fingerprint"),
    [(0, "a" * 64), (2, "short"), (1, "b" * 64), (2, fingerprint_of(OURS))],
    ids=["a number below one", "no fingerprint", "a number twice", "a key twice"],
)
def test_the_database_itself_refuses(number: int, fingerprint: str, database: Database) -> None:
    confirm_secret_key(database, OURS, now=NOW)
    with pytest.raises(IntegrityError):
        add(database, number, fingerprint)
    assert recorded(database) == [(1, fingerprint_of(OURS))]


def test_a_fingerprint_tells_keys_apart_and_holds_none_of_them() -> None:
    assert len(fingerprint_of(OURS)) == 64
    assert fingerprint_of(OURS) != fingerprint_of(THEIRS)
    assert OURS not in fingerprint_of(OURS)
