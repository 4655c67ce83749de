"""Indstillinger: language, text size, and where one is signed in."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app import i18n
from app.identity.login import DEMO_COOKIE
from app.identity.models import Person
from app.identity.rules import TextSize
from app.store.db import Database
from tests.cast import People
from tests.conftest import Browser

HERE = "/indstillinger"
CATALOGUE = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Sprog"
msgstr "اللغة"
"""


@pytest.fixture
def arabic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of our own, so that what is tested is the choice and not today's translations."""
    folder = tmp_path / "catalogues" / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(CATALOGUE, "utf-8")
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path / "catalogues")


@pytest.mark.usefixtures("arabic")
def test_what_is_chosen_is_kept_and_speaks_at_once(
    browser_of: Browser, people: People, database: Database
) -> None:
    anna = browser_of(people.anna)
    saved = anna.post(HERE, data={"language": "ar", "text_size": "largest"})
    assert (saved.status_code, saved.location) == (303, "/indstillinger?gemt=valg")
    page = anna.get(saved.location).text
    assert '<html lang="ar" dir="rtl" data-text="largest">' in page
    assert re.search(r'name="language"\s+value="ar" checked', page)
    assert re.search(r'name="text_size"\s+value="largest" checked', page)
    assert "Dine valg er gemt." in page
    with database.reading() as session:
        kept = session.get_one(Person, people.anna.id)
    assert (kept.language, kept.text_size) == ("ar", TextSize.LARGEST)


@pytest.mark.usefixtures("arabic")
def test_each_language_stands_in_its_own_name_and_each_size_in_that_size(
    browser_of: Browser, people: People
) -> None:
    page = browser_of(people.line).get(HERE).text
    assert 'lang="ar">العربية</span>' in page
    for size in ("normal", "large", "largest"):
        assert f'<span class="choice__words" data-text="{size}">' in page
    assert "English" not in page  # not offered before there is a catalogue


def test_only_one_language_is_no_choice(
    browser_of: Browser, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    anna = browser_of(people.anna)
    assert 'name="language"' not in anna.get(HERE).text
    assert anna.post(HERE, data={"text_size": "large"}).status_code == 303


@pytest.mark.parametrize("sent", [{}, {"text_size": "huge"}, {"text_size": "large", "language": "xx"}])
def test_what_is_no_choice_is_explained_and_changes_nothing(
    sent: dict[str, str], browser_of: Browser, people: People, database: Database
) -> None:
    response = browser_of(people.anna).post(HERE, data=sent)
    assert response.status_code == 422
    assert "Der er problemer" in response.text
    with database.reading() as session:
        assert session.get_one(Person, people.anna.id).text_size is TextSize.NORMAL


def test_all_other_phones_are_signed_out_and_this_one_stays(browser_of: Browser, people: People) -> None:
    here, there, omar = browser_of(people.line), browser_of(people.line), browser_of(people.omar)
    assert "en anden telefon" in here.get(HERE).text
    done = here.post("/indstillinger/log-af-andre")
    assert (done.status_code, here.get(done.location).status_code) == (303, 200)
    assert "Du er ikke logget ind andre steder." in here.get(HERE).text
    assert there.get(HERE).location == "/log-ind"
    assert omar.get(HERE).status_code == 200  # nobody else is touched


def test_it_says_who_is_signed_in(browser_of: Browser, people: People) -> None:
    assert "Du er logget ind som Karim Haddad." in browser_of(people.karim).get(HERE).text


def test_a_stranger_is_asked_to_sign_in(browser_of: Browser, app: Flask) -> None:
    nobody = browser_of(None)
    assert nobody.get(HERE).location == "/log-ind"
    assert nobody.post(HERE, data={"text_size": "large"}).status_code == 401
    nobody.set_cookie(DEMO_COOKIE, "made-up", domain="localhost")
    assert nobody.get(HERE).location == "/log-ind"


@pytest.mark.usefixtures("arabic")
def test_both_choices_are_saved_in_one_way_and_stand_as_chosen(browser_of: Browser, people: People) -> None:
    anna = browser_of(people.anna)
    anna.post(HERE, data={"language": "ar", "text_size": "large"})
    page = anna.get(HERE).text
    assert page.count('<form class="form" method="post" action="/indstillinger"') == 1
    chosen = re.findall(r'name="(text_size|language)"\s+value="(\w+)" checked', page)
    assert chosen == [("text_size", "large"), ("language", "ar")]


def test_signing_out_stands_last(browser_of: Browser, people: People) -> None:
    main = browser_of(people.anna).get(HERE).text.partition("</main>")[0]
    places = [main.index(f'id="{one}"') for one in ("text_size", "adgangsnoegler", "logget-ind")]
    assert places == sorted(places)
