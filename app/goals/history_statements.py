"""What the history of a plan reads: prebuilt selects, with the same columns for all that has happened."""

from typing import Any

from sqlalchemy import Boolean, Date, Uuid, bindparam, exists, func, literal, null
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, or_, select

from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind
from app.goals.models import Goal, GoalChange, GoalResponse, Promise, Step
from app.goals.statements import (
    CITIZEN,
    IN_AREAS,
    PLAN_ID,
    PROMISE_STANDS,
    READS_WAITING,
    SEES_ALL,
    STEP_GOAL,
    WAITS,
    name_shown,
    version_is,
)
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import ParticipantRole, Reply
from app.plan.models import PlanRevision
from app.plan.news import ACCESS_CHANGED, CONSENT_GIVEN, CONSENT_REVOKED
from app.store.db import UtcDateTime
from app.store.query import RowSelect, select_columns

HISTORY_MOST = 100

_ENTRY_EVENT: Any = EntryEvent.__table__  # type: ignore[attr-defined]
_HIDDEN: Any = bindparam("hidden", type_=_ENTRY_EVENT.c.what.type, expanding=True)
_GOAL = bindparam("goal_id", type_=Uuid())
_ENTRY = bindparam("entry_id", type_=Uuid())
_SEES_DRAFTS = bindparam("sees_drafts", type_=Boolean())

_OF_A_MEETING = or_(
    col(PlanRevision.what).like("meeting%"), col(PlanRevision.what).like("minutes%")
)  # said by whom


def _row(what: Any, at: Any, actor_id: Any, **told: Any) -> list[Any]:
    """Return the columns that all questions here have, in one order; what is not told is null."""
    untold: dict[str, Any] = dict.fromkeys(("kind", "entry_id", "author_id", "words", "answer", "met_at"))
    columns = untold | {"compared": literal(False)} | told
    return [
        what.label("what"),
        at.label("at"),
        actor_id.label("actor_id"),
        name_shown(Person, "name"),
        *((null() if value is None else value).label(name) for name, value in columns.items()),
    ]


def _history() -> RowSelect:
    """What happened to the plan itself, its steps, goals and promises, and meetings for who sees them all.

    It says of no goal which it is, so who sees some areas alone is told of the yes to the plan, and no more.
    """
    columns = _row(col(PlanRevision.what), col(PlanRevision.at), col(PlanRevision.actor_id))
    wanted = select_columns(*columns).outerjoin(Person, col(Person.id) == PlanRevision.actor_id)
    return (
        wanted.where(PlanRevision.plan_id == PLAN_ID, col(PlanRevision.what).not_like("entry%"))
        .where(or_(bindparam("sees_meetings", type_=Boolean()), ~_OF_A_MEETING))
        .where(or_(bindparam("sees_readers", type_=Boolean()), PlanRevision.what != ACCESS_CHANGED.revision))
        .where(or_(SEES_ALL, col(PlanRevision.what).in_((CONSENT_GIVEN.revision, CONSENT_REVOKED.revision))))
        .order_by(col(PlanRevision.number).desc())
        .limit(HISTORY_MOST)
    )


# Words that were taken back, or stand no more, are their author's alone again.
_STILL_SHOWN = or_(
    _SEES_DRAFTS,
    EntryEvent.version == Entry.approved_version,
    and_(EntryEvent.version == Entry.shared_version, WAITS),
)

_shared_before: Any = aliased(EntryEvent)
_ANOTHER_WAS_SHARED = exists().where(
    _shared_before.entry_id == EntryEvent.entry_id,
    _shared_before.version < EntryEvent.version,
    _shared_before.what.in_((EntryEventKind.SHARED, EntryEventKind.APPROVED)),
)
# There are two wordings that the reader may read.
_COMPARED = case(
    (and_(_SEES_DRAFTS, Entry.author_id == CITIZEN, EntryEvent.version > 1), True),
    (and_(_SEES_DRAFTS, _ANOTHER_WAS_SHARED), True),
    (and_(READS_WAITING, WAITS, Entry.shared_version != Entry.approved_version), True),
    else_=False,
)


_ENTRY_TOLD = {"kind": col(Entry.kind), "entry_id": col(Entry.id), "author_id": col(Entry.author_id)}


