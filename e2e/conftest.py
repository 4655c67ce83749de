"""A real server, a real database and a real Chromium at 320 px, with and without JavaScript."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)
from sqlmodel import Session

from app.config import DEMO_SITE, Settings, read_site
from app.demo.cast import CAST, seed_people
from app.demo.seed import seed_demo
from e2e.serving import Server, serving
from tests.cast import NOW
from tests.conftest import database_kind, postgresql, templates  # noqa: F401 — fixtures
from tests.databases import Templates

# Chromium's own errands need a network that a test machine may not have.
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
# The clock of a browser that is told of no other.
IN_DENMARK: dict[str, str | float | bool] = {**os.environ, "TZ": "Europe/Copenhagen"}
NO_FIREFOX = "Firefox ESR mangler. På Debian: sudo apt install firefox-esr"
PATIENCE = 30_000  # ms: a busy machine is slow, and a test that waits for nothing real ends all the same
SMALL = ViewportSize(width=320, height=640)
expect.set_options(timeout=PATIENCE)
SignIn = Callable[[str], Page]
Site = Server


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for one in items:
        if one.path.is_relative_to(Path(__file__).parent):
            one.add_marker("both_databases")  # one road on each: see `javascript`


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver; where `./enplan test` found none, what needs a browser is left out and says why."""
    lacks = os.environ.get("ENPLAN_NO_BROWSER")
    if lacks:
        pytest.skip(lacks)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    chosen = os.environ.get("ENPLAN_CHROMIUM") or None
    browser = playwright.chromium.launch(executable_path=chosen, args=[*ARGUMENTS, *as_root], env=IN_DENMARK)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Firefox; where there is none, the tests that ask for it are left out and say why."""
    found = shutil.which("firefox-esr")
    if found is None:
        pytest.skip(NO_FIREFOX)
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=found)
    assert "Firefox/" in browser.new_page().evaluate("navigator.userAgent")  # else all is said twice
    yield browser
    browser.close()


def seed_demo_day(session: Session) -> None:
    """The whole demo municipality, as `./enplan` lays it."""
    municipality = read_site(DEMO_SITE)
    people = seed_people(session, municipality, now=NOW)
    seed_demo(session, people, municipality, now=NOW)


@pytest.fixture
def database_url(database_kind: str, templates: Templates) -> Iterator[str]:  # noqa: F811
    with templates.copy(database_kind, seed_demo_day) as url:
        yield url


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    settings = Settings(
        database_url, "only for tests, 32 bytes and more", "", demo=True, site=read_site(DEMO_SITE)
    )
    with serving(settings) as server:
        yield server


@pytest.fixture
def javascript(database_kind: str) -> bool:  # noqa: F811
    """With JavaScript on SQLite, without on PostgreSQL: each journey walks both roads, and both databases."""
    return database_kind == "sqlite"


@pytest.fixture
def context(chromium: Browser, site: Site, javascript: bool) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        java_script_enabled=javascript,
        base_url=site.url,
        viewport=SMALL,
        locale="da-DK",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def sign_in(context: BrowserContext) -> SignIn:
    """Return a way to become somebody, as a visitor to the demo does: one tap on /demo."""

    def become(slug: str) -> Page:
        page = context.new_page()
        page.goto("/demo")
        name = next(one.name for one in CAST if one.slug == slug)
        page.get_by_role("button", name=name).click()
        page.wait_for_url(lambda url: not url.endswith("/demo"))
        return page

    return become
