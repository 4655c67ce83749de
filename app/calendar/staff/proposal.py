"""A meeting as those who help ask for it: who can come, which times suit all, and what is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, select

from app.access.policy import Action, SubjectReader, may
from app.booking.book import book_meeting, check_proposals, find_by_request_key
from app.booking.queued import queue_proposal
from app.booking.series import book_series
from app.calendar.staff.time_search import (
    SearchResult,
    SearchWidth,
    is_offered,
    keep_shown,
    search_times,
    widen_search,
)
from app.dates.local_time import danish_day, span_edge
from app.dates.workdays import WorkingCalendar
from app.identity.models import Person
from app.meetings.models import Meeting
from app.meetings.rules import Channel, Clash, MeetingRequest, Slot
from app.scheduling.rules import ExactTime, SearchRequest, TimeCheck, TimeOffer
from app.scheduling.service import (
    AHEAD,
    BEFORE,
    check_exact_time,
    tomorrow,
)
from app.scheduling.texts import uncertain_text
from app.store.db import Database
from app.store.prepared import Reader
from app.store.query import id_list

ONE_DAY = timedelta(days=1)

_MEETING = bindparam("meeting_id", type_=Uuid())
_PEOPLE = (
    select(Person.id, Person.name, Person.title)
    .where(col(Person.id).in_(id_list()))
    .order_by(col(Person.sort_key), col(Person.id))
)
_SERIES_OF = select(Meeting.series_id).where(Meeting.id == _MEETING).scalar_subquery()
_SERIES = select(Meeting.starts_at).where(Meeting.series_id == _SERIES_OF).order_by(col(Meeting.starts_at))


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
    link: str | None
    room_id: UUID | None
    duty: bool
    companion: str | None
    message_id: UUID | None
    interpreter_id: UUID | None
    key: str
    wide: SearchWidth
    said_yes: bool = False  # the citizen, on the phone
    exact: Slot | None = None  # a time that was agreed elsewhere
    chosen: tuple[Slot, ...] = ()  # what was ticked before the times were looked for again

    def ask(self, now: datetime) -> SearchRequest:
        """Return what to look for times by: until the last day, or near what was agreed elsewhere."""
        today, around = danish_day(now), self.exact and danish_day(self.exact.start)
        last = around + AHEAD if around else today + timedelta(days=self.within_days)
        first = now if self.duty or self.said_yes else tomorrow(now)
        asked = SearchRequest(
            citizen_id=self.citizen_id,
            with_ids=self.with_ids,
            minutes=self.minutes,
            from_=max(first, span_edge(around, time(0)) - BEFORE) if around else first,
            around=self.exact.start if self.exact else None,
            to=span_edge(last + ONE_DAY, time(0)) - timedelta(minutes=1),
            channel=self.channel,
            place_id=self.place_id,
            place=self.place,
            interpreter_id=self.interpreter_id,
            room_id=self.room_id,
        )
        return widen_search(asked, self.wide)

    def meeting_request(self, slots: Sequence[Slot]) -> MeetingRequest:
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
            link=self.link,
            duty=self.duty,
            said_yes=self.said_yes,
            organiser_id=self.organiser_id,
            interpreter_id=self.interpreter_id,
            room_id=self.room_id,
            companion=self.companion,
            message_id=self.message_id,
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


def invitable_ids(reader: SubjectReader) -> frozenset[UUID]:
    """Return whom this reader may ask to come: all who help, or, if who helps is not theirs to see, two.

    That is the reader, and the contact person, whom everybody who helps knows.
    """
    subject = reader.subject
    if may(subject, Action.CONTACT_READ):
        return subject.team_ids
    return frozenset(one for one in (reader.id, subject.contact_id) if one)


def list_invitable(session: Reader, ids: Iterable[UUID | None]) -> list[InvitableHelper]:
    """Return these people, by name."""
    wanted = list({one for one in ids if one})
    return [InvitableHelper(*row) for row in session.exec(_PEOPLE, params={"ids": wanted})]


def search_for(
    session: Reader,
    need: MeetingNeed,
    *,
    now: datetime,
    workdays: WorkingCalendar,
    blockers: bool,
    reader: UUID,
) -> SearchResult:
    """Return the times for what is needed, or the one that was agreed elsewhere, if it can be had.

    If it can't, `check` says why, and the times are near it. `blockers`, `reader`: as in `search_times`.

    Raises:
        NotBookable: nobody could have the time that was agreed elsewhere.
    """
    check = _check_exact(session, need, now=now, workdays=workdays)
    if need.exact and check and check.fits:
        offer = TimeOffer(need.exact, (), check.warnings, check.interpreter_id, as_agreed=True)
        warnings = [uncertain_text(one, reader) for one in check.warnings]
        return SearchResult([offer], [], warnings, [], check.interpreter_id, check)
    asked = need.ask(now)
    found = search_times(session, asked, now=now, workdays=workdays, blockers=blockers, reader=reader)
    found = keep_shown(session, found, asked, need.chosen, now=now, workdays=workdays)
    return replace(found, check=check)


def _check_exact(
    session: Reader, need: MeetingNeed, *, now: datetime, workdays: WorkingCalendar
) -> TimeCheck | None:
    if need.exact is None:
        return None
    exact = ExactTime(need.exact, need.said_yes, need.duty)
    return check_exact_time(session, need.ask(now), exact, now=now, workdays=workdays)


def has_too_many_proposals(session: Reader, citizen_id: UUID, *, now: datetime) -> bool:
    """Say whether the citizen has as many proposals to answer as may be asked of anybody."""
    try:
        check_proposals(session, citizen_id, now=now)
    except Clash:
        return True
    return False


def send_proposal(
    db: Database, need: MeetingNeed, slots: Sequence[Slot], *, now: datetime, workdays: WorkingCalendar
) -> UUID:
    """Send the proposal, or book at once what the citizen has said yes to; return the meeting's id.

    Raises:
        NotBookable, Clash: as `create_meeting`; Clash too for a time that suits not everybody.
    """
    before = _sent_before(db, need, slots, now=now, workdays=workdays)
    if before is not None:
        return before
    return book_meeting(db, need.meeting_request(slots), now=now, workdays=workdays)


def queue_up(
    db: Database, need: MeetingNeed, slots: Sequence[Slot], *, now: datetime, workdays: WorkingCalendar
) -> UUID:
    """Put the proposal in line at the contact person, and return its id there.

    Raises:
        NotBookable: as `queue_proposal`.
    """
    meeting_request = replace(need, said_yes=False).meeting_request(slots)
    return db.retrying(
        lambda session: queue_proposal(session, meeting_request, now=now, workdays=workdays).id
    )


def _sent_before(
    db: Database, need: MeetingNeed, slots: Sequence[Slot], *, now: datetime, workdays: WorkingCalendar
) -> UUID | None:
    """Return the meeting that this very form gave before; None when the times can be asked for."""
    with db.reading() as session:
        before = find_by_request_key(session, need.request_key)
        if before is not None:
            return before.id
        check = (
            _check_exact(session, need, now=now, workdays=workdays) if [need.exact] == list(slots) else None
        )
        fits = check.fits if check else is_offered(session, need.ask(now), slots, now=now, workdays=workdays)
        if not fits:
            raise Clash
    return None


def send_series(
    db: Database,
    need: MeetingNeed,
    meeting_request: MeetingRequest,
    rhythm: SeriesRhythm,
    *,
    now: datetime,
    workdays: WorkingCalendar,
) -> UUID:
    """Send the whole series but for the days that are skipped; return the first meeting's id.

    Raises:
        NotBookable, Clash: as `send_proposal`; then nothing is sent.
    """
    slot = Slot(meeting_request.starts_at, meeting_request.ends_at)
    before = _sent_before(db, need, [slot], now=now, workdays=workdays)
    if before is not None:
        return before
    every, count, skip = rhythm
    return db.retrying(
        lambda session: (
            book_series(session, meeting_request, every, count, skip=skip, now=now, workdays=workdays)[0].id
        )
    )


def meetings_of_series(session: Reader, meeting_id: UUID) -> list[datetime]:
    """Return when the meetings begin that were asked for together with this one; none: it stands alone."""
    return list(session.exec(_SERIES, params={"meeting_id": meeting_id}))
