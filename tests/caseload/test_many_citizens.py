"""/borgere with hundreds of citizens: found by name, each mark a way to the very thing, small on the line."""

import re
from collections.abc import Iterator

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from app.caseload.waiting import LISTED, WHOLE_MOST
from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import fixed_clock
from app.demo.bulk_people import lay_citizens
from app.demo.cast import seed_people
from app.identity.login import DEMO_COOKIE
from tests.cast import NOW
from tests.conftest import ORIGIN, enter
from tests.databases import Templates
from tests.worker_app import WorkerApp

SITE = read_site(DEMO_SITE)
MOST_BYTES = 40_000


def seed_fifty(session: Session) -> None:
    seed_people(session, SITE, now=NOW)
    lay_citizens(session, SITE, citizens=100, seed=1, now=NOW)


@pytest.fixture
def line(templates: Templates, worker_app: WorkerApp) -> Iterator[FlaskClient]:
    with templates.copy("sqlite", seed_fifty) as url:
        settings = Settings(url, "only for tests, 32 bytes and more", ORIGIN, demo=True, site=SITE)
        with worker_app.lend(settings, fixed_clock(NOW)) as app:
            yield _line(app)


def _line(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie(DEMO_COOKIE, enter(app, "line"), domain="localhost")
    return client


def _rows(text: str) -> list[str]:
    return re.findall(r'<li class="row">.*?</li>', text, re.DOTALL)


def test_each_row_costs_few_bytes_and_its_marks_lead_there(line: FlaskClient) -> None:
    text = line.get("/borgere").text
    rows = _rows(text)
    assert len(rows) == 54
    bare = re.sub(r'<li class="row">.*?</li>', "", text, flags=re.DOTALL)
    a_row = (len(brotli.compress(text.encode())) - len(brotli.compress(bare.encode()))) / len(rows)
    assert len(brotli.compress(bare.encode())) + 300 * a_row < MOST_BYTES
    assert '<span class="mark"' not in "".join(rows)
    to_answer = re.search(
        r'href="(/godkend\?borger=[^"]+)"[^>]*aria-label="1 forslag at svare på: ([^"]+)"', text
    )
    assert to_answer is not None
    assert to_answer[2] in line.get(to_answer[1]).text
    to_read = re.search(
        r'href="(/godkend\?borger=[^"]+laes=1)"[^>]*aria-label="1 svar at læse: ([^"]+)"', text
    )
    assert to_read is not None
    shown = line.get(to_read[1].replace("&amp;", "&")).text
    assert to_read[2] in shown
    assert "Jeg har læst det" in shown


def test_one_of_many_is_found_by_name(line: FlaskClient) -> None:
    found = line.get("/borgere?navn=an").text
    assert 1 < len(_rows(found)) < 54
    assert "Anna Jensen" in found
    nobody = line.get("/borgere?navn=Zzz").text
    assert _rows(nobody) == []
    assert "Du hjælper ingen, der hedder det." in nobody
    assert "Vis alle" in nobody


@pytest.mark.parametrize(
    ("name", "ends"), [("anna+j", "/plan"), ("ny", "/begynd")], ids=["a plan", "no plan that is open"]
)
def test_who_is_alone_with_a_name_is_opened(line: FlaskClient, name: str, ends: str) -> None:
    found = line.get(f"/borgere?navn={name}")
    assert found.status_code == 303
    assert found.location.endswith(ends)
    assert line.get(found.location).status_code == 200
    assert "Er der kun én med det navn, kommer du direkte til borgeren." in line.get("/borgere").text


def test_of_much_that_waits_the_oldest_stand_on_my_day_and_the_rest_a_page_at_a_time(
    line: FlaskClient,
) -> None:
    days, links, side = list[int](), list[str](), 0
    while True:
        side += 1
        waiting = line.get(f"/dag?side={side}").text.partition('id="venter"')[2].partition("</section>")[0]
        rows = waiting.partition("<ul")[2].partition("</ul>")[0]
        found = re.findall(r'<li class="link-row"><p><a href="([^"]*)"', rows)
        told = re.search(r"(\d+) ting venter. Her er nummer (\d+) til (\d+), de ældste først.", waiting)
        assert told is not None
        assert tuple(map(int, told.groups()[1:])) == (len(links) + 1, len(links) + len(found))
        links += found
        days.append(rows.count("Forsinket"))
        if "Vis de næste" not in waiting:
            break
        assert len(found) == LISTED
    assert len(links) == int(told[1]) > WHOLE_MOST
    assert days == sorted(days, reverse=True)
    assert days[0] > 0
    assert "Her står ikke mere." in line.get("/dag?side=99").text


def test_who_is_the_only_one_is_opened_when_looked_for_alone(line: FlaskClient) -> None:
    """A list of one, as a filter leaves it, is a list."""
    assert line.get("/borgere").status_code == 200
    assert line.get("/borgere?navn=").status_code == 200
    assert line.get("/borgere?navn=++").status_code == 200
