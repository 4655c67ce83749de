"""/borgere: whom I help, those who wait for me first; and every look is written down before it happens."""

from datetime import date, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from app.access.models import AccessLogEntry, AccessLogList
from app.dates.local_time import span_edge
from app.entries.service.escalation import mark_late
from app.goals.models import Promise
from app.i18n import danish_key
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import CalendarSubject, Meeting, Participant
from app.meetings.rules import Channel, ParticipantRole, Reply, SubjectKind
from app.messages.late_messages import mark_late_messages
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Absence, Plan
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.messages.thread import asked as wrote_message
from tests.writing import wrote

pytestmark = pytest.mark.both_databases


def names_in_order(text: str, people: People) -> list[str]:
    """Return the slugs of the citizens on the page in the order they stand."""
    shown = [
        slug
        for slug in ("anna", "karim", "bent", "ny", "emil", "signe")
        if getattr(people, slug).name in text
    ]
    return sorted(shown, key=lambda slug: text.index(getattr(people, slug).name))


def plan_of(session: Session, citizen: Someone) -> Plan:
    return session.exec(select(Plan).where(Plan.citizen_id == citizen.id)).one()


def promise(database: Database, citizen: Someone, by: Someone, due_on: date) -> None:
    with database.writing() as session:
        plan = plan_of(session, citizen)
        session.add(
            Promise(plan_id=plan.id, words="Svar om flyttehjælp", by_id=by.id, made_at=NOW, due_on=due_on)
        )


def meeting(database: Database, citizen: Someone, state: MeetingState = MeetingState.AGREED) -> None:
    with database.writing() as session:
        if session.get(CalendarSubject, citizen.id) is None:
            session.add(CalendarSubject(id=citizen.id, kind=SubjectKind.CITIZEN))
        start = NOW + timedelta(hours=2)
        session.add(
            Meeting(
                citizen_id=citizen.id,
                purpose="Samtale",
                channel=Channel.PHONE,
                starts_at=start,
                ends_at=start + timedelta(minutes=30),
                wall_start="2026-03-02T12:00",
                state=state,
                created_at=NOW,
            )
        )


def test_without_anything_waiting_they_stand_in_danish_order(
    database: Database, people: People, browser_of: Browser
) -> None:
    with database.writing() as session:
        for who, surname in (("ny", "Ø"), ("anna", "Å"), ("bent", "Z"), ("karim", "Æ")):
            citizen = session.get_one(Person, getattr(people, who).id)
            citizen.sort_key = danish_key(f"{surname} {citizen.name}")
    text = browser_of(people.line).get("/borgere").text
    assert names_in_order(text, people) == ["bent", "karim", "ny", "anna"]


def test_who_waits_longest_stands_first(database: Database, people: People, browser_of: Browser) -> None:
    wrote(database, people.karim, "shared")
    wrote(database, people.karim, "shared", words="Et til")
    wrote(database, people.bent, "shared", at=NOW - timedelta(days=20))
    promise(database, people.anna, people.line, NOW.date() - timedelta(days=1))
    text = browser_of(people.line).get("/borgere").text
    assert names_in_order(text, people) == ["bent", "karim", "anna", "ny"]
    assert "2 forslag at svare på" in text
    assert "Et svar er forsinket" in text
    assert "1 løfte er forsinket" in text


def test_a_meeting_today_counts_unless_it_is_off(
    database: Database, people: People, browser_of: Browser
) -> None:
    meeting(database, people.karim)
    meeting(database, people.anna, MeetingState.CANCELLED)
    text = browser_of(people.line).get("/borgere").text
    assert names_in_order(text, people)[0] == "karim"
    assert text.count(">Møde kl. 12.00<") == 1


def answer(database: Database, citizen: Someone, reply: Reply, days: int = 0) -> UUID:
    """Lay an agreed meeting two hours and some days from now, with this answer to it."""
    meeting(database, citizen)
    with database.writing() as session:
        found = session.exec(select(Meeting).order_by(col(Meeting.id))).all()[-1]
        found.starts_at += timedelta(days=days)
        found.ends_at += timedelta(days=days)
        session.add(
            Participant(meeting_id=found.id, subject_id=citizen.id, role=ParticipantRole.CITIZEN, reply=reply)
        )
        return found.id


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply.CALL_ME, "Vil ringes op om mødet i dag kl. 12.00"),
        (Reply.CANNOT, "Kan ikke i dag kl. 12.00"),
        (Reply.OTHER_TIME, "Vil have en anden tid til mødet i dag kl. 12.00"),
    ],
)
def test_an_answer_to_todays_meeting_stands_first_and_leads_there(
    database: Database, people: People, browser_of: Browser, reply: Reply, words: str
) -> None:
    wrote(database, people.bent, "shared", at=NOW - timedelta(days=20))
    meeting_id = answer(database, people.karim, reply)
    client = browser_of(people.line)
    text = client.get("/borgere").text
    assert names_in_order(text, people)[0] == "karim"
    assert words in text
    there = f"{people.karim.url}/kalender/{meeting_id}"
    assert f'href="{there}"' in text
    region = client.get(there, headers={"HX-Request": "true", "HX-Target": "meeting"}).text
    assert 'data-kind="main"' in region
    assert "Ring til Karim" in region


