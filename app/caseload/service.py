"""Answering what waits, with all that follows from it. Callers own the transaction."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import Session, col, select

from app.booking.leavers import close_handover_tasks
from app.dates.workdays import WorkingCalendar
from app.entries.models import Entry
from app.entries.news import ENTRY_SHARED
from app.entries.rules import (
    UNDONE_WITHIN,
    ApprovalBuiltOn,
    EntryKind,
    EntryState,
    IllegalMove,
    can_be_undone,
)
from app.entries.service.reversal import undo_approval
from app.entries.service.review import approve_entry, talk_about_entry
from app.entries.service.transitions import conflict_for, get_person_name, lock_entry
from app.goals.approvals import is_built_on, withdraw_agreement
from app.goals.news import STEP_PROPOSAL_TAKEN, STEP_PROPOSAL_TALK, STEP_PROPOSAL_UNDONE
from app.goals.service import record_agreement
from app.identity.models import Person
from app.identity.rules import first_name
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.plan.handover_undo import take_back_handovers
from app.plan.models import Cover, Plan
from app.plan.tie_conditions import has_new_contact, was_let_in
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import select_columns

STILL_TOLD = timedelta(hours=1)  # how long one who answered, or stood in, is told what became of it


class GivenAnswer(NamedTuple):
    """What somebody has just answered: whose words, by first name, and where they stand now."""

    entry_id: UUID
    citizen_id: UUID
    name: str
    kind: EntryKind
    state: EntryState


_GIVEN = (
    select_columns(Entry.id, Plan.citizen_id, Person.name, Entry.kind, Entry.state)
    .select_from(Person)
    .join(Entry, col(Entry.author_id) == Person.id)
    .join(Plan, col(Plan.id) == Entry.plan_id)
    .where(Entry.id == bindparam("entry_id", type_=Uuid()))
    .where(Entry.answered_by == bindparam("by", type_=Uuid()))
    .where(col(Entry.answered_at) > bindparam("since", type_=UtcDateTime()))
)
_BY = bindparam("by", type_=Uuid())
_STOOD_IN = (
    select(Entry.id)
    .join(Plan, col(Plan.id) == Entry.plan_id)
    .where(Entry.id == bindparam("entry_id", type_=Uuid()), Entry.answered_by == _BY)
    .where(Plan.citizen_id == bindparam("citizen_id", type_=Uuid()))
    .where(col(Entry.answered_at) >= bindparam("since", type_=UtcDateTime()))
    .where(was_let_in(Entry.id, Plan.citizen_id, _BY, Entry.answered_at))
)


def approve_with_agreement(
    session: Session, citizen_id: UUID, entry_id: UUID, *, version: int, by: UUID, now: datetime
) -> Entry:
    """Take the words into the plan; with a goal that is also to agree. Raises as `approve_entry`."""
    waited = get_state(session, citizen_id, entry_id) is EntryState.SHARED
    entry = approve_entry(session, citizen_id, entry_id, version=version, by=by, now=now)
    if entry.kind is EntryKind.GOAL:
        record_agreement(session, entry.id, citizen_id, now=now)
    if waited and entry.author_id != citizen_id:
        news = NoticeContent(ENTRY_SHARED, citizen_id, by=by, about=entry.id)
        add_notice(session, citizen_id, news, now=now)
        taken = NoticeContent(STEP_PROPOSAL_TAKEN, citizen_id, by=by, about=entry.id)
        add_notice(session, entry.author_id, taken, now=now)
    return entry


def talk_with_author(  # noqa: PLR0913 — as `talk_about_entry`
    session: Session,
    citizen_id: UUID,
    entry_id: UUID,
    reply: str,
    *,
    version: int,
    by: UUID,
    now: datetime,
) -> Entry:
    """Say that it should be talked about first; who helps and proposed it is told. As `talk_about_entry`."""
    waited = get_state(session, citizen_id, entry_id) is EntryState.SHARED
    entry = talk_about_entry(session, citizen_id, entry_id, reply, version=version, by=by, now=now)
    if waited and entry.author_id != citizen_id:
        talk = NoticeContent(STEP_PROPOSAL_TALK, citizen_id, by=by, about=entry.id)
        add_notice(session, entry.author_id, talk, now=now)
    return entry


def get_state(session: Session, citizen_id: UUID, entry_id: UUID) -> EntryState:
    """Return where an entry of the citizen's stands, its row locked. Raises Missing: there is none."""
    return lock_entry(session, citizen_id, entry_id).state