def _entry_history(*more: Any) -> RowSelect:
    """What happened to its entries, and to which: the revisions of the same moments do not say that."""
    columns = _row(
        col(EntryEvent.what),
        col(EntryEvent.at),
        col(EntryEvent.actor_id),
        **_ENTRY_TOLD,
        words=case((_STILL_SHOWN, EntryVersion.words), else_=null()),
        compared=_COMPARED,
    )
    found: RowSelect = (
        select_columns(*columns)
        .join(Entry, col(Entry.id) == EntryEvent.entry_id)
        .outerjoin(EntryVersion, version_is(EntryVersion, EntryEvent.version))
        .outerjoin(Person, col(Person.id) == EntryEvent.actor_id)
        .outerjoin(Goal, col(Goal.entry_id) == Entry.id)
        .outerjoin(Step, col(Step.entry_id) == Entry.id)
        .outerjoin(STEP_GOAL, STEP_GOAL.entry_id == Step.goal_id)
        .where(Entry.plan_id == PLAN_ID, IN_AREAS)
        .where(col(EntryEvent.what).not_in(_HIDDEN), *more)
        .order_by(col(EntryEvent.at).desc())
        .limit(HISTORY_MOST)
    )
    return found


def _steps_done(*more: Any) -> RowSelect:
    """The steps that are done: the plan's own revisions say not which."""
    columns = _row(
        literal("step_done"), col(Step.done_at), col(Step.done_by), **_ENTRY_TOLD, words=EntryVersion.words
    )
    found: RowSelect = (
        select_columns(*columns)
        .select_from(Entry)
        .join(Step, col(Step.entry_id) == Entry.id)
        .join(EntryVersion, version_is(EntryVersion, Entry.approved_version))
        .outerjoin(Person, col(Person.id) == Step.done_by)
        .where(col(Step.done_at).is_not(None), Entry.plan_id == PLAN_ID, *more)
    )
    return found


def _answers_given(*more: Any) -> RowSelect:
    """What the citizen has answered to goals, and to which."""
    columns = _row(
        literal("goal_answered"),
        col(GoalResponse.at),
        col(GoalResponse.person_id),
        **_ENTRY_TOLD,
        words=EntryVersion.words,
        answer=GoalResponse.answer,
    )
    found: RowSelect = (
        select_columns(*columns)
        .select_from(Entry)
        .join(GoalResponse, col(GoalResponse.goal_id) == Entry.id)
        .outerjoin(EntryVersion, version_is(EntryVersion, Entry.approved_version))
        .join(Person, col(Person.id) == GoalResponse.person_id)
        .where(Entry.plan_id == PLAN_ID, *more)
    )
    return found


def _goals_placed(*more: Any) -> RowSelect:
    """Where a goal belongs, or why, was changed; and of which goal."""
    told = _ENTRY_TOLD | {"words": EntryVersion.words}
    columns = _row(literal("goal_placed"), col(GoalChange.at), col(GoalChange.actor_id), **told)
    found: RowSelect = (
        select_columns(*columns)
        .select_from(Entry)
        .join(GoalChange, col(GoalChange.goal_id) == Entry.id)
        .outerjoin(EntryVersion, version_is(EntryVersion, Entry.approved_version))
        .join(Person, col(Person.id) == GoalChange.actor_id)
        .where(Entry.plan_id == PLAN_ID, *more)
    )
    return found


def _promised(what: str, at: Any) -> RowSelect:
    columns = _row(literal(what), at, col(Promise.by_id), entry_id=Promise.id, words=Promise.words)
    found: RowSelect = (
        select_columns(*columns)
        .join(Person, col(Person.id) == Promise.by_id)
        .where(Promise.plan_id == PLAN_ID, at.is_not(None))
    )
    return found


def _meetings_answered() -> RowSelect:
    """The citizen's newest answer to each meeting: which, by when it is alone, for it may be a hidden one."""
    columns = _row(
        literal("meeting_answered"),
        col(Participant.replied_at),
        col(Meeting.citizen_id),
        entry_id=Meeting.id,
        answer=Participant.reply,
        met_at=Meeting.starts_at,
    )
    found: RowSelect = (
        select_columns(*columns)
        .select_from(Meeting)
        .join(Participant, col(Participant.meeting_id) == Meeting.id)
        .join(Person, col(Person.id) == Meeting.citizen_id)
        .where(Meeting.citizen_id == CITIZEN, Participant.role == ParticipantRole.CITIZEN)
        .where(col(Participant.replied_at).is_not(None))
    )
    return found


# Newer than all that others read: it is its author's alone, or is so again.
_IS_DRAFT = and_(
    EntryVersion.number > func.coalesce(Entry.approved_version, 0),
    EntryVersion.number > func.coalesce(case((WAITS, Entry.shared_version)), 0),
)


