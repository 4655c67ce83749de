"""Who is tied to a citizen at this moment, and to which citizens somebody is."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, func, literal, literal_column, null, union_all
from sqlalchemy.orm import aliased
from sqlmodel import case, cast, col, select

from app.access.guard import SubjectCitizen
from app.access.policy import PlanExtent, Subject, Tie
from app.access.tie_roles import AT_WORK, COMES_OF
from app.consent.models import Representation
from app.consent.queries import ACTS_TODAY, SCOPES, read_scopes
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.identity.models import Municipality, Person, PersonRole
from app.identity.role_conditions import holds_role
from app.identity.rules import Role
from app.plan.models import Absence, ContactAssignment, Cover, LifeArea, Plan, PlanAccess, TeamMembership
from app.plan.rules import CitizenTie, PlanState
from app.plan.tie_conditions import (
    ACCESS_NOW,
    COVER_HOLDS,
    EXTENT_NOW,
    HELPS_TODAY,
    IS_AWAY_NOW,
    IS_CONTACT_NOW,
    LETS_IN_NOW,
    holds_contact_role,
)
from app.store.db import UtcDateTime
from app.store.prepared import Reader, parse_uuid
from app.store.query import RowSelect, rows_of, select_columns

MOST_READ = 4096
LET_IN, CONSENT = "cover", "consent"  # a substitute by a late answer alone; the citizen's own yes
_COMMA: Any = literal_column("','")
_CITIZEN = bindparam("citizen_id", type_=Uuid())
_ME = bindparam("me", type_=Uuid())


def _contacts(*columns: Any) -> Any:
    return select_columns(literal(Tie.CONTACT.value).label("tie"), *columns).where(IS_CONTACT_NOW)


def _substitutes(*columns: Any) -> Any:
    away = select_columns(literal(Tie.SUBSTITUTE.value), *columns).select_from(ContactAssignment)
    away = away.join(Absence, col(Absence.person_id) == ContactAssignment.person_id)
    return away.where(IS_CONTACT_NOW, IS_AWAY_NOW, holds_contact_role(Absence.substitute_id))


def _let_in(*columns: Any) -> Any:
    """Return those a late answer lets in."""
    return select_columns(literal(LET_IN), *columns).select_from(Cover).where(LETS_IN_NOW, COVER_HOLDS)


def _professionals(*columns: Any) -> Any:
    """Return those who help: "professional", "professional:area:<id>" or "professional:none"."""
    area = literal(f"{Tie.PROFESSIONAL}:{PlanExtent.AREA}:") + cast(TeamMembership.area_id, String)
    none = f"{Tie.PROFESSIONAL}:{PlanExtent.NONE}"
    ties = {PlanExtent.PLAN.value: Tie.PROFESSIONAL.value, PlanExtent.AREA.value: area}
    tie = case(ties, value=EXTENT_NOW, else_=none)
    helping = select_columns(tie, *columns).select_from(TeamMembership)
    return helping.outerjoin(PlanAccess, ACCESS_NOW).where(HELPS_TODAY)


def _representatives(*columns: Any) -> Any:
    """Return who acts for a citizen, and with which scopes: "representative:plan+meetings"."""
    tie = literal(f"{Tie.REPRESENTATIVE.value}:") + func.coalesce(SCOPES, literal(""))
    return select_columns(tie, *columns).where(ACTS_TODAY)


def _tied_to_citizen() -> Any:
    """Return the citizen's ties, a row for each."""
    consent = select(literal(CONSENT), Plan.citizen_id)
    return union_all(
        _contacts(col(ContactAssignment.person_id).label("person_id")).where(
            ContactAssignment.citizen_id == _CITIZEN
        ),
        _substitutes(Absence.substitute_id).where(ContactAssignment.citizen_id == _CITIZEN),
        _let_in(Cover.substitute_id).where(Cover.citizen_id == _CITIZEN),
        _professionals(TeamMembership.person_id).where(TeamMembership.citizen_id == _CITIZEN),
        _representatives(Representation.person_id).where(Representation.citizen_id == _CITIZEN),
        consent.where(Plan.citizen_id == _CITIZEN, Plan.state == PlanState.ACTIVE),
    )


def _holds(tie: Tie) -> Any:
    """Say whether the reader has a role that the tie comes of now: it ends with the last of them."""
    return holds_role(_ME, COMES_OF[tie])


