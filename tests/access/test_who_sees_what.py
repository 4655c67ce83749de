"""Everything that can be read of a citizen's meetings, read by everybody. The table is the right answer."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlmodel import select

from app.access.conditions import When
from app.access.policy import TABLE, Field, Tie
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.demo.cast import add_acting
from app.meetings.models import Participant
from app.meetings.news import MEETING_CHANGED, MEETING_LEFT
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Absence, TeamMembership
from app.store.db import Database
from tests.access.canaries import PEOPLE, REMINDERS, Crawl, Planted, Seen, plant, word
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases

Table = dict[str, tuple[str, str]]
READERS = {  # who, and as what; omar stands in for line
    "anna": "citizen",
    "line": "contact",
    "omar": "substitute",
    "jonas": "team",
    "thea": "team",
    "ali": "team",
    "sara": "team",  # in no meeting at all
    "vibeke": "guardian",
    "mette": "messages alone",  # acts for her too, and may read the thread
    "lone": "leader",
    "karim": "stranger",
}
READERS_AT_WORK = ("line", "omar", "jonas")
# Of a meeting that one is in or called, and of one that one is not in.
WITHOUT_A_YES: Table = {
    "citizen": ("all", "all"),
    "contact": ("all", "nothing"),
    "substitute": ("all", "nothing"),
    "team": ("all", "nothing"),
    "guardian": ("all", "all"),
    "messages alone": ("nothing", "nothing"),
    "leader": ("nothing", "nothing"),
    "stranger": ("nothing", "nothing"),
}
WITH_A_YES: Table = {
    "citizen": ("all", "all"),
    "contact": ("all", "all"),
    "substitute": ("all", "all"),
    "team": ("all", "nothing"),
    "guardian": ("all", "all"),
    "messages alone": ("nothing", "nothing"),
    "leader": ("nothing", "nothing"),
    "stranger": ("nothing", "nothing"),
}


@pytest.fixture
def planted(database: Database, booked: Booked, people: People) -> dict[str, Planted]:
    with database.writing() as session:
        session.add(
            Absence(
                person_id=people.line.id,
                substitute_id=people.omar.id,
                starts_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(days=7),
            )
        )
        guardian, since = RepresentationKind.GUARDIAN, danish_day(NOW) - timedelta(days=9)
        may = [ActingScope.PLAN, ActingScope.MEETINGS]
        add_acting(session, people.anna.id, people.vibeke.id, guardian, may, since=since)
        may = [ActingScope.MESSAGES]
        add_acting(session, people.anna.id, people.mette.id, guardian, may, since=since)
    return plant(database, booked)


# Whose reminders about Anna each reads somewhere; who is not here reads none, the citizen herself neither.
READS_REMINDERS = {"line": REMINDERS, "omar": REMINDERS, "jonas": {"jonas"}}


def wrong_cells(
    seen: Seen, slug: str, of: dict[str, Planted], table: dict[str, tuple[str, str]]
) -> list[str]:
    """Return what this reader sees and may not, and what they may and don't see."""
    whose = {name for name, cell in seen if cell == "husk"}
    seen = {one for one in seen if one[1] != "husk"}
    wrong = sorted(f"reminder of {one}" for one in whose ^ READS_REMINDERS.get(slug, set()))
    in_it, not_in_it = table[READERS[slug]]
    allowed = {name for name, one in of.items() if (in_it if slug in one.who else not_in_it) == "all"}
    return wrong + sorted(
        [f"sees {name}-{cell}" for name, cell in seen if name in of and name not in allowed]
        + [f"lacks {name}-{cell}" for name in allowed for cell in of[name].cells if (name, cell) not in seen]
    )


@pytest.mark.slow
@pytest.mark.parametrize("slug", READERS)
def test_with_a_yes_each_sees_what_the_table_says(
    app: Flask, database: Database, browser_of: Browser, planted: dict[str, Planted], slug: str
) -> None:
    seen = Crawl(app, database, browser_of, slug).read(one.id for one in planted.values())
    assert wrong_cells(seen, slug, planted, WITH_A_YES) == []


@pytest.mark.slow
@pytest.mark.parametrize("slug", READERS)
def test_after_a_no_each_sees_what_the_table_says(
    app: Flask, database: Database, browser_of: Browser, planted: dict[str, Planted], slug: str
) -> None:
    """Each has looked before, so that what is kept for them is there when the yes is taken back."""
    crawl, meetings = Crawl(app, database, browser_of, slug), [one.id for one in planted.values()]
    crawl.read(meetings)
    with database.writing() as session:
        withdraw_yes(session, PEOPLE.anna.id, by=PEOPLE.anna.id, now=NOW)
    seen = crawl.read(meetings)
    assert wrong_cells(seen, slug, planted, WITHOUT_A_YES) == []


