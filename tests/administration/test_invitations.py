"""One or many are invited, each on a sheet that is shown once; what is open can be taken back."""

import re
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select, update

from app.access.models import AdministrationAct
from app.administration.rules import MOST_SHEETS
from app.identity.credentials import Invitation
from app.identity.models import Department, Person, PersonRole
from app.store.db import Database
from tests.account.conftest import Phone
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.house.receipts import as_it_stands, words_of

URL = "/administration/invitationer"
CODE = re.compile(r'class="code" dir="ltr">(\w{4} \w{4})<')


def department(session: Session, name: str) -> str:
    return str(session.exec(select(Department.id).where(Department.name == name)).one())


def still_open(session: Session) -> set[UUID]:
    session.rollback()
    wanted = select(Invitation.person_id).where(col(Invitation.revoked_at).is_(None))
    return set(session.exec(wanted.where(col(Invitation.used_at).is_(None))))


def test_one_sheet_with_a_code_that_works_is_shown_once(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser = browser_of(people.admin)
    person = f"/administration/personer/{people.jonas.id}"
    sent = as_it_stands(browser.get(person).text, "/invitation")
    page = browser.post(sent[0], data=sent[1])
    (code,) = CODE.findall(page.text)
    assert "Skriv siden ud nu. Den kan ikke vises igen." in page.text
    listed = browser.get(URL).text
    assert "Jonas Friis" in listed
    assert code not in listed + browser.get(person).text + browser.get("/administration").text
    phone = browser_of(None)
    assert phone.post("/invitation", data={"code": code}).status_code == 303
    assert "adgangsnøgle" in phone.get("/invitation").text


@pytest.mark.both_databases
def test_many_get_a_sheet_each_in_their_own_language_and_sent_twice_the_last_ones_work(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, where = browser_of(people.admin), department(session, "Fælles indgang")
    shown = browser.get(f"{URL}/mange", query_string={"afdeling": where, "hvem": "borgere"})
    assert "6 personer mangler en vej ind" in words_of(shown.text)
    sent = as_it_stands(shown.text, "/mange")
    first = CODE.findall(browser.post(sent[0], data=sent[1]).text)
    page = browser.post(sent[0], data=sent[1])
    codes = CODE.findall(page.text)
    assert (len(first), len(codes), set(first) & set(codes)) == (6, 6, set())
    assert '<section lang="ar" dir="rtl" class="sheet">' in page.text
    assert browser_of(None).post("/invitation", data={"code": first[0]}).status_code == 422
    assert browser_of(None).post("/invitation", data={"code": codes[0]}).status_code == 303
    named = {people.anna.id, people.karim.id, people.bent.id, people.ny.id, people.emil.id, people.signe.id}
    assert still_open(session) == named
    again = browser.get(f"{URL}/mange", query_string={"afdeling": where, "hvem": "borgere"})
    assert "Ingen mangler en vej ind" in again.text
    session.rollback()
    numbers = session.exec(select(AdministrationAct.number)).all()
    assert list(numbers) == [6, 6]


@pytest.mark.both_databases
def test_of_a_department_s_staff_those_are_shown_who_have_no_way_in(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, where = browser_of(people.admin), department(session, "Fælles indgang")

    def shown() -> tuple[str, str]:
        page = browser.get(f"{URL}/mange", query_string={"afdeling": where, "hvem": "medarbejdere"}).text
        return page, words_of(page)

    before, words = shown()
    assert str(people.line.id) in before
    assert not {str(one.id) for one in (people.anna, people.jonas)} & set(
        re.findall(r'value="([^"]+)"', before)
    )
    browser.post(f"/administration/personer/{people.line.id}/invitation")
    after, left = shown()
    assert str(people.line.id) not in after
    (was,), (now,) = (re.findall(r"(\d+) person", text) for text in (words, left))
    assert int(now) == int(was) - 1


def test_too_many_and_nobody_are_refused_and_who_has_no_role_is_not_invited(
    browser_of: Browser, people: People, session: Session, database: Database
) -> None:
    browser = browser_of(people.admin)
    for ids in ([], ["x"], [str(people.line.id)] + [str(one) for one in _made_up(MOST_SHEETS)]):
        assert browser.post(f"{URL}/mange", data={"person": ids}).status_code == 422
    with database.writing() as writing:
        writing.exec(
            update(PersonRole).where(col(PersonRole.person_id) == people.jonas.id).values(ends_at=NOW)
        )
    page = browser.post(f"{URL}/mange", data={"person": [str(people.line.id), str(people.jonas.id)]})
    assert (page.status_code, "Ingen er inviteret" in page.text) == (409, True)
    assert still_open(session) == set()
    assert browser.post(f"/administration/personer/{uuid4()}/invitation").status_code == 404


def _made_up(number: int) -> list[UUID]:
    return [uuid4() for _one in range(number)]


@pytest.mark.both_databases
def test_used_run_out_and_open_are_told_apart_and_one_is_taken_back(
    browser_of: Browser, people: People, session: Session, database: Database
) -> None:
    browser = browser_of(people.admin)
    pages = [
        browser.post(f"/administration/personer/{one.id}/invitation").text
        for one in (people.jonas, people.line, people.sara)
    ]
    phone = Phone(browser_of(None))
    phone.try_code(CODE.findall(pages[0])[0])
    assert phone.accept().status_code == 303
    with database.writing() as writing:
        old = update(Invitation).where(col(Invitation.person_id) == people.line.id)
        writing.exec(old.values(created_at=NOW.replace(year=2025), expires_at=NOW))
    names = {"aabne": "Sara Holm", "brugte": "Jonas Friis", "udloebet": "Line Madsen"}
    for state, name in names.items():
        page = words_of(browser.get(URL, query_string={"vis": state}).text)
        assert [one for one in names.values() if one in page] == [name]
    assert browser.get(URL, query_string={"vis": "alle"}).status_code == 404
    sent = as_it_stands(browser.get(URL).text, "/tilbage")
    assert "Invitationen er trukket tilbage." in browser.post(sent[0], follow_redirects=True).text
    assert browser.post(sent[0]).location == URL  # tapped twice
    assert browser_of(None).post("/invitation", data={"code": CODE.findall(pages[2])[0]}).status_code == 422
    assert people.sara.id not in still_open(session)
    assert session.get_one(Person, people.sara.id).name == "Sara Holm"
