"""`python -m bench.peers [NAME…]`: send the two rushes to each peer, or to those named, and print a table."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from bench.peers import django_appointment, indico, ours, radicale
from bench.peers.work import BOOKINGS, SAME_DAY, STAGGERED_DAY, Peer, Rush, rush
from bench.table import Row, as_table

PEERS: dict[str, Callable[[Path], AbstractContextManager[Peer]]] = {
    "sqlite": ours.on_sqlite,
    "postgresql": ours.on_postgresql,
    "radicale": radicale.started,
    "django": django_appointment.started,
    "indico": indico.started,
}
RUSHES = {f"{BOOKINGS} on one hour": SAME_DAY, f"{BOOKINGS} staggered": STAGGERED_DAY}


def main(names: list[str]) -> int:
    unknown = set(names) - set(PEERS)
    if unknown:
        print(f"Unknown: {', '.join(sorted(unknown))}. There is: {', '.join(PEERS)}.", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or PEERS:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += _measured(name)
    print(f"\nMeasured {datetime.now(UTC):%Y-%m-%d}\n\n{as_table(rows)}")
    return 0


def _measured(name: str) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="enplan-peers-") as folder, PEERS[name](Path(folder)) as peer:
        return [_row(f"{peer.name}: {what}", rush(peer, day)) for what, day in RUSHES.items()]


def _row(what: str, found: Rush) -> Row:
    return Row(
        what,
        f"{found.accepted} accepted, {found.stored} stored, {found.pairs:,} overlapping pairs",
        f"{BOOKINGS / found.seconds:.0f} a second; 0 pairs is right",
        holds=found.pairs == 0,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
