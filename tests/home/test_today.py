import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from app.booking.book import book_meeting
from app.dates.clock import fixed_clock
from app.entries.news import ENTRY_APPROVED, ENTRY_TALK
from app.entries.rules import EntryKind
from app.meetings.rules import Channel, MeetingRequest
from app.notifications.models import Notice
from app.notifications.rules import KINDS, NewsGroup, NoticeContent, NoticeKind
from app.notifications.service import add_notice
from app.plan.consent_effects import withdraw_yes
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.goals.plans import PROMISE, PROPOSED, STEP, TODAY, lay_plan, promise
from tests.writing import wrote

MOST_QUERIES = 11


def status_of(page: str) -> str:
    """Return what the page's one status line says."""
    found = re.search(r'id="status"[^>]*><span>(.*?)</span>', page)
    return found[1] if found else ""


def book_tomorrow(database: Database, people: People) -> UUID:
    request_for = MeetingRequest(
        citizen_id=people.anna.id,
        with_ids=(people.line.id,),
        starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=1, minutes=45),
        purpose="Samtale om din bolig",
        channel=Channel.IN_PERSON,
        place="Rådhuset, lokale 2",
        organiser_id=people.line.id,
    )
    return book_meeting(database, request_for, now=NOW, closing_days=())


def told(database: Database, people: People, *kinds: NoticeKind) -> None:
    with database.writing() as session:
        for kind in kinds:
            add_notice(
                session, people.anna.id, NoticeContent(kind, people.anna.id, by=people.line.id), now=NOW
            )


def test_first_comes_the_meeting_then_the_contact_person_then_one_step(
    database: Database, people: People, browser_of: Browser
) -> None:
    lay_plan(database)
    book_tomorrow(database, people)
    text = browser_of(people.anna).get("/").text
    order = [
        text.index(said) for said in ("Hej Anna", "Samtale om din bolig", 'id="kontaktperson"', STEP, PROMISE)
    ]
    assert order == sorted(order)
    assert "Mandag den 2. marts, uge 10" in text
    assert text.count("Det er gjort") == 1
    assert text.count('class="button" data-kind="main"') == 1


def test_staff_and_representatives_are_led_to_their_citizens(people: People, browser_of: Browser) -> None:
    for slug in ("line", "jonas", "lone", "admin", "vibeke"):
        answer = browser_of(getattr(people, slug)).get("/")
        assert (answer.status_code, answer.location) == (303, "/borgere")


def test_a_stranger_is_led_to_sign_in(browser_of: Browser) -> None:
    answer = browser_of(None).get("/")
    assert (answer.status_code, answer.location) == (303, "/log-ind")


def test_the_invited_with_nothing_yet_is_told_what_to_do_first(people: People, browser_of: Browser) -> None:
    text = browser_of(people.ny).get("/").text
    order = [
        text.index(said)
        for said in ("Velkommen", "Læs, og sig ja til én plan", "Skriv en drøm", "Line Madsen")
    ]
    assert order == sorted(order)
    assert "Der er ikke aftalt et møde" not in text


def test_without_a_contact_person_there_is_a_phone(people: People, browser_of: Browser) -> None:
    text = browser_of(people.fremmed).get("/").text
    assert "Du har ikke en kontaktperson endnu" in text
    assert 'href="tel:+4570123456"' in text


def test_when_there_is_nothing_to_do_it_says_so(
    database: Database, people: People, browser_of: Browser
) -> None:
    wrote(database, people.anna, "in_plan", words="Jeg vil sove om natten")
    text = browser_of(people.anna).get("/").text
    assert "Der er ikke noget, du skal gøre lige nu." in text
    assert "Der er ikke aftalt et møde." in text


@pytest.mark.usefixtures("line_is_away")
def test_while_line_is_away_omar_is_the_one_to_call(people: People, browser_of: Browser) -> None:
    text = browser_of(people.anna).get("/").text
    assert "Line er væk til mandag den 9. marts. Omar svarer i stedet." in text
    assert 'href="tel:+4570123462"' in text


def test_what_waits_for_her_is_named_with_the_way_to_it(
    database: Database, people: People, browser_of: Browser
) -> None:
    laid = lay_plan(database)
    talk = wrote(database, people.anna, "talk", words="Jeg vil flytte")
    text = browser_of(people.anna).get("/").text
    assert "Jonas har foreslået et mål. Hvad siger du?" in text
    assert PROPOSED in text
    assert f'href="/plan/maal/{laid.proposed}"' in text
    assert f'href="/skriv/{talk.id}"' in text


def test_the_late_promise_is_the_one_shown(database: Database, people: People, browser_of: Browser) -> None:
    promise(database, due_on=TODAY + timedelta(days=3))
    promise(database, "Bevilling af briller", due_on=TODAY - timedelta(days=3))
    text = browser_of(people.anna).get("/").text
    assert "Bevilling af briller" in text
    assert "Forsinket" in text
    assert PROMISE not in text


def test_what_is_new_stands_through_the_visit_and_is_gone_in_the_next(
    app: Flask, database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    told(database, people, ENTRY_APPROVED)
    this_visit = browser_of(people.anna)
    assert ["Line tog dit forslag med i planen." in this_visit.get("/").text for _again in range(2)] == [
        True,
        True,
    ]
    unseen = select(Notice).where(col(Notice.seen_at).is_(None), Notice.person_id == people.anna.id)
    assert session.exec(unseen).all() == []
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=1))
    next_visit = browser_of(people.anna)
    assert "Line tog dit forslag" not in next_visit.get("/").text
    told(database, people, ENTRY_TALK)
    text = next_visit.get("/").text
    assert "Nyt siden i går" in text
    assert "Line vil gerne tale med dig om dit forslag." in text


