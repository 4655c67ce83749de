"""The database refuses what no rule would write: a step or promise in two states, or stopped for nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.goals.models import Promise, PromiseChange, Step, StepHalt
from app.store.db import Database
from tests.cast import NOW, People
from tests.goals.plans import TODAY, Laid, lay_plan

pytestmark = pytest.mark.both_databases

LINE = People().line.id
HALTED: dict[str, Any] = {"halted_by": LINE, "halt_reason": "Derfor"}


@pytest.fixture
def laid(database: Database) -> Laid:
    return lay_plan(database)


@pytest.mark.parametrize(
    "values",
    [
        {"blocked_at": NOW},
        {"halt_reason": "Derfor"},
        {"dropped_at": NOW, **HALTED, "halt_reason": " "},
        {"blocked_at": NOW, "dropped_at": NOW, **HALTED},
        {"done_at": NOW, "done_by": LINE, "dropped_at": NOW, **HALTED},
    ],
)
def test_a_step_is_in_one_state_and_stops_for_a_reason(
    database: Database, laid: Laid, values: dict[str, Any]
) -> None:
    of_this = update(Step).where(col(Step.entry_id) == laid.step)
    with database.writing() as session:
        session.exec(of_this.values(blocked_at=NOW, **HALTED))  # the control
        session.exec(of_this.values(blocked_at=None, halted_by=None, halt_reason=None))
    with pytest.raises(IntegrityError), database.writing() as session:
        session.exec(of_this.values(**values))


@pytest.mark.parametrize("values", [{"kept_by": LINE}, {"kept_at": NOW, "withdrawn_at": NOW}])
def test_a_promise_is_kept_or_withdrawn(database: Database, laid: Laid, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.exec(update(Promise).where(col(Promise.id) == laid.promise).values(**values))


@pytest.mark.parametrize("reason", ["", " ", "a" * 301])
def test_a_promise_is_changed_for_a_reason(database: Database, laid: Laid, reason: str) -> None:
    before: dict[str, Any] = {
        "words": "Før",
        "due_on": TODAY - timedelta(days=1),
        "at": NOW,
        "actor_id": LINE,
    }
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(PromiseChange(promise_id=laid.promise, reason=reason, **before))


@pytest.mark.parametrize(("state", "reason"), [("done", "Derfor"), ("blocked", " ")])
def test_a_stop_is_one_and_has_a_reason(database: Database, laid: Laid, state: str, reason: str) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(StepHalt(step_id=laid.step, at=NOW, actor_id=LINE, state=state, reason=reason))
