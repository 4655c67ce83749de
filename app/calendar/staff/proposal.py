"""A meeting as those who help ask for it: who can come, which times suit all, and what is sent."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from app.booking.book import book_meeting, check_proposals, find_by_request_key
from app.booking.change import as_request
from app.booking.series import book_series
from app.booking.series_preview import plan_series
from app.dates.local_time import DANISH_TIME, danish_day, span_edge
from app.i18n import iso
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.rules import Channel, Clash, MeetingRequest, Occurrence, Slot
from app.scheduling.blockers import LONGER
from app.scheduling.rules import SearchBlocker, SearchRequest, TimeOffer
from app.scheduling.service import best_alternatives, declined_slots, find_blockers, find_times
from app.scheduling.texts import uncertain_text
from app.store.db import Database

MOST_MORE = 9  # times beside the three best
NOON = 12
ONE_DAY = timedelta(days=1)


class SearchWidth(NamedTuple):
    """How much farther than usual is looked for times."""

    later: bool = False  # two weeks more
    hours: bool = False  # before and after office hours too


@dataclass(frozen=True, slots=True)
class InvitableHelper:
    """One who can be asked to come."""

    id: UUID
    name: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingNeed:
    """What a meeting is for and who must be in it; no time yet."""

    citizen_id: UUID
    organiser_id: UUID
    with_ids: tuple[UUID, ...]
    optional_ids: tuple[UUID, ...]
    purpose: str
    why: str
    bring: str | None
    minutes: int
    within_days: int
    channel: Channel
    place_id: UUID | None
    place: str | None
    room_id: UUID | None
    duty: bool
    companion: str | None
    interpreter_id: UUID | None
    key: str
    wide: SearchWidth

    def ask(self, now: datetime) -> SearchRequest:
        """Return what to look for times by."""
        last = danish_day(now) + timedelta(days=self.within_days)
        asked = SearchRequest(
            citizen_id=self.citizen_id,
            with_ids=self.with_ids,
            minutes=self.minutes,
            from_=now,
            to=span_edge(last + ONE_DAY, time(0)) - timedelta(minutes=1),
            channel=self.channel,
            place_id=self.place_id,
            place=self.place,
            interpreter_id=self.interpreter_id,
            room_id=self.room_id,
        )
        return widen_search(asked, self.wide)

    def meeting_request(self, slots: Sequence[Slot], *, said_yes: bool) -> MeetingRequest:
        """Return the meeting to ask for at these times, the first first."""
        return MeetingRequest(
            citizen_id=self.citizen_id,
            with_ids=self.with_ids,
            optional_ids=self.optional_ids,
            starts_at=slots[0].start,
            ends_at=slots[0].end,
            options=tuple(slots) if len(slots) > 1 else (),
            purpose=self.purpose,
            why=self.why,
            bring=self.bring,
            channel=self.channel,
            place=self.place,
            place_id=self.place_id,
            duty=self.duty,
            said_yes=said_yes,
            organiser_id=self.organiser_id,
            interpreter_id=self.interpreter_id,
            room_id=self.room_id,
            companion=self.companion,
            request_key=self.request_key,
        )

    @property
    def request_key(self) -> str:
        """The key of this intent: of this organiser for this citizen alone."""
        return f"{self.organiser_id}:{self.citizen_id}:{self.key}"


class SeriesRhythm(NamedTuple):
    """How a meeting is repeated, and on which days it is not."""

    every_weeks: int
    occurrences: int
    skip: frozenset[date]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The times that suit everybody, and what there is to know about them."""

    best: list[TimeOffer]
    more: list[TimeOffer] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    blockers: list[SearchBlocker] = field(default_factory=list)
    interpreter_id: UUID | None = None

    def first(self, most: int) -> list[str]:
        """Return up to so many of the best, none of them at the time of another, as a form sends them."""
        chosen: list[Slot] = []
        for one in self.best[:most]:
            if not any(one.slot.overlaps(other) for other in chosen):
                chosen.append(one.slot)
        return [iso(one.start) for one in chosen]


def list_invitable(session: Session, ids: Iterable[UUID | None]) -> list[InvitableHelper]:
    """Return these people, by name."""
    wanted = {one for one in ids if one}
    rows = select(Person.id, Person.name, Person.title).where(col(Person.id).in_(wanted))
    return [
        InvitableHelper(*row) for row in session.exec(rows.order_by(col(Person.sort_key), col(Person.id)))
    ]


def search_times(
    session: Session,
    search_request: SearchRequest,
    *,
    now: datetime,
    closing_days: Collection[date],
    blockers: bool,
    reader: UUID,
) -> SearchResult:
    """Return the times for a meeting; with `blockers` also what stands in the way when there are none.

    One interpreter is at all of them. Where an agreed meeting is now is no other time for it.
    """
    looked: dict[str, Any] = {"now": now, "closing_days": closing_days}
    own = _agreed_time(session, search_request.instead_of)
    offers = [one for one in find_times(session, search_request, **looked) if one.slot != own]
    interpreter_id = search_request.interpreter_id or (offers[0].interpreter_id if offers else None)
    offers = [one for one in offers if one.interpreter_id in (None, interpreter_id)]
    if not offers:
        return SearchResult([], blockers=find_blockers(session, search_request, **looked) if blockers else [])
    best = best_alternatives(offers)
    said = {uncertain_text(one, reader): None for offer in offers[:1] for one in offer.warnings}
    return SearchResult(best, more_of(offers, best), list(said), [], interpreter_id)


