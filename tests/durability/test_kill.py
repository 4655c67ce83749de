"""A process that dies in the middle of a write loses nothing that it was told is kept.

This alone proves little (SQLite told never to wait for the disk survives it, too); the power cuts tell more.
"""

from pathlib import Path

import pytest

from tests.durability.kills import Toll, kill_rounds
from tests.durability.served import kill_served

ROUNDS, SEED = {"sqlite": 8, "postgresql": 3}, 2026  # 100 rounds in `./enplan bench durability`
SERVED = 3  # rounds with the whole server
pytestmark = [pytest.mark.both_databases, pytest.mark.slow]


def test_no_kept_word_is_lost_when_the_process_is_killed(database_url: str, database_kind: str) -> None:
    nothing_is_lost(kill_rounds(database_url, rounds=ROUNDS[database_kind], seed=SEED))


def test_no_acknowledged_word_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    nothing_is_lost(kill_served(tmp_path, rounds=SERVED, seed=SEED))


def nothing_is_lost(toll: Toll) -> None:
    assert (toll.lost, toll.half, toll.unexpected, toll.damaged) == (0, 0, 0, 0), toll
    assert toll.in_flight >= toll.rounds / 5, "too few of the kills hit a write"
    assert len(toll.acknowledged) >= toll.rounds
