"""Taking a handover back: one that is done for some minutes, by who did it; one to be by who leads them.

Callers own the transaction. Nobody is told more than they have read: what was not seen yet is withdrawn.
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, select

from app.access.access_log import write_act
from app.access.policy import Action, SubjectReader
from app.errors import Missing, Refused
from app.identity.models import Person, PersonRole
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.handovers import (
    IS_OPEN,
    lock_contacts,
    may_be_contact,
    take_back_handover,
    withdraw_handover,
)
from app.plan.models import ContactAssignment, ContactHandover
from app.plan.news import CONTACT_STAYS, HANDOVER_STOPPED
from app.plan.relations import subject_led
from app.plan.tie_conditions import CONTACT_FOR_GOOD, is_contact
from app.store.db import UtcDateTime
from app.store.prepared import Reader
from app.store.query import select_columns

UNDONE_WITHIN = timedelta(minutes=10)

_ME = bindparam("me", type_=Uuid())
_before: Any = aliased(Person)
_after: Any = aliased(Person)
_leader: Any = aliased(Person)
_NUMBER = func.count().label("number")
_UNDOABLE = (
    select_columns(ContactHandover.done_at, _before.name, _after.name.label("to_name"), _NUMBER)
    .select_from(ContactHandover)
    .join(_before, _before.id == ContactHandover.from_id)
    .join(_after, _after.id == ContactHandover.to_id)
    .where(
        ContactHandover.registered_by == _ME,
        ContactHandover.registered_by != ContactHandover.citizen_id,
        ContactHandover.done_at > bindparam("since", type_=UtcDateTime()),
        is_contact(ContactHandover.citizen_id, ContactHandover.to_id),
        select(PersonRole.id)
        .where(PersonRole.person_id == ContactHandover.from_id, CONTACT_FOR_GOOD)
        .exists(),
    )
    .group_by(col(ContactHandover.done_at), _before.id, _before.name, _after.id, _after.name)
    .order_by(col(ContactHandover.done_at).desc(), _before.name)
)
_LED = (
    select_columns(
        _before.id.label("from_id"),
        _before.name.label("from_name"),
        _after.id.label("to_id"),
        _after.name.label("to_name"),
        col(ContactHandover.takes_over_on).label("on"),
        _NUMBER,
    )
    .select_from(_leader)
    .join(_before, _before.department_id == _leader.department_id)
    .join(ContactHandover, and_(ContactHandover.from_id == _before.id, *IS_OPEN))
    .join(_after, _after.id == ContactHandover.to_id)
    .where(_leader.id == _ME)
    .group_by(_before.id, _before.name, _after.id, _after.name, col(ContactHandover.takes_over_on))
    .order_by(col(ContactHandover.takes_over_on), _before.name, _after.name)
)


class TooLateToTakeBack(Refused):
    """It is too long ago, or all of them have another contact person by now."""

    reason = "Det kan ikke fortrydes mere. Den nye kontaktperson kan overdrage borgerne igen."


class UndoableHandover(NamedTuple):
    """What was done a moment ago and can be taken back: no name of a citizen."""

    done_at: datetime
    from_name: str
    to_name: str
    number: int


class LedHandover(NamedTuple):
    """Citizens of one of a leader's own who are to go over: how many, and no name of theirs."""

    from_id: UUID
    from_name: str
    to_id: UUID
    to_name: str
    on: date
    number: int


def list_undoable(session: Reader, person_id: UUID, *, now: datetime) -> list[UndoableHandover]:
    """Return what somebody has done these minutes and can take back, the newest first. One query."""
    rows = session.exec(_UNDOABLE, params={"me": person_id, "since": now - UNDONE_WITHIN, "now": now})
    return [UndoableHandover(*row) for row in rows]


def list_led_handovers(session: Reader, leader_id: UUID) -> list[LedHandover]:
    """Return who of a leader's own department is to give citizens to whom, soonest first. One query."""
    return [LedHandover(*row) for row in session.exec(_LED, params={"me": leader_id})]


def take_back_handovers(
    session: Session, done_at: datetime, *, by: UUID, now: datetime
) -> list[ContactHandover]:
    """Let those whom `by` handed over at `done_at` have the contact person they had; return what was undone.

    Who has gone on to another since, or whose contact person can't be it any more, stays. By a second tap
    nothing is left, and nothing is refused.

    Raises:
        TooLateToTakeBack: nobody is left whom that can be done with.
    """
    same = (ContactHandover.registered_by == by, ContactHandover.done_at == done_at)
    rows = (
        select(ContactHandover)
        .where(*same, ContactHandover.citizen_id != by)
        .order_by(col(ContactHandover.id))
        .with_for_update()
    )
    found = session.exec(rows).all() if now - done_at <= UNDONE_WITHIN else ()
    contacts = lock_contacts(session, [one.citizen_id for one in found])
    stand = [
        one
        for one in found
        if contacts.get(one.citizen_id) == one.to_id and may_be_contact(session, one.from_id, now=now)
    ]
    if not stand and not _was_taken_back(session, done_at, by=by):
        raise TooLateToTakeBack
    for handover in stand:
        take_back_handover(session, handover, by=by, now=now)
    return stand


def _was_taken_back(session: Session, done_at: datetime, *, by: UUID) -> bool:
    """Say whether `by` has taken back what they did at `done_at`, and it stands so.

    A handover that was taken back says no more when it was done; who took over then says it.
    """
    after: Any = aliased(ContactAssignment)
    took_over = and_(
        after.citizen_id == ContactHandover.citizen_id,
        after.person_id == ContactHandover.to_id,
        after.starts_at == done_at,
    )
    taken_back = (
        select(ContactHandover.id)
        .join(after, took_over)
        .where(ContactHandover.registered_by == by, col(ContactHandover.withdrawn_at) >= done_at)
        .where(is_contact(ContactHandover.citizen_id, ContactHandover.from_id))
    )
    return session.exec(taken_back).first() is not None


def withdraw_led_handovers(
    session: Session, from_id: UUID, to_id: UUID, on: date, *, by: UUID, now: datetime
) -> int:
    """Let what is agreed of the citizens of one whom `by` leads not be; return how many they are.

    Who had agreed on it is told, and each citizen who has read of it.

    Raises:
        Missing: there is none of that, or it is not of the leader's own department.
    """
    leads = select(Person.id).where(
        Person.id == by, Person.department_id == _before.department_id, _before.id == from_id
    )
    between = (ContactHandover.from_id == from_id, ContactHandover.to_id == to_id)
    wanted = select(ContactHandover).where(*between, ContactHandover.takes_over_on == on, *IS_OPEN)
    found = session.exec(wanted.order_by(col(ContactHandover.id)).with_for_update()).all()
    if not found or session.exec(leads).first() is None:
        raise Missing
    for handover in found:
        withdraw_handover(session, handover, CONTACT_STAYS, by=from_id, now=now)
        stopped = NoticeContent(HANDOVER_STOPPED, handover.citizen_id, by=by)
        add_notice(session, from_id, stopped, now=now)
        write_act(session, SubjectReader(by, subject_led(handover.citizen_id)), Action.HAND_OVER, now=now)
    return len(found)
