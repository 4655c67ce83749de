"""The meetings of a large made-up municipality: a diary for each contact person, in which nothing clashes."""

from datetime import datetime, timedelta
from uuid import UUID

from app.booking.models import MeetingReminder, MeetingTask
from app.booking.reminders import MINUTES_BEFORE, remind_at
from app.booking.rules import TaskKind
from app.dates.local_time import danish_day, wall_time
from app.demo.bulk_batch import BulkCitizen, BulkSeeder, Row, made_id
from app.demo.bulk_diary import LENGTH
from app.meetings.life_cycle import MeetingState
from app.meetings.models import CalendarSubject, Meeting, Participant
from app.meetings.rules import Channel, ParticipantRole, Reply, SubjectKind
from app.minutes.models import MeetingMinutes
from app.minutes.rules import MinutesState

HELD, MINUTED, WITH_A_MEMBER, TASKS = 0.9, 0.5, 0.5, 0.5  # how many of those that can


def add_meetings(seeder: BulkSeeder, citizen: BulkCitizen) -> None:
    """Add a citizen's visits: most are over, one is proposed, the others agreed."""
    seeder.batch.add(CalendarSubject, id=citizen.id, kind=SubjectKind.CITIZEN)
    proposed = False
    for starts_at in citizen.caseload.diary.times():
        if starts_at <= seeder.now:
            over = citizen.dice.random() < HELD
            _add_meeting(seeder, citizen, starts_at, MeetingState.HELD if over else MeetingState.CANCELLED)
            continue
        state = MeetingState.AGREED if proposed else MeetingState.PROPOSED
        _add_meeting(seeder, citizen, starts_at, state)
        proposed = True


def _add_meeting(seeder: BulkSeeder, citizen: BulkCitizen, starts_at: datetime, state: MeetingState) -> None:
    dice, member = citizen.dice, citizen.dice.choice(citizen.caseload.team)[0]
    made_at = min(starts_at, seeder.now) - timedelta(days=dice.randint(3, 20))
    meeting = {"id": made_id(dice), "starts_at": starts_at, "ends_at": starts_at + LENGTH}
    proposed, cancelled = state is MeetingState.PROPOSED, state is MeetingState.CANCELLED
    seeder.batch.add(
        Meeting,
        **meeting,
        citizen_id=citizen.id,
        organiser_id=citizen.contact_id,
        purpose="Samtale om, hvordan det går",
        channel=dice.choice((Channel.PHONE, Channel.VIDEO)),
        wall_start=wall_time(starts_at),
        state=state,
        created_at=made_at,
        expires_at=starts_at - timedelta(days=1) if proposed else None,
        cancelled_at=made_at if cancelled else None,
    )
    _add_people(seeder, citizen, meeting, member, state)
    if state is MeetingState.AGREED:
        _add_reminders(seeder, citizen, meeting)
        _add_task(seeder, citizen, meeting, made_at)
    elif state is MeetingState.HELD and dice.random() < MINUTED:
        _add_minutes(seeder, citizen, meeting)


def _add_people(
    seeder: BulkSeeder, citizen: BulkCitizen, meeting: Row, member: UUID, state: MeetingState
) -> None:
    """Add who is in a meeting."""
    people = {citizen.id: ParticipantRole.CITIZEN, citizen.contact_id: ParticipantRole.REQUIRED}
    if citizen.dice.random() < WITH_A_MEMBER:
        people[member] = ParticipantRole.REQUIRED
    answered = state is not MeetingState.PROPOSED
    for person, role in people.items():
        reply = Reply.COMING if role is ParticipantRole.CITIZEN and answered else None
        own = {"meeting_id": meeting["id"], "subject_id": person}
        replied_at = seeder.now if reply else None
        seeder.batch.add(Participant, **own, role=role, reply=reply, replied_at=replied_at)


def _add_reminders(seeder: BulkSeeder, citizen: BulkCitizen, meeting: Row) -> None:
    for minutes in MINUTES_BEFORE:
        due = remind_at(meeting["starts_at"], minutes)
        sent = due if due <= seeder.now else None
        row = {"id": made_id(citizen.dice), "meeting_id": meeting["id"], "sequence": 0}
        seeder.batch.add(MeetingReminder, **row, minutes_before=minutes, due_at=due, sent_at=sent)


def _add_task(seeder: BulkSeeder, citizen: BulkCitizen, meeting: Row, at: datetime) -> None:
    """Ask something of some meetings; most has been settled."""
    dice = citizen.dice
    if dice.random() >= TASKS:
        return
    settled = dice.random() < HELD
    seeder.batch.add(
        MeetingTask,
        id=made_id(dice),
        citizen_id=citizen.id,
        meeting_id=meeting["id"],
        kind=TaskKind.CALL,
        created_at=at,
        due_on=seeder.site.workdays.reply_by(danish_day(at)),
        done_at=seeder.now if settled else None,
        done_by=citizen.contact_id if settled else None,
    )


def _add_minutes(seeder: BulkSeeder, citizen: BulkCitizen, meeting: Row) -> None:
    at = meeting["ends_at"]
    shared = {"state": MinutesState.SHARED, "shared_at": at}
    row = {"meeting_id": meeting["id"], "author_id": citizen.contact_id, "written_at": at}
    seeder.batch.add(MeetingMinutes, **row, **shared, words="Vi talte om søvn og om brevene fra banken.")
