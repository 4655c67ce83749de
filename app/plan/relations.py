"""Who is tied to a citizen at this moment, and to which citizens somebody is."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, func, literal, literal_column, null, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, case, cast, col, select

from app.access.guard import SubjectCitizen
from app.access.policy import AT_WORK, Subject, Tie
from app.consent.models import Representation
from app.consent.queries import ACTS_TODAY
from app.consent.rules import RepresentationKind
from app.dates.local_time import danish_day
from app.identity.models import Municipality, Person, PersonRole
from app.identity.rules import Role
from app.plan.models import Absence, ContactAssignment, Cover, LifeArea, Plan, TeamMembership
from app.plan.rules import CitizenTie, PlanState
from app.plan.tie_conditions import HELPS_TODAY, IS_AWAY_NOW, IS_CONTACT_NOW, IS_LET_IN_NOW
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
    return away.where(IS_CONTACT_NOW, IS_AWAY_NOW)


def _let_in(*columns: Any) -> Any:
    """Return those a late answer lets in. A closed plan asks nobody for one."""
    late = select_columns(literal(LET_IN), *columns).select_from(Cover)
    late = late.join(Plan, col(Plan.citizen_id) == Cover.citizen_id)
    return late.where(IS_LET_IN_NOW, Plan.state == PlanState.ACTIVE)


def _professionals(*columns: Any) -> Any:
    return select_columns(literal(Tie.PROFESSIONAL.value), *columns).where(HELPS_TODAY)


def _representatives(*columns: Any) -> Any:
    return select_columns(literal(Tie.REPRESENTATIVE.value), *columns).where(ACTS_TODAY)


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


def _citizens_of_mine() -> RowSelect:
    """Return the citizens somebody is tied to: by what, who, a detail of it, and until when."""
    away, none, open_end = aliased(Person), literal(""), cast(null(), UtcDateTime())
    kind = cast(Representation.kind, String())
    return rows_of(
        union_all(
            _contacts(ContactAssignment.citizen_id, none, open_end).where(ContactAssignment.person_id == _ME),
            _substitutes(ContactAssignment.citizen_id, away.name, Absence.ends_at)
            .join(away, col(away.id) == Absence.person_id)
            .where(Absence.substitute_id == _ME),
            _let_in(Cover.citizen_id, none, open_end).where(Cover.substitute_id == _ME),
            _professionals(TeamMembership.citizen_id, LifeArea.name, open_end)
            .join(LifeArea, col(LifeArea.id) == TeamMembership.area_id)
            .where(TeamMembership.person_id == _ME),
            _representatives(Representation.citizen_id, kind, open_end).where(
                Representation.person_id == _ME
            ),
        )
    )


def _subject() -> RowSelect:
    """Return the citizen's name, all ties as one text ("contact <id>,consent <id>"), and the newest plan."""
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
    subject = Subject(
        citizen_id=citizen_id,
        ties=frozenset(own | {tie for tie, one in held if one == reader_id}),
        consented=(CONSENT, citizen_id) in everybody,
        contact_id=next((one for tie, one in held if tie is Tie.CONTACT), None),
        team_ids=frozenset(one for tie, one in held if tie in AT_WORK),
    )
    return subject, everybody


def _tie(name: str) -> Tie:
    return Tie.SUBSTITUTE if name == LET_IN else Tie(name)


def list_ties(session: Session, person_id: UUID, *, now: datetime) -> Sequence[CitizenTie]:
    """Return what ties somebody to citizens at `now`. No names of theirs."""
    asked = {"me": person_id, "now": now, "today": danish_day(now)}
    rows: dict[UUID, list[tuple[str, str, datetime | None]]] = {}
    for name, citizen_id, detail, until in session.exec(_MINE, params=asked):
        rows.setdefault(citizen_id, []).append((name, detail, until))
    return [_citizen_tie(citizen_id, found) for citizen_id, found in rows.items()]


def _citizen_tie(citizen_id: UUID, found: Sequence[tuple[str, str, datetime | None]]) -> CitizenTie:
    name, detail, until = min(found, key=lambda one: (list(Tie).index(_tie(one[0])), one[0] == LET_IN))
    return CitizenTie(
        Subject(citizen_id, frozenset(_tie(one) for one, _detail, _until in found)),
        stands_in_for=detail if name == Tie.SUBSTITUTE else None,
        until=until,
        let_in=name == LET_IN,
        area=detail if name == Tie.PROFESSIONAL else None,
        kind=RepresentationKind(detail) if name == Tie.REPRESENTATIVE else None,
    )


def listed_tie(*, contact: Any, substitute: Any) -> Any:
    """Return, as a column, the tie by which a thing is on somebody's list, from who the first two are."""
    return case(
        (contact, Tie.CONTACT.value), (substitute, Tie.SUBSTITUTE.value), else_=Tie.PROFESSIONAL.value
    )


def subject_listed(citizen_id: UUID, tie: str) -> Subject:
    """Return the citizen of a row of such a list, with what is known there: this tie, and not the yes."""
    return Subject(citizen_id, frozenset({Tie(tie)}))
