"""Husk: to oneself about a citizen. Who sees it, where it stands, and that none is lost or goes astray."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.access.conditions import When
from app.access.models import AccessLogEntry
from app.access.policy import TABLE, Field, Subject, SubjectReader, Tie
from app.dates.local_time import danish_day
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Absence, PlanRevision, TeamMembership
from app.plan.service import assign_contact, open_cover
from app.reminders.models import CitizenReminder
from app.reminders.service import add_reminder, finish_reminder
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.goals.plans import TODAY
from tests.writing import wrote

PEOPLE = People()
ANNA, LINE, OMAR, JONAS, THEA = PEOPLE.anna, PEOPLE.line, PEOPLE.omar, PEOPLE.jonas, PEOPLE.thea
PAGE = f"{ANNA.url}/husk"
CALL, CLOTHES, LATE = "Ringe til lægen", "Spørge om arbejdstøj", "Finde det gamle brev"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FORM = {"words": CALL, "due": "2026-03-05"}
Reads = Callable[[Someone], tuple[bool, bool]]


def noted(database: Database, words: str, who: Someone = LINE, *, due_on: date = TODAY + 3 * DAY) -> UUID:
    with database.writing() as session:
        return add_reminder(session, ANNA.id, words, due_on, by=who.id, now=NOW).id


@pytest.fixture
def laid(database: Database) -> dict[str, UUID]:
    """What Line and Jonas want to remember about Anna."""
    return {CALL: noted(database, CALL), CLOTHES: noted(database, CLOTHES, JONAS)}


def waiting(html: str) -> str:
    return html.partition('id="venter"')[2].partition("</section>")[0]


def shown(browser_of: Browser, who: Someone, path: str = PAGE) -> set[str]:
    """Return whose words a page shows to somebody."""
    html = browser_of(who).get(path).text
    return {one for one in (CALL, CLOTHES, LATE) if one in html}


@pytest.mark.both_databases
def test_contact_and_substitute_see_all_and_a_professional_the_own(
    database: Database, browser_of: Browser, laid: dict[str, UUID]
) -> None:
    stand_in(database)
    both = {CALL, CLOTHES}
    for consented in (True, False):
        found = {one.slug: shown(browser_of, one) for one in (LINE, OMAR, JONAS, THEA)}
        assert found == {"line": both, "omar": both, "jonas": {CLOTHES}, "thea": set()}, consented
        with database.writing() as session:
            withdraw_yes(session, ANNA.id, by=ANNA.id, now=NOW)
    for who, status in ((PEOPLE.lone, 404), (PEOPLE.karim, 404), (PEOPLE.admin, 404)):
        assert browser_of(who).get(PAGE).status_code == status
    assert browser_of(ANNA).get("/husk").status_code == 404
    assert browser_of(PEOPLE.vibeke).get(f"{PEOPLE.bent.url}/husk").status_code == 403


@pytest.mark.parametrize("tie", [Tie.CONTACT, Tie.PROFESSIONAL])
def test_the_line_of_the_table_is_what_the_page_goes_by(
    browser_of: Browser, laid: dict[str, UUID], monkeypatch: pytest.MonkeyPatch, tie: Tie
) -> None:
    """The control: a line that says yes to all shows all, and one that says no shows nothing."""
    who, mine = (LINE, {CALL, CLOTHES}) if tie is Tie.CONTACT else (JONAS, {CLOTHES})
    assert shown(browser_of, who) == mine
    monkeypatch.setitem(TABLE, Field.REMINDERS, dict.fromkeys(Tie, When.ALWAYS))
    assert shown(browser_of, who) == {CALL, CLOTHES}
    monkeypatch.setitem(TABLE, Field.REMINDERS, dict.fromkeys(Tie, When.NEVER))
    assert shown(browser_of, who) == set()


def stand_in(database: Database) -> None:
    with database.writing() as session:
        more: dict[str, Any] = {"starts_at": NOW - HOUR, "ends_at": NOW + DAY}
        session.add(Absence(person_id=LINE.id, substitute_id=OMAR.id, **more))


@pytest.mark.both_databases
def test_on_min_dag_stands_what_one_wrote_and_to_who_answers_what_nobody_else_would_do(
    database: Database, browser_of: Browser, laid: dict[str, UUID]
) -> None:
    """Line goes on holiday, and another takes over: Jonas keeps his own, and nothing is nobody's."""

    def on_day(who: Someone) -> set[str]:
        return {one for one in (CALL, CLOTHES, LATE) if one in waiting(browser_of(who).get("/dag").text)}

    assert (on_day(LINE), on_day(JONAS), on_day(OMAR)) == ({CALL}, {CLOTHES}, set())
    stand_in(database)
    assert (on_day(LINE), on_day(JONAS), on_day(OMAR)) == ({CALL}, {CLOTHES}, {CALL})
    assert "skrevet af Line Madsen" in " ".join(
        re.sub(r"<[^>]+>", "", browser_of(OMAR).get("/dag").text).split()
    )
    noted(database, LATE, OMAR, due_on=TODAY - DAY)
    assert (on_day(LINE), on_day(OMAR)) == ({CALL, LATE}, {CALL, LATE})
    with database.writing() as session:
        of_jonas = TeamMembership.person_id == JONAS.id, TeamMembership.citizen_id == ANNA.id
        session.exec(select(TeamMembership).where(*of_jonas)).one().ends_on = danish_day(NOW)
        assign_contact(session, ANNA.id, PEOPLE.omar.id, now=NOW)
    everything = {CALL, CLOTHES, LATE}
    assert (on_day(OMAR), on_day(LINE), on_day(JONAS)) == (everything, set(), set())
    assert browser_of(JONAS).get(PAGE).status_code == 404


