"""The citizens whom a reader helps, and what waits with each. Names only after the log."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, String, bindparam, func, literal, null, union_all
from sqlmodel import and_, case, cast, col, or_

from app.access.policy import Field, Subject, may_see
from app.availability.models import CalendarLimits
from app.booking.own_meetings import IS_OWN
from app.caseload.queue import TO_BE_ANSWERED
from app.caseload.rules import ASKS, CitizenRow, UpcomingMeeting, WaitingCounts
from app.caseload.unread_answers import unread_counts
from app.dates.local_time import DANISH_TIME, danish_day
from app.entries.models import Entry
from app.entries.rules import EntryState
from app.goals.models import Promise
from app.goals.statements import PROMISE_STANDS
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.models import Meeting, Participant
from app.meetings.queries import goes_on_at
from app.messages.queries import waiting_messages
from app.plan.looks import list_changed
from app.plan.models import Plan
from app.plan.rules import CitizenTie, PlanState
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import id_list, rows_of, select_columns

_NOW = bindparam("now", type_=UtcDateTime())
_TODAY = bindparam("today", type_=Date())

_NAMES = (
    select_columns(
        *(Person.id, Person.name, Person.sort_key, Plan.id, Person.phone),
        or_(
            col(Person.interpreter_language).is_not(None), col(CalendarLimits.needs_interpreter).is_(True)
        ).label("needs_interpreter"),
    )
    .outerjoin(CalendarLimits, col(CalendarLimits.citizen_id) == Person.id)
    .outerjoin(Plan, and_(Plan.citizen_id == Person.id, Plan.state == PlanState.ACTIVE))
    .where(col(Person.id).in_(id_list()))
)

_ENTRIES, _PROMISES, _ANSWERS, _MESSAGES = "entries", "promises", "answers", "messages"
_KINDS = (_ENTRIES, _PROMISES, _ANSWERS, _MESSAGES)
_TO_ANSWER = (
    select_columns(
        literal(_ENTRIES).label("what"),
        Plan.citizen_id,
        func.count().label("number"),
        func.count(case((Entry.answer_by < _TODAY, 1))).label("late"),
        func.min(Entry.shared_at).label("since"),
    )
    .join(Entry, col(Entry.plan_id) == Plan.id)
    .where(
        col(Plan.citizen_id).in_(id_list()),
        Plan.state == PlanState.ACTIVE,
        cast(Entry.state, String())
        == EntryState.SHARED.value,  # else SQLite goes through all that are shared
        TO_BE_ANSWERED,
    )
    .group_by(col(Plan.citizen_id))
)
_OVERDUE = (
    select_columns(literal(_PROMISES), Plan.citizen_id, func.count(), literal(0), cast(null(), UtcDateTime()))
    .join(Promise, col(Promise.plan_id) == Plan.id)
    .where(col(Plan.citizen_id).in_(id_list()), Plan.state == PlanState.ACTIVE)
    .where(PROMISE_STANDS, Promise.due_on < _TODAY)
    .group_by(col(Plan.citizen_id))
)
# One question for all that is counted. The counts of a citizen who has nothing of a kind are not in it.
_COUNTED = rows_of(
    union_all(_TO_ANSWER, _OVERDUE, unread_counts(literal(_ANSWERS)), waiting_messages(literal(_MESSAGES)))
)
_PLANNED = (
    select_columns(
        Meeting.citizen_id,
        Meeting.id,
        Meeting.starts_at,
        Participant.reply,
        Meeting.channel,
        IS_OWN.label("is_own"),
    )
    .outerjoin(
        Participant,
        and_(
            Participant.meeting_id == Meeting.id,
            Participant.subject_id == Meeting.citizen_id,
        ),
    )
    .where(
        col(Meeting.citizen_id).in_(id_list()),
        goes_on_at(_NOW),
        or_(
            Meeting.starts_at < bindparam("midnight", type_=UtcDateTime()),
            col(Participant.reply).in_(ASKS),
        ),
    )
    .order_by(col(Meeting.starts_at), col(Meeting.id))
)


_OPEN_PLANS = select_columns(Plan.citizen_id).where(
    col(Plan.citizen_id).in_(id_list()), Plan.state == PlanState.ACTIVE
)


class CitizenName(NamedTuple):
    """Who a citizen is, and whether their yes to one plan stands."""

    name: str
    consented: bool

    @property
    def first_name(self) -> str:
        return first_name(self.name)


def read_names(session: Reader, citizen_ids: Collection[UUID]) -> dict[UUID, CitizenName]:
    """Return the names of these citizens. Log the list first."""
    rows = session.exec(_NAMES, params={"ids": list(citizen_ids)})
    return {row[0]: CitizenName(row[1], row[3] is not None) for row in rows}


def list_consented(session: Reader, citizen_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these citizens whose yes to one plan stands. Names nobody."""
    return {row[0] for row in session.exec(_OPEN_PLANS, params={"ids": list(citizen_ids)})}


