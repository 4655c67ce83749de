"""What people type, made into what is kept: plain text, one line, a whole number, a day. Pure.

None of these explains: a form does (`web/forms.py`), and the machine interface in its own words.
"""

import re
import unicodedata
from datetime import MAXYEAR, MINYEAR, date, datetime, time
from uuid import UUID

YEARS = range(1900, 2200)  # that anybody means, and from which days can be counted on and back
MOST_DIGITS = 9  # of a number that anybody means
PAGE_DIGITS = 4  # of the number of a part of a long list
_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BYTE_ORDER_MARK = "\ufeff"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?")
LAST_HOUR, LAST_MINUTE = 23, 59
_DANISH = re.compile(r"(\d{1,2})[./ -]+(\d{1,2})[./ -]+(\d{4})")


# Letters and signs that are drawn as nothing: Hangul fillers, an empty Braille cell, a note without a head.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159")


def plain_text(text: str | None) -> str:
    """Return what somebody wrote, fit to be kept: one kind of line break, no control characters, trimmed.

    Characters that show nothing are not words: a text of them alone becomes the empty one. The count under a
    field (static/js/enhance/counter.js) goes by what this leaves.
    """
    lines = _BREAK.sub("\n", text or "")
    kept = "".join(c for c in lines if c in "\n\t" or not _is_dropped(c)).strip()
    return kept if any(map(_shows, kept)) else ""


def _is_dropped(c: str) -> bool:
    return c == _BYTE_ORDER_MARK or unicodedata.category(c) in ("Cc", "Cs")


def _shows(c: str) -> bool:
    """Say whether a character is seen by itself: a mark that combines needs a letter to stand on."""
    return c.isprintable() and not (c.isspace() or c in _BLANKS or unicodedata.category(c).startswith("M"))


def single_line(text: str | None) -> str:
    """Return what somebody wrote, fit to be kept on one line: every space and line break is one space."""
    return " ".join(plain_text(text).split())


def read_whole_number(text: str | None, *, most_digits: int = MOST_DIGITS) -> int | None:
    """Return the whole number that was typed, 0 or more, in the digits of any script; None: it is none."""
    said = (text or "").strip()
    return int(said) if said.isdecimal() and len(said) <= most_digits else None


def read_page_number(text: str | None) -> int:
    """Return which part of a long list an address asks for; the first, if it says none that anybody reaches.

    Beyond PAGE_DIGITS a database could not count so far: PostgreSQL's integers end at 2,147,483,647.
    """
    return read_whole_number(text, most_digits=PAGE_DIGITS) or 1


def read_day(text: str | None) -> date | None:
    """Return the day that was typed, as a date field sends it (2026-03-31) or as one writes it (31.3.2026).

    Nothing typed is no day: None.

    Raises:
        ValueError: something was typed, and it is no day.
    """
    said = (text or "").strip()
    if not said:
        return None
    if found := _ISO.fullmatch(said):
        day = date(int(found[1]), int(found[2]), int(found[3]))
    elif found := _DANISH.fullmatch(said):
        day = date(int(found[3]), int(found[2]), int(found[1]))
    else:
        raise ValueError(said)
    if day.year not in YEARS:
        raise ValueError(said)
    return day


def read_clock(text: str | None) -> time | None:
    """Return the time of day that was typed: 10:30 as a field sends it, 10.30 or 9 as one writes it."""
    found = _CLOCK.fullmatch((text or "").strip())
    if found is None or int(found[1]) > LAST_HOUR or int(found[2] or 0) > LAST_MINUTE:
        return None
    return time(int(found[1]), int(found[2] or 0))


def read_aware_datetime(text: str | None) -> datetime | None:
    """Return the moment that a page wrote as ISO 8601 with its offset; None: it is none.

    Not at the edges of the calendar: there no hour can be added, and no other zone reckoned.
    """
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.utcoffset() is not None and MINYEAR < found.year < MAXYEAR else None


def read_day_parts(year: str | None, month: str | None, day: str | None) -> date | None:
    """Return the day that was typed in three fields; None when nothing was typed in any.

    Raises:
        ValueError: something was typed, and it is no day.
    """
    typed = [single_line(part) for part in (year, month, day)]
    if not any(typed):
        return None
    found = [read_whole_number(part) for part in typed]
    if None in found:
        raise ValueError("-".join(typed))
    try:
        return date(*(part for part in found if part is not None))
    except OverflowError as problem:
        raise ValueError("-".join(typed)) from problem


def read_id(text: str | None) -> UUID | None:
    """Return the id that a text is; None if it is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
