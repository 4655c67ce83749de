"""What an entry says beside when it is: does it make busy, its words, who is named. Escapes go once."""

import re
from datetime import UTC, datetime
from typing import Any

from icalendar.parser import Contentline

from .ical_lines import LINKS, OWN, PEOPLE, RawEntry, Scan

TEXT_MOST = 2000
CANCELLED = ("canceled:", "cancelled:", "aflyst:", "annulleret:")


def described(raw: RawEntry, scan: Scan) -> dict[str, Any]:
    """Return all that an entry says but when it is."""
    summary = text_of(raw, "SUMMARY")
    status = text_of(raw, "STATUS").upper()
    shown = text_of(raw, "X-MICROSOFT-CDO-BUSYSTATUS").upper()
    method = scan.methods[raw.calendar]
    answer = _own_answer(raw, scan)
    said = {
        "kind": raw.kind,
        "uid": raw.first("UID").partition(":")[2].strip()[:TEXT_MOST],
        "method": method,
        "cancelled": status == "CANCELLED" or method == "CANCEL" or summary.lower().startswith(CANCELLED),
        "free": text_of(raw, "TRANSP").upper() == "TRANSPARENT" or shown == "FREE" or answer == "DECLINED",
        "tentative": status == "TENTATIVE"
        or shown in ("TENTATIVE", "WORKINGELSEWHERE")
        or answer in ("TENTATIVE", "NEEDS-ACTION"),
    }
    if scan.told:
        names = {name for name, _line in raw.lines if name.startswith(OWN)}
        texts = {name: text_of(raw, name) for name in ("SUMMARY", "LOCATION", *LINKS, *sorted(names))}
        people = [attendee(name, line) for name in PEOPLE for line in raw.all(name)]
        said |= {"texts": texts, "people": people, "modified": _modified(raw)}
    return said


def _modified(raw: RawEntry) -> str:
    """Return when the source says that it was changed last; empty: it does not, or it can't be read."""
    try:
        said = datetime.strptime(text_of(raw, "LAST-MODIFIED").upper(), "%Y%m%dT%H%M%S%z")
        return said.astimezone(UTC).isoformat()
    except (OverflowError, ValueError):
        return ""


def _own_answer(raw: RawEntry, scan: Scan) -> str:
    """Return what the owner of the calendar has answered; empty: nothing, or it is nobody's."""
    if not scan.owner:
        return ""
    people = [attendee("ATTENDEE", line) for line in raw.all("ATTENDEE")]
    return next((one["PARTSTAT"].upper() for one in people if one["mail"].encode() == scan.owner), "")


def text_of(raw: RawEntry, name: str) -> str:
    """Return a text, never longer than we can use, its escapes undone once; the first, if there are more."""
    line = raw.first(name)
    return _parts(line)[1][:TEXT_MOST].strip() if line else ""


def _parts(line: str) -> tuple[dict[str, str], str]:
    """Return the parameters and the value of a line; no parameters if they can't be read."""
    content: Any = Contentline
    try:
        _name, params, value = content(line).parts()
    except Exception:
        _name, params, value = content(f"X:{line.partition(':')[2]}").parts()
    return {str(key).upper(): _joined(said) for key, said in params.items()}, str(value)


def _joined(said: Any) -> str:
    return ",".join(map(str, said)) if isinstance(said, list) else str(said)


def attendee(name: str, line: str) -> dict[str, str]:
    params, value = _parts(line)
    mail = re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE).strip().lower()
    return {
        "as": name,
        "mail": mail,
        **{one: params.get(one, "") for one in ("CUTYPE", "ROLE", "PARTSTAT", "CN")},
    }
