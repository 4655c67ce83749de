"""The pages anybody may read: how accessible it is, what is kept, whom to call; and what machines ask for."""

from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app, i18n
from app.config import Settings
from app.dates.clock import fixed_clock
from app.store.db import Database
from app.store.key_fingerprint import confirm_secret_key
from app.web.page import isolate_number
from tests.cast import NOW
from tests.conftest import Browser, CarefulClient
from tests.web.broken import read_only

PAGES = ("/tilgaengelighed", "/was", "/privatliv")
on_one_database = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # no row is read


@on_one_database
@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", [one.code for one in i18n.LANGUAGES])
def test_anybody_may_read_them_in_every_language(address: str, language: str, browser_of: Browser) -> None:
    response = browser_of(None).get(address, query_string={"sprog": language})
    assert response.status_code == 200
    assert f'lang="{i18n.language_named(language).code}"' in response.text
    assert 'href="tel:+4570123456"' in response.text


@on_one_database
def test_a_number_keeps_its_order_where_words_run_from_right_to_left(app: Flask) -> None:
    with app.test_request_context():
        i18n.answer_in(next(one for one in i18n.LANGUAGES if one.direction == "rtl"))
        assert isolate_number("70123456") == '<bdi dir="ltr">70 12 34 56</bdi>'
        assert i18n.phone("70123456") == "70 12 34 56"
        assert i18n.phone_href("70123456") == "tel:+4570123456"


@on_one_database
def test_the_two_addresses_of_the_statement_show_one_page(browser_of: Browser) -> None:
    nobody = browser_of(None)
    assert nobody.get("/was").text == nobody.get("/tilgaengelighed").text


@on_one_database
def test_the_statement_says_who_what_is_missing_how_to_complain_and_when(browser_of: Browser) -> None:
    page = browser_of(None).get("/tilgaengelighed").text
    for said in (
        "Solbjerg Kommune har ansvaret",
        "delvist",
        "automatiske værktøjer",
        "mailto:enplan@solbjerg.example",
        "Digitaliseringsstyrelsen",
        "den 22. november 2026",
    ):
        assert said in page


@on_one_database
def test_privacy_says_what_stands_on_the_phone_and_that_nobody_watches_all_day(browser_of: Browser) -> None:
    page = browser_of(None).get("/privatliv").text
    for said in (
        "efter arkivloven",
        "tel:+4570123457",
        "At du er logget ind",
        "Hvilket sprog",
        "Det, du er ved at skrive",
        "hvis du selv vælger det",
        "Vi læser ikke det her med det samme",
        "tel:112",
    ):
        assert said in page


@on_one_database
@pytest.mark.parametrize("address", [*PAGES, "/log-ind"])
def test_a_municipality_may_have_a_long_name(address: str, settings: Settings) -> None:
    name = "Nordøstsjællands-og-Sydvestlollands Fælleskommune ved Øresundskysten & Opland"
    site = replace(settings.site, name=name)
    app = create_app(replace(settings, site=site, demo=False), clock=fixed_clock(NOW))
    app.test_client_class = CarefulClient
    response = app.test_client().get(address)
    app.extensions["db"].close()
    assert response.status_code == 200
    assert name.replace("&", "&amp;") in response.text


@pytest.mark.parametrize("address", PAGES)
def test_they_can_be_read_while_the_database_is_gone(address: str, settings: Settings) -> None:
    gone = "sqlite:////nowhere/at/all.db" if "sqlite" in settings.database_url else _closed_port(settings)
    app = create_app(replace(settings, database_url=gone), clock=fixed_clock(NOW))
    assert app.test_client().get(address).status_code == 200
    assert app.test_client().get("/healthz").json == {"status": "alive"}
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "missing": ["database"]})


def _closed_port(_: Settings) -> str:
    return "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


def test_a_sound_database_is_ready_and_nothing_of_the_trial_stays(
    browser_of: Browser, database: Database
) -> None:
    answer = browser_of(None).get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"
    with database.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM municipality")).scalar() == 1


def test_what_is_missing_is_named(browser_of: Browser, database: Database) -> None:
    with database.writing() as session:
        session.connection().execute(text("DROP INDEX uq_plan_one_open"))
    answer = browser_of(None).get("/readyz")
    assert (answer.status_code, answer.json["missing"]) == (503, ["constraint uq_plan_one_open"])  # type: ignore[index]
    with database.writing() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert browser_of(None).get("/readyz").json["missing"] == ["migrations"]  # type: ignore[index]


def test_a_database_of_another_key_is_not_ready(
    settings: Settings, database: Database, browser_of: Browser
) -> None:
    """As when a backup of another site was brought back under a running server."""
    confirm_secret_key(database, settings.secret_key, now=NOW)
    assert browser_of(None).get("/readyz").status_code == 200
    app = create_app(replace(settings, secret_key="another, 32 bytes and more of it"), clock=fixed_clock(NOW))
    answer = app.test_client().get("/readyz")
    app.extensions["db"].close()
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "missing": ["secret key"]})


def test_a_database_that_can_only_be_read_is_not_ready(app: Flask, database: Database) -> None:
    with read_only(database):
        answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["missing"]) == (503, ["database writable"])  # type: ignore[index]


def test_security_txt_names_a_contact_and_a_day_within_a_year(browser_of: Browser) -> None:
    answer = browser_of(None).get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in reversed(answer.text.splitlines()))
    assert answer.mimetype == "text/plain"
    assert lines["Contact"] == "mailto:enplan@solbjerg.example"
    assert 0 < (datetime.fromisoformat(lines["Expires"]) - NOW).days < 365


def test_the_old_name_of_the_icon_gives_the_icon(browser_of: Browser) -> None:
    answer = browser_of(None).get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
