"""A role is given from a day to another, and ended with all it let in; sent twice it is done once."""

from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlmodel import Session, col, select, update

from app.access.act_kinds import ActKind
from app.access.models import AccessLogEntry, AdministrationAct
from app.dates.clock import fixed_clock
from app.dates.local_time import DANISH_TIME
from app.identity.invitations import make_invitation
from app.identity.models import Department, Person, PersonRole
from app.identity.rules import Role
from app.plan.bulk import contact_persons
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.house.receipts import as_it_stands, words_of

FRIDAY = date(2026, 3, 6)


def address(person: Someone, what: str = "") -> str:
    return f"/administration/personer/{person.id}{what}"


def roles(session: Session, person: Someone) -> list[tuple[Role, datetime, datetime | None]]:
    session.rollback()
    held = select(PersonRole).where(PersonRole.person_id == person.id).order_by(col(PersonRole.starts_at))
    return [(one.role, one.starts_at, one.ends_at) for one in session.exec(held)]


def acts(session: Session) -> list[AdministrationAct]:
    session.rollback()
    return list(session.exec(select(AdministrationAct).order_by(col(AdministrationAct.at))))


def department(session: Session, name: str) -> str:
    return str(session.exec(select(Department.id).where(Department.name == name)).one())


@pytest.mark.both_databases
def test_a_role_from_one_day_to_another_in_a_department_is_there_and_told(
    app: Flask, browser_of: Browser, people: People, session: Session
) -> None:
    browser, url = browser_of(people.admin), address(people.jonas, "/rolle")
    said = {"role": "leader", "department": department(session, "Sundhed")}
    sent = as_it_stands(browser.get(url).text, "/rolle", **said, first="2026-03-06", last="31.3.2026")
    for _tapped_twice in range(2):
        page = browser.post(sent[0], data=sent[1], follow_redirects=True)
        assert page.status_code == 200
        assert "Jonas Friis fik rollen leder." in words_of(page.text)
        assert "Leder Fra den 6. marts 2026 til og med den 31. marts 2026" in words_of(page.text)
    begins = datetime.combine(FRIDAY, time(), DANISH_TIME)
    ends = datetime.combine(date(2026, 4, 1), time(), DANISH_TIME)
    assert roles(session, people.jonas)[1:] == [(Role.LEADER, begins, ends)]
    assert [(one.kind, one.roles, one.by_id) for one in acts(session)] == [
        (ActKind.ROLE_GIVEN, "leader", people.admin.id)
    ]
    assert str(session.get_one(Person, people.jonas.id).department_id) == said["department"]
    assert browser_of(people.jonas).get("/ledelse/forsinket").status_code == 404
    for moment, status in ((begins, 200), (ends - timedelta(minutes=1), 200), (ends, 404)):
        app.extensions["clock"] = fixed_clock(moment)
        assert browser_of(people.jonas).get("/ledelse/forsinket").status_code == status


def test_what_is_wrong_is_said_and_what_was_chosen_stands(browser_of: Browser, people: People) -> None:
    browser, url = browser_of(people.admin), address(people.jonas, "/rolle")
    page = browser.post(
        url, data={"role": "leader", "department": "", "first": "i morgen", "last": "2026-03-01"}
    )
    assert page.status_code == 422
    assert '<option value="leader" selected>' in page.text
    for said in ("Vælg en afdeling.", "Skriv dagen som 31.3.2026.", "Dagen er gået.", "i morgen"):
        assert said in page.text
    turned = browser.post(url, data={"first": "2026-03-09", "last": "2026-03-08"})
    assert "Den sidste dag kan ikke ligge før den første." in turned.text
    citizen = browser.post(url, data={"role": "citizen"})
    assert "Vælg en rolle." in citizen.text


def test_what_another_has_changed_meanwhile_is_told_and_nothing_is_given(
    browser_of: Browser, people: People, session: Session, database: Database
) -> None:
    browser, url = browser_of(people.admin), address(people.jonas, "/rolle")
    said = {"role": "leader", "department": department(session, "Sundhed")}
    sent = as_it_stands(browser.get(url).text, "/rolle", **said)
    with database.writing() as writing:
        writing.add(PersonRole(person_id=people.jonas.id, role=Role.CONTACT, starts_at=NOW))
    page = browser.post(sent[0], data=sent[1])
    assert page.status_code == 409
    assert "En anden har ændret rollerne imens." in page.text
    assert '<option value="leader" selected>' in page.text
    assert len(roles(session, people.jonas)) == 2
    again = as_it_stands(page.text, "/rolle")
    assert browser.post(again[0], data=again[1]).status_code == 303


