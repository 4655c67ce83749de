"""A professional sees as much of the plan as the citizen lets them: all of it, their own area, or nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import select

from app.access.conditions import When
from app.access.policy import TABLE, Field, Tie
from app.dates.clock import fixed_clock
from app.goals.goal_details import change_goal_details
from app.goals.rules import GoalDetails
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.plan.models import Absence, TeamMembership
from app.store.db import Database
from tests.access.canaries import Crawl, Seen, words
from tests.access.planted_plan import (
    ANNA,
    OF_HOME,
    THEA,
    WHOLE,
    Goals,
    browser_that_keeps,
    chose,
    kept,
    plant_plan,
)
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import TODAY, area_id
from tests.house.receipts import words_of

PLAIN = {"Sec-Fetch-Site": "same-origin"}
ONLY_HOME = "du kun ser den del af planen, der handler om Bolig og økonomi"

# What each page of Anna's is answered with, by how much of the plan she lets the reader see.
PAGES = """
                      plan  area  none
/plan                 200   200   403
/plan/historie        200   200   403
/plan/historie/{home} 200   200   403
/plan/historie/{job}  200   404   403
/plan/historie?maal={home} 200 200 403
/plan/historie?maal={job}  200 404 403
/plan/maal/{home}     200   200   403
/plan/maal/{job}      200   404   403
/plan/maal/{loose}    200   404   403
/kontakt              200   200   403
/kalender             200   200   200
/kalender/nyt         200   200   200
/begynd               303   303   200
"""
EXTENTS = ("plan", "area", "none")
ANSWERS = {
    extent: {page: int(said[at]) for page, *said in map(str.split, PAGES.strip().splitlines()[1:])}
    for at, extent in enumerate(EXTENTS)
}
SEES: dict[str, Seen] = {"plan": WHOLE, "area": OF_HOME, "none": set()}


@pytest.fixture
def goals(database: Database) -> Goals:
    return plant_plan(database)


def read_all(app: Flask, database: Database, browser_of: Browser, slug: str, goals: Goals) -> Seen:
    """Return the words on every page of Anna's that one who helps can open."""
    crawl = Crawl(app, database, browser_of, slug)
    found = crawl.read([uuid4()])
    for goal in (goals.job, goals.home, goals.loose):
        found |= words(crawl.browser.get(f"{ANNA.url}/plan/maal/{goal}").text)
    return found


@pytest.mark.parametrize("extent", EXTENTS)
def test_each_page_is_answered_as_the_table_says(
    browser_of: Browser, database: Database, goals: Goals, extent: str
) -> None:
    chose(database, extent)
    thea, of_goals = browser_of(THEA), {"home": goals.home, "job": goals.job, "loose": goals.loose}
    answered = {page: thea.get(ANNA.url + page.format(**of_goals)).status_code for page in ANSWERS[extent]}
    assert answered == ANSWERS[extent]


@pytest.mark.slow
@pytest.mark.parametrize("extent", SEES)
def test_no_page_has_a_word_of_more_than_the_citizen_lets_them_see(
    app: Flask, database: Database, browser_of: Browser, goals: Goals, extent: str
) -> None:
    """Read before and after, so that what is kept for them is there when it is limited."""
    assert read_all(app, database, browser_of, "thea", goals) == WHOLE
    chose(database, extent)
    assert read_all(app, database, browser_of, "thea", goals) == SEES[extent]


def test_what_limits_one_limits_nobody_else(browser_of: Browser, database: Database, goals: Goals) -> None:
    chose(database, "none")
    for slug in ("line", "jonas"):
        reader = browser_of(getattr(People(), slug))
        assert words(reader.get(f"{ANNA.url}/plan").text) == WHOLE
        assert reader.get(f"{ANNA.url}/plan/maal/{goals.job}").status_code == 200


