"""The rows that the states of a proposal in line need: one that waits, and one that came back."""

from collections.abc import Callable
from datetime import time, timedelta

from sqlmodel import Session, select

from app.booking.models import QueuedProposal
from app.booking.queued import queue_proposal, return_queued
from app.booking.rules import QueueState
from app.dates.local_time import danish_day, span_edge
from app.demo.cast import person_id
from app.demo.states import StateContext, StateRows
from app.meetings.rules import Channel, MeetingRequest, Slot

KEYS = {QueueState.QUEUED: "demo:i-koe", QueueState.RETURNED: "demo:tilbage"}
DAYS = (7, 8, 12)


def _put_in_line(stage: StateContext, state: QueueState) -> str:
    """Let Thea propose three times to Bent, who has enough to answer."""
    today, workdays = danish_day(stage.now), stage.settings.site.workdays
    days = [workdays.working_day_after(today, days) for days in DAYS]
    starts = [span_edge(day, time(10)) for day in days]
    slots = tuple(Slot(start, start + timedelta(minutes=30)) for start in starts)
    request = MeetingRequest(
        citizen_id=person_id("bent"),
        with_ids=(person_id("thea"),),
        starts_at=slots[0].start,
        ends_at=slots[0].end,
        options=slots,
        purpose="Hjælp til at rydde op",
        why="Vi skal vælge, hvad der er vigtigst.",
        channel=Channel.PHONE,
        organiser_id=person_id("thea"),
        request_key=KEYS[state],
    )
    made = queue_proposal(stage.session, request, now=stage.now, workdays=workdays)
    if state is QueueState.RETURNED:
        bent, line = person_id("bent"), person_id("line")
        return_queued(stage.session, bent, made.id, by=line, now=stage.now)
    return str(made.id)


def _find(state: QueueState) -> Callable[[Session], str | None]:
    wanted = select(QueuedProposal.id).where(
        QueuedProposal.request_key == KEYS[state], QueuedProposal.state == state
    )

    def find(session: Session) -> str | None:
        found = session.exec(wanted).first()
        return str(found) if found else None

    return find


QUEUED_ROWS = {
    key: StateRows(_find(state), lambda stage, state=state: _put_in_line(stage, state))  # type: ignore[misc]
    for key, state in (("in_line", QueueState.QUEUED), ("came_back", QueueState.RETURNED))
}
