"""Taking a list of people into Én plan: all of it, or nothing. Run twice, the second time changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from babel import Locale
from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from app import i18n
from app.availability.languages import SIGNED
from app.config import Site
from app.dates.local_time import danish_day
from app.identity.models import Department, Municipality, Person, PersonRole
from app.identity.rules import Role, TextSize
from app.people_import.contacts import assign_contact_names
from app.people_import.fields import plain_word
from app.people_import.line_errors import BadFile, whole_file
from app.people_import.linkage import match_rows
from app.people_import.matching import KnownPerson, PersonIndex
from app.people_import.rules import CellContext, ImportedPeople, mentioned, read_people
from app.plan.bulk import assign_contacts, contact_persons, open_first_plans
from app.plan.models import LifeArea
from app.store.db import Database
from app.store.query import select_columns

T = TypeVar("T")
Progress = Callable[[int, int], None]

AT_ONCE = 1000  # people written, and told about, at a time
READ = ("name", "external_key", "phone", "email", "title", "born_on", "interpreter_language",
        "protected_address", "department_id")  # fmt: skip
KINDS = {
    "citizen": "Borgere",
    "staff": "Medarbejdere",
    "representative": "Pårørende",
    "department": "Afdelinger",
    "contact": "Kontaktpersoner for borgere",
}


@dataclass(frozen=True, slots=True)
class PeopleImportReport:
    """What an import did: how many were new, changed and unchanged of each kind, and what to mention."""

    new: Mapping[str, int]
    changed: Mapping[str, int]
    unchanged: Mapping[str, int]
    notices: Sequence[str] = ()

    def sentences(self) -> list[str]:
        """Return the report as it is printed, a line for each kind there is any of."""
        return [
            f"{title}: {self.new[kind]} nye, {self.changed[kind]} ændret, {self.unchanged[kind]} uændret."
            for kind, title in KINDS.items()
            if self.new[kind] or self.changed[kind] or self.unchanged[kind]
        ]


def import_people(
    db: Database, site: Site, secret_key: str, raw: bytes, *, now: datetime, progress: Progress
) -> PeopleImportReport:
    """Take the people in a CSV file into the database, in one transaction.

    Only what the file tells is changed, and nothing is ever deleted. A language is taken the first time
    only: after that it is the person's own choice. How a line finds its person stands in `matching`.
    `progress` is told how many of how many people are written.

    Raises:
        BadFile: some line can't be taken; nothing is changed, and every bad line is named.
    """
    told = read_people(raw, _reading(now))
    with db.writing() as session:
        municipality_id = _municipality(session, site)
        index = PersonIndex(_everybody(session, municipality_id), secret_key)
        wanted = _matched(index, told, contact_persons(session))
        tally = _Tally()
        places = _departments(session, municipality_id, index, tally)
        _assign_all(index, places)
        _write(session, municipality_id, index, now=now, progress=progress)
        open_first_plans(session, [one.id for one in index.told() if one.is_citizen], now=now)
        tally.people(index.told())
        tally.contacts(wanted, *assign_contacts(session, wanted, now=now))
    return PeopleImportReport(tally.new, tally.changed, tally.unchanged, tuple(told.notices))


class _Tally:
    """Counts by kind."""

    def __init__(self) -> None:
        self.new: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()

    def people(self, everybody: Iterable[KnownPerson]) -> None:
        for one in everybody:
            kind = "citizen" if one.is_citizen else "staff" if one.is_staff else "representative"
            same = one.facts == one.before and one.roles == one.roles_before
            (self.unchanged if same else self.changed if one.before else self.new)[kind] += 1

    def contacts(self, wanted: Mapping[UUID, UUID], first: set[UUID], changed: set[UUID]) -> None:
        self.new["contact"], self.changed["contact"] = len(first), len(changed)
        self.unchanged["contact"] = len(wanted) - len(first) - len(changed)


def _reading(now: datetime) -> CellContext:
    """Return what cells are understood by; languages by code, by Danish name and by their own name."""
    interface = {plain_word(name): one.code for one in i18n.LANGUAGES for name in (one.code, one.own_name)}
    danish = {plain_word(name): code for code, name in Locale("da").languages.items() if len(code) <= 3}  # noqa: PLR2004
    codes = {code: code for code in danish.values()}
    ours = {one.code for one in i18n.LANGUAGES}
    interface |= {name: code for name, code in danish.items() if code in ours} | {"farsi": "fa"}
    signed = {"tegnsprog": SIGNED, "dansk tegnsprog": SIGNED}
    return CellContext(today=danish_day(now), interface=interface, spoken=codes | danish | interface | signed)


def _municipality(session: Session, site: Site) -> UUID:
    """Return the municipality's id; the first time, lay it with its departments and areas of life.

    Raises:
        BadFile: the database is another municipality's.
    """
    known = {one.name: one.id for one in session.exec(select(Municipality))}
    if site.name in known:
        return known[site.name]
    if known:
        raise whole_file("Databasen hører til en anden kommune end den i ENPLAN_CONFIG.")
    municipality = Municipality(name=site.name)
    session.add(municipality)
    session.flush()
    session.add_all(Department(municipality_id=municipality.id, name=name) for name in site.departments)
    areas = enumerate(site.areas)
    session.add_all(
        LifeArea(municipality_id=municipality.id, name=name, position=place) for place, name in areas
    )
    session.flush()
    return municipality.id


def _everybody(session: Session, municipality_id: UUID) -> Iterator[KnownPerson]:
    """Yield everybody the municipality knows, with the roles that hold."""
    holding = select(col(PersonRole.person_id), col(PersonRole.role)).where(col(PersonRole.ends_at).is_(None))
    roles: dict[UUID, set[Role]] = defaultdict(set)
    for person_id, role in session.exec(holding):
        roles[person_id].add(role)
    columns = [getattr(Person, name) for name in ("id", *READ)]
    for row in session.exec(select_columns(*columns).where(col(Person.municipality_id) == municipality_id)):
        facts, held = dict(row._mapping), frozenset(roles[row.id])
        person_id = facts.pop("id")
        yield KnownPerson(person_id, facts, set(held), dict(facts), held)


def _matched(index: PersonIndex, told: ImportedPeople, standing: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Tie lines to people and citizens to contact persons; raise BadFile with every fault there is."""
    problems = told.problems + match_rows(index, told.sound)
    at_fault = {problem.line for problem in problems}
    doubtful = mentioned([*told.unsound, *(row for row in told.sound if row.line in at_fault)])
    wanted, unnamed = assign_contact_names(index, doubtful, standing)
    if problems or unnamed:
        raise BadFile(problems + unnamed)
    return wanted


