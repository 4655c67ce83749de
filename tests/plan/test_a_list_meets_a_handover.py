"""A list of people names a contact person in the moment in which a citizen goes over to another."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from app.access.policy import Subject, Tie
from app.plan.bulk import assign_contacts
from app.plan.handovers import HandoverInput, hand_over
from app.plan.models import ContactAssignment, ContactHandover
from app.store.db import Database
from tests.cast import NOW, People
from tests.databases import until_somebody_waits


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_the_list_waits_and_counts(database: Database, people: People) -> None:
    """On SQLite one writer at a time is what keeps them apart. The list is the newest word."""
    anna = Subject(people.anna.id, frozenset({Tie.CONTACT}))
    over = HandoverInput(people.line.id, people.omar.id, NOW.date())
    with ThreadPoolExecutor(1) as other, database.writing() as first:
        hand_over(first, [anna], over, by=people.line.id, now=NOW)
        first.flush()
        second = other.submit(_take_list, database, people)
        until_somebody_waits(database)
        first.commit()
        assert second.exception(timeout=20) is None
    with database.reading() as session:
        standing = select(ContactAssignment.person_id).where(
            ContactAssignment.citizen_id == people.anna.id, col(ContactAssignment.ends_at).is_(None)
        )
        assert session.exec(standing).all() == [people.sara.id]
        went = select(ContactHandover.to_id).where(ContactHandover.done_at == NOW)
        assert set(session.exec(went)) == {people.omar.id, people.sara.id}  # over to him, and on


def _take_list(database: Database, people: People) -> None:
    with database.writing() as session:
        assign_contacts(session, {people.anna.id: people.sara.id}, now=NOW)
