"""A step for the citizen that a professional proposes: the contact person takes it in, or talks first.

It is an entry like any other, shared by who wrote it. Callers own the transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col

from app.dates.workdays import WorkingCalendar
from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.entries.service.authoring import revise_entry, share_entry, take_back_entry, write_entry
from app.errors import Missing
from app.goals.models import Step
from app.goals.placing import require_goal_row, require_open_plan
from app.goals.rules import NewWork
from app.goals.service import set_step_details
from app.goals.statements import CITIZEN, version_is
from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Plan
from app.plan.rules import PlanState
from app.store.prepared import Reader
from app.store.query import RowSelect, select_columns

_ME = bindparam("me", type_=Uuid())
_ENTRY = bindparam("entry_id", type_=Uuid())
_answerer: Any = aliased(Person)
_goal_words: Any = aliased(EntryVersion)
_goal: Any = aliased(Entry)


@dataclass(frozen=True, slots=True)
class StepProposal:
    """A step that somebody has proposed for a citizen, as they read it themselves."""

    id: UUID
    state: EntryState
    words: str
    goal: str | None  # its words; None: it belongs to no goal
    goal_id: UUID | None
    due_on: date | None
    answer_by: date | None  # None: it waits for nobody
    reply: str | None  # the kind sentence of "lad os tale om det"; None: not answered so
    answerer: str | None  # who answered last, by first name

    @property
    def can_be_rewritten(self) -> bool:
        """True while nobody has it to answer and it does not stand in the plan."""
        return self.state in (EntryState.DRAFT, EntryState.TALK)


def _proposals(*more: Any) -> RowSelect:
    columns: list[Any] = [
        Entry.id,
        Entry.state,
        EntryVersion.words,
        _goal_words.words.label("goal"),
        Step.goal_id,
        Step.due_on,
        Entry.answer_by,
        Entry.reply,
        _answerer.name.label("answerer"),
    ]
    found: RowSelect = (
        select_columns(*columns)
        .select_from(Plan)
        .join(Entry, col(Entry.plan_id) == Plan.id)
        .join(Step, col(Step.entry_id) == Entry.id)
        .join(EntryVersion, version_is(EntryVersion, Entry.version))
        .outerjoin(_goal, _goal.id == Step.goal_id)
        .outerjoin(
            _goal_words,
            and_(_goal_words.entry_id == _goal.id, _goal_words.number == _goal.approved_version),
        )
        .outerjoin(_answerer, _answerer.id == Entry.answered_by)
        .where(Plan.citizen_id == CITIZEN, Plan.state == PlanState.ACTIVE)
        .where(Entry.author_id == _ME, Entry.kind == EntryKind.STEP, Step.doer_id == CITIZEN, *more)
        .order_by(col(Entry.written_at), col(Entry.id))
    )
    return found


_OPEN = _proposals(col(Entry.state).in_((EntryState.SHARED, EntryState.TALK)))
_TAKEN_BACK = _proposals(Entry.state == EntryState.DRAFT)
_ONE = _proposals(Entry.id == _ENTRY)


def list_open_proposals(session: Reader, citizen_id: UUID, *, by: UUID) -> list[StepProposal]:
    """Return what `by` has proposed for a citizen and what waits, or is talked about, the oldest first."""
    return [_read(row) for row in session.exec(_OPEN, params={"citizen_id": citizen_id, "me": by})]


def list_taken_back(session: Reader, citizen_id: UUID, *, by: UUID) -> list[StepProposal]:
    """Return the steps that `by` has proposed for a citizen and taken back, the oldest first."""
    return [_read(row) for row in session.exec(_TAKEN_BACK, params={"citizen_id": citizen_id, "me": by})]


def get_proposal(session: Reader, citizen_id: UUID, entry_id: UUID, *, by: UUID) -> StepProposal:
    """Return a step that `by` has proposed for a citizen. Raises Missing: there is no such."""
    asked = {"citizen_id": citizen_id, "me": by, "entry_id": entry_id}
    row = session.exec(_ONE, params=asked).first()
    if row is None:
        raise Missing
    return _read(row)


def _read(row: Any) -> StepProposal:
    return StepProposal(
        id=row.id,
        state=row.state,
        words=row.words,
        goal=row.goal,
        goal_id=row.goal_id,
        due_on=row.due_on,
        answer_by=row.answer_by,
        reply=row.reply if row.state is EntryState.TALK else None,
        answerer=first_name(row.answerer) if row.answerer else None,
    )


def propose_step(
    session: Session, citizen_id: UUID, new: NewWork, *, by: UUID, now: datetime, workdays: WorkingCalendar
) -> UUID:
    """Propose a step that the citizen is to do, to the contact person; return its id.

    Raises:
        NotOpen: the plan is closed.
        EntryNeedsContact: there is no contact person to answer it.
    """
    require_open_plan(session, citizen_id)
    step_id = write_entry(session, citizen_id, EntryKind.STEP, new.words, by=by, now=now).id
    _has_details(session, citizen_id, step_id, new)
    share_entry(session, citizen_id, step_id, by=by, now=now, workdays=workdays)
    return step_id


def rewrite_proposal(  # noqa: PLR0913 — whose, which, what it says now, by whom, when, and the working days
    session: Session,
    citizen_id: UUID,
    entry_id: UUID,
    new: NewWork,
    *,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> None:
    """Say it in other words, for another day or goal, and propose it again.

    Raises:
        Missing: `by` has proposed no such step.
        WaitsForAnswer, NothingNew: it waits for an answer, or stands in the plan.
    """
    get_proposal(session, citizen_id, entry_id, by=by)
    require_open_plan(session, citizen_id)
    revise_entry(session, citizen_id, entry_id, new.words, by=by, now=now)
    _has_details(session, citizen_id, entry_id, new)
    share_entry(session, citizen_id, entry_id, by=by, now=now, workdays=workdays)


def withdraw_proposal(session: Session, citizen_id: UUID, entry_id: UUID, *, by: UUID, now: datetime) -> None:
    """Take a proposal back, so that nobody has to answer it. Raises as `take_back_entry`, and Missing."""
    get_proposal(session, citizen_id, entry_id, by=by)
    take_back_entry(session, citizen_id, entry_id, by=by, now=now)


def _has_details(session: Session, citizen_id: UUID, entry_id: UUID, new: NewWork) -> None:
    session.flush()
    require_goal_row(session, new.goal_id)
    set_step_details(session, entry_id, goal_id=new.goal_id, doer_id=citizen_id, due_on=new.due_on)
