"""What time itself brings about, once a minute: answers that are late."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask
from sqlmodel import Session

from app.clock import Clock
from app.config import Settings, Site
from app.db import Database
from app.entries.service import mark_late

log = logging.getLogger("enplan.worker")

ROUND_SECONDS = 60.0

Job = Callable[[Session, Site, datetime], int]

JOBS: Mapping[str, Job] = {"late": lambda session, _site, now: mark_late(session, now=now)}


def run_once(db: Database, site: Site, now: datetime) -> dict[str, int]:
    """Do each job that is due at `now`, in a transaction of its own; return how much each did."""
    return {name: _run(db, job, site, now) for name, job in JOBS.items()}


def _run(db: Database, job: Job, site: Site, now: datetime) -> int:
    return db.retrying(lambda session: job(session, site, now))


def run_forever(app: Flask, stop: threading.Event) -> None:
    """Run a round at once, then each minute until `stop` is set. One that breaks doesn't end the next."""
    db: Database = app.extensions["db"]
    clock: Clock = app.extensions["clock"]
    settings: Settings = app.extensions["settings"]
    while True:
        try:
            run_once(db, settings.site, clock())
        except Exception as problem:
            # Its kind alone: a message from the database may carry what somebody wrote.
            log.error("a round of the worker broke: %s", type(problem).__name__)
        if stop.wait(ROUND_SECONDS):
            return