def _citizens_of_mine() -> RowSelect:
    """Return the citizens somebody is tied to: by what, who, a detail of it, and until or since when."""
    away, none, open_end = aliased(Person), literal(""), cast(null(), UtcDateTime())
    kind = cast(Representation.kind, String())
    return rows_of(
        union_all(
            _contacts(ContactAssignment.citizen_id, none, ContactAssignment.starts_at).where(
                ContactAssignment.person_id == _ME, _holds(Tie.CONTACT)
            ),
            _substitutes(ContactAssignment.citizen_id, away.name, Absence.ends_at)
            .join(away, col(away.id) == Absence.person_id)
            .where(Absence.substitute_id == _ME),
            _let_in(Cover.citizen_id, none, open_end).where(Cover.substitute_id == _ME),
            _professionals(TeamMembership.citizen_id, LifeArea.name, open_end)
            .join(LifeArea, col(LifeArea.id) == TeamMembership.area_id)
            .where(TeamMembership.person_id == _ME, _holds(Tie.PROFESSIONAL)),
            _representatives(Representation.citizen_id, kind, open_end).where(
                Representation.person_id == _ME, _holds(Tie.REPRESENTATIVE)
            ),
        )
    )


def _subject() -> RowSelect:
    """Return the citizen's name, all ties as one text ("contact <id>,consent <id>"), and the newest plan.

    A tie may have a detail behind a colon ("professional:area:<id> <id>"); `_read_ties` knows what it says.
    """
    ties = _tied_to_citizen().subquery()
    said = ties.c.tie + literal(" ") + cast(ties.c.person_id, String)
    held = select(func.aggregate_strings(said, _COMMA)).scalar_subquery()
    is_citizen = select(PersonRole.id).where(
        PersonRole.person_id == _CITIZEN, PersonRole.role == Role.CITIZEN
    )
    columns: list[Any] = [Person.name, held.label("ties"), Plan.id, Plan.revision, Plan.opened_at]
    shown: Any = col(Municipality.revision).label("shown")
    return (
        select_columns(*columns, shown)
        .join(Municipality, col(Municipality.id) == Person.municipality_id)
        .outerjoin(Plan, Plan.id == _newest_plan())
        .where(Person.id == _CITIZEN, is_citizen.exists())
    )


def _newest_plan() -> Any:
    """Return the id of the plan that is shown: the open one, else the one opened last."""
    plan: Any = aliased(Plan)
    closed_last = case((plan.state == PlanState.CLOSED, 1), else_=0)
    mine = select(plan.id).where(plan.citizen_id == _CITIZEN)
    return mine.order_by(closed_last, plan.opened_at.desc()).limit(1).scalar_subquery()


_FIND, _MINE = _subject(), _citizens_of_mine()


def find_subject(
    session: Reader, citizen_id: UUID, reader_id: UUID, *, now: datetime
) -> tuple[Subject, SubjectCitizen] | None:
    """Return a citizen and all that ties the reader to them at `now`; None when there is no such citizen.

    One query, and one row: each row more is a moment in which another thread takes over.
    """
    asked = {"citizen_id": citizen_id, "now": now, "today": danish_day(now)}
    found = session.exec(_FIND, params=asked).first()
    if found is None:
        return None
    subject, everybody = _read_ties(citizen_id, reader_id, found.ties or "")
    return subject, SubjectCitizen(
        found.name, (found.id, found.revision, found.opened_at), everybody, found.shown
    )


@lru_cache(maxsize=MOST_READ)
def _read_ties(citizen_id: UUID, reader_id: UUID, ties: str) -> tuple[Subject, frozenset[tuple[str, UUID]]]:
    """Return what the text of `_subject` says of the reader, and all that it says.

    It says the same again and again. What kind of substitute somebody is shows in the second alone.
    """
    said = [one.partition(" ") for one in ties.split(",") if one]
    everybody = frozenset((name, parse_uuid(person_id)) for name, _space, person_id in said)
    held = [(_tie(name), one) for name, one in everybody if name != CONSENT]
    own = {Tie.SELF} if citizen_id == reader_id else set[Tie]()
    extent, area_ids = _read_extent([name for name, one in everybody if one == reader_id])
    subject = Subject(
        citizen_id=citizen_id,
        ties=frozenset(own | {tie for tie, one in held if one == reader_id}),
        consented=(CONSENT, citizen_id) in everybody,
        contact_id=next((one for tie, one in held if tie is Tie.CONTACT), None),
        team_ids=frozenset(one for tie, one in held if tie in AT_WORK),
        extent=extent,
        area_ids=area_ids,
        scopes=_scopes(name for name, one in everybody if one == reader_id),
    )
    return subject, everybody


