"""Giving and taking back the yes. Callers own the transaction; the plan follows (`plan.consent_effects`)."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.consent.models import Consent, Representation
from app.consent.queries import ACTS_TODAY
from app.consent.rules import RepresentationKind, is_enough, is_minor
from app.identity.models import Person


def give_consent(
    session: Session, citizen_id: UUID, *, by: UUID, text_version: str, now: datetime
) -> Consent:
    """Write down a yes; a yes that stands already is returned as it is."""
    standing = session.exec(_find_current(citizen_id).where(Consent.given_by == by)).first()
    if standing is not None:
        return standing
    consent = Consent(citizen_id=citizen_id, given_by=by, text_version=text_version, given_at=now)
    session.add(consent)
    session.flush()
    return consent


def revoke_consent(session: Session, citizen_id: UUID, *, by: UUID, now: datetime) -> bool:
    """Take back the yes that `by` gave; return False when there was none. The row stays."""
    standing = session.exec(_find_current(citizen_id).where(Consent.given_by == by)).first()
    if standing is None:
        return False
    standing.revoked_at = now
    session.flush()
    return True


def has_consent(session: Session, citizen_id: UUID, *, today: date) -> bool:
    """Say whether all who must have said yes have: for the young, a custody holder too."""
    said_yes = {consent.given_by for consent in session.exec(_find_current(citizen_id))}
    born_on = session.get_one(Person, citizen_id).born_on
    custody = select(Representation.person_id).where(
        Representation.citizen_id == citizen_id, Representation.kind == RepresentationKind.CUSTODY, ACTS_TODAY
    )
    holders = session.exec(custody, params={"today": today}).all()
    return is_enough(citizen_id, said_yes, minor=is_minor(born_on, today), custody_holders=holders)


def _find_current(citizen_id: UUID) -> SelectOfScalar[Consent]:
    return select(Consent).where(Consent.citizen_id == citizen_id, col(Consent.revoked_at).is_(None))
