"""How long a sign-in lasts, and that it can be ended: by the clock, by the person, by losing the role."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from app import create_app
from app.config import Settings
from app.identity.login import DEMO_COOKIE, SECURE_COOKIE
from app.identity.models import LoginSession, PersonRole
from app.identity.service import find_by_slug
from app.identity.sessions import open_session, token_hash
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import Browser, CarefulClient

pytestmark = pytest.mark.both_databases

JUST = timedelta(microseconds=1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class MovableClock:
    """A clock the test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def app(settings: Settings, clock: MovableClock) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    app.test_client_class = CarefulClient
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    yield app
    app.extensions["db"].close()


def is_in(client: FlaskClient) -> bool:
    return client.get("/indstillinger").status_code == 200


@pytest.mark.parametrize(
    ("slug", "idle"), [("anna", 15 * MINUTE), ("vibeke", 15 * MINUTE), ("line", 30 * MINUTE)]
)
def test_unused_it_ends_at_the_very_moment(
    slug: str, idle: timedelta, clock: MovableClock, browser_of: Browser, people: People
) -> None:
    person: Someone = getattr(people, slug)
    early, late = browser_of(person), browser_of(person)
    clock.now = NOW + idle - JUST
    assert is_in(early)
    clock.now = NOW + idle
    assert not is_in(late)
    assert is_in(early)  # its visit a moment ago counts


@pytest.mark.parametrize(("slug", "absolute"), [("anna", 12 * HOUR), ("line", 8 * HOUR)])
def test_used_all_day_it_ends_all_the_same(
    slug: str, absolute: timedelta, clock: MovableClock, browser_of: Browser, people: People
) -> None:
    client = browser_of(getattr(people, slug))
    while clock.now < NOW + absolute - 14 * MINUTE:
        clock.now += 14 * MINUTE
        assert is_in(client)
    clock.now = NOW + absolute - JUST
    assert is_in(client)
    clock.now = NOW + absolute
    assert not is_in(client)


def test_a_clock_that_is_set_back_lets_nobody_in_again(
    clock: MovableClock, browser_of: Browser, people: People
) -> None:
    client = browser_of(people.anna)
    client.post("/log-af")
    clock.now = NOW - HOUR
    assert not is_in(client)


def sign_in(client: FlaskClient, slug: str) -> str:
    response = client.post("/demo/log-ind", data={"person": slug})
    assert response.status_code == 303
    return next(one for one in response.headers.getlist("Set-Cookie") if one.startswith(f"{DEMO_COOKIE}="))


def test_each_sign_in_has_a_secret_of_its_own_and_ends_the_one_before(
    app: Flask, browser_of: Browser, database: Database
) -> None:
    client = browser_of(None)
    first, second = sign_in(client, "anna"), sign_in(client, "anna")
    assert first != second
    old = browser_of(None)
    old.set_cookie(DEMO_COOKIE, first.partition("=")[2].partition(";")[0], domain="localhost")
    assert not is_in(old)
    assert is_in(client)


def test_only_a_hash_of_the_secret_is_stored(browser_of: Browser, session: Session) -> None:
    secret = sign_in(browser_of(None), "anna").partition("=")[2].partition(";")[0]
    assert len(secret) >= 43  # 256 bits
    stored = session.exec(select(LoginSession.token_hash)).all()
    assert token_hash(secret) in stored
    assert secret not in stored


def test_revoked_means_out_at_the_next_request(
    browser_of: Browser, people: People, database: Database
) -> None:
    client = browser_of(people.anna)
    assert is_in(client)
    with database.writing() as session:
        session.exec(update(LoginSession).values(revoked_at=NOW))
    assert not is_in(client)


def test_the_last_role_that_ends_takes_the_sign_in_along(
    browser_of: Browser, people: People, database: Database, clock: MovableClock
) -> None:
    client, ends = browser_of(people.line), NOW + MINUTE
    with database.writing() as session:
        session.exec(
            update(PersonRole).where(col(PersonRole.person_id) == people.line.id).values(ends_at=ends)
        )
    assert is_in(client)
    clock.now = ends
    assert not is_in(client)


# --- signing out ---


