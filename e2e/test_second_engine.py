"""The core journeys once more in Firefox: another engine than the one that all other browser tests drive.

The steps are the journeys' own. Passkeys are not among them: this engine has no key that a test can hold.
"""

import pytest
from playwright.sync_api import Browser

from e2e.offline.conftest import phone, server  # noqa: F401 — fixtures
from e2e.test_by_keyboard_alone import test_from_the_first_page_to_the_plan_and_back  # noqa: F401

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


@pytest.fixture
def chromium(firefox: Browser) -> Browser:
    """Firefox, in the place of the browser in which the journeys are otherwise walked."""
    return firefox
