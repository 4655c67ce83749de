"""I dag, put together from the rooms below: what comes next, who helps, what is new and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.calendar.queries import MeetingRow, next_meeting
from app.calendar.unanswered import UnansweredMeeting, read_unanswered
from app.dates.local_time import danish_day
from app.goals.queries import PlanProgress, PromiseItem, find_next_promise, read_plan_progress
from app.goals.service import NextStep, list_waiting, next_step
from app.notifications.queries import UnseenNews, read_news
from app.plan.queries import ContactNow, find_contact_now

ANSWERS_MOST = 2  # meetings that wait for an answer: one thing at a time


@dataclass(frozen=True, slots=True)
class TodayPage:
    """What a citizen sees first."""

    meeting: MeetingRow | None
    answers: Sequence[UnansweredMeeting]  # other meetings that wait for her answer, soonest first
    more_answers: bool  # there are more that wait
    called_off: Sequence[UnansweredMeeting]  # by her, and she can still bring them back
    contact: ContactNow | None
    step: NextStep | None
    waiting: Sequence[Any]  # goals to answer, entries to talk about: `id`, `kind`, `state`, `words`, `author`
    promise: PromiseItem | None
    plan: PlanProgress | None  # None: there is a step to take, so nobody asks
    news: UnseenNews


def read_today(session: Session, citizen_id: UUID, session_id: UUID, *, now: datetime) -> TodayPage:
    """Return what `/` shows the citizen who reads it in this sign-in."""
    today = danish_day(now)
    waiting = list_waiting(session, citizen_id)
    step = next_step(session, citizen_id, today=today)
    meeting = next_meeting(session, citizen_id, now=now)
    unanswered, called_off = read_unanswered(session, citizen_id, now=now)
    others = [one for one in unanswered if meeting is None or one.id != meeting.id]
    answers = others[:ANSWERS_MOST]
    asked = {one.id for one in (*waiting, *answers)} | ({meeting.id} if meeting and meeting.waits else set())
    return TodayPage(
        meeting=meeting,
        answers=answers,
        more_answers=len(others) > len(answers),
        called_off=called_off,
        contact=find_contact_now(session, citizen_id, now=now),
        step=step,
        waiting=waiting,
        promise=find_next_promise(session, citizen_id, today=today),
        plan=read_plan_progress(session, citizen_id) if step is None else None,
        news=read_news(session, citizen_id, session_id, waiting=asked),
    )
