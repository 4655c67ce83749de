"""What a message is about tells no more than is seen elsewhere; what an older form kept is not lost."""

from html import unescape
from uuid import uuid4

import pytest
from flask import Flask

from app.identity.offline_key import form_storage_key
from app.store.db import Database
from tests.assessments.answers import told
from tests.booking.fixtures import Booked
from tests.cast import People
from tests.conftest import Browser
from tests.messages.thread import SECRET, text_of, write
from tests.writing import wrote

HERS = "/borgere/%s/beskeder"


def test_a_message_tells_of_no_draft(people: People, browser_of: Browser, database: Database) -> None:
    draft, shared = wrote(database, people.anna).id, wrote(database, people.anna, "shared").id
    anna, line = browser_of(people.anna), browser_of(people.line)
    link = "/beskeder?om=entry-%s#skriv"
    assert link % draft not in text_of(anna, f"/skriv/{draft}")
    assert link % shared in text_of(anna, f"/skriv/{shared}")
    assert "Din besked handler om" not in text_of(anna, f"/beskeder?om=entry-{draft}")
    kept_open = write(anna, SECRET, om=f"entry-{draft}")
    assert (kept_open.status_code, SECRET in unescape(kept_open.text)) == (404, True)
    write(anna, SECRET, om=f"entry-{shared}")
    assert "Om en drøm" in text_of(line, HERS % people.anna.id)
    anna.post(f"/skriv/{shared}/tag-tilbage")
    for reader, where in ((anna, "/beskeder"), (line, HERS % people.anna.id)):
        page = text_of(reader, where)
        assert SECRET in page
        assert "Om en drøm" not in page


@pytest.mark.both_databases
def test_a_message_about_a_meeting_says_when_it_is(
    people: People, browser_of: Browser, booked: Booked
) -> None:
    hers, his = booked(), booked("2026-03-06 13:00", 60, "line", "thea", citizen="bent")
    anna = browser_of(people.anna)
    assert "om mødet torsdag den 5. marts" in text_of(anna, f"/beskeder?om=meeting-{hers}")
    assert "Din besked handler om" not in text_of(anna, f"/beskeder?om=meeting-{his}")


def test_a_message_that_was_begun_about_what_is_taken_back_can_be_sent(
    people: People, browser_of: Browser, database: Database
) -> None:
    dream, anna = wrote(database, people.anna, "shared").id, browser_of(people.anna)
    kept = write(anna, SECRET, om=f"entry-{dream}", gem="kladde").location or ""
    anna.post(f"/skriv/{dream}/tag-tilbage")
    page = text_of(anna, kept)
    assert SECRET in page
    assert '<input type="hidden" name="om" value="">' in page


def test_a_message_about_what_is_in_the_plan_says_so_with_a_draft_beside_it(
    people: People, browser_of: Browser, database: Database
) -> None:
    dream = wrote(database, people.anna, "in_plan").id
    anna = browser_of(people.anna)
    anna.post(f"/skriv/{dream}/ret", data={"key": uuid4().hex, "words": "Nye ord", "gem": "kladde"})
    assert f"/beskeder?om=entry-{dream}#skriv" in text_of(anna, f"/skriv/{dream}")
    write(anna, SECRET, om=f"entry-{dream}")
    assert "Om en drøm" in text_of(browser_of(people.line), HERS % people.anna.id)


def test_what_a_phone_kept_of_the_form_of_the_release_before_comes_back_in_the_thread(
    app: Flask, people: People, browser_of: Browser, database: Database
) -> None:
    """The name that it is kept under is the one that form had; a helper's field has another."""
    secret = app.extensions["settings"].secret_key
    name = form_storage_key(secret, people.anna.id, "andet")
    dream = wrote(database, people.anna, "shared").id
    assert f'data-keep="{name}"' in browser_of(people.anna).get("/beskeder").text
    assert f'data-keep="{name}"' not in browser_of(people.anna).get(f"/beskeder?om=entry-{dream}").text
    of_line = form_storage_key(secret, people.line.id, "andet")
    assert f'data-keep="{of_line}"' not in browser_of(people.line).get(HERS % people.anna.id).text


@pytest.mark.parametrize(("slags", "status"), [("", 307), ("andet", 307), ("hest", 404)])
def test_only_a_message_goes_on_as_one_and_the_words_of_another_form_stand(
    people: People, browser_of: Browser, slags: str, status: int
) -> None:
    data = {"key": uuid4().hex, "slags": slags, "words": SECRET, "gem": "del"}
    answer = browser_of(people.anna).post("/skriv", data=data)
    assert answer.status_code == status
    assert status == 307 or SECRET in unescape(answer.text)


@pytest.mark.both_databases
def test_a_message_tells_of_no_answer_that_is_not_shown(
    people: People, browser_of: Browser, database: Database
) -> None:
    private, shown = told(database, people.anna), told(database, people.anna, "shown", topic="krop")
    anna, line = browser_of(people.anna), browser_of(people.line)
    link = "/beskeder?om=assessment-%s#skriv"
    assert link % private not in text_of(anna, f"/fremgang/{private}")
    assert link % shown in text_of(anna, f"/fremgang/{shown}")
    assert "Din besked handler om" not in text_of(anna, f"/beskeder?om=assessment-{private}")
    write(anna, SECRET, om=f"assessment-{shown}")
    assert "Om et svar på, hvordan det går" in text_of(line, HERS % people.anna.id)
    anna.post(f"/fremgang/{shown}/skjul")
    assert "Om et svar på" not in text_of(line, HERS % people.anna.id)
