"""One word in the environment ends the service worker on every phone."""

import pytest

from app.config import is_worker_off


@pytest.mark.parametrize(
    ("said", "off"), [({}, False), ({"ENPLAN_SW_OFF": "0"}, False), ({"ENPLAN_SW_OFF": "1"}, True)]
)
def test_the_environment_decides(said: dict[str, str], off: bool) -> None:
    assert is_worker_off(said) is off
