"""A meeting at a hidden place, or with a hidden department: her pages tell when it is, and no more."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.api.meeting_resource import meeting_json
from app.booking.change import change_meeting
from app.config import ConfiguredPlace, Settings
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.demo.cast import add_acting
from app.entries.models import Entry
from app.entries.rules import EntryKind
from app.entries.service.authoring import share_entry, write_entry
from app.entries.service.review import approve_entry, talk_about_entry
from app.goals.promises import make_promise
from app.goals.service import finish_step, set_goal_details, set_step_details
from app.identity.models import Department
from app.meetings.hidden import apply_hidden
from app.meetings.models import Meeting, Participant, Place
from app.meetings.rules import Channel, MeetingChange, Reply
from app.plan.models import Cover, TeamMembership
from app.plan.service import get_plan
from app.store.db import Database
from tests.access.canaries import PEOPLE, Crawl, Planted, plant, word
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.writing import REPLY, SITE, wrote

WITH_THEA = {"thea", "called", "held"}


@pytest.fixture
def planted(database: Database, booked: Booked) -> dict[str, Planted]:
    """Anna's meetings; Vibeke acts for her."""
    found = plant(database, booked)
    guardian, since = RepresentationKind.GUARDIAN, danish_day(NOW) - timedelta(days=9)
    with database.writing() as session:
        add_acting(session, PEOPLE.anna.id, PEOPLE.vibeke.id, guardian, ActingScope, since=since)
    return found


def hide(database: Database, settings: Settings, *, department: bool = True, place: str = "") -> None:
    """Hide Thea's department, or a place, as a municipality does in its TOML."""
    departments = frozenset({"Social og bolig"} if department else ())
    places = (ConfiguredPlace(place, "Skovstien 9, 4700 Solbjerg", True),) if place else ()
    site = replace(settings.site, hidden_departments=departments, places=places)
    with database.writing() as session:
        apply_hidden(session, site)


def move(database: Database, people: People, meeting: UUID, change: MeetingChange) -> None:
    with database.writing() as session:
        sequence = session.get_one(Meeting, meeting).sequence
        change_meeting(
            session, meeting, change, sequence=sequence, by=people.line.id, now=NOW, workdays=SITE.workdays
        )


def ids(planted: dict[str, Planted]) -> list[UUID]:
    return [one.id for one in planted.values()]


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["anna", "vibeke"])
def test_nothing_of_it_is_on_any_page_of_the_citizen_or_who_acts_for_her(
    app: Flask,
    database: Database,
    settings: Settings,
    browser_of: Browser,
    planted: dict[str, Planted],
    slug: str,
) -> None:
    """The control is the same walk before: then all of it can be read."""
    crawl = Crawl(app, database, browser_of, slug)
    before = list(crawl.texts(ids(planted)))
    assert {name for name in planted if any(word(name, "title") in text for text in before)} == set(planted)
    hide(database, settings)
    after = list(crawl.texts(ids(planted)))
    told = {name for name in WITH_THEA for text in after if f"Kanarie{name}-" in text}
    assert (told, [text for text in after if "Thea" in text or "Social og bolig" in text]) == (set(), [])
    assert {name for name in planted if any(word(name, "title") in text for text in after)} == (
        set(planted) - WITH_THEA
    )


@pytest.mark.parametrize("slug", ["anna", "vibeke"])
def test_its_page_says_when_it_is_and_whom_to_call(
    database: Database,
    settings: Settings,
    browser_of: Browser,
    planted: dict[str, Planted],
    people: People,
    slug: str,
) -> None:
    hide(database, settings)
    who = getattr(people, slug)
    base = "" if slug == "anna" else people.anna.url
    page = browser_of(who).get(f"{base}/kalender/{planted['thea'].id}").text
    assert "<title>En aftale" in page
    assert "Ring til Line, hvis du vil vide mere." in page
    assert "kl. 9.00" in page.replace("\u00a0", " ")