def test_an_answer_to_a_later_meeting_is_told_after_what_is_late(
    database: Database, people: People, browser_of: Browser
) -> None:
    wrote(database, people.bent, "shared", at=NOW - timedelta(days=20))
    answer(database, people.karim, Reply.CANNOT, days=3)
    text = browser_of(people.line).get("/borgere").text
    assert names_in_order(text, people)[:2] == ["bent", "karim"]
    assert "Kan ikke tors. 5. mar" in text


def test_a_yes_and_a_meeting_that_is_over_ask_for_nothing(
    database: Database, people: People, browser_of: Browser
) -> None:
    answer(database, people.karim, Reply.COMING)
    answer(database, people.anna, Reply.CANNOT, days=-1)
    text = browser_of(people.line).get("/borgere").text
    assert "Kan ikke" not in text
    assert "Venter på dig" not in text


def test_those_who_wait_stand_apart(database: Database, people: People, browser_of: Browser) -> None:
    wrote(database, people.karim, "shared")
    text = browser_of(people.line).get("/borgere").text
    heads = [text.index(words) for words in ("Venter på dig", people.karim.name, "Venter ikke på dig")]
    assert heads == sorted(heads)
    assert heads[-1] < text.index(people.anna.name)


def test_one_before_the_yes_can_be_rung(database: Database, people: People, browser_of: Browser) -> None:
    with database.writing() as session:
        session.get_one(Person, people.ny.id).phone = "12345678"
    text = browser_of(people.line).get("/borgere").text
    assert "Ring til Nynne" in text
    assert 'href="tel:+4512345678"' in text


@pytest.mark.parametrize(("who", "title"), [("vibeke", "Du hjælper"), ("line", "Borgere")])
def test_the_heading_says_what_one_is_to_them(
    people: People, browser_of: Browser, who: str, title: str
) -> None:
    assert f'<h1 tabindex="-1">{title}</h1>' in browser_of(getattr(people, who)).get("/borgere").text


def test_a_promise_is_in_time_on_its_last_day(
    database: Database, people: People, browser_of: Browser
) -> None:
    promise(database, people.anna, people.line, NOW.date())
    assert "løfte er forsinket" not in browser_of(people.line).get("/borgere").text


def test_a_row_leads_to_the_plan_only_after_the_yes(people: People, browser_of: Browser) -> None:
    text = browser_of(people.line).get("/borgere").text
    assert f'href="{people.anna.url}/plan"' in text
    assert f'href="{people.ny.url}/plan"' not in text
    assert f'href="{people.ny.url}/begynd"' in text  # what can be done until there is a yes
    assert text.count("Planen er ikke åben.") == 1


def test_a_no_again_hides_what_waits(database: Database, people: People, browser_of: Browser) -> None:
    wrote(database, people.anna, "shared")
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    text = browser_of(people.line).get("/borgere").text
    assert people.anna.name in text
    assert "at svare på" not in text
    assert f'href="{people.anna.url}/plan"' not in text


def test_the_substitute_sees_them_while_it_lasts(
    database: Database, people: People, browser_of: Browser
) -> None:
    assert people.anna.name not in browser_of(people.omar).get("/borgere").text
    wrote(database, people.anna, "shared")
    with database.writing() as session:
        line, omar, until = people.line.id, people.omar.id, NOW + timedelta(days=1)
        session.add(Absence(person_id=line, substitute_id=omar, starts_at=NOW, ends_at=until))
    text = browser_of(people.omar).get("/borgere").text
    assert people.anna.name in text
    assert "Du er vikar for Line Madsen indtil tirsdag den 3. marts 2026 kl. 10.00" in text
    assert "1 forslag at svare på" in text
    with database.writing() as session:  # as absences end that are registered: at midnight
        session.exec(select(Absence)).one().ends_at = span_edge(date(2026, 3, 8), time())
    text = browser_of(people.omar).get("/borgere").text
    assert "Du er vikar for Line Madsen til og med lørdag den 7. marts" in text


