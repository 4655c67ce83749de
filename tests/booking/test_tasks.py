"""What somebody must settle about a meeting: whose it is, by when, and who is let in when it is late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.access.policy import Tie
from app.booking.cancel import cancel_meeting, restore_meeting
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.booking.tasks import (
    escalate_tasks,
    list_meeting_tasks,
    list_open_tasks,
    open_task,
    settle_tasks,
    task_due_on,
)
from app.config import DEMO_SITE, read_site
from app.identity.models import Person, PersonRole
from app.notifications.models import Notice
from app.plan.consent_effects import withdraw_yes
from app.plan.models import Cover, TeamMembership
from app.plan.relations import find_subject
from app.plan.service import assign_contact
from app.run.worker import run_due_jobs
from app.store.db import Database
from tests.booking.fixtures import Booked
from tests.booking.requests import WORKDAYS, can_take_much, closed_on
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

MONDAY = date(2026, 3, 2)
LATE = NOW + timedelta(days=3)  # a task of NOW is due on Wednesday, so on Thursday it is late
Asked = Callable[..., UUID]


@pytest.fixture
def asked(database: Database, people: People, booked: Booked) -> Asked:
    """Open a task about a meeting of Anna's on Tuesday next, and return the meeting's id."""

    def go(kind: TaskKind = TaskKind.OTHER_TIME, person: UUID | None = None) -> UUID:
        meeting = booked("2026-03-10 10:00")
        with database.writing() as writing:
            open_task(writing, people.anna.id, meeting, kind, now=NOW, workdays=WORKDAYS, person_id=person)
        return meeting

    return go


def run(database: Database, now: datetime) -> int:
    with database.writing() as writing:
        return escalate_tasks(writing, now=now)


def lists(session: Session, people: People, now: datetime = NOW) -> dict[str, list[str]]:
    """Return who has a task on their list, and as what."""
    session.rollback()
    who = ("anna", "line", "omar", "jonas", "ali", "lone")
    found = {
        slug: [
            str(one.subject.nearest) for one in list_open_tasks(session, getattr(people, slug).id, now=now)
        ]
        for slug in who
    }
    return {slug: ties for slug, ties in found.items() if ties}


def told_late(session: Session, meeting: UUID) -> set[UUID]:
    """Return who has been told that something about a meeting is late; each is told once."""
    session.rollback()
    late = select(Notice).where(Notice.kind == "meeting_task_late", Notice.about_id == meeting)
    found = session.exec(late).all()
    assert all(one.actor_id is None for one in found)
    assert len({one.person_id for one in found}) == len(found)
    return {one.person_id for one in found}


@pytest.mark.parametrize(
    ("kind", "meeting_day", "due"),
    [
        (TaskKind.CANCELLED, date(2026, 3, 2), MONDAY),
        (TaskKind.CALL, date(2026, 4, 1), date(2026, 3, 3)),
        (TaskKind.OTHER_TIME, date(2026, 4, 1), date(2026, 3, 4)),
        (TaskKind.OTHER_TIME, date(2026, 3, 3), date(2026, 3, 3)),  # not after the meeting's own day
        (TaskKind.EXPIRED, date(2026, 2, 27), date(2026, 3, 5)),  # its day has passed
    ],
)
def test_it_is_due_in_working_days_but_before_the_meeting_is_over(
    kind: TaskKind, meeting_day: date, due: date
) -> None:
    assert task_due_on(kind, today=MONDAY, meeting_day=meeting_day, workdays=WORKDAYS) == due


def test_days_off_are_not_counted() -> None:
    before_easter, may = date(2026, 4, 1), date(2026, 5, 1)
    for workdays, due in ((WORKDAYS, date(2026, 4, 8)), (closed_on(date(2026, 4, 7)), date(2026, 4, 9))):
        found = task_due_on(TaskKind.CANNOT, today=before_easter, meeting_day=may, workdays=workdays)
        assert found == due


def test_what_the_worker_asks_about_is_not_due_on_a_closing_day(
    database: Database, session: Session, people: People, booked: Booked
) -> None:
    """Nobody answered, and one has left: both are seen to in working days, of which two are closed."""
    can_take_much(database)
    booked("2026-03-20 10:00")  # offered: held until the end of Thursday
    booked("2026-03-27 10:00", 60, "jonas", said_yes=True)
    with database.writing() as writing:
        for role in writing.exec(select(PersonRole).where(PersonRole.person_id == people.jonas.id)):
            role.ends_at = NOW
    closed = closed_on(date(2026, 3, 9), date(2026, 3, 10))
    site, friday = replace(read_site(DEMO_SITE), workdays=closed), NOW + timedelta(days=4)
    run_due_jobs(database, site, friday)
    due = {one.kind: one.due_on for one in session.exec(select(MeetingTask)).all()}
    assert due == {TaskKind.EXPIRED: date(2026, 3, 13), TaskKind.LEAVING: date(2026, 3, 17)}


def test_it_is_the_contact_persons(session: Session, people: People, asked: Asked) -> None:
    meeting = asked()
    assert lists(session, people) == {"line": ["contact"]}
    [row] = list_open_tasks(session, people.line.id, now=NOW)
    assert (row.meeting_id, row.kind, row.late) == (meeting, TaskKind.OTHER_TIME, False)


def test_the_same_again_is_the_same_task(database: Database, people: People, asked: Asked) -> None:
    meeting = asked()
    with database.writing() as writing:
        again = open_task(writing, people.anna.id, meeting, TaskKind.OTHER_TIME, now=LATE, workdays=WORKDAYS)
        assert again.created_at == NOW
        other = open_task(writing, people.anna.id, meeting, TaskKind.CALL, now=LATE, workdays=WORKDAYS)
        assert other.id != again.id


@pytest.mark.usefixtures("line_is_away")
def test_while_the_contact_person_is_away_the_substitute_has_it_too(
    session: Session, people: People, asked: Asked
) -> None:
    asked()
    assert lists(session, people) == {"line": ["contact"], "omar": ["substitute"]}


def test_late_it_lets_the_substitute_in_until_it_is_settled(
    database: Database, session: Session, people: People, asked: Asked
) -> None:
    meeting = asked()
    assert run(database, LATE - timedelta(days=1)) == 0
    assert [run(database, LATE), run(database, LATE)] == [1, 0]
    assert lists(session, people, LATE) == {"line": ["contact"], "omar": ["substitute"]}
    subject, _name = find_subject(session, people.anna.id, people.omar.id, now=LATE) or (None, "")
    assert subject is not None
    assert subject.ties == {Tie.SUBSTITUTE}
    assert told_late(session, meeting) == {people.line.id, people.omar.id}
    with database.writing() as writing:
        assert settle_tasks(writing, meeting, by=people.omar.id, now=LATE) == 1
        assert settle_tasks(writing, meeting, by=people.line.id, now=LATE) == 0
    assert told_late(session, meeting) == set()
    assert lists(session, people, LATE) == {}
    assert session.exec(select(Cover.ends_at)).all() == [LATE]
    assert session.exec(select(MeetingTask.done_by)).one() == people.omar.id


def test_a_no_to_one_plan_shuts_that_door(
    database: Database, session: Session, people: People, asked: Asked
) -> None:
    asked()
    run(database, LATE)
    with database.writing() as writing:
        withdraw_yes(writing, people.anna.id, by=people.anna.id, now=LATE)
    assert lists(session, people, LATE) == {"line": ["contact"]}


def test_only_the_kinds_that_are_settled_are(database: Database, people: People, asked: Asked) -> None:
    meeting = asked()
    with database.writing() as writing:
        open_task(writing, people.anna.id, meeting, TaskKind.CALL, now=NOW, workdays=WORKDAYS)
        assert settle_tasks(writing, meeting, by=people.line.id, now=NOW, kinds={TaskKind.CALL}) == 1
        assert [one.kind for one in list_meeting_tasks(writing, people.anna.id, meeting)] == [
            TaskKind.OTHER_TIME
        ]


def test_what_a_system_settles_is_put_down_to_whoever_should_have(
    database: Database, session: Session, people: People, asked: Asked
) -> None:
    meeting = asked()
    with database.writing() as writing:
        settle_tasks(writing, meeting, by=None, now=NOW)
    assert session.exec(select(MeetingTask.done_by)).one() == people.line.id


def test_a_professionals_own_is_theirs_until_it_is_late_or_they_have_left(
    database: Database, session: Session, people: People, asked: Asked
) -> None:
    meeting = asked(TaskKind.BUSY_ELSEWHERE, people.jonas.id)
    assert lists(session, people) == {"jonas": ["professional"]}
    assert list_meeting_tasks(session, people.anna.id, meeting) == []  # it is not the citizen's to know
    run(database, LATE)
    assert lists(session, people, LATE) == {"jonas": ["professional"], "line": ["contact"]}
    assert told_late(session, meeting) == {people.jonas.id, people.line.id}
    with database.writing() as writing:
        for one in writing.exec(select(TeamMembership).where(TeamMembership.person_id == people.jonas.id)):
            one.ends_on = MONDAY
    assert lists(session, people) == {"line": ["contact"]}


def test_it_follows_the_citizen_to_the_next_contact_person(
    database: Database, session: Session, people: People, asked: Asked
) -> None:
    asked()
    with database.writing() as writing:
        assign_contact(writing, people.anna.id, people.omar.id, now=NOW)
    assert lists(session, people) == {"omar": ["contact"]}


def test_when_it_was_late_another_substitute_is_let_in(
    database: Database, session: Session, people: People, asked: Asked
) -> None:
    asked()
    run(database, LATE)
    with database.writing() as writing:
        writing.get_one(Person, people.ali.id).substitute_id = people.line.id
        assign_contact(writing, people.anna.id, people.ali.id, now=LATE + timedelta(minutes=1))
    assert lists(session, people, LATE) == {"ali": ["contact"]}
    session.rollback()
    assert [run(database, LATE + timedelta(minutes=n)) for n in (5, 6)] == [1, 0]
    assert lists(session, people, LATE) == {"ali": ["contact"], "line": ["substitute"]}


def test_the_leader_has_no_tie(session: Session, people: People, asked: Asked) -> None:
    asked()
    subject, _name = find_subject(session, people.anna.id, people.lone.id, now=NOW) or (None, "")
    assert subject is not None
    assert subject.ties == frozenset()
    assert "lone" not in lists(session, people)


@pytest.mark.parametrize(
    ("by", "again"),
    [
        ("anna", {TaskKind.LEAVING}),  # she comes: what she asked for is answered
        ("line", {TaskKind.LEAVING, TaskKind.OTHER_TIME}),
    ],
)
def test_what_a_cancelling_settled_waits_again_when_it_is_undone(
    database: Database, session: Session, people: People, booked: Booked, by: str, again: set[TaskKind]
) -> None:
    meeting, who = booked("2026-03-10 10:00", said_yes=True), getattr(people, by).id
    with database.writing() as writing:
        for kind in (TaskKind.LEAVING, TaskKind.OTHER_TIME):
            open_task(writing, people.anna.id, meeting, kind, now=NOW, workdays=WORKDAYS)
    run(database, LATE + timedelta(days=3))
    then = LATE + timedelta(days=4)
    with database.writing() as writing:
        cancel_meeting(writing, meeting, sequence=0, by=who, now=then, workdays=WORKDAYS)
    assert lists(session, people, then) == {}
    with database.writing() as writing:
        restore_meeting(writing, meeting, by=who, now=then + timedelta(minutes=1), workdays=WORKDAYS)
    session.rollback()
    assert {one.kind for one in list_open_tasks(session, people.line.id, now=then)} == again
    session.rollback()
    assert run(database, then + timedelta(days=9)) == len(again)