@pytest.mark.parametrize("slug", ["line", "thea"])
def test_who_works_with_it_reads_all_of_it(
    database: Database,
    settings: Settings,
    browser_of: Browser,
    planted: dict[str, Planted],
    people: People,
    slug: str,
) -> None:
    hide(database, settings)
    page = browser_of(getattr(people, slug)).get(f"{people.anna.url}/kalender/{planted['thea'].id}").text
    assert word("thea", "why") in page


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.HOME, Channel.IN_PERSON])
def test_how_it_is_held_is_not_told_and_the_words_fit(
    database: Database,
    settings: Settings,
    browser_of: Browser,
    booked: Booked,
    people: People,
    channel: Channel,
) -> None:
    first = booked("2026-03-05 10:00", 60, "thea", channel=channel)
    booked("2026-03-05 14:00", 60, "thea", channel=channel)
    hide(database, settings)
    anna = browser_of(people.anna)
    pages = [anna.get(one).text for one in ("/", f"/kalender/{first}", "/kalender", "/kalender/uge")]
    for page in pages:
        shown = page.partition("<main")[2].partition("</main")[0]
        for told in ("På telefon", "På video", "på video", "Hjemme hos dig", "Jeg kommer", "jeg er hjemme"):
            assert told not in shown
    assert "Er du med?" in pages[1] or "Passer tiden?" in pages[1]


HOW_IT_STANDS = {None: "Er du med?", Reply.COMING: "Du er med", Reply.CANNOT: "Du har sagt, at du ikke kan"}


@pytest.mark.parametrize("reply", HOW_IT_STANDS)
def test_an_agreed_one_is_told_of_in_the_same_words_however_it_is_held(
    database: Database,
    settings: Settings,
    browser_of: Browser,
    booked: Booked,
    people: People,
    reply: Reply | None,
) -> None:
    meeting = booked("2026-03-05 10:00", 60, "thea", said_yes=True)
    hide(database, settings)
    anna, there = browser_of(people.anna), f"/kalender/{meeting}"

    def read(channel: Channel) -> list[str]:
        with database.writing() as session:
            session.get_one(Meeting, meeting).channel = channel
            own = session.get_one(Participant, (meeting, people.anna.id))
            own.reply, own.replied_at = reply, NOW if reply else None
        pages = (there, "/", f"{there}?svaret=1", "/kalender", "/kalender/uge")
        return [anna.get(one).text.partition("<main")[2] for one in pages]

    asked = read(Channel.IN_PERSON)
    assert HOW_IT_STANDS[reply] in asked[0]
    assert [one for one in Channel if read(one) != asked] == []


def test_the_citizen_answers_it_and_the_answer_tells_nothing(
    database: Database, settings: Settings, browser_of: Browser, booked: Booked, people: People
) -> None:
    meeting = booked("2026-03-05 10:00", 60, "thea", purpose="Kanariefugl")
    hide(database, settings)
    anna, there = browser_of(people.anna), f"/kalender/{meeting}"
    front = anna.get("/").text
    sent = {"reply": "cannot", "seen": "0"}
    answered = anna.post(f"{there}/svar", data=sent, follow_redirects=True).text
    assert "Jeg kan ikke" in front
    assert "Line har fået dit svar" in answered
    for page in (front, answered, anna.get("/").text, anna.get("/kalender/paa-telefonen").text):
        assert "Kanariefugl" not in page
        assert "Thea" not in page


def test_neither_the_way_there_nor_what_was_changed_is_told(
    database: Database, settings: Settings, browser_of: Browser, booked: Booked, people: People
) -> None:
    """The control is the same look before."""
    meeting, anna = booked("2026-03-05 10:00", 60, "thea"), browser_of(people.anna)
    with database.writing() as session:
        session.get_one(Meeting, meeting).was = json.dumps({"purpose": "Om krisecentret"})

    def told() -> tuple[bool, bool]:
        week, page = anna.get("/kalender/uge").text, anna.get(f"/kalender/{meeting}").text
        return "Tag af sted" in week, "Om krisecentret" in page

    assert told() == (True, True)
    hide(database, settings)
    assert told() == (False, False)


