"""/godkend: one entry at a time, the words large, two answers, and kind words for the second of two."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from app.access.models import AccessLogEntry
from app.dates.clock import fixed_clock
from app.entries.models import Entry
from app.entries.rules import REPLY_MOST, EntryKind, EntryState
from app.entries.service.authoring import revise_entry, take_back_entry
from app.entries.service.escalation import mark_late
from app.goals.models import GoalResponse
from app.plan.models import Absence, Cover
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import REPLY, WORDS, share, wrote

LATE = NOW - timedelta(days=20)


def address(entry: Entry, verb: str) -> str:
    return f"/borgere/{entry.author_id}/forslag/{entry.id}/{verb}"


def say_yes(client: FlaskClient, entry: Entry, version: object = 1) -> TestResponse:
    return client.post(address(entry, "godkend"), data={"version": version})


def say_talk(client: FlaskClient, entry: Entry, words: str = REPLY, version: object = 1) -> TestResponse:
    return client.post(address(entry, "tal"), data={"version": version, "words": words})


def state(session: Session, entry: Entry) -> EntryState:
    session.rollback()
    return session.get_one(Entry, entry.id).state


@pytest.fixture
def line(people: People, browser_of: Browser) -> FlaskClient:
    return browser_of(people.line)


def test_nothing_waits(line: FlaskClient) -> None:
    assert "Ingen venter på svar" in line.get("/godkend").text


@pytest.mark.parametrize("who", ["anna", "jonas", "vibeke", "lone", "admin"])
def test_only_contact_persons_have_a_queue(people: People, browser_of: Browser, who: str) -> None:
    assert browser_of(getattr(people, who)).get("/godkend").status_code == 404


def test_it_shows_words_who_and_when(line: FlaskClient, database: Database, people: People) -> None:
    wrote(database, people.anna, "shared")
    text = line.get("/godkend").text
    for shown in (
        WORDS,
        people.anna.name,
        "Drøm",
        "Drøm, delt søn. 1. mar",
        "Svar senest fredag den 6. marts",
    ):
        assert shown in text
    assert "1 af 1" in text
    assert "Næste" not in text
    assert text.index(people.anna.name) < text.index(WORDS)
    assert "Godkend – tag med i planen" in text
    assert "Lad os tale om det" in text


def test_what_is_not_shared_does_not_wait(line: FlaskClient, database: Database, people: People) -> None:
    for to in ("draft", "in_plan", "talk"):
        wrote(database, people.anna, to)
    assert "Ingen venter på svar" in line.get("/godkend").text


def test_anothers_citizens_are_not_in_my_queue(
    people: People, database: Database, browser_of: Browser
) -> None:
    wrote(database, people.anna, "shared")
    assert "Ingen venter på svar" in browser_of(people.omar).get("/godkend").text


def test_the_oldest_day_first_and_next_leads_round(
    line: FlaskClient, database: Database, people: People
) -> None:
    wrote(database, people.anna, "shared", words="Nyest")
    wrote(database, people.karim, "shared", words="Ældst", at=LATE)
    first = line.get("/godkend").text
    assert "Ældst" in first
    assert "1 af 2" in first
    assert "Forsinket. Sidste dag var" in first
    link = first.partition('href="/godkend?efter=')[2].partition('"')[0]
    second = line.get(f"/godkend?efter={link}").text
    assert "Nyest" in second
    assert "2 af 2" in second
    link = second.partition('href="/godkend?efter=')[2].partition('"')[0]
    assert "Ældst" in line.get(f"/godkend?efter={link}").text


def test_a_link_leads_to_one_that_is_not_the_first(
    line: FlaskClient, database: Database, people: People
) -> None:
    wrote(database, people.karim, "shared", words="Ældst", at=LATE)
    entry = wrote(database, people.anna, "shared", words="Nyest")
    text = line.get(f"/godkend?vis={entry.id}").text
    assert "Nyest" in text
    assert "Ældst" not in text
    assert "2 af 2" in text


def test_what_was_answered_long_ago_names_nobody(
    line: FlaskClient, app: Flask, database: Database, people: People
) -> None:
    entry = wrote(database, people.anna, "shared")
    there = say_yes(line, entry).location
    app.extensions["clock"] = fixed_clock(NOW + timedelta(hours=2))
    assert "Anna" not in line.get(there).text


def test_a_form_that_fails_leaves_the_address_as_it_was(
    line: FlaskClient, database: Database, people: People
) -> None:
    """The address of a form can't be read: back and reload must never ask whether to send it again."""
    entry = wrote(database, people.anna, "shared")
    told = line.get("/godkend").text
    assert "<details" in told.partition("Lad os tale om det først")[0].rpartition("<summary>")[0][-80:]
    failed = say_talk(line, entry, " ")
    assert failed.headers["HX-Push-Url"] == "false"
    assert '<details class="more" open>' in failed.text
    assert '<details class="more" open>' not in told
    assert f'data-hx-post="{address(entry, "tal")}"' in told


NOBODYS = UUID("00000000-0000-4000-8000-000000000000")


