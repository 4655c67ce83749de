"""Reading what another system asks for. Whatever comes in ends as a wish or as a list of faults."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from app.api.answers import Fault
from app.calendar.rules import (
    BRING_MOST,
    MOST_PEOPLE,
    PLACE_MOST,
    PURPOSE_MOST,
    WHY_MOST,
    Channel,
    MeetingWish,
)
from app.entries.rules import plain_text
from app.i18n import gettext as _

T = TypeVar("T")

TIME_MOST = 40  # characters


class NotAnObject(Exception):
    """The body is no JSON object."""


class Faulty(Exception):
    """The body can't be a wish; `faults` name every field at fault."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults


class _Wrong(Exception):
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


def read_wish(body: Mapping[str, Any], system_id: UUID) -> MeetingWish:
    """Return the meeting that a body asks for.

    Raises:
        Faulty: something is missing or of the wrong kind.
    """
    faults: list[Fault] = []

    def part(field: str, read: Callable[[Any], T]) -> T | None:
        try:
            return read(body.get(field))
        except _Wrong as wrong:
            faults.append((field, str(wrong)))
            return None

    citizen_id, with_ids = part("citizen", _uuid), part("with", _uuids)
    starts_at, ends_at = part("starts_at", _moment), part("ends_at", _moment)
    channel, purpose = part("channel", _channel), part("purpose", _text(PURPOSE_MOST, needed=True))
    why, bring = part("why", _text(WHY_MOST)), part("bring", _text(BRING_MOST))
    place, duty = part("place", _text(PLACE_MOST)), part("duty", _flag)
    # A fault stands for each None of those that must be there; the rest is for the type checker.
    if faults or not (citizen_id and with_ids and starts_at and ends_at and channel and purpose):
        raise Faulty(faults)
    return MeetingWish(
        citizen_id=citizen_id,
        with_ids=with_ids,
        starts_at=starts_at,
        ends_at=ends_at,
        purpose=purpose,
        channel=channel,
        why=why or None,
        bring=bring or None,
        place=place or None,
        duty=bool(duty),
        system_id=system_id,
    )


def _uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise _Wrong(_("Skriv et uuid.")) from None


def _uuids(value: Any) -> tuple[UUID, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_PEOPLE:
        raise _Wrong(_("Skriv en liste med 1 til %(most)s uuid.", most=MOST_PEOPLE))
    return tuple(_uuid(one) for one in value)


def _moment(value: Any) -> datetime:
    try:
        if not isinstance(value, str) or len(value) > TIME_MOST:
            raise ValueError
        found = datetime.fromisoformat(value)
    except ValueError:
        raise _Wrong(_("Skriv tiden som ISO 8601 med tidszone.")) from None
    if found.utcoffset() is None:
        raise _Wrong(_("Skriv tiden med tidszone, for eksempel 2027-03-03T10:00+01:00."))
    return found


def _channel(value: Any) -> Channel:
    try:
        return Channel(value)
    except ValueError:
        raise _Wrong(_("Skriv en af disse: %(choices)s.", choices=", ".join(Channel))) from None


def _flag(value: Any) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _Wrong(_("Skriv true eller false."))
    return value


def _text(most: int, *, needed: bool = False) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            raise _Wrong(_("Skriv en tekst."))
        text = _plain(value)
        if len(text) > most:
            raise _Wrong(_("Teksten må højst være på %(most)s tegn.", most=most))
        if needed and not text:
            raise _Wrong(_("Skriv en tekst."))
        return text

    return read


def _plain(value: str) -> str:
    """Return text fit to be shown; half characters are refused, and what shows nothing is no text."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Wrong(_("Teksten har et tegn, som ikke findes.")) from None
    return plain_text(value)
