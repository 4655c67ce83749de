"""The wordings of one thing in the plan, as one reader may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.policy import Field, Subject, may_see
from app.entries.rules import EntryKind
from app.errors import Missing
from app.goals import history_statements, statements
from app.goals.wording import WordingChange, compare_wordings
from app.identity.hidden_names import shown_name
from app.store.prepared import Reader


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a thing as they were at one time."""

    number: int
    words: str
    written_at: datetime
    author_id: UUID
    author: str | None  # None: not for this reader
    stands: bool  # it is in the plan now
    waits: bool  # for an answer, or a talk
    shared: bool  # it has been shown to others; else it is a draft


@dataclass(frozen=True, slots=True)
class WordingHistory:
    """All that the reader may read of one thing, and the two that stand side by side."""

    entry_id: UUID
    kind: EntryKind
    all: Sequence[Wording]  # the oldest first
    older: Wording | None  # None: there is one alone
    newer: Wording
    changed: WordingChange | None


def get_versions(
    session: Reader, subject: Subject, entry_id: UUID, numbers: tuple[int | None, int | None] = (None, None)
) -> WordingHistory:
    """Return the wordings of a thing, and of them those two; without numbers the newest two.

    Raises:
        Missing: there is no such thing in the plan, or nothing of it for this reader.
    """
    plan = session.exec(statements.PLAN, params={"citizen_id": subject.citizen_id}).first()
    if plan is None:
        raise Missing
    asked = {
        "plan_id": plan.id,
        "citizen_id": subject.citizen_id,
        "entry_id": entry_id,
        "reads_waiting": may_see(subject, Field.SHARED),
        "sees_drafts": may_see(subject, Field.DRAFTS),
    }
    rows = session.exec(history_statements.VERSIONS, params=asked | statements.shown_to(subject)).all()
    if not rows:
        raise Missing
    found = [_wording(row) for row in rows]
    older, newer = _pair(found, numbers)
    changed = compare_wordings(older.words, newer.words) if older else None
    return WordingHistory(entry_id, EntryKind(rows[0].kind), found, older, newer, changed)


def _wording(row: Any) -> Wording:
    return Wording(
        row.number,
        row.words,
        row.written_at,
        row.author_id,
        shown_name(row.name),
        bool(row.stands),
        bool(row.waits),
        bool(row.shared),
    )


def _pair(found: Sequence[Wording], numbers: tuple[int | None, int | None]) -> tuple[Wording | None, Wording]:
    """Return the two that were asked for, the older first; where they can't be, the newest two."""
    if len(found) == 1:
        return None, found[0]
    asked = [one for one in found if one.number in numbers]
    if len(asked) < len(numbers):
        asked = [*found[-2:]]
    older, newer = asked
    return older, newer
