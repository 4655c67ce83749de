"""What those who run a site follow: sign-ins, refusals, limits reached, commands. Names and numbers alone.

An event never holds an id, a name, an address or anything that somebody wrote: logs are copied to other
places and kept for long. `tests/run/test_logs.py` looks for the words of a whole plan in them.
"""

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from enum import StrEnum

from flask import current_app, has_app_context

from app.web.metrics import Metrics

log = logging.getLogger("enplan.event")

request_id = ContextVar("request_id", default="")  # of the request that is answered; empty: none is


class Event(StrEnum):
    """Everything that is told, by the name it has in the log and in /metrics."""

    REQUEST = "request"
    REFUSED = "refused"
    LIMITED = "limited"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    INVITED = "invited"
    INVITATION_CLAIMED = "invitation_claimed"
    INVITATION_REFUSED = "invitation_refused"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    SESSIONS_ENDED = "sessions_ended"
    PEOPLE_LOOKED_UP = "people_looked_up"
    PERSON_ADDED = "person_added"
    ROLE_GIVEN = "role_given"
    ACCESS_ENDED = "access_ended"
    WAYS_CLOSED = "ways_closed"
    CONTACT_GIVEN = "contact_given"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    KEY_MADE = "key_made"
    KEY_ENDED = "key_ended"
    PEOPLE_IMPORTED = "people_imported"
    IMPORT_REFUSED = "import_refused"
    COMMAND = "command"
    WORKER_ROUND = "worker_round"
    WORKER_STANDBY = "worker_standby"  # another one works
    ROWS_DELETED = "rows_deleted"


def record_event(event: Event, *, level: int = logging.INFO, **facts: str | int | float) -> None:
    """Tell that something has happened. `facts`: what kind, how many, how long; never who."""
    log_event(event, level, facts)
    if has_app_context():
        metrics: Metrics = current_app.extensions["metrics"]
        metrics.count_event(event)


def log_event(event: Event, level: int, facts: Mapping[str, str | int | float]) -> None:
    """Tell the log alone."""
    log.log(level, event, extra={"facts": facts})
