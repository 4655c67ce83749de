"""A message in the wrong thread is taken out: gone for everybody but its writer, and told if it was seen."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from app.access.models import AccessLogEntry
from app.dates.clock import fixed_clock
from app.identity.models import Person
from app.messages.models import Message
from app.notifications.models import Notice
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.messages.thread import ANSWER, SECRET, answered, asked, messages, text_of
from tests.writing import wrote

pytestmark = pytest.mark.both_databases

TOLD = "En besked er fjernet. Den var ikke til dig."


def take_out(people: People, browser_of: Browser, message_id: UUID) -> int:
    url = f"/borgere/{people.anna.id}/beskeder/{message_id}/tag-ud"
    return browser_of(people.line).post(url).status_code


def taken_out(session: Session) -> Sequence[AccessLogEntry]:
    """Return the rows of the acts. The guard's are of a sign-in, and stand though nothing was done."""
    acts = select(AccessLogEntry).where(AccessLogEntry.action == "message:take_out")
    return session.exec(acts.where(col(AccessLogEntry.session_id).is_(None))).all()


def test_what_was_read_is_gone_for_her_and_told(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    sent = answered(database, people.anna, people.line.id)
    anna = browser_of(people.anna)
    assert ANSWER in text_of(anna, "/beskeder")
    assert take_out(people, browser_of, sent) == 303
    page = text_of(anna, "/beskeder")
    assert (ANSWER in page, TOLD in page) == (False, True)
    hers = text_of(browser_of(people.line), f"/borgere/{people.anna.id}/beskeder")
    assert ANSWER in hers
    assert "Line har fjernet en besked." in text_of(anna, "/")
    (logged,) = taken_out(session)
    assert (logged.citizen_id, logged.actor_id) == (people.anna.id, people.line.id)
    line = session.get_one(Person, people.line.id)
    assert (logged.relation, logged.department_id, logged.at) == ("contact", line.department_id, NOW)
    assert line.department_id is not None
    again = answered(database, people.anna, people.line.id)
    text_of(anna, "/beskeder")
    take_out(people, browser_of, again)
    session.rollback()
    assert len(taken_out(session)) == 2


@pytest.mark.usefixtures("line_is_away")
def test_another_who_helps_no_longer_reads_it(
    people: People, browser_of: Browser, database: Database
) -> None:
    sent = answered(database, people.anna, people.line.id)
    text_of(browser_of(people.anna), "/beskeder")
    take_out(people, browser_of, sent)
    assert ANSWER not in text_of(browser_of(people.omar), f"/borgere/{people.anna.id}/beskeder")


def test_what_nobody_read_goes_without_a_trace(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    sent = answered(database, people.anna, people.line.id)
    assert take_out(people, browser_of, sent) == 303
    assert messages(session) == []
    assert session.exec(select(Notice).where(Notice.about_id == sent)).all() == []
    assert taken_out(session) == []
    assert TOLD not in text_of(browser_of(people.anna), "/beskeder")


def test_after_ten_minutes_it_leaves_a_trace_though_nobody_read_it(
    app: Flask, people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    sent = answered(database, people.anna, people.line.id)
    app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=11))
    assert take_out(people, browser_of, sent) == 303
    assert messages(session)[0].removed_by == people.line.id
    assert TOLD in text_of(browser_of(people.anna), "/beskeder")


def test_what_a_citizen_wrote_stays(people: People, browser_of: Browser, database: Database) -> None:
    sent = asked(database, people.anna)
    assert take_out(people, browser_of, sent) == 409
    assert SECRET in text_of(browser_of(people.anna), "/beskeder")


def test_only_from_its_own_thread(
    people: People, browser_of: Browser, database: Database, session: Session
) -> None:
    sent = answered(database, people.bent, people.line.id)
    assert take_out(people, browser_of, sent) == 404
    assert session.get_one(Message, sent).removed_at is None


def test_the_words_of_a_talk_stand_at_the_entry_and_are_not_taken_out(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    wrote(database, people.anna, "talk")
    (talk,) = messages(session)
    assert "Er beskeden sendt til den forkerte?" not in text_of(
        browser_of(people.line), f"/borgere/{people.anna.id}/beskeder"
    )
    assert take_out(people, browser_of, talk.id) == 409
    assert [one.removed_at for one in messages(session)] == [None]


def test_the_talk_answers_no_question_of_the_thread_and_is_told_once(
    people: People, session: Session, database: Database
) -> None:
    asked(database, people.anna)
    wrote(database, people.anna, "talk")
    assert [one.settled_at for one in messages(session)] == [None, None]
    told = session.exec(select(Notice.kind).where(Notice.person_id == people.anna.id)).all()
    assert sorted(told) == ["entry_talk"]
