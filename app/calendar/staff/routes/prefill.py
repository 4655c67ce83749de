"""What the form of a proposal begins with, when its address says that it is instead of something earlier."""

from typing import Any
from uuid import UUID

from flask import request

from app.access.guard import viewer
from app.calendar.queries import get_shown_meeting
from app.calendar.staff import edit_merge
from app.calendar.staff.queued_proposals import read_queued
from app.meetings.queries import read_citizens_meeting
from app.web.context import clock, prepared_reader


def earlier_values(citizen_id: UUID) -> dict[str, Any]:
    """Return what the meeting said that this one is instead of, or the proposal that was in line.

    Raises:
        Missing: it is not the reader's to see.
    """
    now, reader = clock()(), prepared_reader()
    if queued_id := _id_of("koe"):
        asked = read_queued(reader, viewer().reader, queued_id, now=now).request
        more = {"video_link": asked.link or "", "interpreter": str(asked.interpreter_id or "")}
        return edit_merge.template_of(asked) | more | {"besked": str(asked.message_id or "")}
    if earlier_id := _id_of("som"):
        get_shown_meeting(reader, viewer().reader, earlier_id, now=now)
        return edit_merge.read_as_template(reader, read_citizens_meeting(reader, citizen_id, earlier_id))
    return {}


def _id_of(name: str) -> UUID | None:
    """Return the id that the address names, if it names one."""
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
