"""Where a meeting is and who interprets there, as parts of a question to the database about `Meeting`."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.meetings.models import CalendarSubject, Meeting, Participant, Place
from app.meetings.rules import SubjectKind


def _of_thing(kind: SubjectKind, name: str) -> Any:
    """Return the subquery for one thing about the room of a meeting, or about its interpreter."""
    there, thing = aliased(Participant), aliased(CalendarSubject)
    return (
        select(getattr(thing, name))
        .join(there, col(there.subject_id) == thing.id)
        .where(there.meeting_id == Meeting.id, thing.kind == kind)
        .order_by(col(thing.id))
        .limit(1)
        .correlate(Meeting)
        .scalar_subquery()
    )


_ROOM = _of_thing(SubjectKind.ROOM, "name")
# The question joins Place, where there is one.
ADDRESS = func.coalesce(
    col(Place.name) + ", " + col(Place.address) + func.coalesce(", " + _ROOM, ""), Meeting.place
).label("address")
INTERPRETER = _of_thing(SubjectKind.INTERPRETER, "name").label("interpreter")
SPOKEN = _of_thing(SubjectKind.INTERPRETER, "language").label("spoken")
