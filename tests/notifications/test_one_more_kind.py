"""One more kind of news is one registration: no step of the database, no page that must be taught it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from app.notifications.models import Notice
from app.notifications.rules import KINDS, Link, NoticeContent, NoticeKind
from app.notifications.service import add_notice, set_news_aside
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.home.pages import news_of

FOUND = "Line har fundet din cykel."


@pytest.fixture
def bicycle() -> Iterator[NoticeKind]:
    kind = NoticeKind(
        "bicycle_found",
        lambda _news: Link("goals.history"),
        lambda news: f"{news.who} har fundet din cykel.",
        lambda news: f"{news.citizen}: Cyklen er fundet.",
    )
    yield kind
    KINDS.pop(kind.name, None)


def tell(
    database: Database, to: Someone, kind: NoticeKind, citizen: Someone, by: Someone | None = None
) -> None:
    with database.writing() as session:
        content = NoticeContent(kind, citizen.id, by=by.id if by else None)
        add_notice(session, to.id, content, now=NOW - timedelta(hours=1))


def test_it_stands_on_the_first_page_of_each_who_is_told(
    bicycle: NoticeKind, database: Database, people: People, browser_of: Browser
) -> None:
    tell(database, people.anna, bicycle, people.anna, by=people.line)
    tell(database, people.line, bicycle, people.anna, by=people.anna)
    anna = browser_of(people.anna)
    [(href, said)] = news_of(anna.get("/").text)
    assert (said, anna.get(href).location) == (FOUND, "/plan/historie")
    line = browser_of(people.line)
    found = re.search(r'<a href="([^"]+)"[^>]*>Anna: Cyklen er fundet.</a>', line.get("/dag").text)
    assert found
    assert line.get(found[1]).location == f"{people.anna.url}/plan/historie"
    assert "Cyklen" not in line.get("/dag").text  # it is opened
    assert "Cyklen" not in browser_of(people.omar).get("/dag").text


def test_nobody_is_told_of_a_plan_that_they_may_not_open_now(
    bicycle: NoticeKind, database: Database, people: People, browser_of: Browser
) -> None:
    for citizen in (people.emil, people.ny, people.bent):  # Omar's, and two of Line's: before and after a yes
        tell(database, people.line, bicycle, citizen)
    text = browser_of(people.line).get("/dag").text
    assert "Bent: Cyklen er fundet." in text
    assert text.count("Cyklen er fundet.</a>") == 1


def test_news_of_many_costs_no_more_questions(
    bicycle: NoticeKind, database: Database, people: People, browser_of: Browser, asked: list[str]
) -> None:
    def questions() -> int:
        client.get("/dag")
        asked.clear()
        client.get("/dag")
        return len(asked)

    client = browser_of(people.line)
    without = questions()
    for citizen in (people.anna, people.karim, people.bent):
        tell(database, people.line, bicycle, citizen)
    assert questions() == without


def test_those_who_help_see_it_for_two_weeks(
    bicycle: NoticeKind, database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        for citizen, days in ((people.anna, 13), (people.bent, 14)):
            news = NoticeContent(bicycle, citizen.id)
            add_notice(session, people.line.id, news, now=NOW - timedelta(days=days))
    text = browser_of(people.line).get("/dag").text
    assert "Anna: Cyklen" in text
    assert "Bent: Cyklen" not in text


def test_what_is_told_of_somebody_elses_plan_is_not_told_as_ones_own(
    bicycle: NoticeKind, database: Database, people: People, browser_of: Browser
) -> None:
    tell(database, people.anna, bicycle, people.bent, by=people.line)
    assert "cykel" not in browser_of(people.anna).get("/").text


def test_a_kind_of_a_newer_version_is_passed_over_and_waits_for_it(
    bicycle: NoticeKind, database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    tell(database, people.anna, bicycle, people.anna, by=people.line)
    tell(database, people.line, bicycle, people.anna, by=people.anna)
    del KINDS[bicycle.name]
    anna = browser_of(people.anna)
    pages = [anna.get("/"), browser_of(people.line).get("/dag")]
    assert [page.status_code for page in pages] == [200, 200]
    assert not any("ykel" in page.text for page in pages)
    with database.writing() as writing:
        set_news_aside(writing, people.anna.id, until=NOW, now=NOW)
    assert set(session.exec(select(Notice.seen_at))) == {None}
    KINDS[bicycle.name] = bicycle
    assert FOUND in anna.get("/").text


def test_a_name_is_taken_once_and_fits(bicycle: NoticeKind) -> None:
    for name in (bicycle.name, "", "a" * 41):
        with pytest.raises(ValueError, match=name or "^$"):
            NoticeKind(name, bicycle.leads_to)


def test_the_urgent_stand_first_however_many_came_after(
    database: Database, people: People, browser_of: Browser, booked: Booked
) -> None:
    meeting = booked()
    with database.writing() as session:
        add_notice(session, people.line.id, _about(people, "device_new"), now=NOW - timedelta(days=2))
        for minute in range(60):
            news = _about(people, "meeting_moved", meeting)
            add_notice(session, people.line.id, news, now=NOW - timedelta(minutes=minute))
    text = browser_of(people.line).get("/dag").text
    assert text.index("Anna fik en ny adgangsnøgle") < text.index("Anna: Et møde er flyttet.")
    assert text.count("Et møde er flyttet.</a>") == 1


def _about(people: People, kind: str, about: UUID | None = None) -> NoticeContent:
    return NoticeContent(KINDS[kind], people.anna.id, about=about or uuid4())
