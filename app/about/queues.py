"""How much waits in the municipality, and since when: numbers for those who run the site, without a name.

What has stood due for minutes says that the worker does not run: then nobody is told of what is late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from app.booking.models import MeetingReminder, MeetingTask
from app.entries.models import Entry
from app.messages.models import Message
from app.store.db import Database, UtcDateTime
from app.store.prepared import PreparedReader

_NOW = bindparam("now", type_=UtcDateTime())


def _queue(since: Any, *waits: Any) -> Any:
    """Return a select of how many wait, and since when the first does (None: nobody)."""
    return select(func.count(), func.min(since)).where(*waits)


QUEUES: Mapping[str, Any] = {
    "entries_to_answer": _queue(Entry.shared_at, col(Entry.answer_by).is_not(None)),
    "entries_late": _queue(Entry.late_at, col(Entry.late_at).is_not(None)),
    "messages_to_answer": _queue(
        Message.sent_at, col(Message.answer_by).is_not(None), col(Message.settled_at).is_(None)
    ),
    "messages_late": _queue(Message.late_at, col(Message.late_at).is_not(None)),
    "meeting_tasks": _queue(MeetingTask.created_at, col(MeetingTask.done_at).is_(None)),
    "reminders_due": _queue(
        MeetingReminder.due_at,
        MeetingReminder.due_at <= _NOW,
        col(MeetingReminder.sent_at).is_(None),
        col(MeetingReminder.dropped_at).is_(None),
    ),
}


@dataclass(frozen=True, slots=True)
class QueueLength:
    """How many wait, and for how long the first has."""

    name: str
    waiting: int
    oldest_seconds: float


def list_queues(database: Database, *, now: datetime) -> list[QueueLength]:
    """Return how long each queue is.

    Raises:
        sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    ask, found = PreparedReader(database), []
    for name, asked in QUEUES.items():
        waiting, since = ask.exec(asked, params={"now": now}).one()
        found.append(QueueLength(name, waiting, max(0.0, (now - since).total_seconds()) if since else 0.0))
    return found
