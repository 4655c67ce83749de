"""What must be settled about meetings, as one list. The looks are written down before a name is read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from app.access.policy import Field, may_see
from app.booking.tasks import TaskListRow
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.models import Meeting
from app.store.prepared import Reader
from app.store.query import id_list

_WORDS = (
    select(Meeting.id, Person.name, Meeting.purpose)
    .join(Person, col(Person.id) == Meeting.citizen_id)
    .where(col(Meeting.id).in_(id_list()))
)


@dataclass(frozen=True, slots=True)
class TaskToSettle:
    """One thing to settle, with the words for it."""

    task: TaskListRow
    name: str  # the citizen's
    purpose: str

    @property
    def first_name(self) -> str:
        return first_name(self.name)


def describe_tasks(session: Reader, tasks: Sequence[TaskListRow]) -> list[TaskToSettle]:
    """Return the tasks with whom and what they are about, in their order: each is its reader's own."""
    seen = [one for one in tasks if may_see(one.subject, Field.MEETING, own=True)]
    meetings = _words(session, {one.meeting_id for one in seen})
    return [TaskToSettle(one, *meetings[one.meeting_id]) for one in seen if one.meeting_id in meetings]


def _words(session: Reader, meeting_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    found = session.exec(_WORDS, params={"ids": list(meeting_ids)})
    return {meeting_id: (name, purpose) for meeting_id, name, purpose in found}
