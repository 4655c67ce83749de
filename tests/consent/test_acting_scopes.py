"""Those who act for somebody: what a scope opens, what the citizen says to it, and that it counts at once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.consent.models import Representation, RepresentationScope
from app.consent.rules import ActingScope, RepresentationKind
from app.dates.local_time import danish_day
from app.demo.cast import add_acting
from app.identity.login import DEMO_COOKIE
from app.identity.models import Person
from app.migrations.schema import head, migrate
from app.plan.consent_effects import withdraw_yes
from app.store.db import Database
from tests.access.test_page_cache import kept_look
from tests.cast import NOW, People
from tests.conftest import Browser, enter
from tests.messages.thread import ANSWER, SECRET, answered, asked, messages, text_of
from tests.writing import wrote

pytestmark = pytest.mark.both_databases

Acts = Callable[..., UUID]
SINCE = danish_day(NOW) - timedelta(days=9)
BEFORE = 20  # the step before


@pytest.fixture
def acts(database: Database, people: People) -> Acts:
    """Let Vibeke act for Anna, and return the id of the paper."""

    def go(*scopes: ActingScope, kind: RepresentationKind = RepresentationKind.POWER_OF_ATTORNEY) -> UUID:
        with database.writing() as session:
            return add_acting(session, people.anna.id, people.vibeke.id, kind, scopes, since=SINCE).id

    return go


def paper_of(session: Session, citizen_id: UUID) -> UUID:
    return session.exec(select(Representation.id).where(Representation.citizen_id == citizen_id)).one()


def say(browser_of: Browser, who: Any, paper: UUID, what: str) -> int:
    return browser_of(who).post(f"/samtykke/handler-for-mig/{paper}/{what}").status_code


def test_who_may_read_the_thread_reads_along_and_leaves_no_trace_in_it(
    database: Database, people: People, browser_of: Browser, session: Session, acts: Acts
) -> None:
    asked(database, people.anna)
    answered(database, people.anna, people.line.id)
    thread, vibeke = f"{people.anna.url}/beskeder", browser_of(people.vibeke)
    acts(ActingScope.MEETINGS)
    assert vibeke.get(thread).status_code == 403
    assert thread not in vibeke.get("/borgere").text
    acts(ActingScope.MESSAGES)
    assert f'href="{thread}#nyeste" aria-label="Læs beskederne: Anna Jensen"' in vibeke.get("/borgere").text
    page = text_of(vibeke, thread)
    assert (SECRET in page, ANSWER in page, "Du kan ikke skrive her." in page) == (True, True, True)
    assert ("<textarea" in page, "kraever-ikke-svar" in page, "tag-ud" in page) == (False, False, False)
    assert vibeke.post(thread, data={"words": "Hej", "gem": "del"}).status_code == 403
    assert [one.read_at for one in messages(session)] == [None, None]


def test_who_reads_along_is_named_above_the_field(people: People, browser_of: Browser, acts: Acts) -> None:
    anna, line = browser_of(people.anna), browser_of(people.line)
    assert "Vibeke" not in text_of(anna, "/beskeder")
    paper = acts(ActingScope.MESSAGES)
    assert "Vibeke med fuldmagt fra dig læser det også." in text_of(anna, "/beskeder")
    assert "vikaren og Vibeke Aagaard kan læse det." in text_of(line, f"{people.anna.url}/beskeder")
    say(browser_of, people.anna, paper, "beskeder/nej")
    assert "Vibeke" not in text_of(anna, "/beskeder")


def test_a_no_counts_at_the_next_request_and_a_yes_again(
    database: Database, people: People, browser_of: Browser, acts: Acts
) -> None:
    asked(database, people.anna)
    paper, vibeke, thread = (
        acts(ActingScope.MESSAGES),
        browser_of(people.vibeke),
        f"{people.anna.url}/beskeder",
    )
    found = [vibeke.get(thread).status_code]
    for said in ("nej", "ja", "nej"):
        assert say(browser_of, people.anna, paper, f"beskeder/{said}") == 303
        found.append(vibeke.get(thread).status_code)
    assert found == [200, 403, 200, 403]


def test_without_a_yes_to_one_plan_the_thread_stays_open_and_the_plan_is_closed(
    database: Database, people: People, browser_of: Browser, acts: Acts
) -> None:
    acts(*ActingScope)
    with database.writing() as session:
        withdraw_yes(session, people.anna.id, by=people.anna.id, now=NOW)
    vibeke, base = browser_of(people.vibeke), people.anna.url
    asked_for = ("/beskeder", "/kalender", "/kontakt", "/plan")
    assert [vibeke.get(base + one).status_code for one in asked_for] == [200, 200, 200, 403]


def test_a_mother_reads_nothing_he_writes_until_he_says_yes_to_exactly_this(
    database: Database, people: People, browser_of: Browser, session: Session
) -> None:
    """His yes to one plan stands, and hers: neither is the yes to this. He takes it back with one tap."""
    asked(database, people.emil)
    wrote(database, people.emil, "shared", words="Min hemmelige drøm")
    paper, mette, base = paper_of(session, people.emil.id), browser_of(people.mette), people.emil.url

    def reads() -> tuple[bool, bool]:
        return (
            SECRET in mette.get(f"{base}/beskeder").text,
            "Min hemmelige drøm" in mette.get(f"{base}/plan").text,
        )

    assert "Mette kan ikke læse det, du og Omar skriver til hinanden." in text_of(
        browser_of(people.emil), "/samtykke"
    )
    found = [reads()]
    for what in ("beskeder/ja", "delt/ja", "beskeder/nej", "delt/nej"):
        assert say(browser_of, people.emil, paper, what) == 303
        found.append(reads())
    assert found == [(False, False), (True, False), (True, True), (False, True), (False, False)]


def test_a_paper_is_not_his_yes(database: Database, people: People, browser_of: Browser) -> None:
    """One who has custody is registered with the scope; a guardian would read by it, and they don't yet."""
    asked(database, people.emil)
    custody = RepresentationKind.CUSTODY
    with database.writing() as session:
        acts = add_acting(
            session, people.emil.id, people.vibeke.id, custody, [ActingScope.MESSAGES], since=SINCE
        )
        paper = acts.id
    vibeke, thread = browser_of(people.vibeke), f"{people.emil.url}/beskeder"
    assert vibeke.get(thread).status_code == 403
    assert thread not in vibeke.get("/borgere").text
    say(browser_of, people.emil, paper, "beskeder/ja")
    assert vibeke.get(thread).status_code == 200
    assert thread in vibeke.get("/borgere").text


