"""In which order a contact person meets what waits. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from math import inf
from typing import NamedTuple
from uuid import UUID

from app.access.policy import Action, Subject, may
from app.booking.rules import TaskKind
from app.identity.rules import first_name, name_matches
from app.meetings.rules import Channel, Reply
from app.plan.rules import CitizenTie, ListFilter

SET_ASIDE = "lagt-til-side"  # what an address says when the news was just set aside
ASKS = (Reply.OTHER_TIME, Reply.CANNOT, Reply.CALL_ME)  # answers that somebody must take on from there


class WaitingCounts(NamedTuple):
    """How much waits with one citizen. The order of the fields is the order of their weight."""

    asks_today: int = 0  # meetings later today that the citizen can't or won't have as they are
    late_messages: int = 0  # of `messages`, those whose answer is late
    late: int = 0  # of `to_answer`, those whose day has passed
    messages: int = 0  # of the citizen's, that wait for an answer
    to_answer: int = 0
    overdue: int = 0  # promises of the municipality
    asks: int = 0  # as `asks_today`, of other days
    to_read: int = 0  # shown answers to how it goes; nothing is late with them

    @property
    def number(self) -> int:
        """How many things wait, each counted once."""
        return self.asks_today + self.messages + self.to_answer + self.overdue + self.asks + self.to_read

    @property
    def number_late(self) -> int:
        """How many of them are late."""
        return self.late_messages + self.late + self.overdue


class WaitingKind(StrEnum):
    """What can wait for somebody who helps."""

    APPROVE = "approve"  # the citizen has shared something
    READ = "read"  # the citizen shows how it goes
    MESSAGE = "message"
    MEETING = "meeting"  # something to settle about one
    QUEUED = "queued"  # a proposal in line, to be sent
    STEP = "step"
    PROMISE = "promise"
    TALK = "talk"  # the citizen would rather talk about a goal of mine
    MINUTES = "minutes"  # what was agreed at a meeting of mine is not told
    REMINDER = "reminder"  # what I wanted to remember


class WaitingItem(NamedTuple):
    """One thing that waits for the reader."""

    kind: WaitingKind
    subject: Subject  # whose it is about
    about_id: UUID  # the entry, promise, assessment, meeting or proposal
    day: date | None  # by when; None: no day is set
    late: bool
    words: str | None = None  # what it is called, where that is the reader's own to read
    task: TaskKind | None = None  # what must be settled, of MEETING
    # Of APPROVE and READ: how many of one citizen by one day; the queue shows one after another.
    number: int = 1
    author: str | None = None  # of REMINDER: who wrote it, if it was another
    proposed: bool = False  # of APPROVE: one who helps proposes it for the citizen

    @property
    def citizen_id(self) -> UUID:
        return self.subject.citizen_id


def oldest_day_first(item: WaitingItem) -> tuple[date, UUID]:
    """Return the key that puts the oldest day first, and what has no day last."""
    return item.day or date.max, item.about_id


class UpcomingMeeting(NamedTuple):
    """A meeting that is today, or to which the citizen has answered that it can't be as it is."""

    meeting_id: UUID
    day: date  # in Denmark
    starts_at: datetime
    reply: Reply | None
    channel: Channel

    @property
    def asks(self) -> bool:
        return self.reply in ASKS


@dataclass(frozen=True, slots=True)
class CitizenRow:
    """One citizen on the reader's list."""

    bond: CitizenTie
    name: str
    sort_key: str
    plan_is_open: bool
    waiting: WaitingCounts
    phone: str | None = None  # None: not known, or not for this reader
    planned: Sequence[UpcomingMeeting] = ()  # soonest first
    waits_since: datetime | None = None  # of what waits for the reader, the oldest; None: nothing has a time
    interpreter: bool = False  # needs one, where that is the reader's to know
    changed: bool = False  # others have changed the plan since the reader saw it

    @property
    def first_name(self) -> str:
        return first_name(self.name)

    @property
    def page(self) -> str:
        """The page the row leads to: the plan, or what can be done while it is closed to the reader."""
        if self.reads_plan:
            return "goals.index"
        return "caseload.not_started" if may(self.subject, Action.START_READ) else "plan.contact"

    @property
    def reads_plan(self) -> bool:
        """Say whether the reader may open the plan."""
        return may(self.subject, Action.PLAN_READ)

    @property
    def subject(self) -> Subject:
        """The citizen with the reader's ties and the citizen's yes: what the guard decides by."""
        return replace(self.bond.subject, consented=self.plan_is_open)


def most_urgent_first(row: CitizenRow) -> tuple[tuple[float, ...], str]:
    """Return the key that puts first those who wait, and of them who has waited longest.

    Before all comes a meeting of today that can't be as it is. Equals come by how much waits, then by name.
    """
    counts = [-count for count in row.waiting]
    since = row.waits_since.timestamp() if row.waits_since else inf
    return (counts[0], not any(counts), since, *counts, -len(row.planned)), row.sort_key


def matches(row: CitizenRow, wanted: str) -> bool:
    """Say whether a citizen is looked for by `wanted`."""
    return name_matches(row.name, wanted)


def passes(row: CitizenRow, wanted: ListFilter, with_goal: Collection[UUID]) -> bool:
    """Say whether a citizen is what the filter wants; `with_goal`: who has a goal in its area."""
    return not (
        (wanted.waits and not any(row.waiting))
        or (wanted.no_consent and row.plan_is_open)
        or (wanted.interpreter and not row.interpreter)
        or (wanted.changed and not row.changed)
        or (wanted.area_id and row.bond.citizen_id not in with_goal)
    )


def pick_next(
    waiting: Sequence[UUID],
    *,
    after: UUID | None = None,
    before: UUID | None = None,
    stay: UUID | None = None,
) -> UUID | None:
    """Return which one to show: `stay` while it waits, the one beside `after` or `before`, or the first.

    After the last comes the first, and before the first the last.
    """
    if stay in waiting:
        return stay
    for beside, way in ((after, 1), (before, -1)):
        if beside in waiting:
            return waiting[(waiting.index(beside) + way) % len(waiting)]
    return waiting[0] if waiting else None


def next_citizen(waiting: Sequence[UUID], citizen_id: UUID) -> UUID | None:
    """Return with whom one goes on after a citizen; None: nobody else waits. `waiting`: whose, in order."""
    in_order = list(dict.fromkeys(waiting))
    if citizen_id not in in_order:
        return in_order[0] if in_order else None
    found = in_order[(in_order.index(citizen_id) + 1) % len(in_order)]
    return None if found == citizen_id else found
