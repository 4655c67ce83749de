"""One deadline for all that a request waits for; one who was late for another's sake is not sent away."""

from time import monotonic

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, text

from app.store import deadline
from app.store.db import Database
from tests.run.test_held_elsewhere import held_elsewhere

LONG_AGO = -100.0


def test_outside_a_request_nobody_stands_and_waits() -> None:
    assert not deadline.has_deadline()
    assert deadline.seconds_left() == deadline.seconds_to_read() == deadline.BUSY_SECONDS
    assert not deadline.is_too_late()


def test_a_deadline_inside_another_never_becomes_later() -> None:
    with deadline.within(0.5), deadline.within(100):
        assert deadline.seconds_left() <= 0.5
    with deadline.within(100), deadline.within(0.5):
        assert deadline.seconds_left() <= 0.5


@pytest.mark.parametrize(("held", "seconds"), [(False, 2.0), (True, 0.02)], ids=["busy", "a lock is held"])
def test_who_comes_too_late_waits_a_little_unless_a_lock_is_held(held: bool, seconds: float) -> None:
    with deadline.within(3.5, since=monotonic() + LONG_AGO, late=deadline.LATE_SECONDS):
        assert deadline.is_too_late()
        assert deadline.seconds_left(held=held) == seconds


@pytest.mark.both_databases
def test_a_lock_that_was_met_is_known_until_somebody_can_write_again(database: Database) -> None:
    with held_elsewhere(database), deadline.within(0.1, late=deadline.LATE_SECONDS):
        with pytest.raises(OperationalError):
            _write(database)
        assert database._lock.held
    _write(database)
    assert not database._lock.held


@pytest.mark.both_databases
def test_a_mark_that_was_not_had_says_nothing_of_a_lock(database: Database) -> None:
    """It waits so short that a write of our own worker may have been in the way."""
    with held_elsewhere(database):
        database.mark(_touch)
    assert not database._lock.held


def _touch(session: Session) -> None:
    session.connection().execute(text("UPDATE login_session SET revoked_at = NULL"))


def _write(database: Database) -> None:
    with database.writing() as session:
        _touch(session)
