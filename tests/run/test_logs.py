"""What comes into the log: when, what, how it ended; never a word, a name or an id."""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.config_faults import BadConfiguration
from app.demo.cast import CAST
from app.environment import LogFormat, read_log_format
from app.run import logs
from app.run.logs import start_logging
from app.store.db import Database
from app.web.context import db
from app.web.request_log import REQUEST_ID
from tests.access.canaries import WORD, Crawl, plant
from tests.booking.fixtures import Booked
from tests.cast import People
from tests.conftest import Browser
from tests.web.broken import read_only

WORDS = "Kanarieplan-words"
PLAN_RULE = "/borgere/<uuid:citizen_id>/plan"
UUID_WRITTEN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-", re.IGNORECASE)
SECRET_WRITTEN = re.compile(r"(?=\S*\d)(?=\S*[A-Z])[A-Za-z0-9_-]{43}")

Log = Callable[[], list[dict[str, Any]]]


@pytest.fixture(params=[LogFormat.JSON])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """Log as a server does, every level of everybody, to a place that can be read."""
    root, ours, stream = logging.getLogger(), logging.getLogger(logs.OURS), StringIO()
    before = list(root.handlers), root.level, ours.level, threading.excepthook, logging.raiseExceptions
    start_logging(request.param, stream)
    root.setLevel(logging.DEBUG)
    yield stream
    root.handlers[:], level, our_level, threading.excepthook, logging.raiseExceptions = before
    root.setLevel(level)
    ours.setLevel(our_level)


