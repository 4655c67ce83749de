"""What is done at the terminal stands in the log too, where a site asks for one."""

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.run import logs
from tests.cli.conftest import Run, one_sentence


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    before = list(root.handlers), root.level, ours.level, threading.excepthook, logging.raiseExceptions
    yield
    root.handlers[:], level, our_level, threading.excepthook, logging.raiseExceptions = before
    root.setLevel(level)
    ours.setLevel(our_level)


def test_each_command_is_an_event_with_how_it_ended(enplan: Run, tmp_path: Path) -> None:
    site = {"ENPLAN_LOG": "json", "ENPLAN_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    told = [
        json.loads(enplan(*words, **site).stderr.splitlines()[-1]) for words in (("migrate",), ("doctor",))
    ]
    assert [(one["event"], one["command"], one["code"]) for one in told] == [
        ("command", "migrate", 0),
        ("command", "doctor", 1),  # there is no key
    ]


def test_where_no_log_is_asked_for_nothing_is_added(enplan: Run, tmp_path: Path) -> None:
    assert enplan("migrate", ENPLAN_DATABASE_URL=f"sqlite:///{tmp_path}/x.db").stderr == ""


def test_a_log_of_another_kind_is_one_sentence(enplan: Run) -> None:
    assert "json eller text" in one_sentence(enplan("migrate", ENPLAN_LOG="xml"), 2)
