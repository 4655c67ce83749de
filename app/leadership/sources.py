"""What can be late, each kind from the room that knows when it is: one select, and what its kinds are called.

A source's select has four columns, by these names: `kind` (text), `about_id`, `citizen_id`, `answer_by`. It
finds what is late now, and nothing that somebody wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, literal
from sqlmodel import cast, col

from app.entries.models import Entry
from app.entries.rules import EntryKind, EntryState
from app.i18n import lazy_gettext as _l
from app.messages.models import Message
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.store.query import RowSelect, select_columns


@dataclass(frozen=True, slots=True)
class LateSource:
    """One kind of thing that is to be answered by a day."""

    late: RowSelect
    kinds: Mapping[str, Any]  # what is late is called, by what stands in the column `kind`


def _late_entries() -> RowSelect:
    """Return what citizens have shared, the worker has found late, and nobody has answered since."""
    return (
        select_columns(
            cast(Entry.kind, String()).label("kind"),
            col(Entry.id).label("about_id"),
            col(Plan.citizen_id).label("citizen_id"),
            col(Entry.answer_by).label("answer_by"),
        )
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .where(
            Entry.state == EntryState.SHARED,
            col(Entry.late_at).is_not(None),
            Plan.state == PlanState.ACTIVE,
        )
    )


MESSAGE = "message"
_LATE_MESSAGES = select_columns(
    literal(MESSAGE).label("kind"),
    col(Message.id).label("about_id"),
    col(Message.citizen_id).label("citizen_id"),
    col(Message.answer_by).label("answer_by"),
).where(col(Message.late_at).is_not(None))  # with an open plan or without: the thread needs no yes

SOURCES = (
    LateSource(
        _late_entries(),
        {
            EntryKind.DREAM: _l("En drøm"),
            EntryKind.GOAL: _l("Et mål"),
            EntryKind.STEP: _l("Et skridt"),
            EntryKind.OTHER: _l("Fra en besked"),
        },
    ),
    LateSource(_LATE_MESSAGES, {MESSAGE: _l("En besked")}),
)
KIND_NAMES: Mapping[str, Any] = {kind: name for one in SOURCES for kind, name in one.kinds.items()}
