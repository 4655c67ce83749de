"""Among many colleagues one is likely, or is looked for by name, and nothing that is typed is lost."""

import re
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.identity.models import Person
from app.plan.models import Absence, ContactHandover
from app.store.db import Database
from tests.caseload.colleagues import hire
from tests.cast import People
from tests.conftest import Browser
from tests.house.query_plans import reads_of

HERE, LED, OWN = "/fravaer", "/ledelse/overdragelse", "/borgere/overdragelse"
MANY, FEW = 25, 15
WEEK = {"first": "2026-03-09", "last": "13.3.2026"}


def choices(page: str, name: str) -> dict[str, bool]:
    """Return who can be chosen in a field, by the words beside the button, and whether they are."""
    found = re.findall(r'<label class="choice"[^>]*>(.*?)</label>', page, re.DOTALL)
    own = [one for one in found if f'name="{name}"' in one]
    return {" ".join(re.sub(r"<[^>]*>", "", one).split()): " checked" in one for one in own}


def absences(session: Session) -> list[Any]:
    session.rollback()
    return list(session.exec(select(Absence.person_id, Absence.substitute_id)).all())


def test_of_few_there_is_a_list_and_no_search(
    database: Database, people: People, browser_of: Browser
) -> None:
    hire(database, people, FEW)
    for who, path, name in (
        (people.line, HERE, "substitute"),
        (people.lone, HERE, "person"),
        (people.lone, LED, "person"),
        (people.line, OWN, "to"),
    ):
        page = browser_of(who).get(path).text
        assert f'<select class="field__input" id="{name}"' in page
        assert 'name="find' not in page
        assert "Bo Holm 000" in page


