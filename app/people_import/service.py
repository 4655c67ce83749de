"""Taking a list of people into Én plan: all of it, or nothing. Run twice, the second time changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col

from app import i18n
from app.config import Site
from app.identity.models import Person
from app.identity.name_search import add_name_words, write_name_words
from app.identity.rules import TextSize
from app.meetings.hidden import apply_hidden
from app.offboarding.service import lock_administrators
from app.people_import.contacts import assign_contact_names, without_contact
from app.people_import.departments import Places, add_departments, read_departments, unknown_departments
from app.people_import.import_context import READ, cell_context, get_keys, get_municipality, read_known
from app.people_import.line_errors import BadFile
from app.people_import.linkage import match_rows
from app.people_import.matching import KnownPerson, PersonIndex
from app.people_import.roles import check_ended, role_sentences, write_roles
from app.people_import.rules import ImportedPeople, mentioned, read_people
from app.plan.bulk import assign_contacts, contact_persons, open_first_plans
from app.store.db import Database

T = TypeVar("T")
Progress = Callable[[int, int], None]

AT_ONCE = 1000  # people written, and told about, at a time
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
    told = read_people(raw, cell_context(now))
    tally, notices = _Tally(), list(told.notices)
    with suppress(_Preview), db.writing() as session:
        municipality_id = get_municipality(session, site)
        places, tally.new["department"] = read_departments(session, municipality_id, site)
        if not options.new_departments:
            told.problems += unknown_departments(told.sound, places, site.departments)
        keys = get_keys(session, secret_key, options.old_key)
        index = PersonIndex(read_known(session, municipality_id, now=now), keys)
        wanted = _matched(index, told, contact_persons(session))
        if any(row.decides_roles for row in told.sound):
            lock_administrators(session)
        tally.departments(*place_staff(session, municipality_id, index, places))
        write_people(session, municipality_id, index, now=now, progress=options.progress)
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

    def departments(self, new: int, there: int) -> None:
        self.new["department"] += new
        self.unchanged["department"] = there

    def contacts(self, wanted: Mapping[UUID, UUID], first: set[UUID], changed: set[UUID]) -> None:
        self.new["contact"], self.changed["contact"] = len(first), len(changed)
        self.unchanged["contact"] = len(wanted) - len(first) - len(changed)


def _has_number(one: KnownPerson) -> bool:
    """Say whether somebody was known by a number: hashed with a newer key it is the same."""
    return bool(one.before.get("external_key"))


def _matched(index: PersonIndex, told: ImportedPeople, standing: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Tie lines to people and citizens to contact persons; raise BadFile with every fault there is."""
    problems = told.problems + match_rows(index, told.sound)
    at_fault = {problem.line for problem in problems}
    doubtful = mentioned([*told.unsound, *(row for row in told.sound if row.line in at_fault)])
    wanted, unnamed = assign_contact_names(index, doubtful, standing)
    if problems or unnamed:
        raise BadFile(problems + unnamed)
    return wanted


def place_staff(
    session: Session, municipality_id: UUID, index: PersonIndex, places: Places
) -> tuple[int, int]:
    """Put staff in their departments, and make those that are new; a citizen has none. Return how many are
    new and how many were there."""
    named = {
        one.row.department.casefold(): one.row.department
        for one in index.told()
        if one.row and one.row.department
    }
    new = add_departments(session, municipality_id, named, places)
    places = places | new
    for one in index.told():
        if one.row and one.row.department and one.is_staff:
            one.facts["department_id"] = places[one.row.department.casefold()]
    return len(new), len(named) - len(new)


def write_people(
    session: Session,
    municipality_id: UUID,
    index: PersonIndex,
    *,
    now: datetime,
    progress: Progress = lambda _done, _of_all: None,
) -> None:
    """Write everybody the file tells of, some at a time, and only what is new or changed."""
    everybody, done = index.told(), 0
    for some in _portions(everybody, AT_ONCE):
        new = [_row(one, municipality_id, now) for one in some if not one.before]
        if new:
            session.exec(insert(Person), params=new)
        _update(session, [one for one in some if one.before])
        _write_names(session, some)
        write_roles(session, some, now=now)
        done += len(some)
        progress(done, len(everybody))


def _write_names(session: Session, people: Iterable[KnownPerson]) -> None:
    """Let them be found by their names, where those are new."""
    add_name_words(session, {one.id: one.facts["name"] for one in people if not one.before})
    renamed = (one for one in people if one.before and one.facts["name"] != one.before["name"])
    write_name_words(session, {one.id: one.facts["name"] for one in renamed})


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
