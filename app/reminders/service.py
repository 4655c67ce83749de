"""What is done with a reminder. Callers own the transaction."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, select

from app.access.policy import Action, SubjectReader, may
from app.errors import Missing
from app.reminders.models import CitizenReminder
from app.reminders.rules import ReminderChanged


def add_reminder(
    session: Session, citizen_id: UUID, words: str, due_on: date, *, by: UUID, now: datetime
) -> CitizenReminder:
    """Write down what `by` wants to remember about the citizen."""
    made = CitizenReminder(citizen_id=citizen_id, author_id=by, words=words, due_on=due_on, created_at=now)
    session.add(made)
    session.flush()
    return made


def change_reminder(
    session: Session, reader: SubjectReader, reminder_id: UUID, words: str, due_on: date, *, version: int
) -> None:
    """Give it other words and another day.

    Raises:
        Missing: it is not the citizen's, or not this reader's.
        ReminderChanged: it is not `version` any more.
    """
    found = _lock(session, reader, reminder_id)
    if found.version != version:
        raise ReminderChanged
    if (found.words, found.due_on) != (words, due_on):
        found.words, found.due_on, found.version = words, due_on, version + 1


def finish_reminder(session: Session, reader: SubjectReader, reminder_id: UUID, *, now: datetime) -> None:
    """Let it be done; one that is done already stays as it is. Missing as `change_reminder`."""
    found = _lock(session, reader, reminder_id)
    if found.done_at is None:
        found.done_at, found.done_by = now, reader.id


def reopen_reminder(session: Session, reader: SubjectReader, reminder_id: UUID) -> None:
    """Let it be to do again. Missing as `change_reminder`."""
    found = _lock(session, reader, reminder_id)
    found.done_at = found.done_by = None


def _lock(session: Session, reader: SubjectReader, reminder_id: UUID) -> CitizenReminder:
    """Return the citizen's reminder, its row locked, if the reader may do something with it."""
    wanted = select(CitizenReminder).where(
        CitizenReminder.id == reminder_id, CitizenReminder.citizen_id == reader.subject.citizen_id
    )
    found = session.exec(wanted.with_for_update()).first()
    if found is None or not may(reader.subject, Action.REMINDER_CHANGE, own=found.author_id == reader.id):
        raise Missing
    return found
