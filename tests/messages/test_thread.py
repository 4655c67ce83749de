"""/beskeder: one thread, with a yes to one plan or none. Reading and answering change who sees nothing."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from app.access.models import AccessLogEntry
from app.dates.clock import fixed_clock
from app.dates.local_time import danish_day
from app.entries.models import Entry
from app.identity.models import Person
from app.messages.models import MessageDraft
from app.messages.rules import DraftVersion
from app.messages.service import send_to_contact
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.store.db import Database
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.messages.thread import ANSWER, SECRET, answered, asked, draft_in, messages, text_of, write
from tests.writing import SITE, wrote

HERS = "/borgere/%s/beskeder"


def test_what_she_writes_reaches_the_contact_person_and_is_answered(
    people: People, browser_of: Browser, session: Session
) -> None:
    anna, line = browser_of(people.anna), browser_of(people.line)
    assert write(anna, SECRET).location == "/beskeder?nyt=sendt#nyeste"
    assert "Line svarer senest torsdag den 5. marts." in text_of(anna, "/beskeder")
    assert "Sendt. Ikke læst endnu." in text_of(anna, "/beskeder")
    assert SECRET in text_of(line, HERS % people.anna.id)
    assert "Læst " in text_of(anna, "/beskeder")
    assert write(line, ANSWER, HERS % people.anna.id).status_code == 303
    page = text_of(anna, "/beskeder")
    assert ANSWER in page
    assert "svarer senest torsdag den 5. marts" not in page.partition('<form class="form"')[0]
    assert [one.settled_at for one in messages(session) if one.answer_by] == [NOW]


def test_the_day_of_the_answer_is_three_working_days_ahead(
    people: People, browser_of: Browser, session: Session
) -> None:
    write(browser_of(people.anna), SECRET)
    assert messages(session)[0].answer_by == date(2026, 3, 5)


def test_a_yes_to_one_plan_is_not_needed(people: People, browser_of: Browser) -> None:
    """Neither before it, nor after it was taken back."""
    ny, line = browser_of(people.ny), browser_of(people.line)
    assert write(ny, "Hvad sker der, hvis jeg siger ja?").status_code == 303
    assert "Hvad sker der" in text_of(line, HERS % people.ny.id)
    assert write(line, "Så får du én plan.", HERS % people.ny.id).status_code == 303
    assert "Så får du én plan." in text_of(ny, "/beskeder")


def test_after_a_no_they_still_write_to_each_other(
    people: People, browser_of: Browser, database: Database
) -> None:
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    anna, line = browser_of(people.anna), browser_of(people.line)
    assert write(anna, SECRET).status_code == 303
    assert SECRET in text_of(line, HERS % people.anna.id)
    assert line.get(f"/borgere/{people.anna.id}/plan").status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [("jonas", 403), ("thea", 403), ("vibeke", 404), ("omar", 404), ("lone", 404), ("fremmed", 404)],
)
def test_nobody_else_reads_it(
    people: People, browser_of: Browser, database: Database, who: str, status: int
) -> None:
    asked(database, people.anna)
    assert browser_of(getattr(people, who)).get(HERS % people.anna.id).status_code == status


def test_a_custody_holder_reads_no_message(people: People, browser_of: Browser, database: Database) -> None:
    asked(database, people.emil)
    answered(database, people.emil, people.omar.id)
    assert browser_of(people.mette).get(HERS % people.emil.id).status_code == 403


@pytest.mark.usefixtures("line_is_away")
def test_a_substitute_reads_and_answers_while_it_lasts(
    people: People, browser_of: Browser, database: Database
) -> None:
    asked(database, people.anna)
    omar = browser_of(people.omar)
    assert SECRET in text_of(omar, HERS % people.anna.id)
    assert write(omar, ANSWER, HERS % people.anna.id).status_code == 303
    assert "Omar" in text_of(browser_of(people.anna), "/beskeder")


def test_reading_and_answering_put_nothing_into_the_plan(
    people: People, browser_of: Browser, session: Session
) -> None:
    before = len(session.exec(select(Entry)).all())
    write(browser_of(people.anna), SECRET)
    line = browser_of(people.line)
    text_of(line, HERS % people.anna.id)
    write(line, ANSWER, HERS % people.anna.id)
    session.rollback()
    assert len(session.exec(select(Entry)).all()) == before
    for address in (f"/borgere/{people.anna.id}/plan", f"/borgere/{people.anna.id}/plan/historie"):
        assert SECRET not in text_of(line, address)


@pytest.mark.both_databases
def test_the_same_sending_twice_is_one(people: People, browser_of: Browser, session: Session) -> None:
    anna, key = browser_of(people.anna), uuid4().hex
    first, again = (write(anna, SECRET, key=key) for _ in range(2))
    assert (first.location, len(messages(session))) == (again.location, 1)


def test_a_draft_is_its_writers_alone_and_is_gone_when_it_is_sent(
    people: People, browser_of: Browser, session: Session
) -> None:
    anna, line = browser_of(people.anna), browser_of(people.line)
    kept = write(anna, SECRET, gem="kladde")
    assert SECRET in text_of(anna, kept.location or "")
    assert SECRET in text_of(browser_of(people.anna), "/beskeder")  # on her other device too
    assert SECRET not in text_of(line, HERS % people.anna.id)
    write(anna, SECRET + " Tak.", kladde=draft_in(text_of(anna, kept.location or "")))
    session.rollback()
    assert session.exec(select(MessageDraft)).all() == []
    assert [one.words for one in messages(session)] == [SECRET + " Tak."]


def test_the_field_says_that_its_words_are_a_draft_and_from_when(
    app: Flask, people: People, browser_of: Browser
) -> None:
    anna, from_today = browser_of(people.anna), "Din kladde fra i dag. Kun du kan se den. Den er ikke sendt."
    assert "Din kladde fra" not in text_of(anna, "/beskeder")
    write(anna, SECRET, gem="kladde")
    page = text_of(anna, "/beskeder")
    assert from_today in page
    assert 'aria-describedby="words-hint' in page
    app.extensions["clock"] = fixed_clock(NOW + timedelta(days=2))
    later = browser_of(people.anna)
    assert "Din kladde fra mandag den 2. marts." in text_of(later, "/beskeder")
    other = later.post("/beskeder", data={"words": "x" * 9000, "gem": "kladde", "kladde": draft_in(page)})
    assert "Din kladde fra" not in other.text  # the field holds other words


def test_a_draft_of_staff_is_theirs_alone(people: People, browser_of: Browser) -> None:
    line = browser_of(people.line)
    write(line, ANSWER, HERS % people.anna.id, gem="kladde")
    assert ANSWER in text_of(line, HERS % people.anna.id)
    assert ANSWER not in text_of(browser_of(people.anna), "/beskeder")


def test_nobody_sends_anothers_draft(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    write(browser_of(people.anna), SECRET, gem="kladde")
    draft = session.exec(select(MessageDraft)).one()
    known = str(DraftVersion(draft.id, draft.written_at))
    write(browser_of(people.line), ANSWER, HERS % people.anna.id, kladde=known)
    browser_of(people.line).post(f"{HERS % people.anna.id}/kladder/{draft.id}/slet")
    browser_of(people.ny).post(f"/beskeder/kladder/{draft.id}/slet")
    session.rollback()
    assert session.exec(select(MessageDraft.words)).all() == [SECRET]


def test_without_a_contact_person_it_is_kept_as_a_draft(
    people: People, browser_of: Browser, session: Session
) -> None:
    stranger = browser_of(people.fremmed)
    answer = write(stranger, SECRET)
    assert SECRET in text_of(stranger, answer.location or "")
    assert "Din kladde er gemt. Den er ikke sendt." in text_of(stranger, answer.location or "")
    assert messages(session) == []


def test_both_are_told_and_no_word_of_it_stands_where_it_is_told(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    asked(database, people.anna)
    page = text_of(browser_of(people.line), "/dag")
    assert "Anna har skrevet til dig." in page
    assert SECRET not in page
    answered(database, people.anna, people.line.id)
    front = text_of(browser_of(people.anna), "/")
    assert "Line har skrevet til dig." in front
    assert ANSWER not in front


def test_the_threads_that_wait_stand_first(people: People, browser_of: Browser, database: Database) -> None:
    answered(database, people.karim, people.line.id, at=NOW)
    asked(database, people.anna, at=NOW - timedelta(hours=1))
    asked(database, people.bent, at=NOW - timedelta(days=4))
    page = text_of(browser_of(people.line), "/beskeder")
    order = [page.index(name) for name in ("Bent", "Anna", "Karim")]
    assert order == sorted(order)
    assert SECRET not in page


@pytest.mark.parametrize("who", ["jonas", "lone", "vibeke", "admin"])
def test_who_answers_no_thread_has_no_such_page(people: People, browser_of: Browser, who: str) -> None:
    assert browser_of(getattr(people, who)).get("/beskeder").status_code == 404


def test_who_needs_no_answer_waits_no_longer(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    for who, where in ((people.line, HERS % people.anna.id), (people.anna, "/beskeder")):
        asked(database, people.anna)
        assert browser_of(who).post(f"{where}/kraever-ikke-svar").status_code == 303
        assert None not in {one.settled_at for one in messages(session)}


def test_what_it_is_about_is_a_link_and_only_ones_own(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    dream, others = wrote(database, people.anna, "shared").id, wrote(database, people.karim, "shared").id
    anna = browser_of(people.anna)
    assert "Din besked handler om en drøm." in text_of(anna, f"/beskeder?om=entry-{dream}")
    assert write(anna, SECRET, om=f"entry-{dream}").status_code == 303
    assert "Om en drøm" in text_of(browser_of(people.line), HERS % people.anna.id)
    assert write(anna, SECRET, om=f"entry-{others}").status_code == 404
    assert len(messages(session)) == 1


def test_a_form_of_the_release_before_goes_on_as_a_message(
    people: People, browser_of: Browser, session: Session
) -> None:
    anna = browser_of(people.anna)
    data = {"key": uuid4().hex, "slags": "andet", "words": SECRET, "gem": "del"}
    answer = anna.post("/skriv", data=data)
    assert (answer.status_code, answer.location) == (307, "/beskeder")
    assert anna.post("/beskeder", data=data).status_code == 303
    assert [one.words for one in messages(session)] == [SECRET]


def test_the_look_at_a_thread_is_written_down_and_its_own_reading_is_not(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    asked(database, people.anna)
    text_of(browser_of(people.anna), "/beskeder")
    text_of(browser_of(people.line), HERS % people.anna.id)
    session.rollback()
    looks = session.exec(select(AccessLogEntry).where(AccessLogEntry.action == "messages:read")).all()
    assert [(one.citizen_id, one.actor_id) for one in looks] == [(people.anna.id, people.line.id)]


def test_the_list_of_threads_is_one_row_and_the_real_reading_after_it_another(
    people: People, browser_of: Browser, session: Session, database: Database
) -> None:
    for who in (people.anna, people.bent):
        asked(database, who)
    line = browser_of(people.line)
    for address in ("/beskeder", "/beskeder", HERS % people.anna.id):
        text_of(line, address)
    seen = session.exec(select(AccessLogEntry.action, AccessLogEntry.citizen_id)).all()
    assert sorted(seen, key=str) == [("messages:read", people.anna.id), ("threads:read", None)]


@pytest.mark.parametrize(("slug", "there"), [("line", True), ("jonas", False), ("lone", False)])
def test_the_list_is_for_those_who_answer_and_stands_in_their_menu(
    people: People, browser_of: Browser, slug: str, there: bool
) -> None:
    client = browser_of(getattr(people, slug))
    assert client.get("/beskeder").status_code == (200 if there else 404)
    assert ('href="/beskeder"' in client.get("/borgere").text) is there


def test_older_messages_are_a_link_away(people: People, browser_of: Browser, database: Database) -> None:
    with database.writing() as writing:
        for number in range(35):
            at = NOW - timedelta(hours=40 - number)
            send_to_contact(
                writing, people.anna.id, f"Besked nummer {number}.", now=at, workdays=SITE.workdays
            )
    anna = browser_of(people.anna)
    newest, whole = text_of(anna, "/beskeder"), text_of(anna, "/beskeder?alle=1")
    assert ("Besked nummer 0." in newest, "Besked nummer 0." in whole) == (False, True)
    assert newest.index("Besked nummer 33.") < newest.index("Besked nummer 34.")


def test_no_notice_tells_the_writer_of_it(people: People, session: Session, database: Database) -> None:
    asked(database, people.anna)
    told = session.exec(select(Notice).where(Notice.kind == "message_sent")).all()
    assert {one.person_id for one in told} == {people.line.id}


def test_the_day_of_the_answer_is_counted_past_a_closing_day_and_a_name_is_only_a_name(
    app: Flask, people: People, browser_of: Browser, database: Database
) -> None:
    settings = app.extensions["settings"]
    tomorrow = danish_day(NOW) + timedelta(days=1)  # a Tuesday on which nobody is there
    one_day = replace(settings.site.workdays, reply_days=1, closing_days=frozenset({tomorrow}))
    app.extensions["settings"] = replace(settings, site=replace(settings.site, workdays=one_day))
    with database.writing() as session:
        session.get_one(Person, people.line.id).name = "<b>Line</b> Holm"
    text = browser_of(people.anna).get("/beskeder").text
    assert "Skriver du i dag, svarer &lt;b&gt;Line&lt;/b&gt; senest onsdag den 4. marts." in text


def test_a_helper_begins_with_a_sentence_of_the_municipalitys_or_with_none(
    people: People, browser_of: Browser
) -> None:
    line, first = browser_of(people.line), SITE.message_starts[0]
    assert len(SITE.message_starts) >= 10
    for address, written in (
        ("", ""),
        ("?start=0", first),
        ("?start=99", ""),
        ("?start=-1", ""),
        ("?start=x", ""),
    ):
        field = (
            text_of(line, HERS % people.anna.id + address)
            .partition("<textarea")[2]
            .partition("</textarea")[0]
        )
        assert field.partition(">")[2].strip() == written
    assert "Begynd med en sætning" not in text_of(browser_of(people.anna), "/beskeder")


def test_little_stands_between_the_newest_and_the_field(browser_of: Browser, people: People) -> None:
    """Who reads it, what Line's duty is, and 112; the rest is folded under the field, before the button."""
    anna = browser_of(people.anna)
    write(anna, SECRET)
    page = anna.get("/beskeder").text
    between, _field, after = page.partition("</ol>")[2].partition("<textarea")
    assert len(re.findall(r"<p[ >]", between)) == 3
    assert between.index("Line læser det.") < between.index("Line kan have pligt til") < between.index("112")
    before_send = after.partition("Send til Line")[0]
    for said in ("medmindre du siger ja", "svarer Line senest"):
        assert said in before_send.partition("<details")[2]
    assert "Jeg behøver ikke et svar" in after


def test_what_was_sent_is_where_focus_is(browser_of: Browser, people: People) -> None:
    anna = browser_of(people.anna)
    sent = write(anna, SECRET).location
    assert 'id="nyeste" tabindex="-1" autofocus' in anna.get(sent).text
    assert 'id="nyeste" tabindex="-1">' in anna.get("/beskeder").text
