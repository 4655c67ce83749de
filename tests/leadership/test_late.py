"""The leader's list of what is late: whose, what kind, since when and whose turn; nothing that is written."""

import re
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from app.access.models import AccessLogEntry, AccessLogList
from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.escalation import mark_late
from app.entries.service.review import approve_entry
from app.identity.models import Department, Person
from app.leadership.queries import LISTED
from app.leadership.sources import KIND_NAMES
from app.messages.late_messages import mark_late_messages
from app.messages.models import Message
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Absence
from app.store.db import Database
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.house.query_plans import reads_of
from tests.messages.thread import answered
from tests.messages.thread import asked as asks
from tests.writing import wrote

URL = "/ledelse/forsinket"
LONG_AGO = NOW - timedelta(days=21)
WORDS = "Min mor drikker, og hun må ikke vide det."


def be_late(database: Database, citizen: Someone, kind: EntryKind = EntryKind.DREAM) -> UUID:
    """Share something three weeks ago that nobody has answered, and let the worker find it."""
    with database.writing() as session:
        entry = write_entry(session, citizen.id, kind, WORDS, by=citizen.id, now=LONG_AGO)
        share_entry(session, citizen.id, entry.id, by=citizen.id, now=LONG_AGO, workdays=WORKDAYS)
        mark_late(session, now=NOW)
        return entry.id


def looks(session: Session, people: People) -> list[AccessLogEntry]:
    wanted = select(AccessLogEntry).where(AccessLogEntry.actor_id == people.lone.id)
    return list(session.exec(wanted.where(AccessLogEntry.action == "late:read")))


def test_it_says_whose_what_since_when_and_whose_turn_and_no_word_of_it(
    database: Database, people: People, browser_of: Browser
) -> None:
    be_late(database, people.anna)
    page = browser_of(people.lone).get(URL).text
    for said in (
        "Anna Jensen",
        "En drøm",
        "Svaret skulle være kommet senest den 16. februar 2026",
        "Line Madsen eller Omar Saleh skal svare.",
        "Ring til Line Madsen",
    ):
        assert said in page
    assert "drikker" not in page
    assert people.anna.url not in page


@pytest.mark.usefixtures("line_is_away")
def test_while_the_contact_person_is_away_it_is_the_substitutes_turn(
    database: Database, people: People, browser_of: Browser
) -> None:
    be_late(database, people.anna)
    page = browser_of(people.lone).get(URL).text
    assert "Omar Saleh skal svare. Line Madsen er væk." in page
    assert "Ring til Line" not in page


def test_two_absences_at_once_make_it_no_two(database: Database, people: People, browser_of: Browser) -> None:
    be_late(database, people.anna)
    with database.writing() as session:
        for days in (1, 2):
            about = timedelta(days=days)
            session.add(
                Absence(
                    person_id=people.line.id,
                    substitute_id=people.omar.id,
                    starts_at=NOW - about,
                    ends_at=NOW + about,
                )
            )
    assert browser_of(people.lone).get(URL).text.count("Anna Jensen") == 1


def test_what_was_promised_first_stands_first(
    database: Database, people: People, browser_of: Browser
) -> None:
    newer, older = be_late(database, people.anna), be_late(database, people.karim, EntryKind.GOAL)
    with database.writing() as session:
        session.get_one(Entry, newer).answer_by = date(2026, 2, 20)
        session.get_one(Entry, older).answer_by = date(2026, 2, 10)
    page = browser_of(people.lone).get(URL).text
    assert page.index("Karim Haddad") < page.index("Et mål") < page.index("Anna Jensen")


def test_what_is_not_late_yet_is_not_on_it(database: Database, people: People, browser_of: Browser) -> None:
    wrote(database, people.anna, "shared")
    assert "Intet er forsinket" in browser_of(people.lone).get(URL).text


