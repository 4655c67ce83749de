"""The process that reads: its limits, and what it is told and tells.

Standard input: a line of JSON with the limits and the span of time that is asked for, then the file.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any


def read_events(source: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the times in the span, the faults by entry, and how many entries lie before and after it."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 — after the limits are set

    from .ical_entries import Found, read_all  # noqa: PLC0415
    from .ical_lines import Scan, opened  # noqa: PLC0415
    from .ical_zones import Zones  # noqa: PLC0415

    first, last = datetime.fromisoformat(asked["first"]), datetime.fromisoformat(asked["last"])
    source = BytesIO(source) if isinstance(source, bytes) else source
    scan = Scan(opened(source), first, last, told=bool(asked["texts"]), owner=asked.get("owner", ""))
    found = Found(scan, Zones(ZoneInfo(asked["zone"]), scan.zones), first, last, int(asked["most"]))
    read_all(found)
    counts = {"past": scan.past, "later": scan.later, "held": scan.held}
    return {"entries": found.told, "faults": found.faults, **counts}


def limit(seconds: int, bytes_most: int) -> None:
    """End this process when it takes too long or too much. Without such limits ical_reader.py waits."""
    try:
        import resource  # noqa: PLC0415 — not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (bytes_most, bytes_most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it reads is private
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def answer(source: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what was read, or why the file as a whole can't be."""
    from .ical_lines import Stop  # noqa: PLC0415

    try:
        return read_events(source, asked)
    except Stop as stop:
        return {"whole": str(stop)}
    except (MemoryError, RecursionError):
        return {"whole": "too_much"}
    except Exception:
        return {"whole": "broken"}


def main(source: Any, write: Callable[[str], object]) -> None:
    asked = json.loads(source.readline())
    limit(int(asked["seconds"]), int(asked["bytes"]))
    write(json.dumps(answer(source, asked)))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.write)
