"""Finished pages that the server keeps between two looks: in memory alone, and only so many bytes.

A page is found by its place (who reads what, where) and given only while the state of all that it hangs on
is as it was when the page was drawn. So a place has one page, and what is stale is never given.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

MOST_BYTES = 32 * 1024 * 1024  # of one process: about 3,000 pages
ROOM = 1024  # what a page takes beside its body: place, state and their rows


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A finished body as it is sent, and the state it was drawn from."""

    body: bytes
    state: object

    @property
    def size(self) -> int:
        return len(self.body) + ROOM


class KeptPages:
    """Pages by place; safe for several threads. `most_bytes` 0 keeps nothing."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many bytes are kept now."""
        return self._bytes

    def find(self, place: Hashable, state: object) -> bytes | None:
        """Return the body kept for `place`, or None if there is none, or it was drawn from another state."""
        with self._lock:
            page = self._pages.get(place)
            if page is None:
                return None
            self._pages.move_to_end(place)
        return page.body if page.state == state else None

    def keep(self, place: Hashable, state: object, body: bytes) -> None:
        """Keep a body in the place of the one before; the pages looked at longest ago make room for it."""
        page = KeptPage(body, state)
        with self._lock:
            self._drop(place)
            self._pages[place] = page
            self._bytes += page.size
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def _drop(self, place: Hashable) -> None:
        gone = self._pages.pop(place, None)
        self._bytes -= gone.size if gone else 0
