"""I dag, put together from the rooms below: what comes soonest, what is new, who helps and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.policy import SubjectReader
from app.calendar.meeting_row import MeetingRow
from app.calendar.queries import next_meetings
from app.calendar.unanswered import UnansweredMeeting, read_unanswered
from app.dates.local_time import danish_day
from app.goals.queries import PlanProgress, PromiseItem, find_next_promise, read_plan_progress
from app.goals.service import NextStep, list_waiting, next_step
from app.notifications.queries import UnreadNews, read_news
from app.plan.queries import ContactNow, find_contact_now
from app.store.prepared import Reader

ANSWERS_MOST = 2  # meetings that wait for an answer: one thing at a time


@dataclass(frozen=True, slots=True)
class TodayPage:
    """What a citizen sees first."""

    meeting: MeetingRow | None
    after: MeetingRow | None  # the meeting after it
    answers: Sequence[UnansweredMeeting]  # meetings after those that wait for her answer, soonest first
    more_answers: bool  # there are more that wait
    called_off: Sequence[UnansweredMeeting]  # by her, and she can still bring them back
    contact: ContactNow | None
    step: NextStep | None
    waiting: Sequence[Any]  # goals to answer, entries to talk about: `id`, `kind`, `state`, `words`, `author`
    promise: PromiseItem | None
    plan: PlanProgress | None  # None: there is a step to take, so nobody asks
    news: UnreadNews


def read_today(session: Reader, reader: SubjectReader, *, now: datetime) -> TodayPage:
    """Return what `/` shows the citizen who reads it."""
    today, citizen_id = danish_day(now), reader.subject.citizen_id
    waiting = list_waiting(session, reader.subject)
    step = next_step(session, citizen_id, today=today)
    meetings = next_meetings(session, reader, 2, now=now)
    unanswered, called_off = read_unanswered(session, citizen_id, now=now)
    shown = {one.id for one in meetings}
    others = [one for one in unanswered if one.id not in shown]
    answers = others[:ANSWERS_MOST]
    asked = {one.id for one in (*waiting, *answers)} | {one.id for one in meetings if one.waits}
    return TodayPage(
        meeting=meetings[0] if meetings else None,
        after=meetings[1] if len(meetings) > 1 else None,
        answers=answers,
        more_answers=len(others) > len(answers),
        called_off=called_off,
        contact=find_contact_now(session, citizen_id, now=now),
        step=step,
        waiting=waiting,
        promise=find_next_promise(session, reader.subject, today=today),
        plan=read_plan_progress(session, citizen_id) if step is None else None,
        news=read_news(session, citizen_id, waiting=asked),
    )