def test_an_answer_takes_it_off_the_list(database: Database, people: People, browser_of: Browser) -> None:
    entry_id = be_late(database, people.anna)
    lone = browser_of(people.lone)
    assert "Anna Jensen" in lone.get(URL).text
    with database.writing() as session:
        approve_entry(session, people.anna.id, entry_id, version=1, by=people.line.id, now=NOW)
    page = lone.get(URL).text
    assert "Anna Jensen" not in page
    assert "Intet er forsinket" in page


def test_after_a_no_nothing_of_it_is_told(database: Database, people: People, browser_of: Browser) -> None:
    be_late(database, people.anna)
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    assert "Intet er forsinket" in browser_of(people.lone).get(URL).text


def message_late(database: Database, citizen: Someone) -> UUID:
    """Let a citizen write three weeks ago, nobody answer, and the worker find it."""
    message_id = asks(database, citizen, WORDS, at=LONG_AGO)
    with database.writing() as session:
        mark_late_messages(session, now=NOW)
    return message_id


def test_a_late_message_is_on_it_without_a_word_of_it(
    database: Database, people: People, browser_of: Browser
) -> None:
    message_late(database, people.anna)
    page = browser_of(people.lone).get(URL).text
    for said in (
        "Anna Jensen",
        "En besked",
        "Svaret skulle være kommet senest den 12. februar 2026",
        "Line Madsen eller Omar Saleh skal svare.",
    ):
        assert said in page
    assert "drikker" not in page
    assert people.anna.url not in page