def _tie(text: str) -> Tie:
    """Return the tie of a text such as "representative:plan+meetings"."""
    name, _colon, _detail = text.partition(":")
    return Tie.SUBSTITUTE if name == LET_IN else Tie(name)


def _read_extent(names: Collection[str]) -> tuple[PlanExtent, frozenset[UUID]]:
    """Return how much of the plan one is let see as a professional, and which areas if it is those alone."""
    details = [one.partition(":")[2] for one in names if one.startswith(Tie.PROFESSIONAL)]
    said = {detail.partition(":")[0] for detail in details}
    if not said or "" in said:
        return PlanExtent.PLAN, frozenset()
    areas = (detail.partition(":")[2] for detail in details)
    area_ids = frozenset(parse_uuid(one) for one in areas if one)
    return (PlanExtent.AREA if area_ids else PlanExtent.NONE), area_ids


def _scopes(texts: Iterable[str]) -> frozenset[ActingScope]:
    """Return what all these ties let somebody do who acts for a citizen, also by several papers."""
    said = (text.partition(":") for text in texts)
    details = (detail for name, _colon, detail in said if name == Tie.REPRESENTATIVE)
    return frozenset(scope for detail in details for scope in read_scopes(detail))


def list_ties(session: Reader, person_id: UUID, *, now: datetime) -> Sequence[CitizenTie]:
    """Return what ties somebody to citizens at `now`. No names of theirs."""
    asked = {"me": person_id, "now": now, "today": danish_day(now)}
    rows: dict[UUID, list[tuple[str, str, datetime | None]]] = {}
    for name, citizen_id, detail, until in session.exec(_MINE, params=asked):
        rows.setdefault(citizen_id, []).append((name, detail, until))
    return [_citizen_tie(citizen_id, found) for citizen_id, found in rows.items()]


def _citizen_tie(citizen_id: UUID, found: Sequence[tuple[str, str, datetime | None]]) -> CitizenTie:
    name, detail, moment = min(found, key=lambda one: (list(Tie).index(_tie(one[0])), one[0] == LET_IN))
    names, tie = [one for one, _detail, _until in found], _tie(name)
    extent, area_ids = _read_extent(names)
    ties = frozenset(map(_tie, names))
    return CitizenTie(
        Subject(citizen_id, ties, extent=extent, area_ids=area_ids, scopes=_scopes(names)),
        stands_in_for=detail if tie is Tie.SUBSTITUTE and name != LET_IN else None,
        until=moment if tie is Tie.SUBSTITUTE else None,
        since=moment if tie is Tie.CONTACT else None,
        let_in=name == LET_IN,
        area=detail if tie is Tie.PROFESSIONAL else None,
        kind=RepresentationKind(detail) if tie is Tie.REPRESENTATIVE else None,
    )


def listed_tie(*, contact: Any, substitute: Any) -> Any:
    """Return, as a column, the tie by which a thing is on somebody's list, from who the first two are."""
    return case(
        (contact, Tie.CONTACT.value), (substitute, Tie.SUBSTITUTE.value), else_=Tie.PROFESSIONAL.value
    )


def subject_listed(citizen_id: UUID, tie: str) -> Subject:
    """Return the citizen of a row of such a list, with what is known there: this tie, and not the yes."""
    return Subject(citizen_id, frozenset({Tie(tie)}))


def subject_before(citizen_id: UUID) -> Subject:
    """Return a citizen whose contact person the reader has been: what undoing that is written down with."""
    return Subject(citizen_id, frozenset({Tie.CONTACT}))


def subject_led(citizen_id: UUID) -> Subject:
    """Return a citizen of a contact person whom the reader leads: what a look is written down with."""
    return Subject(citizen_id, frozenset({Tie.LEADER}))


def subject_administered(citizen_id: UUID) -> Subject:
    """Return a citizen whom an administrator looks up: what a look is written down with."""
    return Subject(citizen_id, frozenset({Tie.ADMINISTRATOR}))
