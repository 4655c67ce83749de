"""What time itself brings about, once a minute: what is late, reminders, and what is too old to be kept."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.booking.cancel import expire_proposals
from app.booking.leavers import open_handover_tasks, open_leaver_tasks
from app.booking.mark_held import mark_held
from app.booking.queued import return_passed
from app.booking.reminders import send_due_reminders
from app.booking.tasks import escalate_tasks
from app.calendar_sync.busy import fetch_due
from app.config import Settings, Site
from app.dates.clock import Clock
from app.entries.service.escalation import mark_late
from app.messages.late_messages import mark_late_messages
from app.plan.handovers import carry_out_handovers
from app.retention.purge import purge_due
from app.run.lease import WorkerLease
from app.store.db import Database
from app.web.events import Event, record_event

log = logging.getLogger("enplan.worker")

ROUND_SECONDS = 60.0

Job = Callable[[Session, Site, datetime], int]

JOBS: Mapping[str, Job] = {
    "handovers": lambda session, _site, now: carry_out_handovers(session, now=now),
    "late": lambda session, _site, now: mark_late(session, now=now),
    "messages": lambda session, _site, now: mark_late_messages(session, now=now),
    "expire": lambda session, site, now: expire_proposals(session, now=now, workdays=site.workdays),
    "queued": lambda session, _site, now: return_passed(session, now=now),
    "passed": lambda session, _site, now: mark_held(session, now=now),
    "handed_over": lambda session, site, now: open_handover_tasks(session, now=now, workdays=site.workdays),
    "leaving": lambda session, site, now: open_leaver_tasks(session, now=now, workdays=site.workdays),
    "tasks": lambda session, _site, now: escalate_tasks(session, now=now),
    "reminders": lambda session, _site, now: send_due_reminders(session, now=now),
}

Errand = Callable[[Database, Site, datetime], int]


def delete_old(db: Database, site: Site, now: datetime) -> int:
    """Delete some of what is too old to be kept, and tell how much of what; return how many rows."""
    gone = purge_due(db, site.retention, now=now)
    if gone:
        record_event(Event.ROWS_DELETED, **gone)
    return sum(gone.values())


# What waits for the network, or takes many steps, opens its transactions itself: nobody may hold one so long.
ERRANDS: Mapping[str, Errand] = {"busy": fetch_due, "retention": delete_old}


def run_due_jobs(db: Database, site: Site, now: datetime) -> dict[str, int]:
    """Do each job that is due at `now`, in a transaction of its own; return how much each did.

    One that breaks keeps no other from being done; it is logged, and tried again in the next round.
    """
    done: dict[str, int] = {}
    for name, work in {**{name: _in_one(job) for name, job in JOBS.items()}, **ERRANDS}.items():
        try:
            done[name] = work(db, site, now)
        except Exception as problem:
            # Its kind alone: a message from the database may carry what somebody wrote.
            log.error("the job %s broke: %s", name, type(problem).__name__)
    return done


def _in_one(job: Job) -> Errand:
    """Return `job` as an errand, in one transaction."""
    return lambda db, site, now: db.retrying(lambda session: job(session, site, now))


def run_forever(app: Flask, stop: threading.Event) -> None:
    """Run a round at once, then each minute until `stop` is set; only while this worker has the lease."""
    db: Database = app.extensions["db"]
    lease = WorkerLease(db)
    try:
        while True:
            if _has_lease(lease):
                _run_round(app, db)
            if stop.wait(ROUND_SECONDS):
                return
    finally:
        lease.release()


def _has_lease(lease: WorkerLease) -> bool:
    try:
        held = lease.is_held()
    except DBAPIError as problem:
        log.error("no round: the database does not answer (%s)", type(problem.orig).__name__)
        return False
    if not held:
        record_event(Event.WORKER_STANDBY)
    return held


def _run_round(app: Flask, db: Database) -> None:
    clock: Clock = app.extensions["clock"]
    settings: Settings = app.extensions["settings"]
    done = run_due_jobs(db, settings.site, clock())
    record_event(Event.WORKER_ROUND, **{name: count for name, count in done.items() if count})
