"""Every response carries the strict headers: pages, redirects, errors, files and machine answers alike."""

import re

import pytest
from flask import Flask

from app.web.headers import FILE_FIXED, FILE_POLICY, FIXED
from tests.cast import People
from tests.conftest import Browser

ADDRESSES = (
    "/",
    "/plan",
    "/no-such-page",
    "/demo",
    "/healthz",
    "/readyz",
    "/metrics",
    "/.well-known/security.txt",
    "/favicon.ico",
    "/tilgaengelighed",
    "/api/v1/meetings",
    "/log-af",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_headers_stand_everywhere(address: str, browser_of: Browser, people: People) -> None:
    for reader in (None, people.anna):
        response = browser_of(reader).get(address)
        assert {name: response.headers.get(name) for name in FIXED} == FIXED
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "nonce" not in policy


def test_the_one_style_block_is_the_one_the_policy_names(
    app: Flask, browser_of: Browser, people: People
) -> None:
    response = browser_of(people.anna).get("/plan")
    block = re.findall(r"<style>(.*?)</style>", response.text, re.S)
    assert [str(app.extensions["assets"].css)] == block
    assert f"'{app.extensions['assets'].css_hash}'" in response.headers["Content-Security-Policy"]


def test_private_pages_are_never_stored(browser_of: Browser, people: People) -> None:
    assert browser_of(people.anna).get("/plan").headers["Cache-Control"] == "no-store"


def test_a_file_is_kept_for_a_year_under_its_own_name(app: Flask) -> None:
    assets = app.extensions["assets"]
    client = app.test_client()
    answer = client.get(assets.url("js/app.js"), headers={"Accept-Encoding": "br"})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/static/0123456789ab/js/app.js").status_code == 404
    assert client.get(assets.url("../db.py")).status_code == 404


def test_a_file_opened_by_itself_may_run_and_ask_nothing(app: Flask) -> None:
    answer = app.test_client().get(app.extensions["assets"].url("icons/icon.svg"))
    assert {name: answer.headers.get(name) for name in FILE_FIXED} == FILE_FIXED
    assert answer.headers["Content-Security-Policy"] == FILE_POLICY
    assert FILE_POLICY.startswith("default-src 'none'")
    assert FILE_FIXED.keys() == FIXED.keys()


def test_the_worker_is_bound_as_a_page_is(app: Flask) -> None:
    policy = app.test_client().get("/sw.js").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy


def test_on_plain_http_no_hsts_is_sent(app: Flask, browser_of: Browser) -> None:
    assert "Strict-Transport-Security" not in browser_of(None).get("/tilgaengelighed").headers
