"""What was given back is sent again by its writer, once, and by nobody else; secrets are never given back."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from app.entries.models import Entry
from app.identity.login import DEMO_COOKIE
from app.identity.sessions import revoke_session_by_token, token_hash
from app.store.db import Database
from app.web.form_recovery import LABELS, SENDER, read_labels
from tests.cast import People, Someone
from tests.conftest import Browser, enter
from tests.web.broken import read_only
from tests.web.typed_forms import FormsOfPage

WORDS = "Jeg vil <gerne> have\nmin egen have"
SENT = {
    "key": "0123456789abcdef0123456789abcdef",
    "slags": "droem",
    "words": WORDS,
    "gem": "kladde",
    LABELS: json.dumps(
        {"words": "Hvad drømmer du om?", "gem": ["Du trykkede på", {"kladde": "Gem som kladde"}]}
    ),
}


def sign_in(app: Flask, client: FlaskClient, who: Someone) -> str:
    token = enter(app, who.slug)
    client.set_cookie(DEMO_COOKIE, token, domain="localhost")
    return token


@pytest.fixture
def timed_out(app: Flask, people: People) -> tuple[FlaskClient, TestResponse]:
    """Anna's phone, on which she sent what she wrote a moment after she was signed out."""
    client = app.test_client()
    token = sign_in(app, client, people.anna)
    with app.extensions["db"].writing() as session:
        revoke_session_by_token(session, token_hash(token), now=app.extensions["clock"]())
    return client, client.post("/skriv", data=SENT)


def send_again(client: FlaskClient, page: TestResponse) -> TestResponse:
    form = FormsOfPage(page.text).forms[0]
    return client.post(form.action, data=dict(form.hidden))


def own_mark(client: FlaskClient) -> dict[str, str]:
    """Return what says on each of this reader's forms whose it is."""
    form = FormsOfPage(client.get("/skriv?slags=droem").text).forms[0]
    return {SENDER: dict(form.hidden)[SENDER]}


def written(session: Session) -> list[Entry]:
    session.rollback()
    return list(session.exec(select(Entry)).all())


def test_one_signed_out_meanwhile_signs_in_and_sends_it_again_once(
    app: Flask, people: People, session: Session, timed_out: tuple[FlaskClient, TestResponse]
) -> None:
    client, page = timed_out
    assert page.status_code == 401
    assert "Log ind i et nyt vindue. Kom så tilbage hertil, og send det igen." in page.text
    assert "Alt, du skrev og valgte, står her." in page.text
    sign_in(app, client, people.anna)
    first, second = send_again(client, page), send_again(client, page)
    assert first.status_code == 303
    assert first.location == second.location
    assert len(written(session)) == 1
    assert "min egen have" in client.get(first.location).text


def test_sent_again_before_signing_in_it_is_given_back_as_often_as_that(
    app: Flask, people: People, session: Session, timed_out: tuple[FlaskClient, TestResponse]
) -> None:
    client, page = timed_out
    client.delete_cookie(DEMO_COOKIE, domain="localhost")
    again = send_again(client, send_again(client, page))
    assert again.status_code == 401
    assert FormsOfPage(again.text).forms[0].hidden == FormsOfPage(page.text).forms[0].hidden
    sign_in(app, client, people.anna)
    assert send_again(client, again).status_code == 303
    assert len(written(session)) == 1


def test_the_next_one_at_the_phone_neither_sends_it_nor_is_shown_it(
    app: Flask, people: People, session: Session, timed_out: tuple[FlaskClient, TestResponse]
) -> None:
    client, page = timed_out
    sign_in(app, client, people.karim)
    answer = send_again(client, page)
    assert answer.status_code == 409
    assert "En anden har skrevet det, så det blev ikke sendt." in answer.text
    assert "have" not in answer.text.partition("<main")[2]
    assert "Alt, du skrev" not in answer.text
    assert written(session) == []


def test_a_form_that_one_left_open_is_not_sent_by_the_next_one_at_the_phone(
    app: Flask, people: People, session: Session
) -> None:
    client = app.test_client()
    sign_in(app, client, people.anna)
    left_open = SENT | own_mark(client)
    sign_in(app, client, people.karim)
    answer = client.post("/skriv", data=left_open)
    assert answer.status_code == 409
    assert "have" not in answer.text.partition("<main")[2]
    assert written(session) == []
    sign_in(app, client, people.anna)
    assert client.post("/skriv", data=left_open).status_code == 303
    assert len(written(session)) == 1


def test_what_can_not_be_written_and_names_nobody_can_only_be_copied(
    browser_of: Browser, database: Database, people: People
) -> None:
    anna = browser_of(people.anna)
    with read_only(database):
        page = anna.post("/skriv", data=SENT)
    assert page.status_code == 503
    assert FormsOfPage(page.text).forms == []
    assert "min egen have" in page.text