def test_a_meeting_that_is_not_theirs_is_answered_as_one_that_is_not_there(
    browser_of: Browser, planted: dict[str, Planted], people: People
) -> None:
    sara, base = browser_of(people.sara), f"{people.anna.url}/kalender"
    absent = sara.get(f"{base}/{people.bent.id}")
    for one in planted.values():
        answer = sara.get(f"{base}/{one.id}")
        assert (answer.status_code, answer.data) == (404, absent.data)
        assert str(one.id) not in sara.get(base).text


def test_nothing_can_be_done_to_a_meeting_that_is_not_theirs(
    app: Flask, browser_of: Browser, planted: dict[str, Planted], people: People
) -> None:
    """Whatever is sent about it, by somebody who is not in it: as if it were not there."""
    sara = browser_of(people.sara)
    rules = [one for one in app.url_map.iter_rules() if {"citizen_id", "meeting_id"} <= set(one.arguments)]
    sent = 0
    for rule in rules:
        if "POST" in (rule.methods or ()) and not rule.defaults:
            values = dict.fromkeys(rule.arguments, planted["thea"].id) | {"citizen_id": people.anna.id}
            built = rule.build(values)
            assert built is not None
            assert sara.post(built[1]).status_code in (403, 404)
            sent += 1
    assert sent


