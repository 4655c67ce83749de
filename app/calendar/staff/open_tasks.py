"""What must be settled about meetings, as one list. The looks are written down before a name is read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from app.booking.tasks import TaskListRow
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.models import Meeting


@dataclass(frozen=True, slots=True)
class TaskToSettle:
    """One thing to settle, with the words for it."""

    task: TaskListRow
    name: str  # the citizen's
    purpose: str

    @property
    def first_name(self) -> str:
        return first_name(self.name)


def describe_tasks(session: Session, tasks: Sequence[TaskListRow]) -> list[TaskToSettle]:
    """Return the tasks with whom and what they are about, in the order they come."""
    meetings = _words(session, {one.meeting_id for one in tasks})
    return [TaskToSettle(one, *meetings[one.meeting_id]) for one in tasks if one.meeting_id in meetings]


def _words(session: Session, meeting_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = select(Meeting.id, Person.name, Meeting.purpose).join(Person, col(Person.id) == Meeting.citizen_id)
    found = session.exec(rows.where(col(Meeting.id).in_(meeting_ids)))
    return {meeting_id: (name, purpose) for meeting_id, name, purpose in found}
