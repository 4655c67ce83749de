"""What one can do with the plan itself and its people. Callers own the transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Table, bindparam, update
from sqlmodel import Session, col, select

from app.errors import Missing
from app.identity.models import Person
from app.plan.models import Absence, ContactAssignment, Cover, LifeArea, Plan, PlanRevision
from app.plan.rules import PlanState
from app.plan.tie_conditions import IS_AWAY_NOW, IS_CONTACT_NOW, IS_LET_IN_NOW, holds_contact_role

A_MOMENT = timedelta(microseconds=1)

_PLAN: Table = Plan.__table__  # type: ignore[attr-defined]
_COVER: Table = Cover.__table__  # type: ignore[attr-defined]
_GROWS = update(_PLAN).values(revision=_PLAN.c.revision + 1).returning(_PLAN.c.id, _PLAN.c.revision)
_GROWN = _GROWS.where(_PLAN.c.id == bindparam("of_plan"))
_GROWN_IF_OPEN = _GROWS.where(
    _PLAN.c.citizen_id == bindparam("of_citizen"), _PLAN.c.state != PlanState.CLOSED
)


def lock_citizen(session: Session, citizen_id: UUID) -> None:
    """Let nobody else open the citizen's plan, or say yes or no to it, until the transaction ends.

    Of a yes and the first words that come at once, both then find the one plan. SQLite has one writer anyway.
    """
    row = select(Person.id).where(Person.id == citizen_id)
    session.exec(row.with_for_update(key_share=True)).first()


def open_plan(session: Session, citizen_id: UUID, *, now: datetime) -> Plan:
    """Open a plan that waits for the citizen's yes; IntegrityError if one is open already."""
    plan = Plan(citizen_id=citizen_id, opened_at=now)
    session.add(plan)
    session.flush()
    return plan


def find_plan(session: Session, citizen_id: UUID) -> Plan | None:
    """Return the citizen's open plan (waiting or active), or None."""
    wanted = select(Plan).where(Plan.citizen_id == citizen_id, Plan.state != PlanState.CLOSED)
    return session.exec(wanted).first()


def get_plan(session: Session, citizen_id: UUID) -> Plan:
    """Return the citizen's open plan; raise Missing if there is none."""
    plan = find_plan(session, citizen_id)
    if plan is None:
        raise Missing
    return plan


def record_open(session: Session, citizen_id: UUID, what: str, *, by: UUID | None, now: datetime) -> None:
    """Give the citizen's open plan its next revision, if there is one."""
    session.flush()
    grown = session.exec(_GROWN_IF_OPEN, params={"of_citizen": citizen_id}).first()
    if grown is not None:
        session.add(PlanRevision(plan_id=grown.id, number=grown.revision, at=now, actor_id=by, what=what))


def record_revision(session: Session, plan_id: UUID, what: str, *, by: UUID | None, now: datetime) -> int:
    """Give the plan its next revision number, in the transaction of the change itself; return the number.

    The number is counted by the database under the row's lock, so two changes at once get two numbers.
    """
    session.flush()
    number = int(session.exec(_GROWN, params={"of_plan": plan_id}).one().revision)
    session.add(PlanRevision(plan_id=plan_id, number=number, at=now, actor_id=by, what=what))
    return number


def find_contact(session: Session, citizen_id: UUID) -> Person | None:
    """Return the citizen's contact person now, or None."""
    wanted = select(Person).join(ContactAssignment, col(ContactAssignment.person_id) == Person.id)
    return session.exec(wanted.where(ContactAssignment.citizen_id == citizen_id, IS_CONTACT_NOW)).first()