def test_a_late_answer_lets_nobody_have_the_others_reminders_wait_for_them(
    database: Database, browser_of: Browser, laid: dict[str, UUID]
) -> None:
    noted(database, LATE, due_on=TODAY - DAY)
    entry = wrote(database, ANNA, "shared")
    with database.writing() as session:
        open_cover(session, ANNA.id, OMAR.id, entry.id, now=NOW)
    page = waiting(browser_of(OMAR).get("/dag").text)
    assert (LATE in page, CALL in page) == (False, False)
    own = "Spørge Anna om nøglen"
    noted(database, own, OMAR)
    assert own in waiting(browser_of(OMAR).get("/dag").text)


@pytest.mark.both_databases
def test_it_waits_in_order_of_date_is_done_with_one_tap_and_undone_with_one(
    database: Database, browser_of: Browser, laid: dict[str, UUID], session: Session
) -> None:
    late, line = noted(database, LATE, due_on=TODAY - DAY), browser_of(LINE)
    page = waiting(line.get("/dag").text)
    assert page.index(LATE) < page.index(CALL)
    assert page.count("Forsinket. Det skulle have været klaret senest i går") == 1
    there = f"{PAGE}/{late}"
    assert f'action="{there}/gjort"' in page
    done = line.post(f"{there}/gjort", data={"fra": "dag"})
    told = line.get(done.location).text
    assert (LATE in waiting(told), LATE in told, f'action="{there}/fortryd"' in told) == (False, True, True)
    assert LATE not in line.get("/dag").text
    back = line.post(f"{there}/fortryd", data={"fra": "dag"}, follow_redirects=True)
    assert back.request.path == "/dag"
    assert LATE in waiting(back.text)
    for _twice in range(2):
        assert line.post(f"{there}/gjort").location == f"{PAGE}?nyt=gjort&om={late}"
    session.rollback()
    row = session.get_one(CitizenReminder, late)
    assert (row.done_at, row.done_by) == (NOW, LINE.id)
    page = line.get(PAGE).text
    assert LATE in page.partition("Det, der er gjort")[2]
    assert "Husk\n (1)" not in page
    assert "Husk (2)" in page  # Jonas's too


