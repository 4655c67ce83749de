"""Handing citizens over: all or none, each told on the own first page, nothing lost, the old one out."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.access.models import AccessLogEntry
from app.config import DEMO_SITE, read_site
from app.entries.models import Entry
from app.goals.promises import make_promise
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.meetings.models import Meeting
from app.messages.models import Message
from app.plan.models import Absence, ContactAssignment, ContactHandover, TeamMembership
from app.plan.service import assign_contact, get_plan
from app.run.worker import run_due_jobs
from app.store.db import Database
from tests.assessments.answers import told
from tests.booking.fixtures import Booked
from tests.booking.race import at_once
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.messages.thread import asked as wrote_message
from tests.writing import wrote

HERE = "/borgere/overdragelse"
TODAY, LATER = "2026-03-02", "2026-03-09"
THAT_MORNING = NOW + timedelta(days=7)
SITE = read_site(DEMO_SITE)
NOTE = "Jeg går på barsel. Ring gerne."

Send = Callable[..., Any]


@pytest.fixture
def send(people: People, browser_of: Browser) -> Send:
    """Line hands citizens over to Omar, as is said."""

    def go(*citizens: Someone, by: str = "line", **said: Any) -> Any:
        form = {"citizens": [str(one.id) for one in citizens], "to": str(people.omar.id), "on": TODAY}
        form |= {"note": NOTE, "trin": "send"} | said
        return browser_of(getattr(people, by)).post(HERE, data=form)

    return go


def contacts(session: Session, citizens: Sequence[Someone]) -> list[Any]:
    session.rollback()  # what was read before is of another moment
    standing = select(ContactAssignment.citizen_id, ContactAssignment.person_id).where(
        col(ContactAssignment.ends_at).is_(None)
    )
    found = dict(session.exec(standing).all())
    return [found[one.id] for one in citizens]


def status(client: FlaskClient, citizen: Someone, page: str = "kontakt") -> int:
    return client.get(f"{citizen.url}/{page}").status_code


@pytest.mark.both_databases
def test_several_go_over_at_once_with_all_that_waits_and_the_old_one_is_out(
    send: Send, booked: Booked, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    wrote(database, people.anna, "shared")
    wrote_message(database, people.bent)
    meeting = booked("2026-03-05 10:00")
    both = people.anna, people.bent
    entry, message = session.exec(select(Entry)).one(), session.exec(select(Message)).one()
    before = entry.answer_by, entry.state, message.answer_by
    line, omar, anna = (browser_of(getattr(people, slug)) for slug in ("line", "omar", "anna"))
    assert status(omar, people.anna) == 404
    assert send(*both).location == f"{HERE}?gemt=nu"
    assert contacts(session, both) == [people.omar.id] * 2
    assert (entry.answer_by, entry.state, message.answer_by) == before
    assert {status(line, one) for one in both} == {404}
    assert {status(omar, one) for one in both} == {200}
    assert status(omar, people.anna, f"kalender/{meeting}") == 200
    assert "Omar er nu din kontaktperson." in anna.get("/").text
    said = anna.get("/kontakt").text
    assert NOTE in said.partition("Line Madsen skrev om din nye kontaktperson:")[2]
    assert "Se, hvem der skal med til møderne fra nu af." in omar.get(f"{people.anna.url}/overdragelse").text
    page = omar.get("/dag").text
    assert "Anna: Du er nu kontaktperson." in page
    assert "Bent: Du er nu kontaktperson." in page
    assert "Omar Saleh overtog 2 af dine borgere mandag den 2. marts." in line.get("/dag").text
    assert NOTE in omar.get(f"{people.anna.url}/overdragelse").text
    assert "Der kom en ny kontaktperson." in anna.get("/plan/historie").text


def join_team(database: Database, people: People) -> None:
    """Let Line be on Anna's team too."""
    with database.writing() as writing:
        area = writing.exec(select(TeamMembership.area_id)).all()[0]
        anna, line = people.anna.id, people.line.id
        writing.add(TeamMembership(citizen_id=anna, person_id=line, area_id=area, starts_on=NOW.date()))


