"""What moves with each citizen who is handed over: shown before it is done. Names only after the log."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import and_, col

from app.access.policy import Action, Field, Subject, may, may_see
from app.booking.own_meetings import IS_OWN
from app.caseload.citizens import list_citizens
from app.caseload.own_work import list_own_work
from app.caseload.rules import CitizenRow, WaitingItem, WaitingKind
from app.dates.local_time import danish_day
from app.goals.queries import PromiseItem, StepItem, read_plan
from app.meetings.models import Meeting, Participant
from app.meetings.queries import goes_on_at
from app.plan.handover_queries import ShownHandover, list_open_handovers
from app.plan.rules import CitizenTie
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import id_list, select_columns

_NOW = bindparam("now", type_=UtcDateTime())
_COMING = (
    select_columns(
        Meeting.citizen_id,
        Meeting.id,
        Meeting.starts_at,
        IS_OWN.label("is_own"),
        col(Participant.meeting_id).is_not(None).label("am_in_it"),
    )
    .outerjoin(
        Participant, and_(Participant.meeting_id == Meeting.id, Participant.subject_id == bindparam("me"))
    )
    .where(col(Meeting.citizen_id).in_(id_list()), goes_on_at(_NOW))
    .order_by(col(Meeting.starts_at), col(Meeting.id))
)


@dataclass(frozen=True, slots=True)
class ComingMeeting:
    """One meeting to come, of those that the reader may see."""

    id: UUID
    starts_at: datetime
    am_in_it: bool


class LeftWork(NamedTuple):
    """What somebody who was the contact person is still to do for a citizen."""

    steps: Sequence[StepItem]
    promises: Sequence[PromiseItem]


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One of the reader's citizens, and what goes along with them."""

    citizen: CitizenRow
    meetings: list[ComingMeeting]  # soonest first
    agreed: ShownHandover | None  # who they go over to already
    own_work: list[WaitingItem]  # what the reader is to do themselves: it does not move by itself

    @property
    def id(self) -> UUID:
        return self.citizen.bond.citizen_id

    @property
    def next_meeting(self) -> ComingMeeting | None:
        return self.meetings[0] if self.meetings else None

    @property
    def my_meetings(self) -> list[ComingMeeting]:
        """The meetings the reader takes part in: they stay in them, until somebody changes that."""
        return [one for one in self.meetings if one.am_in_it]

    @property
    def own_tasks(self) -> list[WaitingItem]:
        """The steps and promises that are the reader's own, by name."""
        return [one for one in self.own_work if one.kind in (WaitingKind.STEP, WaitingKind.PROMISE)]

    @property
    def untold(self) -> list[WaitingItem]:
        """The meetings of which the reader has not told what was agreed: nobody else can."""
        return [one for one in self.own_work if one.kind is WaitingKind.MINUTES]


def read_left_work(session: Reader, subject: Subject, from_id: UUID, *, now: datetime) -> LeftWork:
    """Return the steps and promises that are still somebody's who was the contact person before."""
    if not may(subject, Action.WORK_TAKE_OVER):
        return LeftWork((), ())
    plan = read_plan(session, subject, now=now)
    steps = (*plan.steps, *(step for goal in plan.goals for step in goal.steps))
    return LeftWork(
        [one for one in steps if one.doer_id == from_id and one.item.words and not one.over],
        [one for one in plan.promises if one.by_id == from_id and not one.over],
    )


def may_hand_over(bonds: Collection[CitizenTie]) -> list[CitizenTie]:
    """Return those of one's citizens whom one may hand over."""
    return [bond for bond in bonds if may(bond.subject, Action.HAND_OVER)]


def list_handover_rows(
    session: Reader, me: UUID, bonds: Collection[CitizenTie], *, now: datetime
) -> list[HandoverRow]:
    """Return these citizens by name, with what waits and which meetings come. Log the list first."""
    citizens = sorted(list_citizens(session, me, bonds, now=now), key=lambda one: one.sort_key)
    subjects = {one.bond.citizen_id: one.subject for one in citizens}
    meetings, agreed = _coming(session, me, subjects, now), list_open_handovers(session, list(subjects))
    own_work = defaultdict(list)
    for item in list_own_work(session, me, subjects, now=now):
        own_work[item.citizen_id].append(item)
    return [
        HandoverRow(one, meetings[who], agreed.get(who), own_work[who])
        for one in citizens
        for who in [one.bond.citizen_id]
    ]


def _coming(
    session: Reader, me: UUID, subjects: Mapping[UUID, Subject], now: datetime
) -> dict[UUID, list[ComingMeeting]]:
    found: dict[UUID, list[ComingMeeting]] = defaultdict(list)
    asked: dict[str, Any] = {"ids": list(subjects), "me": me, "now": now, "today": danish_day(now)}
    for citizen_id, meeting_id, starts_at, is_own, am_in_it in (
        session.exec(_COMING, params=asked) if subjects else ()
    ):
        if may_see(subjects[citizen_id], Field.MEETING, own=bool(is_own)):
            found[citizen_id].append(ComingMeeting(meeting_id, starts_at, bool(am_in_it)))
    return found
