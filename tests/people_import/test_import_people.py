"""A list of people, taken into a real database: all of it or nothing, and the second time nothing changes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func
from sqlmodel import Session, SQLModel, col, select

from app.config import DEMO_SITE, Site, read_site
from app.identity.models import Department, Municipality, Person, PersonRole
from app.identity.rules import Role
from app.people_import.line_errors import BadFile
from app.people_import.matching import external_key
from app.people_import.service import ImportOptions, PeopleImportReport, import_people
from app.plan.models import ContactAssignment, LifeArea, Plan, PlanRevision
from app.plan.rules import PlanState
from app.store.db import Database
from app.store.query import select_columns
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

SECRET = "only for tests, 32 bytes and more"
LATER = NOW + timedelta(days=1)
PEOPLE = """Nummer;CPR-nummer;Navn;Rolle;Afdeling;Kontaktperson;Telefon;E-mail;Sprog;Tolk;Beskyttet adresse
K1;;Line Dahl;kontaktperson;Fælles indgang;;70 20 30 40;line@kommune.example;;;
K2;;Omar Aziz;kontaktperson / leder;Ny afdeling;;;omar@kommune.example;;;
;010190-1234;Søren Ægidius;borger;;K1;20 30 40 50;;;;ja
;020280-4321;Nadia Haddad;borger;;omar@kommune.example;;;arabisk;ja;nej
;;Bo uden nummer;;;Line Dahl;;;;;
;;Vera Værge;værge;;;;vera@example.dk;;;
"""


@pytest.fixture
def site() -> Site:
    return read_site(DEMO_SITE)


def take(database: Database, text: str, *, now: Any = NOW, coding: str = "utf-8") -> PeopleImportReport:
    site = read_site(DEMO_SITE)
    return import_people(
        database, site, SECRET, text.encode(coding), now=now, options=ImportOptions(new_departments=True)
    )


def counts(session: Session) -> dict[str, int]:
    return {
        table.name: session.exec(select(func.count()).select_from(table)).one()
        for table in SQLModel.metadata.sorted_tables
    }


def find(session: Session, name: str) -> Person:
    return session.exec(select(Person).where(Person.name == name)).one()


def contact_of(session: Session, name: str) -> str:
    joined = select(Person).join(ContactAssignment, col(ContactAssignment.person_id) == col(Person.id))
    open_one = joined.where(
        ContactAssignment.citizen_id == find(session, name).id, col(ContactAssignment.ends_at).is_(None)
    )
    return session.exec(open_one).one().name


@pytest.mark.parametrize("coding", ["utf-8-sig", "cp1252"])
def test_people_departments_and_contact_persons_are_taken_in(database: Database, coding: str) -> None:
    report = take(database, PEOPLE, coding=coding)
    assert report.sentences() == [
        "Borgere. Nye: 3. Ændret: 0. Uændret: 0.",
        "Medarbejdere. Nye: 2. Ændret: 0. Uændret: 0.",
        "Pårørende. Nye: 1. Ændret: 0. Uændret: 0.",
        "Afdelinger. Nye: 1. Ændret: 0. Uændret: 1.",
        "Kontaktpersoner for borgere. Nye: 3. Ændret: 0. Uændret: 0.",
    ]
    with database.reading() as session:
        soren, omar = find(session, "Søren Ægidius"), find(session, "Omar Aziz")
        assert (soren.phone, soren.protected_address, soren.language) == ("20304050", True, "da")
        assert soren.external_key == external_key(SECRET, "0101901234")
        nadia = find(session, "Nadia Haddad")
        assert (nadia.language, nadia.interpreter_language) == ("ar", "ar")
        assert [contact_of(session, one) for one in ("Søren Ægidius", "Nadia Haddad", "Bo uden nummer")] == [
            "Line Dahl",
            "Omar Aziz",
            "Line Dahl",
        ]
        roles = session.exec(select(PersonRole.role).where(PersonRole.person_id == omar.id)).all()
        assert set(roles) == {Role.CONTACT, Role.LEADER}
        department = session.get_one(Department, omar.department_id)
        plan = session.exec(select(Plan).where(Plan.citizen_id == soren.id)).one()
    assert department.name == "Ny afdeling"
    assert (plan.state, plan.revision, plan.opened_at) == (PlanState.WAITING, 0, NOW)


def test_no_cpr_number_stands_anywhere(database: Database) -> None:
    take(database, PEOPLE)
    with database.reading() as session:
        cells = [
            str(cell)
            for table in SQLModel.metadata.sorted_tables
            for row in session.exec(select_columns(table))
            for cell in row
        ]
    assert [cell for cell in cells if "0101901234" in cell or "010190" in cell] == []


def test_the_same_file_again_changes_nothing(database: Database) -> None:
    take(database, PEOPLE)
    with database.reading() as session:
        before = counts(session)
    report = take(database, PEOPLE, now=LATER)
    assert (sum(report.new.values()), sum(report.changed.values())) == (0, 0)
    assert sum(report.unchanged.values()) == 11
    with database.reading() as session:
        assert counts(session) == before


def test_only_what_the_file_tells_is_changed(database: Database) -> None:
    take(database, PEOPLE)
    report = take(database, "cpr;navn;mail;telefon;sprog\n0101901234;Søren Ægidius Holm;ny@example.dk;;en\n")
    assert (report.new["citizen"], report.changed["citizen"]) == (0, 1)
    with database.reading() as session:
        soren = find(session, "Søren Ægidius Holm")
        assert (soren.email, soren.phone, soren.protected_address) == ("ny@example.dk", "20304050", True)
        assert soren.language == "da"  # the person's own choice since the first time
        assert contact_of(session, "Søren Ægidius Holm") == "Line Dahl"


def test_a_new_contact_person_takes_over_and_the_old_one_stays_in_history(database: Database) -> None:
    take(database, PEOPLE)
    report = take(database, "cpr;navn;kontaktperson\n010190-1234;Søren Ægidius;K2\n", now=LATER)
    assert (report.new["contact"], report.changed["contact"]) == (0, 1)
    with database.reading() as session:
        soren = find(session, "Søren Ægidius")
        held = select(ContactAssignment).where(ContactAssignment.citizen_id == soren.id)
        first, second = session.exec(held.order_by(col(ContactAssignment.starts_at)))
        assert (first.starts_at, first.ends_at, second.starts_at, second.ends_at) == (NOW, LATER, LATER, None)
        assert contact_of(session, "Søren Ægidius") == "Omar Aziz"
        plan = session.exec(select(Plan).where(Plan.citizen_id == soren.id)).one()
        (revision,) = session.exec(select(PlanRevision).where(PlanRevision.plan_id == plan.id))
    assert (plan.revision, revision.number, revision.what) == (1, 1, "contact_changed")


def test_a_citizen_who_said_no_again_is_not_asked_by_a_list(database: Database) -> None:
    take(database, PEOPLE)
    with database.writing() as session:
        plan = session.exec(select(Plan).where(Plan.citizen_id == find(session, "Søren Ægidius").id)).one()
        plan.state, plan.closed_at = PlanState.CLOSED, NOW
    with database.reading() as session:
        before = counts(session)
    take(database, PEOPLE, now=LATER)
    with database.reading() as session:
        assert counts(session) == before


BAD = {
    "K1;;Line Dahl;kontaktperson;;;;;;;\nK1;;Line Dahl;kontaktperson;;;;;;;": ["Linje 9: Det ser ud"],
    ";010190-1234;Søren Ægidius;borger;;;;;;;": ["Linje 8: Det ser ud"],
    ";;Ny Borger;borger;;Findes Ikke;;;;;": ["Linje 8, kontaktperson: Kontaktpersonen findes ikke"],
    ";;Ny Borger;borger;;Vera Værge;;;;;": [
        "Linje 8, kontaktperson: Den, der er skrevet her, har ikke rollen"
    ],
    "K3;;Line Dahl;kontaktperson;;;;;;;": ["Linje 6, kontaktperson: Flere kontaktpersoner hedder det samme"],
    ";;Ny Leder;leder;;K1;;;;;": ["Linje 8, kontaktperson: Kun en borger"],
    "K9;;Sig Selv;borger/kontaktperson;;K9;;;;;": [
        "Linje 8, kontaktperson: En borger kan ikke være sin egen"
    ],
    ";;Anden Person;borger;;;;vera@example.dk;;;": ["Linje 8: E-mailen hører til"],
    ";;;borger;;;12;;;;": ["Linje 8, navn: Skriv", "Linje 8, telefon: Skriv"],
}


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_file_changes_nothing_and_every_bad_line_is_named(database: Database, bad: str) -> None:
    with database.reading() as session:
        before = counts(session)
    with pytest.raises(BadFile) as refused:
        take(database, f"{PEOPLE}{bad}\n")
    said = refused.value.sentences()
    wanted = BAD[bad]
    assert all(any(one.startswith(start) for one in said) for start in wanted), said
    with database.reading() as session:
        assert counts(session) == before


def test_faults_of_cells_and_of_people_are_told_together(database: Database) -> None:
    text = "navn;rolle;kontaktperson;tlf\nKaren K;kontaktperson;;12\nA A;borger;Karen K;\nB B;borger;Ingen;\n"
    with pytest.raises(BadFile) as refused:
        take(database, text)
    assert [(one.line, one.column) for one in refused.value.lines] == [(2, "telefon"), (4, "kontaktperson")]


def test_somebody_without_a_number_is_found_again(database: Database, people: People) -> None:
    """By e-mail, by name and phone, by name alone; e-mail or phone of another make it another."""
    take(database, "navn;mail;tlf\nAda Lund;ada@example.dk;20304053\nBo Lund;;20304051\nCai Lund;;\n")
    report = take(
        database,
        "navn;mail;tlf\nAda Holm;ada@example.dk;20304053\nBo Lund;bo@example.dk;20304051\n"
        "Cai Lund;;20304052\nAda Holm;x@example.dk;\n",
    )
    assert (report.new["citizen"], report.changed["citizen"]) == (1, 3)
    again = take(database, "navn;tlf\nAnna Jensen;20304050\n")  # the demo's own Anna
    assert (again.new["citizen"], again.unchanged["citizen"]) == (0, 1)


def test_somebody_gets_a_number_only_when_name_and_e_mail_or_phone_agree(database: Database) -> None:
    take(database, "navn;tlf\nAda Lund;20304051\nBo Lund;20304052\n")
    report = take(database, "id;navn;tlf\n1;Ada Lund;20304051\n2;Bo Lund;\n")
    assert (report.new["citizen"], report.changed["citizen"]) == (1, 1)


def test_an_empty_database_gets_its_municipality_departments_and_areas(
    database: Database, site: Site
) -> None:
    with database.writing() as session:
        for table in reversed(SQLModel.metadata.sorted_tables):
            session.exec(table.delete())
    take(database, PEOPLE)
    with database.reading() as session:
        assert session.exec(select(Municipality.name)).all() == [site.name]
        areas = session.exec(select(LifeArea.name).order_by(col(LifeArea.position))).all()
        departments = session.exec(select(Department.name)).all()
    assert tuple(areas) == site.areas
    assert set(departments) == {*site.departments, "Ny afdeling"}


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(str(args[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_two_thousand_people_take_a_handful_of_queries(database: Database, statements: list[str]) -> None:
    people = "".join(
        f"{n};Person {n};{'kontaktperson' if n < 50 else 'borger'};{'' if n < 50 else n % 50}\n"
        for n in range(2000)
    )
    seen = list[tuple[int, int]]()
    raw = f"id;navn;rolle;kontaktperson\n{people}".encode()
    site = read_site(DEMO_SITE)
    telling = ImportOptions(progress=lambda *n: seen.append(n))
    report = import_people(database, site, SECRET, raw, now=NOW, options=telling)
    assert (report.new["citizen"], report.new["contact"], report.new["staff"]) == (1950, 1950, 50)
    assert seen == [(1000, 2000), (2000, 2000)]
    assert len(statements) <= 30
    statements.clear()
    import_people(database, site, SECRET, raw, now=LATER)
    assert [one for one in statements if not one.lstrip().upper().startswith(READS)] == []


def test_nobody_is_left_without_a_contact_person_unsaid(database: Database) -> None:
    lines = "1;Line Ny;kontaktperson;\n2;Bo Ny;borger;1\n3;Ib Ny;borger;\n4;Per Ny;fagperson;\n5;Eva Ny;;\n"
    text = f"id;navn;rolle;kontaktperson\n{lines}"
    assert take(database, text).notices == ("Borgere uden kontaktperson: 2. Linje 4, 6.",)
    given = text.replace("3;Ib Ny;borger;", "3;Ib Ny;borger;1").replace("5;Eva Ny;;", "5;Eva Ny;;1")
    assert take(database, given, now=LATER).notices == ()


READS = ("SELECT", "BEGIN", "PRAGMA MAIN.TABLE_INFO")
LINES = st.tuples(
    st.sampled_from(["", "1", "2", "010190-1234"]),
    st.sampled_from(["Anna Å", "anna å", "Bo", "Bo Å", "Line Madsen", "𝔄", "'", "ﷺ" * 30]),
    st.sampled_from(["", "borger", "kontaktperson", "borger/kontaktperson", "værge"]),
    st.sampled_from(["", "1", "Bo", "a@b.dk", "Line Madsen"]),
    st.sampled_from(["", "20304050", "20304051"]),
    st.sampled_from(["", "a@b.dk", "c@b.dk"]),
    st.sampled_from(["", "A", "a", "Å"]),
)


@given(st.lists(st.lists(LINES, max_size=5), min_size=1, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_any_list_is_taken_or_refused_and_the_second_time_changes_nothing(
    database: Database, files: list[list[tuple[str, ...]]]
) -> None:
    """Lists follow each other into one database, so each meets what the ones before have left."""
    for lines in files:
        text = "id;navn;rolle;kontaktperson;tlf;mail;afdeling\n" + "".join(
            f"{';'.join(one)}\n" for one in lines
        )
        try:
            take(database, text)
        except BadFile:
            continue
        report = take(database, text)
        assert (sum(report.new.values()), sum(report.changed.values())) == (0, 0)
