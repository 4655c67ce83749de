"""Times that suit everybody, best first: one look at the database, one sweep, named reasons.

O(G + n log n), G candidates, n taken spans. What professionals' own calendars say counts as taken here, also
what is only tentative, and never when booking. What each part does stands in `finding`.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.calendar.finding.blockers import LONGER, blockers
from app.calendar.finding.fit import Search, days_of, fitting
from app.calendar.finding.known import learn
from app.calendar.finding.offers import Ask, Blocker, Offer, Reason, Unsure
from app.calendar.finding.rank import ranked
from app.calendar.finding.three import three_different
from app.calendar.finding.words import reason_words, unsure_words
from app.calendar.models import CalendarSubject
from app.calendar.rules import Channel, MeetingWish, Slot, SubjectKind
from app.calendar.wall import edge
from app.clock import DANISH_TIME, danish_day

__all__ = [
    "Ask",
    "Blocker",
    "Offer",
    "Reason",
    "Unsure",
    "alternatives",
    "find_times",
    "nearest",
    "other_times",
    "reason_words",
    "three_best",
    "three_nearest",
    "unsure_words",
    "what_blocks",
]

AHEAD = timedelta(days=28)  # how far is looked for other times


def find_times(session: Session, ask: Ask, *, now: datetime, closing_days: Collection[date]) -> list[Offer]:
    """Return every time that suits everybody, best first; of two equally good ones the earlier.

    In office hours on working days. Holidays, closing days and what the citizen has said "kan ikke" to are
    never offered, nor more than the citizen can take, nor a place that can't be reached in time.
    """
    search = _search(session, ask, now=now, closing_days=closing_days)
    return ranked(search, fitting(search)) if search else []


def three_best(offers: Sequence[Offer]) -> list[Offer]:
    """Return the best, the best on another day, and the best in the other half of the day.

    Where one of the three does not exist, the best that is left stands in.
    """
    return three_different(offers, lambda one: one.slot)


def what_blocks(
    session: Session, ask: Ask, *, now: datetime, closing_days: Collection[date]
) -> list[Blocker]:
    """Return what would give times if it were otherwise, what gives most first; for the contact person.

    What the citizen has said "kan ikke" to stays and is not named.
    """
    search = _search(session, ask, now=now, closing_days=closing_days, longer=LONGER)
    return blockers(search) if search else []


def other_times(
    session: Session,
    wish: MeetingWish,
    *,
    now: datetime,
    closing_days: Collection[date],
    instead_of: UUID | None = None,
) -> list[Slot]:
    """Return up to three times for a wish that can't be met, those nearest to the wished one first.

    Looks four weeks ahead from the wished day. `instead_of` is a meeting that is to be moved.
    """
    begins = edge(danish_day(wish.starts_at), time(0))
    ask = Ask(
        citizen_id=wish.citizen_id,
        with_ids=wish.with_ids,
        minutes=_minutes(wish.ends_at - wish.starts_at),
        from_=begins,
        to=begins + AHEAD,
        channel=wish.channel,
        place_id=wish.place_id,
        place=wish.place,
        interpreter_id=wish.interpreter_id,
        room_id=wish.room_id,
        notice=False,
        instead_of=instead_of,
    )
    return nearest(session, ask, wish.starts_at, now=now, closing_days=closing_days)


def alternatives(
    session: Session,
    subject_ids: Collection[UUID],
    length: timedelta,
    around: datetime,
    *,
    now: datetime,
    closing_days: Collection[date],
) -> list[Slot]:
    """Return up to three times when none of `subject_ids` is taken, those nearest to `around` first.

    As `other_times`, for somebody who knows only who and how long: the way to the meeting is left out.
    """
    of_citizen = select(col(CalendarSubject.id)).where(
        col(CalendarSubject.id).in_(subject_ids), col(CalendarSubject.kind) == SubjectKind.CITIZEN
    )
    citizens = session.execute(of_citizen.order_by(col(CalendarSubject.id))).scalars().all()
    first, *others = sorted(subject_ids, key=lambda one: (one not in citizens, one))
    begins = edge(danish_day(around), time(0))
    ask = Ask(
        citizen_id=first,
        with_ids=tuple(others),
        minutes=_minutes(length),
        from_=begins,
        to=begins + AHEAD,
        channel=Channel.PHONE,
        notice=False,
    )
    return nearest(session, ask, around, now=now, closing_days=closing_days)


def nearest(
    session: Session, ask: Ask, around: datetime, *, now: datetime, closing_days: Collection[date]
) -> list[Slot]:
    """Return up to three different times that suit everybody, those nearest to `around` first.

    Near means first the day, then the time of day; equally near: the earlier.
    """
    offers = find_times(session, ask, now=now, closing_days=closing_days)
    return three_nearest([one.slot for one in offers], around)


def three_nearest(slots: Collection[Slot], around: datetime) -> list[Slot]:
    """Return the slot nearest to `around`, the nearest on another day, and the nearest in the other half."""
    by_distance = sorted(slots, key=lambda slot: (_distance(slot.start, around), slot.start))
    return three_different(by_distance, lambda slot: slot)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60


def _search(
    session: Session,
    ask: Ask,
    *,
    now: datetime,
    closing_days: Collection[date],
    longer: timedelta = timedelta(),
) -> Search | None:
    first, last = days_of(ask, now)
    if last < first or ask.minutes < 1:
        return None
    known = learn(session, ask, first, last + longer, now=now)
    return Search(ask, known, first, last, now, closing_days)


def _distance(start: datetime, around: datetime) -> tuple[int, int]:
    """Return how many days and how many minutes on the clock lie between two moments in Denmark."""
    one, other = start.astimezone(DANISH_TIME), around.astimezone(DANISH_TIME)
    minutes = (one.hour - other.hour) * 60 + one.minute - other.minute
    return abs((one.date() - other.date()).days), abs(minutes)