@pytest.mark.parametrize(
    ("scope", "said", "page"),
    [
        (ActingScope.PLAN, "Kan se din plan, mens dit ja gælder.", "/plan"),
        (ActingScope.MEETINGS, "Kan se dine møder, og hvad I aftalte.", "/kalender"),
        (None, "Vibeke kan se, hvem der hjælper dig.", "/kontakt"),
    ],
)
def test_what_each_may_is_said_and_true(
    people: People, browser_of: Browser, acts: Acts, scope: ActingScope | None, said: str, page: str
) -> None:
    acts(*([scope] if scope else []))
    assert said in text_of(browser_of(people.anna), "/samtykke")
    pages = {"/plan", "/kalender", "/kontakt", "/beskeder"}
    opened = {one for one in pages if browser_of(people.vibeke).get(people.anna.url + one).status_code == 200}
    assert opened == {page, "/kontakt"}
    leads_to = f'href="{people.anna.url}{page if page == "/plan" else "/kontakt"}"'
    assert leads_to in text_of(browser_of(people.vibeke), "/borgere")


def test_who_sees_what_is_shared_is_named_before_it_is(
    app: Flask, database: Database, people: People, browser_of: Browser, acts: Acts
) -> None:
    """And the page that is kept for them is another one at the next request."""
    wrote(database, people.anna, "shared", words="Min delte drøm")
    paper = acts(ActingScope.PLAN, ActingScope.WRITE)
    anna, vibeke, plan = browser_of(people.anna), FlaskClient(app), f"{people.anna.url}/plan"
    vibeke.set_cookie(DEMO_COOKIE, enter(app, "vibeke"), domain="localhost")
    said = "Når du deler: Vibeke med fuldmagt fra dig ser det også."
    assert said in text_of(anna, "/skriv?slags=droem")
    assert "Vibeke kan se det, du deler, før det er med i planen." in text_of(anna, "/samtykke")
    assert "Min delte drøm" in kept_look(vibeke, plan)
    say(browser_of, people.anna, paper, "delt/nej")
    assert said not in text_of(anna, "/skriv?slags=droem")
    assert "Min delte drøm" not in kept_look(vibeke, plan)


