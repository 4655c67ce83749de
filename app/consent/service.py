"""Giving and taking back the yes. Callers own the transaction; the plan follows (`plan.consent_effects`)."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.consent.models import Consent, Representation, RepresentationScope
from app.consent.queries import ACTS_TODAY
from app.consent.rules import (
    ASKED_SCOPES,
    ENDED_BY_CITIZEN,
    ActingScope,
    RepresentationKind,
    is_enough,
    is_minor,
)
from app.dates.local_time import danish_day
from app.errors import Missing
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


def answer_scope(
    session: Session,
    citizen_id: UUID,
    representation_id: UUID,
    scope: ActingScope,
    *,
    says_yes: bool,
    now: datetime,
) -> None:
    """Write down whether somebody who acts for the citizen may do this; it counts at the next request.

    Who has custody has no paper for it: the young person's own yes is what makes it.

    Raises:
        Missing: nobody acts so for the citizen, or she has no say in it.
    """
    acts = _get_acting(session, citizen_id, representation_id, today=danish_day(now))
    if scope not in ASKED_SCOPES:
        raise Missing
    wanted = select(RepresentationScope).where(
        RepresentationScope.representation_id == acts.id,
        RepresentationScope.scope == scope,
        col(RepresentationScope.ends_on).is_(None),
    )
    found = session.exec(wanted.with_for_update()).first()
    if found is None:
        if acts.kind is not RepresentationKind.CUSTODY:
            raise Missing
        found = RepresentationScope(representation_id=acts.id, scope=scope, starts_on=danish_day(now))
    found.citizen_yes, found.answered_at = says_yes, now
    session.add(found)
    session.flush()


def end_representation(session: Session, citizen_id: UUID, representation_id: UUID, *, now: datetime) -> None:
    """End at once what the citizen herself has given; raise Missing if there is none such."""
    acts = _get_acting(session, citizen_id, representation_id, today=danish_day(now))
    if acts.kind not in ENDED_BY_CITIZEN:
        raise Missing
    acts.ended_at = now
    session.flush()


def _get_acting(
    session: Session, citizen_id: UUID, representation_id: UUID, *, today: date
) -> Representation:
    wanted = select(Representation).where(
        Representation.id == representation_id, Representation.citizen_id == citizen_id, ACTS_TODAY
    )
    found = session.exec(wanted.with_for_update(), params={"today": today}).first()
    if found is None:
        raise Missing
    return found


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
