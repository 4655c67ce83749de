"""Into the plan comes only what the citizen says yes to, in her own words, with the readers named before."""

from html import unescape
from re import search
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from app.entries.models import Entry, EntryVersion
from app.entries.rules import EntryKind, EntryState
from app.messages.models import PlanRequest
from app.messages.rules import PlanAnswer
from app.plan.consent_effects import withdraw_yes
from app.plan.models import TeamMembership
from app.plan.queries import list_plan_readers
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.messages.thread import asked, text_of
from tests.writing import wrote

pytestmark = pytest.mark.both_databases

SAID = "Det går bedst, når nogen ringer til mig kl. 8. Min søn er syg."
SHORTER = "Det går bedst, når nogen ringer til mig kl. 8."


def ask(people: People, browser_of: Browser, message_id: UUID) -> int:
    url = f"/borgere/{people.anna.id}/beskeder/{message_id}/spoerg"
    return browser_of(people.line).post(url).status_code


def question(session: Session) -> PlanRequest:
    session.rollback()
    session.expire_all()
    return session.exec(select(PlanRequest)).one()


def answer(client: FlaskClient, request_id: UUID, said: str, words: str = SHORTER) -> TestResponse:
    url = f"/beskeder/spoergsmaal/{request_id}"
    names = search(r'name="laesere" value="([^"]*)"', client.get(url).text)
    return client.post(
        url, data={"svar": said, "words": words, "laesere": unescape(names[1] if names else "")}
    )


def in_plan(session: Session) -> list[str]:
    wanted = select(EntryVersion.words).join(Entry).where(Entry.kind == EntryKind.OTHER)
    session.rollback()
    return list(session.exec(wanted))


