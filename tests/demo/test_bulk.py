"""A large made-up municipality is the same for the same seed, and spread as a real one."""

from collections import Counter

import pytest
from sqlmodel import Session, col, func, select

from app.booking.queries import OCCUPANCY
from app.config import DEMO_SITE, read_site
from app.demo.bulk_people import caseload_sizes, lay_citizens
from app.demo.cast import person_id
from app.entries.models import Entry
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.messages.models import Message
from app.plan.models import ContactAssignment
from app.plan.tie_conditions import IS_CONTACT_NOW
from app.store.db import Database
from tests.cast import NOW

CITIZENS = 9


def _laid(database: Database, seed: int) -> list[object]:
    """Lay a few citizens, return what tells them and what they wrote apart, and forget them again."""
    with database.reading() as session:
        lay_citizens(session, read_site(DEMO_SITE), citizens=CITIZENS, seed=seed, now=NOW)
        people = select(Person.id, Person.name).where(col(Person.slug).is_(None)).order_by(col(Person.id))
        meetings = select(Meeting.id, Meeting.starts_at).order_by(col(Meeting.id))
        return [
            session.exec(one).all() for one in (people, meetings, select(Entry.id).order_by(col(Entry.id)))
        ]


@pytest.mark.both_databases
def test_the_same_seed_lays_the_same_people(database: Database) -> None:
    first = _laid(database, 1)
    assert first == _laid(database, 1)
    assert first != _laid(database, 2)


@pytest.fixture
def laid(database: Database) -> None:
    with database.writing() as session:
        lay_citizens(session, read_site(DEMO_SITE), citizens=CITIZENS, seed=1, now=NOW)


def test_each_has_a_contact_person_and_something_of_everything(laid: None, session: Session) -> None:
    rows = session.exec(select(ContactAssignment.person_id).where(IS_CONTACT_NOW)).all()
    assert Counter(rows)[person_id("line")] == 4 + (CITIZENS + 1) // 2
    for table in (Entry, Message, Meeting):
        assert session.exec(select(func.count()).select_from(table)).one() >= CITIZENS
    states = set(session.exec(select(Meeting.state)).all())
    assert {MeetingState.HELD, MeetingState.PROPOSED, MeetingState.AGREED} <= states
    assert session.exec(select(func.count()).select_from(OCCUPANCY)).one() > CITIZENS


@pytest.mark.parametrize(("citizens", "first", "next_one"), [(9, 5, 4), (400, 200, 40), (50_000, 300, 40)])
def test_one_has_many_and_most_have_forty(citizens: int, first: int, next_one: int) -> None:
    sizes = list(caseload_sizes(citizens))
    assert (sizes[0], sizes[1], sum(sizes)) == (first, next_one, citizens)