def test_signing_out_ends_it_and_clears_the_phone(
    browser_of: Browser, people: People, database: Database
) -> None:
    client = browser_of(people.anna)
    cookie = client.get_cookie(DEMO_COOKIE)
    assert cookie is not None
    response = client.post("/log-af")
    assert (response.status_code, response.location) == (303, "/log-af")
    receipt = client.get("/log-af").text
    assert "Du er logget af" in receipt
    assert "Du kan roligt gå fra telefonen." in receipt
    assert response.headers["Clear-Site-Data"] == '"cookies", "storage", "cache"'
    thief = browser_of(None)
    thief.set_cookie(DEMO_COOKIE, cookie.value, domain="localhost")
    assert not is_in(thief)


def test_signing_out_twice_is_no_fault(browser_of: Browser) -> None:
    response = browser_of(None).post("/log-af")
    assert (response.status_code, response.location) == (303, "/log-af")


def test_a_link_can_lead_to_signing_out_and_changes_nothing_by_itself(
    browser_of: Browser, people: People
) -> None:
    client = browser_of(people.anna)
    assert 'action="/log-af"' in client.get("/log-af").text
    assert is_in(client)
    assert "Du er logget af" in browser_of(None).get("/log-af").text


def test_one_who_is_signed_in_has_no_need_of_the_door(browser_of: Browser, people: People) -> None:
    assert browser_of(people.anna).get("/log-ind").location == "/"
    assert browser_of(people.line).get("/log-ind").location == "/dag"


# --- a form that arrives too late ---


def too_late(client: FlaskClient) -> TestResponse:
    return client.post(
        "/skriv", data={"words": "Jeg vil <b>svømme</b>\r\nhver uge", "slags": "droem", "key": "k"}
    )


def test_what_was_typed_when_the_sign_in_ran_out_is_given_back(
    clock: MovableClock, browser_of: Browser, people: People
) -> None:
    client = browser_of(people.anna)
    clock.now = NOW + 15 * MINUTE
    response = too_late(client)
    assert response.status_code == 401
    assert "Jeg vil &lt;b&gt;svømme&lt;/b&gt;" in response.text
    assert "hver uge" in response.text
    assert "Du er logget af" in response.text
    assert "tel:+4570123456" in response.text


# --- a real site ---


@pytest.fixture
def real(settings: Settings, clock: MovableClock) -> Iterator[Flask]:
    """The same municipality on https, and no demo."""
    app = create_app(replace(settings, origin="https://plan.example.dk", demo=False), clock=clock)
    app.test_client_class = CarefulClient
    yield app
    app.extensions["db"].close()


def test_a_real_site_keeps_its_cookie_to_itself(real: Flask, people: People) -> None:
    client = real.test_client()
    with real.extensions["db"].writing() as session:
        token = open_session(session, people.anna.id, now=NOW)
    client.set_cookie(SECURE_COOKIE, token, domain="plan.example.dk", secure=True)
    response = client.post("/log-af", base_url="https://plan.example.dk")
    (cookie,) = (one for one in response.headers.getlist("Set-Cookie") if one.startswith("__Host-s="))
    flags = {flag.strip() for flag in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= flags
    assert not any(flag.startswith("Domain") for flag in flags)
    client.set_cookie(SECURE_COOKIE, token, domain="plan.example.dk", secure=True)
    assert client.get("/indstillinger", base_url="https://plan.example.dk").location == "/log-ind"


def test_the_demo_on_plain_http_uses_a_plain_cookie(browser_of: Browser) -> None:
    flags = sign_in(browser_of(None), "anna")
    assert "Secure" not in flags
    assert "HttpOnly" in flags
    assert "SameSite=Lax" in flags


def test_a_real_site_says_how_one_gets_in_and_has_no_demo(real: Flask) -> None:
    page = real.test_client().get("/log-ind", base_url="https://plan.example.dk")
    assert "invitation" in page.text
    assert "tel:+4570123456" in page.text
    assert "Mandag til torsdag" in page.text
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert real.test_client().get("/demo").status_code == 404


def test_one_of_the_demo_is_found_by_the_name_in_commands(session: Session, people: People) -> None:
    assert find_by_slug(session, "anna") == people.anna.id
    assert find_by_slug(session, "napoleon") is None
