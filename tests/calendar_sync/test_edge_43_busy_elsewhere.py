"""Edge case 43: a professional's own calendar says something else. The citizen is not troubled with it."""

import pytest
from sqlmodel import Session

from app.booking.rules import TaskKind
from app.booking.tasks import escalate_tasks, list_open_tasks, open_task
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases


def test_case_43_the_professional_has_a_task_and_the_citizen_sees_nothing(
    browser_of: Browser, database: Database, session: Session, people: People, booked: Booked
) -> None:
    meeting = booked("2026-03-10 10:00", 60, "jonas", said_yes=True)
    anna = browser_of(people.anna)

    def seen() -> list[bytes]:
        return [anna.get(page).data for page in ("/", "/kalender", f"/kalender/{meeting}", "/plan/historie")]

    seen()  # what is opened is read: the next look only reads
    before = seen()
    with database.writing() as writing:
        open_task(
            writing,
            people.anna.id,
            meeting,
            TaskKind.BUSY_ELSEWHERE,
            now=NOW,
            workdays=WORKDAYS,
            person_id=people.jonas.id,
        )
    assert [one.meeting_id for one in list_open_tasks(session, people.jonas.id, now=NOW)] == [meeting]
    assert list_open_tasks(session, people.line.id, now=NOW) == []
    with database.writing() as writing:
        escalate_tasks(writing, now=NOW)
    assert seen() == before
