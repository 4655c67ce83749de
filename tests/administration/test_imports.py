"""A list of people is seen before it is taken, and what is taken is what was seen, or nothing."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, func, select
from werkzeug.test import TestResponse

from app.access.act_kinds import ActKind
from app.access.models import AdministrationAct
from app.administration.routes.imports import MOST_BYTES, MOST_SENT
from app.identity.models import Department, Person
from app.store.db import Database
from app.store.key_fingerprint import confirm_secret_key
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.house.receipts import as_it_stands, words_of

URL = "/administration/hent-ind"
GOOD = "navn;rolle;afdeling;cpr\nPer Hansen;fagperson;Sundhed;010190-1234\nAnna Holm;borger;;\n"
BAD = "navn;rolle;afdeling\nPer Hansen;fagperson;Månen\n;borger;\nAnna Holm;troldmand;\n"


def sent_file(text: str | bytes, **more: str) -> dict[str, Any]:
    raw = text if isinstance(text, bytes) else text.encode()
    return {"file": (BytesIO(raw), "liste.csv"), **more}


def send_large(browser: FlaskClient, raw: bytes) -> TestResponse:
    """Send a file as a browser does; the test client lays a large one in a file that it leaves open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="liste.csv"\r\n\r\n'
    body = head + raw + b"\r\n--x--\r\n"
    return browser.post(URL, data=body, content_type="multipart/form-data; boundary=x")


def people_here(session: Session) -> int:
    session.rollback()
    return session.exec(select(func.count()).select_from(Person)).one()


def acts(session: Session) -> list[AdministrationAct]:
    session.rollback()
    return list(session.exec(select(AdministrationAct)))


