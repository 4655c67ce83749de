"""Changes in a plan, one card after another, as `bench.pages` makes them between two looks."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from app.access.policy import Subject, Tie
from app.dates.clock import system_clock
from app.demo.cast import person_id
from app.entries.models import Entry, EntryVersion
from app.goals.models import Promise
from app.goals.queries import read_plan
from app.plan.service import get_plan, record_revision
from app.store.db import Database


class Changes:
    """Gives each card of the fullest plan new words in its turn, and the plan its next revision with them."""

    def __init__(self, file: Path) -> None:
        self.database = Database(f"sqlite:///{file}")
        own = Subject(person_id("anna"), frozenset({Tie.SELF}), consented=True)
        with self.database.reading() as session:
            plan = read_plan(session, own, now=system_clock())
            self._plan_id = get_plan(session, person_id("anna")).id
            entries = [
                plan.dreams[0].id,
                *(goals[0].item.id for _area, goals in plan.areas),
                plan.steps[0].item.id,
                plan.others[0].id,
            ]
            rows: list[Any] = [_standing(session.get_one(Entry, one)) for one in entries]
        rows.append((Promise, col(Promise.id) == plan.promises[0].id))
        self.cards = len(rows)
        self._turns: Iterator[tuple[int, Any]] = enumerate(cycle(rows))

    def make_one(self) -> None:
        number, (model, which) = next(self._turns)
        with self.database.writing() as session:
            session.exec(update(model).where(which).values(words=f"Det er ændret {number} gange nu"))
            record_revision(session, self._plan_id, "step_done", by=None, now=system_clock())


def _standing(entry: Entry) -> tuple[type[EntryVersion], Any]:
    return EntryVersion, (col(EntryVersion.entry_id) == entry.id) & (
        col(EntryVersion.number) == entry.approved_version
    )