def list_citizens(
    session: Reader, me: UUID, bonds: Collection[CitizenTie], *, now: datetime
) -> Sequence[CitizenRow]:
    """Return the citizens of `bonds` by name; to those who answer, what waits too. Log the list first."""
    names = {
        row[0]: row[1:] for row in session.exec(_NAMES, params={"ids": [one.citizen_id for one in bonds]})
    }
    subjects = {
        bond.citizen_id: replace(bond.subject, consented=names[bond.citizen_id][2] is not None)
        for bond in bonds
        if bond.citizen_id in names
    }
    counted = [bond.citizen_id for bond in bonds if may_see(bond.subject, Field.WAITING)]
    planned = _planned(session, me, {one: subjects[one] for one in counted if one in subjects}, now)
    counts, since = _count(session, counted, now, planned)
    changed = list_changed(
        session, me, [one for one, it in subjects.items() if may_see(it, Field.WHOLE_PLAN)]
    )
    noted = _Noted(counts, planned, since, changed)
    return [
        _citizen_row(bond, names[bond.citizen_id], subjects[bond.citizen_id], noted)
        for bond in bonds
        if bond.citizen_id in names
    ]


class _Noted(NamedTuple):
    """What is known of several citizens, by citizen."""

    counts: Mapping[UUID, WaitingCounts]
    planned: Mapping[UUID, Sequence[UpcomingMeeting]]
    since: Mapping[UUID, datetime]
    changed: Collection[UUID]


def _citizen_row(bond: CitizenTie, known: Sequence[Any], subject: Subject, noted: _Noted) -> CitizenRow:
    """Return one citizen of the list, as this reader may see it."""
    name, sort_key, plan_id, phone, needs_interpreter = known
    told = _rows(bond, noted.counts.get(bond.citizen_id, WaitingCounts()))
    counts_for_me = bond.citizen_id in noted.counts  # there is something to ring about
    return CitizenRow(
        bond,
        name,
        sort_key,
        plan_is_open=plan_id is not None,
        waiting=told,
        phone=phone if counts_for_me and may_see(bond.subject, Field.PHONE) else None,
        planned=() if bond.let_in else noted.planned.get(bond.citizen_id, ()),
        waits_since=noted.since.get(bond.citizen_id) if any(told) else None,
        interpreter=bool(needs_interpreter) and may_see(subject, Field.NEEDS),
        changed=bond.citizen_id in noted.changed,
    )


def _rows(bond: CitizenTie, waiting: WaitingCounts) -> WaitingCounts:
    """Return what waits for this reader."""
    if not bond.let_in:
        return waiting
    late, messages = waiting.late, waiting.late_messages
    return WaitingCounts(late=late, to_answer=late, late_messages=messages, messages=messages)


def _planned(
    session: Reader, me: UUID, subjects: Mapping[UUID, Subject], now: datetime
) -> dict[UUID, list[UpcomingMeeting]]:
    """Return the meetings of today, and those that ask for something, as far as they are `me`'s to see."""
    found: dict[UUID, list[UpcomingMeeting]] = defaultdict(list)
    if subjects:
        today = danish_day(now)
        asked: dict[str, Any] = {"ids": list(subjects), "me": me, "now": now, "today": today}
        asked |= {"midnight": _start_of(today + timedelta(days=1))}
        for citizen_id, meeting_id, starts_at, reply, channel, is_own in session.exec(_PLANNED, params=asked):
            if may_see(subjects[citizen_id], Field.MEETING, own=bool(is_own)):
                meeting = UpcomingMeeting(meeting_id, danish_day(starts_at), starts_at, reply, channel)
                found[citizen_id].append(meeting)
    return found


def _count(
    session: Reader,
    citizen_ids: Sequence[UUID],
    now: datetime,
    planned: Mapping[UUID, Sequence[UpcomingMeeting]],
) -> tuple[dict[UUID, WaitingCounts], dict[UUID, datetime]]:
    """Return how much waits with each citizen, and the oldest moment of what waits."""
    if not citizen_ids:
        return {}, {}
    asked = {"ids": citizen_ids, "today": (today := danish_day(now))}
    counts = {(row.citizen_id, row.what): row for row in session.exec(_COUNTED, params=asked)}
    found, since = {}, {}
    for one in citizen_ids:
        entries, promises, answers, messages = (counts.get((one, what)) for what in _KINDS)
        moments = [row.since for row in (entries, answers, messages) if row]
        if moments:
            since[one] = min(moments)
        days = [meeting.day for meeting in planned.get(one, ()) if meeting.asks]
        asks_today = days.count(today)
        found[one] = WaitingCounts(
            asks_today=asks_today,
            late_messages=messages.late if messages else 0,
            late=entries.late if entries else 0,
            messages=messages.number if messages else 0,
            to_answer=entries.number if entries else 0,
            overdue=promises.number if promises else 0,
            asks=len(days) - asks_today,
            to_read=answers.number if answers else 0,
        )
    return found, since


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), DANISH_TIME)
