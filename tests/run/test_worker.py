"""The worker: what is late becomes so within a minute, and a bad round doesn't end the next."""

import logging
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session

from app.entries.models import Entry
from app.run import worker
from app.store.db import Database
from tests.cast import NOW, People
from tests.writing import SITE, wrote


def test_a_round_marks_what_is_late(database: Database, people: People, session: Session) -> None:
    late = wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    in_time = wrote(database, people.anna, "shared")
    assert worker.run_due_jobs(database, SITE, NOW)["late"] == 1
    assert worker.run_due_jobs(database, SITE, NOW)["late"] == 0
    assert session.get_one(Entry, late.id).late_at == NOW
    assert session.get_one(Entry, in_time.id).late_at is None


def test_it_works_until_it_is_stopped(
    app: Flask, database: Database, people: People, session: Session
) -> None:
    late = wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    stop = threading.Event()
    stop.set()  # one round, and no wait
    worker.run_forever(app, stop)
    assert session.get_one(Entry, late.id).late_at == NOW


def test_a_round_that_breaks_is_logged_without_words_and_the_next_goes_on(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, rounds = threading.Event(), []

    def broken(_session: Session, _site: object, _now: object) -> int:
        rounds.append(1)
        if len(rounds) == 2:
            stop.set()
        raise RuntimeError("Jeg vil bo tæt på min datter")

    monkeypatch.setattr(worker, "JOBS", {"broken": broken})
    monkeypatch.setattr(worker, "ROUND_SECONDS", 0.0)
    with caplog.at_level(logging.ERROR, logger="enplan.worker"):
        worker.run_forever(app, stop)
    assert len(rounds) == 2
    assert caplog.messages == ["the job broken broke: RuntimeError"] * 2


def test_a_job_that_breaks_keeps_no_other_from_being_done(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_session: Session, _site: object, _now: object) -> int:
        raise RuntimeError

    wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    monkeypatch.setattr(worker, "JOBS", {"broken": broken, **worker.JOBS})
    done = worker.run_due_jobs(database, SITE, NOW)
    assert (done["late"], "broken" in done) == (1, False)
