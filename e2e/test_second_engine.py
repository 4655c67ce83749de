"""The core journeys once more in Firefox: another engine than the one that all other browser tests drive.

The steps are the journeys' own. Passkeys are not among them: this engine has no key that a test can hold.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from e2e.offline.conftest import phone, server  # noqa: F401 — fixtures
from e2e.test_by_keyboard_alone import test_from_the_first_page_to_the_plan_and_back  # noqa: F401

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

MISSING = "Firefox ESR mangler. På Debian: sudo apt install firefox-esr"


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Firefox, in the place of the browser in which the journeys are otherwise walked."""
    found = shutil.which("firefox-esr")
    if found is None:
        pytest.skip(MISSING)
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=found)
    assert "Firefox/" in browser.new_page().evaluate("navigator.userAgent")  # else all is said twice
    yield browser
    browser.close()
