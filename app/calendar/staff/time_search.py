"""Times for a meeting as those who help are shown them: the best, more, and where to look for a moved one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import select

from app.booking.change import as_request
from app.dates.local_time import DANISH_TIME, danish_day, span_edge
from app.dates.workdays import WorkingCalendar
from app.i18n import iso
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.queries import StoredMeeting
from app.meetings.rules import MeetingRequest, Slot
from app.scheduling.blockers import LONGER
from app.scheduling.rules import SearchBlocker, SearchRequest, TimeCheck, TimeOffer
from app.scheduling.service import (
    AHEAD,
    BEFORE,
    best_alternatives,
    declined_slots,
    find_blockers,
    find_times,
    tomorrow,
)
from app.scheduling.texts import uncertain_text
from app.store.prepared import Reader

MOST_MORE = 9  # times beside the three best
NOON = 12

_AGREED = select(Meeting.starts_at, Meeting.ends_at).where(
    Meeting.id == bindparam("meeting_id", type_=Uuid()), Meeting.state == MeetingState.AGREED
)


class SearchWidth(NamedTuple):
    """How much farther than usual is looked for times."""

    later: bool = False  # two weeks more
    hours: bool = False  # before and after office hours too


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The times that suit everybody, and what there is to know about them."""

    best: list[TimeOffer]
    more: list[TimeOffer] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    blockers: list[SearchBlocker] = field(default_factory=list)
    interpreter_id: UUID | None = None
    check: TimeCheck | None = None  # of a time that was agreed elsewhere

    def first(self, most: int) -> list[str]:
        """Return up to so many of the best, none of them at the time of another, as a form sends them."""
        chosen: list[Slot] = []
        for one in self.best[:most]:
            if not any(one.slot.overlaps(other) for other in chosen):
                chosen.append(one.slot)
        return [iso(one.start) for one in chosen]


def search_times(
    session: Reader,
    search_request: SearchRequest,
    *,
    now: datetime,
    workdays: WorkingCalendar,
    blockers: bool,
    reader: UUID,
) -> SearchResult:
    """Return the times for a meeting; with `blockers` also what stands in the way when there are none.

    One interpreter is at all of them. Where an agreed meeting is now is no other time for it.
    """
    looked: dict[str, Any] = {"now": now, "workdays": workdays}
    own = _agreed_time(session, search_request.instead_of)
    offers = [
        one
        for one in find_times(session, search_request, **looked)
        if own is None or not one.slot.overlaps(own)
    ]
    interpreter_id = search_request.interpreter_id or (offers[0].interpreter_id if offers else None)
    offers = [one for one in offers if one.interpreter_id in (None, interpreter_id)]
    if not offers:
        return SearchResult([], blockers=find_blockers(session, search_request, **looked) if blockers else [])
    best = best_alternatives(offers)
    shown = best if any(one.is_uncertain for one in best) else best[:1]
    said = {uncertain_text(one, reader): None for offer in shown for one in offer.warnings}
    return SearchResult(best, more_of(offers, best), list(said), interpreter_id=interpreter_id)


def _agreed_time(session: Reader, meeting_id: UUID | None) -> Slot | None:
    row = session.exec(_AGREED, params={"meeting_id": meeting_id}).first() if meeting_id else None
    return Slot(*row) if row else None


def more_of(offers: Sequence[TimeOffer], best: Collection[TimeOffer]) -> list[TimeOffer]:
    """Return more times, one in each half of a day, the best of them, earliest first, uncertain ones last."""
    seen = {_half(one) for one in best}
    more: list[TimeOffer] = []
    for one in offers:
        if _half(one) not in seen and len(more) < MOST_MORE:
            seen.add(_half(one))
            more.append(one)
    return _in_order(more)


def _in_order(offers: Collection[TimeOffer]) -> list[TimeOffer]:
    return sorted(offers, key=lambda one: (one.is_uncertain, one.slot.start))


def keep_shown(
    session: Reader,
    found: SearchResult,
    search_request: SearchRequest,
    chosen: Collection[Slot],
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> SearchResult:
    """Return `found` with the times that were chosen before among its times, if they still suit everybody."""
    shown = {one.slot for one in (*found.best, *found.more)}
    if not found.best or shown.issuperset(chosen):
        return found
    asked = replace(search_request, interpreter_id=search_request.interpreter_id or found.interpreter_id)
    offers = find_times(session, asked, now=now, workdays=workdays)
    kept = [one for one in offers if one.slot in chosen and one.slot not in shown]
    return replace(found, more=_in_order([*found.more, *kept]))


def is_offered(
    session: Reader,
    search_request: SearchRequest,
    slots: Sequence[Slot],
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> bool:
    """Say whether each of these times still suits everybody."""
    offers = find_times(session, search_request, now=now, workdays=workdays)
    return {Slot(one.start, one.end) for one in slots} <= {one.slot for one in offers}


def search_request_of(session: Reader, meeting: StoredMeeting, *, now: datetime) -> SearchRequest:
    """Return what to look for another time of a meeting by: the same people, the same way."""
    return search_request_for(session, as_request(session, meeting.id), meeting, now=now)


def search_request_for(
    session: Reader, meeting_request: MeetingRequest, instead_of: StoredMeeting, *, now: datetime
) -> SearchRequest:
    """Return what to look for another time of a meeting by, when it is to be as `meeting_request` says.

    Around its own time, nearest first. Today only for a duty, or for what is today: the others are asked.
    """
    day = max(danish_day(now), danish_day(meeting_request.starts_at))
    now_too = meeting_request.duty or day == danish_day(now)
    begins = span_edge(day, time(0)) - BEFORE
    return SearchRequest(
        citizen_id=meeting_request.citizen_id,
        with_ids=tuple(sorted({*meeting_request.with_ids, *meeting_request.companion_ids})),
        minutes=int((meeting_request.ends_at - meeting_request.starts_at).total_seconds()) // 60,
        from_=max(now if now_too else tomorrow(now), begins),
        to=span_edge(day, time(0)) + AHEAD,
        around=meeting_request.starts_at,
        channel=meeting_request.channel,
        place_id=meeting_request.place_id,
        place=meeting_request.place,
        interpreter_id=meeting_request.interpreter_id,
        room_id=meeting_request.room_id,
        instead_of=instead_of.id,
        not_near=declined_slots(session, instead_of),
    )


def widen_search(search_request: SearchRequest, wide: SearchWidth) -> SearchRequest:
    """Return the same search, but as far as is asked for."""
    to = search_request.to + LONGER if wide.later else search_request.to
    return replace(search_request, to=to, wide_hours=wide.hours)


def _half(one: TimeOffer) -> tuple[date, bool]:
    wall = one.slot.start.astimezone(DANISH_TIME)
    return wall.date(), wall.hour < NOON
