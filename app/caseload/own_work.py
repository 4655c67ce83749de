"""What is mine to do with those I help: steps, promises, talks about a goal, minutes. Log the look first."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, String, Uuid, bindparam, literal, null, union_all
from sqlalchemy.orm import aliased
from sqlmodel import and_, cast, col, select

from app.access.policy import Action, Subject, areas_shown, may
from app.caseload.rules import WaitingItem, WaitingKind
from app.dates.local_time import danish_day
from app.entries.models import Entry, EntryVersion
from app.goals.models import Goal, GoalResponse, Promise, Step
from app.goals.rules import Agreement
from app.goals.statements import PROMISE_STANDS
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.minutes.models import MeetingMinutes
from app.minutes.rules import MinutesState
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import RowSelect, id_list, rows_of, select_columns

MINUTES_FOR = timedelta(days=14)  # so long after a meeting it is asked what was agreed

_ME = bindparam("me", type_=Uuid())
_NOW = bindparam("now", type_=UtcDateTime())
_NO_DAY = cast(null(), Date())
_NO_AREA = cast(null(), Uuid())
_OPEN_PLAN = and_(col(Plan.citizen_id).in_(id_list()), Plan.state == PlanState.ACTIVE)


# What waits for something else (blocked) is still theirs; what was dropped is nobody's.
STEP_IS_OPEN = and_(col(Step.done_at).is_(None), col(Step.dropped_at).is_(None))


def _kind(kind: WaitingKind) -> Any:
    return cast(literal(kind.value), String())


def _steps() -> Any:
    goal: Any = aliased(Goal)
    return (
        select_columns(
            _kind(WaitingKind.STEP).label("kind"),
            Plan.citizen_id,
            col(Entry.id).label("about_id"),
            col(Step.due_on).label("day"),
            col(EntryVersion.words).label("words"),
            goal.area_id.label("area_id"),
        )
        .join(Entry, col(Entry.plan_id) == Plan.id)
        .join(Step, col(Step.entry_id) == Entry.id)
        .join(EntryVersion, _standing_words())
        .outerjoin(goal, goal.entry_id == Step.goal_id)
        .where(_OPEN_PLAN, Step.doer_id == _ME, STEP_IS_OPEN)
    )


def _promises() -> Any:
    goal: Any = aliased(Goal)
    own: tuple[Any, ...] = (Plan.citizen_id, Promise.id, Promise.due_on, Promise.words, goal.area_id)
    return (
        select_columns(_kind(WaitingKind.PROMISE), *own)
        .join(Promise, col(Promise.plan_id) == Plan.id)
        .outerjoin(goal, goal.entry_id == Promise.goal_id)
        .where(_OPEN_PLAN, Promise.by_id == _ME, PROMISE_STANDS)
    )


def _talks() -> Any:
    """Return the goals of mine that the citizen would rather talk about, by their newest answer."""
    later: Any = aliased(GoalResponse)
    newer = select(later.id).where(later.goal_id == GoalResponse.goal_id, later.at > GoalResponse.at)
    own: tuple[Any, ...] = (Plan.citizen_id, Entry.id, _NO_DAY, EntryVersion.words, Goal.area_id)
    return (
        select_columns(_kind(WaitingKind.TALK), *own)
        .join(Entry, col(Entry.plan_id) == Plan.id)
        .join(Goal, col(Goal.entry_id) == Entry.id)
        .join(EntryVersion, _standing_words())
        .join(GoalResponse, col(GoalResponse.goal_id) == Entry.id)
        .where(_OPEN_PLAN, Entry.author_id == _ME, GoalResponse.answer == Agreement.TALK)
        .where(~newer.correlate(GoalResponse).exists())
    )


def _minutes() -> Any:
    """Return the meetings I called and was in, of which it is not told what was agreed."""
    own: tuple[Any, ...] = (Meeting.citizen_id, Meeting.id, _NO_DAY, Meeting.purpose, _NO_AREA)
    told = select(MeetingMinutes.meeting_id).where(
        MeetingMinutes.meeting_id == Meeting.id, MeetingMinutes.state == MinutesState.SHARED
    )
    return (
        select_columns(_kind(WaitingKind.MINUTES), *own)
        .join(Participant, and_(Participant.meeting_id == Meeting.id, Participant.subject_id == _ME))
        .where(
            col(Meeting.citizen_id).in_(id_list()),
            Meeting.organiser_id == _ME,
            col(Meeting.state).in_((MeetingState.AGREED, MeetingState.HELD)),
            Meeting.ends_at <= _NOW,
            Meeting.ends_at > bindparam("since", type_=UtcDateTime()),
            ~told.correlate(Meeting).exists(),
        )
    )


def _standing_words() -> Any:
    return and_(EntryVersion.entry_id == Entry.id, EntryVersion.number == Entry.approved_version)


_OWN_WORK: RowSelect = rows_of(union_all(_steps(), _promises(), _talks(), _minutes()))


def list_own_work(
    session: Reader, me: UUID, subjects: Mapping[UUID, Subject], *, now: datetime
) -> Iterator[WaitingItem]:
    """Yield what is mine to do, as far as the citizen's yes and what they let me see reach. One query."""
    today = danish_day(now)
    asked: dict[str, Any] = {"me": me, "ids": list(subjects), "now": now, "since": now - MINUTES_FOR}
    for row in session.exec(_OWN_WORK, params=asked) if subjects else ():
        kind, subject = WaitingKind(row.kind), subjects[row.citizen_id]
        if _is_open_to(subject, kind, row.area_id):
            late = row.day is not None and row.day < today
            yield WaitingItem(kind, subject, row.about_id, row.day, late, row.words)


def _is_open_to(subject: Subject, kind: WaitingKind, area_id: UUID | None) -> bool:
    if kind is WaitingKind.MINUTES:
        return may(subject, Action.MINUTES_WRITE, own=True)
    areas = areas_shown(subject)
    of_no_goal = kind is WaitingKind.PROMISE and area_id is None
    in_sight = of_no_goal or areas is None or area_id in areas
    return in_sight and may(subject, Action.PLAN_READ)
