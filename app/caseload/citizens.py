"""The citizens whom a reader helps, and what waits with each. Names only after the log."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, func
from sqlmodel import Session, and_, case, col, or_, select

from app.access.policy import Field, may_see
from app.caseload.rules import ASKS, CitizenRow, UpcomingMeeting, WaitingCounts
from app.caseload.unread_answers import count_unread
from app.dates.local_time import DANISH_TIME, danish_day
from app.entries.models import Entry
from app.entries.rules import EntryState
from app.goals.models import Promise
from app.identity.models import Person
from app.meetings.models import Meeting, Participant
from app.meetings.queries import goes_on_at
from app.plan.models import Plan
from app.plan.rules import CitizenTie, PlanState
from app.store.db import UtcDateTime
from app.store.query import select_columns

_NOW = bindparam("now", type_=UtcDateTime())
_TODAY = bindparam("today", type_=Date())
_IDS = bindparam("ids", type_=Uuid(), expanding=True)

_NAMES = (
    select_columns(Person.id, Person.name, Person.sort_key, Plan.id, Person.phone)
    .outerjoin(Plan, and_(Plan.citizen_id == Person.id, Plan.state == PlanState.ACTIVE))
    .where(col(Person.id).in_(_IDS))
)

_TO_ANSWER = (
    select(Plan.citizen_id, func.count(), func.count(case((Entry.answer_by < _TODAY, 1))))
    .join(Entry, col(Entry.plan_id) == Plan.id)
    .where(
        col(Plan.citizen_id).in_(_IDS),
        Plan.state == PlanState.ACTIVE,
        Entry.state == EntryState.SHARED,
        Entry.author_id == Plan.citizen_id,
    )
    .group_by(col(Plan.citizen_id))
)
_OVERDUE = (
    select(Plan.citizen_id, func.count())
    .join(Promise, col(Promise.plan_id) == Plan.id)
    .where(col(Plan.citizen_id).in_(_IDS), Plan.state == PlanState.ACTIVE)
    .where(col(Promise.kept_at).is_(None), Promise.due_on < _TODAY)
    .group_by(col(Plan.citizen_id))
)
_PLANNED = (
    select_columns(
        Meeting.citizen_id,
        Meeting.id,
        Meeting.starts_at,
        Participant.reply,
        Meeting.channel,
    )
    .outerjoin(
        Participant,
        and_(
            Participant.meeting_id == Meeting.id,
            Participant.subject_id == Meeting.citizen_id,
        ),
    )
    .where(
        col(Meeting.citizen_id).in_(_IDS),
        goes_on_at(_NOW),
        or_(
            Meeting.starts_at < bindparam("midnight", type_=UtcDateTime()),
            col(Participant.reply).in_(ASKS),
        ),
    )
    .order_by(col(Meeting.starts_at), col(Meeting.id))
)


def list_citizens(session: Session, bonds: Collection[CitizenTie], *, now: datetime) -> Sequence[CitizenRow]:
    """Return the citizens of `bonds` by name; to those who answer, what waits too. Log the looks first."""
    names = {
        row[0]: row[1:] for row in session.exec(_NAMES, params={"ids": [one.citizen_id for one in bonds]})
    }
    counted = [bond.citizen_id for bond in bonds if may_see(bond.subject, Field.WAITING)]
    planned = _planned(session, counted, now)
    counts = _count(session, counted, now, planned)
    rows = []
    for bond in (one for one in bonds if one.citizen_id in names):
        name, sort_key, plan_id, phone = names[bond.citizen_id]
        told = _rows(bond, counts.get(bond.citizen_id, WaitingCounts()))
        meetings = () if bond.let_in else planned.get(bond.citizen_id, ())
        counts_for_me = bond.citizen_id in counted  # there is something to ring about
        number = phone if counts_for_me and may_see(bond.subject, Field.PHONE) else None
        rows.append(CitizenRow(bond, name, sort_key, plan_id is not None, told, number, meetings))
    return rows


def _rows(bond: CitizenTie, waiting: WaitingCounts) -> WaitingCounts:
    """Return what waits for this reader."""
    return WaitingCounts(late=waiting.late, to_answer=waiting.late) if bond.let_in else waiting


def _planned(
    session: Session, citizen_ids: Sequence[UUID], now: datetime
) -> dict[UUID, list[UpcomingMeeting]]:
    found: dict[UUID, list[UpcomingMeeting]] = defaultdict(list)
    if citizen_ids:
        asked = {"ids": citizen_ids, "now": now, "midnight": _start_of(danish_day(now) + timedelta(days=1))}
        for citizen_id, meeting_id, starts_at, *said in session.exec(_PLANNED, params=asked):
            found[citizen_id].append(UpcomingMeeting(meeting_id, danish_day(starts_at), starts_at, *said))
    return found


def _count(
    session: Session,
    citizen_ids: Sequence[UUID],
    now: datetime,
    planned: Mapping[UUID, Sequence[UpcomingMeeting]],
) -> dict[UUID, WaitingCounts]:
    if not citizen_ids:
        return {}
    asked = {"ids": citizen_ids, "today": (today := danish_day(now))}
    answers = {one: (late, number) for one, number, late in session.exec(_TO_ANSWER, params=asked)}
    overdue = _by_citizen(session.exec(_OVERDUE, params=asked))
    to_read = count_unread(session, citizen_ids)
    found = {}
    for one in citizen_ids:
        late, to_answer = answers.get(one, (0, 0))
        days = [meeting.day for meeting in planned.get(one, ()) if meeting.asks]
        asks_today = days.count(today)
        found[one] = WaitingCounts(
            asks_today, late, to_answer, overdue.get(one, 0), len(days) - asks_today, to_read.get(one, 0)
        )
    return found


def _by_citizen(rows: Iterable[Any]) -> dict[UUID, int]:
    return {citizen_id: number for citizen_id, number in rows}


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), DANISH_TIME)
