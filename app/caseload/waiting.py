"""What waits for somebody who helps, across citizens, the oldest day first. Log the look first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from app.access.policy import Action, Subject, may
from app.booking.tasks import list_open_tasks
from app.calendar.staff.queued_proposals import list_waiting_proposals
from app.caseload.own_work import list_own_work
from app.caseload.queue import list_queue
from app.caseload.rules import WaitingItem, WaitingKind, oldest_day_first
from app.dates.local_time import danish_day
from app.messages.queries import list_waiting_threads
from app.reminders.queries import list_my_reminders
from app.store.prepared import Reader

WHOLE_MOST = 40  # so many stand on one page
LISTED = 25  # of more, so many at a time


class WaitingPart(NamedTuple):
    """What waits, or of much the oldest, or the next of it."""

    items: Sequence[WaitingItem]
    total: int
    side: int = 1
    first: int = 1  # which of all the first one is

    @property
    def is_whole(self) -> bool:
        return len(self.items) == self.total

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1


def part_of(waiting: Sequence[WaitingItem], side: int) -> WaitingPart:
    """Return what a page holds of what waits: all of it, unless it is much."""
    if len(waiting) <= WHOLE_MOST:
        return WaitingPart(waiting, len(waiting))
    skip = (side - 1) * LISTED
    return WaitingPart(waiting[skip : skip + LISTED], len(waiting), side, skip + 1)


def list_waiting_work(
    session: Reader, me: UUID, subjects: Mapping[UUID, Subject], let_in: Collection[UUID], *, now: datetime
) -> list[WaitingItem]:
    """Return all that waits for `me`, of the citizens in `subjects`. Six queries, however many there are.

    To those of `let_in` a late answer alone ties the reader: nothing of theirs waits but what is late,
    and what they wrote to themselves.
    """
    found = [
        *_to_answer(session, me, now),
        *_messages(session, subjects),
        *_meetings(session, me, now),
        *_queued(session, subjects, now),
        *list_own_work(session, me, subjects, now=now),
    ]
    mine = (one for one in found if one.citizen_id in subjects and (one.late or one.citizen_id not in let_in))
    reminders = _reminders(session, me, subjects, let_in, now)
    return sorted([*mine, *reminders], key=oldest_day_first)


def _to_answer(session: Reader, me: UUID, now: datetime) -> Iterator[WaitingItem]:
    today = danish_day(now)
    found: dict[tuple[UUID, WaitingKind, date | None, bool], WaitingItem] = {}
    for one in list_queue(session, me, now=now):
        kind = WaitingKind.READ if one.to_read else WaitingKind.APPROVE
        late = one.day is not None and one.day < today
        item = WaitingItem(kind, one.subject, one.entry_id, one.day, late, proposed=one.proposed)
        key = item.citizen_id, kind, one.day, one.proposed
        first = found.setdefault(key, item)
        if first is not item:
            found[key] = first._replace(number=first.number + 1)
    yield from found.values()


def _messages(session: Reader, subjects: Mapping[UUID, Subject]) -> Iterator[WaitingItem]:
    answered = [who for who, one in subjects.items() if may(one, Action.MESSAGE_SETTLE)]
    for citizen_id, day, late in list_waiting_threads(session, answered):
        yield WaitingItem(WaitingKind.MESSAGE, subjects[citizen_id], citizen_id, day, late)


def _meetings(session: Reader, me: UUID, now: datetime) -> Iterator[WaitingItem]:
    for one in list_open_tasks(session, me, now=now):
        yield WaitingItem(
            WaitingKind.MEETING, one.subject, one.meeting_id, one.due_on, one.late, task=one.kind
        )


def _queued(session: Reader, subjects: Mapping[UUID, Subject], now: datetime) -> Iterator[WaitingItem]:
    """Yield the proposals in line: the last day to send one is the day before its first time."""
    for one in list_waiting_proposals(session, subjects.values()):
        day = danish_day(one.first_at) - timedelta(days=1)
        subject = subjects[one.citizen_id]
        yield WaitingItem(WaitingKind.QUEUED, subject, one.id, day, day < danish_day(now))


def _reminders(
    session: Reader, me: UUID, subjects: Mapping[UUID, Subject], let_in: Collection[UUID], now: datetime
) -> Iterator[WaitingItem]:
    for subject, one in list_my_reminders(session, me, subjects, let_in, now=now):
        item = WaitingItem(WaitingKind.REMINDER, subject, one.id, one.due_on, one.late, one.words)
        yield item._replace(author=one.author)