def test_after_a_no_and_before_a_yes_a_late_message_is_on_it_too(
    database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    message_late(database, people.anna)
    message_late(database, people.ny)
    page = browser_of(people.lone).get(URL).text
    assert (page.count("En besked"), "Anna Jensen" in page, people.ny.name in page) == (2, True, True)


def test_an_answer_takes_a_message_off_the_list(
    database: Database, people: People, browser_of: Browser
) -> None:
    message_late(database, people.anna)
    answered(database, people.anna, people.line.id)
    assert "Intet er forsinket" in browser_of(people.lone).get(URL).text


def test_a_message_that_is_not_late_is_not_on_it(
    database: Database, people: People, browser_of: Browser
) -> None:
    asks(database, people.anna, WORDS, at=LONG_AGO)
    assert "Intet er forsinket" in browser_of(people.lone).get(URL).text


def test_another_departments_contact_person_is_not_on_it(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    be_late(database, people.anna)
    be_late(database, people.emil)
    other = session.exec(select(Department).where(Department.name != _own(session, people))).first()
    assert other
    with database.writing() as writing:
        writing.get_one(Person, people.omar.id).department_id = other.id
    page = browser_of(people.lone).get(URL).text
    assert "Anna Jensen" in page
    assert "Emil" not in page


def _own(session: Session, people: People) -> str:
    found = select(Department.name).join(Person, col(Person.department_id) == Department.id)
    return session.exec(found.where(Person.id == people.lone.id)).one()


def test_a_leader_of_no_department_is_told_why(
    database: Database, people: People, browser_of: Browser
) -> None:
    be_late(database, people.anna)
    with database.writing() as session:
        session.get_one(Person, people.lone.id).department_id = None
    page = browser_of(people.lone).get(URL).text
    assert "Ingen afdeling" in page
    assert "Anna" not in page


def test_the_look_is_logged_before_a_name_is_read(
    database: Database, session: Session, people: People, browser_of: Browser, asked: list[str]
) -> None:
    be_late(database, people.anna)
    lone = browser_of(people.lone)
    asked.clear()
    lone.get(URL)
    logged = next(n for n, one in enumerate(asked) if one.startswith("INSERT INTO access_log_entry"))
    named = next(n for n, one in enumerate(asked) if "sort_key" in one)
    assert logged < named
    (row,) = looks(session, people)
    shown = session.get_one(AccessLogList, row.list_digest)
    assert (row.citizen_id, shown.citizens) == (None, f"leader {people.anna.id.hex}")


def test_where_nothing_is_late_nobody_was_looked_at(
    session: Session, people: People, browser_of: Browser
) -> None:
    assert "Intet er forsinket" in browser_of(people.lone).get(URL).text
    assert looks(session, people) == []


@pytest.mark.parametrize("slug", ["anna", "line", "omar", "jonas", "admin", "vibeke"])
def test_it_is_for_leaders_alone(people: People, browser_of: Browser, slug: str) -> None:
    client = browser_of(getattr(people, slug))
    assert client.get(URL).status_code == 404
    assert f'href="{URL}"' not in client.get("/indstillinger").text


def test_a_leader_begins_there_and_has_it_in_the_menu(people: People, browser_of: Browser) -> None:
    lone = browser_of(people.lone)
    assert lone.get("/").location == URL
    assert lone.post("/demo/log-ind", data={"person": "lone"}).location == URL
    assert f'href="{URL}"' in lone.get("/borgere").text


def many_late(database: Database, citizen: Someone, number: int, *, since: int) -> None:
    """Let so many messages be late, one promised a day after the other; the first so many days ago."""
    with database.writing() as session:
        for turn in range(number):
            day = NOW.date() - timedelta(days=since - turn)
            at = datetime.combine(day, time(9), NOW.tzinfo) - timedelta(days=5)
            message = Message(citizen_id=citizen.id, author_id=citizen.id, words=WORDS, sent_at=at)
            message.answer_by, message.late_at = day, NOW
            session.add(message)


def cards(page: str) -> list[str]:
    return re.findall(r'class="card__title"[^>]*>([^<]*)<', page)


@pytest.mark.both_databases
def test_of_much_the_oldest_stand_first_and_the_rest_is_a_tap_away(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    many_late(database, people.anna, LISTED, since=90)
    many_late(database, people.bent, LISTED + 1, since=60)
    be_late(database, people.karim)
    lone = browser_of(people.lone)
    first, second, third = (lone.get(f"{URL}?side={side}").text for side in (1, 2, 3))
    assert cards(first) == [people.anna.name] * LISTED
    assert first == lone.get(URL).text
    assert f"Her er de {LISTED}, der har ventet længst." in first
    assert cards(second) == [people.bent.name] * LISTED
    assert [one.id for one in (people.anna, people.karim) if one.name in second] == []
    assert sorted(cards(third)) == sorted([people.bent.name, people.karim.name])
    assert (f'href="{URL}?side=2"' in first, f'href="{URL}?side=3"' in second) == (True, True)
    assert f'href="{URL}"' in second.partition("Vis de forrige")[0].rpartition("<a")[2]
    assert "Vis de næste" not in third
    assert "Her står ikke mere." in lone.get(f"{URL}?side=9").text
    shown = [session.get_one(AccessLogList, row.list_digest).citizens for row in looks(session, people)]
    named = {
        one: {p.slug for p in (people.anna, people.bent, people.karim) if p.id.hex in one} for one in shown
    }
    assert sorted(map(sorted, named.values())) == [["anna"], ["bent"], ["bent", "karim"]]


@pytest.mark.both_databases
def test_what_is_late_beyond_a_page_is_not_read(
    database: Database, people: People, browser_of: Browser
) -> None:
    read = []
    for more in (40, 200):
        many_late(database, people.anna, more, since=300 - more)
        if not database.is_sqlite:
            with database.writing() as session:
                session.connection().execute(text("ANALYZE"))
        lone = browser_of(people.lone)
        with reads_of(database) as reads:
            assert len(cards(lone.get(URL).text)) == LISTED
        read.append(sum(number for one, number in reads.items() if "message" in one))
    assert read[1] <= 1.1 * read[0] + 60, read


def test_every_kind_has_a_name() -> None:
    assert set(KIND_NAMES) >= set(EntryKind)
