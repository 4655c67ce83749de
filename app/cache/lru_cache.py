"""What is drawn and kept between two looks, pages and parts of them: in memory alone, and only so many bytes.

A page is found by its place (who reads what, where) and given only while the state of all that it hangs on
is as it was when the page was drawn. So a place has one page, and what is stale is never given.
"""

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from markupsafe import Markup

MOST_BYTES = 32 * 1024 * 1024  # of one process: about 3,000 pages
ROOM = 1024  # what a page takes beside its body: place, state and their rows

Body = TypeVar("Body", bytes, Markup)


@dataclass(frozen=True, slots=True)
class _Cached(Generic[Body]):
    """A finished body as it is given, the state it was drawn from, and how many bytes both take."""

    body: Body
    state: object
    size: int


class LruCache(Generic[Body]):
    """Bodies by place; safe for several threads. `most_bytes` 0 keeps nothing.

    `room` is what one takes beside its body, in bytes.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, room: int = ROOM) -> None:
        self._most, self._room, self._bytes = most_bytes, room, 0
        self._pages: OrderedDict[Hashable, _Cached[Body]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many bytes are kept now."""
        return self._bytes

    def find(self, place: Hashable, state: object) -> Body | None:
        """Return the body kept for `place`, or None if there is none, or it was drawn from another state."""
        with self._lock:
            page = self._pages.get(place)
            if page is None:
                return None
            self._pages.move_to_end(place)
        return page.body if page.state == state else None

    def put(self, place: Hashable, state: object, body: Body) -> None:
        """Keep a body in the place of the one before; the pages looked at longest ago make room for it."""
        page = _Cached(body, state, sys.getsizeof(body) + self._room)
        with self._lock:
            self._drop(place)
            self._pages[place] = page
            self._bytes += page.size
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def _drop(self, place: Hashable) -> None:
        gone = self._pages.pop(place, None)
        self._bytes -= gone.size if gone else 0


PageLru = LruCache[bytes]
