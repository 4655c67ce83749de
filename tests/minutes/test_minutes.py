"""Det aftalte vi: a draft for its author alone, then shared; the citizen's own words stand beside."""

from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.minutes.models import MeetingAgreement, MeetingMinutes
from app.minutes.rules import MinutesChanged, MinutesTaken
from app.plan.models import TeamMembership
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.cast import NOW, People
from tests.conftest import Browser
from tests.minutes.held_meetings import (
    OWN,
    PROMISE,
    PROMISE_LINE,
    STEP,
    STEP_LINE,
    WORDS,
    reader,
    readers,
    told,
    wrote_down,
)

FORM = {"version": "0", "linjer": "3", "gem": "del", "words": WORDS}
LINE_1 = {"words_1": STEP, "kind_1": "step", "doer_1": "", "due_1": "9.3.2026"}


def test_a_draft_is_its_authors_alone(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting, by=reader("jonas", "professional"), share=False)
    assert readers(browser_of, people, meeting) == {"jonas"}
    assert readers(browser_of, people, meeting, STEP) == {"jonas"}
    assert told(session, "minutes_shared") == []
    assert "hvad I aftalte" not in browser_of(people.anna).get("/plan/historie").text
    assert "Det aftalte vi" not in browser_of(people.anna).get(f"/kalender/{meeting}").text
    page = browser_of(people.line).get(f"{people.anna.url}/kalender/{meeting}/referat").text
    assert "Jonas skriver det, I aftalte." in page
    assert WORDS not in page


def test_shared_it_is_read_by_those_who_were_there_and_those_who_answer_for_her(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting)
    assert readers(browser_of, people, meeting) == {
        "anna",
        "line",
        "jonas",
    }  # Thea helps Anna, but was elsewhere
    assert told(session, "minutes_shared") == [people.anna.id]
    page = browser_of(people.anna).get(f"/kalender/{meeting}").text
    for shown in (
        STEP,
        "Du gør det senest mandag den 9. marts.",
        PROMISE,
        "Line gør det senest fredag den 6. marts.",
    ):
        assert shown in page
    history = browser_of(people.anna).get("/plan/historie").text
    assert "Line skrev, hvad der blev aftalt på et møde." in history


@pytest.mark.parametrize("who", ["bent", "emil", "lone", "omar"])
def test_for_others_there_is_no_such_meeting(
    browser_of: Browser, database: Database, people: People, meeting: UUID, who: str
) -> None:
    wrote_down(database, meeting)
    browser, other = browser_of(getattr(people, who)), f"{people.anna.url}/kalender/{meeting}"
    assert {browser.get(page).status_code for page in (other, f"{other}/referat")} == {404}
    assert browser.post(f"{other}/referat", data=FORM).status_code == 404
    own = (
        browser.get(f"/kalender/{meeting}/mine-ord"),
        browser.post(f"/kalender/{meeting}/mine-ord", data=FORM),
    )
    assert {answer.status_code for answer in own} == {404}


def test_another_citizens_address_opens_nothing(
    browser_of: Browser, database: Database, people: People, meeting: UUID
) -> None:
    """Line helps Bent too; Anna's meeting is not found under his name."""
    wrote_down(database, meeting)
    line, wrong = browser_of(people.line), f"{people.bent.url}/kalender/{meeting}/referat"
    assert (line.get(wrong).status_code, line.post(wrong, data=FORM).status_code) == (404, 404)


def test_a_professional_who_was_not_there_writes_nothing(
    browser_of: Browser, people: People, meeting: UUID, session: Session
) -> None:
    thea, there = browser_of(people.thea), f"{people.anna.url}/kalender/{meeting}/referat"
    assert (thea.get(there).status_code, thea.post(there, data=FORM).status_code) == (404, 404)
    assert session.exec(select(MeetingMinutes)).all() == []