@pytest.mark.both_databases
def test_it_is_written_once_however_often_it_is_sent(browser_of: Browser, session: Session) -> None:
    line = browser_of(LINE)
    page = line.get(PAGE).text
    assert "Anna har ret til en kopi af alt, også af det her." in unescape(page)
    key = re.findall(r'name="key" value="(\w+)"', page)[0]
    sent = FORM | {"key": key}
    for _twice in range(2):
        answer = line.post(PAGE, data=sent)
        assert (answer.status_code, answer.location) == (303, f"{PAGE}?nyt=ny")
    (row,) = session.exec(select(CitizenReminder)).all()
    assert (row.words, row.due_on, row.author_id, row.done_at) == (CALL, date(2026, 3, 5), LINE.id, None)
    other = line.post(PAGE, data=sent | {"words": CLOTHES})
    assert (other.status_code, CLOTHES in other.text) == (422, True)
    assert "Husk (1)" in line.get(f"{ANNA.url}/plan").text
    assert CALL not in line.get(f"{ANNA.url}/plan").text


def test_from_min_dag_one_says_about_whom(browser_of: Browser, session: Session) -> None:
    jonas = browser_of(JONAS)
    page = jonas.get("/dag/husk").text
    names = re.findall(r"<option value=\"[^\"]+\"[^>]*>([^<]+)</option>", page)
    assert names == ["Anna Jensen", "Karim Haddad"]
    assert jonas.post("/dag/husk", data=FORM | {"citizen": ""}).status_code == 422
    assert jonas.post("/dag/husk", data=FORM | {"citizen": str(PEOPLE.emil.id)}).status_code == 422
    sent = FORM | {"citizen": str(PEOPLE.karim.id), "key": uuid4().hex}
    for _twice in range(2):
        done = jonas.post("/dag/husk", data=sent)
    assert done.location == "/dag?husk=ny"
    assert CALL in waiting(jonas.get(done.location).text)
    assert [one.citizen_id for one in session.exec(select(CitizenReminder)).all()] == [PEOPLE.karim.id]
    written = AccessLogEntry.action == "reminder:write", AccessLogEntry.actor_id == JONAS.id
    (look,) = session.exec(select(AccessLogEntry).where(*written)).all()
    assert look.citizen_id == PEOPLE.karim.id


@pytest.mark.parametrize(
    "wrong", [{"words": ""}, {"words": "x" * 101}, {"due": ""}, {"due": "2026-03-01"}, {"due": "snart"}]
)
def test_what_is_wrong_is_said_and_what_was_typed_stands(
    browser_of: Browser, session: Session, laid: dict[str, UUID], wrong: dict[str, str]
) -> None:
    line, sent = browser_of(LINE), FORM | wrong
    for address in (PAGE, f"{PAGE}/{laid[CALL]}/ret"):
        answer = line.post(address, data=sent | {"version": "1"})
        assert answer.status_code == 422
        assert all(f'value="{one}"' in answer.text for one in sent.values())
    assert len(session.exec(select(CitizenReminder)).all()) == len(laid)


@pytest.mark.both_databases
def test_it_is_changed_and_of_two_who_change_it_none_loses_words(
    browser_of: Browser, session: Session, laid: dict[str, UUID]
) -> None:
    there, line = f"{PAGE}/{laid[CLOTHES]}/ret", browser_of(LINE)
    jonas = browser_of(JONAS)
    assert CLOTHES in jonas.get(there).text
    assert line.post(there, data=FORM | {"version": "1"}).location == f"{PAGE}?nyt=rettet"
    late = jonas.post(there, data={"words": LATE, "due": "2026-03-06", "version": "1"})
    assert late.status_code == 409
    assert (LATE in late.text, CALL in late.text, 'name="version" value="2"' in late.text) == (
        True,
        True,
        True,
    )
    again = jonas.post(there, data={"words": LATE, "due": "2026-03-06", "version": "2"})
    assert again.status_code == 303
    session.rollback()
    row = session.get_one(CitizenReminder, laid[CLOTHES])
    assert (row.words, row.due_on, row.version) == (LATE, date(2026, 3, 6), 3)


