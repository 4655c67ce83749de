"""Min dag: my meetings across citizens, what waits for me by its day, and what is new until I open it."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from app.access.models import AccessLogEntry, AccessLogList
from app.goals.promises import make_promise
from app.goals.rules import Agreement, GoalAnswer
from app.goals.service import answer_goal
from app.meetings.models import Meeting
from app.meetings.rules import Channel
from app.minutes.models import MeetingMinutes
from app.minutes.rules import MinutesState
from app.notifications.models import Notice
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice
from app.plan.consent_effects import withdraw_yes
from app.plan.news import CONSENT_GIVEN
from app.plan.service import get_plan
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.goals.plans import PROMISE, TODAY, lay_plan, promise

Booked = Callable[..., UUID]
HOUR = timedelta(hours=1)


def rows(html: str, card: str) -> list[tuple[str, str]]:
    """Return the links of a card, in their order: the words and where they lead."""
    part = html.partition(f'id="{card}"')[2].partition("</section>")[0]
    return [
        (unescape(said), href)
        for href, said in re.findall(r'<a href="([^"]+)"[^>]*>(?:<bdi[^>]*>)?([^<]+)<', part)
    ]


@pytest.fixture
def read(browser_of: Browser) -> Callable[[Someone], str]:
    return lambda who: browser_of(who).get("/dag").text


@pytest.mark.both_databases
def test_my_meetings_stand_in_order_of_time_across_citizens(
    read: Callable[[Someone], str], booked: Booked, people: People
) -> None:
    more: dict[str, Any] = {"said_yes": True, "channel": Channel.PHONE}
    at_two = booked("2026-03-02 14:00", 30, "line", **more)
    at_noon = booked("2026-03-02 12:00", 30, "line", citizen="karim", **more)
    later = booked("2026-03-04 10:00", 30, "line", **more)
    html = read(people.line)
    links = rows(html, "moeder")
    assert [href.rpartition("/")[2] for _said, href in links] == [str(at_noon), str(at_two), str(later)]
    assert [said for said, _href in links][:2] == ["Karim Haddad", "Anna Jensen"]
    assert "Samtale om din bolig" in html
    assert "kl. 12.00" in html
    assert rows(read(people.jonas), "moeder") == []


@pytest.mark.both_databases
def test_a_meeting_that_has_begun_leads_to_what_was_agreed_until_it_is_told(
    read: Callable[[Someone], str], booked: Booked, database: Database, people: People
) -> None:
    meeting = booked("2026-03-02 14:00", 30, "line", said_yes=True, organiser_id=people.line.id)
    with database.writing() as session:
        row = session.get_one(Meeting, meeting)
        row.starts_at, row.ends_at = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    there = f"{people.anna.url}/kalender/{meeting}/referat"
    html = read(people.line)
    assert f'href="{there}"' in html.partition('id="venter"')[0]
    assert ("Skriv, hvad I aftalte", there) in rows(html, "venter")
    told = MeetingMinutes(
        meeting_id=meeting,
        words="I aftalte at ringe.",
        author_id=people.line.id,
        state=MinutesState.SHARED,
        written_at=NOW,
        shared_at=NOW,
    )
    with database.writing() as session:
        session.add(told)
    html = read(people.line)
    assert "referat" not in html
    assert "I aftalte at ringe." in html


@pytest.mark.both_databases
def test_steps_promises_and_talks_that_are_mine_wait_with_the_oldest_first(
    read: Callable[[Someone], str], database: Database, people: People
) -> None:
    laid = lay_plan(database)
    late = promise(database, "Ringe til banken", due_on=TODAY - timedelta(days=1))
    with database.writing() as session:
        talk = GoalAnswer(Agreement.TALK)
        answer_goal(session, people.anna.id, laid.proposed, talk, by=people.anna.id, now=NOW)
    html, plan = read(people.line), f"{people.anna.url}/plan"
    assert [one for one in rows(html, "venter") if one[1].startswith(plan)] == [
        ("Dit løfte", f"{plan}?ved={late}#loefte-{late}"),
        ("Dit løfte", f"{plan}?ved={laid.promise}#loefte-{laid.promise}"),
        ("Dit skridt", f"{plan}?ved={laid.later_step}#skridt-{laid.later_step}"),
    ]
    assert html.count("Forsinket. Det skulle have været klaret senest") == 1
    mine = ("Vil tale om et mål", f"{plan}?ved={laid.proposed}#maal-{laid.proposed}")
    assert mine in rows(read(people.jonas), "venter")
    assert "Ringe til banken" not in read(people.jonas)
    with database.writing() as session:
        agree = GoalAnswer(Agreement.AGREE)
        answer_goal(session, people.anna.id, laid.proposed, agree, by=people.anna.id, now=NOW + HOUR)
    assert mine not in rows(read(people.jonas), "venter")


def test_after_a_no_nothing_of_the_plan_stands_there(
    read: Callable[[Someone], str], database: Database, people: People
) -> None:
    lay_plan(database)
    assert PROMISE in read(people.line)
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    assert PROMISE not in read(people.line)


def test_what_is_mine_in_a_plan_that_is_closed_to_me_does_not_stand_there(
    read: Callable[[Someone], str], database: Database, browser_of: Browser, people: People
) -> None:
    lay_plan(database)
    with database.writing() as session:
        plan = get_plan(session, people.anna.id)
        make_promise(session, plan.id, "Ringe til gartneren", by=people.jonas.id, due_on=TODAY, now=NOW)
    assert "Ringe til gartneren" in read(people.jonas)
    choose = f"/samtykke/fagperson/{people.jonas.id}"
    assert browser_of(people.anna).post(choose, data={"extent": "none"}).status_code == 303
    assert "Ringe til gartneren" not in read(people.jonas)


def test_what_is_new_stands_until_it_is_opened_or_set_aside(
    read: Callable[[Someone], str], booked: Booked, browser_of: Browser, session: Session, people: People
) -> None:
    first = booked("2026-03-09 10:00", 30, "line", "jonas", organiser_id=people.line.id)
    booked("2026-03-10 10:00", 30, "line", "jonas", citizen="bent", organiser_id=people.line.id)
    jonas = browser_of(people.jonas)
    (said, href), *others = rows(read(people.jonas), "nyt")
    assert len(others) in (0, 1)
    assert jonas.get(href).status_code == 303
    assert said not in [one for one, _href in rows(read(people.jonas), "nyt")]
    until = (NOW + timedelta(minutes=1)).isoformat()
    assert jonas.post("/borgere/nyt/til-side", data={"til": until}).location == "/dag?nyt=lagt-til-side"
    assert 'id="nyt"' not in read(people.jonas)
    unread = select(Notice).where(Notice.person_id == people.jonas.id, col(Notice.seen_at).is_(None))
    assert session.exec(unread).all() == []
    assert first


def test_another_cannot_open_or_set_aside_what_is_mine(
    booked: Booked, browser_of: Browser, session: Session, people: People
) -> None:
    booked("2026-03-09 10:00", 30, "line", "jonas", organiser_id=people.line.id)
    (notice,) = session.exec(select(Notice).where(Notice.person_id == people.jonas.id)).all()
    assert browser_of(people.thea).get(f"/borgere/nyt/{notice.id}").location == "/dag"
    browser_of(people.thea).post("/borgere/nyt/til-side", data={"til": NOW.isoformat()})
    session.rollback()  # what was read before is of then
    session.refresh(notice)
    assert notice.seen_at is None


def test_who_acts_for_somebody_sets_news_aside_where_they_begin(
    database: Database, browser_of: Browser, session: Session, people: People
) -> None:
    with database.writing() as writing:
        add_notice(writing, people.vibeke.id, NoticeContent(CONSENT_GIVEN, people.bent.id), now=NOW)
    vibeke = browser_of(people.vibeke)
    answer = vibeke.post("/borgere/nyt/til-side", data={"til": NOW.isoformat()})
    assert answer.location == "/borgere?nyt=lagt-til-side"
    assert "Det er lagt til side." in vibeke.get(answer.location).text
    assert session.exec(select(Notice.seen_at).where(Notice.person_id == people.vibeke.id)).one() == NOW


def test_the_look_is_one_row_of_the_log_with_those_that_stand_there(
    browser_of: Browser, session: Session, people: People
) -> None:
    line = browser_of(people.line)
    assert [line.get("/dag").status_code for _again in range(2)] == [200, 200]
    (look,) = session.exec(select(AccessLogEntry).where(AccessLogEntry.action == "my_day:read")).all()
    shown = session.get_one(AccessLogList, look.list_digest).citizens
    assert str(people.anna.id).replace("-", "") in shown.replace("-", "")
    assert str(people.emil.id).replace("-", "") not in shown.replace("-", "")


def test_many_citizens_cost_no_more_questions(people: People, browser_of: Browser, asked: list[str]) -> None:
    def questions(who: Someone) -> int:
        client = browser_of(who)
        client.get("/dag")
        asked.clear()
        client.get("/dag")
        return len(asked)

    assert questions(people.line) == questions(people.omar)
