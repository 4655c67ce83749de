"""Two devices of one writer, two who help: nothing newer is overwritten, answered or read unseen."""

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from app.dates.clock import fixed_clock
from app.messages.models import Message, MessageDraft
from app.messages.service import send_to_contact
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.messages.thread import ANSWER, SECRET, asked, draft_in, messages, text_of, write
from tests.writing import SITE

pytestmark = pytest.mark.both_databases

HERS = "/borgere/%s/beskeder"


def test_a_draft_that_was_changed_on_another_device_is_kept_beside(
    app: Flask, people: People, browser_of: Browser, session: Session
) -> None:
    phone, desk = browser_of(people.anna), browser_of(people.anna)
    write(phone, "Først", gem="kladde")
    old = draft_in(text_of(phone, "/beskeder"))
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=1))
    write(desk, "Så meget mere", gem="kladde", kladde=old)
    write(phone, "Først, og lidt til", gem="kladde", kladde=old)
    assert set(session.exec(select(MessageDraft.words))) == {"Så meget mere", "Først, og lidt til"}
    session.rollback()
    write(phone, "Først", kladde=old)  # sent: what the other device wrote stays
    assert set(session.exec(select(MessageDraft.words))) == {"Så meget mere", "Først, og lidt til"}


def test_a_draft_is_sent_once_from_two_devices(people: People, browser_of: Browser, session: Session) -> None:
    phone, desk = browser_of(people.anna), browser_of(people.anna)
    write(phone, SECRET, gem="kladde")
    known = draft_in(text_of(phone, "/beskeder"))
    assert [write(one, SECRET, kladde=known).status_code for one in (phone, desk)] == [303, 303]
    assert [one.words for one in messages(session)] == [SECRET]


@pytest.mark.parametrize("how", ["kraever-ikke-svar", "reply"])
def test_what_came_after_the_page_was_shown_still_waits(
    app: Flask, people: People, browser_of: Browser, session: Session, database: Database, how: str
) -> None:
    seen = asked(database, people.anna, at=NOW - timedelta(minutes=2))
    line, there = browser_of(people.line), HERS % people.anna.id
    assert f'name="seneste" value="{seen}"' in text_of(line, there)
    asked(database, people.anna, "Jeg har ikke mad.", at=NOW - timedelta(minutes=1))
    if how == "reply":
        write(line, ANSWER, there, seneste=str(seen))
    else:
        line.post(f"{there}/{how}", data={"seneste": str(seen)})
    waits = {one.words: one.settled_at is None for one in messages(session) if one.answer_by}
    assert waits == {SECRET: False, "Jeg har ikke mad.": True}
    assert "Svar senest" in text_of(line, there)


def test_only_what_is_shown_is_read(people: People, browser_of: Browser, database: Database) -> None:
    with database.writing() as writing:
        for number in range(35):
            at = NOW - timedelta(hours=40 - number)
            send_to_contact(writing, people.anna.id, f"Nummer {number}.", now=at, workdays=SITE.workdays)
    text_of(browser_of(people.line), HERS % people.anna.id)
    with database.reading() as reading:
        unread = reading.exec(select(Message.words).where(col(Message.read_at).is_(None))).all()
    assert set(unread) == {f"Nummer {number}." for number in range(5)}


def test_what_is_typed_and_the_drafts_stand_there_after_a_refusal(
    people: People, browser_of: Browser
) -> None:
    anna = browser_of(people.anna)
    write(anna, "En kladde", gem="kladde")
    page = unescape(write(anna, "x" * 4001).text)
    assert ("x" * 4001 in page, "En kladde" in page) == (True, True)