@pytest.mark.both_databases
@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("out", ["place", "person"])
def test_a_meeting_that_is_hidden_no_more_does_not_tell_how_it_was(  # noqa: PLR0913, PLR0917 — fixtures
    database: Database,
    settings: Settings,
    browser_of: Browser,
    booked: Booked,
    people: People,
    out: str,
    later: bool,
) -> None:
    """The control is a change of a meeting that was never hidden. `later`: hidden after the change."""
    if not later:
        hide(database, settings, department=out == "person", place="Birkehuset")
    shown = booked("2026-03-05 14:00", 60, "jonas", place="Biblioteket", said_yes=True)
    there, besides = ("Birkehuset", ()) if out == "place" else ("Rådhuset", ("thea",))
    meeting = booked(
        "2026-03-05 10:00", 60, "jonas", *besides, place=there, purpose="Kanariefugl", said_yes=True
    )
    to_town = MeetingChange(place="Rådhuset", purpose="Samtale", with_ids=(people.jonas.id,))
    move(database, people, shown, to_town)
    move(database, people, meeting, to_town)
    hide(database, settings, department=out == "person", place="Birkehuset")
    anna = browser_of(people.anna)
    page = anna.get(f"/kalender/{meeting}").text
    secrets = {"place": ["Birkehuset"], "person": ["Thea"]}[out] + ([] if later else ["Kanariefugl"])
    told = [word for word in secrets if word in page]
    assert ("Rådhuset" in page, told) == (True, [])
    assert "Biblioteket" in anna.get(f"/kalender/{shown}").text


BY_HAND = [
    ("Ørnehuset", "Ørnehuset, 2. sal", True),
    ("Ørnehuset", "ørnehuset, 2. sal", True),
    ("Ørnehuset", "Lokale 4 i ØRNEHUSET", True),
    ("Ørnehuset", "skovstien 9, stuen", True),
    ("Ørnehuset", "Den Gule Villa, Skovstien 9", True),
    ("Ørnehuset", "Ørne-huset, Skovvej 9", False),
    ("Hus_1%", "Hus 12 på Skovvej", False),
    ("Hus_1%", "hus_1%, stuen", True),
]


@pytest.mark.both_databases
@pytest.mark.parametrize("case", BY_HAND, ids=lambda case: case[1])
def test_a_place_written_by_hand_is_hidden_where_the_name_or_the_address_stands_in_it(
    database: Database,
    settings: Settings,
    browser_of: Browser,
    booked: Booked,
    people: People,
    case: tuple[str, str, bool],
) -> None:
    place, written, hidden = case
    meeting = booked("2026-03-05 10:00", 60, "thea", place=written)
    hide(database, settings, department=False, place=place)
    page = browser_of(people.anna).get(f"/kalender/{meeting}").text
    assert (written in page, "Thea" in page, "En aftale" in page) == (not hidden, not hidden, hidden)


def test_what_the_toml_no_longer_hides_is_shown_again(
    database: Database, settings: Settings, session: Session
) -> None:
    hide(database, settings, place="Birkehuset")
    hide(database, settings, department=False)
    hidden = [*session.exec(select(Department.hidden)), *session.exec(select(Place.hidden))]
    assert (True in hidden, len(hidden) > 1) == (False, True)


def test_a_system_reads_when_its_own_is_and_no_more(
    database: Database, settings: Settings, app: Flask, booked: Booked
) -> None:
    meeting = booked("2026-03-05 10:00", 60, "thea", purpose="Kanariefugl")
    hide(database, settings)
    with app.app_context(), database.reading() as session:
        told = meeting_json(session, session.get_one(Meeting, meeting))
    assert ('"purpose": "Aftale"' in told, "Kanarie" in told, '"with"' in told) == (True, False, False)


def test_who_would_read_the_plan_is_counted_and_not_named(
    database: Database, settings: Settings, browser_of: Browser, session: Session, people: People
) -> None:
    assert session.exec(select(TeamMembership).where(TeamMembership.person_id == people.thea.id)).first()
    anna = browser_of(people.anna)
    assert "Thea" in anna.get("/kontakt").text
    hide(database, settings)
    told = "en anden hjælper"
    for page, nobody in (("/kontakt", "Hjælperen"), ("/samtykke", "Hjælperen"), ("/skriv?slags=droem", told)):
        text = anna.get(page).text
        assert ("Thea" in text, nobody in text) == (False, True)
    assert "Thea" in browser_of(people.line).get(f"{people.anna.url}/kontakt").text


