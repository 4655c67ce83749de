"""Nobody is named as one who answers, or acts for somebody, when their role has ended: they can't come in."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.entries.service.escalation import mark_late
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.messages.late_messages import mark_late_messages
from app.messages.service import send_to_contact
from app.plan.models import Absence
from app.plan.relations import find_subject
from app.plan.service import let_substitute_in, substitute_id
from app.store.db import Database
from tests.cast import NOW, People, Someone
from tests.conftest import Browser
from tests.writing import SITE, wrote

OWN = ("/", "/kontakt", "/samtykke", "/beskeder", "/plan", "/skriv?slags=droem")


@pytest.fixture
def ends(database: Database) -> Callable[..., None]:
    """End a role of somebody's at a moment."""

    def go(who: Someone, role: Role, at: datetime = NOW) -> None:
        held = select(PersonRole).where(PersonRole.person_id == who.id, PersonRole.role == role)
        with database.writing() as session:
            session.exec(held).one().ends_at = at

    return go


def naming(browser: Browser, reader: Someone, name: str, addresses: Iterable[str]) -> set[str]:
    """Return which of these pages name somebody."""
    client = browser(reader)
    return {one for one in addresses if name in client.get(one, follow_redirects=True).text}


def at_work_for(session: Session, citizen: Someone) -> frozenset[UUID]:
    """Return who is tied to a citizen by their work."""
    subject, _citizen = find_subject(session, citizen.id, citizen.id, now=NOW) or (None, None)
    assert subject is not None
    return subject.team_ids


@pytest.mark.both_databases
@pytest.mark.usefixtures("line_is_away")
def test_a_substitute_whose_role_has_ended_is_named_nowhere(
    database: Database, session: Session, people: People, browser_of: Browser, ends: Callable[..., None]
) -> None:
    whose = f"{people.anna.url}/plan"
    assert naming(browser_of, people.anna, "Omar", OWN) == {*OWN} - {"/plan"}
    assert "Vikar: " in browser_of(people.jonas).get(whose).text
    assert naming(browser_of, people.jonas, "Omar", [whose]) == {whose}
    assert people.omar.id in at_work_for(session, people.anna)
    ends(people.omar, Role.CONTACT)
    session.rollback()
    assert people.omar.id not in at_work_for(session, people.anna)
    absence = browser_of(people.line).get("/fravaer").text
    assert "Omar Saleh er ikke kontaktperson i hele fraværet. Vælg en anden vikar." in absence
    assert naming(browser_of, people.anna, "Omar", OWN) == set()
    assert naming(browser_of, people.jonas, "Omar", [whose]) == set()
    assert substitute_id(session, people.line.id, now=NOW) is None
    with database.writing() as writing:
        wrote_late = wrote(database, people.anna, "shared", at=NOW - timedelta(days=20))
        assert let_substitute_in(writing, people.anna.id, wrote_late.id, now=NOW) == {people.line.id}


@pytest.mark.both_databases
def test_nor_is_one_who_was_let_in_or_would_be(
    database: Database, people: People, browser_of: Browser, ends: Callable[..., None]
) -> None:
    anna, late = people.anna, NOW - timedelta(days=20)
    wrote(database, anna, "shared", at=late)
    with database.writing() as session:
        send_to_contact(session, anna.id, "Jeg kan ikke nå det", now=late, workdays=SITE.workdays)
        mark_late(session, now=NOW)
        mark_late_messages(session, now=NOW)
        away = Absence(
            person_id=people.line.id,
            substitute_id=people.omar.id,
            starts_at=NOW + timedelta(days=1),
            ends_at=NOW + timedelta(days=9),
        )
        session.add(away)
    named = {"/kontakt", "/beskeder", "/plan"}
    assert naming(browser_of, anna, "Omar", named) == named
    ends(people.omar, Role.CONTACT, NOW + timedelta(days=2))  # while Line is away
    assert naming(browser_of, anna, "Omar", named) == {"/beskeder", "/plan"}  # he answers what is late still
    assert "Line er væk fra tirsdag den 3. marts til og med" in browser_of(anna).get("/kontakt").text
    ends(people.omar, Role.CONTACT)
    assert naming(browser_of, anna, "Omar", named) == set()


@pytest.mark.both_databases
def test_nor_one_who_acted_for_her(
    database: Database, people: People, browser_of: Browser, ends: Callable[..., None]
) -> None:
    pages = ("/samtykke", "/kontakt")
    assert naming(browser_of, people.bent, "Vibeke", pages) == {*pages}
    entry = wrote(database, people.bent, "shared")
    queue = f"/godkend?forslag={entry.id}"
    assert naming(browser_of, people.line, "Vibeke", [queue]) == {queue}
    ends(people.vibeke, Role.REPRESENTATIVE)
    assert naming(browser_of, people.bent, "Vibeke", pages) == set()
    assert naming(browser_of, people.line, "Vibeke", [queue]) == set()
