"""Another secret key: numbers and invitations of before are known, and nobody is made twice."""

import re
from pathlib import Path

import pytest
from sqlmodel import select

from app import create_app
from app.config import read_settings
from app.identity.models import Person
from app.identity.offline_key import device_owner_name
from app.store.db import Database
from tests.cast import People
from tests.cli.conftest import KEY, Run, one_sentence

pytestmark = pytest.mark.both_databases

NEW, THIRD = "the new key of this site, 32 bytes and more", "a third key of this site, 32 bytes and more"
LIST = "id;navn;rolle;kontaktperson\nM-17;Line Madsen;kontaktperson;\nB9;Bo Prøve;borger;M-17\n"
ROTATE = ("key", "rotate")
OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def before(cast_site: dict[str, str], enplan: Run, tmp_path: Path) -> dict[str, str]:
    """A site whose people have numbers by the first key."""
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    assert enplan("import", "list.csv", **cast_site).returncode == 0
    return cast_site | {"ENPLAN_TRUSTED_PROXY": "none"}


def both(site: dict[str, str], new: str = NEW, old: str = KEY) -> dict[str, str]:
    return site | {"ENPLAN_SECRET_KEY": new, "ENPLAN_SECRET_KEY_OLD": old}


def hashes(database: Database) -> set[str | None]:
    with database.reading() as session:
        return set(session.exec(select(Person.external_key))) - {None}


def waiting(said: str) -> int:
    found = re.search(r"^Numre, der endnu kendes på den gamle: (\d+)\.$", said, re.MULTILINE)
    assert found, said
    return int(found[1])


def test_numbers_go_over_with_the_next_list_and_nobody_is_made_twice(
    enplan: Run, before: dict[str, str], database: Database
) -> None:
    old = hashes(database)
    first = enplan(*ROTATE, **both(before))
    assert (first.returncode, waiting(first.stdout)) == (0, 2), first.stderr
    shown = enplan("people", "find", "B9", **both(before)).stdout
    assert "Bo Prøve" in shown
    taken = enplan("import", "list.csv", **both(before))
    assert "Borgere. Nye: 0. Ændret: 0. Uændret: 1." in taken.stdout, taken.stderr
    assert hashes(database) & old == set()
    assert waiting(enplan(*ROTATE, **both(before)).stdout) == 0
    alone = before | {"ENPLAN_SECRET_KEY": NEW}
    assert "Borgere. Nye: 0. Ændret: 0. Uændret: 1." in enplan("import", "list.csv", **alone).stdout
    assert "Bo Prøve" in enplan("people", "find", "B9", **alone).stdout


def test_without_the_old_key_no_list_is_taken_while_numbers_wait_for_it(
    enplan: Run, before: dict[str, str], database: Database
) -> None:
    assert enplan(*ROTATE, **both(before)).returncode == 0
    done = enplan("import", "list.csv", **(before | {"ENPLAN_SECRET_KEY": NEW}))
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("Numre, der kun kan genkendes med den gamle nøgle: 2.")
    assert "anden nøgle" in one_sentence(enplan("import", "list.csv", **before), code=2)


def test_a_third_key_waits_for_the_second(enplan: Run, before: dict[str, str]) -> None:
    assert enplan(*ROTATE, **both(before)).returncode == 0
    said = one_sentence(enplan(*ROTATE, **both(before, THIRD, NEW)))
    assert said.startswith("Numre, der stadig venter på nøglen fra før den, I bruger nu: 2.")
    enplan("import", "list.csv", **both(before))
    assert "nøgle" in one_sentence(enplan(*ROTATE, **both(before, KEY, NEW)), code=2)  # none comes back
    assert waiting(enplan(*ROTATE, **both(before, THIRD, NEW)).stdout) == 2
    assert "Nye: 0. Ændret: 0. Uændret: 1." in enplan("import", "list.csv", **both(before, THIRD, NEW)).stdout


WRONG = [{"ENPLAN_SECRET_KEY": NEW}, both({}, NEW, THIRD), both({}, KEY, KEY), both({}, NEW, "kort")]


@pytest.mark.parametrize("keys", [*WRONG, both({}, KEY, NEW)])
def test_keys_that_do_not_fit_change_nothing(
    keys: dict[str, str], enplan: Run, before: dict[str, str], database: Database
) -> None:
    done = enplan(*ROTATE, **(before | keys))
    if keys in WRONG:
        assert one_sentence(done, code=2)
    else:
        assert "i forvejen" in done.stdout
    assert "Bo Prøve" in enplan("people", "find", "B9", **before).stdout


def test_an_invitation_of_before_opens_and_phones_keep_what_they_sealed(
    enplan: Run, before: dict[str, str], people: People
) -> None:
    code = enplan("invite", str(people.anna.id), **before).stdout.splitlines()[-1]
    phone = device_owner_name(read_settings(before).phone_key, people.anna.id)
    running = create_app(read_settings(before))
    assert enplan(*ROTATE, **both(before)).returncode == 0
    host = {"base_url": "https://plan.example.dk", "headers": OWN}
    assert running.test_client().get("/readyz", **host).status_code == 200  # a server that runs goes on
    settings = read_settings(both(before))
    after = create_app(settings)
    assert after.test_client().post("/invitation", data={"code": code}, **host).status_code == 303
    assert device_owner_name(settings.phone_key, people.anna.id) == phone
    alone = create_app(read_settings(before | {"ENPLAN_SECRET_KEY": NEW}))
    code = enplan("invite", str(people.karim.id), **both(before)).stdout.splitlines()[-1]
    assert alone.test_client().post("/invitation", data={"code": code}, **host).status_code == 303
    for app in (running, after, alone):
        app.extensions["db"].close()
