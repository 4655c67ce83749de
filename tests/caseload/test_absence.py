"""Being away: the citizens are told, somebody stands in, nobody is offered who is not there."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.config import DEMO_SITE, read_site
from app.identity.models import Municipality, Person, PersonRole
from app.identity.rules import Role
from app.meetings.rules import Channel
from app.plan.models import Absence
from app.scheduling.rules import SearchRequest
from app.scheduling.service import find_times
from app.store.db import Database
from app.store.prepared import PreparedReader
from tests.cast import NOW, People
from tests.conftest import Browser

Booked = Callable[..., UUID]
WORKDAYS = read_site(DEMO_SITE).workdays
WEEK = {"first": "2026-03-09", "last": "13.3.2026"}


@pytest.fixture
def away(people: People, browser_of: Browser) -> Callable[..., Any]:
    """Register Line as away the whole next week, with Omar in her place, or as is said."""

    def go(**said: str) -> Any:
        form = WEEK | {"person": str(people.line.id), "substitute": str(people.omar.id)} | said
        return browser_of(people.line).post("/fravaer", data=form)

    return go


def absences(session: Session) -> list[Absence]:
    return list(session.exec(select(Absence).order_by(col(Absence.starts_at))))


@pytest.mark.both_databases
def test_her_citizens_are_told_on_their_own_first_page_and_nobody_elses(
    away: Callable[..., Any], people: People, browser_of: Browser
) -> None:
    assert away().location == "/fravaer?gemt=ny"
    said = "Se, hvem der svarer dig, mens Line er væk."
    assert said in browser_of(people.anna).get("/").text
    assert said not in browser_of(people.emil).get("/").text
    page = browser_of(people.line).get("/fravaer?gemt=ny").text
    assert "Fra mandag den 9. marts til og med fredag den 13. marts." in page
    assert "Omar" in page


def test_the_substitute_has_her_citizens_while_it_lasts_and_not_before(
    away: Callable[..., Any], people: People, browser_of: Browser
) -> None:
    away()
    omar = browser_of(people.omar)
    assert "Du er vikar for Line" in omar.get("/fravaer").text
    assert omar.get(people.anna.url + "/plan").status_code == 404
    away(first=f"{NOW:%Y-%m-%d}", last=f"{NOW:%Y-%m-%d}")
    assert omar.get(people.anna.url + "/plan").status_code == 200
    assert "Du er vikar for Line" in omar.get("/borgere").text


@pytest.mark.both_databases
def test_no_time_is_offered_while_she_is_away(
    away: Callable[..., Any], database: Database, people: People
) -> None:
    asked = SearchRequest(
        citizen_id=people.anna.id,
        with_ids=(people.line.id,),
        minutes=30,
        from_=NOW,
        to=NOW + timedelta(days=21),
        channel=Channel.PHONE,
    )

    def days() -> set[str]:
        found = find_times(PreparedReader(database), asked, now=NOW, workdays=WORKDAYS)
        return {f"{one.slot.start:%Y-%m-%d}" for one in found}

    assert "2026-03-11" in days()
    away()
    assert not {f"2026-03-{day:02}" for day in range(9, 14)} & days()
    assert {"2026-03-06", "2026-03-16"} <= days()


def test_each_of_her_meetings_then_waits_to_be_settled(
    away: Callable[..., Any], booked: Booked, people: People, browser_of: Browser
) -> None:
    inside, outside = booked("2026-03-10 10:00"), booked("2026-03-17 10:00")
    away()
    line = browser_of(people.line)
    assert "En, der skal med, er væk den dag" in line.get("/borgere/moeder").text
    assert "er væk den dag" in line.get(f"{people.anna.url}/kalender/{inside}").text
    assert "er væk den dag" not in line.get(f"{people.anna.url}/kalender/{outside}").text
    assert "er væk den dag" not in browser_of(people.anna).get(f"/kalender/{inside}").text


@pytest.mark.both_databases
def test_when_she_is_back_nothing_waits_and_who_had_read_it_is_told(
    away: Callable[..., Any], booked: Booked, database: Database, people: People, browser_of: Browser
) -> None:
    booked("2026-03-10 10:00")
    away()
    anna, line = browser_of(people.anna), browser_of(people.line)
    anna.post("/nyt/til-side", data={"til": NOW.isoformat()})
    with database.reading() as session:
        (absence,) = absences(session)
    there = f"/fravaer/{absence.id}/slut"
    assert line.post(there).location == "/fravaer?gemt=slut"
    assert line.post(there).location == "/fravaer"  # tapped twice
    assert "Line er tilbage." in anna.get("/").text
    assert "mens Line er væk" not in browser_of(people.bent).get("/").text  # who had not read it, never does
    with database.reading() as session:
        assert absences(session) == []
        assert not list(session.exec(_open_tasks()))


def _open_tasks() -> Any:
    return select(MeetingTask.id).where(MeetingTask.kind == TaskKind.AWAY, col(MeetingTask.done_at).is_(None))


@pytest.mark.both_databases
def test_fewer_days_let_the_meetings_of_the_others_be(
    away: Callable[..., Any], booked: Booked, database: Database, people: People, browser_of: Browser
) -> None:
    booked("2026-03-10 10:00"), booked("2026-03-12 10:00")
    away()
    browser_of(people.anna).post("/nyt/til-side", data={"til": NOW.isoformat()})
    with database.reading() as session:
        (absence,) = absences(session)
        assert len(list(session.exec(_open_tasks()))) == 2
    form = {"first": "2026-03-11", "last": "2026-03-13", "substitute": str(people.omar.id)}
    form["person"] = str(people.line.id)
    answer = browser_of(people.line).post(f"/fravaer/{absence.id}", data=form)
    assert answer.location == "/fravaer?gemt=rettet"
    assert (
        "Se, hvem der svarer dig, mens Line er væk." in browser_of(people.anna).get("/").text
    )  # had she read the first, too
    with database.reading() as session:
        assert len(list(session.exec(_open_tasks()))) == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"last": "2026-03-08"}, "Den sidste dag kan ikke ligge før den første."),
        ({"first": "i morgen"}, "Skriv dagen som 31.3.2026."),
        ({"first": "2026-02-02", "last": "2026-02-03"}, "Dagene er gået. Skriv nogle senere dage."),
        ({"last": "2028-03-08"}, "Skriv højst et år frem."),
        ({"substitute": ""}, "Vælg, hvem der er vikar."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stands(
    away: Callable[..., Any], said: dict[str, str], sentence: str
) -> None:
    answer = away(**said)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{(WEEK | said)["last"]}"' in answer.text


def test_days_are_taken_once_and_nobody_stands_in_who_is_away(
    away: Callable[..., Any], people: People, browser_of: Browser
) -> None:
    away()
    again = away(first="2026-03-13", last="2026-03-20")
    assert again.status_code == 409
    assert "Der står allerede fravær i de dage." in again.text
    omars = {"person": str(people.omar.id), "substitute": str(people.line.id)}
    answer = browser_of(people.omar).post("/fravaer", data=WEEK | omars)
    assert answer.status_code == 409
    assert "Line er selv væk i de dage. Vælg en anden vikar." in answer.text


def test_one_registers_for_oneself_and_a_leader_for_the_department(
    database: Database, people: People, browser_of: Browser
) -> None:
    form = WEEK | {"person": str(people.line.id), "substitute": str(people.omar.id)}
    assert browser_of(people.jonas).post("/fravaer", data=form).status_code == 422
    assert browser_of(people.anna).get("/fravaer").status_code == 404
    leader = browser_of(people.lone)
    assert "Fravær i afdelingen" in leader.get("/ledelse/forsinket").text
    assert leader.post("/fravaer", data=form).status_code == 303
    with database.reading() as session:
        (absence,) = absences(session)
        assert (absence.person_id, absence.registered_by) == (people.line.id, people.lone.id)
    assert browser_of(people.jonas).post(f"/fravaer/{absence.id}/slut").location == "/fravaer"
    with database.reading() as session:
        assert len(absences(session)) == 1


def test_the_same_sent_twice_is_one_absence(away: Callable[..., Any], session: Session) -> None:
    assert [away().status_code for _again in range(2)] == [303, 303]
    assert len(absences(session)) == 1


def test_who_stands_in_then_is_not_away_until_another_is_named(
    away: Callable[..., Any], people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    away()
    with database.writing() as writing:  # somebody more who may stand in
        writing.add(PersonRole(person_id=people.jonas.id, role=Role.CONTACT, starts_at=NOW))
    form = WEEK | {"person": str(people.omar.id), "substitute": str(people.jonas.id)}
    answer = browser_of(people.omar).post("/fravaer", data=form)
    assert answer.status_code == 409
    assert "Omar er vikar for Line i de dage. Vælg en anden vikar for Line først." in answer.text
    assert len(absences(session)) == 1


def test_the_page_that_the_news_leads_to_says_which_days_and_who_answers(
    away: Callable[..., Any], people: People, browser_of: Browser
) -> None:
    away()
    page = browser_of(people.anna).get("/kontakt").text
    assert (
        "Line er væk fra mandag den 9. marts til og med fredag den 13. marts. Omar Saleh svarer imens."
        in page
    )
    assert "Når Line ikke er her" not in page


def test_days_of_no_year_that_anybody_means_are_said(away: Callable[..., Any]) -> None:
    for day in ("1.1.0001", "31.12.9999"):
        assert away(first=day).status_code == 422


def offered(page: str) -> tuple[list[str], str]:
    """Return who can be chosen as a substitute in a list, and the words of what is chosen."""
    (field,) = re.findall(r'<select[^>]*id="substitute".*?</select>', page, re.DOTALL)
    choices = re.findall(r'<option value="[^"]*"( selected)?>([^<]*)<', field)
    return [name for _on, name in choices], next((name for on, name in choices if on), choices[0][1])


def test_a_leader_who_stands_in_moves_the_last_day_and_stays(
    away: Callable[..., Any], people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    with database.writing() as writing:
        writing.add(PersonRole(person_id=people.lone.id, role=Role.CONTACT, starts_at=NOW))
    away(substitute=str(people.lone.id))
    (absence,) = absences(session)
    lone, there = browser_of(people.lone), f"/fravaer/{absence.id}"
    page = lone.get(there).text
    names, chosen = offered(page)
    assert (people.line.name in names, chosen) == (False, people.lone.name)
    assert "kan ikke være vikar længere" not in page
    longer = WEEK | {"last": "2026-03-16", "person": str(people.line.id)}
    refused = lone.post(there, data=longer | {"substitute": str(people.line.id)})
    assert (refused.status_code, "Vælg en anden end den, der er væk." in refused.text) == (422, True)
    assert lone.post(there, data=longer | {"substitute": str(people.lone.id)}).status_code == 303
    session.rollback()  # else it reads what stood
    (absence,) = absences(session)
    assert (absence.substitute_id, f"{absence.ends_at:%m-%d}") == (people.lone.id, "03-16")


def test_who_can_not_stand_in_any_more_is_never_replaced_unseen(
    away: Callable[..., Any], people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    away()
    (absence,) = absences(session)
    with database.writing() as writing:
        writing.add(PersonRole(person_id=people.jonas.id, role=Role.CONTACT, starts_at=NOW))
        held = select(PersonRole).where(
            PersonRole.person_id == people.omar.id, PersonRole.role == Role.CONTACT
        )
        for role in writing.exec(held):
            role.ends_at = NOW
    line, there = browser_of(people.line), f"/fravaer/{absence.id}"
    page = line.get(there).text
    assert offered(page)[1] == "Vælg en kollega"
    assert "Omar Saleh kan ikke være vikar længere. Vælg en anden vikar." in page
    form = WEEK | {"person": str(people.line.id)}
    for unseen in ("", str(people.omar.id)):
        answer = line.post(there, data=form | {"substitute": unseen})
        assert (answer.status_code, "Vælg, hvem der er vikar." in answer.text) == (422, True)
    assert line.post(there, data=form | {"substitute": str(people.jonas.id)}).status_code == 303
    session.rollback()  # else it reads what stood
    assert [one.substitute_id for one in absences(session)] == [people.jonas.id]


def test_whose_colleagues_are_offered_follows_whom_a_leader_may_name(
    people: People, browser_of: Browser, database: Database
) -> None:
    with database.writing() as writing:
        other = Municipality(name="En anden kommune")
        writing.add(other)
        writing.flush()
        away_there, there = (
            Person(municipality_id=other.id, name=name, sort_key=name, created_at=NOW)
            for name in ("Fie", "Gry Fremmed")
        )
        writing.add_all([away_there, there])
        writing.flush()
        stranger = str(away_there.id)
        for who in (people.lone.id, away_there.id, there.id):
            writing.add(PersonRole(person_id=who, role=Role.CONTACT, starts_at=NOW))
    lone = browser_of(people.lone)
    assert people.lone.name not in offered(lone.get("/fravaer").text)[0]
    page = lone.post("/fravaer", data=WEEK | {"person": str(people.line.id), "substitute": ""})
    names, chosen = offered(page.text)
    assert (people.lone.name in names, people.line.name in names) == (True, False)
    assert (page.status_code, chosen) == (422, "Vælg en kollega")
    page = lone.post("/fravaer", data=WEEK | dict.fromkeys(("person", "substitute"), str(people.line.id)))
    assert (page.status_code, "Vælg en anden end den, der er væk." in page.text) == (422, True)
    assert offered(page.text)[1] == people.line.name  # as it was sent
    for reader in (lone, browser_of(people.line)):
        page = reader.post("/fravaer", data=WEEK | {"person": stranger, "substitute": ""})
        assert (page.status_code, "Gry Fremmed" in page.text) == (422, False)
