"""A phone, and a site that really stops and starts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from app.config import DEMO_SITE, Settings, read_site
from e2e.conftest import PATIENCE, SMALL
from e2e.serving import Server, serving


@pytest.fixture
def server(database_url: str) -> Iterator[Server]:
    settings = Settings(
        database_url, "only for tests, 32 bytes and more", "", demo=True, site=read_site(DEMO_SITE)
    )
    with serving(settings) as server:
        yield server


@pytest.fixture
def phone(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=server.url, viewport=SMALL, locale="da-DK")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()