def lines(written: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def requests(written: StringIO) -> list[dict[str, Any]]:
    return [line for line in lines(written) if "route" in line]


def test_each_request_is_a_line_with_its_rule_and_never_its_path(
    browser_of: Browser, people: People, written: StringIO
) -> None:
    line = browser_of(people.line)
    assert line.get(f"{people.anna.url}/plan?q={WORDS}").status_code == 200
    assert line.get(f"/findes-ikke/{WORDS}").status_code == 404
    assert line.get(f"{people.fremmed.url}/plan").status_code == 404
    told, *_rest = found = requests(written)
    assert told.keys() == {"time", "level", "event", "request_id", "method", "route", "status", "ms"}
    assert (told["event"], told["route"], told["status"]) == (
        "request",
        "/borgere/<uuid:citizen_id>/plan",
        200,
    )
    assert [one["route"] for one in found[1:]] == ["-", "/borgere/<uuid:citizen_id>/plan"]
    assert len({one["request_id"] for one in found}) == 3


def test_a_form_that_htmx_follows_is_one_line_with_the_forms_rule(
    browser_of: Browser, people: People, written: StringIO
) -> None:
    browser_of(people.anna).post("/nyt/til-side", data={"til": ""}, headers={"HX-Request": "true"})
    (told,) = requests(written)
    assert (told["method"], told["route"], told["status"]) == ("POST", "/nyt/til-side", 200)


def _break_down() -> str:
    raise ValueError(WORDS)


def _break_in_the_database() -> str:
    with db().writing() as session:
        session.connection().execute(text("INSERT INTO municipality (name) VALUES (:name)"), {"name": WORDS})
    return ""


def _end_a_thread() -> None:
    thread = threading.Thread(target=_break_down)
    thread.start()
    thread.join()


@pytest.mark.own_app
def test_no_word_name_or_id_of_a_whole_plan_comes_into_it(
    app: Flask, database: Database, booked: Booked, browser_of: Browser, people: People, written: StringIO
) -> None:
    for address, view in (("/gaar-galt", _break_down), ("/gaar-galt-her", _break_in_the_database)):
        view.action = "public"  # type: ignore[attr-defined]
        app.add_url_rule(address, address[1:], view, methods=["GET", "POST"])
    meetings = [one.id for one in plant(database, booked).values()]
    assert Crawl(app, database, browser_of, "anna").read(meetings)  # there was something to tell
    anna = browser_of(people.anna)
    for address in ("/gaar-galt", "/gaar-galt-her"):
        assert anna.post(address, data={"words": WORDS}).status_code == 500
    with read_only(database):
        assert anna.post("/skriv", data={"words": WORDS, "slags": "droem"}).status_code == 503
    logging.getLogger("somebody.else").error("could not serve %s", WORDS)
    try:
        _break_down()
    except ValueError:
        logging.getLogger("somebody.else").exception("it broke")
    _end_a_thread()
    told = written.getvalue()
    assert len(requests(written)) > 100
    assert {500, 503} <= {one["status"] for one in requests(written)}
    assert WORDS not in told
    assert not WORD.findall(told)
    assert not UUID_WRITTEN.findall(told)
    assert not SECRET_WRITTEN.findall(told)
    assert not [one.name for one in CAST if one.name in told]


def test_an_error_is_told_with_its_kind_and_where_it_rose(written: StringIO) -> None:
    _end_a_thread()
    (line,) = lines(written)
    assert (line["level"], line["error"]) == ("critical", "ValueError")
    assert line["at"][0].endswith("_break_down")


def test_an_error_that_can_t_be_made_anew_is_told_all_the_same(written: StringIO) -> None:
    """SQLAlchemy's take arguments: one that ended the worker of the demo left no line."""

    def ends() -> None:
        raise OperationalError(WORDS, {}, ValueError(WORDS))

    thread = threading.Thread(target=ends)
    thread.start()
    thread.join()
    assert [line["error"] for line in lines(written)] == ["OperationalError"]


def test_a_sentence_that_others_have_put_together_is_left_out(written: StringIO) -> None:
    """As the server does it, with an address in it."""
    logging.getLogger("waitress").error(f"Exception while serving /ics/{WORDS}.ics")
    logging.getLogger("waitress").error("Exception while serving %s", WORDS)
    assert [one.get("message") for one in lines(written)] == [None, "Exception while serving %s"]


def test_what_went_wrong_with_us_can_be_found_by_its_number(
    app: Flask, database: Database, browser_of: Browser, people: People, written: StringIO
) -> None:
    anna = browser_of(people.anna)
    assert REQUEST_ID not in anna.get("/plan").headers
    with read_only(database):
        answer = anna.post("/skriv", data={"words": WORDS, "slags": "droem"})
    (told,) = [one for one in requests(written) if one["status"] == 503]
    assert told["request_id"] == answer.headers[REQUEST_ID]
    assert told["level"] == "error"


def test_signing_in_and_out_and_being_refused_are_events(
    app: Flask, browser_of: Browser, people: People, written: StringIO
) -> None:
    anna, nobody = browser_of(people.anna), browser_of(None)
    nobody.post("/log-ind", data={"credential": "{}"})
    nobody.post("/invitation", data={"code": "CFGH 2345"})
    nobody.post("/skriv", data={"words": WORDS})
    anna.post("/log-af")
    events = [one["event"] for one in lines(written)]
    assert set(events) == {"request", "sign_in_refused", "invitation_refused", "refused", "signed_out"}
    assert 'enplan_events_total{event="sign_in_refused"} 1' in list(app.extensions["metrics"].lines())


@pytest.mark.parametrize("written", [LogFormat.TEXT], indirect=True)
def test_for_people_it_is_one_line_each(browser_of: Browser, people: People, written: StringIO) -> None:
    browser_of(people.anna).get("/plan")
    assert re.fullmatch(
        r"\S+ INFO request request_id=[0-9a-f]{16} method=GET route=/plan status=200 ms=\d+\n",
        written.getvalue(),
    )


def test_only_two_words_say_how(browser_of: Browser) -> None:
    assert read_log_format({}) is None
    assert read_log_format({"ENPLAN_LOG": "JSON"}) is LogFormat.JSON
    with pytest.raises(BadConfiguration, match="json eller text"):
        read_log_format({"ENPLAN_LOG": "xml"})