def test_much_news_is_three_sentences(database: Database, people: People, browser_of: Browser) -> None:
    told(database, people, *KINDS.values(), ENTRY_APPROVED)
    text = browser_of(people.anna).get("/").text
    news = text[text.index('id="nyt"') :]
    assert news[: news.index("</ul>")].count("<li>") == 3


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("count", [1, 2])
def test_every_kind_of_news_has_a_short_sentence(kind: NoticeKind, count: int) -> None:
    group = NewsGroup("Line", "Anna", NOW, count)
    sentences = [say(group) for say in (kind.to_citizen, kind.to_helper) if say]
    assert sentences
    for said in sentences:
        assert said.endswith(".")
        assert "%" not in said
        assert all(len(part.split()) <= 20 for part in said.split("."))


def test_the_step_that_is_done_gives_room_to_the_next(
    database: Database, people: People, browser_of: Browser
) -> None:
    laid = lay_plan(database)
    client = browser_of(people.anna)
    answer = client.post(f"/plan/skridt/{laid.step}/gjort", data={"fra": "i-dag"})
    assert (answer.status_code, answer.location) == (303, f"/?nyt=gjort&skridt={laid.step}")
    region = client.get(answer.location, headers={"HX-Request": "true", "HX-Target": "next-step"}).text
    assert region.startswith('<div class="stack" id="next-step" data-status="Skridtet står nu som gjort."')
    assert STEP not in region
    undone = client.post(f"/plan/skridt/{laid.step}/fortryd", data={"fra": "i-dag"})
    assert undone.location == f"/?nyt=fortrudt&skridt={laid.step}"
    assert status_of(client.get(undone.location).text) == "Skridtet står ikke længere som gjort."
    region = client.get(undone.location, headers={"HX-Request": "true", "HX-Target": "next-step"}).text
    assert 'data-status="Skridtet står ikke længere som gjort."' in region
    assert STEP in region


def test_what_she_is_asked_about_below_is_not_told_as_news_too(
    database: Database, people: People, browser_of: Browser
) -> None:
    wrote(database, people.anna, "talk", words="Jeg vil flytte")
    text = browser_of(people.anna).get("/").text
    assert "Lad os tale om det:" in text
    assert "vil gerne tale med dig" not in text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (EntryKind.DREAM, "Line tog din drøm med i planen."),
        (EntryKind.GOAL, "Line tog dit mål med i planen."),
        (EntryKind.STEP, "Line tog dit skridt med i planen."),
        (EntryKind.OTHER, "Line tog det, du skrev, med i planen."),
    ],
)
def test_one_piece_of_news_names_what_it_is_and_leads_to_it(
    database: Database, people: People, browser_of: Browser, kind: EntryKind, said: str
) -> None:
    entry = wrote(database, people.anna, "in_plan", words="Jeg vil flytte", kind=kind)
    anna = browser_of(people.anna)
    link = re.search(rf'<a class="link" href="(/plan#[a-z]+-{entry.id})">{said}</a>', anna.get("/").text)
    assert link
    assert f'id="{link[1].partition("#")[2]}"' in anna.get("/plan").text


def test_news_of_several_leads_to_the_page_and_a_meeting_to_the_meeting(
    database: Database, people: People, browser_of: Browser
) -> None:
    for words in ("Jeg vil flytte", "Jeg vil sove"):
        wrote(database, people.anna, "in_plan", words=words)
    anna, meeting_id = browser_of(people.anna), book_tomorrow(database, people)
    anna.post(f"/kalender/{meeting_id}/svar", data={"reply": "coming", "seen": "0"})
    text = anna.get("/").text
    assert '<a class="link" href="/plan">Line tog 2 af dine forslag med i planen.</a>' in text
    assert re.search(r'<a class="link" href="/kalender/[0-9a-f-]+">Line har sat et møde', text)


def test_after_the_yes_an_empty_plan_begins_with_a_dream_and_a_draft_is_offered(
    database: Database, people: People, browser_of: Browser
) -> None:
    nynne = browser_of(people.ny)
    nynne.post("/samtykke/ja")
    text = nynne.get("/").text
    assert "Din plan er tom endnu" in text
    assert 'href="/skriv?slags=droem"' in text
    wrote(database, people.ny, words="Jeg vil spille guitar")
    text = nynne.get("/").text
    assert "Den er klar, når du vil dele den med Line." in text
    assert 'href="/skriv#drafts-title"' in text
    assert "Din plan er tom endnu" not in text


def test_she_writes_to_line_in_one_tap(people: People, browser_of: Browser) -> None:
    text = browser_of(people.anna).get("/").text
    assert re.search(r'href="/skriv\?slags=andet"[^>]*>Skriv til Line</a>', text)
    assert '<p class="on-paper">Ring til Line Madsen: 70 12 34 61</p>' in text


def test_after_a_no_the_page_shows_the_way_back_and_does_not_press(
    database: Database, people: People, browser_of: Browser
) -> None:
    lay_plan(database)
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    text = browser_of(people.anna).get("/").text
    assert "Din plan er lukket" in text
    assert "Velkommen" not in text
    assert 'href="/samtykke"' in text
    assert 'class="button" data-kind="main"' not in text
    assert STEP not in text


def test_it_is_drawn_with_few_queries(
    database: Database, people: People, browser_of: Browser, asked: list[str]
) -> None:
    lay_plan(database)
    book_tomorrow(database, people)
    client = browser_of(people.anna)
    client.get("/")  # what is new is now seen: the next look only reads
    asked.clear()
    assert client.get("/").status_code == 200
    assert len(asked) <= MOST_QUERIES, (len(asked), asked)
