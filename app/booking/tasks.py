"""What somebody must settle about a meeting (opgaver), by a day. Callers own the transaction.

A task is its person's while that person helps the citizen, else the contact person's of now. One that is
late is the contact person's too, and lets the substitute in until it is settled.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, union
from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.access.policy import Subject
from app.booking.models import MeetingTask
from app.booking.rules import TaskKind
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.meetings.models import Meeting
from app.meetings.news import MEETING_TASK_LATE
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.plan.relations import listed_tie, subject_listed
from app.plan.service import close_cover, find_contact, open_cover, substitute_id
from app.plan.tie_conditions import (
    TODAY,
    has_new_contact,
    helps,
    is_contact,
    is_let_in,
    let_in_about,
    stands_in,
    worked_for_by,
)
from app.store.insert import insert_or_find
from app.store.prepared import Reader
from app.store.query import select_columns

AT_A_TIME = 100

_ME = bindparam("me", type_=Uuid())

# Working days to settle it; none: the same day. Never later than the day of the meeting itself.
WORKING_DAYS = {
    TaskKind.CANCELLED: 0,
    TaskKind.CALL: 1,
    TaskKind.OTHER_TIME: 2,
    TaskKind.CANNOT: 2,
    TaskKind.BUSY_ELSEWHERE: 2,
    TaskKind.EXPIRED: 3,
    TaskKind.LEAVING: 5,
    TaskKind.AWAY: 2,
}
# What the citizen's answer settles: it says nothing of a helper's calendar, or of one who leaves or is away.
BY_AN_ANSWER = frozenset(TaskKind) - {TaskKind.BUSY_ELSEWHERE, TaskKind.LEAVING, TaskKind.AWAY}
# Another time settles what the calendars said of the old one; who leaves is still in the meeting.
BY_ANOTHER_TIME = frozenset(TaskKind) - {TaskKind.LEAVING}
# What the citizen asked for, and is told of.
TOLD = (TaskKind.OTHER_TIME, TaskKind.CANNOT, TaskKind.CALL, TaskKind.EXPIRED)


@dataclass(frozen=True, slots=True)
class TaskListRow:
    """One task as a list may hold it before the look is written down: ids and days, nobody's name."""

    id: UUID
    subject: Subject  # the citizen, with the tie by which it is the reader's
    meeting_id: UUID
    kind: TaskKind
    due_on: date
    late: bool
    starts_at: datetime  # of the meeting

    @property
    def citizen_id(self) -> UUID:
        return self.subject.citizen_id


@dataclass(frozen=True, slots=True)
class ShownTask:
    """What is being settled about one meeting, as its own page tells."""

    kind: TaskKind
    due_on: date
    late: bool


def task_due_on(kind: TaskKind, *, today: date, meeting_day: date, workdays: WorkingCalendar) -> date:
    """Return the last day to settle a task: some working days away, but not after the meeting's own day."""
    days = WORKING_DAYS[kind]
    day = workdays.working_day_after(today, days) if days else today
    return max(today, min(day, meeting_day)) if meeting_day >= today else day


def open_task(  # noqa: PLR0913 — a task is: whose, about what, which kind, by when, and for whom
    session: Session,
    citizen_id: UUID,
    meeting_id: UUID,
    kind: TaskKind,
    *,
    now: datetime,
    workdays: WorkingCalendar,
    person_id: UUID | None = None,
) -> MeetingTask:
    """Ask somebody to settle something; return the task, the one that is open already if there is one.

    `person_id` is whose it is, and each has their own; None: the citizen's contact person, whoever that is
    when it is looked at.
    """
    session.flush()
    meeting = session.get_one(Meeting, meeting_id)
    whose = col(MeetingTask.person_id).is_not_distinct_from(person_id)
    row = {
        "id": uuid4(),
        "citizen_id": citizen_id,
        "meeting_id": meeting_id,
        "kind": kind,
        "person_id": person_id,
        "created_at": now,
        "due_on": task_due_on(
            kind,
            today=danish_day(now),
            meeting_day=danish_day(meeting.starts_at),
            workdays=workdays,
        ),
    }
    return insert_or_find(session, row, _open(meeting_id).where(MeetingTask.kind == kind, whose))