def test_a_role_that_is_held_is_not_given_again_and_another_time_is(
    browser_of: Browser, people: People, session: Session, database: Database
) -> None:
    with database.writing() as writing:
        held = update(PersonRole).where(col(PersonRole.person_id) == people.jonas.id)
        writing.exec(held.values(ends_at=NOW + timedelta(days=2)))
    browser, url = browser_of(people.admin), address(people.jonas, "/rolle")
    said = {"role": "professional", "department": department(session, "Sundhed")}
    overlaps = as_it_stands(browser.get(url).text, "/rolle", **said)
    page = browser.post(overlaps[0], data=overlaps[1])
    assert (page.status_code, "Personen har allerede rollen" in page.text) == (409, True)
    later = as_it_stands(browser.get(url).text, "/rolle", **said, first="2026-03-06")
    assert browser.post(later[0], data=later[1]).status_code == 303


def test_who_comes_back_comes_in_by_no_old_way(
    browser_of: Browser, people: People, session: Session, database: Database
) -> None:
    old = browser_of(people.jonas)
    with database.writing() as writing:
        held = update(PersonRole).where(col(PersonRole.person_id) == people.jonas.id)
        writing.exec(held.values(ends_at=NOW))
    browser, url = browser_of(people.admin), address(people.jonas, "/rolle")
    assert "Gamle adgangsnøgler og logins virker ikke igen." in browser.get(url).text
    said = {"role": "professional", "department": department(session, "Sundhed")}
    sent = as_it_stands(browser.get(url).text, "/rolle", **said)
    assert browser.post(sent[0], data=sent[1]).status_code == 303
    assert old.get("/dag").location == "/log-ind"
    assert browser_of(people.jonas).get("/dag").status_code == 200


@pytest.mark.both_databases
def test_a_person_is_ended_and_out_at_once_and_the_receipt_says_what_closed(
    browser_of: Browser, people: People, database: Database, session: Session
) -> None:
    theirs = browser_of(people.jonas)
    assert theirs.get("/dag").status_code == 200
    with database.writing() as writing:
        make_invitation(writing, "k" * 32, people.jonas.id, by=None, now=NOW)
    browser, url = browser_of(people.admin), address(people.jonas, "/slut")
    review = browser.post(url, data={"what": "professional", "trin": "se"})
    assert "Personen kan ikke logge ind mere." in review.text
    assert theirs.get("/dag").status_code == 200  # nothing has happened yet
    sent = as_it_stands(review.text, "/slut", trin="send")
    for _tapped_twice in range(2):
        page = words_of(browser.post(sent[0], data=sent[1], follow_redirects=True).text)
        assert "Jonas Friis er ikke længere her som fagperson." in page
        assert "Lukket: 1 sted, der var logget ind og 1 invitation." in page
        assert "Har ingen rolle nu og kan ikke logge ind." in page
    assert theirs.get("/dag").location == "/log-ind"
    assert [one.kind for one in acts(session)] == [ActKind.ROLE_ENDED]


def test_a_lost_phone_lets_nobody_in_and_the_roles_stay(
    browser_of: Browser, people: People, database: Database, session: Session
) -> None:
    theirs, browser, url = browser_of(people.line), browser_of(people.admin), address(people.line, "/luk")
    before = contact_persons(session)
    with database.writing() as writing:
        make_invitation(writing, "k" * 32, people.line.id, by=None, now=NOW)
    assert address(people.line, "/luk") in browser.get(address(people.line)).text
    asked = browser.get(url)
    assert "Rollerne bliver" in asked.text
    assert theirs.get("/dag").status_code == 200
    sent = as_it_stands(asked.text, "/luk")
    for _tapped_twice in range(2):
        page = words_of(browser.post(sent[0], data=sent[1], follow_redirects=True).text)
        assert "Alle veje ind er lukket for Line Madsen." in page
        assert "Lukket: 1 sted, der var logget ind og 1 invitation." in page
        assert "Lav nu en invitation" in page
    assert theirs.get("/dag").location == "/log-ind"
    session.rollback()
    assert contact_persons(session) == before
    assert [
        (one.role, one.ends_at)
        for one in session.exec(select(PersonRole).where(PersonRole.person_id == people.line.id))
    ] == [(Role.CONTACT, None)]
    assert [one.kind for one in acts(session)] == [ActKind.WAYS_CLOSED]
    nothing = browser.post(address(people.sara, "/luk"))
    assert (nothing.status_code, "ikke noget at lukke" in nothing.text) == (409, True)
    own = browser.post(address(people.admin, "/luk"))
    assert (own.status_code, "Dine egne adgangsnøgler" in own.text) == (409, True)
    assert browser.get("/administration").status_code == 200


