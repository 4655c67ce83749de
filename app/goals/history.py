"""How the plan and the answers to its goals came to be, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.clock import danish_day
from app.entries.rules import Happening, Tie
from app.goals import rows
from app.goals.page import reads_waiting
from app.identity.rules import first_name

WRITTEN = f"entry_{Happening.WRITTEN}"
NOT_FOR_ALL = frozenset(f"entry_{what}" for what in Happening if what is not Happening.APPROVED)


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did to the plan on a day, and how many times."""

    what: str
    actor_id: UUID | None  # None: the app itself
    name: str | None
    times: int


@dataclass(frozen=True, slots=True)
class Day:
    """What happened to the plan on one day."""

    on: date
    changes: Sequence[Change]


def list_answers(session: Session, goal_id: UUID) -> Sequence[Any]:
    """Return all the citizen's answers to a goal, the newest first: `answer`, `words`, `at`."""
    return session.execute(rows.ANSWERS, {"goal_id": goal_id}).all()


def list_history(session: Session, citizen_id: UUID, tie: Tie) -> list[Day]:
    """Return what has happened to the plan, by day, the newest first. Two queries.

    Nobody is told of drafts; those who can't read what is shared are not told that something was.
    """
    plan = session.execute(rows.PLAN, {"citizen_id": citizen_id}).first()
    if plan is None:
        return []
    hidden = {WRITTEN} if reads_waiting(tie) else NOT_FOR_ALL
    days: dict[date, dict[tuple[str, UUID | None], Change]] = {}
    for row in session.execute(rows.HISTORY, {"plan_id": plan.id, "hidden": sorted(hidden)}):
        day = days.setdefault(danish_day(row.at), {})
        before = day.get((row.what, row.actor_id))
        name = row.name and first_name(row.name)
        times = before.times + 1 if before else 1
        day[row.what, row.actor_id] = Change(row.what, row.actor_id, name, times)
    return [Day(on, tuple(changes.values())) for on, changes in days.items()]
