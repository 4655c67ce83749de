"""What is lost when a process is killed and when the power goes: nothing, with the app's own settings.

The tests run the same with fewer writes. NORMAL and OFF are SQLite's weaker settings: they must lose.
"""

import tempfile
from pathlib import Path

from app.migrations.schema import migrate
from app.store.db import Database
from bench.table import Row
from tests.conftest import seed_cast
from tests.durability.kills import kill_rounds
from tests.durability.power_cuts import Damage, Settings, cut_power

SEED = 2026
ROUNDS = 100
WRITES = 60
IMAGES = 4  # of what the disk may hold, after each event
OFF, NORMAL, FULL = 0, 1, 2


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-bench-") as place:
        folder = Path(place)
        template = _lay(folder / "template.db")
        return [*_kills(_lay(folder / "killed.db")), *_cuts(template, folder)]


def _lay(file: Path) -> Path:
    database = Database(f"sqlite:///{file}")
    migrate(database)
    with database.writing() as session:
        seed_cast(session)
    database.close()
    return file


def _kills(file: Path) -> list[Row]:
    toll = kill_rounds(f"sqlite:///{file}", rounds=ROUNDS, seed=SEED)
    costs = toll.lost, toll.half, toll.unexpected, toll.damaged
    hit = toll.in_flight / toll.rounds
    return [
        Row(
            f"kill -9, {toll.rounds} rounds: acknowledged writes lost",
            f"{toll.lost} of {len(toll.acknowledged)}",
            "0",
            holds=costs == (0, 0, 0, 0),
        ),
        Row(
            "kill -9: rounds cut inside a write",
            f"{toll.in_flight} of {toll.rounds}",
            "at least 0.20",
            hit,
            hit >= 0.20,
        ),
    ]


def _cuts(template: Path, folder: Path) -> list[Row]:
    def cut(settings: Settings | None = None) -> Damage:
        return cut_power(template, folder, writes=WRITES, seed=SEED, images=IMAGES, settings=settings)

    served, old = cut(), cut(Settings("truncate", FULL))
    normal, off = cut(Settings("wal", NORMAL)), cut(Settings("wal", OFF))
    return [
        _row("as served", served, holds=_unharmed(served)),
        _row("TRUNCATE + FULL (an old SQLite)", old, holds=_unharmed(old)),
        _row("control, WAL + NORMAL", normal, holds=normal.lossy > 0),
        _row("control, WAL + OFF", off, holds=off.damaged > 0),
    ]


def _unharmed(damage: Damage) -> bool:
    return (damage.lossy, damage.damaged, damage.half) == (0, 0, 0)


def _row(what: str, damage: Damage, *, holds: bool) -> Row:
    harmed = f"{damage.lossy} with lost writes (at most {damage.most_lost}), {damage.damaged} damaged"
    return Row(
        f"power cut at {damage.cuts} points, {what}",
        harmed,
        f"{damage.images} images",
        (damage.lossy + damage.damaged) / damage.images,
        holds,
    )