def _versions() -> RowSelect:
    """The wordings of one thing that this reader may read, the oldest first."""
    shared_once = exists().where(
        col(EntryEvent.entry_id) == Entry.id,
        col(EntryEvent.version) == EntryVersion.number,
        col(EntryEvent.what).in_((EntryEventKind.SHARED, EntryEventKind.APPROVED)),
    )
    stands, waits = (
        EntryVersion.number == Entry.approved_version,
        and_(EntryVersion.number == Entry.shared_version, WAITS),
    )
    columns: list[Any] = [
        EntryVersion.number,
        EntryVersion.words,
        EntryVersion.written_at,
        col(EntryVersion.author_id).label("author_id"),
        name_shown(Person, "name"),
        Entry.kind,
        case((stands, True), else_=False).label("stands"),
        case((waits, True), else_=False).label("waits"),
        case((and_(shared_once, ~_IS_DRAFT), True), else_=False).label("shared"),
    ]
    found: RowSelect = (
        select_columns(*columns)
        .join(Entry, col(Entry.id) == EntryVersion.entry_id)
        .outerjoin(Person, col(Person.id) == EntryVersion.author_id)
        .outerjoin(Goal, col(Goal.entry_id) == Entry.id)
        .outerjoin(Step, col(Step.entry_id) == Entry.id)
        .outerjoin(STEP_GOAL, STEP_GOAL.entry_id == Step.goal_id)
        .where(Entry.id == _ENTRY, Entry.plan_id == PLAN_ID, IN_AREAS)
        .where(
            or_(
                and_(_SEES_DRAFTS, or_(Entry.author_id == CITIZEN, shared_once)),
                stands,
                and_(waits, READS_WAITING),
            )
        )
        .order_by(col(EntryVersion.number))
    )
    return found


# When the citizen's last meeting ended.
LAST_MET = (
    select(Meeting.ends_at)
    .outerjoin(
        Participant, and_(Participant.meeting_id == Meeting.id, Participant.subject_id == Meeting.citizen_id)
    )
    .where(
        Meeting.citizen_id == CITIZEN,
        or_(
            Meeting.state == MeetingState.HELD,
            and_(
                Meeting.state == MeetingState.AGREED,
                col(Participant.reply).is_distinct_from(Reply.CANNOT),
            ),
        ),
        Meeting.ends_at <= bindparam("now", type_=UtcDateTime()),
    )
    .order_by(col(Meeting.ends_at).desc())
    .limit(1)
)


def _since() -> RowSelect:
    """How much has come into the plan, is done and is kept since then; and what is late now."""
    since, today = bindparam("since", type_=UtcDateTime()), bindparam("today", type_=Date())
    taken = select(func.count(func.distinct(EntryEvent.entry_id))).select_from(EntryEvent)
    taken = taken.join(Entry, col(Entry.id) == EntryEvent.entry_id)
    taken = taken.where(col(EntryEvent.version) <= col(Entry.approved_version))  # else it was undone
    done = select(func.count()).select_from(Step).join(Entry, col(Entry.id) == Step.entry_id)
    promised = select(func.count()).select_from(Promise).where(Promise.plan_id == PLAN_ID)
    return select_columns(
        taken.where(
            Entry.plan_id == PLAN_ID, EntryEvent.what == EntryEventKind.APPROVED, EntryEvent.at > since
        )
        .scalar_subquery()
        .label("taken"),
        done.where(Entry.plan_id == PLAN_ID, col(Step.done_at) > since).scalar_subquery().label("done"),
        promised.where(col(Promise.kept_at) > since).scalar_subquery().label("kept"),
        promised.where(PROMISE_STANDS, Promise.due_on < today).scalar_subquery().label("late"),
    )


HISTORY = _history()
ENTRY_HISTORY = _entry_history()
GOAL_HISTORY = _entry_history(func.coalesce(Step.goal_id, Goal.entry_id) == _GOAL)
STEPS_DONE_OF_GOAL = _steps_done(Step.goal_id == _GOAL)
ANSWERS_TO_GOAL = _answers_given(GoalResponse.goal_id == _GOAL)
GOALS_PLACED_OF_GOAL = _goals_placed(GoalChange.goal_id == _GOAL)
STEPS_DONE = _steps_done()
ANSWERS_GIVEN = _answers_given()
GOALS_PLACED = _goals_placed()
PROMISES_MADE = _promised("promise_made", col(Promise.made_at))
PROMISES_KEPT = _promised("promise_kept", col(Promise.kept_at))
MEETINGS_ANSWERED = _meetings_answered()
VERSIONS = _versions()
SINCE = _since()
