"""People are named at the terminal by what is known of them: never guessed, never by CPR number."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app.access.models import AccessLogEntry
from app.dates.clock import system_clock
from app.identity.credentials import Passkey
from app.identity.models import PersonRole
from app.identity.tokens import list_tokens
from app.store.db import Database
from tests.cast import People
from tests.cli.conftest import Run, one_sentence

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("said", ["line@solbjerg.example", "LINE@SOLBJERG.EXAMPLE", "M-17", "m\u201117"])
def test_one_is_meant_by_e_mail_and_number_as_they_are_typed(
    said: str, enplan: Run, cast_site: dict[str, str], people: People
) -> None:
    assert str(people.line.id) in enplan("people", "find", said, **cast_site).stdout
    assert enplan("invite", said, **cast_site).returncode == 0


def test_a_phone_that_two_share_chooses_neither(
    enplan: Run, cast_site: dict[str, str], people: People
) -> None:
    said = one_sentence(enplan("invite", "+45 20304050", **cast_site))
    assert "passer på 2 personer" in said
    found = enplan("people", "find", "20304050", **cast_site).stdout
    assert [str(one.id) in found for one in (people.anna, people.karim, people.line)] == [True, True, False]


def test_a_phone_of_one_who_has_left_is_the_other_s(
    enplan: Run, cast_site: dict[str, str], people: People, database: Database
) -> None:
    with database.writing() as session:
        for role in session.exec(select(PersonRole).where(PersonRole.person_id == people.karim.id)):
            role.ends_at = system_clock()
    assert enplan("invite", "20304050", **cast_site).returncode == 0
    assert "ingen rolle" in enplan("people", "find", "20304050", **cast_site).stdout


def test_part_of_a_name_finds_all_who_have_it_and_no_contact_data(
    enplan: Run, cast_site: dict[str, str], people: People
) -> None:
    found = enplan("people", "find", people.line.name.split()[-1].upper(), **cast_site).stdout
    assert people.line.name in found
    assert "kontaktperson" in found
    assert "@" not in found
    assert (
        one_sentence(enplan("people", "find", "Napoleon", **cast_site)) == "Der er ingen, der passer på det."
    )


@pytest.mark.parametrize("words", [("people", "find"), ("invite",)])
def test_a_cpr_number_is_refused_and_not_repeated(
    words: tuple[str, ...], enplan: Run, cast_site: dict[str, str]
) -> None:
    said = one_sentence(enplan(*words, "010190-1234", **cast_site))
    assert "historik" in said
    assert "1234" not in said


def test_systems_are_listed_with_what_their_keys_open_and_no_key(
    enplan: Run, cast_site: dict[str, str], database: Database, people: People
) -> None:
    assert "Intet system har en nøgle" in enplan("token", "list", **cast_site).stdout
    secret = enplan("token", "create", "--system", "løn", "--scope", "people", **cast_site).stdout.strip()
    with database.writing() as session:
        (token,) = list_tokens(session)
        asked = AccessLogEntry(
            at=system_clock(), citizen_id=people.anna.id, action="people:find", relation="system"
        )
        asked.system_id = token.id
        session.add(asked)
    assert enplan("token", "create", "--system", "arkiv", "--scope", "meetings", **cast_site).returncode == 0
    assert enplan("token", "revoke", "arkiv", **cast_site).returncode == 0
    archive, pay = enplan("token", "list", **cast_site).stdout.splitlines()
    assert archive.startswith("arkiv · spærret")
    assert archive.endswith("har ikke spurgt om en borger")
    assert pay.startswith("løn · virker · people · lavet ")
    assert "spurgte sidst om en borger" in pay
    assert secret not in archive + pay


def test_a_department_and_its_citizens_are_found_and_who_has_a_way_in_is_left_out(
    enplan: Run, cast_site: dict[str, str], database: Database, people: People, tmp_path: Path
) -> None:
    with database.writing() as session:
        key: dict[str, Any] = {"credential_id": b"x", "public_key": b"y", "sign_count": 0}
        key |= {"backed_up": False, "name": "telefon"}
        session.add(Passkey(person_id=people.anna.id, created_at=system_clock(), **key))
    unit = ("invite", "--unit", "Fælles indgang", "--paper")
    assert enplan(*unit, "staff.html", **cast_site).returncode == 0
    done = enplan(*unit, "citizens.html", "--citizens", **cast_site)
    assert (done.returncode, done.stderr) == (0, "1 har adgang allerede og er ikke med.\n")
    pages = [(tmp_path / name).read_text("utf-8") for name in ("staff.html", "citizens.html")]
    names = [people.line.name, people.karim.name, people.anna.name]
    assert [[name in page for name in names] for page in pages] == [
        [True, False, False],
        [False, True, False],
    ]


def test_the_settings_are_held_against_a_database_that_is_there(
    enplan: Run, cast_site: dict[str, str]
) -> None:
    env = cast_site | {"ENPLAN_TRUSTED_PROXY": "none"}
    assert "Indstillingerne er i orden." in enplan("config", "check", **env).stdout
    other = one_sentence(enplan("config", "check", **(env | {"ENPLAN_SECRET_KEY": "x" * 40})), code=2)
    assert "en anden nøgle" in other
