"""Every page has its states, every button leads to what it says, and only a demo has any of it."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlmodel import Session, func, select
from werkzeug.routing import Rule

from app import create_app
from app.config import Settings
from app.dates.clock import fixed_clock
from app.demo.state_list import PAGES, TOO_LONG
from app.demo.states import CRITERIA, SHOWS, STATUS, PageState, StateKind, find_state
from app.entries.models import Entry
from app.entries.rules import WORDS_MOST
from tests.cast import NOW
from tests.databases import Templates
from tests.demo.tapping import seed_demo_day, tap
from tests.language.pages import texts
from tests.language.reading import STAFF_MOST, banned, long_sentences, read
from tests.web.typed_forms import unswept

STATES = [state for page in PAGES for state in page.states]
NO_PAGE = {  # endpoint: why no person reads it
    "static": "files",
    "about.favicon": "an icon",
    "home.open_news": "it leads on to what it tells of",
    "my_day.open_news": "it leads on to what it tells of",
    "invitation.other_spelling": "it leads on to /invitation",
    "about.security": "text for those who search for holes",
    "about.alive": "for the machine that watches",
    "about.ready": "for the machine that watches",
    "about.metrics": "for the machine that watches",
    "api.meeting": "for another system, behind a token",
    "api.free": "for another system, behind a token",
    "api.description": "for another system",
    "calendar.on_the_phone": "for the phone, which keeps it if that was chosen",
    "feed.read": "for a phone's own calendar",
    "feed.one": "for a phone's own calendar",
    "api.explain": "for those who connect another system",
    "pwa.manifest": "for the phone",
    "pwa.worker": "a script",
}


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:
    with templates.copy(database_kind, seed_demo_day) as url:
        yield url


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.key)
def test_a_button_leads_to_what_it_says(state: PageState, app: Flask) -> None:
    _address, page = tap(app.test_client(), state)
    assert (page.status_code, page.mimetype) == (state.expected, "text/html")
    assert unswept(app, page.text) == set()  # what is typed in it comes back, whatever refuses it
    assert state.mark in unescape(page.text).replace("\xad", "")


@pytest.mark.both_databases
def test_all_buttons_work_one_after_the_other_and_again(app: Flask, session: Session) -> None:
    """As a tester would: one browser, all of them; the second round lays nothing.

    On PostgreSQL it is this walk that asks what every page and every form asks.
    """
    client, laid = app.test_client(), []
    for _round in range(2):
        for state in STATES:
            _address, page = tap(client, state)
            assert (state.key, page.status_code) == (state.key, state.expected)
            assert state.mark in unescape(page.text).replace("\xad", "")
        session.rollback()
        laid.append(session.exec(select(func.count()).select_from(Entry)).one())
    assert laid[0] == laid[1]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_page_a_person_reads_has_a_row(app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    shown: set[str] = set()
    for state in STATES:
        address, _page = tap(app.test_client(), state)
        path, _, query = address.partition("#")[0].partition("?")
        method = "POST" if state.sends is not None else "GET"
        rule, _values = routes.match(path, method, query_args=query, return_rule=True)
        assert isinstance(rule, Rule)
        shown.add(rule.rule)
    pages = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert set(NO_PAGE) - {rule.endpoint for rule in pages} == set()
    assert {rule.rule for rule in pages if rule.endpoint not in NO_PAGE} - shown == set()


def test_each_state_has_a_key_of_its_own_and_criteria_with_names() -> None:
    keys = [one.key for one in PAGES] + [one.key for one in STATES]
    assert {key for key in keys if not re.fullmatch(r"[a-z0-9-]+", key)} == set()
    assert len({one.key for one in STATES}) == len(STATES)
    assert len({one.key for one in PAGES}) == len(PAGES)
    assert all(
        re.fullmatch(r"[1-4]\.[1-5]\.[1-9][0-9]?", number) and name for number, name in CRITERIA.items()
    )
    assert set(SHOWS) == set(StateKind)
    shown = {number for state in STATES for number, _name in state.criteria}
    assert shown == set(CRITERIA)
    assert STATUS.keys() < SHOWS.keys()
    assert len(TOO_LONG) > WORDS_MOST


def test_all_kinds_of_states_can_be_seen() -> None:
    assert {state.kind for state in STATES} == set(StateKind)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_list_names_each_state_once_and_is_easy_to_read(app: Flask) -> None:
    html = app.test_client().get("/demo/tilstande").text
    actions = re.findall(r'<form method="post" action="/demo/tilstande/([^"]+)">', html)
    assert actions == [state.key for state in STATES]
    running, labels = texts(html)
    assert read(running).lix <= STAFF_MOST
    assert long_sentences(running) == []
    assert [word for one in running + labels for word in banned(one)] == []
    names = re.findall(r'<button class="choice">(.*?)</button>', html, re.S)
    assert len(set(names)) == len(names)  # heard one by one, no two buttons say the same
    assert 'href="/demo/tilstande"' in app.test_client().get("/demo").text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_form_waits_until_the_right_person_is_there(app: Flask) -> None:
    client, (_page, state) = app.test_client(), find_state(PAGES, "maal-fejl") or (None, STATES[0])
    assert "Gå til tilstanden" in client.get(f"/demo/tilstande/{state.key}").text
    tap(client, state)
    assert "Send formularen" in client.get(f"/demo/tilstande/{state.key}").text
    assert client.get("/demo/tilstande/ukendt").status_code == 404
    assert client.post("/demo/tilstande/ukendt").status_code == 404
    assert client.get("/demo/fejl/418").status_code == 404


def test_a_tap_from_another_site_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/demo/tilstande/plan-fuld", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_real_site_has_none_of_it(settings: Settings) -> None:
    real = Settings(
        settings.database_url, settings.secret_key, "https://plan.example.dk", False, settings.site
    )
    client = create_app(real, clock=fixed_clock(NOW)).test_client()
    own = {"Sec-Fetch-Site": "same-origin"}
    for state in STATES:
        address = f"/demo/tilstande/{state.key}"
        assert client.get(address).status_code == 404
        assert client.post(address, headers=own).status_code == 404
    assert client.get("/demo/tilstande").status_code == 404
    assert {client.get(f"/demo/fejl/{code}").status_code for code in (403, 500, 503)} == {404}
