"""/godkend: who will read an entry that is taken into the plan is said before it is."""

from html import unescape

import pytest

from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.demo.cast import add_acting
from app.entries.rules import EntryKind
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import wrote


def test_something_else_is_answered_or_taken_into_the_plan_never_only_read(
    browser_of: Browser, database: Database, people: People
) -> None:
    wrote(database, people.anna, "shared", kind=EntryKind.OTHER)
    text = browser_of(people.line).get("/godkend").text
    assert "Tag det med i planen" in text
    assert "Vil du kun svare, så vælg »Lad os tale om det først«." in text
    assert "Jeg har læst det" not in text  # one word for one effect: to read shows it to nobody
    assert "Godkend – tag med" not in text


@pytest.mark.parametrize("kind", EntryKind)
def test_who_else_will_read_it_is_named_before_it_is_taken_into_the_plan(
    browser_of: Browser, database: Database, people: People, kind: EntryKind
) -> None:
    wrote(database, people.emil, "shared", kind=kind)
    with database.writing() as session:  # of two papers she is named once
        party, since = RepresentationKind.PARTY_REPRESENTATIVE, danish_day(NOW)
        add_acting(session, people.emil.id, people.mette.id, party, [ActingScope.PLAN], since=since)
        # Who may not read the plan is not named.
        add_acting(session, people.emil.id, people.vibeke.id, party, [ActingScope.MEETINGS], since=since)
    wrote(database, people.anna, "shared", kind=kind)
    told = "Er det med i planen, kan de, der hjælper {}, læse det, hvis de må se den del."
    text = unescape(browser_of(people.omar).get("/godkend").text)
    assert told.format("Emil") in text
    assert f"Det kan {people.mette.name} også." in text
    assert people.vibeke.name not in text
    text = unescape(browser_of(people.line).get("/godkend").text)
    assert told.format("Anna") in text
    assert "også." not in text
