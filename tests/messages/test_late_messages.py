"""A message whose answer doesn't come: all are told, and the substitute is let in, with a yes or without."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session, col, select, update

from app.dates.clock import fixed_clock
from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.messages.late_messages import mark_late_messages
from app.notifications.models import Notice
from app.plan.bulk import assign_contacts
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Cover
from app.plan.service import assign_contact
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.messages.thread import ANSWER, SECRET, answered, asked, messages, text_of, write

LAST_DAY = datetime(2026, 3, 5, 22, 30, tzinfo=UTC)  # 23.30 in Denmark
TOO_LATE = LAST_DAY + timedelta(hours=1)


def run(database: Database, now: datetime = TOO_LATE) -> int:
    with database.writing() as writing:
        return mark_late_messages(writing, now=now)


def where(person_id: UUID) -> str:
    return f"/borgere/{person_id}/beskeder"


def test_the_last_day_itself_is_in_time(database: Database, people: People) -> None:
    asked(database, people.anna)
    assert (run(database, LAST_DAY), run(database, TOO_LATE), run(database, TOO_LATE)) == (0, 1, 0)


def test_all_three_are_told_once(database: Database, people: People, session: Session) -> None:
    asked(database, people.anna)
    run(database)
    run(database)
    told = session.exec(select(Notice).where(Notice.kind == "message_late")).all()
    assert {one.person_id for one in told} == {people.anna.id, people.line.id, people.omar.id}
    assert len(told) == 3


@pytest.mark.both_databases
def test_the_answer_takes_the_news_of_its_lateness_along(
    database: Database, people: People, session: Session
) -> None:
    late = select(Notice).where(Notice.kind == "message_late")
    asked(database, people.anna)
    asked(database, people.bent)
    run(database)
    answered(database, people.anna, people.line.id, at=TOO_LATE)
    assert {one.citizen_id for one in session.exec(late)} == {people.bent.id}


@pytest.mark.parametrize("said_no", [False, True])
def test_the_substitute_reads_and_answers_and_is_out_again(
    app: Flask, database: Database, people: People, browser_of: Browser, said_no: bool
) -> None:
    if said_no:
        with database.writing() as session:
            withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    asked(database, people.anna)
    assert browser_of(people.omar).get(where(people.anna.id)).status_code == 404
    run(database)
    app.extensions["clock"] = fixed_clock(TOO_LATE)
    omar = browser_of(people.omar)
    assert SECRET in text_of(omar, where(people.anna.id))
    assert "Anna" in text_of(omar, "/beskeder")
    assert "Omar kan nu også læse og svare." in text_of(browser_of(people.anna), "/beskeder")
    if said_no:
        assert omar.get(f"/borgere/{people.anna.id}/plan").status_code == 403
    answer = write(omar, ANSWER, where(people.anna.id))
    assert (answer.status_code, answer.location) == (
        303,
        "/beskeder?nyt=sendt",
    )  # the thread is closed to him
    assert "Din besked er sendt." in text_of(omar, answer.location or "")
    assert browser_of(people.omar).get(where(people.anna.id)).status_code == 404


def test_somebody_not_yet_decided_is_covered_too(
    database: Database, people: People, browser_of: Browser
) -> None:
    asked(database, people.ny, "Hvad sker der, hvis jeg siger ja?")
    run(database)
    assert "Hvad sker der" in text_of(browser_of(people.omar), where(people.ny.id))


def test_what_was_answered_in_time_is_never_late(
    database: Database, people: People, session: Session
) -> None:
    asked(database, people.anna)
    answered(database, people.anna, people.line.id)
    assert run(database) == 0
    assert [one.late_at for one in messages(session)] == [None, None]


@pytest.mark.both_databases
def test_two_workers_make_it_late_once(database: Database, people: People, session: Session) -> None:
    asked(database, people.anna)
    asked(database, people.bent)
    start, done = Barrier(2), []

    def work() -> None:
        start.wait()
        done.append(run(database))

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 2
    assert len(session.exec(select(Notice).where(Notice.kind == "message_late")).all()) == 6


def test_where_nobody_stands_in_it_is_said_whom_to_call(
    app: Flask, database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        session.get_one(Person, people.line.id).substitute_id = None
    asked(database, people.anna)
    run(database)
    app.extensions["clock"] = fixed_clock(TOO_LATE)
    page = text_of(browser_of(people.anna), "/beskeder")
    assert "Ring til Solbjerg Kommune, hvis du ikke vil vente:" in page
    assert "kan nu også læse" not in page


def test_an_answer_in_a_wrong_thread_ends_no_wait_when_it_is_taken_out(
    app: Flask, database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    """With a trace and without: the question waits again, and is found late."""
    for minutes in (0, 11):
        asked(database, people.bent)
        sent = answered(database, people.bent, people.line.id, "Det var til Karim.")
        assert {one.settled_by_id for one in messages(session) if one.answer_by} == {sent}
        app.extensions["clock"] = fixed_clock(NOW + timedelta(minutes=minutes))
        url = f"{where(people.bent.id)}/{sent}/tag-ud"
        assert browser_of(people.line).post(url).status_code == 303
        assert {one.settled_at for one in messages(session) if one.answer_by} == {None}
    assert run(database) == 2


def other_contact(database: Database, people: People, way: str) -> None:
    """Make Ali Bent's contact person, a minute later; Sara stands in for him."""
    with database.writing() as session:
        for one in (people.ali, people.sara):
            session.add(PersonRole(person_id=one.id, role=Role.CONTACT, starts_at=NOW))
        session.get_one(Person, people.ali.id).substitute_id = people.sara.id
        at = TOO_LATE + timedelta(minutes=1)
        if way == "one":
            assign_contact(session, people.bent.id, people.ali.id, now=at)
        else:
            assign_contacts(session, {people.bent.id: people.ali.id}, now=at)


@pytest.mark.parametrize("way", ["one", "bulk"])
def test_with_a_new_contact_person_the_formers_substitute_is_out_and_theirs_is_in(
    app: Flask, database: Database, people: People, browser_of: Browser, way: str
) -> None:
    asked(database, people.bent)
    run(database)
    app.extensions["clock"] = fixed_clock(TOO_LATE + timedelta(minutes=5))
    omar, sara, hers = browser_of(people.omar), browser_of(people.sara), where(people.bent.id)
    assert SECRET in text_of(omar, hers)
    other_contact(database, people, way)
    assert [one.get(hers).status_code for one in (omar, sara)] == [404, 404]
    assert [run(database, TOO_LATE + timedelta(minutes=n)) for n in (5, 6)] == [1, 0]
    assert omar.get(hers).status_code == 404
    assert SECRET in text_of(sara, hers)
    assert write(browser_of(people.ali), ANSWER, hers).status_code == 303
    assert sara.get(hers).status_code == 404


def test_one_who_was_let_in_before_it_was_so_is_shut_out_by_the_next_round(
    database: Database, people: People, session: Session
) -> None:
    """The version before left the former's substitute in when the contact person changed."""
    message_id = asked(database, people.bent)
    run(database)
    other_contact(database, people, "one")
    with database.writing() as writing:
        writing.exec(update(Cover).values(ends_at=None))
    assert run(database, TOO_LATE + timedelta(minutes=5)) == 1
    let_in = select(Cover.substitute_id).where(Cover.about_id == message_id, col(Cover.ends_at).is_(None))
    assert session.exec(let_in).all() == [people.sara.id]
