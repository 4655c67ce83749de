"""Messages can be about an entry: a dream, a goal, a step. Whoever reads the thread is told which kind.

Of a draft nobody else knows, so none is told of: what a message says of it would tell that it is there.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, select

from app.entries.models import Entry
from app.entries.news import ANCHORS
from app.entries.rules import EntryKind, EntryState
from app.i18n import gettext as _
from app.messages.rules import AboutKind, AboutLabel
from app.plan.models import Plan
from app.store.prepared import Reader
from app.store.query import id_list

ENTRY_TOPIC = "entry"

_KINDS = (
    select(Entry.id, Entry.kind)
    .join(Plan, col(Plan.id) == Entry.plan_id)
    .where(Plan.citizen_id == bindparam("citizen_id", type_=Uuid()), col(Entry.id).in_(id_list()))
    .where(Entry.state != EntryState.DRAFT)
)


def _find(session: Reader, citizen_id: UUID, ids: Collection[UUID]) -> dict[UUID, AboutLabel]:
    called = {
        EntryKind.DREAM: _("en drøm"),
        EntryKind.GOAL: _("et mål"),
        EntryKind.STEP: _("et skridt"),
        EntryKind.OTHER: _("noget i planen"),
    }
    return {
        entry_id: AboutLabel(
            called[EntryKind(kind)],
            "goals.index",
            {"ved": entry_id, "_anchor": f"{ANCHORS[EntryKind(kind)]}-{entry_id}"},
        )
        for entry_id, kind in session.exec(_KINDS, params={"citizen_id": citizen_id, "ids": list(ids)})
    }


AboutKind(ENTRY_TOPIC, _find)