def test_one_who_is_on_the_team_too_stays_there(
    send: Send, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    join_team(database, people)
    send(people.anna)
    line = browser_of(people.line)
    assert status(line, people.anna, "plan") == 200
    assert status(line, people.anna, "overdragelse") == 403
    assert contacts(session, [people.anna]) == [people.omar.id]


@pytest.mark.both_databases
def test_a_later_day_is_told_at_once_and_done_when_it_comes(
    send: Send, app: Flask, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    assert send(people.anna, on=LATER).location == f"{HERE}?gemt=senere"
    assert send(people.anna, on=LATER).location == f"{HERE}?gemt=senere"  # tapped twice
    anna, line, omar = (browser_of(getattr(people, slug)) for slug in ("anna", "line", "omar"))
    assert "Omar bliver din kontaktperson. Se hvornår." in anna.get("/").text
    assert "Omar Saleh bliver din kontaktperson mandag den 9. marts." in anna.get("/kontakt").text
    assert "Du overtager 1 borger efter Line Madsen mandag den 9. marts." in omar.get("/dag").text
    assert "overtager 1 af dine borgere mandag den 9. marts." in line.get("/dag").text
    assert status(omar, people.anna) == 404
    run_due_jobs(database, SITE, NOW)
    assert contacts(session, [people.anna]) == [people.line.id]
    for _minute in range(2):
        run_due_jobs(database, SITE, THAT_MORNING)
    assert contacts(session, [people.anna]) == [people.omar.id]
    assert len(session.exec(select(ContactHandover)).all()) == 1
    assert "Omar er nu din kontaktperson." in anna.get("/").text
    assert "bliver din kontaktperson." not in anna.get("/").text
    assert status(line, people.anna) == 404


@pytest.mark.both_databases
@pytest.mark.parametrize("on_the_team", [False, True])
def test_who_takes_over_is_asked_about_meetings_the_one_before_is_still_in(
    send: Send,
    booked: Booked,
    database: Database,
    people: People,
    browser_of: Browser,
    on_the_team: bool,
) -> None:
    booked("2026-03-05 10:00", 60, "line", said_yes=True)
    if on_the_team:
        join_team(database, people)
    send(people.anna)
    for _minute in range(2):
        run_due_jobs(database, SITE, NOW)
    is_asked = "En, der skulle med, hjælper ikke længere" in browser_of(people.omar).get("/dag").text
    assert is_asked is not on_the_team


@pytest.mark.both_databases
def test_all_go_over_or_none(
    send: Send, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    emil = people.emil  # whose contact person is Omar already
    answer = send(people.anna, emil)
    assert answer.status_code == 409
    assert NOTE in answer.text
    assert emil.name not in answer.text
    assert send(people.anna, on=LATER).status_code == 303
    refused = send(people.bent, people.anna)
    assert refused.status_code == 409
    assert "går allerede over til en anden" in refused.text
    assert contacts(session, [people.anna, people.bent]) == [people.line.id] * 2
    assert len(session.exec(select(ContactHandover)).all()) == 1
    twice = ContactHandover(
        citizen_id=people.anna.id,
        from_id=people.line.id,
        to_id=people.thea.id,
        takes_over_on=date(2026, 3, 20),
        registered_by=people.line.id,
        registered_at=NOW,
    )
    with pytest.raises(IntegrityError), database.writing() as writing:
        writing.add(twice)


@pytest.mark.both_databases
def test_it_can_be_undone_and_who_had_read_it_is_told(
    send: Send, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    anna, line = browser_of(people.anna), browser_of(people.line)
    send(people.anna, people.bent, on=LATER)
    anna.post("/nyt/til-side", data={"til": NOW.isoformat()})
    there = f"{people.anna.url}/overdragelse"
    assert "Omar Saleh tager over mandag den 9. marts." in line.get(there).text
    assert line.post(f"{there}/fortryd").location == f"{there}?gemt=fortrudt"
    assert line.post(f"{there}/fortryd").location == there  # tapped twice
    line.post(f"{people.bent.url}/overdragelse/fortryd")
    assert "Du beholder din kontaktperson: Line." in anna.get("/").text
    assert "kontaktperson:" not in browser_of(people.bent).get("/").text  # who had not read it, never does
    run_due_jobs(database, SITE, THAT_MORNING)
    assert contacts(session, [people.anna, people.bent]) == [people.line.id] * 2


@pytest.mark.both_databases
def test_nobody_takes_over_who_is_no_contact_person_by_then(
    send: Send, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    send(people.anna, on=LATER)
    with database.writing() as writing:
        held = select(PersonRole).where(
            PersonRole.person_id == people.omar.id, PersonRole.role == Role.CONTACT
        )
        writing.exec(held).one().ends_at = NOW + timedelta(days=1)
    run_due_jobs(database, SITE, THAT_MORNING)
    assert contacts(session, [people.anna]) == [people.line.id]
    page = browser_of(people.line).get("/dag").text
    assert "Anna: Du er stadig kontaktperson. Overdragelsen blev ikke til noget." in page
    assert send(people.anna, to=str(people.jonas.id)).status_code == 422


@pytest.mark.both_databases
def test_what_moves_is_shown_first_and_nothing_is_done_yet(
    send: Send, booked: Booked, database: Database, session: Session, people: People
) -> None:
    wrote(database, people.anna, "shared")
    booked("2026-03-05 10:00")
    held, hour = booked("2026-03-02 12:00", 30, "line", said_yes=True), timedelta(hours=1)
    with database.writing() as writing:
        plan, day = get_plan(writing, people.anna.id).id, NOW.date()
        make_promise(writing, plan, "Jeg ringer til banken", by=people.line.id, due_on=day, now=NOW)
        row = writing.get_one(Meeting, held)
        row.starts_at, row.ends_at, row.organiser_id = NOW - 2 * hour, NOW - hour, people.line.id
    told(database, people.bent, "shown")
    page = send(people.anna, people.bent, trin="se").text
    assert "1 svar på, hvordan det går, har du ikke læst. Det flytter ikke med, så læs det først." in page
    assert "Bent bestemmer, om Omar Saleh må se det." in page
    assert "er væk fra" not in page
    assert "2 borgere går over til Omar Saleh mandag den 2. marts." in page
    assert "Venter: 1 forslag at svare på." in page
    assert "Næste møde: torsdag den 5. marts 2026 kl. 10.00." in page
    assert "Du har selv 1 skridt eller løfte. Omar Saleh kan overtage det." in page
    assert "Du har ikke delt, hvad I aftalte. Det kan kun du." in page
    assert "Overdrag 2 borgere" in page
    assert session.exec(select(ContactHandover)).all() == []
    with database.writing() as writing:
        ends = NOW + timedelta(days=3)
        writing.add(
            Absence(person_id=people.omar.id, substitute_id=people.line.id, starts_at=NOW, ends_at=ends)
        )
    assert "Omar Saleh er væk fra mandag den 2. marts" in send(people.anna, trin="se").text
    back = send(people.anna, trin="ret")
    assert back.status_code == 200
    assert NOTE in back.text
    assert f'value="{people.anna.id}" checked' in back.text


def test_the_form_says_what_is_missing(send: Send, people: People) -> None:
    answer = send(to="", on="2026-03-01", trin="se")
    assert answer.status_code == 422
    for said in ("Vælg mindst én borger.", "Vælg, hvem der tager over.", "Dagen er gået."):
        assert said in answer.text


def test_only_the_contact_person_hands_over_and_each_is_in_the_log(
    send: Send, session: Session, people: People, browser_of: Browser
) -> None:
    assert send(people.anna, by="jonas").status_code == 404
    assert send(people.anna, by="omar", to=str(people.line.id)).status_code == 409
    for slug, expected in (("jonas", 403), ("fremmed", 404), ("anna", 404)):
        answer = browser_of(getattr(people, slug)).get(f"{people.anna.url}/overdragelse")
        assert answer.status_code in {expected, 403}
    send(people.anna, people.bent)
    acts = select(AccessLogEntry.citizen_id, AccessLogEntry.actor_id, AccessLogEntry.relation).where(
        AccessLogEntry.action == "contact:hand_over", col(AccessLogEntry.session_id).is_(None)
    )
    hers = {(one.id, people.line.id, "contact") for one in (people.anna, people.bent)}
    assert set(session.exec(acts).all()) == hers


@pytest.mark.both_databases
def test_of_two_at_once_one_is_done(
    send: Send, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    with database.writing() as writing:
        writing.add(PersonRole(person_id=people.thea.id, role=Role.CONTACT, starts_at=NOW))
    to = [people.omar, people.thea] * 2
    lines = [browser_of(people.line) for _one in to]

    def hand_over(number: int) -> int:
        form = {"citizens": str(people.anna.id), "to": str(to[number].id), "on": LATER, "trin": "send"}
        return lines[number].post(HERE, data=form).status_code

    assert at_once(hand_over, len(to)) == {303: 2, 409: 2}  # the same again is what stands
    (one,) = session.exec(select(ContactHandover)).all()
    run_due_jobs(database, SITE, THAT_MORNING)
    assert contacts(session, [people.anna]) == [one.to_id]


def test_who_got_another_one_meanwhile_is_told_who_it_is(
    send: Send, database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    anna = browser_of(people.anna)
    send(people.anna, on=LATER)
    anna.post("/nyt/til-side", data={"til": NOW.isoformat()})
    with database.writing() as writing:  # as the list of people said
        assign_contact(writing, people.anna.id, people.thea.id, now=NOW + timedelta(days=1))
    run_due_jobs(database, SITE, THAT_MORNING)
    assert contacts(session, [people.anna]) == [people.thea.id]
    assert session.exec(select(ContactHandover)).one().withdrawn_at == THAT_MORNING
    assert "Thea er nu din kontaktperson." in anna.get("/").text
