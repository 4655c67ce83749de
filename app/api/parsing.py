"""Reading single values that another system sent. Whatever comes in ends as a value or as a sentence."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from app.api.responses import Fault
from app.i18n import gettext as _
from app.meetings.rules import MOST_PEOPLE, Channel
from app.meetings.video_link import LINK_MOST, read_link
from app.typed_text import plain_text

T = TypeVar("T")

TIME_MOST = 40  # characters
FIRST_YEAR, LAST_YEAR = 2000, 2199


class NotAnObject(Exception):
    """The body is no JSON object."""


class InvalidBody(Exception):
    """The body can't be a request; `faults` name every field at fault."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults


class InvalidField(Exception):
    """One field is wrong; the message says what to do."""


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`; raise NotAnObject for anything else."""
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise NotAnObject from problem
    if not isinstance(found, dict):
        raise NotAnObject
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


class BodyFields:
    """The members of a body, read one by one; every fault is kept, so that all can be told at once."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body, self.faults = body, list[Fault]()

    def read(self, field: str, read: Callable[[Any], T]) -> T | None:
        """Return the value of a member; None, and a fault is noted, if it can't be read."""
        try:
            return read(self.body.get(field))
        except InvalidField as wrong:
            self.faults.append((field, str(wrong)))
            return None


def read_uuid(value: Any) -> UUID:
    try:
        found = UUID(value)
    except (ValueError, TypeError, AttributeError):
        found = None
    if found is None or str(found) != value.lower():  # one way to write it, not the five that Python reads
        raise InvalidField(_("Skriv et uuid."))
    return found


def read_uuids(value: Any) -> tuple[UUID, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_PEOPLE:
        raise InvalidField(_("Skriv en liste med 1 til %(most)s uuid.", most=MOST_PEOPLE))
    return tuple(read_uuid(one) for one in value)


def read_moment(value: Any) -> datetime:
    try:
        if not isinstance(value, str) or len(value) > TIME_MOST:
            raise ValueError
        found = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidField(_("Skriv tiden som ISO 8601 med tidszone.")) from None
    if found.utcoffset() is None:
        raise InvalidField(_("Skriv tiden med tidszone, for eksempel 2027-03-03T10:00+01:00."))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:  # near the ends of the calendar no sum can be done
        raise InvalidField(
            _("Skriv et årstal mellem %(first)s og %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)
        )
    return found


def read_channel(value: Any) -> Channel:
    try:
        return Channel(value)
    except ValueError:
        raise InvalidField(_("Skriv en af disse: %(choices)s.", choices=", ".join(Channel))) from None


def read_flag(value: Any) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidField(_("Skriv true eller false."))
    return value


def read_text(most: int, *, needed: bool = False) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            raise InvalidField(_("Skriv en tekst."))
        text = _plain(value)
        if len(text) > most:
            raise InvalidField(_("Teksten må højst være på %(most)s tegn.", most=most))
        if needed and not text:
            raise InvalidField(_("Skriv en tekst."))
        return text

    return read


def read_video_link(value: Any) -> str | None:
    text = read_text(LINK_MOST)(value)
    link = read_link(text)
    if text and link is None:
        raise InvalidField(_("Skriv et link, der begynder med https:// eller http://."))
    return link


def _plain(value: str) -> str:
    """Return text fit to be shown; half characters are refused, and what shows nothing is no text."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidField(_("Teksten har et tegn, som ikke findes.")) from None
    return plain_text(value)
