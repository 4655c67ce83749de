"""I dag, put together from the rooms below: what comes next, who helps, what is new and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.calendar.page import MeetingRow, next_meeting
from app.clock import danish_day
from app.goals.page import PromiseItem, Stand, find_next_promise, find_stand
from app.goals.service import StepRow, list_waiting, next_step
from app.home.news import News, read_news
from app.plan.people import Contact, find_contact_now


@dataclass(frozen=True, slots=True)
class Today:
    """What a citizen sees first."""

    meeting: MeetingRow | None
    contact: Contact | None
    step: StepRow | None
    waiting: Sequence[Any]  # goals to answer, entries to talk about: `id`, `kind`, `state`, `words`, `author`
    promise: PromiseItem | None
    plan: Stand | None  # None: there is a step to take, so nobody asks
    news: News


def read_today(session: Session, citizen_id: UUID, session_id: UUID, *, now: datetime) -> Today:
    """Return what `/` shows the citizen who reads it in this sign-in."""
    today = danish_day(now)
    waiting = list_waiting(session, citizen_id)
    step = next_step(session, citizen_id, today=today)
    return Today(
        meeting=next_meeting(session, citizen_id, now=now),
        contact=find_contact_now(session, citizen_id, now=now),
        step=step,
        waiting=waiting,
        promise=find_next_promise(session, citizen_id, today=today),
        plan=find_stand(session, citizen_id) if step is None else None,
        news=read_news(session, citizen_id, session_id, waiting={one.id for one in waiting}),
    )
