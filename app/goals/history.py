"""How the plan and the answers to its goals came to be, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.access.policy import Field, Subject, may_see
from app.dates.local_time import danish_day
from app.entries.rules import EntryEventKind, EntryKind
from app.goals import statements
from app.identity.rules import first_name

NOT_FOR_ALL = frozenset(EntryEventKind) - {EntryEventKind.APPROVED}


@dataclass(frozen=True, slots=True)
class HistoryChange:
    """What somebody did to the plan on a day, and how many times."""

    what: str
    kind: EntryKind | None  # of the entry it was done to; None: it was another thing
    actor_id: UUID | None  # None: the app itself
    name: str | None
    times: int
    entry_id: UUID | None  # None: it was done to several, or to something else
    author_id: UUID | None


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """What happened to the plan on one day."""

    on: date
    changes: Sequence[HistoryChange]


def list_answers(session: Session, goal_id: UUID) -> Sequence[Any]:
    """Return all the citizen's answers to a goal, the newest first: `answer`, `words`, `at`."""
    return session.exec(statements.ANSWERS, params={"goal_id": goal_id}).all()


def list_history(session: Session, subject: Subject) -> list[HistoryDay]:
    """Return what has happened to the plan, by day, the newest first. Three queries.

    Nobody is told of drafts; those who can't read what is shared are not told that something was.
    """
    plan = session.exec(statements.PLAN, params={"citizen_id": subject.citizen_id}).first()
    if plan is None:
        return []
    hidden = [EntryEventKind.WRITTEN] if may_see(subject, Field.SHARED) else sorted(NOT_FOR_ALL)
    happened = [
        *session.exec(statements.HISTORY, params={"plan_id": plan.id}),
        *session.exec(statements.ENTRY_HISTORY, params={"plan_id": plan.id, "hidden": hidden}),
    ]
    happened.sort(key=lambda row: row.at, reverse=True)
    days: dict[date, dict[Any, HistoryChange]] = {}
    for row in happened[: statements.HISTORY_MOST]:
        day = days.setdefault(danish_day(row.at), {})
        key = (row.what, row.kind, row.actor_id)
        day[key] = _change(row, day.get(key))
    return [HistoryDay(on, tuple(changes.values())) for on, changes in days.items()]


def _change(row: Any, before: HistoryChange | None) -> HistoryChange:
    """Return what a row tells, gathered with what the same person did of the same kind that day."""
    same = before is None or before.entry_id == row.entry_id
    return HistoryChange(
        what=row.what,
        kind=row.kind,
        actor_id=row.actor_id,
        name=row.name and first_name(row.name),
        times=before.times + 1 if before else 1,
        entry_id=row.entry_id if same else None,
        author_id=row.author_id,
    )
