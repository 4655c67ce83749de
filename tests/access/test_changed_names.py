"""A name is changed for somebody's protection: no kept page shows the old one, whoever wrote the change."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, url_for
from sqlalchemy import update
from sqlmodel import col

from app.identity.models import Person
from app.plan.models import LifeArea
from app.store.db import Database
from tests.access.test_page_cache import HERE, THERE, Site, built_look, kept_look
from tests.goals.plans import ANNA, JONAS, LINE, lay_plan

pytestmark = pytest.mark.both_databases

NAMES: dict[str, Any] = {
    "the citizen": update(Person).where(col(Person.id) == ANNA.id),
    "the contact person": update(Person).where(col(Person.id) == LINE.id),
    "one of the team": update(Person).where(col(Person.id) == JONAS.id),
    "an area of life": update(LifeArea).where(col(LifeArea.position) == 0),
}


def kept_addresses(app: Flask) -> set[str]:
    """Return where Anna's kept pages are: to her, and to those who help her."""
    kept = {name for name, view in app.view_functions.items() if hasattr(view, "is_kept")}
    with app.test_request_context():
        return {url_for(name, citizen_id=whose) for name in kept for whose in (None, ANNA.id)}


@pytest.mark.parametrize("whose", NAMES)
def test_a_name_changed_by_any_hand_is_seen_at_the_next_look_at_every_kept_page(
    app: Flask, database: Database, whose: str
) -> None:
    site = Site(app, lay_plan(database), uuid4())
    assert {HERE, THERE} <= kept_addresses(site.app)
    for number, address in enumerate(sorted(kept_addresses(site.app))):
        client, name = site.browser(LINE if ANNA.url in address else ANNA), f"Nyt{number} Navn"
        assert kept_look(client, address) == kept_look(client, address)
        with site.database.writing() as session:
            session.connection().execute(NAMES[whose].values(name=name))
        after = kept_look(client, address)
        assert name.split(maxsplit=1)[0] in after
        assert after == built_look(client, address)