def test_asking_changes_nothing(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    message_id = asked(database, people.anna, SAID)
    assert [ask(people, browser_of, message_id) for _ in range(2)] == [303, 303]
    assert in_plan(session) == []
    assert question(session).answer is None
    for who in (people.line, people.jonas):
        assert SAID not in text_of(browser_of(who), f"/borgere/{people.anna.id}/plan")


def test_a_yes_to_a_part_puts_that_part_in_and_no_more(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    ask(people, browser_of, asked(database, people.anna, SAID))
    anna = browser_of(people.anna)
    page = text_of(anna, f"/beskeder/spoergsmaal/{question(session).id}")
    for name in ("Jonas", "Sara", "Thea", "Ali"):
        assert name in page
    assert answer(anna, question(session).id, "ja").location == "/beskeder?nyt=med#nyeste"
    assert in_plan(session) == [SHORTER]
    entry = session.exec(select(Entry).where(Entry.kind == EntryKind.OTHER)).one()
    assert (entry.state, entry.author_id) == (EntryState.IN_PLAN, people.anna.id)
    assert entry.answered_by == people.anna.id  # she decided, not the one who asked
    assert "og Ali se det i din plan." in page
    plan = text_of(browser_of(people.jonas), f"/borgere/{people.anna.id}/plan")
    assert (SHORTER in plan, "Min søn er syg" in plan) == (True, False)
    assert "Anna har svaret på, om noget må komme med i planen." in text_of(browser_of(people.line), "/dag")


def test_the_history_says_whose_yes_it_was_and_what_a_new_version_is(
    people: People, browser_of: Browser, database: Database
) -> None:
    wrote(database, people.anna, "in_plan", kind=EntryKind.OTHER)
    entry = wrote(database, people.anna, "shared", kind=EntryKind.OTHER)
    line, told = browser_of(people.line), f"/borgere/{people.anna.id}/plan/historie"
    queue = text_of(line, f"/godkend?post={entry.id}")
    assert "Fra en besked" in queue
    assert "Noget andet" not in queue
    line.post(f"/borgere/{people.anna.id}/forslag/{entry.id}/godkend", data={"version": "2"})
    history = text_of(line, told)
    assert "Anna sagde ja til, at noget fra en besked kom med i planen." in history
    assert "Line tog det med i planen." in history
    hers = text_of(browser_of(people.anna), "/plan/historie")
    assert "Du skrev noget til planen." in hers
    assert "Line tog det med i planen." in hers


def test_a_no_keeps_it_between_them(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    message_id = asked(database, people.anna, SAID)
    ask(people, browser_of, message_id)
    assert (
        answer(browser_of(people.anna), question(session).id, "nej").location == "/beskeder?nyt=mellem#nyeste"
    )
    assert in_plan(session) == []
    assert question(session).answer is PlanAnswer.NO
    assert ask(people, browser_of, message_id) == 303  # one may ask again, and is answered again
    session.rollback()
    assert len(session.exec(select(PlanRequest)).all()) == 2


def test_it_is_answered_once(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    ask(people, browser_of, asked(database, people.anna, SAID))
    anna, request_id = browser_of(people.anna), question(session).id
    answer(anna, request_id, "nej")
    assert answer(anna, request_id, "ja").status_code == 409
    assert in_plan(session) == []


def test_a_yes_is_to_the_readers_who_were_named(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    """Somebody leaves, or comes, while the page is open: it is shown again, and the words stand."""
    ask(people, browser_of, asked(database, people.anna, SAID))
    anna, url = browser_of(people.anna), f"/beskeder/spoergsmaal/{question(session).id}"
    anna.get(url)
    refused = anna.post(url, data={"svar": "ja", "words": SHORTER, "laesere": "Jonas"})
    assert refused.status_code == 409
    assert SHORTER in unescape(refused.text)
    assert "Nu er det nogle andre, der kan se din plan." in unescape(refused.text)
    assert in_plan(session) == []


def test_without_a_word_nothing_is_put_in(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    ask(people, browser_of, asked(database, people.anna, SAID))
    assert answer(browser_of(people.anna), question(session).id, "ja", "  ").status_code == 422
    assert in_plan(session) == []


def test_with_a_no_to_one_plan_nobody_asks_and_nothing_goes_in(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    message_id = asked(database, people.anna, SAID)
    ask(people, browser_of, message_id)
    with database.writing() as writing:
        withdraw_yes(writing, people.anna.id, by=people.anna.id, now=NOW)
    assert ask(people, browser_of, message_id) == 403
    refused = answer(browser_of(people.anna), question(session).id, "ja")
    assert refused.status_code == 409
    assert "Planen er ikke åben. Derfor kan det ikke komme med." in unescape(refused.text)
    page = text_of(browser_of(people.anna), "/beskeder")
    assert "Du kan svare, når din plan er åben." in page
    assert in_plan(session) == []


def test_only_the_citizen_answers(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    ask(people, browser_of, asked(database, people.anna, SAID))
    url = f"/beskeder/spoergsmaal/{question(session).id}"
    for who in (people.line, people.karim, people.vibeke):
        assert browser_of(who).post(url, data={"svar": "ja", "words": SAID}).status_code == 404
    assert in_plan(session) == []


def test_who_is_named_is_who_can_read(people: People, browser_of: Browser, database: Database) -> None:
    """Emil's mother has custody and reads the plan: she is named before the yes."""

    with database.reading() as session:
        named = {one.name for one in list_plan_readers(session, people.emil.id, now=NOW)}
        team = session.exec(select(TeamMembership).where(TeamMembership.citizen_id == people.emil.id)).all()
    assert people.mette.name in named
    assert len(named) == len(team) + 1


def test_what_is_neither_yes_nor_no_answers_nothing(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    ask(people, browser_of, asked(database, people.anna, SAID))
    anna, request_id = browser_of(people.anna), question(session).id
    for said in ("", "måske"):
        refused = answer(anna, request_id, said)
        assert (refused.status_code, SHORTER in unescape(refused.text)) == (422, True)
    assert question(session).answer is None