def undo_with_agreement(  # noqa: PLR0913 — as `undo_approval`
    session: Session,
    citizen_id: UUID,
    entry_id: UUID,
    *,
    version: int,
    by: UUID,
    now: datetime,
    workdays: WorkingCalendar,
) -> Entry:
    """Take out of the plan what was just approved, and with a goal the agreement that was recorded then.

    Raises as `undo_approval`, and ApprovalBuiltOn: somebody has gone on from it; see `goals.approvals`.
    """
    entry = lock_entry(session, citizen_id, entry_id)
    answered_at = entry.answered_at if entry.state is EntryState.IN_PLAN else None
    if answered_at and can_be_undone(answered_at, now) and is_built_on(session, entry_id):
        raise ApprovalBuiltOn(name=get_person_name(session, citizen_id))
    undo_approval(session, citizen_id, entry_id, version=version, by=by, now=now, workdays=workdays)
    if answered_at and entry.kind is EntryKind.GOAL:
        withdraw_agreement(session, entry_id, citizen_id, recorded_at=answered_at)
    if answered_at and entry.author_id != citizen_id:
        _tell_proposal_undone(session, entry, citizen_id, by=by, now=now)
    return entry


def _tell_proposal_undone(
    session: Session, entry: Entry, citizen_id: UUID, *, by: UUID, now: datetime
) -> None:
    """Tell the citizen and who proposed it; that it was taken in is told nobody who has not read it."""
    for kind in (ENTRY_SHARED, STEP_PROPOSAL_TAKEN):
        withdraw_notice(session, kind, entry.id)
    news = NoticeContent(STEP_PROPOSAL_UNDONE, citizen_id, by=by, about=entry.id)
    for person_id in (citizen_id, entry.author_id):
        add_notice(session, person_id, news, now=now)


def has_approved_as_substitute(
    session: Reader, citizen_id: UUID, entry_id: UUID, *, by: UUID, now: datetime
) -> bool:
    """Say whether `by`, whom a late answer had let in, has just approved it: that ended what let them in.

    Not when it is another contact person's by now.
    """
    asked = {"citizen_id": citizen_id, "entry_id": entry_id, "by": by, "since": now - UNDONE_WITHIN}
    return session.exec(_STOOD_IN, params=asked).first() is not None


def check_waiting(session: Session, citizen_id: UUID, entry_id: UUID, *, version: int) -> None:
    """Raise Missing if there is no such entry, or say who came first if it waits for nobody any more."""
    entry = lock_entry(session, citizen_id, entry_id)
    if entry.state is not EntryState.SHARED:
        raise conflict_for(session, entry, citizen_id, version)


def find_given_answer(session: Reader, entry_id: UUID, *, by: UUID, now: datetime) -> GivenAnswer | None:
    """Return what `by` has just answered.

    None if it was somebody else, or long ago: the citizen may be helped by others by now.
    """
    asked = {"entry_id": entry_id, "by": by, "since": now - STILL_TOLD}
    found = session.exec(_GIVEN, params=asked).first()
    if found is None:
        return None
    answered_id, citizen_id, name, kind, state = found
    return GivenAnswer(answered_id, citizen_id, first_name(name), EntryKind(kind), EntryState(state))


def find_first_answer(
    session: Session, citizen_id: UUID, entry_id: UUID, *, version: int, by: UUID, now: datetime
) -> IllegalMove | None:
    """Return who came first, for one who stood in for a late answer until just now; None for anybody else.

    The answer ends what let them in, so they would otherwise be told that there is no such citizen. They are,
    when it is another contact person's by now.
    """
    ended = select(Cover.id).where(Cover.about_id == entry_id, Cover.citizen_id == citizen_id)
    ended = ended.where(~has_new_contact(Cover.citizen_id, Cover.starts_at))
    stood_in = session.exec(
        ended.where(Cover.substitute_id == by, col(Cover.ends_at) > now - STILL_TOLD)
    ).first()
    entry = session.get(Entry, entry_id) if stood_in else None
    return conflict_for(session, entry, citizen_id, version) if entry else None


def take_back(session: Session, done_at: datetime, *, by: UUID, now: datetime) -> None:
    """Let those whom `by` handed over at `done_at` have the contact person they had, and ask no more of it.

    Raises:
        TooLateToTakeBack: nobody is left whom that can be done with.
    """
    undone = take_back_handovers(session, done_at, by=by, now=now)
    close_handover_tasks(session, undone, since=done_at, by=by, now=now)
