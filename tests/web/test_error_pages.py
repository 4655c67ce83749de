"""When it can't be done: the page says what happened, what to do and whom to call, and only what is known."""

import logging

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from app.web.context import db
from app.web.error_pages import error_texts
from app.web.headers import FIXED
from tests.cast import People
from tests.conftest import Browser
from tests.web.broken import locked, read_only

WORDS = "Jeg vil gerne have min egen have med æbletræer"
PROMISES = ("gået tabt", "der stadig")  # of what was saved, or typed: who draws these pages can not know


def is_kind(response: TestResponse) -> None:
    """A page of ours, with all its headers and the municipality's number, that promises nothing unknown."""
    assert {name: response.headers.get(name) for name in FIXED} == FIXED
    assert response.headers["Cache-Control"] == "no-store"
    assert [said for said in PROMISES if said in response.text] == []
    assert 'href="tel:+4570123456"' in response.text
    assert f"{response.status_code}" not in response.text.partition("<main")[2]


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/findes-ikke", 404), ("DELETE", "/plan", 405), ("POST", "/privatliv", 405)],
)
def test_an_address_that_leads_nowhere(
    method: str, address: str, status: int, browser_of: Browser, people: People
) -> None:
    for reader in (None, people.anna, people.line):
        response = browser_of(reader).open(address, method=method)
        assert response.status_code == status
        is_kind(response)


def test_a_method_that_is_not_taken_names_those_that_are(browser_of: Browser) -> None:
    assert "GET" in browser_of(None).post("/privatliv").headers["Allow"].split(", ")


def test_no_text_of_an_error_page_promises_what_it_can_not_know(app: Flask) -> None:
    """A database that is lost, or that nobody asked, may be behind any of them."""
    with app.test_request_context():
        said = [" ".join(error_texts(code)) for code in (400, 401, 403, 404, 405, 409, 413, 429, 500, 503)]
    assert [one for one in said if any(promise in one for promise in PROMISES)] == []


@pytest.mark.parametrize("address", ["/log-ind", "/log-af", "/log-af?senere=1"])
def test_a_page_that_asks_no_database_promises_nothing_of_it(address: str, browser_of: Browser) -> None:
    page = browser_of(None).get(address)
    assert page.status_code == 200
    assert [said for said in PROMISES if said in page.text] == []


def test_too_much_at_once(browser_of: Browser, people: People) -> None:
    response = browser_of(people.anna).post("/skriv", data={"words": "x" * 300_000})
    assert response.status_code == 413
    is_kind(response)


def test_absent_and_somebody_elses_are_one_page_byte_for_byte(browser_of: Browser, people: People) -> None:
    anna = browser_of(people.anna)
    absent = anna.get("/borgere/00000000-0000-4000-8000-000000000000/plan")
    foreign = anna.get(f"{people.fremmed.url}/plan")
    nowhere = anna.get("/findes-ikke")
    assert [one.status_code for one in (absent, foreign, nowhere)] == [404] * 3
    assert absent.data == foreign.data == nowhere.data


@pytest.fixture
def failing(app: Flask) -> None:
    """A view that fails with the reader's words in the message, as SQL errors do."""

    def fail() -> str:
        with db().reading() as session:
            session.connection().execute(
                text("INSERT INTO municipality (name) VALUES (:name)"), {"name": WORDS}
            )
        return ""

    def break_down() -> str:
        raise ValueError(WORDS)

    for address, view in (("/gaar-galt", break_down), ("/gaar-galt-i-databasen", fail)):
        view.action = "public"  # type: ignore[attr-defined]
        app.add_url_rule(address, address[1:], view, methods=["GET", "POST"])


@pytest.mark.both_databases
@pytest.mark.own_app
@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize("address", ["/gaar-galt", "/gaar-galt-i-databasen"])
def test_our_own_fault_is_logged_without_a_word_of_the_request(
    address: str, app: Flask, browser_of: Browser, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = browser_of(people.anna).post(address, data={"words": WORDS, "name": "Anna Jensen"})
    assert response.status_code >= 500
    is_kind(response)
    assert WORDS in response.text  # given back to the one who wrote it
    assert caplog.records
    assert WORDS not in caplog.text
    assert "Anna" not in caplog.text


def _cannot_keep(response: TestResponse) -> None:
    assert response.status_code == 503
    is_kind(response)
    assert WORDS in response.text


def test_a_database_that_can_only_be_read(app: Flask, browser_of: Browser, people: People) -> None:
    anna = browser_of(people.anna)
    with read_only(app.extensions["db"]):
        assert anna.get("/plan").status_code == 200
        _cannot_keep(anna.post("/skriv", data={"words": WORDS, "slags": "droem"}))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_database_that_another_program_holds(app: Flask, browser_of: Browser, people: People) -> None:
    anna = browser_of(people.anna)
    with locked(app.extensions["db"]):
        assert anna.get("/plan").status_code == 200
        _cannot_keep(anna.post("/skriv", data={"words": WORDS, "slags": "droem"}))


@pytest.mark.slow  # it starts a PostgreSQL
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_database_that_is_gone(app: Flask, browser_of: Browser, people: People) -> None:
    anna, url = browser_of(people.anna), app.extensions["db"].url
    app.extensions["db"].close()
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{url.database}" WITH ALLOW_CONNECTIONS false'))
    engine.dispose()
    _cannot_keep(anna.post("/skriv", data={"words": WORDS, "slags": "droem"}))


@pytest.mark.own_app
def test_a_part_that_can_not_be_read_turns_readiness_red(app: Flask, browser_of: Browser) -> None:
    """Readiness looks elsewhere in the file, and would say that all is well."""

    def meet_damage() -> str:
        raise DatabaseError("SELECT", None, RuntimeError("database disk image is malformed"))

    meet_damage.action = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/beskadiget", "beskadiget", meet_damage)
    assert browser_of(None).get("/beskadiget").status_code == 503
    answer = browser_of(None).get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "not ready", "missing": ["a database that can be read"]},
    )


def test_one_signed_out_meanwhile_is_led_to_sign_in_with_the_words(browser_of: Browser) -> None:
    response = browser_of(None).post("/skriv", data={"words": WORDS, "gem": "del"})
    assert response.status_code == 401
    assert "Du var logget af, så det blev ikke gemt. Log ind, og prøv igen." in response.text
    assert 'href="/log-ind"' in response.text
    assert WORDS in response.text
    is_kind(response)


def test_no_problem_leaves_the_address_of_a_form(browser_of: Browser) -> None:
    asked = {"HX-Request": "true", "HX-Target": "indhold"}
    assert browser_of(None).post("/skriv", headers=asked).headers["HX-Push-Url"] == "false"
