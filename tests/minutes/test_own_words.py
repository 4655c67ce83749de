"""The citizen's own words stand beside what was agreed."""

from uuid import UUID

import pytest
from sqlmodel import Session

from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.minutes.held_meetings import OWN, WORDS, reader, readers, told, wrote_down


def test_the_citizen_adds_own_words_and_those_who_wrote_are_told(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting, by=reader("jonas", "professional"))
    anna, there = browser_of(people.anna), f"/kalender/{meeting}/mine-ord"
    assert there in anna.get(f"/kalender/{meeting}").text
    assert WORDS in anna.get(there).text
    for _twice in range(2):
        kept = anna.post(there, data={"words": OWN, "seen": ""})
        assert kept.location == f"/kalender/{meeting}?nyt=ord#aftalt"
    assert "Tak. Dine ord er gemt." in anna.get(kept.location).text
    assert told(session, "minutes_answered") == sorted([people.line.id, people.jonas.id])
    assert readers(browser_of, people, meeting, OWN) == {"anna", "line", "jonas"}
    page = browser_of(people.line).get(f"{people.anna.url}/kalender/{meeting}").text
    assert page.index(WORDS) < page.index("Det skriver Anna selv") < page.index(OWN)


def test_own_words_from_two_phones_are_never_lost(
    browser_of: Browser, database: Database, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting)
    anna, there = browser_of(people.anna), f"/kalender/{meeting}/mine-ord"
    anna.post(there, data={"words": OWN, "seen": ""})
    second = anna.post(there, data={"words": "Fra den anden telefon", "seen": ""})
    assert second.status_code == 409
    assert OWN in second.text
    assert "Fra den anden telefon" in second.text
    seen = NOW.isoformat()
    assert f'name="seen" value="{seen}"' in second.text
    assert anna.post(there, data={"words": "Begge dele", "seen": seen}).status_code == 303


@pytest.mark.parametrize(("words", "problem"), [(" ", "Et par ord er nok."), ("x" * 2001, "tegn for lang")])
def test_own_words_that_can_not_be_kept_stand_on_the_page(
    browser_of: Browser, database: Database, people: People, meeting: UUID, words: str, problem: str
) -> None:
    wrote_down(database, meeting)
    answer = browser_of(people.anna).post(f"/kalender/{meeting}/mine-ord", data={"words": words})
    assert (answer.status_code, problem in answer.text, words.strip() in answer.text) == (422, True, True)


def test_there_are_no_own_words_to_what_is_not_shared(
    browser_of: Browser, database: Database, people: People, meeting: UUID
) -> None:
    anna, there = browser_of(people.anna), f"/kalender/{meeting}/mine-ord"
    assert anna.get(there).status_code == 404
    wrote_down(database, meeting, share=False)
    assert (anna.get(there).status_code, anna.post(there, data={"words": OWN}).status_code) == (404, 404)
