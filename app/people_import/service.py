"""Taking a list of people into Én plan: all of it, or nothing. Run twice, the second time changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from babel import Locale
from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from app import i18n
from app.availability.languages import SIGNED
from app.config import Site
from app.dates.local_time import danish_day
from app.identity.models import Department, Municipality, Person, PersonRole
from app.identity.rules import Role, TextSize
from app.meetings.hidden import apply_hidden
from app.offboarding.service import lock_administrators
from app.people_import.contacts import assign_contact_names, without_contact
from app.people_import.departments import Places, add_departments, read_departments, unknown_departments
from app.people_import.fields import plain_word
from app.people_import.line_errors import BadFile, whole_file
from app.people_import.linkage import match_rows
from app.people_import.matching import KnownPerson, PersonIndex
from app.people_import.old_numbers import count_old_numbers
from app.people_import.role_changes import Held
from app.people_import.roles import check_ended, role_sentences, write_roles
from app.people_import.rules import CellContext, ImportedPeople, mentioned, read_people
from app.plan.bulk import assign_contacts, contact_persons, open_first_plans
from app.plan.models import LifeArea
from app.store.db import Database
from app.store.key_fingerprint import SecretKeys, read_keys
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
            f"{title}. Nye: {self.new[kind]}. Ændret: {self.changed[kind]}. Uændret: {self.unchanged[kind]}."
            for kind, title in KINDS.items()
            if self.new[kind] or self.changed[kind] or self.unchanged[kind]
        ]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is taken: whether it may bring new departments, and whether it is only tried."""

    new_departments: bool = False
    old_key: str | None = None  # the secret key before: numbers hashed with it are known again, and go over
    preview: bool = False  # all is done and thrown away: the report is of what would change
    progress: Progress = lambda _done, _of_all: None  # told how many of how many people are written
    # Told of it before it is kept, in the transaction: what it raises, keeps nothing.
    before_commit: Callable[[Session, "PeopleImportReport"], object] = lambda _session, _report: None


class _Preview(Exception):
    """Ends the transaction without keeping anything."""


def import_people(
    db: Database,
    site: Site,
    secret_key: str,
    raw: bytes,
    *,
    now: datetime,
    options: ImportOptions = ImportOptions(),
) -> PeopleImportReport:
    """Take the people in a CSV file into the database, in one transaction.

    Only what the file tells is changed, and nothing is ever deleted. A language is taken the first time
    only: after that it is the person's own choice. How a line finds its person stands in `matching`, what it
    does to their roles in `role_changes`. Who isn't in the file isn't touched.

    Raises:
        BadFile: some line can't be taken; nothing is changed, and every bad line is named.
    """
    told = read_people(raw, _reading(now))
    tally, notices = _Tally(), list(told.notices)
    with suppress(_Preview), db.writing() as session:
        municipality_id = _municipality(session, site)
        places, tally.new["department"] = read_departments(session, municipality_id, site)
        if not options.new_departments:
            told.problems += unknown_departments(told.sound, places, site.departments)
        keys = _keys(session, secret_key, options.old_key)
        index = PersonIndex(_everybody(session, municipality_id, now), keys)
        wanted = _matched(index, told, contact_persons(session))
        if any(row.decides_roles for row in told.sound):
            lock_administrators(session)
        _place_all(session, municipality_id, index, places, tally)
        _write(session, municipality_id, index, now=now, progress=options.progress)
        open_first_plans(session, [one.id for one in index.told() if one.is_citizen], now=now)
        apply_hidden(session, site)
        tally.people(index.told())
        tally.contacts(wanted, *assign_contacts(session, wanted, now=now))
        check_ended(session, index.told())
        notices += without_contact(index.told(), contact_persons(session))
        notices += role_sentences(index.told())
        report = PeopleImportReport(tally.new, tally.changed, tally.unchanged, tuple(notices))
        if options.preview:
            raise _Preview
        options.before_commit(session, report)
    return report


class _Tally:
    """Counts by kind."""

    def __init__(self) -> None:
        self.new: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()

    def people(self, everybody: Iterable[KnownPerson]) -> None:
        for one in everybody:
            kind = "citizen" if one.is_citizen else "staff" if one.is_staff else "representative"
            was = one.before | ({"external_key": one.facts["external_key"]} if _has_number(one) else {})
            same = one.facts == was and one.held == one.held_before
            (self.unchanged if same else self.changed if one.before else self.new)[kind] += 1

    def contacts(self, wanted: Mapping[UUID, UUID], first: set[UUID], changed: set[UUID]) -> None:
        self.new["contact"], self.changed["contact"] = len(first), len(changed)
        self.unchanged["contact"] = len(wanted) - len(first) - len(changed)


def _has_number(one: KnownPerson) -> bool:
    """Say whether somebody was known by a number: hashed with a newer key it is the same."""
    return bool(one.before.get("external_key"))


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


def _keys(session: Session, secret_key: str, old_key: str | None) -> SecretKeys:
    """Return the keys; raise BadFile if numbers wait for the old one and it isn't here: all would be new."""
    keys = read_keys(session.connection(), secret_key, old_key)
    waiting = count_old_numbers(session, keys)
    if waiting and keys.old is None:
        raise whole_file(
            f"Numre, der kun kan genkendes med den gamle nøgle: {waiting}. Sæt ENPLAN_SECRET_KEY_OLD."
        )
    return keys


def _everybody(session: Session, municipality_id: UUID, now: datetime) -> Iterator[KnownPerson]:
    """Yield everybody the municipality knows, with the roles that hold and those that have ended."""
    held: dict[UUID, Held] = defaultdict(dict)
    past: dict[UUID, set[Role]] = defaultdict(set)
    for person_id, role, ends_at in session.exec(
        select(col(PersonRole.person_id), col(PersonRole.role), col(PersonRole.ends_at))
    ):
        past[person_id].add(role)
        if ends_at is None or ends_at > now:
            held[person_id][role] = ends_at
    columns = [getattr(Person, name) for name in ("id", *READ)]
    for row in session.exec(select_columns(*columns).where(col(Person.municipality_id) == municipality_id)):
        facts = dict(row._mapping)
        one, roles = facts.pop("id"), held[row.id]
        yield KnownPerson(one, facts, dict(roles), dict(facts), dict(roles), frozenset(past[row.id]))


def _matched(index: PersonIndex, told: ImportedPeople, standing: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Tie lines to people and citizens to contact persons; raise BadFile with every fault there is."""
    problems = told.problems + match_rows(index, told.sound)
    at_fault = {problem.line for problem in problems}
    doubtful = mentioned([*told.unsound, *(row for row in told.sound if row.line in at_fault)])
    wanted, unnamed = assign_contact_names(index, doubtful, standing)
    if problems or unnamed:
        raise BadFile(problems + unnamed)
    return wanted


def _place_all(
    session: Session, municipality_id: UUID, index: PersonIndex, places: Places, tally: _Tally
) -> None:
    """Put staff in their departments, and make those that are new; a citizen has none."""
    named = {
        one.row.department.casefold(): one.row.department
        for one in index.told()
        if one.row and one.row.department
    }
    new = add_departments(session, municipality_id, named, places)
    tally.new["department"] += len(new)
    tally.unchanged["department"] = len(named) - len(new)
    places = places | new
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
        write_roles(session, some, now=now)
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


def _portions(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))
