"""The way to one time that doesn't suit: which day, when on it, how much. Each step stands in the address.

Days and times alone stand there, never why. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from app.availability.rules import TimeRule
from app.i18n import lazy_gettext as _l

EVERY_DAY, SOME_DATES, OWN_HOURS = "alle", "dato", "selv"
DAYS: dict[str, Any] = {
    "0": _l("Hver mandag"),
    "1": _l("Hver tirsdag"),
    "2": _l("Hver onsdag"),
    "3": _l("Hver torsdag"),
    "4": _l("Hver fredag"),
    EVERY_DAY: _l("Hver dag"),
    SOME_DATES: _l("Bestemte dage"),
}
WHENS: dict[str, tuple[Any, time | None, time | None]] = {
    "hele": (_l("Hele dagen"), None, None),
    "foer-10": (_l("Før kl. 10"), time(0), time(10)),
    "foer-12": (_l("Før kl. 12"), time(0), time(12)),
    "efter-12": (_l("Efter kl. 12"), time(12), time(0)),
    "efter-14": (_l("Efter kl. 14"), time(14), time(0)),
    OWN_HOURS: (_l("Jeg vælger selv"), None, None),
}
TIMES = [f"{hour}.{minute:02}" for hour in range(24) for minute in (0, 30)]
PARTS = ("dag", "foerste", "sidste", "tid", "fra", "til")


@dataclass(frozen=True, slots=True)
class WishSteps:
    """How far somebody has come. `rule` is there when all is said but how much."""

    said: Mapping[str, str]  # of PARTS, what can be used
    next: str  # day, dates, when, hours or much
    rule: TimeRule | None = None
    days: TimeRule | None = None  # which days it is on, as soon as that is said; then all of each


def read_steps(values: Mapping[str, str]) -> WishSteps:
    """Return how far the steps in an address lead; what can't be read is asked again."""
    said = {part: values[part] for part in PARTS if values.get(part)}
    day, when = said.get("dag", ""), said.get("tid", "")
    if day not in DAYS:
        return WishSteps({}, "day")
    first, last = _date(said.get("foerste")), _date(said.get("sidste"))
    if day == SOME_DATES and not (first and last and first <= last):
        return WishSteps({"dag": day}, "dates")
    dates = (first, last) if day == SOME_DATES else (None, None)
    weekday = int(day) if day.isdigit() else None
    days = TimeRule(weekday, None, None, *dates)
    if when not in WHENS:
        return WishSteps({part: said[part] for part in PARTS[:3] if part in said}, "when", days=days)
    begins, ends = WHENS[when][1:]
    if when == OWN_HOURS:
        begins, ends = _time(said.get("fra")), _time(said.get("til"))
        if begins is None or ends is None or begins == ends:
            return WishSteps({part: said[part] for part in PARTS[:4] if part in said}, "hours", days=days)
    return WishSteps(said, "much", TimeRule(weekday, begins, ends, *dates), days)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _time(text: str | None) -> time | None:
    if text not in TIMES:
        return None
    hour, _dot, minute = text.partition(".")
    return time(int(hour), int(minute))