def test_the_line_of_the_table_is_what_the_plan_goes_by(
    browser_of: Browser, database: Database, goals: Goals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a line that says yes to all is seen on the page at once."""
    chose(database, "area")
    assert words(browser_of(THEA).get(f"{ANNA.url}/plan").text) == OF_HOME
    monkeypatch.setitem(TABLE, Field.WHOLE_PLAN, dict.fromkeys(Tie, When.ALWAYS))
    assert words(browser_of(THEA).get(f"{ANNA.url}/plan").text) == WHOLE


@pytest.mark.usefixtures("goals")
def test_the_page_says_that_it_is_a_part(browser_of: Browser, database: Database) -> None:
    chose(database, "area")
    thea = browser_of(THEA)
    assert ONLY_HOME in thea.get(f"{ANNA.url}/plan").text
    assert ONLY_HOME in thea.get(f"{ANNA.url}/plan/historie").text
    assert "du kun ser" not in browser_of(People().jonas).get(f"{ANNA.url}/plan").text


def test_an_empty_part_is_not_called_an_empty_plan(browser_of: Browser, database: Database) -> None:
    chose(database, "area")
    page = browser_of(THEA).get(f"{ANNA.url}/plan").text
    assert "Der står ikke noget om Bolig og økonomi i planen endnu." in page
    assert "Den begynder med det" not in page


def test_the_history_tells_of_the_area_and_of_nothing_else(
    browser_of: Browser, database: Database, goals: Goals
) -> None:
    """What says not which goal it was, such as an answer, is told to those alone who see them all."""
    chose(database, "area")
    thea, jonas, anna = (browser_of(one) for one in (THEA, People().jonas, ANNA))
    limited = thea.get(f"{ANNA.url}/plan/historie").text
    assert "Line tog et mål med i planen." in limited
    assert "Line tog et skridt med i planen." in limited
    for told in ("en drøm", "tale om et mål", "på kommunens vegne", "ændrede, hvem"):
        assert told not in limited
        assert (told in jonas.get(f"{ANNA.url}/plan/historie").text) is (told != "ændrede, hvem")
    assert "Du ændrede, hvem der kan se planen." in anna.get("/plan/historie").text


def test_who_helps_in_two_areas_sees_both(browser_of: Browser, database: Database, goals: Goals) -> None:
    """And a promise that may be of either: it is of those that they help in."""
    with database.writing() as session:
        job = area_id(session, "Job og uddannelse")
        session.add(TeamMembership(citizen_id=ANNA.id, person_id=THEA.id, area_id=job, starts_on=TODAY))
    chose(database, "area")
    thea = browser_of(THEA)
    found = words(thea.get(f"{ANNA.url}/plan").text)
    assert {name for name, _cell in found} == {"job", "home"}
    assert thea.get(f"{ANNA.url}/plan/maal/{goals.job}").status_code == 200
    chose(database, "none")
    assert thea.get(f"{ANNA.url}/plan").status_code == 403


def test_a_no_outlasts_the_membership(browser_of: Browser, database: Database) -> None:
    """Who comes back, or helps with something more, sees no more than the citizen has said."""
    chose(database, "none")
    with database.writing() as session:
        of_thea = TeamMembership.person_id == THEA.id, TeamMembership.citizen_id == ANNA.id
        session.exec(select(TeamMembership).where(*of_thea)).one().ends_on = TODAY
    thea = browser_of(THEA)
    assert thea.get(f"{ANNA.url}/plan").status_code == 404
    with database.writing() as session:
        job = area_id(session, "Job og uddannelse")
        session.add(TeamMembership(citizen_id=ANNA.id, person_id=THEA.id, area_id=job, starts_on=TODAY))
    assert thea.get(f"{ANNA.url}/plan").status_code == 403


@pytest.mark.usefixtures("goals")
def test_who_is_limited_and_stands_in_sees_what_the_contact_person_sees(
    browser_of: Browser, database: Database, people: People
) -> None:
    chose(database, "none")
    hour = timedelta(hours=1)
    with database.writing() as session:
        line, began, ends = people.line.id, NOW - hour, NOW + hour
        session.add(Absence(person_id=line, substitute_id=THEA.id, starts_at=began, ends_at=ends))
        session.add(PersonRole(person_id=THEA.id, role=Role.CONTACT, starts_at=began))
    assert words(browser_of(THEA).get(f"{ANNA.url}/plan").text) == WHOLE


@pytest.mark.both_databases
def test_what_a_goal_said_while_it_belonged_elsewhere_is_not_theirs(
    browser_of: Browser, database: Database, people: People
) -> None:
    goals = plant_plan(database)
    chose(database, "area")
    with database.writing() as session:
        for times, (area, because) in enumerate(
            (("Job og uddannelse", "Kanarieplan-hvorfor"), ("Bolig og økonomi", "Derfor nu"))
        ):
            details = GoalDetails(area_id(session, area), None, because)
            change_goal_details(session, ANNA.id, goals.job, details, times=times, by=people.line.id, now=NOW)
    page = f"{ANNA.url}/plan/maal/{goals.job}"
    assert "Derfor nu" in browser_of(THEA).get(page).text
    assert "Kanarieplan-hvorfor" not in browser_of(THEA).get(page).text
    assert "Kanarieplan-hvorfor" in browser_of(people.line).get(page).text


# --- in force at the next request ---


@pytest.mark.usefixtures("goals")
@pytest.mark.parametrize(("extent", "status"), [("area", 200), ("none", 403)])
def test_a_page_that_is_kept_is_not_shown_once_more(
    app: Flask, database: Database, extent: str, status: int
) -> None:
    thea = browser_that_keeps(app, THEA)
    before = kept(thea)
    assert kept(thea) == before
    assert (before[0], words(before[1])) == (200, WHOLE)
    chose(database, extent)
    answered, page = kept(thea)
    assert (answered, words(page)) == (status, SEES[extent])
    chose(database, "plan")
    assert words(kept(thea)[1]) == WHOLE


@pytest.mark.usefixtures("goals")
@pytest.mark.parametrize("extent", ["plan", "area"])
def test_after_the_last_day_nothing_of_the_plan_is_seen(app: Flask, database: Database, extent: str) -> None:
    """The day itself is the last; nobody has to do anything, and no page that is kept outlives it."""
    chose(database, extent, days=0)
    status, page = kept(browser_that_keeps(app, THEA))
    assert (status, words(page)) == (200, SEES[extent])
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=1))
    thea = browser_that_keeps(app, THEA)
    assert [kept(thea, page)[0] for page in ("/plan", "/plan/historie", "/kontakt")] == [403, 403, 403]
    assert kept(thea, "/kalender")[0] == 200
    anna = words_of(browser_that_keeps(app, ANNA).get("/samtykke", headers=PLAIN).text)
    assert "Ser ikke planen længere. Sidste dag var den 2. marts 2026." in anna
