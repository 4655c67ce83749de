"""A plan of Anna's with a word of its own in every cell, by the area of life that it is of."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import brotli
from flask import Flask
from flask.testing import FlaskClient

from app.access.policy import PlanExtent
from app.demo.cast import person_id
from app.entries.rules import EntryKind
from app.goals.promises import make_promise
from app.goals.rules import Agreement, GoalAnswer
from app.goals.service import answer_goal, set_goal_details, set_step_details
from app.identity.login import DEMO_COOKIE
from app.plan.plan_access import choose_access
from app.plan.service import get_plan
from app.store.db import Database
from tests.access.canaries import Seen, word
from tests.cast import NOW, People, Someone
from tests.conftest import enter
from tests.goals.plans import TODAY, area_id
from tests.writing import wrote

PEOPLE = People()
ANNA, THEA = PEOPLE.anna, PEOPLE.thea  # Thea helps with the second of these
AREAS = {"job": "Job og uddannelse", "home": "Bolig og økonomi", "loose": None}
HELPERS = {"job": "jonas", "home": "thea", "loose": "line"}
BR = {"Accept-Encoding": "gzip, br", "Sec-Fetch-Site": "same-origin"}

OF_HOME: Seen = {("home", cell) for cell in ("goal", "because", "said", "step", "promise")}
WHOLE: Seen = {(area, cell) for area in AREAS for cell in ("goal", "because", "said", "step", "promise")}
WHOLE |= {("alone", cell) for cell in ("dream", "other", "step")}


@dataclass(frozen=True, slots=True)
class Goals:
    """The ids of the goals, by area."""

    job: UUID
    home: UUID
    loose: UUID


def plant_plan(database: Database) -> Goals:
    """Lay a goal with a step, an answer and a promise in two areas and in none, and what can have no area."""
    for cell, kind in (("dream", EntryKind.DREAM), ("other", EntryKind.OTHER), ("step", EntryKind.STEP)):
        wrote(database, ANNA, "in_plan", words=word("alone", cell), kind=kind)
    return Goals(*(_plant(database, name) for name in AREAS))


def _plant(database: Database, name: str) -> UUID:
    goal = wrote(database, ANNA, "in_plan", words=word(name, "goal"), kind=EntryKind.GOAL)
    step = wrote(database, ANNA, "in_plan", words=word(name, "step"), kind=EntryKind.STEP)
    called, said = AREAS[name], GoalAnswer(Agreement.TALK, word(name, "said"))
    with database.writing() as session:
        area = area_id(session, called) if called else None
        set_goal_details(session, goal.id, area_id=area, because=word(name, "because"))
        set_step_details(session, step.id, goal_id=goal.id)
        answer_goal(session, ANNA.id, goal.id, said, by=ANNA.id, now=NOW)
        plan, by, due_on = get_plan(session, ANNA.id), person_id(HELPERS[name]), TODAY + timedelta(days=9)
        make_promise(session, plan.id, word(name, "promise"), by=by, due_on=due_on, now=NOW)
    return goal.id


def chose(database: Database, extent: str, who: Someone = THEA, *, days: int | None = None) -> None:
    """Let Anna say how much of her plan a professional may see, `days` from today as the last day."""
    until = None if days is None else TODAY + timedelta(days=days)
    with database.writing() as session:
        choose_access(session, ANNA.id, who.id, PlanExtent(extent), until=until, now=NOW)


def browser_that_keeps(app: Flask, who: Someone) -> FlaskClient:
    """Return a browser to which pages that are kept are given."""
    client = FlaskClient(app)
    client.set_cookie(DEMO_COOKIE, enter(app, who.slug), domain="localhost")
    return client


def kept(client: FlaskClient, page: str = "/plan") -> tuple[int, str]:
    """Look as a browser does: how it was answered, and the page, which may be a kept one."""
    answer = client.get(f"{ANNA.url}{page}", headers=BR)
    packed = answer.headers.get("Content-Encoding") == "br"
    return answer.status_code, (brotli.decompress(answer.data) if packed else answer.data).decode()
