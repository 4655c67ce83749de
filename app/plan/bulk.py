"""Opening plans and naming contact persons for thousands: the same rows as `service`, in few queries."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from app.plan.models import ContactAssignment, Plan, PlanRevision
from app.plan.rules import PlanState
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.query import select_columns

A_MOMENT = timedelta(microseconds=1)


def open_first_plans(session: Session, citizen_ids: Collection[UUID], *, now: datetime) -> int:
    """Open a plan that waits for the yes for all who never had one; return how many.

    A closed plan counts as had: who has said no again is not asked by a list of people.
    """
    had = set(session.exec(select(Plan.citizen_id)))
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
    session: Session, wanted: Mapping[UUID, UUID], *, now: datetime
) -> tuple[set[UUID], set[UUID]]:
    """Make each value the contact person of its key; return whose is the first, and whose has changed.

    The one before ends at the same moment, and the open plan gets a revision.
    """
    columns = (ContactAssignment.id, ContactAssignment.citizen_id, ContactAssignment.person_id)
    open_ones = select_columns(*columns, ContactAssignment.starts_at).where(IS_CONTACT_NOW)
    standing = {row.citizen_id: row for row in session.exec(open_ones)}
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
    _revise(session, changed, now=now)
    return first, changed


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
