"""Compresses a page against one that the phone has kept, so that what all pages share is not sent again.

The kept page is the one for when there is no line: the worker fetches it anyway, and it is the same for
everybody. A browser that can do this says which page it has by the page's hash (RFC 9842); a hash that is not
of this release is answered as if nothing had been said. Why it gives nothing away: docs/adr/0044.
"""

import hashlib
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cached_property

try:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
except ImportError:  # a Python that was built without it: all phones are answered as those that have no page
    zstd = None  # type: ignore[assignment]

LEVEL = 6  # above it a page takes twice the time, for a fiftieth of its size
MAGIC = b"\x5e\x2a\x4d\x18\x20\x00\x00\x00"  # a frame that decoders skip, 32 bytes long: the hash follows


class Dictionary:
    """One page that phones keep, and how others are compressed for a phone that has it."""

    token = "dcz"  # noqa: S105 — what the coding is called

    def __init__(self, page: bytes) -> None:
        self._hash = hashlib.sha256(page).digest()
        self._page = zstd.ZstdDict(page, is_raw=True)

    @property
    def name(self) -> str:
        """What a browser that has the page says in `Available-Dictionary`."""
        return f":{b64encode(self._hash).decode()}:"

    def compress(self, body: bytes) -> bytes:
        return MAGIC + self._hash + zstd.compress(body, LEVEL, zstd_dict=self._page.as_digested_dict)


class Dictionaries:
    """All pages of this release that phones keep; `fetch` gets them when the first phone names one."""

    def __init__(self, fetch: Callable[[], Iterable[bytes]]) -> None:
        self._fetch = fetch

    def find(self, name: str) -> Dictionary | None:
        """Return what a browser has named in `Available-Dictionary`, if it is one of these."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Dictionary]:
        found = map(Dictionary, self._fetch() if zstd else ())
        return {one.name: one for one in found}
