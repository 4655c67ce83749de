"""The list of citizens and the guard ask in opposite directions, and must know the same ties."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from app.demo.cast import CAST
from app.entries.service.escalation import mark_late
from app.identity.rules import Role
from app.plan.consent_effects import withdraw_yes
from app.plan.relations import find_subject, list_ties
from app.store.db import Database
from tests.cast import NOW, People
from tests.writing import wrote

pytestmark = pytest.mark.both_databases

CITIZENS = [one.slug for one in CAST if one.role is Role.CITIZEN]
HELPERS = [one for one in CAST if one.role is not Role.CITIZEN]


def check(session: Session, people: People) -> set[tuple[str, str, str]]:
    """Compare both for everybody, and return the ties: who, to whom, which."""
    found = set()
    for helper in HELPERS:
        reader_id = getattr(people, helper.slug).id
        listed = {bond.citizen_id: bond.subject.ties for bond in list_ties(session, reader_id, now=NOW)}
        for slug in CITIZENS:
            citizen_id = getattr(people, slug).id
            subject, _name = find_subject(session, citizen_id, reader_id, now=NOW) or (None, "")
            assert subject is not None
            assert listed.get(citizen_id, frozenset()) == subject.ties, (helper.slug, slug)
            found |= {(helper.slug, slug, str(tie)) for tie in subject.ties}
    return found


def test_on_an_ordinary_day(session: Session, people: People) -> None:
    found = check(session, people)
    assert {("line", "anna", "contact"), ("thea", "bent", "professional")} <= found
    assert ("vibeke", "bent", "representative") in found


@pytest.mark.usefixtures("line_is_away")
def test_while_somebody_is_away(session: Session, people: People) -> None:
    assert ("omar", "anna", "substitute") in check(session, people)


@pytest.mark.parametrize("no_again", [False, True])
def test_when_an_answer_is_late_and_after_a_no(
    database: Database, session: Session, people: People, no_again: bool
) -> None:
    wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
    with database.writing() as writing:
        mark_late(writing, now=NOW)
        if no_again:
            withdraw_yes(writing, people.anna.id, by=people.anna.id, now=NOW)
    assert (("omar", "anna", "substitute") in check(session, people)) is not no_again
