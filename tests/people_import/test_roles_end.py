"""A list with the column `til` takes roles too: it says who lost what, and leaves nobody alone."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from app.config import DEMO_SITE, read_site
from app.identity.credentials import Passkey
from app.identity.models import Department, Person, PersonRole
from app.identity.rules import STAFF, Role
from app.people_import.line_errors import BadFile
from app.people_import.role_changes import roles_after
from app.people_import.rules import PersonRow
from app.people_import.service import ImportOptions, PeopleImportReport, import_people
from app.plan.bulk import contact_persons
from app.plan.models import LifeArea, TeamMembership
from app.store.db import Database
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

AS_USUAL, WITH_NEW = ImportOptions(), ImportOptions(new_departments=True)
SECRET = "only for tests, 32 bytes and more"
HEAD = "id;navn;rolle;til;afdeling;kontaktperson\n"
STAFF_LIST = (
    "K1;Lis Prøve;kontaktperson;;Sundhed;\nF1;Per Prøve;fagperson/leder;;Sundhed;\n"
    "A1;Asta Prøve;administrator;;;\nB1;Bo Prøve;borger;;;K1\n"
)


def take(
    database: Database, lines: str, *, now: Any = NOW, options: ImportOptions = AS_USUAL
) -> PeopleImportReport:
    raw = (HEAD + lines).encode()
    return import_people(database, read_site(DEMO_SITE), SECRET, raw, now=now, options=options)


@pytest.fixture
def laid(database: Database) -> Database:
    with database.writing() as session:  # the cast's own administrator is not of this municipality's list
        for row in session.exec(select(PersonRole).where(PersonRole.role == Role.ADMINISTRATOR)):
            row.ends_at = NOW - timedelta(seconds=1)
    take(database, STAFF_LIST, now=NOW - timedelta(days=1))
    return database


def held(database: Database, *, at: Any = NOW) -> dict[str, set[Role]]:
    with database.reading() as session:
        rows = select(Person.name, PersonRole.role).join(PersonRole, col(PersonRole.person_id) == Person.id)
        rows = rows.where(col(Person.name).endswith("Prøve"), PersonRole.starts_at <= at)
        open_ones = rows.where(col(PersonRole.ends_at).is_(None) | (col(PersonRole.ends_at) > at))
        found: dict[str, set[Role]] = {}
        for name, role in session.exec(open_ones):
            found.setdefault(name.split()[0], set()).add(Role(role))
    return found


def faults(database: Database, lines: str) -> list[str]:
    with pytest.raises(BadFile) as bad:
        take(database, lines)
    return bad.value.sentences()


def test_the_roles_of_a_line_are_all_the_work_and_who_lost_what_is_told(laid: Database) -> None:
    later = NOW + timedelta(days=1)
    report = take(laid, "F1;Per Prøve;fagperson;;Sundhed;\n", now=later)
    assert report.notices == ("Linje 2: mister rollen leder.",)
    assert held(laid, at=later) == {
        "Lis": {Role.CONTACT}, "Per": {Role.PROFESSIONAL}, "Asta": {Role.ADMINISTRATOR}, "Bo": {Role.CITIZEN}
    }  # fmt: skip
    again = take(laid, "F1;Per Prøve;fagperson;;Sundhed;\n", now=later)
    assert (again.notices, again.unchanged["staff"]) == ((), 1)


def test_without_the_column_a_list_takes_nothing(laid: Database) -> None:
    raw = b"id;navn;rolle\nF1;Per Pr\xc3\xb8ve;fagperson\n"
    import_people(laid, read_site(DEMO_SITE), SECRET, raw, now=NOW)
    assert held(laid)["Per"] == {Role.PROFESSIONAL, Role.LEADER}


def test_a_last_day_is_the_last_with_access(laid: Database) -> None:
    report = take(laid, "F1;Per Prøve;fagperson, leder;05-03-2026;;\n")
    assert "Linje 2: har rollen leder til den 6. marts 2026 og ikke den dag." in report.notices
    night = NOW.replace(day=5, hour=22, minute=59)
    assert held(laid, at=night)["Per"] == {Role.PROFESSIONAL, Role.LEADER}
    assert "Per" not in held(laid, at=night + timedelta(minutes=1))
    raw = b"id;navn;rolle\nF1;Per Pr\xc3\xb8ve;fagperson\n"  # a list without `til` leaves the end as it is
    import_people(laid, read_site(DEMO_SITE), SECRET, raw, now=NOW)
    assert "Per" not in held(laid, at=night + timedelta(minutes=1))
    take(laid, "F1;Per Prøve;fagperson, leder;;;\n")
    assert held(laid, at=night + timedelta(days=99))["Per"] == {Role.PROFESSIONAL, Role.LEADER}


def test_who_stays_longer_than_the_list_said_stays_on_their_teams(laid: Database, people: People) -> None:
    with laid.writing() as session:
        per = session.exec(select(Person.id).where(Person.name == "Per Prøve")).one()
        session.add(
            TeamMembership(
                citizen_id=people.anna.id,
                person_id=per,
                area_id=session.exec(select(LifeArea.id).limit(1)).one(),
                starts_on=NOW.date() - timedelta(days=9),
            )
        )

    def ends_on() -> date | None:
        with laid.reading() as session:
            return session.exec(select(TeamMembership).where(TeamMembership.person_id == per)).one().ends_on

    for til, day in (("05-03-2026", date(2026, 3, 6)), ("30-03-2026", date(2026, 3, 31)), ("", None)):
        take(laid, f"F1;Per Prøve;fagperson/leder;{til};;\n")
        assert ends_on() == day


def test_a_list_of_staff_takes_nobody_s_own_plan(laid: Database) -> None:
    take(laid, "F1;Per Prøve;borger, fagperson;;;\n", now=NOW - timedelta(hours=1))
    take(laid, "F1;Per Prøve;leder;;;\n")
    assert held(laid)["Per"] == {Role.CITIZEN, Role.LEADER}


def test_a_contact_person_with_citizens_stays_until_they_have_another(laid: Database) -> None:
    leaves = "K1;Lis Prøve;kontaktperson;01-03-2026;;\n"
    (fault,) = faults(laid, leaves)
    assert fault.startswith("Linje 2, til: Personen er kontaktperson. Antal borgere: 1.")
    assert held(laid)["Lis"] == {Role.CONTACT}
    take(laid, leaves + "K2;Ib Prøve;kontaktperson;;;\nB1;Bo Prøve;borger;;;K2\n")
    assert "Lis" not in held(laid)
    with laid.reading() as session:
        people = {one.id: one.name for one in session.exec(select(Person))}
        assert "Lis Prøve" not in {people[one] for one in contact_persons(session).values()}


def test_nobody_gets_a_contact_person_who_is_about_to_leave(laid: Database) -> None:
    take(laid, "K2;Ib Prøve;kontaktperson;01-06-2026;;\n")
    assert "slutdato" in faults(laid, "B2;Eva Prøve;borger;;;K2\n")[0]
    take(laid, "K2;Ib Prøve;kontaktperson;;;\nB2;Eva Prøve;borger;;;K2\n")


def test_nobody_gets_a_contact_person_whose_role_has_not_begun(laid: Database) -> None:
    take(laid, "K2;Ib Prøve;fagperson;;;\n")
    begins, citizen = NOW + timedelta(days=7), "B2;Eva Prøve;borger;;;K2\n"
    with laid.writing() as session:
        ib = session.exec(select(Person.id).where(Person.name == "Ib Prøve")).one()
        later = PersonRole(person_id=ib, role=Role.CONTACT, starts_at=begins)
        session.add(later)
    for lines in (citizen, "K2;Ib Prøve;kontaktperson;;;\n" + citizen):
        assert "er ikke begyndt" in faults(laid, lines)[-1]
    with laid.writing() as session:  # until they begin anew they have a role that ends before
        session.add(PersonRole(person_id=ib, role=Role.CONTACT, starts_at=NOW, ends_at=begins))
    assert "slutdato" in faults(laid, citizen)[0]
    take(laid, citizen, now=begins)


def test_the_last_administrator_stays_whatever_the_list_says(laid: Database) -> None:
    for rest in ("administrator;01-03-2026", "leder;", "administrator;01-01-2030"):
        (fault,) = faults(laid, f"A1;Asta Prøve;{rest};;\n")
        assert fault.startswith("Linje 2, til: Det er den sidste administrator.")
    take(laid, "A1;Asta Prøve;leder;;;\nA2;Eva Prøve;administrator;;;\n")
    assert held(laid)["Asta"] == {Role.LEADER}


def test_who_comes_back_gets_the_role_and_none_of_the_old_keys(laid: Database) -> None:
    with laid.writing() as session:
        per = session.exec(select(Person).where(Person.name == "Per Prøve")).one()
        session.add(
            Passkey(person_id=per.id, credential_id=b"x", public_key=b"y", sign_count=0, backed_up=False,
                    name="telefon", created_at=NOW)
        )  # fmt: skip
        for role in session.exec(select(PersonRole).where(PersonRole.person_id == per.id)):
            role.ends_at = NOW + timedelta(hours=1)  # it ended by itself: nothing shut the keys
    report = take(laid, "F1;Per Prøve;fagperson;;;\n", now=NOW + timedelta(days=1))
    assert report.notices == ("Linje 2: får rollen fagperson igen, som var slut.",)
    with laid.reading() as session:
        assert session.exec(select(Passkey)).one().revoked_at is not None


def test_who_is_not_in_the_file_is_not_touched(laid: Database) -> None:
    before = held(laid)
    take(laid, "A1;Asta Prøve;administrator;;;\n")
    assert held(laid) == before


def test_an_end_needs_its_role_and_a_person(laid: Database) -> None:
    assert faults(laid, "F1;Per Prøve;;01-03-2026;;\n")[0].startswith("Linje 2, rolle:")
    assert "står ikke i Én plan" in faults(laid, "N1;Ny Prøve;leder;01-03-2026;;\n")[0]
    assert faults(laid, "F1;Per Prøve;leder;snart;;\n")[0].startswith("Linje 2, til:")


def test_a_name_alone_ends_nothing(laid: Database) -> None:
    assert "navn alene" in faults(laid, ";Per Prøve;fagperson;;;\n")[0]


def test_a_department_more_is_refused_unless_it_is_asked_for(laid: Database) -> None:
    line = "F1;Per Prøve;fagperson, leder;;Sundhedd;\n"
    (fault,) = faults(laid, line)
    assert fault.startswith("Linje 2, afdeling: Afdelingen kendes ikke. Mente du »Sundhed«?")
    assert "--new-departments" in fault
    assert departments(laid, "Sundhedd") == 0
    assert take(laid, line, options=WITH_NEW).new["department"] == 1
    assert take(laid, line).new["department"] == 0  # it is there now


def departments(database: Database, name: str) -> int:
    with database.reading() as session:
        return len(session.exec(select(Department).where(Department.name == name)).all())


def test_a_department_the_settings_have_got_since_is_known(laid: Database) -> None:
    site = replace(read_site(DEMO_SITE), departments=(*read_site(DEMO_SITE).departments, "Nyt hus"))
    raw = (HEAD + "F1;Per Prøve;fagperson, leder;;nyt hus;\n").encode()
    assert import_people(laid, site, SECRET, raw, now=NOW).new["department"] == 1
    assert departments(laid, "Nyt hus") == 1


def test_a_preview_tells_all_of_it_and_changes_nothing(laid: Database, session: Session) -> None:
    lines = "F1;Per Prøve;fagperson;;Månen;\nN1;Ny Prøve;borger;;;K1\n"
    shown = take(laid, lines, options=replace(WITH_NEW, preview=True))
    assert "Ny" not in held(laid)
    assert held(laid)["Per"] == {Role.PROFESSIONAL, Role.LEADER}
    assert departments(laid, "Månen") == 0
    done = take(laid, lines, options=WITH_NEW)
    assert (shown.new, shown.changed, shown.notices) == (done.new, done.changed, done.notices)


ROLES = st.frozensets(st.sampled_from(Role))
HELD = st.dictionaries(st.sampled_from(Role), st.none() | st.just(NOW + timedelta(days=9)))


@given(HELD, ROLES, st.booleans(), st.none() | st.dates(date(2026, 3, 3), date(2030, 1, 1)))
def test_what_a_line_does_to_roles(
    held: Any, named: frozenset[Role], decides: bool, last_day: date | None
) -> None:
    row = PersonRow(2, roles=named or None, decides_roles=decides and bool(named), last_day=last_day)
    after = roles_after(held, row, is_new=False)
    assert after.keys() >= (named if named else held.keys())
    assert roles_after(after, row, is_new=False) == after  # the same line again changes nothing
    if not row.decides_roles:
        assert held.items() <= after.items()
    if row.decides_roles:
        assert after.keys() - held.keys() <= named
        assert (held.keys() - after.keys()) <= STAFF  # nobody's own plan, nor whom they act for
        gone = replace(row, has_ended=True)
        assert not roles_after(held, gone, is_new=False).keys() & named
