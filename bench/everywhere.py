"""From nothing to the first page, on every Python from 3.11 that is found on this machine.

Each gets a copy of the checkout in a folder with spaces and Danish letters, and is started from another
folder. Packages fetched before lie in the machine's own caches, so the time is not that of a new machine.
"""

import os
import tempfile
import time
from pathlib import Path

from bench.table import Row
from tests.start.pythons import OFFLINE, Python, copy_checkout, first_page, pythons


def from_nothing() -> list[Row]:
    return [_from_nothing(python) for python in pythons()]


def _from_nothing(python: Python) -> Row:
    what = f"from nothing to the first page, Python {python}"
    with tempfile.TemporaryDirectory(prefix="enplan start på ") as place:
        root = copy_checkout(Path(place) / "Én plan æøå")
        began = time.monotonic()
        started = first_page(python.path, root, folder=Path(place), env=dict(os.environ))
        took = f"{time.monotonic() - began:.0f} s"
    if OFFLINE in started.said:
        return Row(what, "not measured", "the packages can't be fetched", holds=None)
    said = (started.said.splitlines() or ["nothing"])[-1]
    return Row(what, took, "a page" if started.title else said, holds=started.title is not None)
