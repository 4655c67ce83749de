"""A person whose access is ended is out at the next request, by every way in; no citizen is left alone."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlmodel import Session, col, select

from app.booking.leavers import open_handover_tasks
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.calendar_sync.feed import make_feed
from app.config import Settings
from app.errors import Refused
from app.identity.invitations import make_invitation
from app.identity.models import PersonRole
from app.identity.rules import Role
from app.identity.sessions import holds_a_role
from app.offboarding.rules import (
    AccessEnded,
    CannotTakeOver,
    EndOfAccess,
    HasCitizens,
    LastAdministrator,
    NothingToEnd,
    WaysIn,
)
from app.offboarding.service import end_access
from app.plan.bulk import contact_persons
from app.plan.handovers import may_be_contact
from app.plan.models import Absence
from app.plan.service import substitute_id
from app.store.db import Database
from tests.account.conftest import Phone
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS
from tests.cast import NOW, People, Someone
from tests.conftest import Browser

pytestmark = pytest.mark.both_databases


def end(database: Database, person: Someone, **more: object) -> AccessEnded:
    wanted = EndOfAccess(person.id, **({"at": NOW} | more))  # type: ignore[arg-type]
    with database.writing() as session:
        return end_access(session, wanted, now=NOW)


def give(database: Database, person: Someone, role: Role) -> None:
    with database.writing() as session:
        session.add(PersonRole(person_id=person.id, role=role, starts_at=NOW - timedelta(days=1)))


def test_every_way_in_is_shut_at_the_next_request(
    app: Flask, database: Database, settings: Settings, people: People
) -> None:
    jonas, phone, feed_reader = people.jonas, Phone(app.test_client()), app.test_client()
    with database.writing() as session:
        code = make_invitation(session, settings.secret_key, jonas.id, by=None, now=NOW).code
        feed = make_feed(session, jonas.id, "telefon", detailed=False, now=NOW)
    assert phone.try_code(code).location == "/invitation"
    assert phone.accept().status_code == 303
    with database.writing() as session:
        other_code = make_invitation(session, settings.secret_key, jonas.id, by=None, now=NOW).code
    assert phone.is_in()
    assert feed_reader.get(f"/ics/{feed}.ics").status_code == 200
    ended = end(database, jonas)
    assert (ended.roles, ended.ways_in) == ((Role.PROFESSIONAL,), WaysIn(1, 1, 1, 1))
    assert not phone.is_in()
    assert phone.sign_in().status_code == 422
    assert feed_reader.get(f"/ics/{feed}.ics").status_code == 404
    assert Phone(app.test_client()).try_code(other_code).status_code == 422
    give(database, jonas, Role.PROFESSIONAL)  # nobody comes back by an old phone
    assert not phone.is_in()
    assert phone.sign_in().status_code == 422
    assert feed_reader.get(f"/ics/{feed}.ics").status_code == 404


def test_who_is_a_citizen_still_sees_none_of_those_they_worked_for(
    database: Database, people: People, browser_of: Browser
) -> None:
    give(database, people.jonas, Role.CITIZEN)
    jonas = browser_of(people.jonas)
    plan = f"{people.anna.url}/plan"
    assert jonas.get(plan).status_code == 200
    end(database, people.jonas, role=Role.PROFESSIONAL)
    assert jonas.get("/indstillinger").status_code == 200
    assert jonas.get(plan).status_code == 404


@pytest.mark.usefixtures("line_is_away")
def test_a_substitute_who_works_here_no_more_stands_in_for_nobody(
    database: Database, people: People, browser_of: Browser
) -> None:
    """The absence goes on to name them: it is the role that counts, on the page and on the list."""
    for role in (Role.CITIZEN, Role.REPRESENTATIVE):
        give(database, people.omar, role)
    omar, plan = browser_of(people.omar), f"{people.anna.url}/plan"
    assert omar.get(plan).status_code == 200
    assert people.anna.name in omar.get("/borgere").text
    give(database, people.lone, Role.CONTACT)
    ended = end(database, people.omar, role=Role.CONTACT, handover_to=people.lone.id)
    assert ended.stands_in_for >= 1
    with database.reading() as session:
        assert session.exec(select(Absence).where(Absence.substitute_id == people.omar.id)).first()
    assert omar.get(plan).status_code == 404
    assert people.anna.name not in omar.get("/borgere").text
    give(database, people.omar, Role.LEADER)  # other work, and no citizen of the old one
    assert omar.get(plan).status_code == 404
    with database.reading() as session:
        assert substitute_id(session, people.line.id, now=NOW) is None


def test_who_works_here_no_more_is_a_citizen_still(
    database: Database, people: People, browser_of: Browser
) -> None:
    give(database, people.jonas, Role.CITIZEN)
    ended = end(database, people.jonas)
    assert (ended.roles, ended.stays, ended.ways_in) == ((Role.PROFESSIONAL,), (Role.CITIZEN,), WaysIn())
    assert browser_of(people.jonas).get("/indstillinger").status_code == 200
    assert end(database, people.jonas).roles == (Role.CITIZEN,)


def test_a_calendar_link_of_the_work_ends_with_it(database: Database, people: People) -> None:
    give(database, people.jonas, Role.CITIZEN)
    with database.writing() as session:
        make_feed(session, people.jonas.id, "Telefon", detailed=True, now=NOW)
    assert end(database, people.jonas).ways_in == WaysIn(feeds=1)


def test_who_takes_over_is_asked_about_the_meetings_of_the_one_before(
    database: Database, people: People, booked: Booked
) -> None:
    """Also where the one before still works here, as something else."""
    meeting = booked("2026-03-05 10:00", 60, "line", duty=True)
    give(database, people.line, Role.LEADER)
    end(database, people.line, role=Role.CONTACT, handover_to=people.omar.id)
    with database.writing() as session:
        assert open_handover_tasks(session, now=NOW, workdays=WORKDAYS) == 4
        asked = session.exec(select(MeetingTask).where(MeetingTask.meeting_id == meeting)).one()
    assert asked.kind == TaskKind.LEAVING


def test_nobody_is_handed_over_to_one_whose_role_has_an_end(
    database: Database, people: People, browser_of: Browser
) -> None:
    line = browser_of(people.line)
    assert people.omar.name in line.get("/borgere/overdragelse").text
    with database.writing() as session:
        assert may_be_contact(session, people.omar.id, now=NOW)
    end(database, people.omar, at=NOW + timedelta(days=9), handover_to=people.line.id)
    with database.writing() as session:
        assert not may_be_contact(session, people.omar.id, now=NOW)
    assert people.omar.name not in line.get("/borgere/overdragelse").text


def test_a_contact_person_s_citizens_are_counted_and_nothing_changes(
    database: Database, session: Session, people: People, browser_of: Browser
) -> None:
    line, before = browser_of(people.line), contact_persons(session)
    theirs = sum(one == people.line.id for one in before.values())
    with pytest.raises(HasCitizens) as why:
        end(database, people.line)
    assert why.value.params == {"count": theirs}
    assert theirs > 1
    assert line.get("/dag").status_code == 200
    with database.reading() as now:
        assert contact_persons(now) == before


def test_a_handover_gives_every_citizen_a_contact_person_and_tells_them(
    database: Database, people: People, browser_of: Browser
) -> None:
    line, anna = browser_of(people.line), browser_of(people.anna)
    ended = end(database, people.line, handover_to=people.omar.id)
    with database.reading() as session:
        contacts = contact_persons(session)
    assert people.line.id not in contacts.values()
    assert contacts[people.anna.id] == people.omar.id
    assert ended.handed_over > 1
    assert line.get(f"{people.anna.url}/plan").status_code in (302, 303, 401)
    assert "Omar er nu din kontaktperson" in anna.get("/").text + anna.get("/nyt").text
    assert "Omar" in anna.get("/kontakt").text


@pytest.mark.parametrize("who", ["jonas", "line", "anna"])
def test_who_can_not_be_a_contact_person_takes_over_nobody(
    who: str, database: Database, people: People
) -> None:
    with pytest.raises(CannotTakeOver):
        end(database, people.line, handover_to=getattr(people, who).id)


def test_the_last_administrator_can_not_be_ended(
    database: Database, people: People, browser_of: Browser
) -> None:
    for at in (NOW, NOW + timedelta(days=30)):
        with pytest.raises(LastAdministrator):
            end(database, people.admin, at=at)
    give(database, people.lone, Role.ADMINISTRATOR)
    assert end(database, people.admin).roles == (Role.ADMINISTRATOR,)
    with pytest.raises(LastAdministrator):
        end(database, people.lone)


def test_of_two_administrators_who_end_each_other_one_is_left(database: Database, people: People) -> None:
    give(database, people.lone, Role.ADMINISTRATOR)
    refused = list[Refused]()

    def end_the_other() -> None:
        try:
            end(database, people.lone, role=Role.ADMINISTRATOR)
        except LastAdministrator as why:
            refused.append(why)

    other = threading.Thread(target=end_the_other)
    with database.writing() as session:
        end_access(session, EndOfAccess(people.admin.id, NOW, Role.ADMINISTRATOR), now=NOW)
        other.start()
        other.join(0.3)  # it waits for this transaction; if it didn't, it would be done
    other.join()
    with database.reading() as session:
        left = select(PersonRole.person_id).where(PersonRole.role == Role.ADMINISTRATOR)
        assert len(session.exec(left.where(col(PersonRole.ends_at).is_(None))).all()) == 1
    assert len(refused) == 1


def test_a_role_ends_on_its_day_and_not_before(
    database: Database, people: People, browser_of: Browser
) -> None:
    day = NOW + timedelta(days=3)
    assert end(database, people.jonas, at=day).ways_in == WaysIn()
    assert browser_of(people.jonas).get("/dag").status_code == 200
    with database.reading() as session:
        held = [holds_a_role(session, people.jonas.id, now=at) for at in (day - timedelta(seconds=1), day)]
    assert held == [True, False]
    assert end(database, people.jonas).at == NOW  # it can be hurried
    with pytest.raises(NothingToEnd):
        end(database, people.jonas)


def test_only_the_role_that_is_named_ends(database: Database, people: People, browser_of: Browser) -> None:
    give(database, people.jonas, Role.LEADER)
    jonas = browser_of(people.jonas)
    with pytest.raises(NothingToEnd):
        end(database, people.jonas, role=Role.CONTACT)
    assert end(database, people.jonas, role=Role.LEADER).ways_in == WaysIn()
    assert jonas.get("/dag").status_code == 200