def test_a_label_makes_no_small_form_a_large_page(browser_of: Browser) -> None:
    """What is said of a choice is shown once, however often it is chosen; half a sign is no fault of ours."""
    said = json.dumps({"a": ["Valg \ud800", {"1": "ord" * 1000}]})
    page = browser_of(None).post("/findes-ikke", data={LABELS: said, "a": ["1"] * 1000})
    assert page.status_code == 404
    assert page.text.count("ord" * 1000) == 1


def test_whose_words_it_was_is_not_known_so_they_can_only_be_copied(browser_of: Browser) -> None:
    page = browser_of(None).post("/skriv", data=SENT)
    assert page.status_code == 401
    assert FormsOfPage(page.text).forms == []
    assert "Kopiér det, så du har det." in page.text
    assert "min egen have" in page.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # where writing can be allowed again
def test_what_could_not_be_written_is_sent_again_when_it_can(
    browser_of: Browser, database: Database, people: People, session: Session
) -> None:
    anna = browser_of(people.anna)
    sent = SENT | own_mark(anna)
    with read_only(database):
        page = anna.post("/skriv", data=sent)
    assert page.status_code == 503
    database.close()  # the connections that may only read
    assert send_again(anna, page).status_code == 303
    assert len(written(session)) == 1


def test_words_come_back_as_they_were_typed_and_a_choice_in_its_words(browser_of: Browser) -> None:
    page = FormsOfPage(browser_of(None).post("/skriv", data=SENT).text)
    given = {page.labels[one.id].strip(): one.value for one in page.controls if one.id.startswith("kept-")}
    assert given == {"Hvad drømmer du om?": WORDS, "Du trykkede på": "Gem som kladde"}


def test_a_swap_gets_a_page_that_is_fit_for_it(browser_of: Browser) -> None:
    page = browser_of(None).post("/skriv", data=SENT, headers={"HX-Request": "true", "HX-Target": "indhold"})
    assert page.headers["HX-Retarget"] == page.headers["HX-Reselect"] == "#indhold"
    assert "min egen have" in page.text.partition('id="indhold"')[2]


def test_another_site_can_put_no_words_into_our_pages(browser_of: Browser, people: People) -> None:
    page = browser_of(people.anna).post("/skriv", data=SENT, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403
    assert "min egen have" not in page.text
    assert "Alt, du skrev" not in page.text


def test_a_code_and_what_a_phone_answers_are_never_given_back(browser_of: Browser, people: People) -> None:
    labels = json.dumps({"code": "Din kode", "credential": "Svar", "name": "Hvad skal den hedde?"})
    sent = {"code": "ABCD-EFGH", "credential": "nøglen", "name": "Min telefon", LABELS: labels}
    page = browser_of(None).post("/indstillinger/adgangsnoegler", data=sent)
    assert "Min telefon" in page.text
    assert "ABCD-EFGH" not in page.text
    assert "nøglen" not in page.text
    assert FormsOfPage(page.text).forms == []


def test_nobody_makes_us_read_more_than_a_form_without_having_been_signed_in(browser_of: Browser) -> None:
    page = browser_of(None).post("/skriv", data=SENT | {"words": WORDS + "x" * 300_000})
    assert page.status_code == 401
    assert "Vi kan ikke vise det, du skrev." in page.text
    assert "Alt, du skrev" not in page.text


def test_beyond_two_megabytes_nothing_is_read(browser_of: Browser, people: People) -> None:
    page = browser_of(people.anna).post("/skriv", data=SENT | {"words": "x" * 2_200_000})
    assert page.status_code == 413
    assert len(page.data) < 50_000
    assert "Vi kan ikke vise det, du skrev." in page.text


def test_of_a_form_that_names_no_fields_nothing_is_promised(browser_of: Browser) -> None:
    page = browser_of(None).post("/skriv", data={"words": WORDS, "andet": "Og det her"})
    assert "min egen have" in page.text
    assert "Alt, du skrev" not in page.text


@pytest.mark.parametrize(
    "labels", ["", "x", "[]", '{"a": 1}', '{"a": ["b"]}', '{"a": [1, {}]}', "[" * 100_000]
)
def test_labels_that_are_none_are_left_out(labels: str) -> None:
    assert read_labels(labels) == {}


def test_an_answer_that_was_only_chosen_is_nothing_to_copy(browser_of: Browser) -> None:
    said = json.dumps({"svar": ["Dit svar", {"ja": "Jeg kommer"}]})
    page = browser_of(None).post("/findes-ikke", data={LABELS: said, "svar": "ja"})
    assert "Jeg kommer" in page.text
    assert "Kopiér det, så du har det." not in page.text
