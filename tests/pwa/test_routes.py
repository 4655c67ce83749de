"""The app on a phone: its name, icons and worker, and the page without a line."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.dates.clock import fixed_clock
from app.web.assets import Assets
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def stranger(browser_of: Browser) -> FlaskClient:
    return browser_of(None)


@pytest.fixture
def assets(app: Flask) -> Assets:
    found: Assets = app.extensions["assets"]
    return found


def told(worker: str, name: str) -> Any:
    """Return what the server wrote above the worker's own code."""
    found = re.search(rf"^const {name} = (.*);$", worker, re.M)
    assert found
    return json.loads(found[1])


def test_the_manifest_names_the_app_neutrally(stranger: FlaskClient, assets: Assets) -> None:
    answer = stranger.get("/manifest.webmanifest")
    said = json.loads(answer.data)
    assert answer.content_type == "application/manifest+json"
    assert "public" in answer.headers["Cache-Control"]
    assert {said["name"], said["short_name"]} == {"Én plan"}
    assert (said["lang"], said["start_url"], said["scope"], said["display"]) == ("da", "/", "/", "standalone")
    assert f"--paper:{said['background_color']}" in assets.css
    assert said["theme_color"] == said["background_color"]


def test_every_icon_of_the_manifest_is_there(stranger: FlaskClient) -> None:
    icons = json.loads(stranger.get("/manifest.webmanifest").data)["icons"]
    assert [(one["sizes"], one["purpose"]) for one in icons] == [
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")
    ]  # fmt: skip
    for one in icons:
        assert stranger.get(one["src"]).mimetype == "image/png"


def test_a_page_leads_to_manifest_and_icon(stranger: FlaskClient, assets: Assets) -> None:
    page = stranger.get("/demo").text
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert f'<link rel="apple-touch-icon" href="{assets.url("icons/apple-touch-icon.png")}">' in page


def test_the_worker_keeps_this_releases_files_and_no_page_of_anybodys(
    stranger: FlaskClient, assets: Assets
) -> None:
    answer = stranger.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    wanted = {assets.url(name) for name in assets.files if not name.endswith((".png", ".css"))}
    assert set(told(answer.text, "FILES")) == wanted
    assert told(answer.text, "OFFLINE") == "/uden-forbindelse"


def test_every_kept_address_is_there_for_a_stranger(stranger: FlaskClient) -> None:
    worker = stranger.get("/sw.js").text
    for address in [*told(worker, "FILES"), told(worker, "OFFLINE")]:
        assert stranger.get(address).status_code == 200


def test_another_page_to_keep_is_another_worker(stranger: FlaskClient, settings: Settings) -> None:
    site = replace(settings.site, phone="70101010")
    other = create_app(replace(settings, site=site), clock=fixed_clock(NOW))
    caches = {told(client.get("/sw.js").text, "CACHE") for client in (stranger, other.test_client())}
    other.extensions["db"].close()
    assert len(caches) == 2


def test_the_page_without_a_line_is_the_same_for_everybody(browser_of: Browser, people: People) -> None:
    pages = {browser_of(one).get("/uden-forbindelse").text for one in (None, people.anna, people.line)}
    assert len(pages) == 1
    page = pages.pop()
    assert "Prøv igen" in page
    assert "Solbjerg" in page
    assert 'href="tel:' in page


def test_told_to_stop_the_worker_ends_itself(settings: Settings) -> None:
    app = create_app(replace(settings, worker_off=True), clock=fixed_clock(NOW))
    client = app.test_client()
    worker = client.get("/sw.js")
    assert "unregister()" in worker.text
    assert "addAll" not in worker.text
    assert worker.headers["Cache-Control"] == "no-cache"
    app.extensions["db"].close()


def test_pages_offer_the_worker_to_those_signed_in_only(browser_of: Browser, people: People) -> None:
    assert 'data-worker="/sw.js"' in browser_of(people.anna).get("/").text
    assert "data-worker" not in browser_of(None).get("/demo").text
