"""Whether a citizen can share now, and who reads what they send: for entries and for messages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import and_, col

from app.identity.models import Person
from app.identity.rules import first_name
from app.plan.models import Absence, ContactAssignment, Plan
from app.plan.rules import PlanState
from app.plan.tie_conditions import IS_AWAY_NOW, IS_CONTACT_NOW, holds_contact_role
from app.store.prepared import Reader
from app.store.query import RowSelect, select_columns


@dataclass(frozen=True, slots=True)
class ShareState:
    """Whether one can share now, and who would read it: None is nobody."""

    plan_is_open: bool
    contact: str | None
    stand_in: str | None = None

    @property
    def answering(self) -> str | None:
        """First name of who answers today: the substitute while the contact person is away."""
        return self.stand_in or self.contact

    @property
    def is_open(self) -> bool:
        return self.plan_is_open and self.contact is not None


def _share_state() -> RowSelect:
    citizen, contact, substitute = aliased(Person), aliased(Person), aliased(Person)
    return (
        select_columns(
            col(Plan.state).label("plan"),
            col(contact.name).label("contact"),
            col(substitute.name).label("stand_in"),
        )
        .select_from(citizen)
        .outerjoin(Plan, and_(Plan.citizen_id == citizen.id, Plan.state != PlanState.CLOSED))
        .outerjoin(ContactAssignment, and_(ContactAssignment.citizen_id == citizen.id, IS_CONTACT_NOW))
        .outerjoin(contact, col(contact.id) == ContactAssignment.person_id)
        .outerjoin(Absence, and_(Absence.person_id == contact.id, IS_AWAY_NOW))
        .outerjoin(
            substitute, and_(substitute.id == Absence.substitute_id, holds_contact_role(substitute.id))
        )
        .where(citizen.id == bindparam("citizen_id", type_=Uuid()))
        .order_by(col(substitute.name).is_(None), col(Absence.starts_at))
        .limit(1)
    )


_SHARE_STATE = _share_state()


def read_share_state(session: Reader, citizen_id: UUID, *, now: datetime) -> ShareState:
    """Return whether the citizen can share at `now`, and the first names of those who would read it."""
    row = session.exec(_SHARE_STATE, params={"citizen_id": citizen_id, "now": now}).first()
    if row is None:
        return ShareState(plan_is_open=False, contact=None)
    return ShareState(
        row.plan is PlanState.ACTIVE,
        row.contact and first_name(row.contact),
        row.stand_in and first_name(row.stand_in),
    )
