"""What the pages of this room read: prebuilt selects, one row per entry with all that hangs on it.

The words come as two: those that stand in the plan (`standing`), and those that wait for an answer or a talk
(`waiting`). A draft's words are never asked for here.
"""

from typing import Any

from sqlalchemy import Boolean, Uuid, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, case, col, or_, select

from app.access.policy import Field, Subject, areas_shown, may_see
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.goals.models import Goal, GoalResponse, Promise, PromiseChange, Step
from app.identity.hidden_names import name_unless_hidden
from app.identity.models import Person
from app.plan.models import Cover, LifeArea, Plan, TeamMembership
from app.plan.rules import PlanState
from app.plan.tie_conditions import LETS_IN_NOW
from app.store.query import RowSelect, add_columns, id_list, select_columns

CITIZEN = bindparam("citizen_id", type_=Uuid())
PLAN_ID = bindparam("plan_id", type_=Uuid())
READS_WAITING = bindparam("reads_waiting", type_=Boolean())
WAITS = or_(Entry.state == EntryState.SHARED, Entry.state == EntryState.TALK)

# Somebody else has taken it in than who wrote it, and it had waited: what is taken in at the moment in which
# it is written (`placing`) was no proposal.
WAS_PROPOSED: Any = and_(Entry.author_id != Entry.answered_by, col(Entry.shared_at) < col(Entry.answered_at))

# What a reader of some areas alone is shown: a question that has this in it is given `shown_to(…)` too.
SEES_ALL = bindparam("sees_all", type_=Boolean())
STEP_GOAL: Any = aliased(Goal)
IN_AREAS: Any = or_(SEES_ALL, func.coalesce(Goal.area_id, STEP_GOAL.area_id).in_(id_list("areas")))
_NAMES_ALL = bindparam("names_all", type_=Boolean())  # given by `names_for(…)`


def shown_to(subject: Subject) -> dict[str, Any]:
    """Return what a question about the plan is given, so that it finds no more than this reader may see."""
    areas = areas_shown(subject)
    return {"sees_all": areas is None, "areas": sorted(areas or ()), **names_for(subject)}


def names_for(subject: Subject) -> dict[str, Any]:
    """Return what a question that names people is given, so that it names none to who may not know them."""
    return {"names_all": may_see(subject, Field.HIDDEN_HELPERS)}