@pytest.mark.parametrize(
    "query", ["efter=x", f"efter={NOBODYS}", f"svaret={NOBODYS}", "svaret=", f"vis={NOBODYS}"]
)
def test_a_strange_address_shows_the_first(
    line: FlaskClient, database: Database, people: People, query: str
) -> None:
    wrote(database, people.anna, "shared")
    assert WORDS in line.get(f"/godkend?{query}").text


def test_only_the_citizen_shown_is_logged(
    line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    wrote(database, people.karim, "shared", at=LATE)
    wrote(database, people.anna, "shared")
    line.get("/godkend")
    looks = [(one.citizen_id, one.action, one.relation) for one in session.exec(select(AccessLogEntry))]
    assert looks == [(people.karim.id, "queue:read", "contact")]


def test_approved_it_stands_in_the_plan_and_one_is_told(
    line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    entry = wrote(database, people.anna, "shared")
    answer = say_yes(line, entry)
    assert (answer.status_code, answer.location) == (303, f"/godkend?svaret={entry.id}")
    assert state(session, entry) is EntryState.IN_PLAN
    after = line.get(answer.location).text
    assert "Det, Anna skrev, er med i planen." in after
    assert WORDS not in after


def test_what_another_answered_is_not_told_as_mine(
    database: Database, people: People, browser_of: Browser
) -> None:
    entry = wrote(database, people.anna, "in_plan")
    assert "er med i planen." not in browser_of(people.omar).get(f"/godkend?svaret={entry.id}").text


def test_an_approved_goal_is_agreed_on(
    line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    goal, dream = (
        wrote(database, people.anna, "shared", kind=EntryKind.GOAL),
        wrote(database, people.anna, "shared"),
    )
    for entry in (goal, dream, goal):
        say_yes(line, entry)
    agreed = [(one.goal_id, one.person_id, one.answer) for one in session.exec(select(GoalResponse))]
    assert agreed == [(goal.id, people.anna.id, "agree")]


@pytest.mark.both_databases
def test_a_talk_needs_a_kind_sentence(
    line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    entry = wrote(database, people.anna, "shared")
    answer = say_talk(line, entry, " ")
    assert answer.status_code == 422
    assert "Skriv en venlig sætning om det, I skal tale om." in answer.text
    assert state(session, entry) is EntryState.SHARED
    sent = say_talk(line, entry)
    assert "I taler om det først." in line.get(sent.location).text
    assert state(session, entry) is EntryState.TALK


def test_an_empty_sentence_to_what_is_answered_says_who_was_first(
    line: FlaskClient, database: Database, people: People
) -> None:
    answer = say_talk(line, wrote(database, people.anna, "in_plan"), " ")
    assert answer.status_code == 409
    assert "Line har allerede svaret og taget det med i planen." in answer.text
    assert line.post(f"{people.anna.url}/forslag/{uuid4()}/tal").status_code == 404


def test_a_sentence_too_long_is_kept(line: FlaskClient, database: Database, people: People) -> None:
    wrote(database, people.karim, "shared", words="En andens", at=LATE)  # the first in the queue
    entry = wrote(database, people.anna, "shared")
    answer = say_talk(line, entry, "æ" * (REPLY_MOST + 3))
    assert answer.status_code == 422
    assert "Din tekst er 3 tegn for lang." in answer.text
    assert "æ" * (REPLY_MOST + 3) in answer.text
    assert WORDS in answer.text  # still the entry it is about


@pytest.mark.parametrize("verb", ["godkend", "tal"])
def test_nobody_else_may_answer(database: Database, people: People, browser_of: Browser, verb: str) -> None:
    entry = wrote(database, people.anna, "shared")
    expected = {"anna": 403, "jonas": 403, "omar": 404, "lone": 404, "fremmed": 404, "vibeke": 404}
    data = {"version": 1, "words": REPLY}
    got = {
        who: browser_of(getattr(people, who)).post(address(entry, verb), data=data).status_code
        for who in expected
    }
    assert got == expected


def test_newer_words_must_be_read_first(
    line: FlaskClient, database: Database, people: People, session: Session
) -> None:
    entry = wrote(database, people.anna, "shared")
    with database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=NOW)
        revise_entry(writing, people.anna.id, entry.id, "Helt nye ord", by=people.anna.id, now=NOW)
        share(writing, entry)
    answer = say_talk(line, entry)
    assert answer.status_code == 409
    assert "Anna har skrevet noget nyt. Læs det, og svar en gang til." in answer.text
    assert "Helt nye ord" in answer.text
    assert REPLY in answer.text
    assert WORDS not in answer.text  # it was taken back unanswered: the citizen's alone
    assert state(session, entry) is EntryState.SHARED
    assert say_talk(line, entry, version=2).status_code == 303


@pytest.mark.parametrize("version", ["", "x", "0", "²", "9" * 40])
def test_a_form_that_does_not_say_what_was_read_is_not_taken(
    line: FlaskClient, database: Database, people: People, session: Session, version: str
) -> None:
    entry = wrote(database, people.anna, "shared")
    assert say_yes(line, entry, version).status_code == 409
    assert state(session, entry) is EntryState.SHARED


def test_what_was_said_before_is_shown(line: FlaskClient, database: Database, people: People) -> None:
    entry = wrote(database, people.anna, "talk")
    with database.writing() as writing:
        revise_entry(writing, people.anna.id, entry.id, "Nye ord", by=people.anna.id, now=NOW)
        share(writing, entry)
    text = line.get("/godkend").text
    assert "Nye ord" in text
    assert "og ville først tale om det her" in text
    assert WORDS in text
    assert REPLY in text


def test_a_longer_queue_and_plan_take_the_same_ten_questions(
    line: FlaskClient, database: Database, people: People, asked: list[str]
) -> None:
    """Who asks, what waits, the log, the one; five of what stands around it; and what was approved."""
    for _more in range(2):
        wrote(database, people.anna, "shared")
        wrote(database, people.anna, "in_plan", kind=EntryKind.GOAL)
        line.get("/godkend")
        asked.clear()
        line.get("/godkend")
        assert len(asked) == 10


def test_what_stands_in_the_plan_is_shown_beside(
    line: FlaskClient, database: Database, people: People
) -> None:
    entry = wrote(database, people.anna, "in_plan")
    with database.writing() as writing:
        revise_entry(writing, people.anna.id, entry.id, "Nye ord", by=people.anna.id, now=NOW)
        share(writing, entry)
    assert "Det står i planen nu" in line.get("/godkend").text


def test_the_second_is_told_kindly_and_keeps_the_words(
    line: FlaskClient, database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    entry = wrote(database, people.anna, "shared")
    with database.writing() as writing:
        line_id, omar_id = people.line.id, people.omar.id
        until = NOW + timedelta(days=1)
        writing.add(Absence(person_id=line_id, substitute_id=omar_id, starts_at=NOW, ends_at=until))
    assert say_yes(browser_of(people.omar), entry).status_code == 303
    answer = say_talk(line, entry)
    assert answer.status_code == 409
    assert "Omar har allerede svaret og taget det med i planen." in answer.text
    assert REPLY in answer.text
    assert state(session, entry) is EntryState.IN_PLAN


def test_a_late_entry_is_in_the_substitutes_queue_alone(
    database: Database, people: People, browser_of: Browser
) -> None:
    entry = wrote(database, people.anna, "shared", at=LATE)
    wrote(database, people.anna, "shared", words="Ikke forsinket")
    omar = browser_of(people.omar)
    assert "Ingen venter på svar" in omar.get("/godkend").text
    with database.writing() as writing:
        mark_late(writing, now=NOW)
    text = omar.get("/godkend").text
    assert WORDS in text
    assert "1 af 1" in text  # what is in time is still Line's
    assert say_yes(omar, entry).status_code == 303
    assert "Ingen venter på svar" in omar.get("/godkend").text


@pytest.mark.both_databases
def test_one_who_stood_in_is_told_who_was_first(
    line: FlaskClient, database: Database, people: People, browser_of: Browser
) -> None:
    entry = wrote(database, people.anna, "shared", at=LATE)
    with database.writing() as writing:
        mark_late(writing, now=NOW)
    say_yes(line, entry)
    answer = say_talk(browser_of(people.omar), entry)
    assert answer.status_code == 409
    assert "Line har allerede svaret og taget det med i planen." in answer.text
    assert REPLY in answer.text
    assert WORDS not in answer.text


def test_an_hour_later_there_is_nobody_to_answer(
    line: FlaskClient, database: Database, people: People, browser_of: Browser
) -> None:
    entry = wrote(database, people.anna, "shared", at=LATE)
    with database.writing() as writing:
        mark_late(writing, now=NOW)
    say_yes(line, entry)
    with database.writing() as writing:
        cover = writing.exec(select(Cover)).one()
        cover.starts_at, cover.ends_at = NOW - timedelta(hours=3), NOW - timedelta(hours=2)
    assert say_talk(browser_of(people.omar), entry).status_code == 404


@pytest.mark.both_databases
def test_of_two_who_answer_at_once_one_wins(
    database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    entry = wrote(database, people.anna, "shared", at=LATE)
    with database.writing() as writing:
        mark_late(writing, now=NOW)
    browsers = {"Line": browser_of(people.line), "Omar": browser_of(people.omar)}
    gate, answers = Barrier(2), {}

    def answer(name: str) -> None:
        gate.wait(10)
        answers[name] = say_yes(browsers[name], entry)

    both = [Thread(target=answer, args=(name,)) for name in browsers]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(one.status_code for one in answers.values()) == [303, 409]
    winner, loser = sorted(answers, key=lambda name: answers[name].status_code)
    assert f"{winner} har allerede svaret og taget det med i planen." in answers[loser].text
    session.rollback()
    assert session.get_one(Entry, entry.id).answered_by == getattr(people, winner.lower()).id


def test_no_words_stand_in_an_address(line: FlaskClient, database: Database, people: People) -> None:
    there = say_talk(line, wrote(database, people.anna, "shared")).location
    assert UUID(there.removeprefix("/godkend?svaret="))