def _departments(
    session: Session, municipality_id: UUID, index: PersonIndex, tally: _Tally
) -> dict[str, UUID]:
    """Return departments by plain name; those the file is first to name are made."""
    known = select(Department.name, Department.id).where(Department.municipality_id == municipality_id)
    places = {name.casefold(): one for name, one in session.exec(known)}
    named = {
        one.row.department.casefold(): one.row.department
        for one in index.told()
        if one.row and one.row.department
    }
    new = [
        {"id": uuid4(), "municipality_id": municipality_id, "name": name}
        for plain_name, name in sorted(named.items())
        if plain_name not in places
    ]
    if new:
        session.exec(insert(Department), params=new)
    tally.new["department"], tally.unchanged["department"] = len(new), len(named) - len(new)
    return places | {str(row["name"]).casefold(): UUID(str(row["id"])) for row in new}


def _assign_all(index: PersonIndex, places: Mapping[str, UUID]) -> None:
    """Put staff in their departments; a citizen has none."""
    for one in index.told():
        if one.row and one.row.department and one.is_staff:
            one.facts["department_id"] = places[one.row.department.casefold()]


def _write(
    session: Session, municipality_id: UUID, index: PersonIndex, *, now: datetime, progress: Progress
) -> None:
    """Write everybody the file tells of, some at a time, and only what is new or changed."""
    everybody, done = index.told(), 0
    for some in _portions(everybody, AT_ONCE):
        new = [_row(one, municipality_id, now) for one in some if not one.before]
        if new:
            session.exec(insert(Person), params=new)
        _update(session, [one for one in some if one.before])
        _give_roles(session, some, now)
        done += len(some)
        progress(done, len(everybody))


def _row(one: KnownPerson, municipality_id: UUID, now: datetime) -> dict[str, Any]:
    language = one.row.language if one.row else None
    return dict.fromkeys(READ) | {
        **one.facts,
        "id": one.id,
        "municipality_id": municipality_id,
        "sort_key": i18n.danish_key(one.facts["name"]),
        "language": language or i18n.DANISH.code,
        "text_size": TextSize.NORMAL,
        "protected_address": one.facts.get("protected_address", False),
        "created_at": now,
    }


def _update(session: Session, people: Iterable[KnownPerson]) -> None:
    """Write what has changed; those with the same columns changed go together."""
    changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in people:
        new = {name: value for name, value in one.facts.items() if value != one.before[name]}
        if "name" in new:
            new["sort_key"] = i18n.danish_key(new["name"])
        if new:
            values = {f"new_{name}": value for name, value in new.items()}
            changes.setdefault(tuple(sorted(new)), []).append({"which": one.id, **values})
    for names, rows in changes.items():
        changing = update(Person).where(col(Person.id) == bindparam("which"))
        values = {name: bindparam(f"new_{name}") for name in names}
        session.connection().execute(changing.values(**values), rows)


def _give_roles(session: Session, people: Iterable[KnownPerson], now: datetime) -> None:
    rows = [
        {"id": uuid4(), "person_id": one.id, "role": role, "starts_at": now}
        for one in people
        for role in sorted(one.roles - one.roles_before)
    ]
    if rows:
        session.exec(insert(PersonRole), params=rows)


def _portions(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))
