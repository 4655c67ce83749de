"""A process that dies in the middle of a write loses nothing that it was told is kept.

This alone proves little (SQLite told never to wait for the disk survives it, too); the power cuts tell more.
"""

import pytest

from tests.durability.kills import kill_rounds

ROUNDS, SEED = {"sqlite": 8, "postgresql": 3}, 2026  # 100 rounds in `./enplan bench durability`
pytestmark = pytest.mark.slow


def test_no_kept_word_is_lost_when_the_process_is_killed(database_url: str, database_kind: str) -> None:
    rounds = ROUNDS[database_kind]
    toll = kill_rounds(database_url, rounds=rounds, seed=SEED)
    assert (toll.lost, toll.half, toll.unexpected, toll.damaged) == (0, 0, 0, 0), toll
    assert toll.in_flight >= rounds / 5, "too few of the kills hit a write"
    assert len(toll.acknowledged) >= rounds