def _agreed_time(session: Session, meeting_id: UUID | None) -> Slot | None:
    meeting = session.get(Meeting, meeting_id) if meeting_id else None
    agreed = meeting is not None and meeting.state is MeetingState.AGREED
    return Slot(meeting.starts_at, meeting.ends_at) if meeting and agreed else None


def more_of(offers: Sequence[TimeOffer], best: Collection[TimeOffer]) -> list[TimeOffer]:
    """Return more times, one in each half of a day, the best of them, earliest first."""
    seen = {_half(one) for one in best}
    more: list[TimeOffer] = []
    for one in offers:
        if _half(one) not in seen and len(more) < MOST_MORE:
            seen.add(_half(one))
            more.append(one)
    return sorted(more, key=lambda one: one.slot.start)


def is_offered(
    session: Session,
    search_request: SearchRequest,
    slots: Sequence[Slot],
    *,
    now: datetime,
    closing_days: Collection[date],
) -> bool:
    """Say whether each of these times still suits everybody."""
    offers = find_times(session, search_request, now=now, closing_days=closing_days)
    return {Slot(one.start, one.end) for one in slots} <= {one.slot for one in offers}


def has_too_many_proposals(session: Session, citizen_id: UUID, *, now: datetime) -> bool:
    """Say whether the citizen has as many proposals to answer as may be asked of anybody."""
    try:
        check_proposals(session, citizen_id, now=now)
    except Clash:
        return True
    return False


def send_proposal(
    db: Database,
    need: MeetingNeed,
    slots: Sequence[Slot],
    *,
    said_yes: bool,
    now: datetime,
    closing_days: Collection[date],
) -> UUID:
    """Send the proposal, or book at once what the citizen has said yes to; return the meeting's id.

    Raises:
        NotBookable, Clash: as `create_meeting`; Clash too for a time that suits not everybody.
    """
    before = _sent_before(db, need, slots, now=now, closing_days=closing_days)
    if before is not None:
        return before
    return book_meeting(
        db, need.meeting_request(slots, said_yes=said_yes), now=now, closing_days=closing_days
    )


def _sent_before(
    db: Database, need: MeetingNeed, slots: Sequence[Slot], *, now: datetime, closing_days: Collection[date]
) -> UUID | None:
    """Return the meeting that this very form gave before; None when the times can be asked for."""
    with db.reading() as session:
        before = find_by_request_key(session, need.request_key)
        if before is not None:
            return before.id
        if not is_offered(session, need.ask(now), slots, now=now, closing_days=closing_days):
            raise Clash
    return None


def preview_series(
    session: Session,
    meeting_request: MeetingRequest,
    every_weeks: int,
    occurrences: int,
    *,
    now: datetime,
    closing_days: Collection[date],
) -> list[Occurrence]:
    """Return each meeting of a series with what stands in its way. Raises NotBookable."""
    return plan_series(session, meeting_request, every_weeks, occurrences, now=now, closing_days=closing_days)


def send_series(
    db: Database,
    need: MeetingNeed,
    meeting_request: MeetingRequest,
    rhythm: SeriesRhythm,
    *,
    now: datetime,
    closing_days: Collection[date],
) -> UUID:
    """Send the whole series but for the days that are skipped; return the first meeting's id.

    Raises:
        NotBookable, Clash: as `send`; then nothing is sent.
    """
    slot = Slot(meeting_request.starts_at, meeting_request.ends_at)
    before = _sent_before(db, need, [slot], now=now, closing_days=closing_days)
    if before is not None:
        return before
    every, count, skip = rhythm
    return db.retrying(
        lambda session: book_series(session, meeting_request, every, count, skip=skip, now=now)[0].id
    )


def meetings_of_series(session: Session, meeting_id: UUID) -> list[datetime]:
    """Return when the meetings begin that were asked for together with this one; none: it stands alone."""
    mine = select(Meeting.series_id).where(Meeting.id == meeting_id).scalar_subquery()
    rows = select(Meeting.starts_at).where(Meeting.series_id == mine)
    return list(session.exec(rows.order_by(col(Meeting.starts_at))))


def search_request_of(session: Session, meeting: Meeting, *, now: datetime) -> SearchRequest:
    """Return what to look for another time of a meeting by: the same people, the same way."""
    return search_request_for(session, as_request(session, meeting.id), meeting, now=now)


def search_request_for(
    session: Session, meeting_request: MeetingRequest, instead_of: Meeting, *, now: datetime
) -> SearchRequest:
    """Return what to look for another time of a meeting by, when it is to be as `meeting_request` says."""
    last = max(danish_day(now), danish_day(meeting_request.starts_at)) + timedelta(days=28)
    return SearchRequest(
        citizen_id=meeting_request.citizen_id,
        with_ids=tuple(sorted({*meeting_request.with_ids, *meeting_request.companion_ids})),
        minutes=int((meeting_request.ends_at - meeting_request.starts_at).total_seconds()) // 60,
        from_=now,
        to=span_edge(last, time(0)),
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
