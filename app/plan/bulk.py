"""Opening plans and naming contact persons for thousands: the same rows as `service`, in few queries."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.dates.local_time import danish_day
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.handovers import AT_A_TIME, withdraw_overtaken
from app.plan.models import ContactAssignment, ContactHandover, Plan, PlanRevision
from app.plan.news import CONTACT_NEW, HANDED_OVER
from app.plan.rules import PlanState
from app.plan.service import A_MOMENT, close_covers
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.query import select_columns

S = TypeVar("S", bound=SelectOfScalar[Any])


FEW = 500  # citizens who are asked for by id; of more it is sooner to read all


def _of(asked: S, column: Any, ids: Collection[UUID]) -> S:
    """Return a question about these citizens alone, if they are few."""
    return asked.where(col(column).in_(list(ids))) if len(ids) <= FEW else asked


def open_first_plans(session: Session, citizen_ids: Collection[UUID], *, now: datetime) -> int:
    """Open a plan that waits for the yes for all who never had one; return how many.

    A closed plan counts as had: who has said no again is not asked by a list of people.
    """
    had = set(session.exec(_of(select(Plan.citizen_id), Plan.citizen_id, citizen_ids)))
    rows = [
        {"id": uuid4(), "citizen_id": one, "state": PlanState.WAITING, "revision": 0, "opened_at": now}
        for one in citizen_ids
        if one not in had
    ]
    if rows:
        session.exec(insert(Plan), params=rows)
    return len(rows)


def contact_persons(session: Session) -> dict[UUID, UUID]:
    """Return every citizen's contact person as it stands, by citizen."""
    columns = (ContactAssignment.citizen_id, ContactAssignment.person_id)
    rows = session.exec(select_columns(*columns).where(IS_CONTACT_NOW))
    return {row.citizen_id: row.person_id for row in rows}


def assign_contacts(
    session: Session, wanted: Mapping[UUID, UUID], *, by: UUID | None = None, now: datetime
) -> tuple[set[UUID], set[UUID]]:
    """Make each value the contact person of its key; return whose is the first, and whose has changed.

    The one before ends at the same moment, with who was let in and what was agreed of a handover, and the
    open plan gets a revision. Each change is a handover that is done, so that who takes over is asked about
    the meetings that the one before is in. `by`: who decided it; None: a list of people.
    """
    standing = _lock_changing(session, wanted)
    first = {citizen for citizen in wanted if citizen not in standing}
    changed = {
        citizen
        for citizen, person in wanted.items()
        if citizen in standing and standing[citizen].person_id != person
    }
    starts = {one: max(now, standing[one].starts_at + A_MOMENT) if one in changed else now for one in wanted}
    _end(session, {standing[one].id: starts[one] for one in changed})
    named = first | changed
    rows = [
        {"id": uuid4(), "citizen_id": one, "person_id": wanted[one], "starts_at": starts[one]}
        for one in wanted
        if one in named
    ]
    if rows:
        session.exec(insert(ContactAssignment), params=rows)
    close_covers(session, named, now=now)
    _revise(session, changed, now=now)
    withdraw_overtaken(session, {one: wanted[one] for one in changed}, now=now)
    before = {one: standing[one].person_id for one in changed}
    _note_handovers(session, before, wanted, by=by, now=now)
    return first, changed


def _note_handovers(
    session: Session,
    before: Mapping[UUID, UUID],
    after: Mapping[UUID, UUID],
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    rows = [
        {
            "id": uuid4(),
            "citizen_id": citizen_id,
            "from_id": from_id,
            "to_id": after[citizen_id],
            "takes_over_on": danish_day(now),
            "registered_by": by or citizen_id,
            "registered_at": now,
            "done_at": now,
        }
        for citizen_id, from_id in sorted(before.items())
    ]
    if rows:
        session.exec(insert(ContactHandover), params=rows)


def hand_over_listed(
    session: Session, citizen_ids: Collection[UUID], before: UUID, after: UUID, *, now: datetime
) -> None:
    """Make `after` the contact person of these citizens of `before`, at once; all but `before` are told."""
    assign_contacts(session, dict.fromkeys(citizen_ids, after), by=before, now=now)
    for citizen_id in sorted(citizen_ids):
        add_notice(session, citizen_id, NoticeContent(CONTACT_NEW, citizen_id, by=after), now=now)
        add_notice(session, after, NoticeContent(HANDED_OVER, citizen_id, by=before), now=now)


def _lock_changing(session: Session, wanted: Mapping[UUID, UUID]) -> dict[UUID, Any]:
    """Return the citizens' contact persons; those who are to change are nobody else's to hand over any more.

    Asked twice: who was handed over in the moment before has another by the second time.
    """
    columns = (ContactAssignment.id, ContactAssignment.citizen_id, ContactAssignment.person_id)
    held = select_columns(*columns, ContactAssignment.starts_at).where(IS_CONTACT_NOW)
    open_ones = _of(held, ContactAssignment.citizen_id, wanted)
    changing = sorted(
        row.id
        for row in session.exec(open_ones)
        if wanted.get(row.citizen_id, row.person_id) != row.person_id
    )
    for start in range(0, len(changing), AT_A_TIME):
        some = col(ContactAssignment.id).in_(changing[start : start + AT_A_TIME])
        locked = select(ContactAssignment.id).where(some, IS_CONTACT_NOW).order_by(col(ContactAssignment.id))
        session.exec(locked.with_for_update()).all()
    return {row.citizen_id: row for row in session.exec(open_ones)}


def _end(session: Session, ends: Mapping[UUID, datetime]) -> None:
    """End assignments; the old ones must end before the database lets the new ones stand."""
    if ends:
        ending = update(ContactAssignment).where(col(ContactAssignment.id) == bindparam("which"))
        rows = [{"which": one, "at": at} for one, at in ends.items()]
        session.connection().execute(ending.values(ends_at=bindparam("at")), rows)


def _revise(session: Session, citizen_ids: Collection[UUID], *, now: datetime) -> None:
    """Give the open plans of these citizens their next revision: the contact person has changed."""
    if not citizen_ids:
        return
    open_ones = select(Plan.id, Plan.citizen_id).where(Plan.state != PlanState.CLOSED)
    plans = {plan_id for plan_id, citizen_id in session.exec(open_ones) if citizen_id in citizen_ids}
    if not plans:
        return
    grown = update(Plan).where(col(Plan.id) == bindparam("which")).values(revision=Plan.revision + 1)
    session.connection().execute(grown, [{"which": one} for one in plans])
    numbers = session.exec(select(Plan.id, Plan.revision)).all()
    rows = [
        {"id": uuid4(), "plan_id": plan_id, "number": number, "at": now, "what": "contact_changed"}
        for plan_id, number in numbers
        if plan_id in plans
    ]
    session.exec(insert(PlanRevision), params=rows)
