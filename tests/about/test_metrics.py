"""Numbers for those who run the site: who may read them, what they tell, and that they name nobody."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app import create_app
from app.about import service
from app.about.service import Readiness
from app.config import Settings, read_settings
from app.config_faults import BadConfiguration
from app.dates.clock import fixed_clock
from app.store.db import Database
from app.web.context import FROM_THIS_MACHINE
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.run.test_server import get_answer, serving
from tests.writing import wrote

TOKEN = "a token for those who watch, 32 bytes"
HERE = {FROM_THIS_MACHINE: True}


def numbers(text: str) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in lines}


@pytest.fixture
def told_token(settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(settings, metrics_token=TOKEN), clock=fixed_clock(NOW))
    yield app
    app.extensions["db"].close()


@pytest.mark.parametrize(
    ("said", "status"),
    [({}, 404), ({"Authorization": f"Bearer {TOKEN}"}, 200), ({"Authorization": "Bearer another"}, 404)],
    ids=["nobody", "the token", "another"],
)
def test_from_elsewhere_the_token_alone_opens(told_token: Flask, said: dict[str, str], status: int) -> None:
    assert told_token.test_client().get("/metrics", headers=said).status_code == status


def test_where_no_token_is_set_none_opens(browser_of: Browser) -> None:
    assert browser_of(None).get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "203.0.113.9"}, 404),
        ({"Forwarded": "for=203.0.113.9"}, 404),
        ({"Host": "plan.example.dk"}, 404),
        ({"Host": "[::1]:8000"}, 200),
    ],
)
@pytest.mark.parametrize("proxies", [(), ("127.0.0.1",)], ids=["no proxy", "a proxy"])
def test_on_this_machine_it_is_open_unless_a_proxy_asks_for_another(
    app: Flask, asked: dict[str, str], status: int, proxies: tuple[str, ...]
) -> None:
    with serving(app, proxies) as (port, _stop):
        assert get_answer(port, "/metrics", **asked).status == status


@pytest.mark.both_databases
def test_it_tells_what_was_asked_how_long_it_took_and_what_waits(
    app: Flask, database: Database, browser_of: Browser, people: People
) -> None:
    wrote(database, people.anna, "shared", at=NOW - timedelta(days=2))
    wrote(database, people.anna, "shared", at=NOW - timedelta(hours=1))
    anna = browser_of(people.anna)
    for path in ("/plan", "/plan", f"{people.fremmed.url}/plan"):
        anna.get(path)
    told = app.test_client().get("/metrics", environ_base=HERE)
    found = numbers(told.text)
    assert told.mimetype == "text/plain"
    assert found['enplan_requests_total{method="GET",route="/plan",status="200"}'] == 2
    assert found["enplan_request_seconds_count"] == 3
    assert found['enplan_request_seconds_bucket{le="+Inf"}'] == 3
    assert found['enplan_queue_waiting{queue="entries_to_answer"}'] == 2
    assert found['enplan_queue_oldest_seconds{queue="entries_to_answer"}'] == 2 * 24 * 60 * 60
    assert found['enplan_queue_oldest_seconds{queue="messages_late"}'] == 0
    assert found["enplan_database_up"] == 1
    assert ("enplan_disk_free_bytes" in found) is database.is_sqlite
    assert not re.findall(r"[0-9a-f]{8}-", told.text)


def test_a_word_that_is_no_method_makes_no_new_line(app: Flask, browser_of: Browser) -> None:
    for word in ("HVAD", "MERE"):
        browser_of(None).open("/plan", method=word)
    lines = [line for line in app.extensions["metrics"].lines() if line.startswith("enplan_requests_total{")]
    assert lines == ['enplan_requests_total{method="-",route="-",status="405"} 2']


def test_a_short_token_is_refused() -> None:
    with pytest.raises(BadConfiguration, match="ENPLAN_METRICS_TOKEN"):
        read_settings({**_SITE, "ENPLAN_METRICS_TOKEN": "short"})


_SITE = {
    "ENPLAN_SECRET_KEY": "only for tests, 32 bytes and more",
    "ENPLAN_ORIGIN": "https://plan.example.dk",
    "ENPLAN_CONFIG": "app/demo/solbjerg.toml",
    "ENPLAN_TRUSTED_PROXY": "none",
}


def test_a_disk_without_room_is_not_ready(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LEAST_FREE", 2**60)
    missing = service.list_missing(database, settings.secret_key)
    assert missing == (["room on the disk"] if database.is_sqlite else [])


@pytest.mark.both_databases
def test_one_looks_and_the_others_are_told(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look may wait for a lock, and anybody may ask: it must not hold every thread."""
    looking, go_on, looks = threading.Event(), threading.Event(), list[int]()

    def look(*_: object) -> list[str]:
        looks.append(1)
        looking.set()
        go_on.wait(20)
        return ["database writable"]

    monkeypatch.setattr(service, "list_missing", look)
    readiness = Readiness()
    with ThreadPoolExecutor() as threads:
        first = [threads.submit(readiness.missing, database, settings.secret_key) for _one in range(2)]
        assert looking.wait(20)
        go_on.set()
        assert [one.result(20) for one in first] == [["database writable"]] * 2  # nobody is told of no look
        before = len(looks)
        looking.clear()
        go_on.clear()
        later = threads.submit(readiness.missing, database, settings.secret_key)
        assert looking.wait(20)
        assert readiness.missing(database, settings.secret_key)  # at once, though another still looks
        assert len(looks) == before + 1
        go_on.set()
        assert later.result(20) == ["database writable"]