def settle_tasks(
    session: Session,
    meeting_id: UUID,
    *,
    by: UUID | None,
    now: datetime,
    kinds: Collection[TaskKind] | None = None,
    of: Collection[UUID] | None = None,
) -> int:
    """Note that what was asked about a meeting is settled; return how many tasks that was.

    Those who were let in because it was late are shut out again. `kinds` None: whatever is open; `of`: only
    what was asked of these people. `by` None, when a system did it: it is put down to whoever should have.
    """
    wanted = _open(meeting_id).with_for_update()
    if kinds is not None:
        wanted = wanted.where(col(MeetingTask.kind).in_(kinds))
    if of is not None:
        wanted = wanted.where(col(MeetingTask.person_id).in_(of))
    tasks = session.exec(wanted).all()
    for task in tasks:
        task.done_at, task.done_by = now, by or _whose(session, task)
        close_cover(session, task.id, now=now)
    session.flush()
    if any(task.late_at for task in tasks):
        _withdraw_late(session, meeting_id)
    return len(tasks)


def _withdraw_late(session: Session, meeting_id: UUID) -> None:
    """Tell nobody any more that something about the meeting is late, unless something is still."""
    late = _open(meeting_id).where(col(MeetingTask.late_at).is_not(None))
    if session.exec(late).first() is None:
        withdraw_notice(session, MEETING_TASK_LATE, meeting_id)


def reopen_tasks(
    session: Session, meeting_id: UUID, kinds: Collection[TaskKind], *, settled_at: datetime
) -> None:
    """Let what was settled at that moment wait again, because what settled it was undone.

    One that was late becomes late anew, so that the substitute is let in again.
    """
    wanted = select(MeetingTask).where(
        MeetingTask.meeting_id == meeting_id,
        MeetingTask.done_at == settled_at,
        col(MeetingTask.kind).in_(kinds),
    )
    for task in session.exec(wanted.with_for_update()):
        task.done_at = task.done_by = task.late_at = None
    session.flush()


def list_meeting_tasks(session: Session, citizen_id: UUID, meeting_id: UUID) -> list[ShownTask]:
    """Return what is being settled about one meeting of the citizen that the citizen asked for, by day.

    What only concerns those who help (a calendar of theirs, one who leaves) is not told here.
    """
    wanted = _open(meeting_id).where(MeetingTask.citizen_id == citizen_id, col(MeetingTask.kind).in_(TOLD))
    tasks = session.exec(wanted.order_by(col(MeetingTask.due_on), col(MeetingTask.id)))
    return [ShownTask(task.kind, task.due_on, task.late_at is not None) for task in tasks]


def list_open_tasks(session: Reader, person_id: UUID, *, now: datetime) -> Sequence[TaskListRow]:
    """Return what waits for this person, the oldest day first. No names: write the looks down, then read."""
    today = danish_day(now)
    rows = session.exec(_LISTED, params={"me": person_id, "now": now, "today": today})
    return [
        TaskListRow(
            id=row.id,
            subject=subject_listed(row.citizen_id, row.tie),
            meeting_id=row.meeting_id,
            kind=row.kind,
            due_on=row.due_on,
            late=row.late_at is not None or row.due_on < today,
            starts_at=row.starts_at,
        )
        for row in rows
    ]