def assign_contact(
    session: Session, citizen_id: UUID, person_id: UUID, *, now: datetime, helps_with: str | None = None
) -> None:
    """Make somebody the citizen's contact person from `now`; the one before ends at the same moment.

    So do those who were let in for the one before. What is late becomes so anew, with who stands in now. Of
    two who are named in one moment, the second begins a moment later.
    """
    standing = select(ContactAssignment).where(ContactAssignment.citizen_id == citizen_id, IS_CONTACT_NOW)
    before = session.exec(standing).first()
    if before is not None:
        if before.person_id == person_id:
            return
        now = max(now, before.starts_at + A_MOMENT)
        before.ends_at = now
        session.flush()  # the old one must end before the database lets the new one stand
    close_covers(session, [citizen_id], now=now)
    session.add(
        ContactAssignment(citizen_id=citizen_id, person_id=person_id, helps_with=helps_with, starts_at=now)
    )


def list_areas(session: Session, municipality_id: UUID) -> Sequence[LifeArea]:
    """Return the municipality's areas of life in its own order."""
    wanted = select(LifeArea).where(LifeArea.municipality_id == municipality_id)
    return session.exec(wanted.order_by(col(LifeArea.position))).all()


def find_absence(session: Session, person_id: UUID, *, now: datetime) -> tuple[Absence, Person] | None:
    """Return the absence somebody has at `now` and who stands in, or None."""
    wanted = (
        select(Absence, Person)
        .join(Person, col(Person.id) == Absence.substitute_id)
        .where(Absence.person_id == person_id, IS_AWAY_NOW)
    )
    return session.exec(wanted.order_by(col(Absence.starts_at)), params={"now": now}).first()


def substitute_id(session: Session, person_id: UUID, *, now: datetime) -> UUID | None:
    """Return who answers when `person_id` does not: the absence's substitute, else the standing one.

    None: nobody, or somebody who is no contact person any more and could not come in.
    """
    absence = find_absence(session, person_id, now=now)
    usual = select(Person.substitute_id).where(Person.id == person_id)
    found = absence[1].id if absence else session.exec(usual).first()
    can_come_in = select(Person.id).where(Person.id == found, holds_contact_role(Person.id))
    return session.exec(can_come_in, params={"now": now}).first() if found else None


def open_cover(
    session: Session,
    citizen_id: UUID,
    substitute: UUID,
    about_id: UUID,
    *,
    now: datetime,
    needs_plan: bool = True,
) -> None:
    """Let a substitute in to a citizen because the answer to `about_id` is late.

    `needs_plan`: only while the plan is open; a message is answered without one.
    """
    session.add(
        Cover(
            citizen_id=citizen_id,
            substitute_id=substitute,
            about_id=about_id,
            needs_plan=needs_plan,
            starts_at=now,
        )
    )


def let_substitute_in(
    session: Session, citizen_id: UUID, about_id: UUID, *, now: datetime, needs_plan: bool = True
) -> set[UUID]:
    """Let in whoever stands in for the contact person, because the answer to `about_id` is late.

    Return those it falls to now: the contact person, and who is let in. `needs_plan` as `open_cover` has it.
    """
    close_cover(session, about_id, now=now)
    contact = find_contact(session, citizen_id)
    if contact is None:
        return set()
    stands_in = substitute_id(session, contact.id, now=now)
    if stands_in is None:
        return {contact.id}
    open_cover(session, citizen_id, stands_in, about_id, now=now, needs_plan=needs_plan)
    return {contact.id, stands_in}


def close_cover(session: Session, about_id: UUID, *, now: datetime) -> None:
    """End what a late answer opened; nothing happens if nothing was open."""
    standing = update(Cover).where(col(Cover.about_id) == about_id, IS_LET_IN_NOW)
    session.exec(standing.values(ends_at=now))


def close_covers(session: Session, citizen_ids: Collection[UUID], *, now: datetime) -> None:
    """End all that late answers opened to these citizens."""
    if citizen_ids:
        standing = update(_COVER).where(_COVER.c.citizen_id == bindparam("of_citizen"), IS_LET_IN_NOW)
        rows = [{"of_citizen": one} for one in sorted(citizen_ids)]
        session.connection().execute(standing.values(ends_at=now), rows)
