"""How the plan and the answers to its goals came to be, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.access.policy import Field, Subject, may_see
from app.dates.local_time import danish_day
from app.entries.rules import EntryEventKind, EntryKind
from app.goals import history_statements, statements
from app.identity.hidden_names import shown_name
from app.store.prepared import Reader

NOT_FOR_ALL = frozenset(EntryEventKind) - {EntryEventKind.APPROVED, EntryEventKind.UNDONE}


@dataclass(frozen=True, slots=True)
class HistoryChange:
    """What somebody did to the plan on a day, and how many times."""

    what: str
    kind: EntryKind | None  # of the entry it was done to; None: it was another thing
    actor_id: UUID | None  # None: the app itself
    name: str | None
    times: int
    entry_id: UUID | None  # of the entry, promise or meeting it was done to; None: it isn't known which
    author_id: UUID | None
    words: str | None  # of the entry as it was then; None: another thing, or not for this reader any more
    compared: bool  # there are two wordings of it that the reader may set side by side
    answer: str | None  # what was answered, to a goal or a meeting
    met_at: datetime | None  # when the meeting is that was answered


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """What happened to the plan on one day."""

    on: date
    changes: Sequence[HistoryChange]

    @property
    def by_thing(self) -> list[list[HistoryChange]]:
        """The changes, those of one entry together, the oldest of them first."""
        found: dict[Any, list[HistoryChange]] = {}
        for number, one in enumerate(self.changes):
            found.setdefault(one.entry_id or number, []).append(one)
        return [changes[::-1] for changes in found.values()]


def list_answers(session: Reader, goal_id: UUID) -> Sequence[Any]:
    """Return all the citizen's answers to a goal, the newest first: `answer`, `words`, `at`."""
    return session.exec(statements.ANSWERS, params={"goal_id": goal_id}).all()


def list_history(session: Reader, subject: Subject, goal_id: UUID | None = None) -> list[HistoryDay]:
    """Return what has happened to the plan, or to one goal of it, by day, the newest first.

    Nobody is told of drafts; those who can't read what is shared are not told that something was, nor those
    who don't see every meeting that something was done with one. Who sees some areas alone is told of them.
    Whether the reader may see the goal is asked by who calls.
    """
    plan = session.exec(statements.PLAN, params={"citizen_id": subject.citizen_id}).first()
    if plan is None:
        return []
    asked = {"plan_id": plan.id, "citizen_id": subject.citizen_id}
    asked |= {**statements.shown_to(subject), **_sees(subject)}
    happened = (
        _happened(session, asked) if goal_id is None else _of_goal(session, asked | {"goal_id": goal_id})
    )
    happened.sort(key=lambda row: row.at, reverse=True)
    days: dict[date, dict[Any, HistoryChange]] = {}
    for row in happened[: history_statements.HISTORY_MOST]:
        day = days.setdefault(danish_day(row.at), {})
        key = (row.what, row.kind, row.actor_id, row.entry_id, row.answer)
        day[key] = _change(row, day.get(key))
    return [HistoryDay(on, tuple(changes.values())) for on, changes in days.items()]


def _sees(subject: Subject) -> dict[str, Any]:
    reads_waiting = may_see(subject, Field.SHARED)
    return {
        "citizen_id": subject.citizen_id,
        "hidden": [EntryEventKind.WRITTEN] if reads_waiting else sorted(NOT_FOR_ALL),
        "reads_waiting": reads_waiting,
        "sees_drafts": may_see(subject, Field.DRAFTS),
        "sees_meetings": may_see(subject, Field.MEETING),
        "sees_readers": may_see(subject, Field.READERS),
    }


def _happened(session: Reader, asked: dict[str, Any]) -> list[Any]:
    """Return the revisions, each with what it was about if that can still be told, and what entries tell."""
    which: dict[Any, list[Any]] = {}
    for row in _which(session, asked):
        which.setdefault((row.what, row.at, row.actor_id), []).append(row)
    told = session.exec(history_statements.HISTORY, params=asked).all()
    found = (which.get((row.what, row.at, row.actor_id)) for row in told)
    return [
        *(things.pop() if things else row for row, things in zip(told, found, strict=True)),
        *session.exec(history_statements.ENTRY_HISTORY, params=asked),
    ]


def _which(session: Reader, asked: dict[str, Any]) -> list[Any]:
    """Return what revisions may be about: they say who did what when, and not to which."""
    return [
        *session.exec(history_statements.STEPS_DONE, params=asked),
        *session.exec(history_statements.ANSWERS_GIVEN, params=asked),
        *session.exec(history_statements.GOALS_PLACED, params=asked),
        *session.exec(history_statements.PROMISES_MADE, params=asked),
        *session.exec(history_statements.PROMISES_KEPT, params=asked),
        *session.exec(history_statements.MEETINGS_ANSWERED, params=asked),
    ]


def _of_goal(session: Reader, asked: dict[str, Any]) -> list[Any]:
    return [
        *session.exec(history_statements.GOAL_HISTORY, params=asked),
        *session.exec(history_statements.STEPS_DONE_OF_GOAL, params=asked),
        *session.exec(history_statements.ANSWERS_TO_GOAL, params=asked),
        *session.exec(history_statements.GOALS_PLACED_OF_GOAL, params=asked),
    ]


def _change(row: Any, before: HistoryChange | None) -> HistoryChange:
    """Return what a row tells, gathered with what the same person did to the same thing that day."""
    return HistoryChange(
        what=row.what,
        kind=row.kind,
        actor_id=row.actor_id,
        name=shown_name(row.name),
        times=before.times + 1 if before else 1,
        entry_id=row.entry_id,
        author_id=row.author_id,
        words=before.words if before else row.words,  # the newest come first
        compared=bool(row.compared),
        answer=row.answer,
        met_at=row.met_at,
    )
