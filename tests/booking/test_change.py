"""What a change does to answers, offers and tasks, and who is told of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.booking.cancel import expire_proposals
from app.booking.change import change_meeting
from app.booking.leavers import open_leaver_tasks
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.booking.tasks import open_task
from app.identity.models import PersonRole
from app.meetings.life_cycle import MeetingState, OptionState
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel, Clash, MeetingChange, Reply, UnknownPeople
from app.migrations.schema import head, migrate
from app.notifications.models import Notice
from tests.booking.desk import Desk, slot
from tests.booking.requests import WORKDAYS
from tests.booking.storm import PLACES
from tests.cast import NOW, People

pytestmark = pytest.mark.both_databases

THURSDAY, FRIDAY = "2026-03-05 10:00", "2026-03-06 10:00"
LATER = NOW + timedelta(hours=1)


def reply(desk: Desk, meeting: Meeting) -> Reply | None:
    with desk.database.reading() as session:
        return session.get_one(Participant, (meeting.id, meeting.citizen_id)).reply


def told(desk: Desk, since: Any = LATER) -> set[tuple[UUID, str]]:
    with desk.database.reading() as session:
        rows = session.exec(select(Notice).where(Notice.at >= since)).all()
        assert len({(one.person_id, one.kind) for one in rows}) == len(rows)
        return {(one.person_id, one.kind) for one in rows}


def open_kinds(desk: Desk) -> list[tuple[TaskKind, UUID | None]]:
    with desk.database.reading() as session:
        rows = session.exec(select(MeetingTask).where(MeetingTask.done_at == None)).all()  # noqa: E711
        return sorted(((one.kind, one.person_id) for one in rows), key=str)


def ask(desk: Desk, meeting: Meeting, kind: TaskKind, person: UUID | None = None) -> None:
    desk.write(
        lambda session: open_task(
            session, meeting.citizen_id, meeting.id, kind, now=NOW, workdays=WORKDAYS, person_id=person
        )
    )


@pytest.mark.parametrize(
    ("change", "asked_again"),
    [
        pytest.param({"channel": Channel.PHONE, "place": None}, True, id="channel"),
        pytest.param({"place": "Biblioteket"}, True, id="place"),
        pytest.param({"place_id": PLACES[1], "place": None}, True, id="known-place"),
        pytest.param({"with_ids": (People().line.id, People().jonas.id)}, False, id="people"),
        pytest.param({"purpose": "Om haven", "bring": "Støvler"}, False, id="words"),
    ],
)
def test_a_yes_is_asked_for_again_where_it_was_a_yes_to_something_else(
    desk: Desk, change: dict[str, Any], asked_again: bool
) -> None:
    meeting = desk.place(THURSDAY, said_yes=True, place="Torvet 1")
    desk.change(meeting, **change)
    assert reply(desk, meeting) is (None if asked_again else Reply.COMING)
    changed = desk.read(meeting)
    assert (changed.state, changed.sequence, changed.starts_at) == (
        MeetingState.AGREED,
        1,
        meeting.starts_at,
    )
    desk.check()


def test_another_answer_than_yes_stands_with_what_is_asked_for(desk: Desk) -> None:
    meeting = desk.place(THURSDAY, said_yes=True, place="Torvet 1")
    with desk.database.writing() as session:
        session.get_one(Participant, (meeting.id, meeting.citizen_id)).reply = Reply.OTHER_TIME
    desk.change(meeting, place="Biblioteket")
    assert reply(desk, meeting) is Reply.OTHER_TIME


def test_everybody_is_told_what_concerns_them_and_no_more(desk: Desk, people: People) -> None:
    meeting = desk.place(THURSDAY, 60, "line", "jonas", said_yes=True)
    desk.now = LATER
    desk.change(meeting, with_ids=(people.line.id, people.sara.id))
    assert told(desk) == {
        (people.anna.id, "meeting_changed"),
        (people.sara.id, "meeting_new"),
        (people.jonas.id, "meeting_left"),
    }


def test_other_times_for_a_meeting_that_stands_are_told_as_an_offer(desk: Desk, people: People) -> None:
    meeting = desk.place(THURSDAY, 60, "line", "jonas", said_yes=True)
    desk.now = LATER
    desk.repropose(meeting, "2026-03-19 10:00")
    assert told(desk) == {
        (people.anna.id, "meeting_times_offered"),
        (people.jonas.id, "meeting_times_offered"),
    }


def test_the_same_again_changes_nothing_and_tells_nobody(desk: Desk, people: People) -> None:
    meeting = desk.place(THURSDAY, 60, "line", "jonas", said_yes=True, bring="Brevet")
    desk.now = LATER
    desk.change(meeting, with_ids=(people.jonas.id, people.line.id), bring="Brevet")
    assert (desk.read(meeting).sequence, told(desk)) == (0, set())


def test_changed_and_moved_at_once_where_those_who_shall_come_are_taken(desk: Desk, people: People) -> None:
    meeting = desk.place(THURSDAY, 60, "line", said_yes=True)
    desk.place(THURSDAY, 60, "jonas", citizen="bent", channel=Channel.PHONE, duty=True)
    change, both = MeetingChange(with_ids=(people.line.id, people.jonas.id)), {"by": people.line.id}
    with pytest.raises(Clash):
        desk.do(change_meeting, meeting.id, change, sequence=0, **both)
    assert desk.read(meeting).sequence == 0
    desk.now = LATER
    desk.do(change_meeting, meeting.id, change, sequence=0, to=slot(FRIDAY), **both)
    moved = desk.read(meeting)
    assert (moved.state, moved.sequence, moved.starts_at) == (MeetingState.PROPOSED, 1, slot(FRIDAY).start)
    assert (moved.moved_from, reply(desk, meeting)) == (slot(THURSDAY).start, None)
    assert (people.anna.id, "meeting_moved") in told(desk)
    assert "10:00-11:00 hold" in desk.time_of("jonas")
    desk.check()


# --- what is offered beside an agreed meeting ---


def test_a_later_change_does_not_prolong_what_is_offered_beside_a_meeting(desk: Desk) -> None:
    meeting = desk.place("2026-03-17 10:00", said_yes=True)
    desk.repropose(meeting, "2026-03-18 10:00", "2026-03-19 10:00")
    ends = desk.read(meeting).offers_until
    assert ends is not None
    desk.now = ends - timedelta(minutes=1)
    desk.change(meeting, bring="Brevet")
    assert desk.read(meeting).offers_until == ends
    assert desk.do(expire_proposals) == 0
    desk.now = ends
    assert desk.do(expire_proposals) == 1
    kept = desk.read(meeting)
    assert (kept.state, kept.offers_until) == (MeetingState.AGREED, None)
    assert set(desk.options(meeting)) == {OptionState.RELEASED}
    desk.check()


@pytest.mark.parametrize("verb", ["move", "cancel", "accept"])
def test_what_is_offered_ends_with_another_time_or_none(desk: Desk, verb: str) -> None:
    meeting = desk.place("2026-03-17 10:00", said_yes=True)
    desk.repropose(meeting, "2026-03-18 10:00")
    if verb == "move":
        desk.move(meeting, "2026-03-20 10:00")
    elif verb == "cancel":
        desk.cancel(meeting)
    else:
        desk.accept(meeting, 1)
    assert desk.read(meeting).offers_until is None


def test_what_is_offered_is_free_for_whoever_wants_it_when_it_ends(desk: Desk) -> None:
    meeting = desk.place("2026-03-17 10:00", said_yes=True)
    desk.repropose(meeting, "2026-03-18 10:00")
    with pytest.raises(Clash):
        desk.place("2026-03-18 10:00", 60, "jonas", duty=True)
    desk.now = desk.read(meeting).offers_until or NOW
    desk.place("2026-03-18 10:00", 60, "jonas", duty=True)
    desk.check()


# --- what is settled by it ---


def test_the_citizens_yes_settles_only_what_the_citizen_asked_for(desk: Desk, people: People) -> None:
    meeting = desk.place(THURSDAY, 60, "line", "jonas", duty=True)
    for kind in (TaskKind.CALL, TaskKind.LEAVING):
        ask(desk, meeting, kind)
    ask(desk, meeting, TaskKind.BUSY_ELSEWHERE, people.jonas.id)
    desk.accept(meeting)
    assert open_kinds(desk) == [(TaskKind.BUSY_ELSEWHERE, people.jonas.id), (TaskKind.LEAVING, None)]
    desk.repropose(meeting, "2026-03-10 10:00")  # it stays where it is until Anna takes another time
    assert open_kinds(desk) == [(TaskKind.BUSY_ELSEWHERE, people.jonas.id), (TaskKind.LEAVING, None)]
    desk.move(meeting, FRIDAY)
    assert open_kinds(desk) == [(TaskKind.LEAVING, None)]
    desk.cancel(meeting)
    assert open_kinds(desk) == []


def test_each_professional_has_a_task_of_their_own_and_loses_it_with_the_meeting(
    desk: Desk, people: People
) -> None:
    meeting = desk.place(THURSDAY, 60, "line", "jonas", "sara", said_yes=True)
    for one in (people.jonas.id, people.sara.id, people.jonas.id):
        ask(desk, meeting, TaskKind.BUSY_ELSEWHERE, one)
    assert [who for _kind, who in open_kinds(desk)] == sorted((people.jonas.id, people.sara.id), key=str)
    desk.change(meeting, with_ids=(people.line.id, people.sara.id))
    assert open_kinds(desk) == [(TaskKind.BUSY_ELSEWHERE, people.sara.id)]


def test_who_has_left_is_taken_out_and_nothing_waits_any_more(
    desk: Desk, session: Session, people: People
) -> None:
    meeting = desk.place(THURSDAY, 60, "line", "jonas", said_yes=True)
    with desk.database.writing() as writing:
        for role in writing.exec(select(PersonRole).where(PersonRole.person_id == people.jonas.id)):
            role.ends_at = NOW
    desk.now = LATER
    assert desk.do(open_leaver_tasks) == 1
    meeting = desk.change(meeting, bring="Brevet")
    assert [kind for kind, _who in open_kinds(desk)] == [TaskKind.LEAVING]
    desk.change(meeting, with_ids=(people.line.id,))
    assert open_kinds(desk) == []
    assert desk.do(open_leaver_tasks) == 0


def test_what_a_meeting_says_can_be_changed_though_one_in_it_has_left(desk: Desk, people: People) -> None:
    meeting = desk.place(THURSDAY, 60, "line", "jonas", said_yes=True)
    with desk.database.writing() as session:
        for role in session.exec(select(PersonRole).where(PersonRole.person_id == people.jonas.id)):
            role.ends_at = NOW
    desk.now = LATER
    desk.change(meeting, bring="Brevet")
    assert desk.read(meeting).bring == "Brevet"
    with pytest.raises(UnknownPeople):  # but nobody who has left is put in
        desk.change(desk.place(FRIDAY), with_ids=(people.line.id, people.jonas.id))


def test_what_was_there_before_these_tables_changed_is_kept(desk: Desk, people: People) -> None:
    """A step back, where nobody knew when such offers end or that two can be asked; and on again."""
    meeting = desk.place("2026-03-17 10:00", 60, "line", "jonas", said_yes=True)
    desk.change(meeting, bring="Brevet")
    desk.repropose(meeting, "2026-03-19 10:00", "2026-03-18 10:00")
    for one in (people.line.id, people.jonas.id):
        ask(desk, meeting, TaskKind.BUSY_ELSEWHERE, one)
    migrate(desk.database, f"-{int(head()) - 9}")  # to step 9
    migrate(desk.database)
    kept = desk.read(meeting)
    assert (kept.bring, kept.offers_until) == ("Brevet", slot("2026-03-18 10:00").start)
    assert len(open_kinds(desk)) == 1
    desk.check()
