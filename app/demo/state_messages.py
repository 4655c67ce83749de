"""Threads that the states of the demo show and its story does not: a late answer, a message taken out."""

from datetime import timedelta

from sqlmodel import Session, col, select

from app.access.policy import SubjectReader
from app.demo.cast import person_id
from app.demo.states import StateContext, StateRows
from app.messages.late_messages import mark_late_messages
from app.messages.models import Message
from app.messages.service import remove_message, send_to_citizen, send_to_contact
from app.plan.relations import find_subject

LONG_AGO = timedelta(days=21)  # more than the working days one has for an answer


def _find_late(session: Session) -> str | None:
    late = select(Message.id).where(
        Message.citizen_id == person_id("emil"), col(Message.late_at).is_not(None)
    )
    found = session.exec(late).first()
    return str(found) if found else None


def _make_late(stage: StateContext) -> str:
    """A message of Emil's that nobody answered in time; the substitute is let in."""
    emil, workdays = person_id("emil"), stage.settings.site.workdays
    asked = "Kan vi tale sammen i denne uge?"
    sent = send_to_contact(stage.session, emil, asked, now=stage.now - LONG_AGO, workdays=workdays)
    mark_late_messages(stage.session, now=stage.now)
    return str(sent.id)


def _find_removed(session: Session) -> str | None:
    gone = select(Message.id).where(
        Message.citizen_id == person_id("karim"), col(Message.removed_at).is_not(None)
    )
    found = session.exec(gone).first()
    return str(found) if found else None


def _make_removed(stage: StateContext) -> str:
    """A message of Line's to Karim that was meant for somebody else."""
    karim, line, began = person_id("karim"), person_id("line"), stage.now - LONG_AGO
    sent = send_to_citizen(stage.session, karim, "Vi ses på torsdag.", by=line, now=began)
    helped = find_subject(stage.session, karim, line, now=stage.now)
    if helped:
        remove_message(stage.session, sent.id, by=SubjectReader(line, helped[0]), now=stage.now)
    return str(sent.id)


MESSAGE_ROWS = {
    "message_late": StateRows(_find_late, _make_late),
    "message_removed": StateRows(_find_removed, _make_removed),
}
