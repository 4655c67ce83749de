"""One word in the environment ends the service worker on every phone."""

import pytest

from app.environment import is_worker_off


@pytest.mark.parametrize(
    ("said", "off"),
    [
        ({}, False),
        *(({"ENPLAN_SW_OFF": word}, False) for word in ("0", "nej", "off")),
        *(({"ENPLAN_SW_OFF": word}, True) for word in ("1", "ja")),
    ],
)
def test_the_environment_decides(said: dict[str, str], off: bool) -> None:
    assert is_worker_off(said) is off