def test_nobody_does_anything_with_what_is_not_theirs(
    browser_of: Browser, session: Session, laid: dict[str, UUID]
) -> None:
    ways = [("gjort", {}), ("fortryd", {}), ("ret", FORM | {"version": "1"})]
    for who, address, status in (
        (JONAS, f"{PAGE}/{laid[CALL]}", 404),
        (THEA, f"{PAGE}/{laid[CLOTHES]}", 404),
        (LINE, f"{PEOPLE.bent.url}/husk/{laid[CALL]}", 404),  # Line's, but about another
        (PEOPLE.lone, f"{PAGE}/{laid[CALL]}", 404),
        (PEOPLE.fremmed, f"{PAGE}/{laid[CALL]}", 404),
    ):
        for way, data in ways:
            assert browser_of(who).post(f"{address}/{way}", data=data).status_code == status
        assert browser_of(who).get(f"{address}/ret").status_code == status
    session.rollback()
    rows = session.exec(select(CitizenReminder)).all()
    assert {(one.words, one.version, one.done_at) for one in rows} == {(CALL, 1, None), (CLOTHES, 1, None)}


def test_no_word_of_it_is_in_a_log_an_address_or_a_notice_and_the_plan_knows_nothing(
    browser_of: Browser, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    secret, line = "Kanariehusk", browser_of(LINE)
    known = select(PlanRevision), select(Notice)
    before = [len(session.exec(one).all()) for one in known]
    with caplog.at_level(0):
        made = line.post(PAGE, data=FORM | {"words": secret})
        session.rollback()  # what was read before is of then
        row = session.exec(select(CitizenReminder)).one()
        answers = [
            made,
            *(line.post(f"{PAGE}/{row.id}/{way}", data={"fra": "dag"}) for way in ("gjort", "fortryd")),
        ]
        answers.append(line.post(f"{PAGE}/{row.id}/ret", data=FORM | {"words": secret, "version": "1"}))
    assert [one.status_code for one in answers] == [303] * 4
    assert not any(secret in one.location for one in answers)
    assert secret not in caplog.text
    session.rollback()
    assert [len(session.exec(one).all()) for one in known] == before
    assert secret not in browser_of(ANNA).get("/nyt").text
    with_it = {one.action for one in session.exec(select(AccessLogEntry)).all()}
    assert {"reminder:write", "reminder:change"} <= with_it


RIGHT: dict[str, Any] = {"words": CALL, "due_on": TODAY, "created_at": NOW}
WRONG: dict[str, dict[str, Any]] = {
    "words_length": {"words": "x" * 101},
    "words_length, spaces": {"words": "  "},
    "version": {"version": 0},
    "somebody_else": {"author_id": ANNA.id},
    "done_by_somebody": {"done_at": NOW},
    "done_after": {"done_at": NOW - HOUR, "done_by": LINE.id},
}


@pytest.mark.both_databases
@pytest.mark.parametrize("rule", WRONG)
def test_the_database_refuses_what_cannot_be(database: Database, rule: str) -> None:
    row = {"citizen_id": ANNA.id, "author_id": LINE.id} | RIGHT | WRONG[rule]
    with pytest.raises(IntegrityError, match=rule.partition(",")[0]), database.writing() as session:
        session.add(CitizenReminder(**row))
    with database.writing() as session:
        session.add(CitizenReminder(**({"citizen_id": ANNA.id, "author_id": LINE.id} | RIGHT)))


@pytest.mark.both_databases
def test_the_pages_ask_the_same_however_many_there_are(
    database: Database, browser_of: Browser, asked: list[str]
) -> None:
    def questions(path: str) -> int:
        client = browser_of(LINE)
        client.get(path)
        asked.clear()
        client.get(path)
        return len(asked)

    few = {path: questions(path) for path in (PAGE, "/dag", f"{ANNA.url}/kontakt")}
    for number in range(12):
        noted(database, f"Nummer {number}")
    assert {path: questions(path) for path in few} == few


def test_a_reminder_that_is_done_by_the_contact_person_is_gone_from_its_authors_day(
    database: Database, browser_of: Browser, laid: dict[str, UUID]
) -> None:
    reader = SubjectReader(LINE.id, Subject(ANNA.id, frozenset({Tie.CONTACT})))
    with database.writing() as session:
        finish_reminder(session, reader, laid[CLOTHES], now=NOW)
    assert CLOTHES not in browser_of(JONAS).get("/dag").text
    assert CLOTHES in browser_of(JONAS).get(PAGE).text.partition("Det, der er gjort")[2]
