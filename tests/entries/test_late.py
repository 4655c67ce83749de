"""An answer that doesn't come: a dated event, both told, and the substitute let in."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlmodel import Session, select

from app.access.policy import Action, may
from app.entries.models import Entry, EntryEvent
from app.entries.rules import EntryEventKind
from app.entries.service.authoring import take_back_entry
from app.entries.service.escalation import mark_late
from app.entries.service.review import approve_entry, talk_about_entry
from app.identity.models import Person
from app.notifications.models import Notice
from app.notifications.queries import read_news
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Cover
from app.plan.relations import find_subject
from app.plan.service import assign_contact
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import wrote

LAST_DAY = datetime(
    2026, 3, 6, 22, 30, tzinfo=UTC
)  # shared on Sunday 1 March: Friday 6 March, 23.30 in Denmark
TOO_LATE = LAST_DAY + timedelta(hours=1)


def run(database: Database, now: datetime) -> int:
    with database.writing() as writing:
        return mark_late(writing, now=now)


def test_the_last_day_itself_is_in_time(database: Database, people: People) -> None:
    wrote(database, people.anna, "shared")
    assert run(database, LAST_DAY) == 0
    assert run(database, TOO_LATE) == 1


def test_late_it_is_an_event_and_all_are_told(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    run(database, TOO_LATE)
    assert session.get_one(Entry, entry.id).late_at == TOO_LATE
    event = session.exec(select(EntryEvent).where(EntryEvent.what == EntryEventKind.LATE)).one()
    assert (event.at, event.actor_id, event.version) == (TOO_LATE, None, 1)
    told = session.exec(select(Notice).where(Notice.kind == "entry_late")).all()
    assert {one.person_id for one in told} == {people.anna.id, people.line.id, people.omar.id}


def may_answer(session: Session, people: People, who: str) -> bool:
    subject, _name = find_subject(session, people.anna.id, getattr(people, who).id, now=TOO_LATE) or (
        None,
        "",
    )
    assert subject is not None
    return may(subject, Action.ENTRY_ANSWER)


def test_the_substitute_may_answer_until_somebody_has(
    database: Database, session: Session, people: People
) -> None:
    entry = wrote(database, people.anna, "shared")
    assert not may_answer(session, people, "omar")
    run(database, TOO_LATE)
    session.rollback()
    assert may_answer(session, people, "omar")
    with database.writing() as writing:
        approve_entry(writing, people.anna.id, entry.id, version=1, by=people.line.id, now=TOO_LATE)
    session.rollback()
    assert not may_answer(session, people, "omar")


def test_taking_it_back_ends_the_cover(database: Database, session: Session, people: People) -> None:
    entry = wrote(database, people.anna, "shared")
    run(database, TOO_LATE)
    with database.writing() as writing:
        take_back_entry(writing, people.anna.id, entry.id, by=people.anna.id, now=TOO_LATE)
    assert session.exec(select(Cover.ends_at)).all() == [TOO_LATE]
    assert session.get_one(Entry, entry.id).late_at is None


def test_a_no_shuts_the_door_that_a_late_answer_opened(
    database: Database, people: People, browser_of: Browser
) -> None:
    wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    run(database, NOW)
    omar, hers = browser_of(people.omar), f"{people.anna.url}/kalender"
    assert omar.get(hers).status_code == 200
    assert people.anna.name in omar.get("/borgere").text
    with database.writing() as writing:
        withdraw_yes(writing, people.anna.id, by=people.anna.id, now=NOW)
    assert omar.get(hers).status_code == 404
    assert people.anna.name not in omar.get("/borgere").text


def test_without_a_substitute_both_are_told(database: Database, session: Session, people: People) -> None:
    wrote(database, people.anna, "shared")
    with database.writing() as writing:
        writing.get_one(Person, people.line.id).substitute_id = None
    assert run(database, TOO_LATE) == 1
    told = session.exec(select(Notice).where(Notice.kind == "entry_late")).all()
    assert {one.person_id for one in told} == {people.anna.id, people.line.id}
    assert session.exec(select(Cover)).all() == []


def test_it_becomes_late_once(database: Database, session: Session, people: People) -> None:
    wrote(database, people.anna, "shared")
    assert [run(database, TOO_LATE + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    assert len(session.exec(select(EntryEvent).where(EntryEvent.what == EntryEventKind.LATE)).all()) == 1


def test_the_citizen_reads_that_it_is_late(database: Database, people: People, browser_of: Browser) -> None:
    entry = wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    run(database, NOW)
    text = browser_of(people.anna).get(f"/skriv/{entry.id}").text
    assert "Dit forslag – svaret er forsinket" in text
    assert "Du skulle have haft svar senest tirsdag den 17. februar." in text
    assert "svarer senest" not in text


@pytest.mark.both_databases
def test_that_it_is_late_is_told_until_it_is_answered_once_and_with_how_many(
    database: Database, people: People, browser_of: Browser
) -> None:
    anna, line = browser_of(people.anna), browser_of(people.line)
    first = wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    run(database, NOW - timedelta(days=9))
    other = wrote(database, people.anna, "shared", words="Jeg vil ud at sejle", at=NOW - timedelta(days=18))
    run(database, NOW - timedelta(days=1))
    assert "2 svar til dig er forsinkede." in anna.get("/").text
    way = f"/borgere/{people.anna.id}/forslag"
    assert line.post(f"{way}/{first.id}/godkend", data={"version": 1}).status_code == 303
    assert "Et svar til dig er forsinket." in anna.get("/").text
    with database.reading() as session:
        (left,) = [one for one in read_news(session, people.anna.id).items if "forsinket" in one.text]
    assert left.link.values["ved"] == other.id
    with database.writing() as writing:  # late anew with another contact person
        assign_contact(writing, people.anna.id, people.ali.id, now=NOW - timedelta(hours=1))
    assert run(database, NOW) == 1
    assert "svar til dig er forsinkede" not in anna.get("/").text
    with database.writing() as writing:
        talk_about_entry(
            writing, people.anna.id, other.id, "Skal vi tale om det?", version=1, by=people.ali.id, now=NOW
        )
    assert "til dig er forsinke" not in anna.get("/").text


def test_a_plan_without_a_yes_waits_for_nobody(database: Database, people: People) -> None:
    wrote(database, people.anna, "shared")
    with database.writing() as writing:
        withdraw_yes(writing, people.anna.id, by=people.anna.id, now=NOW)
    assert run(database, TOO_LATE) == 0


@pytest.mark.both_databases
def test_two_workers_at_once_mark_each_once(database: Database, session: Session, people: People) -> None:
    for citizen in (people.anna, people.karim, people.bent):
        for words in ("Et", "To"):
            wrote(database, citizen, "shared", words=words)
    gate, marked = Barrier(2), []

    def work() -> None:
        gate.wait(10)
        marked.append(run(database, TOO_LATE))

    both = [Thread(target=work), Thread(target=work)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sum(marked) == 6
    assert len(session.exec(select(EntryEvent).where(EntryEvent.what == EntryEventKind.LATE)).all()) == 6


def test_with_a_new_contact_person_another_substitute_is_let_in_and_it_is_one_event(
    database: Database, session: Session, people: People
) -> None:
    entry, anna = wrote(database, people.anna, "shared"), people.anna.id
    run(database, TOO_LATE)
    with database.writing() as writing:
        writing.get_one(Person, people.ali.id).substitute_id = people.line.id
        assign_contact(writing, anna, people.ali.id, now=TOO_LATE + timedelta(minutes=1))
    assert not may_answer(session, people, "omar")
    session.rollback()
    assert [run(database, TOO_LATE + timedelta(minutes=n)) for n in (5, 6)] == [1, 0]
    assert [may_answer(session, people, one) for one in ("omar", "line", "ali")] == [False, True, True]
    late = select(EntryEvent.at).where(
        EntryEvent.entry_id == entry.id, EntryEvent.what == EntryEventKind.LATE
    )
    assert session.exec(late).all() == [TOO_LATE]
