"""Reminders (påmindelser) of agreed meetings: planned when agreed, sent at most once, and without content.

The channel today is the notice in the app. Each is keyed by the meeting, its sequence and how long before;
what the meeting is like is read at the moment of sending, so that nothing old is ever sent.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import Uuid, bindparam, literal_column
from sqlmodel import Session, col, select

from app.booking.models import MeetingReminder
from app.dates.local_time import DANISH_TIME
from app.meetings.life_cycle import MeetingState
from app.meetings.models import Meeting
from app.meetings.news import MEETING_SOON
from app.notifications.rules import NoticeContent
from app.notifications.service import add_notice, withdraw_notice
from app.store.insert import insert_missing
from app.store.prepared import execute_prepared

log = logging.getLogger("enplan.reminders")

DAY = 24 * 60
MINUTES_BEFORE = (7 * DAY, DAY)
MORNING, EVENING = time(8), time(20)  # quiet before and from then on
LAST_CALL = time(19)  # what would fall in the quiet hours is told this early in the evening before
SOONEST = timedelta(hours=2)  # a late reminder is of use only if the meeting is that far away
AT_A_TIME = 200

_STANDING = (
    MeetingReminder.meeting_id == bindparam("meeting_id", type_=Uuid()),
    col(MeetingReminder.dropped_at).is_(None),
)
_ANY_EARLIER = select(MeetingReminder.id).where(*_STANDING).limit(literal_column("1"))
_EARLIER = select(MeetingReminder).where(*_STANDING).with_for_update()


def remind_at(starts_at: datetime, minutes_before: int) -> datetime:
    """Return when to remind somebody of a meeting that begins at `starts_at`.

    `minutes_before` are whole days, counted on the wall in Denmark: "7 days before" is the same time of day
    also when the clocks change between the two. What would fall between 20 and 8 is told the evening before
    that: early, never late.
    """
    wall = starts_at.astimezone(DANISH_TIME).replace(tzinfo=None) - timedelta(minutes=minutes_before)
    if wall.time() < MORNING:
        wall = datetime.combine(wall.date() - timedelta(days=1), LAST_CALL)
    elif wall.time() >= EVENING:
        wall = datetime.combine(wall.date(), LAST_CALL)
    return wall.replace(tzinfo=DANISH_TIME)


def plan_reminders(session: Session, meeting: Meeting, *, now: datetime) -> None:
    """Plan the reminders of the meeting as it is now, and drop those of how it was; twice changes nothing.

    Call it in the transaction of every change: booked, agreed, moved, changed, cancelled, restored, expired.
    Only an agreed meeting gets any. One whose moment has passed is not made up for, except that one which
    was just about to be sent is not lost by the change.
    """
    session.flush()
    which = {"meeting_id": meeting.id}
    planned = execute_prepared(
        session, _ANY_EARLIER, which
    )  # asked first, for most meetings have none: they are new
    earlier = session.exec(_EARLIER, params=which).all() if planned else ()
    due = {one: remind_at(meeting.starts_at, one) for one in MINUTES_BEFORE}
    agreed = meeting.state is MeetingState.AGREED
    _drop_old(session, meeting, earlier, now=now)
    if (planned and not agreed) or any(
        one.sent_at and due.get(one.minutes_before) != one.due_at for one in earlier
    ):
        withdraw_notice(session, MEETING_SOON, meeting.id)
    waiting = {one.minutes_before for one in earlier if one.sent_at is None and one.due_at <= now}
    wanted = [
        {
            "id": uuid4(),
            "meeting_id": meeting.id,
            "sequence": meeting.sequence,
            "minutes_before": minutes,
            "due_at": at,
        }
        for minutes, at in due.items()
        if agreed and (at > now or (minutes in waiting and meeting.starts_at - now >= SOONEST))
    ]
    insert_missing(session, MeetingReminder, wanted)


def send_due_reminders(session: Session, *, now: datetime) -> int:
    """Send the reminders whose moment has come; return how many were sent.

    The meeting must still be agreed, unchanged since it was planned, and two hours away; else it is dropped.
    Of several that are due for one meeting only the nearest is sent. A meeting that somebody is changing
    right now is left for the next round. At most AT_A_TIME are looked at.
    """
    wanted = (
        select(MeetingReminder, Meeting)
        .join(Meeting, col(Meeting.id) == MeetingReminder.meeting_id)
        .where(
            MeetingReminder.due_at <= now,
            col(MeetingReminder.sent_at).is_(None),
            col(MeetingReminder.dropped_at).is_(None),
        )
        .order_by(col(MeetingReminder.minutes_before), col(MeetingReminder.due_at), col(MeetingReminder.id))
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    sent = set()
    for reminder, meeting in session.exec(wanted).all():
        if meeting.id in sent or not _is_true(reminder, meeting, now):
            reminder.dropped_at = now
            continue
        sent.add(meeting.id)
        reminder.sent_at = now
        news = NoticeContent(MEETING_SOON, meeting.citizen_id, about=meeting.id)
        add_notice(session, meeting.citizen_id, news, now=now)
    return len(sent)


def _is_true(reminder: MeetingReminder, meeting: Meeting, now: datetime) -> bool:
    """Say whether the reminder still tells the truth, and in time; log when it came too late."""
    if meeting.state is not MeetingState.AGREED or meeting.sequence != reminder.sequence:
        return False
    if meeting.starts_at - now >= SOONEST:
        return True
    log.warning("a reminder was too late and is dropped: %s", reminder.id)
    return False


def _drop_old(
    session: Session, meeting: Meeting, reminders: Iterable[MeetingReminder], *, now: datetime
) -> None:
    agreed = meeting.state is MeetingState.AGREED
    for one in reminders:
        if one.sent_at is None and not (agreed and one.sequence == meeting.sequence):
            one.dropped_at = now
    session.flush()