def plan_with_thea(database: Database, people: People) -> UUID:
    """Lay a goal that Thea wrote, her steps, done and not, her promise, her answer and her cover."""
    anna, thea = people.anna, people.thea
    step = wrote(database, anna, "in_plan", words="Et skridt", kind=EntryKind.STEP)
    done = wrote(database, anna, "in_plan", words="Et andet", kind=EntryKind.STEP)
    talk = wrote(database, anna, "talk", words="Vi taler om det")
    late = wrote(database, anna, "shared", words="Det venter")
    with database.writing() as session:
        goal = write_entry(session, anna.id, EntryKind.GOAL, "Et mål", by=thea.id, now=NOW)
        share_entry(session, anna.id, goal.id, by=thea.id, now=NOW, workdays=SITE.workdays)
        approve_entry(session, anna.id, goal.id, version=1, by=people.line.id, now=NOW)
        set_goal_details(session, goal.id)
        for one in (step, done):
            set_step_details(session, one.id, goal_id=goal.id, doer_id=thea.id)
        finish_step(session, anna.id, done.id, by=thea.id, now=NOW)
        session.get_one(Entry, talk.id).answered_by = thea.id
        session.get_one(Entry, late.id).late_at = NOW
        session.add(Cover(about_id=late.id, citizen_id=anna.id, substitute_id=thea.id, starts_at=NOW))
        due_on = danish_day(NOW) + timedelta(days=2)
        make_promise(session, get_plan(session, anna.id).id, "Svar", by=thea.id, due_on=due_on, now=NOW)
        add_acting(
            session,
            anna.id,
            people.vibeke.id,
            RepresentationKind.GUARDIAN,
            ActingScope,
            since=danish_day(NOW) - timedelta(days=9),
        )
    return goal.id


@pytest.mark.both_databases
def test_the_plan_names_nobody_of_a_hidden_department_to_her_or_who_acts_for_her(
    database: Database, settings: Settings, browser_of: Browser, people: People
) -> None:
    """The control is the same look before, and what Line reads after."""
    goal, base = plan_with_thea(database, people), people.anna.url
    pages = ("/plan", "/plan/historie", f"/plan/maal/{goal}")
    looks = [("anna", "", one) for one in ("/", *pages)] + [("vibeke", base, one) for one in pages]

    def told(slug: str, where: str, word: str) -> bool:
        return word in browser_of(getattr(people, slug)).get(where).text

    assert [one for one in looks if not told(one[0], one[1] + one[2], "Thea")] == []
    hide(database, settings)
    assert [one for one in looks if told(one[0], one[1] + one[2], "Thea")] == []
    assert [one for one in looks if not told(one[0], one[1] + one[2], "jælperen")] == []
    read = "".join(browser_of(people.anna).get(one).text for one in (*pages, "/samtykke"))
    assert re.search("(?:af|hvad) hjælperen", read)
    assert re.findall("(?:af|fra|må|ser|for|hvad) Hjælperen", read) == []
    assert [one for one in pages if not told("line", base + one, "Thea")] == []


def test_her_own_text_does_not_name_who_answered_it(
    database: Database, settings: Settings, browser_of: Browser, people: People
) -> None:
    """The control is the same look before."""
    entry = wrote(database, people.anna, "shared")
    with database.writing() as session:
        talk_about_entry(session, people.anna.id, entry.id, REPLY, version=1, by=people.thea.id, now=NOW)
    anna = browser_of(people.anna)

    def told() -> tuple[int, bool]:
        page = anna.get(f"/skriv/{entry.id}").text
        return page.count("Thea"), "Hjælperen skrev til dig" in page

    assert told() == (3, False)
    hide(database, settings)
    assert told() == (0, True)
