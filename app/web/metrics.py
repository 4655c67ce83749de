"""Counts of what one process has done since it was started, as /metrics tells them. No ids, no names.

Source of the format: Prometheus, "Exposition formats", text format 0.0.4.
"""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

Labels = Mapping[str, str]
Sample = tuple[Labels, float]


class Metrics:
    """What has been counted. Safe for several threads."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._events: Counter[str] = Counter()
        self._slots = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self._lock = threading.Lock()

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        with self._lock:
            self._requests[method, route, status] += 1
            self._slots[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def count_event(self, name: str) -> None:
        with self._lock:
            self._events[name] += 1

    def lines(self) -> Iterator[str]:
        """Yield the lines that tell all of it."""
        with self._lock:
            requests, events = dict(self._requests), dict(self._events)
            slots, seconds = list(self._slots), self._seconds
        yield from metric_lines(
            "requests_total",
            "counter",
            [
                ({"method": method, "route": route, "status": str(status)}, count)
                for (method, route, status), count in sorted(requests.items())
            ],
        )
        yield from _histogram_lines("request_seconds", slots, seconds)
        yield from metric_lines(
            "events_total", "counter", [({"event": name}, count) for name, count in sorted(events.items())]
        )


def metric_lines(name: str, kind: str, samples: Iterable[Sample]) -> Iterator[str]:
    """Yield the lines of one metric; `kind` is `counter` or `gauge`."""
    yield f"# TYPE enplan_{name} {kind}"
    for labels, value in samples:
        yield f"enplan_{name}{_labels(labels)} {value:.15g}"


def _histogram_lines(name: str, slots: list[int], seconds: float) -> Iterator[str]:
    yield f"# TYPE enplan_{name} histogram"
    total = 0
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), slots, strict=True):
        total += count
        yield f'enplan_{name}_bucket{{le="{bound}"}} {total}'
    yield f"enplan_{name}_sum {seconds:.6f}"
    yield f"enplan_{name}_count {total}"


def _labels(labels: Labels) -> str:
    """Return labels as they are written; a rule of ours may hold a quote or a backslash, if hardly."""
    if not labels:
        return ""
    pairs = (
        '{}="{}"'.format(name, value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n"))
        for name, value in labels.items()
    )
    return "{" + ",".join(pairs) + "}"