@pytest.mark.both_databases
def test_of_many_the_likely_ones_are_offered_and_the_rest_found_by_name(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    hire(database, people, MANY)
    line = browser_of(people.line)
    page = line.get(HERE).text
    usual = "Omar Saleh Koordinator, Job og uddannelse, fast vikar"
    assert {one.partition(",")[0]: on for one, on in choices(page, "substitute").items()} == {
        usual.partition(",")[0]: True
    }
    assert "fast vikar" in page
    assert "Bo Holm" not in page
    form = WEEK | {"person": str(people.line.id), "substitute": str(people.omar.id), "found_substitute": ""}
    found = line.post(HERE, data=form | {"find_substitute": "bo ho", "find": "substitute"})
    assert found.status_code == 200
    shown = choices(found.text, "substitute")
    assert len([one for one in shown if one.startswith("Bo Hol")]) == 10
    assert not any(shown.values())  # whom one looks for is none that stood there
    assert any(one.startswith("Omar Saleh") for one in shown)  # who is there all the same
    assert "Vi fandt 10 med det navn. Vælg en." in found.text
    for typed in ('value="2026-03-09"', 'value="13.3.2026"', 'value="bo ho"'):
        assert typed in found.text
    assert absences(session) == []
    wanted = session.exec(select(Person.id).where(Person.name == "Bo Holst 006")).one()
    chosen = {"find_substitute": "bo ho", "found_substitute": "bo ho", "substitute": str(wanted)}
    assert line.post(HERE, data=form | chosen).location == f"{HERE}?gemt=ny"
    assert absences(session) == [(people.line.id, wanted)]
    assert any(
        one.startswith("Bo Holst 006") and "har været vikar før" in one
        for one in choices(line.get(HERE).text, "substitute")
    )


@pytest.mark.both_databases
def test_a_name_in_full_is_a_choice_and_any_other_is_asked_about(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    hire(database, people, MANY)
    first, second = hire(database, people, 2, name="Dorte Vang")
    line = browser_of(people.line)
    form = WEEK | {"person": str(people.line.id), "substitute": str(people.omar.id), "found_substitute": ""}
    for typed, sentence in (
        ("Dorte", "Vælg en af dem, vi fandt."),
        ("dorte vang", "Vælg en af dem, vi fandt."),  # two have it
        ("Zigge", "Ingen hedder det. Prøv et andet stykke af navnet."),
    ):
        answer = line.post(HERE, data=form | {"find_substitute": typed})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{typed}"' in answer.text
    again = form | {"find_substitute": "Dorte", "found_substitute": "Dorte"}
    del again["substitute"]  # no button was pressed
    assert "Vælg, hvem der er vikar." in line.post(HERE, data=again).text
    assert absences(session) == []
    assert line.post(HERE, data=form | {"find_substitute": "åse  lund 003"}).status_code == 303
    ((_line, substitute),) = absences(session)
    assert substitute not in (people.omar.id, first, second)


def test_enter_takes_the_form_unless_a_name_is_left_open(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    hire(database, people, MANY)
    line = browser_of(people.line)
    form = WEEK | {"person": str(people.line.id), "substitute": str(people.omar.id), "find": "enter"}
    looked = line.post(HERE, data=form | {"find_substitute": "Gert"})
    assert looked.status_code == 200
    assert "Gert Friis 004" in looked.text
    assert absences(session) == []
    assert line.post(HERE, data=form).status_code == 303
    assert absences(session) == [(people.line.id, people.omar.id)]
    page = line.get(HERE).text
    first_button = re.search(r"<main.*?<form class=\"form\"[^>]*>\s*<button[^>]*>", page, re.DOTALL)
    assert first_button is not None
    assert 'value="enter" tabindex="-1" aria-hidden="true"' in first_button[0]


def test_whom_no_search_finds_is_not_taken(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    hire(database, people, MANY)
    form = WEEK | {"person": str(people.line.id)}
    line, lone = browser_of(people.line), browser_of(people.lone)
    for nobody in (people.jonas.id, people.line.id, people.anna.id):
        assert line.post(HERE, data=form | {"substitute": str(nobody)}).status_code == 422
    out = str(people.omar.id)
    with database.writing() as writing:
        writing.get_one(Person, people.omar.id).department_id = None
    assert lone.post(HERE, data=form | {"person": out, "substitute": str(people.line.id)}).status_code == 422
    assert lone.post(LED, data={"person": out, "to": str(people.line.id)}).status_code == 422
    assert absences(session) == []


@pytest.mark.both_databases
def test_a_leader_finds_who_is_away_and_whose_citizens_go_over(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    hire(database, people, MANY)
    lone = browser_of(people.lone)
    assert choices(lone.get(LED).text, "person") == {}
    both = {"find_person": "line", "find_to": "omar saleh", "note": "Line er rejst.", "find": "person"}
    page = lone.post(LED, data=both).text
    assert [one for one in choices(page, "person") if one.startswith("Line Madsen, 4 borgere")]
    assert [one for one, on in choices(page, "to").items() if one.startswith("Omar Saleh") and on]
    assert "Line er rejst." in page
    hers = {"person": str(people.line.id), "to": str(people.omar.id)} | {"found_person": "line"}
    sent = both | hers | {"found_to": "omar saleh", "trin": "se"}
    del sent["find"]
    assert "4 borgere går over til Omar Saleh" in lone.post(LED, data=sent).text
    for _twice in range(2):
        assert lone.post(LED, data=sent | {"trin": "send"}).location == f"{LED}?gemt=ja"
    assert len(session.exec(select(ContactHandover)).all()) == 4
    away = WEEK | {"find_person": "Line Madsen", "substitute": str(people.omar.id)}
    assert lone.post(HERE, data=away).status_code == 303
    assert absences(session) == [(people.line.id, people.omar.id)]
    assert "Line Madsen er væk" in lone.get(HERE).text


def test_a_contact_person_and_an_administrator_find_who_takes_over(
    database: Database, people: People, browser_of: Browser
) -> None:
    hire(database, people, MANY)
    form = {"citizens": str(people.anna.id), "note": "Ring gerne.", "find_to": "Birte", "find": "to"}
    page = browser_of(people.line).post(OWN, data=form).text
    assert len(choices(page, "to")) == 5
    assert "Ring gerne." in page
    assert "checked" in re.search(rf'<input[^>]*value="{people.anna.id}"[^>]*>', page, re.DOTALL)[0]  # type: ignore[index]
    there = f"/administration/personer/{people.line.id}/slut"
    admin = browser_of(people.admin)
    page = admin.post(there, data={"what": "contact", "find_to": "Åse", "find": "to"}).text
    assert len(choices(page, "to")) == 5
    nobody = admin.post(there, data={"what": "contact", "find_to": "", "trin": "se"}).text
    assert "4 borgere ville stå uden kontaktperson." in nobody
    named = admin.post(there, data={"what": "contact", "find_to": "Åse Lund 003", "trin": "se"}).text
    assert "4 borgere går over til Åse Lund 003" in named


def test_a_colleague_is_found_by_the_letters_that_one_has(
    database: Database, people: People, browser_of: Browser
) -> None:
    hire(database, people, MANY)
    hire(database, people, 1, name="Søren Renée Krag\u2011Åby")
    line = browser_of(people.line)
    form = WEEK | {"person": str(people.line.id), "found_substitute": "", "find": "substitute"}
    for typed in ("aaby", "soeren renee", "KRAG-ÅBY", "søren renée krag-åby"):
        found = choices(line.post(HERE, data=form | {"find_substitute": typed}).text, "substitute")
        mine = {one.partition(" Koord")[0]: on for one, on in found.items() if one.startswith("Søren")}
        assert list(mine.values()) == [typed.count(" ") == 2], (typed, found)  # in full it is a choice


@pytest.mark.both_databases
def test_four_times_as_many_colleagues_are_no_more_to_read(
    database: Database, people: People, browser_of: Browser
) -> None:
    pages = [(people.line, HERE), (people.lone, LED), (people.line, OWN)]
    read, size = [], []
    for more in (MANY, 3 * MANY):
        hire(database, people, more)
        if not database.is_sqlite:
            with database.writing() as session:
                session.connection().execute(text("ANALYZE"))
        for who, path in pages:
            reader = browser_of(who)
            with reads_of(database) as reads:
                page = reader.get(path)
            read.append(sum(reads.values()))
            size.append(len(page.data))
    few, many = read[: len(pages)], read[len(pages) :]
    assert all(after <= 1.1 * before + 60 for before, after in zip(few, many, strict=True)), (few, many)
    assert size[: len(pages)] == size[len(pages) :]
