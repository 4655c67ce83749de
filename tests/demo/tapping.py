"""A tester's taps on /demo/tilstande, without a browser."""

import re
from html import unescape

from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from app.config import DEMO_SITE, read_site
from app.demo.cast import seed_people
from app.demo.seed import seed_demo
from app.demo.states import PageState
from tests.cast import NOW

NOT_THESE = "demo/tilstande|log-af|hurtig-vaek"
FORM = re.compile(rf'<form method="post" action="(/(?!{NOT_THESE})[^"]*)">(.*?)</form>', re.S)
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def seed_demo_day(session: Session) -> None:
    """Lay the rows of a demo, as a database that tests copy."""
    site = read_site(DEMO_SITE)
    seed_demo(session, seed_people(session, site, now=NOW), site, now=NOW)


def tap(client: FlaskClient, state: PageState) -> tuple[str, TestResponse]:
    """Press the state's button, and the one of its form if it has one; return the address and the page."""
    answer = client.post(f"/demo/tilstande/{state.key}")
    assert answer.status_code == 303
    if state.sends is None:
        return answer.location, client.get(answer.location.partition("#")[0])
    assert answer.location == f"/demo/tilstande/{state.key}"
    form = FORM.search(client.get(answer.location).text)
    assert form is not None
    data = {name: unescape(value) for name, value in FIELD.findall(form[2])}
    assert data == state.sends
    return form[1], client.post(form[1], data=data, follow_redirects=True)
