"""A real plan, laid by the verbs themselves: what a test needs of it, by name."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, select

from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.review import approve_entry
from app.goals.promises import make_promise
from app.goals.service import record_agreement, set_goal_details, set_step_details
from app.plan.models import LifeArea
from app.plan.service import get_plan
from app.store.db import Database
from tests.cast import NOW, People
from tests.writing import SITE, wrote

TODAY = date(2026, 3, 2)
PEOPLE = People()
ANNA, LINE, JONAS = PEOPLE.anna, PEOPLE.line, PEOPLE.jonas

DREAM = "Jeg vil bo et sted, hvor min datter kan være hos mig"
GOAL = "Jeg får en lejlighed med to værelser"
PROPOSED = "12 timers praktik om ugen"
STEP = "Finde brevet fra udlejeren"
LATER_STEP = "Søge om indskudslån"
PROMISE = "Svar om flyttehjælp"
BECAUSE = "så din datter kan have sit eget værelse"
SENTENCE = "Vi skal tale om timerne først"


@dataclass(frozen=True, slots=True)
class Laid:
    """The ids of what was laid."""

    dream: UUID
    goal: UUID
    proposed: UUID
    step: UUID
    later_step: UUID
    promise: UUID


def area_id(session: Session, name: str) -> UUID:
    return session.exec(select(LifeArea.id).where(LifeArea.name == name)).one()


def propose(database: Database, words: str = PROPOSED) -> Entry:
    """Let Jonas propose a goal for Anna that Line takes in; Anna hasn't answered."""
    before = NOW - timedelta(days=3)
    with database.writing() as session:
        entry = write_entry(session, ANNA.id, EntryKind.GOAL, words, by=JONAS.id, now=before)
        share_entry(
            session,
            ANNA.id,
            entry.id,
            by=JONAS.id,
            now=before,
            workdays=SITE.workdays,
        )
        approve_entry(session, ANNA.id, entry.id, version=1, by=LINE.id, now=NOW - timedelta(days=2))
        set_goal_details(session, entry.id, area_id=area_id(session, "Job og uddannelse"))
    return entry


def promise(database: Database, words: str = PROMISE, *, due_on: date) -> UUID:
    with database.writing() as session:
        plan = get_plan(session, ANNA.id)
        return make_promise(session, plan.id, words, by=LINE.id, due_on=due_on, now=NOW).id


def lay_plan(database: Database) -> Laid:
    """Lay a plan for Anna: a dream, her own goal with two steps, a goal from Jonas, a promise."""
    dream = wrote(database, ANNA, "in_plan", words=DREAM)
    goal = wrote(database, ANNA, "in_plan", words=GOAL, kind=EntryKind.GOAL)
    step = wrote(database, ANNA, "in_plan", words=STEP, kind=EntryKind.STEP)
    later = wrote(database, ANNA, "in_plan", words=LATER_STEP, kind=EntryKind.STEP)
    proposed = propose(database)
    with database.writing() as session:
        home = area_id(session, "Bolig og økonomi")
        set_goal_details(session, goal.id, area_id=home, dream_id=dream.id, because=BECAUSE)
        record_agreement(session, goal.id, ANNA.id, now=NOW)
        set_step_details(session, step.id, goal_id=goal.id, doer_id=ANNA.id, due_on=TODAY + timedelta(days=1))
        set_step_details(
            session, later.id, goal_id=goal.id, doer_id=LINE.id, due_on=TODAY + timedelta(days=20)
        )
    promised = promise(database, due_on=TODAY + timedelta(days=10))
    return Laid(dream.id, goal.id, proposed.id, step.id, later.id, promised)
