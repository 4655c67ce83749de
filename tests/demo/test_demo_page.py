import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from app import create_app
from app.config import Settings
from app.dates.clock import fixed_clock
from app.demo.cast import CAST
from app.identity.models import LoginSession
from tests.cast import NOW, People
from tests.conftest import Browser

CITIZENS = ("anna", "karim", "bent", "emil", "signe", "ny")
HELPERS = ("line", "omar", "jonas", "sara", "thea", "ali", "lone", "admin", "vibeke", "mette")
ORDER = [*CITIZENS, *HELPERS, "fremmed"]


def test_everybody_has_one_button_in_their_order(app: Flask) -> None:
    html = app.test_client().get("/demo").text
    assert re.findall(r'<button[^>]* name="person" value="(\w+)"', html) == ORDER
    assert all(one.name in html and one.about in html for one in CAST)
    assert "fundet på" in html
    assert "--reset" in html


@pytest.mark.parametrize("slug", ORDER)
def test_one_tap_is_the_whole_sign_in(slug: str, app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/demo/log-ind", data={"person": slug})
    elsewhere = {
        "lone": "/ledelse/forsinket",
        "admin": "/administration",
        "vibeke": "/borgere",
        "mette": "/borgere",
    }
    begins = dict.fromkeys(HELPERS, "/dag") | elsewhere
    assert (answer.status_code, answer.location) == (303, begins.get(slug, "/"))
    assert 'action="/log-af"' in client.get("/demo").text


def test_karim_is_met_in_his_language_if_it_is_there(app: Flask) -> None:
    answer = app.test_client().post("/demo/log-ind", data={"person": "karim"})
    assert any(cookie.startswith("sprog=ar;") for cookie in answer.headers.getlist("Set-Cookie"))


def test_the_person_before_is_signed_out(browser_of: Browser, people: People, session: Session) -> None:
    browser_of(people.anna).post("/demo/log-ind", data={"person": "line"})
    ended = select(LoginSession.person_id).where(col(LoginSession.revoked_at).is_not(None))
    assert session.exec(ended).all() == [people.anna.id]


@pytest.mark.parametrize("data", [{"person": "napoleon"}, {"person": ""}, {}])
def test_an_unknown_person_gets_the_list_again(data: dict[str, str], app: Flask) -> None:
    answer = app.test_client().post("/demo/log-ind", data=data)
    assert answer.status_code == 422
    assert "Vælg en af personerne på listen." in answer.text
    assert 'value="anna"' in answer.text
    assert not any("Max-Age" not in one for one in answer.headers.getlist("Set-Cookie"))


def production(settings: Settings) -> FlaskClient:
    real = Settings(
        settings.database_url, settings.secret_key, "https://plan.example.dk", False, settings.site
    )
    return create_app(real, clock=fixed_clock(NOW)).test_client()


def test_a_real_site_has_no_such_pages(settings: Settings) -> None:
    client = production(settings)
    own = {"Sec-Fetch-Site": "same-origin"}
    assert client.get("/demo").status_code == 404
    assert client.post("/demo/log-ind", data={"person": "anna"}, headers=own).status_code == 404