def test_the_citizen_can_not_write_the_minutes_and_nobody_else_her_words(
    browser_of: Browser, database: Database, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting)
    anna, line = browser_of(people.anna), browser_of(people.line)
    assert anna.get(f"{people.anna.url}/kalender/{meeting}/referat").status_code == 403
    assert line.post(f"/kalender/{meeting}/mine-ord", data={"words": OWN}).status_code == 404


def test_it_is_written_on_a_form_and_shared(
    browser_of: Browser, session: Session, people: People, meeting: UUID
) -> None:
    line, there = browser_of(people.line), f"{people.anna.url}/kalender/{meeting}/referat"
    assert "Skriv, hvad I aftalte" in line.get(f"{people.anna.url}/kalender/{meeting}").text
    kept = line.post(there, data={**FORM, **LINE_1, "gem": "kladde"})
    assert (kept.status_code, kept.location) == (303, f"{there}?nyt=kladde")
    again = line.get(there).text
    assert WORDS in again
    assert 'value="2026-03-09"' in again
    shared = line.post(there, data={**FORM, **LINE_1, "version": "1"})
    assert (shared.status_code, shared.location) == (303, f"{people.anna.url}/kalender/{meeting}#aftalt")
    line_row = session.exec(select(MeetingAgreement)).one()
    assert (line_row.words, line_row.doer_id) == (STEP, None)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"words": ""}, "Skriv, hvad I talte om."),
        ({"words": "x" * 4001}, "tegn for lang"),
        ({"words_1": STEP, "kind_1": "promise", "doer_1": "", "due_1": "9.3.2026"}, "Vælg, hvem i kommunen"),
        ({"words_1": STEP, "kind_1": "step", "due_1": "i morgen"}, "Skriv dagen som 31.3.2026."),
        ({"words_1": STEP, "kind_1": "step", "due_1": "31.2.2027"}, "Skriv dagen som 31.3.2026."),
        ({"words_1": STEP, "kind_1": "step", "due_1": "1.3.2026"}, "Vælg en dag efter mødet"),
        ({"words_1": STEP, "kind_1": "rule", "due_1": ""}, "Vælg en fra listen."),
        (
            {"words_1": STEP, "kind_1": "step", "doer_1": "00000000-0000-4000-8000-000000000000"},
            "Vælg en fra listen.",
        ),
        ({"words_1": "x" * 301, "kind_1": "step"}, "Din tekst er 1 tegn for lang."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stands(
    browser_of: Browser, session: Session, people: People, meeting: UUID, fields: dict[str, str], problem: str
) -> None:
    sent = {**FORM, "words_2": "Det her står her endnu", "kind_2": "step", **fields}
    answer = browser_of(people.line).post(f"{people.anna.url}/kalender/{meeting}/referat", data=sent)
    assert answer.status_code == 422
    for shown in ("Der er problemer", problem, "Det her står her endnu", fields.get("words_1", "")):
        assert shown in answer.text
    assert session.exec(select(MeetingMinutes)).all() == []


def test_a_promise_needs_a_day(browser_of: Browser, people: People, meeting: UUID) -> None:
    sent = {**FORM, "words_1": PROMISE, "kind_1": "promise", "doer_1": str(people.line.id), "due_1": ""}
    answer = browser_of(people.line).post(f"{people.anna.url}/kalender/{meeting}/referat", data=sent)
    assert "Skriv, hvornår løftet senest skal være holdt." in answer.text


def test_of_two_who_write_the_second_sees_both_texts(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting)
    there = f"{people.anna.url}/kalender/{meeting}/referat"
    jonas, line = browser_of(people.jonas), browser_of(people.line)
    assert jonas.post(there, data={**FORM, "version": "1", "words": "Jonas var først"}).status_code == 303
    second = line.post(there, data={**FORM, "version": "1", "words": "Line kom bagefter"})
    assert second.status_code == 409
    for shown in ("Der er skrevet noget nyt imens.", "Jonas var først", "Line kom bagefter", 'value="2"'):
        assert shown in second.text
    assert session.exec(select(MeetingMinutes.words)).one() == "Jonas var først"
    assert line.post(there, data={**FORM, "version": "2", "words": "Begge dele"}).status_code == 303


@pytest.mark.both_databases
def test_two_first_drafts_at_once_are_not_both_kept(database: Database, meeting: UUID) -> None:
    together, said = Barrier(2), list[str]()

    def write(slug: str, tie: str) -> None:
        together.wait()
        try:
            wrote_down(database, meeting, words=slug, by=reader(slug, tie), share=False)
            said.append("kept")
        except MinutesTaken:
            said.append("told")

    writers = [Thread(target=write, args=who) for who in (("line", "contact"), ("jonas", "professional"))]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert sorted(said) == ["kept", "told"]


def test_the_words_of_one_who_is_told_to_wait_stand_on_the_page(
    browser_of: Browser, database: Database, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting, by=reader("jonas", "professional"), share=False)
    sent = {**FORM, "words": "Lines egne ord"}
    answer = browser_of(people.line).post(f"{people.anna.url}/kalender/{meeting}/referat", data=sent)
    assert (answer.status_code, "Lines egne ord" in answer.text, WORDS in answer.text) == (409, True, False)


@pytest.mark.both_databases
def test_the_draft_of_one_who_has_left_holds_nobody_up(
    browser_of: Browser, database: Database, session: Session, people: People, meeting: UUID
) -> None:
    wrote_down(database, meeting, by=reader("jonas", "professional"), share=False)
    with database.writing() as writing:
        for one in writing.exec(select(TeamMembership).where(TeamMembership.person_id == people.jonas.id)):
            one.ends_on = NOW.date()
    line, there = browser_of(people.line), f"{people.anna.url}/kalender/{meeting}/referat"
    assert WORDS not in line.get(there).text
    assert line.post(there, data={**FORM, "words": "Forfra"}).status_code == 303
    assert session.exec(select(MeetingMinutes.words)).one() == "Forfra"
    assert session.exec(select(MeetingAgreement)).all() == []


def test_the_same_twice_is_told_once(
    database: Database, session: Session, people: People, meeting: UUID
) -> None:
    assert [wrote_down(database, meeting), wrote_down(database, meeting)] == [1, 1]
    assert told(session, "minutes_shared") == [people.anna.id]


def test_a_line_that_is_as_it_was_keeps_its_id(database: Database, session: Session, meeting: UUID) -> None:
    wrote_down(database, meeting)
    before = {one.words: one.id for one in session.exec(select(MeetingAgreement))}
    wrote_down(database, meeting, PROMISE_LINE, words="Rettet", version=1)
    session.rollback()
    assert [(one.words, one.id) for one in session.exec(select(MeetingAgreement))] == [
        (PROMISE, before[PROMISE])
    ]


@pytest.mark.parametrize("state", [MeetingState.PROPOSED, MeetingState.CANCELLED, MeetingState.EXPIRED])
def test_only_of_a_meeting_that_took_place(
    browser_of: Browser, database: Database, people: People, meeting: UUID, state: MeetingState
) -> None:
    with database.writing() as writing:
        writing.get_one(Meeting, meeting).state = state
    line, there = browser_of(people.line), f"{people.anna.url}/kalender/{meeting}/referat"
    assert "Mødet er ikke begyndt endnu." in line.get(there).text
    answer = line.post(there, data={**FORM, "words": "Skrevet for tidligt"})
    assert (answer.status_code, "Skrevet for tidligt" in answer.text) == (409, True)


def test_a_meeting_to_come_has_none(browser_of: Browser, people: People, booked: Booked) -> None:
    there = f"{people.anna.url}/kalender/{booked('2026-03-05 10:00', said_yes=True)}"
    line = browser_of(people.line)
    assert "Mødet er ikke begyndt endnu." in line.get(f"{there}/referat").text
    assert "Det aftalte vi" not in line.get(there).text


def test_a_stale_version_is_never_a_way_round(database: Database, meeting: UUID) -> None:
    wrote_down(database, meeting)
    for stale in (0, 2, 99):
        with pytest.raises(MinutesChanged):
            wrote_down(database, meeting, STEP_LINE, words="Noget andet", version=stale)
