"""The administrator's first page: what is missing, what was done, and not a word of anybody's plan."""

import pytest
from sqlmodel import Session, col, select, update

from app.administration.readiness import STUCK_AFTER, read_readiness
from app.booking.models import MeetingReminder
from app.config import DEMO_SITE, Site, read_site
from app.entries.models import Entry
from app.identity.credentials import Invitation
from app.identity.invitations import make_invitation
from app.identity.models import Person, PersonRole
from app.identity.rules import Role
from app.store.db import Database
from app.store.prepared import PreparedReader
from tests.booking.fixtures import Booked
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.house.receipts import words_of

URL = "/administration"
PAGES = (
    URL,
    f"{URL}/personer",
    f"{URL}/invitationer",
    f"{URL}/invitationer/mange",
    f"{URL}/noegler",
    f"{URL}/noegler/ny",
    f"{URL}/hent-ind",
    f"{URL}/kommunens-fil",
)


def lacks(database: Database, site: Site | None = None) -> dict[str, int]:
    reader = PreparedReader(database)
    report = read_readiness(reader, site or read_site(DEMO_SITE), database_lacks=(), now=NOW)
    return {one.what: one.number for one in report.lacks}


@pytest.mark.parametrize("slug", ["anna", "line", "jonas", "lone", "vibeke"])
def test_nobody_else_has_these_pages(slug: str, browser_of: Browser, people: People) -> None:
    browser = browser_of(getattr(people, slug))
    absent = browser.get("/no-such-page").data
    for address in (*PAGES, f"{URL}/personer/{people.anna.id}"):
        refused = browser.get(address)
        assert (refused.status_code, refused.data == absent) == (404, True)
    assert URL not in browser.get("/", follow_redirects=True).text


def test_it_is_the_first_page_and_the_bar_leads_to_all_the_others(
    browser_of: Browser, people: People
) -> None:
    browser = browser_of(people.admin)
    first = browser.get("/")
    assert (first.status_code, first.location) == (303, URL)
    bar = browser.get(URL).text.partition('<nav class="tabs"')[2]
    assert [f'href="{one}"' in bar for one in PAGES] == [True, True, True, False, True, False, True, False]
    assert 'href="/borgere"' not in bar


def test_what_is_missing_is_told_and_goes_when_it_is_mended(
    browser_of: Browser, people: People, database: Database
) -> None:
    before = lacks(database)
    assert before == {
        "without_contact": 1,
        "staff_shut_out": 8,
        "empty_departments": 1,
        "one_administrator": 1,
        "citizens_shut_out": 7,
    }
    page = words_of(browser_of(people.admin).get(URL).text)
    assert "2 ting skal på plads" in page
    assert "1 borger har ingen kontaktperson" in page
    assert "8 medarbejdere kan ikke logge ind" in page
    assert "Birkehuset" in page
    with database.writing() as session:
        make_invitation(session, "k" * 32, people.line.id, by=None, now=NOW)
        session.add(PersonRole(person_id=people.lone.id, role=Role.ADMINISTRATOR, starts_at=NOW))
        session.exec(update(Person).where(col(Person.id) == people.omar.id).values(phone=None))
        roles = update(PersonRole).where(col(PersonRole.person_id) == people.fremmed.id)
        session.exec(roles.values(ends_at=NOW))
    after = lacks(database)
    assert (after["staff_shut_out"], after["contacts_without_phone"], after["citizens_shut_out"]) == (7, 1, 6)
    assert not {"one_administrator", "without_contact"} & after.keys()
    with database.writing() as session:
        session.exec(update(Invitation).values(created_at=NOW.replace(year=2025), expires_at=NOW))
    assert lacks(database)["run_out"] == 1


def test_reminders_that_nobody_sends_are_told(database: Database, booked: Booked) -> None:
    meeting = booked("2026-03-05 10:00", 45, "line")
    with database.writing() as session:
        due_at = NOW - STUCK_AFTER / 2
        reminder = MeetingReminder(meeting_id=meeting, sequence=99, minutes_before=60, due_at=due_at)
        session.add(reminder)
        session.flush()
        reminder_id = reminder.id
    assert "reminders_stuck" not in lacks(database)
    with database.writing() as session:
        session.get_one(MeetingReminder, reminder_id).due_at = NOW - STUCK_AFTER
    assert lacks(database)["reminders_stuck"] == 1


def test_what_the_municipalitys_file_leaves_out_is_told(database: Database, tmp_path: object) -> None:
    bare = read_site(DEMO_SITE)
    told = {
        "duty_text": "",
        "message_duty": "",
        "legal_basis": (),
        "places": (),
        "statement_updated_on": NOW.date().replace(year=2024),
    }
    fields = {name: getattr(bare, name) for name in bare.__dataclass_fields__} | told
    missing = lacks(database, Site(**fields)).keys() - lacks(database).keys()
    assert missing == {"no_duty_text", "no_message_duty", "no_legal_basis", "no_places", "old_statement"}


def test_the_file_is_shown_with_its_keys_and_can_not_be_changed(browser_of: Browser, people: People) -> None:
    page = browser_of(people.admin).get(f"{URL}/kommunens-fil")
    words = words_of(page.text)
    assert "Lukkedage den 24. december 2026" in words
    assert "I filen: [days] closed" in words
    assert "Skjulte afdelinger Birkehuset I filen: departments: hidden = true" in words
    assert "Line kan have pligt til at gemme det" in words
    assert 'action="/administration' not in page.text


def test_no_word_of_a_plan_and_no_number_stands_on_any_page(
    browser_of: Browser, people: People, session: Session, database: Database
) -> None:
    with database.writing() as writing:
        changed = update(Person).where(col(Person.id) == people.anna.id)
        writing.exec(changed.values(email="anna@hemmelig.example", external_key="hemmelignummer"))
    browser = browser_of(people.admin)
    addresses = [*PAGES, *(f"{URL}/personer/{one.id}" for one in _everybody(people))]
    shown = "".join(browser.get(one).text for one in addresses)
    shown += browser.post(f"{URL}/personer", data={"wanted": "a"}, follow_redirects=True).text
    assert "Anna Jensen" in shown
    assert session.exec(select(Entry.id)).all() == []  # of the cast; of a whole plan the canaries tell
    for hidden in ("hemmelig", "20304050", "20 30 40 50", "22324252"):
        assert hidden not in shown


def _everybody(people: People) -> list[Someone]:
    return [people.anna, people.signe, people.line, people.vibeke]