def name_shown(person: Any, label: str) -> Any:
    return name_unless_hidden(person, label, _NAMES_ALL)


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
        .where(Entry.plan_id == Plan.id, Entry.author_id == CITIZEN)
        .where(Entry.version > func.coalesce(Entry.shared_version, 0))
        .correlate(Plan)
        .scalar_subquery()
    )
    shown = (
        select(func.count())
        .where(Entry.plan_id == Plan.id)
        .where(or_(col(Entry.approved_version).is_not(None), WAITS))
        .correlate(Plan)
        .scalar_subquery()
    )
    columns: list[Any] = [Plan.id, Plan.state, Plan.closed_at, drafts.label("drafts"), shown.label("shown")]
    closed_last = case((Plan.state == PlanState.CLOSED, 1), else_=0)
    wanted = select_columns(*columns).where(Plan.citizen_id == CITIZEN)
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
        name_shown(author, "author"),
        WAS_PROPOSED.label("proposed"),
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
        .outerjoin(standing, version_is(standing, Entry.approved_version))
        .outerjoin(waiting, and_(version_is(waiting, Entry.shared_version), WAITS, READS_WAITING))
        .where(Entry.plan_id == PLAN_ID, or_(standing.words.is_not(None), waiting.words.is_not(None)))
        .where(IN_AREAS)
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
        name_shown(answerer, "answerer"),
        name_shown(cover, "cover"),
    ]
    return (
        add_columns(entries, *columns)
        .outerjoin(answerer, answerer.id == Entry.answered_by)
        .outerjoin(Cover, and_(Cover.about_id == Entry.id, LETS_IN_NOW))
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
    doer, finisher, halter = _person(), _person(), _person()
    columns: list[Any] = [
        Step.goal_id,
        Step.doer_id,
        name_shown(doer, "doer"),
        Step.due_on,
        Step.done_at,
        Step.done_by,
        name_shown(finisher, "finisher"),
        Step.blocked_at,
        Step.dropped_at,
        Step.halt_reason,
        name_shown(halter, "halter"),
    ]
    return (
        add_columns(entries, *columns)
        .outerjoin(Step, col(Step.entry_id) == Entry.id)
        .outerjoin(STEP_GOAL, STEP_GOAL.entry_id == Step.goal_id)
        .outerjoin(doer, doer.id == Step.doer_id)
        .outerjoin(finisher, finisher.id == Step.done_by)
        .outerjoin(halter, halter.id == Step.halted_by)
    )


def _person() -> Any:
    return aliased(Person)


def version_is(version: Any, number: Any) -> Any:
    return and_(version.entry_id == Entry.id, version.number == number)


def _promises() -> RowSelect:
    """Promises with what was last changed of each, and why."""
    keeper = _person()
    columns: list[Any] = [
        Promise.id,
        Promise.words,
        Promise.by_id,
        name_shown(Person, "by"),
        Promise.made_at,
        Promise.due_on,
        Promise.kept_at,
        Promise.kept_by,
        name_shown(keeper, "keeper"),
        Promise.withdrawn_at,
        Promise.goal_id,
        col(PromiseChange.words).label("words_before"),
        col(PromiseChange.due_on).label("due_before"),
        PromiseChange.reason,
        col(PromiseChange.at).label("reason_at"),
    ]
    wanted = (
        select_columns(*columns)
        .join(Person, col(Person.id) == Promise.by_id)
        .outerjoin(keeper, keeper.id == Promise.kept_by)
        .outerjoin(PromiseChange, PromiseChange.id == _newest_change())
    )
    return wanted.order_by(col(Promise.due_on), col(Promise.id))


def _newest_change() -> Any:
    change: Any = aliased(PromiseChange)
    of_this = select(change.id).where(change.promise_id == Promise.id)
    return of_this.order_by(change.at.desc(), change.id).limit(1).correlate(Promise).scalar_subquery()


def _promises_shown() -> RowSelect:
    """Promises of the plan. One is of its goal's area; without a goal, of that in which who gave it helps."""
    helping = select(TeamMembership.id).join(Plan, col(Plan.citizen_id) == TeamMembership.citizen_id)
    helping = helping.where(Plan.id == Promise.plan_id, TeamMembership.person_id == Promise.by_id)
    theirs = col(TeamMembership.area_id).in_(id_list("areas"))
    of_helper = and_(helping.where(theirs).exists(), ~helping.where(~theirs).exists())
    of_goal = col(Goal.area_id).in_(id_list("areas"))
    of_these = or_(of_goal, and_(col(Promise.goal_id).is_(None), of_helper))
    wanted = _promises().outerjoin(Goal, col(Goal.entry_id) == Promise.goal_id)
    return wanted.where(Promise.plan_id == PLAN_ID, or_(SEES_ALL, of_these))


# A promise that is still to be kept.
PROMISE_STANDS = and_(col(Promise.kept_at).is_(None), col(Promise.withdrawn_at).is_(None))


def _next_promise() -> RowSelect:
    mine = and_(Plan.citizen_id == CITIZEN, Plan.state == PlanState.ACTIVE)
    wanted = _promises().join(Plan, col(Plan.id) == Promise.plan_id)
    return wanted.where(mine, PROMISE_STANDS).limit(1)


def _open_plan(statement: Any) -> Any:
    """Narrow `statement` to entries of the citizen's active plan."""
    return statement.join(Plan, Plan.id == Entry.plan_id).where(
        Plan.citizen_id == CITIZEN, Plan.state == PlanState.ACTIVE
    )


def _next_step() -> RowSelect:
    columns: list[Any] = [Entry.id, EntryVersion.words, Step.doer_id, Step.due_on]
    wanted = (
        _open_plan(select_columns(*columns).select_from(Entry))
        .join(EntryVersion, version_is(EntryVersion, Entry.approved_version))
        .outerjoin(Step, Step.entry_id == Entry.id)
        .where(Entry.kind == EntryKind.STEP, col(Step.done_at).is_(None))
        .where(col(Step.blocked_at).is_(None), col(Step.dropped_at).is_(None))
        .where(or_(col(Step.doer_id).is_(None), Step.doer_id == CITIZEN))
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
        name_shown(author, "author"),
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
    talk = and_(Entry.state == EntryState.TALK, Entry.author_id == CITIZEN)
    unanswered = and_(
        Entry.kind == EntryKind.GOAL,
        Entry.approved_version == EntryVersion.number,
        EntryVersion.author_id != CITIZEN,
        ~answered,
    )
    shown = case((talk, Entry.shared_version), else_=Entry.approved_version)
    found: RowSelect = (
        _open_plan(select_columns(*columns).select_from(Entry))
        .join(EntryVersion, version_is(EntryVersion, shown))
        .join(author, author.id == EntryVersion.author_id)
        .where(or_(talk, unanswered))
        .order_by(col(EntryVersion.written_at), col(Entry.id))
    )
    return found


def _answers() -> RowSelect:
    columns: list[Any] = [GoalResponse.answer, GoalResponse.words, GoalResponse.at]
    wanted = select_columns(*columns).where(GoalResponse.goal_id == bindparam("goal_id", type_=Uuid()))
    return wanted.order_by(col(GoalResponse.at).desc(), col(GoalResponse.id))


PLAN = _plan()
ENTRIES = _entries()
PROMISES = _promises_shown()
NEXT_STEP = _next_step()
WAITING_FOR_CITIZEN = _waiting_for_citizen()
ANSWERS = _answers()
NEXT_PROMISE = _next_promise()
PEOPLE = select(Person.id, Person.name).where(col(Person.id).in_(id_list())).order_by(col(Person.sort_key))
