"""What the pages of this room read: prebuilt selects, one row per entry with all that hangs on it.

The words come as two: those that stand in the plan (`standing`), and those that wait for an answer or a talk
(`waiting`). A draft's words are never asked for here.
"""

from typing import Any

from sqlalchemy import Boolean, Uuid, bindparam, func, null
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, or_, select

from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.goals.models import Goal, GoalResponse, Promise, Step
from app.identity.models import Person
from app.plan.models import Cover, LifeArea, Plan, PlanRevision
from app.plan.rules import PlanState
from app.plan.tie_conditions import IS_LET_IN_NOW
from app.store.query import RowSelect, add_columns, select_columns

_CITIZEN = bindparam("citizen_id", type_=Uuid())
_PLAN = bindparam("plan_id", type_=Uuid())
_READS_WAITING = bindparam("reads_waiting", type_=Boolean())
_WAITS = or_(Entry.state == EntryState.SHARED, Entry.state == EntryState.TALK)

HISTORY_MOST = 100


def _newest_response() -> Any:
    """Return the id of the newest answer to the goal of the row."""
    newest = select(GoalResponse.id).where(GoalResponse.goal_id == Entry.id)
    return (
        newest.order_by(col(GoalResponse.at).desc(), col(GoalResponse.id))
        .limit(1)
        .correlate(Entry)
        .scalar_subquery()
    )


def _plan() -> RowSelect:
    drafts = (
        select(func.count())
        .where(Entry.plan_id == Plan.id, Entry.author_id == _CITIZEN)
        .where(Entry.version > func.coalesce(Entry.shared_version, 0))
        .correlate(Plan)
        .scalar_subquery()
    )
    shown = (
        select(func.count())
        .where(Entry.plan_id == Plan.id)
        .where(or_(col(Entry.approved_version).is_not(None), _WAITS))
        .correlate(Plan)
        .scalar_subquery()
    )
    columns: list[Any] = [Plan.id, Plan.state, Plan.closed_at, drafts.label("drafts"), shown.label("shown")]
    closed_last = case((Plan.state == PlanState.CLOSED, 1), else_=0)
    wanted = select_columns(*columns).where(Plan.citizen_id == _CITIZEN)
    return wanted.order_by(closed_last, col(Plan.opened_at).desc()).limit(1)


def _entries() -> RowSelect:
    standing: Any = aliased(EntryVersion)
    waiting: Any = aliased(EntryVersion)
    author = _person()
    columns = [
        Entry.id,
        Entry.kind,
        Entry.state,
        Entry.author_id,
        author.name.label("author"),
        standing.words.label("standing_words"),
        standing.written_at.label("standing_at"),
        standing.author_id.label("standing_author_id"),
        waiting.words.label("waiting_words"),
        waiting.written_at.label("waiting_at"),
    ]
    wanted = (
        select_columns(*columns)
        .select_from(Entry)
        .join(author, author.id == Entry.author_id)
        .outerjoin(standing, _version(standing, Entry.approved_version))
        .outerjoin(waiting, and_(_version(waiting, Entry.shared_version), _WAITS, _READS_WAITING))
        .where(Entry.plan_id == _PLAN, or_(standing.words.is_not(None), waiting.words.is_not(None)))
        .order_by(func.coalesce(standing.written_at, waiting.written_at), col(Entry.id))
    )
    return _with_step(_with_goal(_with_answer(wanted)))


def _with_answer(entries: RowSelect) -> RowSelect:
    """Add by when an answer is due, who gives it when it is late, and what was said."""
    answerer, cover = _person(), _person()
    columns = [
        Entry.answer_by,
        Entry.late_at,
        Entry.reply,
        answerer.name.label("answerer"),
        cover.name.label("cover"),
    ]
    return (
        add_columns(entries, *columns)
        .outerjoin(answerer, answerer.id == Entry.answered_by)
        .outerjoin(Cover, and_(Cover.about_id == Entry.id, IS_LET_IN_NOW))
        .outerjoin(cover, cover.id == Cover.substitute_id)
    )


def _with_goal(entries: RowSelect) -> RowSelect:
    """Add where a goal belongs, and the citizen's newest answer to it."""
    columns: list[Any] = [
        Goal.because,
        col(LifeArea.name).label("area"),
        LifeArea.position,
        GoalResponse.answer,
        col(GoalResponse.words).label("said"),
        col(GoalResponse.at).label("said_at"),
    ]
    return (
        add_columns(entries, *columns)
        .outerjoin(Goal, col(Goal.entry_id) == Entry.id)
        .outerjoin(LifeArea, col(LifeArea.id) == Goal.area_id)
        .outerjoin(GoalResponse, GoalResponse.id == _newest_response())
    )


def _with_step(entries: RowSelect) -> RowSelect:
    """Add who does a step, by when, and who has done it."""
    doer, finisher = _person(), _person()
    columns: list[Any] = [
        Step.goal_id,
        Step.doer_id,
        doer.name.label("doer"),
        Step.due_on,
        Step.done_at,
        Step.done_by,
        finisher.name.label("finisher"),
    ]
    return (
        add_columns(entries, *columns)
        .outerjoin(Step, col(Step.entry_id) == Entry.id)
        .outerjoin(doer, doer.id == Step.doer_id)
        .outerjoin(finisher, finisher.id == Step.done_by)
    )


def _person() -> Any:
    return aliased(Person)


