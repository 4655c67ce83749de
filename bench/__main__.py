"""`./enplan bench [NAME…]`: run every module here, or those named, and print one table of ratios.

A module is a measurement: it has `run() -> list[Row]`. The exit code is 0 only if no row is broken.
"""

import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules

import bench
from bench.table import Row, as_table


def measurements() -> dict[str, str]:
    """Return the modules that measure, by the name one asks for them with."""
    found = {one.name: f"bench.{one.name}" for one in iter_modules(bench.__path__)}
    return {name: path for name, path in found.items() if hasattr(import_module(path), "run")}


def main(names: list[str]) -> int:
    known = measurements()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"Unknown: {', '.join(unknown)}. There is: {', '.join(known)}.", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or known:
        began = time.monotonic()
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += import_module(known[name]).run()
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(f"\nMeasured {datetime.now(UTC):%Y-%m-%d}\n\n{as_table(rows)}")
    return 1 if any(row.holds is False for row in rows) else 0


if __name__ == "__main__":  # not when its neighbours are looked through
    sys.exit(main(sys.argv[1:]))
