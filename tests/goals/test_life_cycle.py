"""What each verb makes of a step and a promise: the same after any sequence of them, on real rows."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import Session, select

from app.entries.rules import IllegalMove
from app.goals.fulfilment import promise_state, step_state, transition_promise, transition_step
from app.goals.models import Promise, Step
from app.goals.promises import make_promise, mark_promise_kept
from app.goals.rules import PROMISE_NEXT, STEP_NEXT, NotYours, PromiseState, StepState
from app.goals.service import finish_step, undo_step
from app.plan.models import PlanRevision
from app.plan.service import get_plan
from app.store.db import Database
from tests.cast import NOW, People
from tests.goals.plans import PROMISE, TODAY, lay_plan

PEOPLE = People()
WHO = {"anna": PEOPLE.anna.id, "line": PEOPLE.line.id}
VERBS = ("anna says done", "line says done", "anna undoes", "line undoes", "a night passes")

# In each state, in the order of VERBS: the next state ("." changes nothing), or the refusal.
STEP_LIFE: dict[str, tuple[Any, ...]] = {
    "open": ("anna", "line", ".", ".", "."),
    "anna": (".", ".", "open", NotYours, "earlier"),
    "line": (".", ".", NotYours, "open", "earlier"),
    "earlier": (".", ".", NotYours, NotYours, "."),
}
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def revisions(session: Session) -> int:
    return len(session.exec(select(PlanRevision.id)).all())


def test_each_verb_does_to_a_step_what_its_life_says(database: Database) -> None:
    step_id = lay_plan(database).step

    @FEW
    @given(st.lists(st.sampled_from(VERBS), min_size=8, max_size=12))
    def check(verbs: list[str]) -> None:
        with database.writing() as session:
            session.exec(update(Step).values(done_at=None, done_by=None))
        state, now = "open", NOW
        for verb in verbs:
            wanted = STEP_LIFE[state][VERBS.index(verb)]
            changes = isinstance(wanted, str) and wanted not in (".", "earlier")
            with database.writing() as session:
                before, refusal = revisions(session), None
                if verb == "a night passes":
                    now += timedelta(days=1)
                else:
                    who, _space, what = verb.partition(" ")
                    do = finish_step if what == "says done" else undo_step
                    try:
                        assert do(session, WHO["anna"], step_id, by=WHO[who], now=now) is changes
                    except NotYours as refused:
                        refusal = type(refused)
                assert refusal is (None if isinstance(wanted, str) else wanted)
                assert revisions(session) - before == changes
                state = wanted if isinstance(wanted, str) and wanted != "." else state
                step = session.get_one(Step, step_id, populate_existing=True)
                assert step_state(step) is (StepState.OPEN if state == "open" else StepState.DONE)
                assert state not in WHO or step.done_by == WHO[state]

    check()


def test_a_promise_is_kept_once_and_stays_so(database: Database) -> None:
    lay_plan(database)

    @FEW
    @given(st.lists(st.sampled_from(["line", "anna"]), min_size=1, max_size=4))
    def check(sayers: list[str]) -> None:
        with database.writing() as session:
            plan = get_plan(session, WHO["anna"])
            made = make_promise(session, plan.id, PROMISE, by=WHO["line"], due_on=TODAY, now=NOW)
            session.flush()
            for number, who in enumerate(sayers):
                before, now = revisions(session), NOW + timedelta(hours=number)
                kept = mark_promise_kept(session, WHO["anna"], made.id, by=WHO[who], now=now)
                promise = session.get_one(Promise, made.id, populate_existing=True)
                assert (kept, promise_state(promise)) == (number == 0, PromiseState.KEPT)
                assert (promise.kept_at, revisions(session) - before) == (NOW, kept)

    check()


@pytest.mark.parametrize(("current", "wanted"), list(product(StepState, StepState)))
def test_a_step_goes_nowhere_but_where_the_table_says(current: StepState, wanted: StepState) -> None:
    step = Step(entry_id=WHO["anna"])
    if current is not StepState.OPEN:
        transition_step(step, current, by=WHO["line"], now=NOW, reason="Derfor")
    before = step.model_dump()
    if wanted in STEP_NEXT[current]:
        transition_step(step, wanted, by=WHO["anna"], now=NOW, reason="Derfor")
        assert step_state(step) is wanted
        assert (step.halt_reason is None) is (wanted in (StepState.OPEN, StepState.DONE))
        return
    with pytest.raises(IllegalMove):
        transition_step(step, wanted, by=WHO["anna"], now=NOW)
    assert step.model_dump() == before


@pytest.mark.parametrize(("current", "wanted"), list(product(PromiseState, PromiseState)))
def test_a_promise_goes_nowhere_but_where_the_table_says(current: PromiseState, wanted: PromiseState) -> None:
    promise = Promise(plan_id=WHO["anna"], words=PROMISE, by_id=WHO["line"], made_at=NOW, due_on=TODAY)
    if current is not PromiseState.OPEN:
        transition_promise(promise, current, by=WHO["line"], now=NOW - timedelta(days=1))
    before = promise.model_dump()
    if wanted in PROMISE_NEXT[current]:
        transition_promise(promise, wanted, by=WHO["line"], now=NOW)
        assert promise_state(promise) is wanted
        return
    with pytest.raises(IllegalMove):
        transition_promise(promise, wanted, by=WHO["line"], now=NOW)
    assert promise.model_dump() == before
