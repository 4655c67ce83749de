"""Who was let in for a former contact person is told nothing of what they stood in for."""

from datetime import timedelta

from app.entries.service.escalation import mark_late
from app.plan.service import assign_contact
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import wrote


def test_one_who_stood_in_for_the_former_contact_person_is_told_nothing(
    database: Database, people: People, browser_of: Browser
) -> None:
    entry = wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    with database.writing() as session:
        mark_late(session, now=NOW - timedelta(minutes=5))
    omar = browser_of(people.omar)
    assert "Anna" in omar.get("/godkend").text
    with database.writing() as session:
        assign_contact(session, people.anna.id, people.ali.id, now=NOW)
    answer = omar.post(f"{people.anna.url}/forslag/{entry.id}/godkend", data={"version": 1})
    assert answer.status_code == 404
    assert "Anna" not in answer.text
    assert "Anna" not in omar.get("/godkend").text