def escalate_tasks(session: Session, *, now: datetime) -> int:
    """Make each task that nobody settled in time late, tell those it falls to, and let the substitute in.

    Returns how many: at most AT_A_TIME, the next round takes the rest. Each becomes late once, and once more
    with each new contact person, whose substitute is let in instead. What another worker has in hand is left
    to it. Citizens are taken in one order, as with late answers.
    """
    overdue = (
        select(MeetingTask)
        .where(
            col(MeetingTask.done_at).is_(None),
            MeetingTask.due_on < danish_day(now),
            or_(
                col(MeetingTask.late_at).is_(None),
                has_new_contact(MeetingTask.citizen_id, MeetingTask.late_at),
            ),
        )
        .order_by(col(MeetingTask.citizen_id), col(MeetingTask.due_on), col(MeetingTask.id))
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    tasks = session.exec(overdue).all()
    for task in tasks:
        task.late_at = now
        _let_in(session, task, now=now)
    return len(tasks)


def _let_in(session: Session, task: MeetingTask, *, now: datetime) -> None:
    """Tell whose it is and the contact person; let the contact person's substitute settle what is theirs.

    What was asked of a professional falls to the contact person when it is late.
    """
    close_cover(session, task.id, now=now)
    contact = find_contact(session, task.citizen_id)
    told = {one for one in (task.person_id, contact and contact.id) if one}
    if contact is not None and task.person_id in (None, contact.id):
        substitute = substitute_id(session, contact.id, now=now)
        if substitute is not None:
            open_cover(session, task.citizen_id, substitute, task.id, now=now)
            told.add(substitute)
    news = NoticeContent(MEETING_TASK_LATE, task.citizen_id, about=task.meeting_id)
    for one in sorted(told):
        add_notice(session, one, news, now=now)


def _open(meeting_id: UUID) -> SelectOfScalar[MeetingTask]:
    return select(MeetingTask).where(MeetingTask.meeting_id == meeting_id, col(MeetingTask.done_at).is_(None))


def _whose(session: Session, task: MeetingTask) -> UUID:
    contact = find_contact(session, task.citizen_id)
    return task.person_id or (contact.id if contact else task.citizen_id)


_IS_CONTACT = is_contact(MeetingTask.citizen_id, _ME)
_STANDS_IN = stands_in(MeetingTask.citizen_id, _ME)
_IS_LET_IN = is_let_in(MeetingTask.id, _ME)
_OWN = and_(MeetingTask.person_id == _ME, helps(MeetingTask.citizen_id, _ME))
_IS_THE_CONTACTS = or_(
    col(MeetingTask.person_id).is_(None),
    MeetingTask.due_on < TODAY,
    ~helps(MeetingTask.citizen_id, MeetingTask.person_id),
)
_TIE = listed_tie(contact=_IS_CONTACT, substitute=or_(and_(_STANDS_IN, _IS_THE_CONTACTS), _IS_LET_IN))
# Of the rows of MeetingTask: open, and this reader's to settle. It is given `me`, `now` and `today`.
WAITS_FOR_ME: Any = and_(
    col(MeetingTask.done_at).is_(None),
    or_(_OWN, _IS_LET_IN, and_(_IS_THE_CONTACTS, or_(_IS_CONTACT, _STANDS_IN))),
)


def _within_reach() -> Any:
    """Return what is asked about the reader's own citizens, and what is late and lets the reader in."""
    asked = select(MeetingTask.id).where(
        col(MeetingTask.citizen_id).in_(worked_for_by(_ME)), col(MeetingTask.done_at).is_(None)
    )
    return union(asked.correlate(None), let_in_about(_ME))


_columns: tuple[Any, ...] = (
    MeetingTask.id,
    MeetingTask.citizen_id,
    MeetingTask.meeting_id,
    MeetingTask.kind,
    MeetingTask.due_on,
    MeetingTask.late_at,
    Meeting.starts_at,
    _TIE.label("tie"),
)
_LISTED = (
    select_columns(*_columns)
    .join(Meeting, col(Meeting.id) == MeetingTask.meeting_id)
    .where(WAITS_FOR_ME, col(MeetingTask.id).in_(_within_reach()))
    .order_by(col(MeetingTask.due_on), col(Meeting.starts_at), col(MeetingTask.id))
)