@pytest.mark.both_databases
def test_what_is_seen_is_taken_once_and_the_receipt_says_it(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, before = browser_of(people.admin), people_here(session)
    shown = browser.post(URL, data=sent_file(GOOD))
    words = words_of(shown.text)
    assert "Intet er ændret endnu." in words
    assert "Borgere. Nye: 1. Ændret: 0. Uændret: 0." in words
    assert "Borgere uden kontaktperson: 1. Linje 3." in words
    assert "010190" not in shown.text  # it comes back to the browser in no form that a person reads
    assert people_here(session) == before
    sent = as_it_stands(shown.text, "/gem")
    for _tapped_twice in range(2):
        done = browser.post(sent[0], data=sent[1], follow_redirects=True)
        assert "En liste med personer er hentet ind. Borgere. Nye: 1." in words_of(done.text)
    assert people_here(session) == before + 2
    assert [(one.kind, one.by_id) for one in acts(session)] == [(ActKind.PEOPLE_IMPORTED, people.admin.id)]
    again = browser.post(URL, data=sent_file(GOOD))
    assert "Medarbejdere. Nye: 0. Ændret: 0. Uændret: 1." in words_of(again.text)


def test_every_bad_line_is_named_and_nothing_is_changed(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, before = browser_of(people.admin), people_here(session)
    page = browser.post(URL, data=sent_file(BAD))
    assert page.status_code == 422
    for line in ("Linje 2, afdeling", "Linje 3, navn", "Linje 4, rolle"):
        assert line in page.text
    assert "Månen" not in page.text
    assert (people_here(session), acts(session)) == (before, [])
    allowed = browser.post(URL, data=sent_file(BAD, new_departments="y"))
    assert "Linje 2, afdeling" not in allowed.text


def test_a_new_department_comes_only_where_it_was_asked_for(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, text = browser_of(people.admin), "navn;rolle;afdeling\nPer Hansen;fagperson;Månen\n"
    shown = browser.post(URL, data=sent_file(text, new_departments="y"))
    sent = as_it_stands(shown.text, "/gem")
    without = {name: value for name, value in sent[1].items() if name != "new_departments"}
    assert browser.post(sent[0], data=without).status_code == 422
    assert browser.post(sent[0], data=sent[1]).status_code == 303
    assert session.exec(select(Department.id).where(Department.name == "Månen")).first() is not None


def test_what_would_be_otherwise_by_now_is_shown_again_and_not_taken(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser = browser_of(people.admin)
    shown = browser.post(URL, data=sent_file(GOOD))
    other = as_it_stands(browser.post(URL, data=sent_file(GOOD.rpartition("Anna")[0])).text, "/gem")
    assert browser.post(other[0], data=other[1]).status_code == 303
    before, sent = people_here(session), as_it_stands(shown.text, "/gem")
    page = browser.post(sent[0], data=sent[1])
    assert page.status_code == 409
    assert "Noget er ændret, siden du så det." in page.text
    assert people_here(session) == before
    again = as_it_stands(page.text, "/gem")
    assert browser.post(again[0], data=again[1]).status_code == 303


def test_a_file_that_is_bad_by_now_is_refused_and_stands_among_what_went_wrong(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, before = browser_of(people.admin), people_here(session)
    shown = browser.post(
        URL, data=sent_file("navn;rolle;afdeling\nPer Hansen;fagperson;Månen\n", new_departments="y")
    )
    sent = as_it_stands(shown.text, "/gem")
    refused = browser.post(sent[0], data={k: v for k, v in sent[1].items() if k != "new_departments"})
    assert "Linje 2, afdeling" in refused.text
    assert people_here(session) == before
    first = words_of(browser.get("/administration").text)
    assert "Det gik galt" in first
    assert "1 linje havde fejl. Linje 2, afdeling" in first


def _changed(sent: tuple[str, dict[str, Any]], **more: str) -> dict[str, Any]:
    return sent[1] | more


def test_another_file_than_the_one_that_was_shown_is_not_taken(
    browser_of: Browser, people: People, session: Session
) -> None:
    browser, before = browser_of(people.admin), people_here(session)
    sent = as_it_stands(browser.post(URL, data=sent_file(GOOD)).text, "/gem")
    for more in ({"content": "TmF2bg=="}, {"content": "æ"}, {"content": ""}, {"checksum": "x"}):
        page = browser.post(sent[0], data=_changed(sent, **more))
        assert (page.status_code, "Filen kom ikke med." in page.text) == (422, True)
    assert browser.post(sent[0], data=_changed(sent, seen="x")).status_code == 409
    assert people_here(session) == before


def test_no_file_an_empty_one_and_one_too_large_are_told(browser_of: Browser, people: People) -> None:
    browser = browser_of(people.admin)

    def told(answer: TestResponse) -> bool:
        return answer.status_code == 422 and "Vælg en CSV-fil på højst 256 kB." in answer.text

    assert told(browser.post(URL, data={"new_departments": "y"}))
    assert told(browser.post(URL, data=sent_file(b"")))
    assert told(send_large(browser, b"a" * (MOST_BYTES + 1)))
    lines = "\n".join(f"Person {number};borger" for number in range(3000))
    large = browser.post(URL, data=sent_file(f"navn;rolle\n{lines}\n"))
    assert "Borgere. Nye: 3000." in large.text
    assert send_large(browser, b"a" * MOST_SENT).status_code == 413
    binary = browser.post(URL, data=sent_file(bytes(range(256))))
    assert (binary.status_code, "Filen kan ikke hentes ind" in binary.text) == (422, True)


def test_while_the_key_is_changed_no_list_is_looked_at_or_taken(
    browser_of: Browser, people: People, session: Session, database: Database
) -> None:
    browser, before = browser_of(people.admin), people_here(session)
    shown = as_it_stands(browser.post(URL, data=sent_file(GOOD)).text, "/gem")
    confirm_secret_key(database, "the next one, also 32 bytes and more", now=NOW)
    for page in (browser.post(URL, data=sent_file(GOOD)), browser.post(shown[0], data=shown[1])):
        assert page.status_code == 503
        assert "Kommunens nøgle bliver skiftet lige nu. Intet er gemt." in page.text
    assert (people_here(session), acts(session)) == (before, [])
