"""A meeting as a system is told of it: its own alone, and no more than a stranger to the citizen may know."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import Session, col, select

from app.access.system_policy import SystemAction, may_system
from app.api.responses import NoConsent, iso_with_offset, slot_json
from app.dates.local_time import danish_day
from app.errors import Missing
from app.identity.models import Municipality, Person
from app.identity.tokens import System
from app.meetings.hidden import is_hidden
from app.meetings.life_cycle import OptionState
from app.meetings.models import CalendarSubject, Meeting, MeetingOption, Participant
from app.meetings.rules import Channel, ParticipantRole, Slot, SubjectKind, UnknownCitizen
from app.plan.queries import is_plan_open
from app.store.prepared import Reader, execute_prepared
from app.web.context import settings

_MEETING = bindparam("meeting_id", type_=Uuid())
_AT_HOME = (
    select(Person.id)
    .join(Municipality, col(Municipality.id) == Person.municipality_id)
    .where(Person.id == bindparam("citizen_id", type_=Uuid()), Municipality.name == bindparam("name"))
)
_WITH = (
    select(Participant.subject_id)
    .join(CalendarSubject, col(CalendarSubject.id) == Participant.subject_id)
    .where(
        Participant.meeting_id == _MEETING,
        Participant.role == ParticipantRole.REQUIRED,
        CalendarSubject.kind == SubjectKind.PROFESSIONAL,
    )
)
_OPTIONS = (
    select(MeetingOption.starts_at, MeetingOption.ends_at)
    .where(MeetingOption.meeting_id == _MEETING, MeetingOption.state == OptionState.OPEN)
    .order_by(col(MeetingOption.position))
)


def get_own_meeting(session: Session, system: System, meeting_id: UUID) -> Meeting:
    """Return a meeting that this system booked; of others it learns nothing.

    Raises:
        Missing: there is none, or another booked it.
    """
    found = session.get(Meeting, meeting_id)
    if found is None or found.system_id != system.id:
        raise Missing
    return found


def check_municipality(session: Reader, citizen_id: UUID) -> None:
    """See that a citizen is of the municipality that runs this app and gave the token.

    Raises:
        UnknownCitizen: of another, or of none.
    """
    if not execute_prepared(session, _AT_HOME, {"citizen_id": citizen_id, "name": settings().site.name}):
        raise UnknownCitizen


def check_consent(session: Session, citizen_id: UUID, action: SystemAction) -> None:
    """See that a system may do this to a citizen as the yes to one plan stands.

    Raises:
        NoConsent: it does not stand.
    """
    if not may_system(action, consented=is_plan_open(session, citizen_id)):
        raise NoConsent


def meeting_json(session: Session, meeting: Meeting) -> str:
    """Return a meeting as JSON, by the names it was asked for with. Who else came along is not told.

    Without the citizen's yes it is told when it is, and how it stands. A hidden one is "Aftale"
    to the system that made it too: what it shows may be a page of the citizen's.
    """
    told = SystemAction.HIDDEN if is_hidden(session, meeting.id) else SystemAction.WORDS
    consented = is_plan_open(session, meeting.citizen_id)
    return json.dumps(
        {
            "id": str(meeting.id),
            "citizen": str(meeting.citizen_id),
            **slot_json(Slot(meeting.starts_at, meeting.ends_at)),
            "options": [slot_json(one) for one in _options(session, meeting.id)],
            "expires_at": iso_with_offset(meeting.expires_at) if meeting.expires_at else None,
            "duty": meeting.duty,
            "state": meeting.state.value,
            "sequence": meeting.sequence,
            "closing_day": settings().site.workdays.is_closing_day(danish_day(meeting.starts_at)),
            **(_words(session, meeting) if may_system(told, consented=consented) else {}),
            **({"purpose": "Aftale"} if told is SystemAction.HIDDEN else {}),
        }
    )


def _words(session: Session, meeting: Meeting) -> dict[str, Any]:
    place, place_id = _where(session, meeting)
    return {
        "with": _with_ids(session, meeting.id),
        "channel": meeting.channel.value,
        "purpose": meeting.purpose,
        "why": meeting.why,
        "bring": meeting.bring,
        "link": meeting.link,
        "place": place,
        "place_id": place_id,
    }


def _where(session: Session, meeting: Meeting) -> tuple[str | None, str | None]:
    """Return the place and its id; a system never reads the home of somebody whose home must not be known."""
    if meeting.channel is Channel.HOME and session.get_one(Person, meeting.citizen_id).protected_address:
        return None, None
    return meeting.place, str(meeting.place_id) if meeting.place_id else None


def _with_ids(session: Session, meeting_id: UUID) -> list[str]:
    return sorted(map(str, execute_prepared(session, _WITH, {"meeting_id": meeting_id})))


def _options(session: Session, meeting_id: UUID) -> list[Slot]:
    """Return the times that the citizen can choose between now."""
    return [
        Slot(one.starts_at, one.ends_at)
        for one in execute_prepared(session, _OPTIONS, {"meeting_id": meeting_id})
    ]
