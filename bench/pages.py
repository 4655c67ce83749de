"""What pages cost beside bare Flask: the plan, kept between two looks and built for one; calendar and feed.

Built is told twice: after a change, where one card of the plan gets other words and the plan its next
revision before each request, and from nothing, with no card drawn before. This process makes the changes.

Bare Flask is the smallest app that answers with a fixed page of 12 kB. Each app has a process of its own,
served by `app.run.server.serve`; this process asks over several connections that stay open. Counted is the
time the server's processor works for a request, which says the same on a busy machine as on an idle one;
requests a second stand beside it. They take turns, and the ratio of each round counts: the median is told.
"""

import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.plan_changes import Changes
from bench.server import Server, ask, request, serving
from bench.table import Row

REQUESTS = 600  # in a round, of each
ROUNDS = 9
WARM = 100  # requests before anything is counted
BUILT_LEAST, KEPT_LEAST = 0.20, 0.70
AS_A_BROWSER = {
    "User-Agent": "Mozilla/5.0",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "da",
    "Sec-Fetch-Site": "same-origin",
}


class _Requests(Sequence[bytes]):
    """The requests of a few readers in turn; each is given to be sent when what it reads has changed."""

    def __init__(self, readers: Sequence[bytes], changes: Sequence[Changes], times: int) -> None:
        self._readers, self._changes, self._times = readers, changes, times

    def __len__(self) -> int:
        return self._times

    def __getitem__(self, number: Any) -> Any:
        if number >= self._times:
            raise IndexError(number)
        turn = number % len(self._readers)
        if self._changes:
            self._changes[turn].make_one()
        return self._readers[turn]


@dataclass(slots=True)
class Asked:
    """What one app is asked for again and again, and what each round cost it."""

    name: str
    server: Server
    path: str
    status: int = 200
    etag: str = ""  # of what the one who asks has already
    least: float | None = None  # the share of bare Flask's speed that is promised; None: nothing is
    changes: Sequence[Changes] = ()  # made to the plans of those who ask, one before each request
    size: int = 0  # bytes of a body
    cpu: list[float] = field(default_factory=list)  # seconds for a request, by round
    wall: list[float] = field(default_factory=list)

    def ask(self, times: int) -> None:
        readers = [self._request(cookie) for cookie in self.server.told.get("cookies", ["a=b"])]
        answers = ask(self.server.port, _Requests(readers, self.changes, times))
        assert {answer.status for answer in answers} == {self.status}
        self.size = len(answers[-1].body)

    def _request(self, cookie: str) -> bytes:
        headers = AS_A_BROWSER | {"Cookie": cookie}
        if self.etag:
            headers["If-None-Match"] = self.etag
        return request("GET", self.server.port, self.path, headers)

    def round(self) -> None:
        worked, began = self.server.worked(), time.perf_counter()
        self.ask(REQUESTS)
        self.wall.append((time.perf_counter() - began) / REQUESTS)
        self.cpu.append((self.server.worked() - worked) / REQUESTS)

    def said(self) -> str:
        worked, waited = statistics.median(self.cpu), statistics.median(self.wall)
        return f"{worked * 1e6:.0f} µs" + ("" if self.changes else f" ({1 / waited:.0f} a second)")


def run() -> list[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="enplan-bench-") as place,
        serving("bench.pages_served", "bare", str(Path(place) / "bare.db")) as bare,
        serving("bench.pages_served", "built", str(Path(place) / "built.db")) as built,
        serving("bench.pages_served", "changed", str(Path(place) / "changed.db")) as changed,
        serving("bench.pages_served", "kept", str(Path(place) / "kept.db")) as kept,
    ):
        feed = built.told["feed"]
        changes = [Changes(Path(place) / f"changed.db.{one}") for one in range(len(changed.told["cookies"]))]
        everything = [
            Asked("bare", bare, "/"),
            Asked("plan page, built after a change", changed, "/plan", least=BUILT_LEAST, changes=changes),
            Asked("plan page, built from nothing", built, "/plan"),
            Asked("plan page, kept", kept, "/plan", least=KEPT_LEAST),
            Asked("calendar page", built, "/kalender"),
            Asked("calendar feed", built, feed),
            Asked("calendar feed, unchanged", built, feed, 304, _etag(built, feed)),
        ]
        for one in everything:
            one.ask(WARM)
        for number in range(ROUNDS):
            turn = number % len(everything)
            for one in everything[turn:] + everything[:turn]:
                one.round()
    return [_row(one, everything[0]) for one in everything[1:]]


def _etag(server: Server, path: str) -> str:
    """Return by what a phone says that it has the file already."""
    (answer,) = ask(server.port, [request("GET", server.port, path, AS_A_BROWSER)])
    return answer.field("etag")


def _row(one: Asked, bare: Asked) -> Row:
    ratio = statistics.median(theirs / ours for theirs, ours in zip(bare.cpu, one.cpu, strict=True))
    promised = f"; at least {one.least:.2f}" if one.least else ""
    return Row(
        f"{one.name}: processor time for a request",
        f"{one.said()}, {one.size} B",
        f"bare Flask {bare.said()}{promised}",
        ratio,
        ratio >= one.least if one.least else None,
    )