def test_a_late_answer_brings_the_citizen_to_the_substitute(
    database: Database, people: People, browser_of: Browser
) -> None:
    wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    wrote(database, people.anna, "shared", words="I god tid, og kun Lines")
    with database.writing() as session:
        mark_late(session, now=NOW)
    text = browser_of(people.omar).get("/borgere").text
    assert names_in_order(text, people)[0] == "anna"
    assert "Du er vikar, fordi et svar er forsinket" in text
    assert "1 forslag at svare på" in text


@pytest.mark.parametrize("has_yes", [True, False])
def test_whose_message_waits_stands_among_those_who_wait_with_a_way_to_the_thread(
    database: Database, people: People, browser_of: Browser, has_yes: bool
) -> None:
    who = people.karim if has_yes else people.ny
    wrote_message(database, who, at=NOW)
    line = browser_of(people.line)
    text = line.get("/borgere").text
    assert names_in_order(text.partition("Venter ikke på dig")[0], people) == ["karim" if has_yes else "ny"]
    assert f'data-state="act" href="{who.url}/beskeder#nyeste"' in text
    assert "1 besked at svare på</span>" in text
    line.post(f"{who.url}/beskeder/kraever-ikke-svar")
    assert "at svare på" not in line.get("/borgere").text


def test_a_late_message_is_told_as_late_to_both_who_answer(
    database: Database, people: People, browser_of: Browser
) -> None:
    wrote_message(database, people.karim, at=NOW - timedelta(days=20))
    wrote_message(database, people.karim, at=NOW)
    assert people.karim.name not in browser_of(people.omar).get("/borgere").text
    with database.writing() as session:
        mark_late_messages(session, now=NOW)
    wrote(database, people.bent, "shared", at=NOW - timedelta(days=20))
    text = browser_of(people.line).get("/borgere").text
    assert "2 beskeder at svare på. Et svar er forsinket</span>" in text
    assert names_in_order(text, people)[:2] == ["karim", "bent"]
    let_in = browser_of(people.omar).get("/borgere").text
    assert "1 besked at svare på. Et svar er forsinket</span>" in let_in
    assert f'data-state="wait" href="{people.karim.url}/beskeder#nyeste"' in let_in


@pytest.mark.parametrize(
    ("who", "citizen", "tie"),
    [("thea", "bent", "Du hjælper med: Hverdag og fritid"), ("vibeke", "bent", "Du er værge"),
     ("mette", "emil", "Du har forældremyndigheden")],
)  # fmt: skip
def test_others_see_names_and_their_tie_and_no_more(
    database: Database, people: People, browser_of: Browser, who: str, citizen: str, tie: str
) -> None:
    wrote(database, people.bent, "shared")
    text = browser_of(getattr(people, who)).get("/borgere").text
    assert getattr(people, citizen).name in text
    assert tie in text
    assert "at svare på" not in text


def test_those_who_help_nobody_are_told_why(people: People, browser_of: Browser) -> None:
    text = browser_of(people.lone).get("/borgere").text
    assert "Som leder ser du ingen navne her." in text
    assert names_in_order(text, people) == []


@pytest.mark.parametrize("who", ["anna", "admin"])
def test_a_citizen_and_an_administrator_have_no_caseload(
    people: People, browser_of: Browser, who: str
) -> None:
    assert browser_of(getattr(people, who)).get("/borgere").status_code == 404


def test_every_citizen_shown_is_logged(session: Session, people: People, browser_of: Browser) -> None:
    browser_of(people.line).get("/borgere")
    look = session.exec(select(AccessLogEntry)).one()
    assert (look.action, look.actor_id, look.citizen_id) == ("caseload:read", people.line.id, None)
    listed = session.exec(select(AccessLogList)).one()
    assert listed.digest == look.list_digest
    relation, *citizens = listed.citizens.split()
    assert (relation, {UUID(one) for one in citizens}) == (
        "contact",
        {one.id for one in (people.anna, people.karim, people.bent, people.ny)},
    )


def test_the_log_is_committed_before_a_name_is_read(
    database: Database, people: People, browser_of: Browser
) -> None:
    logged: list[int] = []

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "person.sort_key" in statement and "LEFT OUTER JOIN" in statement:
            with database.reading() as beside:
                logged.append(len(beside.exec(select(AccessLogEntry)).all()))

    client = browser_of(people.line)
    event.listen(database.engine, "before_cursor_execute", look)
    client.get("/borgere")
    assert logged == [1]


def test_many_citizens_cost_no_more_questions(people: People, browser_of: Browser, asked: list[str]) -> None:
    def questions(who: Someone) -> int:
        client = browser_of(who)
        client.get("/borgere")
        asked.clear()
        client.get("/borgere")
        return len(asked)

    # Four citizens, and two: who asks, whom they help, the log, names, meetings, counts, tasks, whom
    # I stand in for, what has changed, the filter, the areas of life, whom I give or get.
    assert (questions(people.line), questions(people.omar)) == (12, 12)
