"""The quick way off: the sign-in is over, by a form or by the mark that a script leaves without a line."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.identity.login import DEMO_COOKIE, LEFT_COOKIE, SIGN_IN_COOKIE
from app.store.db import Database
from app.web.page import QUICK_LEAVE
from tests.cast import People
from tests.conftest import Browser, enter
from tests.identity.test_sign_out_unwritten import is_in, read_only, secret_of, thief

AS_A_BROWSER = {"Accept-Encoding": "br", "Sec-Fetch-Site": "same-origin"}  # so the server keeps her plan


def open_plan(client: FlaskClient) -> TestResponse:
    return client.get("/plan", headers=AS_A_BROWSER)


@pytest.fixture
def anna(app: Flask, database: Database) -> FlaskClient:
    """Her plan has been read, so that the server keeps it. The careful client reads no brotli."""
    client = FlaskClient(app)
    client.set_cookie(DEMO_COOKIE, enter(app, "anna"), domain="localhost")
    assert [open_plan(client).status_code for _ in range(2)] == [200, 200]
    return client


@pytest.mark.both_databases
def test_the_button_ends_the_sign_in_and_leads_off(anna: FlaskClient, browser_of: Browser) -> None:
    secret = secret_of(anna)
    answer = anna.post("/hurtig-vaek", headers=AS_A_BROWSER)
    assert (answer.status_code, answer.location) == (303, QUICK_LEAVE)
    assert "Clear-Site-Data" not in answer.headers  # what is not sent yet stays on the phone
    assert (anna.get_cookie(DEMO_COOKIE), anna.get_cookie(SIGN_IN_COOKIE)) == (None, None)
    assert not is_in(thief(browser_of, secret))


def test_a_form_may_lead_there(anna: FlaskClient) -> None:
    policy = open_plan(anna).headers["Content-Security-Policy"]
    assert f"form-action 'self' {QUICK_LEAVE};" in policy


def test_whoever_has_left_without_a_line_is_not_shown_a_kept_page(
    anna: FlaskClient, browser_of: Browser
) -> None:
    secret = secret_of(anna)
    anna.set_cookie(LEFT_COOKIE, "1", domain="localhost")
    assert open_plan(anna).location == "/log-ind"
    assert [anna.get_cookie(name) for name in (DEMO_COOKIE, SIGN_IN_COOKIE, LEFT_COOKIE)] == [None] * 3
    assert not is_in(thief(browser_of, secret))


def test_one_leaves_though_nothing_can_be_written(anna: FlaskClient, database: Database) -> None:
    with read_only(database):
        assert anna.post("/hurtig-vaek", headers=AS_A_BROWSER).location == QUICK_LEAVE
        assert open_plan(anna).location == "/log-ind"


def test_who_comes_in_again_has_not_left(browser_of: Browser) -> None:
    phone = browser_of(None)
    phone.set_cookie(LEFT_COOKIE, "1", domain="localhost")
    phone.post("/demo/log-ind", data={"person": "anna"})
    assert phone.get_cookie(LEFT_COOKIE) is None
    assert is_in(phone)


def test_it_stands_on_the_pages_of_citizens_and_who_acts_for_them_and_those_who_help_read_who_they_are(
    browser_of: Browser, people: People
) -> None:
    for who, begins in ((people.anna, "/"), (people.vibeke, "/borgere"), (None, "/log-ind")):
        assert 'action="/hurtig-vaek"' in browser_of(who).get(begins).text
    page = browser_of(people.line).get("/dag").text
    assert ('action="/hurtig-vaek"' in page, "Line Madsen</bdi></a>" in page) == (False, True)
