"""What another system asks for: a meeting, a change of one, or times. Else it is a list of faults."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.api.parsing import (
    BodyFields,
    InvalidBody,
    InvalidField,
    read_channel,
    read_flag,
    read_moment,
    read_text,
    read_uuid,
    read_uuids,
    read_video_link,
)
from app.i18n import gettext as _
from app.meetings.rules import (
    BRING_MOST,
    LONGEST,
    MOST_OPTIONS,
    PLACE_MOST,
    PURPOSE_MOST,
    WHY_MOST,
    Channel,
    InvalidSlot,
    MeetingChange,
    MeetingRequest,
    Slot,
)
from app.scheduling.rules import SearchRequest

MINUTES_MOST = int(LONGEST.total_seconds()) // 60
DAYS_MOST = 62  # of one search
REASON_MOST = 300
TWO = 2

TEXTS = {"why": WHY_MOST, "bring": BRING_MOST, "place": PLACE_MOST}
TIMES = ("starts_at", "ends_at")
OTHERS: dict[str, Callable[[Any], Any]] = {
    "with": read_uuids,
    "channel": read_channel,
    "purpose": read_text(PURPOSE_MOST, needed=True),
    **{name: read_text(most) for name, most in TEXTS.items()},
    "link": read_video_link,
}


def read_meeting_request(body: Mapping[str, Any], system_id: UUID, key: str) -> MeetingRequest:
    """Return the meeting that a body asks for, under the key it came with.

    Raises:
        InvalidBody: something is missing or of the wrong kind.
    """
    parts = BodyFields(body)
    citizen_id, with_ids = parts.read("citizen", read_uuid), parts.read("with", read_uuids)
    options = parts.read("options", _options) or ()
    starts_at, ends_at = _times(parts, options)
    channel, purpose = parts.read("channel", read_channel), parts.read("purpose", OTHERS["purpose"])
    texts: dict[str, Any] = {name: parts.read(name, read_text(most)) or None for name, most in TEXTS.items()}
    texts["link"] = parts.read("link", read_video_link)
    place_id, duty = parts.read("place_id", _maybe(read_uuid)), parts.read("duty", read_flag)
    # A fault stands for each None of those that must be there; the rest is for the type checker.
    if parts.faults or not (citizen_id and with_ids and starts_at and ends_at and channel and purpose):
        raise InvalidBody(parts.faults)
    return MeetingRequest(
        citizen_id=citizen_id,
        with_ids=with_ids,
        starts_at=starts_at,
        ends_at=ends_at,
        purpose=purpose,
        channel=channel,
        **texts,
        duty=bool(duty),
        system_id=system_id,
        options=options,
        place_id=place_id,
        request_key=f"{system_id}:{key}",
    )


def _times(parts: BodyFields, options: tuple[Slot, ...]) -> tuple[datetime | None, datetime | None]:
    """Return the time asked for; with times to choose between, the first of them."""
    if parts.body.get("options") is None:
        return parts.read("starts_at", read_moment), parts.read("ends_at", read_moment)
    if not {"starts_at", "ends_at"}.isdisjoint(parts.body):
        parts.faults.append(("options", _("Skriv enten options eller starts_at og ends_at.")))
    return (options[0].start, options[0].end) if options else (None, None)


@dataclass(frozen=True, slots=True)
class RequestedTime:
    """Another time for a meeting, as it was written: with the offset it came with."""

    starts_at: datetime
    ends_at: datetime


def read_change(body: Mapping[str, Any]) -> RequestedTime | MeetingChange:
    """Return what is to be different: the time, or something else. What isn't named stays as it is.

    Raises:
        InvalidBody: nothing is named, both are, or something is of the wrong kind.
    """
    parts = BodyFields(body)
    if not {*TIMES, *OTHERS, "place_id"}.isdisjoint(body):
        moved, changed = not set(TIMES).isdisjoint(body), not {*OTHERS, "place_id"}.isdisjoint(body)
        if moved and changed:
            raise InvalidBody([("starts_at", _("Flyt mødet i ét kald, og ret det i et andet."))])
        return _move(parts) if moved else _change(parts)
    raise InvalidBody([("starts_at", _("Skriv, hvad der skal være anderledes."))])


def _move(parts: BodyFields) -> RequestedTime:
    starts_at, ends_at = parts.read("starts_at", read_moment), parts.read("ends_at", read_moment)
    if starts_at is None or ends_at is None:
        raise InvalidBody(parts.faults)
    return RequestedTime(starts_at, ends_at)


def _change(parts: BodyFields) -> MeetingChange:
    named = [name for name in OTHERS if name in parts.body]
    found: dict[str, Any] = {name: parts.read(name, OTHERS[name]) for name in named}
    found |= {name: found[name] or None for name in TEXTS if name in found}
    if "place_id" in parts.body:
        found["place_id"] = parts.read("place_id", _maybe(read_uuid))
    if parts.faults:
        raise InvalidBody(parts.faults)
    if "with" in found:
        found["with_ids"] = found.pop("with")
    return MeetingChange(**found)


def read_reason(body: Mapping[str, Any]) -> str | None:
    """Return why a meeting is called off; None: not told.

    Raises:
        InvalidBody: it is no text, or too long.
    """
    parts = BodyFields(body)
    reason = parts.read("reason", read_text(REASON_MOST))
    if parts.faults:
        raise InvalidBody(parts.faults)
    return reason or None


def read_free_query(query: Mapping[str, Any]) -> SearchRequest:
    """Return which times are asked for. `with` is a list, everything else a text.

    Raises:
        InvalidBody: something is missing or of the wrong kind.
    """
    parts = BodyFields(query)
    citizen_id, with_ids = parts.read("citizen", read_uuid), parts.read("with", read_uuids)
    begins, ends = parts.read("from", _moment_of_a_query), parts.read("to", _moment_of_a_query)
    minutes = parts.read("minutes", _minutes)
    channel = parts.read("channel", _maybe(read_channel)) or Channel.IN_PERSON
    place_id = parts.read("place_id", _maybe(read_uuid))
    if begins and ends and not timedelta() < ends - begins <= timedelta(days=DAYS_MOST):
        parts.faults.append(("to", _("Spørg om højst %(most)s dage ad gangen.", most=DAYS_MOST)))
    if parts.faults or not (citizen_id and with_ids and begins and ends and minutes):
        raise InvalidBody(parts.faults)
    return SearchRequest(
        citizen_id=citizen_id,
        with_ids=with_ids,
        minutes=minutes,
        from_=begins,
        to=ends,
        channel=channel,
        place_id=place_id,
    )


def _minutes(value: Any) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len("0000")):
        raise InvalidField(_("Skriv et helt antal minutter."))
    if not 0 < int(value) <= MINUTES_MOST:
        raise InvalidField(_("Skriv 1 til %(most)s minutter.", most=MINUTES_MOST))
    return int(value)


def _moment_of_a_query(value: Any) -> datetime:
    # In an address a plus means a space, and many forget to write %2B.
    return read_moment(value.replace(" ", "+") if isinstance(value, str) and "T" in value else value)


def _options(value: Any) -> tuple[Slot, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not TWO <= len(value) <= MOST_OPTIONS:
        raise InvalidField(_("Skriv en liste med 2 til %(most)s tider.", most=MOST_OPTIONS))
    return tuple(_option(one) for one in value)


def _option(value: Any) -> Slot:
    if not isinstance(value, dict):
        raise InvalidField(_("Skriv hver tid som starts_at og ends_at."))
    try:
        return Slot(read_moment(value.get("starts_at")), read_moment(value.get("ends_at")))
    except InvalidSlot as invalid:
        raise InvalidField(_(invalid.reason)) from invalid


def _maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return `read` for a member that may be left out."""
    return lambda value: None if value is None else read(value)
