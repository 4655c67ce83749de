"""No route without an action, no cell of the matrix wrong, and the matrix bites."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.access.conditions import When
from app.access.policy import TABLE, Action, Tie
from app.plan.models import Absence
from app.store.db import Database
from tests.access.matrix import all_cells, wrong_cells
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

LOOSENED = "/borgere/<uuid:citizen_id>/fremgang"


@pytest.fixture
def _omar_stands_in(database: Database, people: People) -> None:
    with database.writing() as session:
        session.add(
            Absence(
                person_id=people.line.id,
                substitute_id=people.omar.id,
                starts_at=NOW - timedelta(days=1),
                ends_at=NOW + timedelta(days=1),
            )
        )


def test_every_route_says_what_it_lets_people_do(app: Flask) -> None:
    silent = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "action")
    }
    assert silent == set()


def test_the_matrix_covers_every_route(app: Flask) -> None:
    assert {cell.rule.rule for cell in all_cells(app)} == {rule.rule for rule in app.url_map.iter_rules()}


@pytest.mark.slow
@pytest.mark.usefixtures("_omar_stands_in")
def test_no_cell_is_wrong(app: Flask, browser_of: Browser) -> None:
    assert wrong_cells(app, browser_of) == []


@pytest.mark.usefixtures("_omar_stands_in")
def test_a_removed_guard_is_noticed(app: Flask, browser_of: Browser) -> None:
    """The control: take the guard off one view, as a careless change would, and the matrix goes red."""
    assert wrong_cells(app, browser_of, "/borgere") == []
    guarded: Any = app.view_functions["caseload.index"]
    bare = guarded.__wrapped__
    bare.action = guarded.action
    app.view_functions["caseload.index"] = bare
    assert wrong_cells(app, browser_of, "/borgere")


@pytest.mark.usefixtures("_omar_stands_in")
def test_a_loosened_rule_is_noticed(app: Flask, browser_of: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wrong_cells(app, browser_of, LOOSENED) == []
    monkeypatch.setitem(TABLE, Action.PROGRESS_READ, dict.fromkeys(Tie, When.ALWAYS))
    assert wrong_cells(app, browser_of, LOOSENED)
