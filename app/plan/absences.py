"""Being away (fravær): from when until when, and who stands in meanwhile. Callers own the transaction.

Decision: one who is away names a colleague who may be a contact person, also when they are none: others need
somebody to ask. Two absences of one person never overlap, so that one alone stands in.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.errors import Missing, Refused
from app.identity.models import Person
from app.identity.rules import first_name
from app.notifications.models import Notice
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.plan.absence_queries import AbsenceInput
from app.plan.models import Absence, ContactAssignment
from app.plan.news import CONTACT_AWAY, CONTACT_BACK
from app.plan.tie_conditions import ABSENCE_IS_NOT_OVER, IS_CONTACT_NOW, is_away_during, is_contact


class AlreadyAway(Refused):
    """Some of these days are somebody's absence already."""

    reason = "Der står allerede fravær i de dage. Ret det, der står, i stedet."


class SubstituteIsAway(Refused):
    """Who is to stand in is away too."""

    reason = "%(name)s er selv væk i de dage. Vælg en anden vikar."


class StandsIn(Refused):
    """Who will be away is to stand in for somebody else in those days."""

    reason = "%(name)s er vikar for %(other)s i de dage. Vælg en anden vikar for %(other)s først."


def register_absence(
    session: Session, person_id: UUID, wanted: AbsenceInput, *, by: UUID, now: datetime
) -> Absence:
    """Note that somebody will be away, and tell each citizen whose contact person they are at once.

    The same again, by a second tap, is the absence that stands.

    Raises:
        AlreadyAway, SubstituteIsAway, StandsIn: the days are taken, or somebody would have nobody.
    """
    starts_at, ends_at = wanted.span(now)
    before = _find_same(session, person_id, wanted.substitute_id, ends_at, now=now)
    if before is not None:
        return before
    absence = Absence(
        person_id=person_id,
        substitute_id=wanted.substitute_id,
        starts_at=starts_at,
        ends_at=ends_at,
        registered_by=by,
    )
    _check(session, absence)
    session.add(absence)
    session.flush()
    _tell_citizens(session, absence, now=now)
    return absence


def get_open_absence(session: Session, absence_id: UUID, *, now: datetime) -> Absence:
    """Return an absence that lasts or comes, its row locked; raise Missing if there is none."""
    wanted = select(Absence).where(Absence.id == absence_id, ABSENCE_IS_NOT_OVER)
    absence = session.exec(wanted.with_for_update(), params={"now": now}).first()
    if absence is None:
        raise Missing
    return absence


def change_absence(
    session: Session, absence: Absence, wanted: AbsenceInput, *, by: UUID, now: datetime
) -> None:
    """Give an absence other days or another substitute; what the citizens were told is told anew.

    One that has begun goes on from when it began. Raises as `register_absence`.
    """
    starts_at, ends_at = wanted.span(now)
    absence.starts_at = absence.starts_at if absence.starts_at <= now else starts_at
    absence.substitute_id, absence.ends_at, absence.registered_by = wanted.substitute_id, ends_at, by
    with session.no_autoflush:
        _check(session, absence)
    session.flush()
    withdraw_notice(session, CONTACT_AWAY, absence.id)
    _tell_citizens(session, absence, now=now)


def end_absence(session: Session, absence: Absence, *, now: datetime) -> None:
    """Let somebody be back now, or not go at all.

    Citizens who have read that they would be away are told that they are back; the others nothing, nor those
    who have another contact person by now.
    """
    read = select(Notice.citizen_id).where(
        Notice.kind == CONTACT_AWAY.name,
        Notice.about_id == absence.id,
        col(Notice.seen_at).is_not(None),
        is_contact(Notice.citizen_id, absence.person_id),
    )
    told = sorted(set(session.exec(read)))
    withdraw_notice(session, CONTACT_AWAY, absence.id)
    for citizen_id in told:
        back = NoticeContent(CONTACT_BACK, citizen_id, by=absence.person_id)
        add_notice(session, citizen_id, back, now=now)
    if absence.starts_at < now:
        absence.ends_at = now
    else:
        session.delete(absence)
    session.flush()


def _check(session: Session, absence: Absence) -> None:
    """See that the days are free, and that who stands in is there. The rows of both are locked meanwhile."""
    people = (absence.person_id, absence.substitute_id)
    rows = select(Person).where(col(Person.id).in_(people)).order_by(col(Person.id))
    names = {one.id: one.name for one in session.exec(rows.with_for_update(key_share=True))}
    if absence.substitute_id not in names or absence.person_id == absence.substitute_id:
        raise Missing
    away = set(session.exec(_away_meanwhile(absence)))
    if absence.person_id in away:
        raise AlreadyAway
    if absence.substitute_id in away:
        raise SubstituteIsAway(name=first_name(names[absence.substitute_id]))
    covered = session.exec(_stood_in_meanwhile(absence)).first()
    if covered is not None:
        name = first_name(names.get(absence.person_id, ""))
        raise StandsIn(name=name, other=first_name(covered))


def _find_same(
    session: Session, person_id: UUID, substitute_id: UUID, ends_at: datetime, *, now: datetime
) -> Absence | None:
    """Return the absence with this substitute and this end; one of today begins at its own moment."""
    wanted = select(Absence).where(Absence.person_id == person_id, Absence.substitute_id == substitute_id)
    found = session.exec(wanted.where(ABSENCE_IS_NOT_OVER), params={"now": now})
    return next((one for one in found if one.ends_at == ends_at), None)


def _stood_in_meanwhile(absence: Absence) -> Any:
    """Return the names of those for whom who goes away is to stand in then."""
    return (
        select(Person.name)
        .join(Absence, col(Absence.person_id) == Person.id)
        .where(Absence.substitute_id == absence.person_id, Absence.id != absence.id)
        .where(is_away_during(absence.starts_at, absence.ends_at))
    )


def _away_meanwhile(absence: Absence) -> Any:
    """Return who of the two is away then by another absence."""
    return select(Absence.person_id).where(
        col(Absence.person_id).in_((absence.person_id, absence.substitute_id)),
        Absence.id != absence.id,
        is_away_during(absence.starts_at, absence.ends_at),
    )


def _tell_citizens(session: Session, absence: Absence, *, now: datetime) -> None:
    mine = select(ContactAssignment.citizen_id).where(
        ContactAssignment.person_id == absence.person_id, IS_CONTACT_NOW
    )
    for citizen_id in sorted(session.exec(mine)):
        news = NoticeContent(CONTACT_AWAY, citizen_id, by=absence.person_id, about=absence.id)
        add_notice(session, citizen_id, news, now=now)
