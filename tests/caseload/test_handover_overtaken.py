"""Handovers that something else came before: no word is lost, and nobody is told what is not so."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from app.booking.models import MeetingTask
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.plan.absence_queries import AbsenceInput
from app.plan.absences import end_absence, register_absence
from app.plan.bulk import assign_contacts
from app.plan.models import Absence, ContactHandover
from app.run.worker import run_due_jobs
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.caseload.test_handover import LATER, NOTE, TODAY, Send, contacts, send
from tests.caseload.test_handover_led import HERE as LED
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import SITE

__all__ = ["send"]  # the fixture
ASIDE = {"til": NOW.isoformat()}


@pytest.mark.parametrize("on", [TODAY, LATER])
def test_other_words_are_given_back_when_it_stands_already(
    on: str, send: Send, session: Session, people: People
) -> None:
    assert send(people.anna, on=on, note="").status_code == 303
    assert send(people.anna, on=on, note="").status_code == 303  # tapped twice
    again = send(people.anna, on=on)
    assert again.status_code == 409
    assert NOTE in again.text
    assert session.exec(select(ContactHandover.note)).all() == [None]


def test_a_leader_is_not_told_that_citizens_were_told_when_none_was(
    send: Send, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    everybody = people.anna, people.bent, people.karim, people.ny
    send(*everybody, on=LATER)
    with database.writing() as writing:
        writing.add(PersonRole(person_id=people.thea.id, role=Role.CONTACT, starts_at=NOW))
    form = {"person": str(people.line.id), "to": str(people.thea.id), "note": NOTE, "trin": "send"}
    lone = browser_of(people.lone)
    answer = lone.post(LED, data=form)
    assert answer.status_code == 409
    assert "Intet er ændret nu." in answer.text
    assert NOTE in answer.text
    for one in everybody:
        browser_of(people.line).post(f"{one.url}/overdragelse/fortryd")
    for _twice in range(2):  # the second time there is nobody left
        assert lone.post(LED, data=form).location == f"{LED}?gemt=ja"
    assert lone.post(LED, data=form | {"note": "Farvel"}).status_code == 422
    assert contacts(session, everybody) == [people.thea.id] * 4


@pytest.mark.both_databases
def test_what_a_list_of_people_came_before_is_agreed_no_more(
    send: Send, database: Database, people: People, browser_of: Browser
) -> None:
    send(people.anna, people.bent, on=LATER)
    anna, bent = browser_of(people.anna), browser_of(people.bent)
    anna.post("/nyt/til-side", data=ASIDE)
    with database.writing() as writing:
        assign_contacts(writing, {people.anna.id: people.ali.id}, now=NOW)
    assert "bliver din kontaktperson" not in anna.get("/kontakt").text
    assert "Ali er nu din kontaktperson." in anna.get("/").text
    assert "Omar Saleh bliver din kontaktperson" in bent.get("/kontakt").text


@pytest.mark.both_databases
def test_who_a_list_of_people_names_is_asked_about_the_meetings_of_the_one_before(
    booked: Booked, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    meetings = [
        booked("2026-03-05 10:00", 45, "line", said_yes=True),
        booked("2026-03-06 10:00", 45, "jonas", said_yes=True),
        booked("2026-03-06 13:00", 45, "line", said_yes=True, citizen="bent"),
    ]
    wanted = {people.anna.id: people.ali.id, people.bent.id: people.line.id}  # of Bent it says what is so
    for _twice in range(2):
        with database.writing() as writing:
            assign_contacts(writing, wanted, now=NOW)
        run_due_jobs(database, SITE, now=NOW + timedelta(minutes=1))
    asked = select(MeetingTask.meeting_id).where(MeetingTask.kind == "leaving")
    assert session.exec(asked).all() == meetings[:1]
    with database.writing() as writing:
        writing.add(PersonRole(person_id=people.ali.id, role=Role.CONTACT, starts_at=NOW))
    assert f"/kalender/{meetings[0]}" in browser_of(people.ali).get("/dag").text
    line = browser_of(people.line)
    assert "Ali Demir overtog 1 af dine borgere" in line.get("/borgere").text
    assert (
        "Fortryd overdragelsen" not in line.get("/borgere/overdragelse").text
    )  # nor is the list hers to undo


def test_of_who_is_away_is_only_told_whose_contact_person_it_is(
    send: Send, database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as writing:
        wanted = AbsenceInput(date(2026, 3, 3), date(2026, 3, 20), people.ali.id)
        register_absence(writing, people.line.id, wanted, by=people.line.id, now=NOW)
    anna, bent, karim = (browser_of(getattr(people, slug)) for slug in ("anna", "bent", "karim"))
    for one in (bent, karim):
        one.post("/nyt/til-side", data=ASIDE)
    assert "mens Line er væk" in anna.get("/").text
    send(people.anna, people.bent)
    assert "mens Line er væk" not in anna.get("/").text
    with database.writing() as writing:
        end_absence(writing, writing.exec(select(Absence)).one(), now=NOW)
    assert "Line er tilbage." in karim.get("/").text
    assert "Line er tilbage." not in bent.get("/").text


def test_back_and_forth_on_a_day_only_what_is_so_is_told(
    send: Send, people: People, browser_of: Browser
) -> None:
    to_line = {"by": "omar", "to": str(people.line.id)}
    for _twice in range(2):
        send(people.anna)
        send(people.anna, **to_line)
    anna, line = browser_of(people.anna).get("/").text, browser_of(people.line).get("/dag").text
    assert "Line er nu din kontaktperson." in anna
    assert "Omar er nu din kontaktperson." not in anna
    assert "Anna: Du er nu kontaktperson." in line
    assert "Omar Saleh har taget over" not in line
    assert "Line Madsen overtog 1 af dine borgere" in browser_of(people.omar).get("/dag").text