def test_a_power_of_attorney_is_ended_by_its_giver_after_a_question(
    people: People, browser_of: Browser, acts: Acts
) -> None:
    paper = acts(ActingScope.PLAN, ActingScope.MEETINGS)
    anna, vibeke, there = (
        browser_of(people.anna),
        browser_of(people.vibeke),
        f"/samtykke/handler-for-mig/{paper}/stop",
    )
    assert there in text_of(anna, "/samtykke")
    assert "Det gælder med det samme." in text_of(anna, there)
    assert vibeke.get(f"{people.anna.url}/plan").status_code == 200
    assert anna.post(there).status_code == 303
    assert vibeke.get(f"{people.anna.url}/plan").status_code == 404
    assert "Vibeke" not in text_of(anna, "/samtykke")
    assert (anna.get(there).status_code, anna.post(there).status_code) == (404, 404)


@pytest.mark.parametrize("who", ["bent", "emil"])
def test_a_guardian_and_who_has_custody_are_not_ended_by_the_citizen(
    people: People, browser_of: Browser, session: Session, who: str
) -> None:
    citizen = browser_of(getattr(people, who))
    there = f"/samtykke/handler-for-mig/{paper_of(session, getattr(people, who).id)}/stop"
    assert "Du kan ikke selv bestemme, at " in text_of(citizen, "/samtykke")
    assert (citizen.get(there).status_code, citizen.post(there).status_code) == (404, 404)


def test_nobody_answers_for_another_nor_more_than_is_asked(
    people: People, browser_of: Browser, session: Session, acts: Acts
) -> None:
    paper = acts(ActingScope.MESSAGES)
    assert say(browser_of, people.bent, paper, "beskeder/nej") == 404
    assert say(browser_of, people.anna, paper, "delt/ja") == 404  # no paper says so
    assert say(browser_of, people.anna, paper, "plan/nej") == 404
    assert set(session.exec(select(RepresentationScope.citizen_yes))) == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": ActingScope.PLAN, "citizen_yes": False, "answered_at": NOW},
        {"scope": ActingScope.WRITE, "citizen_yes": True},
        {"scope": ActingScope.WRITE, "answered_at": NOW},
        {"scope": ActingScope.WRITE, "ends_on": SINCE},
        {"scope": ActingScope.MESSAGES},  # a second one that is open
    ],
)
def test_the_database_refuses_what_can_not_be(database: Database, acts: Acts, wrong: dict[str, Any]) -> None:
    paper = acts(ActingScope.MESSAGES)
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(RepresentationScope(representation_id=paper, starts_on=SINCE, **wrong))


def test_the_database_ends_no_guardian_by_the_citizen(database: Database, people: People) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.get_one(Representation, paper_of(session, people.bent.id)).ended_at = NOW


def test_those_of_before_may_what_they_could(database: Database, people: People, session: Session) -> None:
    migrate(database, f"-{int(head()) - BEFORE}")
    migrate(database)
    found = {
        who: set(
            session.exec(
                select(RepresentationScope.scope).where(
                    RepresentationScope.representation_id == paper_of(session, getattr(people, who).id)
                )
            )
        )
        for who in ("bent", "emil")
    }
    assert found == {"bent": {"plan", "meetings"}, "emil": {"plan", "meetings", "consent"}}


@pytest.mark.parametrize(("born_on", "acts"), [(date(2008, 3, 3), True), (date(2008, 3, 2), False)])
def test_custody_is_over_on_the_eighteenth_birthday(
    database: Database, people: People, browser_of: Browser, born_on: date, acts: bool
) -> None:
    """Whatever the paper says. It is 2 March 2026."""
    with database.writing() as writing:
        writing.get_one(Person, people.emil.id).born_on = born_on
    status = browser_of(people.mette).get(f"{people.emil.url}/kontakt").status_code
    assert status == (200 if acts else 404)
