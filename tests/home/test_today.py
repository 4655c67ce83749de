import re
from datetime import timedelta
from uuid import UUID

import pytest

from app.booking.book import book_meeting
from app.entries.news import ENTRY_APPROVED
from app.entries.rules import EntryKind
from app.meetings.rules import Channel, MeetingRequest
from app.notifications.rules import KINDS, NewsGroup, NoticeContent, NoticeKind
from app.notifications.service import add_notice
from app.plan.consent_effects import withdraw_yes
from app.store.db import Database
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.consent.forms import YES
from tests.goals.plans import PROMISE, PROPOSED, STEP, TODAY, lay_plan, promise
from tests.home.pages import news_of
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
    return book_meeting(database, request_for, now=NOW, workdays=WORKDAYS)


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
    assert len(re.findall(r'<(?:button|a) class="button[^"]*" data-kind="main"', text)) == 1


def test_each_who_helps_is_led_to_their_own_first_page(people: People, browser_of: Browser) -> None:
    begins = {"line": "/dag", "jonas": "/dag", "admin": "/administration", "vibeke": "/borgere"}
    for slug, page in begins.items():
        answer = browser_of(getattr(people, slug)).get("/")
        assert (answer.status_code, answer.location) == (303, page)


def test_a_stranger_is_led_to_sign_in(browser_of: Browser) -> None:
    answer = browser_of(None).get("/")
    assert (answer.status_code, answer.location) == (303, "/log-ind")


def test_the_invited_with_nothing_yet_is_told_what_to_do_first(people: People, browser_of: Browser) -> None:
    text = browser_of(people.ny).get("/").text
    order = [text.index(said) for said in ("Velkommen", "Læs om én plan", "Skriv en drøm", "Line Madsen")]
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
    assert "Der er ikke noget skridt til dig i planen lige nu." in text
    assert "Der er ikke aftalt et møde." in text


@pytest.mark.usefixtures("line_is_away")
def test_while_line_is_away_omar_is_the_one_to_call(people: People, browser_of: Browser) -> None:
    text = browser_of(people.anna).get("/").text
    assert "Line er væk og er tilbage mandag den 9. marts. Omar svarer i stedet." in text
    assert 'href="tel:+4570123462"' in text


def test_what_waits_for_her_is_named_with_the_way_to_it(
    database: Database, people: People, browser_of: Browser
) -> None:
    laid = lay_plan(database)
    talk = wrote(database, people.anna, "talk", words="Jeg vil flytte")
    text = browser_of(people.anna).get("/").text
    assert "Hvad siger du til det her mål?" in text
    assert "Jonas foreslår det." in text
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


def test_much_news_is_three_sentences(database: Database, people: People, browser_of: Browser) -> None:
    told(database, people, *KINDS.values(), ENTRY_APPROVED)
    text = browser_of(people.anna).get("/").text
    news = text[text.index('id="nyt"') :]
    assert news[: news.index("</ul>")].count("<li") == 3
    assert len(news_of(browser_of(people.anna).get("/nyt").text)) > 3


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
    assert region.startswith('<div class="stack" id="next-step" data-status="Skridtet er gjort."')
    assert STEP not in region
    undone = client.post(f"/plan/skridt/{laid.step}/fortryd", data={"fra": "i-dag"})
    assert undone.location == f"/?nyt=fortrudt&skridt={laid.step}"
    assert status_of(client.get(undone.location).text) == "Skridtet er ikke gjort endnu."
    region = client.get(undone.location, headers={"HX-Request": "true", "HX-Target": "next-step"}).text
    assert 'data-status="Skridtet er ikke gjort endnu."' in region
    assert STEP in region


def test_what_she_is_asked_about_below_is_not_told_as_news_too(
    database: Database, people: People, browser_of: Browser
) -> None:
    wrote(database, people.anna, "talk", words="Jeg vil flytte")
    text = browser_of(people.anna).get("/").text
    assert "Læs svaret på det, du skrev" in text
    assert "vil gerne tale med dig" not in text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (EntryKind.DREAM, "Line tog din drøm med i planen."),
        (EntryKind.GOAL, "Line tog dit mål med i planen."),
        (EntryKind.STEP, "Line tog dit skridt med i planen."),
    ],
)
def test_one_piece_of_news_names_what_it_is_and_leads_to_it(
    database: Database, people: People, browser_of: Browser, kind: EntryKind, said: str
) -> None:
    entry = wrote(database, people.anna, "in_plan", words="Jeg vil flytte", kind=kind)
    anna = browser_of(people.anna)
    [(href, told)] = news_of(anna.get("/").text)
    there = anna.get(href).location
    assert (told, there.partition("#")[2].partition("-")[2]) == (said, str(entry.id))
    assert f'id="{there.partition("#")[2]}"' in anna.get("/plan").text


def test_news_of_several_leads_to_the_page_and_a_meeting_to_the_meeting(
    database: Database, people: People, browser_of: Browser
) -> None:
    for words in ("Jeg vil flytte", "Jeg vil sove"):
        wrote(database, people.anna, "in_plan", words=words)
    anna, meeting_id = browser_of(people.anna), book_tomorrow(database, people)
    anna.post(f"/kalender/{meeting_id}/svar", data={"reply": "coming", "seen": "0"})
    leads = {said: anna.get(href).location for href, said in news_of(anna.get("/").text)}
    assert leads == {
        "Line tog 2 af dine forslag med i planen.": "/plan",
        "Line har sat et møde i din kalender.": f"/kalender/{meeting_id}",
    }


def test_after_the_yes_an_empty_plan_begins_with_a_dream_and_a_draft_is_offered(
    database: Database, people: People, browser_of: Browser
) -> None:
    nynne = browser_of(people.ny)
    nynne.post("/samtykke/ja", data=YES)
    text = nynne.get("/").text
    assert "Der er ikke noget i din plan endnu" in text
    assert 'href="/skriv?slags=droem"' in text
    wrote(database, people.ny, words="Jeg vil spille guitar")
    text = nynne.get("/").text
    assert "Du kan dele, når du er klar. Så kan Line se det." in text
    assert 'href="/skriv#drafts-title"' in text
    assert "Der er ikke noget i din plan endnu" not in text


def test_she_writes_to_line_in_one_tap(people: People, browser_of: Browser) -> None:
    text = browser_of(people.anna).get("/").text
    assert re.search(r'href="/beskeder#nyeste"[^>]* aria-label="Skriv til Line"', text)
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