@pytest.mark.parametrize("field", [Field.MEETING, Field.PEOPLE, Field.ADDRESS, Field.WHY])
def test_each_line_of_the_table_is_what_a_page_goes_by(
    field: Field,
    browser_of: Browser,
    planted: dict[str, Planted],
    people: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: a line that says no to all is seen on the page at once."""
    page = f"{people.anna.url}/kalender/{planted['thea'].id}"
    cell = {Field.MEETING: "title", Field.PEOPLE: "people", Field.ADDRESS: "place", Field.WHY: "why"}[field]
    assert f"Kanariethea-{cell}" in browser_of(people.thea).get(page).text
    monkeypatch.setitem(TABLE, field, dict.fromkeys(Tie, When.NEVER))
    assert f"Kanariethea-{cell}" not in browser_of(people.thea).get(page).text


def test_who_is_not_in_it_reads_that_the_time_is_taken(
    browser_of: Browser, planted: dict[str, Planted], people: People
) -> None:
    sara, base = browser_of(people.sara), f"{people.anna.url}/kalender"
    page = sara.get(base).text
    assert page.count("Optaget") == len(planted)  # what is called off takes no time; the soonest stands above
    assert "Sara har ingen" not in page
    assert sara.get(f"{base}/uge?dato=2026-03-04").text.count("Optaget") == 5
    assert "Optaget" not in browser_of(people.line).get(base).text


def news_links(html: str) -> dict[str, str]:
    """Return where each piece of news on a page leads, by its sentence."""
    found = re.findall(r'<a href="(/borgere/nyt/[^"]+)"[^>]*>([^<]+)</a>', html)
    return {unescape(said): href for href, said in found}


def test_nobody_is_told_of_a_meeting_that_is_not_theirs(
    database: Database, browser_of: Browser, planted: dict[str, Planted], people: People
) -> None:
    """Who was in it when it changed, and is no more, is told neither what happened nor where it stands."""
    news = NoticeContent(MEETING_CHANGED, people.anna.id, by=people.line.id, about=planted["thea"].id)
    left = NoticeContent(MEETING_LEFT, people.anna.id, by=people.line.id, about=planted["thea"].id)
    with database.writing() as session:
        for who in (people.sara, people.thea):
            add_notice(session, who.id, news, now=NOW)
        add_notice(session, people.sara.id, left, now=NOW)
    there = f"{people.anna.url}/kalender/{planted['thea'].id}"
    sara, thea = browser_of(people.sara), browser_of(people.thea)
    changed, not_in_it = "Anna: Et møde er ændret.", "Anna: Du er ikke længere med i et møde."
    assert changed in news_links(thea.get("/dag").text)
    assert thea.get(news_links(thea.get("/dag").text)[changed]).location == there
    told = news_links(sara.get("/dag").text)
    assert told.keys() == {not_in_it}
    assert sara.get(told[not_in_it]).location == f"{people.anna.url}/kalender"


@pytest.mark.usefixtures("planted")
def test_the_history_of_the_plan_names_nobody_s_meeting_to_who_does_not_see_them_all(
    browser_of: Browser, people: People
) -> None:
    line, sara = (
        browser_of(one).get(f"{people.anna.url}/plan/historie").text for one in (people.line, people.sara)
    )
    assert "et møde" in line
    assert "et møde" not in sara


# What is shown of the citizen beside the meetings, to line, omar, jonas: before and after a no.
BESIDE = {
    "phone": ("/kalender", "tel:+4520304050", {"line", "omar", "jonas"}, {"line", "omar"}),
    "needs": ("/kalender/nyt", word("wish", "companion"), {"line", "omar", "jonas"}, set[str]()),
    "team": ("/kalender/nyt", "Sara Holm", {"line", "omar", "jonas"}, {"line", "omar"}),
    "wishes": ("/kalender/dag?dato=2026-03-20", "Kan ikke", {"line", "omar"}, set[str]()),
    "contact page": ("/kontakt", "Sara Holm", {"line", "omar", "jonas"}, {"line", "omar"}),
    "plan": ("/plan", "Plan for Anna", {"line", "omar", "jonas"}, set[str]()),
}


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("what", BESIDE)
def test_a_no_closes_what_stands_beside_the_meetings_too(
    database: Database, browser_of: Browser, people: People, what: str
) -> None:
    path, words, before, after = BESIDE[what]

    def readers() -> set[str]:
        pages = {one: browser_of(getattr(people, one)).get(people.anna.url + path) for one in READERS_AT_WORK}
        return {one for one, answer in pages.items() if words in answer.text}

    assert readers() == before
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    assert readers() == after


def test_their_pages_go_on_with_what_is_left(
    database: Database, browser_of: Browser, planted: dict[str, Planted], people: People
) -> None:
    """The list leads to what can be done; the meetings are theirs alone; a page that is closed is 403."""
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    jonas, base = browser_of(people.jonas), people.anna.url
    assert f'href="{base}/begynd"' in jonas.get("/borgere").text
    assert f'href="{base}/kalender"' in jonas.get(f"{base}/begynd").text
    page = jonas.get(f"{base}/kalender").text
    assert word("jonas", "title") in page
    assert (f'href="{base}/kontakt"' in page, f'href="{base}/plan"' in page) == (False, False)
    assert f'href="{base}/kontakt"' in browser_of(people.line).get(f"{base}/begynd").text
    assert jonas.get(f"{base}/kalender/{planted['jonas'].id}/aflys").status_code in (200, 404)


def test_what_the_contact_person_must_settle_is_theirs_until_it_is(
    database: Database, browser_of: Browser, planted: dict[str, Planted], people: People
) -> None:
    """After a no, too: Anna asks for another time, and it is Line who finds one."""
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    there, line = f"{people.anna.url}/kalender/{planted['thea'].id}", browser_of(people.line)
    assert line.get(there).status_code == 404
    assert line.post(f"{there}/paa-plads").status_code == 404
    asked = browser_of(people.anna).post(f"/kalender/{planted['thea'].id}/svar", data={"reply": "call_me"})
    assert asked.status_code == 303
    assert word("thea", "title") in line.get("/borgere/moeder").text
    assert [line.get(there).status_code, line.get(f"{there}/nye-tider").status_code] == [200, 200]
    settled = line.post(f"{there}/paa-plads", follow_redirects=True)
    assert (settled.request.path, "Det er klaret." in settled.text) == (f"{people.anna.url}/kalender", True)
    assert word("thea", "title") not in settled.text
    assert line.get(there).status_code == 404


def test_who_is_taken_out_of_a_meeting_or_off_the_team_sees_it_no_more_at_the_next_request(
    database: Database, browser_of: Browser, planted: dict[str, Planted], people: People
) -> None:
    """Stale ties: the same sign-in, the moment before and the moment after."""
    meeting, thea = planted["thea"].id, browser_of(people.thea)
    there = f"{people.anna.url}/kalender/{meeting}"
    assert thea.get(there).status_code == 200
    with database.writing() as session:
        left = session.get_one(Participant, (meeting, people.thea.id))
        session.delete(left)
    assert (thea.get(there).status_code, thea.get(f"{people.anna.url}/kalender").status_code) == (404, 200)
    with database.writing() as session:
        of_thea = TeamMembership.person_id == people.thea.id, TeamMembership.citizen_id == people.anna.id
        session.exec(select(TeamMembership).where(*of_thea)).one().ends_on = danish_day(NOW)
    assert thea.get(f"{people.anna.url}/kalender").status_code == 404
