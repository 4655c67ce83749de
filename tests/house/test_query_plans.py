"""No page, no tap and no minute of the worker reads more because the municipality has more citizens.

The same people do the same in a municipality and in one seven times as large, where all that is theirs is the
same. What reads more there starts from the whole municipality, and is named.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update
from sqlmodel import Session, col, select

from app.config import DEMO_SITE, Settings, read_site
from app.dates.clock import fixed_clock
from app.demo.bulk_people import lay_citizens
from app.demo.cast import person_id, seed_people
from app.entries.models import Entry
from app.entries.rules import EntryState
from app.identity.login import DEMO_COOKIE
from app.identity.models import Department, Person
from app.identity.sessions import open_session
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.plan.models import ContactAssignment, Plan
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.run.worker import run_due_jobs
from tests.cast import NOW
from tests.conftest import ORIGIN
from tests.databases import Seed, Templates
from tests.house.query_plans import reads_of
from tests.worker_app import WorkerApp

CITIZENS, MORE = 50, 300
SITE = read_site(DEMO_SITE)
OMAR, LONE = person_id("omar"), person_id("lone")
HELPER = (
    "/dag",
    "/dag/husk",
    "/borgere",
    "/godkend",
    "/beskeder",
    "/borgere/moeder",
    "/fravaer",
    "/borgere/overdragelse",
)
LEADER = ("/fravaer", "/ledelse/overdragelse", "/ledelse/forsinket")
OF_A_CITIZEN = (
    *("/plan", "/plan/historie", "/beskeder", "/fremgang", "/kontakt", "/overdragelse", "/husk"),
    *("/kalender", "/kalender/uge", "/kalender/dag", "/kalender/nyt"),
)
PEOPLE = "/administration/personer"
CITIZEN = ("/", "/nyt", "/plan", "/kalender", "/beskeder", "/fremgang", "/kontakt", "/samtykke")
# Times, of seven. PostgreSQL may go another way to the same rows; SQLite has no statistics to choose by.
GROWN = {"sqlite": 1.1, "postgresql": 2}
A_LITTLE = {"sqlite": 60, "postgresql": 15}  # steps, and rows
# What reads more all the same: a part of the statement, and why.
EXCUSED = {
    "late_at IS NULL OR (EXISTS": "what is late may be a new contact person's: looked at each minute",
    "SELECT anon_1.kind, anon_1.about_id": "what is late is walked, the longest awaited first, until there is"
    " a page of the department's; tests/leadership/test_late.py sees where it ends",
    "SELECT person.sort_key, person.id, person.name, person.title": "of few colleagues there is a list;"
    " tests/caseload/test_many_colleagues.py sees where it ends",
}

# Two tables side by side, and nothing said of how they hang together: a condition made to be asked of a row,
# that lost the row on its way into another condition, is asked of everybody's.
SIDE_BY_SIDE = re.compile(r"FROM \"?\w+\"?(?: AS \w+)?, ")

Reads = Mapping[str, Counter[str]]  # by what was done, then by statement


def seed_few(session: Session) -> None:
    seed_people(session, SITE, now=NOW)
    lay_citizens(session, SITE, citizens=CITIZENS, seed=1, now=NOW, known=("omar",))


def seed_many(session: Session) -> None:
    seed_few(session)
    departments = session.exec(select(Department.id).order_by(col(Department.id))).all()
    led = session.get_one(Person, LONE).department_id
    elsewhere = next(one for one in departments if one != led)
    here = session.exec(select(Person.id).where(Person.department_id == led)).all()
    lay_citizens(session, SITE, citizens=MORE, seed=2, now=NOW, known=())
    new = update(Person).where(col(Person.department_id) == led, col(Person.id).not_in(here))
    session.exec(new.values(department_id=elsewhere))  # a leader's own stay as many


@pytest.mark.both_databases
def test_nothing_is_read_of_citizens_who_are_not_ones_own(
    database_kind: str, templates: Templates, worker_app: WorkerApp
) -> None:
    few, many = (_reads(database_kind, templates, worker_app, seed) for seed in (seed_few, seed_many))
    grown = {
        f"{what}: {few[what][one]} → {number}: {one}"
        for what, reads in many.items()
        for one, number in reads.items()
        if number > few[what][one] * GROWN[database_kind] + A_LITTLE[database_kind]
        and not any(part in one for part in EXCUSED)
    }
    assert grown == set()
    assert {one for reads in many.values() for one in reads if SIDE_BY_SIDE.search(one)} == set()


def _reads(kind: str, templates: Templates, worker_app: WorkerApp, seed: Seed) -> Reads:
    with templates.copy(kind, seed) as url:
        settings = Settings(url, "only for tests, 32 bytes and more", ORIGIN, demo=True, site=SITE)
        with worker_app.lend(settings, fixed_clock(NOW)) as app:
            if kind == "postgresql":
                with app.extensions["db"].writing() as session:
                    session.connection().execute(text("ANALYZE"))
            return dict(_days_work(app))


def _days_work(app: Flask) -> Iterator[tuple[str, Counter[str]]]:
    """Yield what is done of a day, and how much each statement of it reads."""
    db, site = app.extensions["db"], app.extensions["settings"].site
    while any(run_due_jobs(db, site, NOW).values()):
        """Until a minute has nothing to do."""
    with reads_of(db) as reads:
        run_due_jobs(db, site, NOW)
    yield "worker", reads
    with db.reading() as session:
        meeting, entry, whose = _own(session)
    omar, lone, citizen = (_browser(app, one) for one in (OMAR, LONE, meeting.citizen_id))
    there = f"/borgere/{meeting.citizen_id}"
    for who, path in (
        *((omar, path) for path in HELPER),
        *((omar, there + path) for path in OF_A_CITIZEN),
        *((citizen, path) for path in CITIZEN),
        *((lone, path) for path in LEADER),
    ):
        with reads_of(db) as reads:
            assert who.get(path).status_code == 200, path
        yield f"{path} of a leader" if who is lone else path, reads
    words = {"words": "Det gør vi."}
    for who, path, data in (
        (omar, f"/borgere/{whose}/forslag/{entry.id}/godkend", {"version": "1"}),
        (omar, f"{there}/beskeder", words | {"key": uuid4().hex}),
        (citizen, "/beskeder", words | {"key": uuid4().hex}),
        (citizen, f"/kalender/{meeting.id}/svar", {"reply": "cannot", "seen": "0"}),
    ):
        with reads_of(db) as reads:
            assert who.post(path, data=data).status_code == 303, path
        yield f"POST {path}", reads
    for path in ("/godkend", "/dag"):  # with an answer that can be undone
        with reads_of(db) as reads:
            assert omar.get(path).status_code == 200
        yield f"{path} after it", reads
    yield from _administrators_work(app)


def _administrators_work(app: Flask) -> Iterator[tuple[str, Counter[str]]]:
    """Yield what it takes to find one person, by each way there is, and to make a new one."""
    db, admin = app.extensions["db"], _browser(app, person_id("admin"))
    with reads_of(db) as reads:
        assert "Line Madsen" in admin.get(f"{PEOPLE}?navn=line").text
    yield "search by name", reads
    for wanted in ("70123461", "B-4711", "line@solbjerg.example"):
        with reads_of(db) as reads:
            assert admin.post(PEOPLE, data={"wanted": wanted}).status_code in (200, 303), wanted
        yield f"search by {wanted}", reads
    new = {"name": "Pia Prøve", "number": "B-4711", "language": "da", "contact": "Line Madsen"}
    with reads_of(db) as reads:
        assert admin.post(f"{PEOPLE}/ny-borger", data=new).status_code == 303
    yield "a new citizen", reads


def _own(session: Session) -> tuple[Meeting, Entry, UUID]:
    """Return a meeting that a citizen of Omar's can answer, and an entry that he can, with its citizen."""
    mine = select(ContactAssignment.citizen_id).where(ContactAssignment.person_id == OMAR, IS_CONTACT_NOW)
    meetings = select(Meeting).where(
        Meeting.state == MeetingState.PROPOSED, col(Meeting.citizen_id).in_(mine)
    )
    entries = (
        select(Entry, Plan.citizen_id)
        .join(Plan, col(Plan.id) == Entry.plan_id)
        .where(Entry.state == EntryState.SHARED, col(Plan.citizen_id).in_(mine))
    )
    meeting = session.exec(meetings.order_by(col(Meeting.id))).first()
    entry, whose = session.exec(entries.order_by(col(Entry.id))).all()[0]
    assert meeting is not None
    return meeting, entry, whose


def _browser(app: Flask, person: UUID) -> FlaskClient:
    with app.extensions["db"].writing() as session:
        token = open_session(session, person, now=NOW)
    client = app.test_client()
    client.set_cookie(DEMO_COOKIE, token, domain="localhost")
    return client