def test_a_contact_person_ends_only_with_somebody_to_take_over(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, url = browser_of(people.admin), address(people.line, "/slut")
    before = contact_persons(session)
    review = browser.post(url, data={"what": "contact", "trin": "se"})
    assert "4 borgere ville stå uden kontaktperson." in words_of(review.text)
    assert 'name="trin" value="send"' not in review.text
    refused = browser.post(url, data={"what": "contact", "trin": "send"})
    assert refused.status_code == 409
    assert "Personen er kontaktperson. Antal borgere: 4." in refused.text
    assert not any(name in refused.text for name in ("Anna Jensen", "Karim", "Bent", "Nynne"))
    session.rollback()
    assert (contact_persons(session), acts(session)) == (before, [])
    to = {"what": "contact", "to": str(people.omar.id)}
    review = browser.post(url, data=to | {"trin": "se"})
    assert "4 borgere går over til Omar Saleh i dag og får besked." in words_of(review.text)
    done = browser.post(url, data=to | {"trin": "send"}, follow_redirects=True)
    assert "4 borgere har fået en ny kontaktperson og har fået det at vide." in words_of(done.text)
    for citizen in (people.anna, people.ny):
        told = words_of(browser_of(citizen).get("/").text)
        assert "Omar er nu din kontaktperson." in told
    session.rollback()
    assert people.line.id not in contact_persons(session).values()


def test_the_last_administrator_stays_and_a_second_can_end_the_first(
    browser_of: Browser, people: People, database: Database, session: Session
) -> None:
    browser, url = browser_of(people.admin), address(people.admin, "/slut")
    data = {"what": "administrator", "trin": "send"}
    refused = browser.post(url, data=data)
    assert (refused.status_code, "Det er den sidste administrator." in refused.text) == (409, True)
    assert browser.get("/administration").status_code == 200
    with database.writing() as writing:
        writing.add(PersonRole(person_id=people.lone.id, role=Role.ADMINISTRATOR, starts_at=NOW))
    assert browser_of(people.lone).post(url, data=data).status_code == 303
    assert browser.get("/administration").location == "/log-ind"


def test_an_end_on_a_day_to_come_is_told_and_lets_the_person_work_until_then(
    app: Flask, browser_of: Browser, people: People, session: Session
) -> None:
    browser, url = browser_of(people.admin), address(people.jonas, "/slut")
    data = {"what": "professional", "last": "2026-03-06"}
    review = words_of(browser.post(url, data=data | {"trin": "se"}).text)
    assert "Det slutter efter fredag den 6. marts: fagperson." in review
    done = browser.post(url, data=data | {"trin": "send"}, follow_redirects=True)
    assert "Jonas Friis er fagperson til og med den 6. marts 2026." in words_of(done.text)
    assert browser_of(people.jonas).get("/dag").status_code == 200
    app.extensions["clock"] = fixed_clock(datetime.combine(date(2026, 3, 7), time(), DANISH_TIME))
    assert browser_of(people.jonas).get("/dag").location == "/log-ind"


def test_several_roles_end_together_or_one_by_one_and_what_stays_is_told(
    browser_of: Browser, people: People, database: Database
) -> None:
    with database.writing() as writing:
        for role in (Role.LEADER, Role.CITIZEN):
            writing.add(PersonRole(person_id=people.jonas.id, role=role, starts_at=NOW - timedelta(days=1)))
    browser, url = browser_of(people.admin), address(people.jonas, "/slut")
    assert "Alle roller som medarbejder" in browser.get(url).text
    review = words_of(browser.post(url, data={"what": "alt", "trin": "se"}).text)
    assert "Personen kan stadig logge ind, men ikke arbejde her." in review
    done = browser.post(url, data={"what": "alt", "trin": "send"}, follow_redirects=True)
    assert "Jonas Friis er ikke længere her som leder og fagperson." in words_of(done.text)
    assert "Personen er stadig borger." in words_of(done.text)


def test_what_is_done_to_a_citizen_stands_in_their_access_log(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser = browser_of(people.admin)
    browser.post(address(people.anna, "/slut"), data={"what": "citizen", "trin": "send"})
    logged = select(AccessLogEntry.action, AccessLogEntry.session_id).where(
        AccessLogEntry.citizen_id == people.anna.id
    )
    actions = {action: session_id is None for action, session_id in session.exec(logged)}
    assert actions == {"people:read": False, "people:change": True}
