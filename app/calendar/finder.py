"""Three other times that suit everybody, when the wished one is taken.

One indexed query for all, then one sweep over sorted lists: O(G + n log n), G candidates, n taken spans.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import Session, col

from app.calendar.models import Occupancy
from app.calendar.rules import LONGEST, Slot
from app.clock import DANISH_TIME, danish_day
from app.db import UtcDateTime
from app.workdays import is_working_day

OPENS, CLOSES = time(9), time(15)
STEP = timedelta(minutes=15)
NOON = 12
DAYS = 28

_TAKEN = select(col(Occupancy.starts_at), col(Occupancy.ends_at)).where(
    col(Occupancy.subject_id).in_(bindparam("ids", expanding=True, type_=Uuid())),
    col(Occupancy.starts_at) > bindparam("reach", type_=UtcDateTime()),  # no span is longer than LONGEST
    col(Occupancy.starts_at) < bindparam("end", type_=UtcDateTime()),
)


def alternatives(
    session: Session,
    subject_ids: Collection[UUID],
    length: timedelta,
    around: datetime,
    *,
    now: datetime,
    closing_days: Collection[date],
) -> list[Slot]:
    """Return up to three times of this length when nobody of `subject_ids` is taken, best first.

    Looks four weeks ahead from the day of `around`, in office hours on working days.
    """
    first = max(danish_day(around), danish_day(now))
    open_slots = [slot for slot in grid(first, length, closing_days) if slot.start > now]
    if not open_slots:
        return []
    wanted = {"ids": list(subject_ids), "reach": open_slots[0].start - LONGEST, "end": open_slots[-1].end}
    taken = [(row.starts_at, row.ends_at) for row in session.execute(_TAKEN, wanted)]
    return three_different(free(open_slots, taken), around)


def grid(first: date, length: timedelta, closing_days: Collection[date]) -> Iterator[Slot]:
    """Yield every slot of this length that could be offered from `first` on, earliest first."""
    for day in (first + timedelta(days=n) for n in range(DAYS)):
        if is_working_day(day, closing_days):
            yield from day_grid(day, length)


@lru_cache(maxsize=512)
def day_grid(day: date, length: timedelta) -> tuple[Slot, ...]:
    """Return the slots of a day in office hours, a quarter of an hour apart."""
    closes = to_instant(day, CLOSES)
    starts: list[datetime | None] = []
    wall = datetime.combine(day, OPENS)
    while wall.time() < CLOSES:
        starts.append(to_instant(day, wall.time()))
        wall += STEP
    return tuple(Slot(at, at + length) for at in starts if at and closes and at + length <= closes)


def to_instant(day: date, at: time) -> datetime | None:
    """Return the moment of a Danish time of day, or None on the night when that time is skipped."""
    wall = datetime.combine(day, at, DANISH_TIME)
    back = wall.astimezone(UTC).astimezone(DANISH_TIME)
    return wall.astimezone(UTC) if back.replace(tzinfo=None) == wall.replace(tzinfo=None) else None


def free(candidates: Sequence[Slot], taken: Iterable[tuple[datetime, datetime]]) -> list[Slot]:
    """Return the candidates that overlap nothing taken.

    `candidates` are equally long and sorted; `taken` comes in any order and may overlap itself.
    """
    found: list[Slot] = []
    spans = _merged(taken)
    place = 0
    for slot in candidates:
        while place < len(spans) and spans[place][1] <= slot.start:
            place += 1
        if place == len(spans) or slot.end <= spans[place][0]:
            found.append(slot)
    return found


def _merged(taken: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return the same taken time as spans that neither touch nor overlap, earliest first."""
    spans: list[tuple[datetime, datetime]] = []
    for start, end in sorted(taken):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def three_different(open_slots: Sequence[Slot], around: datetime) -> list[Slot]:
    """Pick the slot nearest to `around`, the nearest on another day, and the nearest in the other half.

    Near means first the day, then the time of day; equally near: the earlier. Where one of the three does not
    exist, the nearest that is left stands in.
    """
    left = sorted(open_slots, key=lambda slot: (*_distance(slot.start, around), slot.start))
    if not left:
        return []
    best = left.pop(0)

    def on_another_day(slot: Slot) -> bool:
        return danish_day(slot.start) != danish_day(best.start)

    def in_the_other_half(slot: Slot) -> bool:
        return _is_morning(slot) != _is_morning(best)

    picked = [best]
    for differs in (on_another_day, in_the_other_half):
        if left:
            picked.append(next(filter(differs, left), left[0]))
            left.remove(picked[-1])
    return picked


def _distance(start: datetime, around: datetime) -> tuple[int, int]:
    """Return how many days and how many minutes on the clock lie between two moments in Denmark."""
    one, other = start.astimezone(DANISH_TIME), around.astimezone(DANISH_TIME)
    minutes = (one.hour - other.hour) * 60 + one.minute - other.minute
    return abs((one.date() - other.date()).days), abs(minutes)


def _is_morning(slot: Slot) -> bool:
    return slot.start.astimezone(DANISH_TIME).hour < NOON
