"""After anything the citizen says, in any order, each reads of the plan what a model of it says, at once."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete
from sqlmodel import col, select

from app.access import page_cache
from app.access.policy import PlanExtent
from app.dates.clock import fixed_clock
from app.plan.consent_effects import record_yes, withdraw_yes
from app.plan.models import PlanAccess, TeamMembership
from app.plan.plan_access import choose_access
from app.store.db import Database
from tests.access.canaries import Seen, words
from tests.access.planted_plan import ANNA, OF_HOME, PEOPLE, THEA, WHOLE, browser_that_keeps, kept, plant_plan
from tests.cast import NOW
from tests.goals.plans import TODAY

FEW, LATER = 8, timedelta(hours=1)
READERS = (PEOPLE.line, PEOPLE.jonas, THEA)


@dataclass
class Model:
    """What was said: the yes, how much Thea may see and until which day, and until when she helps."""

    day: int = 0  # since TODAY
    yes: bool = True
    extent: PlanExtent = PlanExtent.PLAN
    last: int | None = None
    helps: bool = True

    def reads(self, slug: str) -> tuple[int, Seen]:
        """Return how the plan is answered, and the words in it."""
        if slug == "thea" and not self.helps:
            return 404, set()
        ended = self.last is not None and self.last < self.day
        closed = slug == "thea" and (ended or self.extent is PlanExtent.NONE)
        if not self.yes or closed:
            return 403, set()
        return 200, OF_HOME if slug == "thea" and self.extent is PlanExtent.AREA else WHOLE


class Access(RuleBasedStateMachine):
    """Anna, her contact person, and two who help, of whom one is limited, ends, and comes again."""

    app: Flask  # set by the test
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.model, self.browsers = Model(), dict[str, FlaskClient]()
        self.now = NOW + LATER
        with self.database.writing() as session:
            session.exec(delete(PlanAccess).where(col(PlanAccess.citizen_id) == ANNA.id))
        self.say_yes()
        self.help(True)
        self.go_on(0)

    @rule()
    def say_yes(self) -> None:
        version = self.app.extensions["settings"].site.consent_version
        with self.database.writing() as session:
            record_yes(session, ANNA.id, by=ANNA.id, text_version=version, now=self.now)
        self.model.yes = True

    @rule()
    def say_no(self) -> None:
        with self.database.writing() as session:
            withdraw_yes(session, ANNA.id, by=ANNA.id, now=self.now)
        self.model.yes = False

    @rule(extent=st.sampled_from(PlanExtent), days=st.sampled_from((None, 0, 1)))
    def choose(self, extent: PlanExtent, days: int | None) -> None:
        if not self.model.helps:
            return
        last = None if days is None or extent is PlanExtent.NONE else self.model.day + days
        until = None if last is None else TODAY + timedelta(days=last)
        with self.database.writing() as session:
            choose_access(session, ANNA.id, THEA.id, extent, until=until, now=self.now)
        self.model.extent, self.model.last = extent, last

    @rule(helps=st.booleans())
    def help(self, helps: bool) -> None:
        with self.database.writing() as session:
            mine = select(TeamMembership).where(TeamMembership.person_id == THEA.id)
            ends_on = None if helps else TODAY
            session.exec(mine.where(TeamMembership.citizen_id == ANNA.id)).one().ends_on = ends_on
        self.model.helps = helps

    @rule(days=st.sampled_from((1, 2)))
    def go_on(self, days: int) -> None:
        """Let days pass; everybody signs in again."""
        self.model.day += days
        self.now += timedelta(days=days)
        self.app.extensions["clock"] = fixed_clock(self.now)
        self.browsers = {one.slug: browser_that_keeps(self.app, one) for one in READERS}

    @invariant()
    def each_reads_what_the_model_says(self) -> None:
        """Twice, so that the second look may be of a page that is kept."""
        for slug, browser in self.browsers.items():
            for _look in range(2):
                status, page = kept(browser)
                assert (status, words(page)) == self.model.reads(slug), slug


def run(app: Flask, database: Database) -> None:
    """Let some sequences go through a database; the same ones each time."""
    plant_plan(database)
    Access.app, Access.database = app, database
    run_state_machine_as_test(
        Access,
        settings=settings(
            max_examples=FEW,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_each_reads_of_the_plan_what_was_said_last(app: Flask, database: Database) -> None:
    run(app, database)


@pytest.mark.slow
@pytest.mark.both_databases
def test_a_page_that_is_kept_without_who_is_tied_is_noticed(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a page is kept for a reader and an address, whatever has been said since."""
    whole = page_cache._page
    monkeypatch.setattr(page_cache, "_page", lambda *known: (whole(*known)[0], None))
    with pytest.raises(AssertionError):
        run(app, database)
