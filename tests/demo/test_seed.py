"""Whatever day the demo starts, there is something today, tomorrow and next week, in every state."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import combinations

import pytest
from sqlmodel import Session, col, select

from app.config import Site
from app.dates.local_time import DANISH_TIME, danish_day
from app.dates.workdays import holiday_name
from app.demo.anna_story import ANNA
from app.demo.meeting_stories import MEETINGS, meeting_id, plan_meetings, share_people
from app.demo.other_stories import STORIES
from app.demo.seed import seed_demo
from app.entries.models import Entry, EntryEvent, EntryVersion
from app.entries.rules import EntryEventKind, EntryKind, EntryState
from app.goals.models import Goal, GoalResponse, Promise, Step
from app.goals.rules import Agreement
from app.identity.models import Person
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting, Occupancy, Participant
from app.meetings.rules import Channel, OccupancyKind
from app.messages.models import Message
from app.plan.models import ContactAssignment, Cover, Plan, PlanRevision
from app.plan.rules import PlanState
from app.store.db import Database
from tests.cast import NOW, People
from tests.demo.conftest import Start

SHOUTS = re.compile(
    r"!|\b(?:jf|ifm|mhp)\.|\b(?:borgeren|indsats|sag|jobcenter|afvist|visitere|progression)\b", re.I
)


def every_day() -> Iterator[date]:
    day = date(2026, 1, 1)
    while day.year < 2029:
        yield day
        day += timedelta(days=1)


def at(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, DANISH_TIME)


@pytest.mark.parametrize("wall", [time(0, 5), time(10), time(16, 40), time(23, 50)])
def test_every_start_day_has_something_today_tomorrow_and_next_week(wall: time, site: Site) -> None:
    for today in every_day():
        slots = plan_meetings(at(today, wall), site.workdays)
        annas = {danish_day(slots[meeting_id(one.key)].start) for one in MEETINGS if one.citizen == "anna"}
        for day in (today, today + timedelta(days=1)):
            assert day in annas or holiday_name(day), (today, day)
        next_monday = today + timedelta(days=7 - today.weekday())
        assert annas & {next_monday + timedelta(days=n) for n in range(7)}, today


def test_no_start_day_puts_two_at_once_or_a_meeting_on_a_closed_day(site: Site) -> None:
    for today in every_day():
        slots = plan_meetings(at(today, time(10)), site.workdays)
        for one, other in combinations(MEETINGS, 2):
            if share_people(one, other):
                assert not slots[meeting_id(one.key)].overlaps(slots[meeting_id(other.key)]), today
        for one in MEETINGS:
            day = danish_day(slots[meeting_id(one.key)].start)
            assert holiday_name(day) is None, (today, one.key)
            if one.channel in (Channel.IN_PERSON, Channel.VIDEO):
                assert site.workdays.is_working_day(day), (today, one.key)


def test_todays_meeting_is_still_to_come_until_late_in_the_evening(site: Site) -> None:
    for minutes in range(22 * 60):
        now = at(date(2026, 3, 3), time(minutes // 60, minutes % 60))
        assert plan_meetings(now, site.workdays)[meeting_id("anna-i-dag")].start > now


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-20T09:00",  # a Friday
        "2026-11-21T12:00",  # Saturday
        "2026-11-22T23:55",  # Sunday, nearly Monday
        "2026-12-24T10:00",
        "2026-12-25T10:00",
        "2026-12-31T00:01",
        "2027-03-25T10:00",  # skærtorsdag
        "2027-03-28T02:30",  # Easter Sunday, in the hour that the clocks skip
    ],
)
def test_the_database_takes_any_start_day(moment: str, start: Start) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=DANISH_TIME)
    with start(now).reading() as session:
        late = session.exec(select(Entry).where(col(Entry.late_at).is_not(None))).one()
        assert late.answer_by is not None
        assert late.answer_by < danish_day(now)
        told = [row.at for row in session.exec(select(EntryEvent))]
        assert max(told) <= now
        on_time = select(Entry).where(Entry.state == EntryState.SHARED, col(Entry.late_at).is_(None))
        assert all(row.answer_by and row.answer_by >= danish_day(now) for row in session.exec(on_time))


@pytest.fixture
def seeded(database: Database, site: Site) -> Iterator[Session]:
    """The whole demo, on either database."""
    with database.writing() as session:
        people = {one.slug: one for one in session.exec(select(Person)) if one.slug}
        seed_demo(session, people, site, now=NOW)
    with database.reading() as session:
        yield session


def entries_of(session: Session, citizen: object) -> list[Entry]:
    return list(session.exec(select(Entry).join(Plan).where(Plan.citizen_id == citizen)).all())


def test_anna_has_an_entry_in_every_state(seeded: Session, people: People) -> None:
    entries = entries_of(seeded, people.anna.id)
    assert {entry.state for entry in entries} == set(EntryState)
    assert {entry.kind for entry in entries} == set(EntryKind)
    newer = [
        entry
        for entry in entries
        if entry.approved_version and entry.shared_version != entry.approved_version
    ]
    assert [entry.state for entry in newer] == [EntryState.SHARED]
    late = next(entry for entry in entries if entry.late_at)
    cover = seeded.exec(select(Cover).where(Cover.about_id == late.id)).one()
    assert (cover.substitute_id, cover.ends_at) == (people.omar.id, None)


def test_the_day_of_an_answer_is_counted_from_when_the_message_was_sent(seeded: Session, site: Site) -> None:
    waiting = seeded.exec(select(Message).where(col(Message.answer_by).is_not(None))).all()
    assert {danish_day(NOW) - danish_day(one.sent_at) for one in waiting} > {timedelta()}
    assert [one.answer_by for one in waiting] == [
        site.workdays.reply_by(danish_day(one.sent_at)) for one in waiting
    ]


def test_every_version_and_every_event_is_there(seeded: Session) -> None:
    for entry in seeded.exec(select(Entry)):
        numbers = select(EntryVersion.number).where(EntryVersion.entry_id == entry.id)
        assert sorted(seeded.exec(numbers)) == list(range(1, entry.version + 1))
        events = seeded.exec(select(EntryEvent.what).where(EntryEvent.entry_id == entry.id)).all()
        assert (EntryEventKind.APPROVED in events) == (entry.approved_version is not None)
        assert (EntryEventKind.TALK in events) == (entry.state is EntryState.TALK)


def test_annas_goals_fill_all_areas_and_meet_every_answer(seeded: Session, people: People) -> None:
    goals = seeded.exec(
        select(Goal)
        .join(Entry, col(Entry.id) == col(Goal.entry_id))
        .join(Plan)
        .where(Plan.citizen_id == people.anna.id)
    ).all()
    assert len({goal.area_id for goal in goals}) == 5
    answers = {
        goal.entry_id: seeded.exec(select(GoalResponse).where(GoalResponse.goal_id == goal.entry_id)).first()
        for goal in goals
    }
    assert {answer.answer for answer in answers.values() if answer} == set(Agreement)
    assert None in answers.values()
    assert all(one.words for one in answers.values() if one and one.answer is Agreement.DISAGREE)


def test_annas_steps_and_promises_are_done_due_and_late(seeded: Session, people: People) -> None:
    today = danish_day(NOW)
    steps = seeded.exec(
        select(Step)
        .join(Entry, col(Entry.id) == col(Step.entry_id))
        .join(Plan)
        .where(Plan.citizen_id == people.anna.id)
    ).all()
    open_steps = [step for step in steps if not step.done_at and step.due_on]
    assert {step.doer_id == people.anna.id for step in open_steps if step.due_on and step.due_on < today} == {
        True,
        False,
    }
    assert today in {step.due_on for step in open_steps}
    assert any(step.done_at for step in steps)
    plan = seeded.exec(select(Plan).where(Plan.citizen_id == people.anna.id)).one()
    promises = seeded.exec(select(Promise).where(Promise.plan_id == plan.id)).all()
    assert any(promise.kept_at for promise in promises)
    assert {promise.due_on < today for promise in promises if not promise.kept_at} == {True, False}


def test_time_is_taken_for_everybody_in_a_meeting_and_for_nobody_else(seeded: Session) -> None:
    for meeting in seeded.exec(select(Meeting)):
        inside = select(Participant.subject_id).where(Participant.meeting_id == meeting.id)
        taken = seeded.exec(
            select(Occupancy).where(
                Occupancy.meeting_id == meeting.id, Occupancy.kind != OccupancyKind.TRAVEL
            )
        ).all()
        assert {row.subject_id for row in taken} == set(seeded.exec(inside))
        assert {(row.starts_at, row.ends_at) for row in taken} == {(meeting.starts_at, meeting.ends_at)}
        held = meeting.state is MeetingState.PROPOSED
        assert {row.kind for row in taken} == {OccupancyKind.HOLD if held else OccupancyKind.MEETING}


def test_anna_has_meetings_of_every_kind(seeded: Session, people: People) -> None:
    meetings = seeded.exec(select(Meeting).where(Meeting.citizen_id == people.anna.id)).all()
    assert {meeting.channel for meeting in meetings} == set(Channel)
    assert {meeting.duty for meeting in meetings} == {True, False}
    mine = select(Participant.reply).where(Participant.subject_id == people.anna.id)
    assert len(set(seeded.exec(mine))) > 2


def test_the_invited_one_has_nothing_and_the_stranger_not_even_a_plan(
    seeded: Session, people: People
) -> None:
    plan = seeded.exec(select(Plan).where(Plan.citizen_id == people.ny.id)).one()
    assert (plan.state, plan.revision) == (PlanState.WAITING, 0)
    assert entries_of(seeded, people.ny.id) == []
    assert seeded.exec(select(Meeting).where(Meeting.citizen_id == people.ny.id)).all() == []
    for ties in (Plan, ContactAssignment):
        assert seeded.exec(select(ties).where(ties.citizen_id == people.fremmed.id)).all() == []


def test_signes_home_has_no_address(seeded: Session, people: People) -> None:
    hers = seeded.exec(select(Meeting).where(Meeting.citizen_id == people.signe.id)).all()
    assert Channel.HOME in {meeting.channel for meeting in hers}
    assert {(meeting.place, meeting.directions) for meeting in hers} == {(None, None)}


def test_revisions_count_from_one_without_a_gap(seeded: Session) -> None:
    for plan in seeded.exec(select(Plan)):
        rows = seeded.exec(select(PlanRevision).where(PlanRevision.plan_id == plan.id)).all()
        ordered = sorted(rows, key=lambda row: row.number)
        assert [row.number for row in ordered] == list(range(1, plan.revision + 1))
        assert [row.at for row in ordered] == sorted(row.at for row in rows)


def test_what_people_wrote_is_plain_danish() -> None:
    texts = [one.words for story in (ANNA, *STORIES) for one in story.entries]
    texts += [one.words for story in (ANNA, *STORIES) for one in story.promises]
    texts += [text for one in MEETINGS for text in (one.purpose, one.why, one.bring) if text]
    assert [text for text in texts if SHOUTS.search(text)] == []
    sentences = [sentence for text in texts for sentence in re.split(r"[.?]", text)]
    assert max(len(sentence.split()) for sentence in sentences) <= 20
