"""Which zone a name means: as the world names it, as Windows and Outlook do, or as the file itself explains.

A name that is known is never looked up in the file: what stands there about it isn't used, and can't hurt.
"""

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import icalendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from .ical_patience import patience

MOST_ZONES = 200  # in one file
_WINDOWS = {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}
_UTC = frozenset(("utc", "z", "gmt", "tzone://microsoft/utc", "coordinated universal time", "(utc)"))
_RULE = re.compile(r"FREQ=(?!YEARLY)[A-Z]*", re.IGNORECASE)
_TZID = re.compile(r"^TZID(?:;[^:\r\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)
_NAMES = {"copenhagen": "Europe/Copenhagen", "københavn": "Europe/Copenhagen"}  # in what Outlook displays


class Zones:
    """The zones of one file. `home` is what a time without a known zone is in."""

    def __init__(self, home: ZoneInfo, described: Iterable[str]) -> None:
        self.home = home
        self._described = {found[1].strip(): text for text in described if (found := _TZID.search(text))}
        self._olson = {name.casefold(): name for name in available_timezones()}
        self._known: dict[str, tzinfo | None] = {}

    def find(self, name: str) -> tzinfo | None:
        """Return the zone of that name; None if nobody knows it."""
        if name not in self._known:
            self._known[name] = self._named(name) or self._explained(name)
        return self._known[name]

    def _named(self, name: str) -> tzinfo | None:
        plain = name.strip().strip('"').strip("/").casefold()
        if plain in _UTC:
            return ZoneInfo("UTC")
        parts = plain.split("/")
        for one in (plain, *("/".join(parts[at:]) for at in range(1, len(parts) - 1))):
            olson = self._olson.get(one) or _WINDOWS.get(one)
            if olson:
                return ZoneInfo(olson)
        if name in self._described:
            return None
        return next((ZoneInfo(olson) for word, olson in _NAMES.items() if word in plain), None)

    def _explained(self, name: str) -> tzinfo | None:
        """Return the zone as the file explains it, by rules for each year."""
        text = self._described.get(name.strip()) or self._described.get(name.strip().strip('"'))
        if text is None or _RULE.search(text) or len(self._known) > MOST_ZONES:
            return None
        try:
            with patience():
                return self._made(text)
        except MemoryError:
            raise
        except Exception:
            return None

    def _made(self, text: str) -> tzinfo:
        explained: Any = icalendar.Timezone.from_ical(_TZID.sub("TZID:own", text))
        zone: tzinfo = explained.to_tz(lookup_tzid=False)
        for month in range(1, 13):  # one that can't be asked is none
            datetime(2026, month, 1, tzinfo=zone).utcoffset()
        return zone