def _version(version: Any, number: Any) -> Any:
    return and_(version.entry_id == Entry.id, version.number == number)


def _promises() -> RowSelect:
    columns: list[Any] = [
        Promise.id,
        Promise.words,
        col(Person.name).label("by"),
        Promise.made_at,
        Promise.due_on,
        Promise.kept_at,
    ]
    wanted = select_columns(*columns).join(Person, col(Person.id) == Promise.by_id)
    return wanted.order_by(col(Promise.due_on), col(Promise.id))


def _next_promise() -> RowSelect:
    mine = and_(Plan.citizen_id == _CITIZEN, Plan.state == PlanState.ACTIVE)
    wanted = _promises().join(Plan, col(Plan.id) == Promise.plan_id)
    return wanted.where(mine, col(Promise.kept_at).is_(None)).limit(1)


def _open_plan(statement: Any) -> Any:
    """Narrow `statement` to entries of the citizen's active plan."""
    return statement.join(Plan, Plan.id == Entry.plan_id).where(
        Plan.citizen_id == _CITIZEN, Plan.state == PlanState.ACTIVE
    )


def _next_step() -> RowSelect:
    columns: list[Any] = [Entry.id, EntryVersion.words, Step.doer_id, Step.due_on]
    wanted = (
        _open_plan(select_columns(*columns).select_from(Entry))
        .join(EntryVersion, _version(EntryVersion, Entry.approved_version))
        .outerjoin(Step, Step.entry_id == Entry.id)
        .where(Entry.kind == EntryKind.STEP, col(Step.done_at).is_(None))
        .where(or_(col(Step.doer_id).is_(None), Step.doer_id == _CITIZEN))
    )
    unknown_last = case((col(Step.due_on).is_(None), 1), else_=0)
    in_order = wanted.order_by(unknown_last, col(Step.due_on), col(EntryVersion.written_at))
    found: RowSelect = in_order.limit(1)
    return found


def _waiting_for_citizen() -> RowSelect:
    """Goals from others that the citizen hasn't answered, and own entries to be talked about."""
    author = _person()
    columns: list[Any] = [
        Entry.id,
        Entry.kind,
        Entry.state,
        EntryVersion.words,
        author.name.label("author"),
    ]
    answered = (
        select(GoalResponse.id)
        .where(
            GoalResponse.goal_id == Entry.id,
            GoalResponse.at >= EntryVersion.written_at,
        )
        .correlate(Entry, EntryVersion)
        .exists()
    )
    talk = and_(Entry.state == EntryState.TALK, Entry.author_id == _CITIZEN)
    unanswered = and_(
        Entry.kind == EntryKind.GOAL,
        Entry.approved_version == EntryVersion.number,
        EntryVersion.author_id != _CITIZEN,
        ~answered,
    )
    shown = case((talk, Entry.shared_version), else_=Entry.approved_version)
    found: RowSelect = (
        _open_plan(select_columns(*columns).select_from(Entry))
        .join(EntryVersion, _version(EntryVersion, shown))
        .join(author, author.id == EntryVersion.author_id)
        .where(or_(talk, unanswered))
        .order_by(col(EntryVersion.written_at), col(Entry.id))
    )
    return found


def _answers() -> RowSelect:
    columns: list[Any] = [GoalResponse.answer, GoalResponse.words, GoalResponse.at]
    wanted = select_columns(*columns).where(GoalResponse.goal_id == bindparam("goal_id", type_=Uuid()))
    return wanted.order_by(col(GoalResponse.at).desc(), col(GoalResponse.id))


def _history() -> RowSelect:
    """What happened to the plan itself, its steps, goals, promises and meetings."""
    columns: list[Any] = [
        PlanRevision.what,
        PlanRevision.at,
        PlanRevision.actor_id,
        col(Person.name).label("name"),
        null().label("kind"),
        null().label("entry_id"),
        null().label("author_id"),
    ]
    wanted = select_columns(*columns).outerjoin(Person, col(Person.id) == PlanRevision.actor_id)
    return (
        wanted.where(PlanRevision.plan_id == _PLAN, col(PlanRevision.what).not_like("entry%"))
        .order_by(col(PlanRevision.number).desc())
        .limit(HISTORY_MOST)
    )


def _entry_history() -> RowSelect:
    """What happened to its entries, and to which: the revisions of the same moments do not say that."""
    columns: list[Any] = [
        EntryEvent.what,
        EntryEvent.at,
        EntryEvent.actor_id,
        col(Person.name).label("name"),
        Entry.kind,
        EntryEvent.entry_id,
        Entry.author_id,
    ]
    return (
        select_columns(*columns)
        .join(Entry, col(Entry.id) == EntryEvent.entry_id)
        .outerjoin(Person, col(Person.id) == EntryEvent.actor_id)
        .where(Entry.plan_id == _PLAN)
        .where(col(EntryEvent.what).not_in(bindparam("hidden", expanding=True)))
        .order_by(col(EntryEvent.at).desc())
        .limit(HISTORY_MOST)
    )


PLAN = _plan()
ENTRIES = _entries()
PROMISES = _promises().where(Promise.plan_id == _PLAN)
NEXT_STEP = _next_step()
WAITING_FOR_CITIZEN = _waiting_for_citizen()
ANSWERS = _answers()
HISTORY = _history()
ENTRY_HISTORY = _entry_history()
NEXT_PROMISE = _next_promise()
