"""A meeting as those who help ask for it: who can come, which times suit all, and what is sent."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.calendar import booking
from app.calendar.booking.asking import check_proposals, find_by_key
from app.calendar.finder import (
    Ask,
    Blocker,
    Offer,
    find_times,
    refused_times,
    three_best,
    unsure_words,
    what_blocks,
)
from app.calendar.finding.blockers import LONGER
from app.calendar.models import Meeting
from app.calendar.rules import Channel, Clash, MeetingState, MeetingWish, Occurrence, Slot
from app.calendar.wall import edge
from app.clock import DANISH_TIME, danish_day
from app.db import Database
from app.errors import Missing
from app.i18n import iso
from app.identity.models import Person

MOST_MORE = 9  # times beside the three best
NOON = 12
ONE_DAY = timedelta(days=1)


class Wide(NamedTuple):
    """How much farther than usual is looked for times."""

    later: bool = False  # two weeks more
    hours: bool = False  # before and after office hours too


@dataclass(frozen=True, slots=True)
class Helper:
    """One who can be asked to come."""

    id: UUID
    name: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
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
    wide: Wide

    def ask(self, now: datetime) -> Ask:
        """Return what to look for times by."""
        last = danish_day(now) + timedelta(days=self.within_days)
        asked = Ask(
            citizen_id=self.citizen_id,
            with_ids=self.with_ids,
            minutes=self.minutes,
            from_=now,
            to=edge(last + ONE_DAY, time(0)) - timedelta(minutes=1),
            channel=self.channel,
            place_id=self.place_id,
            place=self.place,
            interpreter_id=self.interpreter_id,
            room_id=self.room_id,
        )
        return widened(asked, self.wide)

    def wish(self, slots: Sequence[Slot], *, said_yes: bool) -> MeetingWish:
        """Return the meeting to ask for at these times, the first first."""
        return MeetingWish(
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


class Rhythm(NamedTuple):
    """How a meeting is repeated, and on which days it is not."""

    every_weeks: int
    occurrences: int
    skip: frozenset[date]


@dataclass(frozen=True, slots=True)
class Found:
    """The times that suit everybody, and what there is to know about them."""

    best: list[Offer]
    more: list[Offer] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    blockers: list[Blocker] = field(default_factory=list)
    interpreter_id: UUID | None = None

    def first(self, most: int) -> list[str]:
        """Return up to so many of the best, none of them at the time of another, as a form sends them."""
        chosen: list[Slot] = []
        for one in self.best[:most]:
            if not any(one.slot.overlaps(other) for other in chosen):
                chosen.append(one.slot)
        return [iso(one.start) for one in chosen]


def list_helpers(session: Session, ids: Iterable[UUID | None]) -> list[Helper]:
    """Return these people, by name."""
    wanted = {one for one in ids if one}
    rows = select(col(Person.id), col(Person.name), col(Person.title)).where(col(Person.id).in_(wanted))
    return [Helper(*row) for row in session.execute(rows.order_by(col(Person.sort_key), col(Person.id)))]


def search(
    session: Session,
    ask: Ask,
    *,
    now: datetime,
    closing_days: Collection[date],
    blockers: bool,
    reader: UUID,
) -> Found:
    """Return the times for a meeting; with `blockers` also what stands in the way when there are none.

    One interpreter is at all of them. Where an agreed meeting is now is no other time for it.
    """
    looked: dict[str, Any] = {"now": now, "closing_days": closing_days}
    own = _agreed_time(session, ask.instead_of)
    offers = [one for one in find_times(session, ask, **looked) if one.slot != own]
    interpreter_id = ask.interpreter_id or (offers[0].interpreter_id if offers else None)
    offers = [one for one in offers if one.interpreter_id in (None, interpreter_id)]
    if not offers:
        return Found([], blockers=what_blocks(session, ask, **looked) if blockers else [])
    best = three_best(offers)
    said = {unsure_words(one, reader): None for offer in offers[:1] for one in offer.warnings}
    return Found(best, more_of(offers, best), list(said), [], interpreter_id)


def _agreed_time(session: Session, meeting_id: UUID | None) -> Slot | None:
    meeting = session.get(Meeting, meeting_id) if meeting_id else None
    agreed = meeting is not None and meeting.state is MeetingState.AGREED
    return Slot(meeting.starts_at, meeting.ends_at) if meeting and agreed else None


def more_of(offers: Sequence[Offer], best: Collection[Offer]) -> list[Offer]:
    """Return more times, one in each half of a day, the best of them, earliest first."""
    seen = {_half(one) for one in best}
    more: list[Offer] = []
    for one in offers:
        if _half(one) not in seen and len(more) < MOST_MORE:
            seen.add(_half(one))
            more.append(one)
    return sorted(more, key=lambda one: one.slot.start)


def is_offered(
    session: Session, ask: Ask, slots: Sequence[Slot], *, now: datetime, closing_days: Collection[date]
) -> bool:
    """Say whether each of these times still suits everybody."""
    offers = find_times(session, ask, now=now, closing_days=closing_days)
    return {Slot(one.start, one.end) for one in slots} <= {one.slot for one in offers}


def too_many_wait(session: Session, citizen_id: UUID, *, now: datetime) -> bool:
    """Say whether the citizen has as many proposals to answer as may be asked of anybody."""
    try:
        check_proposals(session, citizen_id, now=now)
    except Clash:
        return True
    return False


def send(
    db: Database,
    need: Need,
    slots: Sequence[Slot],
    *,
    said_yes: bool,
    now: datetime,
    closing_days: Collection[date],
) -> UUID:
    """Send the proposal, or book at once what the citizen has said yes to; return the meeting's id.

    Raises:
        NotBookable, Clash: as `booking.place`; Clash too for a time that suits not everybody.
    """
    before = _sent_before(db, need, slots, now=now, closing_days=closing_days)
    if before is not None:
        return before
    return booking.book(db, need.wish(slots, said_yes=said_yes), now=now, closing_days=closing_days)


def _sent_before(
    db: Database, need: Need, slots: Sequence[Slot], *, now: datetime, closing_days: Collection[date]
) -> UUID | None:
    """Return the meeting that this very form gave before; None when the times can be asked for."""
    with db.reading() as session:
        before = find_by_key(session, need.request_key)
        if before is not None:
            return before.id
        if not is_offered(session, need.ask(now), slots, now=now, closing_days=closing_days):
            raise Clash
    return None


def preview(
    session: Session,
    wish: MeetingWish,
    every_weeks: int,
    occurrences: int,
    *,
    now: datetime,
    closing_days: Collection[date],
) -> list[Occurrence]:
    """Return each meeting of a series with what stands in its way. Raises NotBookable."""
    return booking.plan_series(session, wish, every_weeks, occurrences, now=now, closing_days=closing_days)


def send_series(
    db: Database,
    need: Need,
    wish: MeetingWish,
    rhythm: Rhythm,
    *,
    now: datetime,
    closing_days: Collection[date],
) -> UUID:
    """Send the whole series but for the days that are skipped; return the first meeting's id.

    Raises:
        NotBookable, Clash: as `send`; then nothing is sent.
    """
    slot = Slot(wish.starts_at, wish.ends_at)
    before = _sent_before(db, need, [slot], now=now, closing_days=closing_days)
    if before is not None:
        return before
    every, count, skip = rhythm
    return db.retrying(
        lambda session: booking.book_series(session, wish, every, count, skip=skip, now=now)[0].id
    )


def meetings_of_series(session: Session, meeting_id: UUID) -> list[datetime]:
    """Return when the meetings begin that were asked for together with this one; none: it stands alone."""
    mine = select(col(Meeting.series_id)).where(col(Meeting.id) == meeting_id).scalar_subquery()
    rows = select(col(Meeting.starts_at)).where(col(Meeting.series_id) == mine)
    return list(session.execute(rows.order_by(col(Meeting.starts_at))).scalars())


def ask_again(session: Session, meeting: Meeting, *, now: datetime) -> Ask:
    """Return what to look for another time of a meeting by: the same people, the same way."""
    return ask_for(session, booking.as_wish(session, meeting.id), meeting, now=now)


def ask_for(session: Session, wish: MeetingWish, instead_of: Meeting, *, now: datetime) -> Ask:
    """Return what to look for another time of a meeting by, when it is to be as `wish` says."""
    last = max(danish_day(now), danish_day(wish.starts_at)) + timedelta(days=28)
    return Ask(
        citizen_id=wish.citizen_id,
        with_ids=tuple(sorted({*wish.with_ids, *wish.companion_ids})),
        minutes=int((wish.ends_at - wish.starts_at).total_seconds()) // 60,
        from_=now,
        to=edge(last, time(0)),
        channel=wish.channel,
        place_id=wish.place_id,
        place=wish.place,
        interpreter_id=wish.interpreter_id,
        room_id=wish.room_id,
        instead_of=instead_of.id,
        not_near=refused_times(session, instead_of),
    )


def widened(ask: Ask, wide: Wide) -> Ask:
    """Return the same search, but as far as is asked for."""
    to = ask.to + LONGER if wide.later else ask.to
    return replace(ask, to=to, wide_hours=wide.hours)


def get_meeting_of(session: Session, citizen_id: UUID, meeting_id: UUID) -> Meeting:
    """Return the citizen's meeting; raise Missing if it is not the citizen's."""
    meeting = session.get(Meeting, meeting_id, populate_existing=True)
    if meeting is None or meeting.citizen_id != citizen_id:
        raise Missing
    return meeting


def _half(one: Offer) -> tuple[date, bool]:
    wall = one.slot.start.astimezone(DANISH_TIME)
    return wall.date(), wall.hour < NOON
