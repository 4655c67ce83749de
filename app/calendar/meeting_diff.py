"""What is new about a meeting since the citizen last answered: how it was, beside how it is. Reads only."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import Session, col, select

from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel


@dataclass(frozen=True, slots=True)
class MeetingDiff:
    """What was otherwise; None or empty: nothing of that kind."""

    channel: Channel | None = None  # how it was held
    where: str | None = None  # the place that it was at, where there was one
    purpose: str | None = None
    bring: bool = False  # what to bring is another
    came: tuple[str, ...] = ()  # first names
    left: tuple[str, ...] = ()


_CITIZEN = bindparam("citizen_id", type_=Uuid())
_WAS = select(Meeting.was).where(
    Meeting.id == bindparam("meeting_id", type_=Uuid()), Meeting.citizen_id == _CITIZEN
)
_NOW_IN_IT = select(Participant.subject_id).where(
    Participant.meeting_id == bindparam("meeting_id", type_=Uuid())
)
_NAMES = (
    select(Person.id, Person.name)
    .where(col(Person.id).in_(bindparam("ids", expanding=True, type_=Uuid())))
    .order_by(col(Person.sort_key), col(Person.id))
)


def read_diff(session: Session, citizen_id: UUID, meeting_id: UUID) -> MeetingDiff | None:
    """Return what is new; None when she has answered since, or nothing was changed."""
    asked = {"citizen_id": citizen_id, "meeting_id": meeting_id}
    said = session.exec(_WAS, params=asked).first()
    if not said:
        return None
    was: dict[str, Any] = json.loads(said)
    came, left = _people(session, meeting_id, was["people"]) if "people" in was else ((), ())
    return MeetingDiff(
        channel=Channel(was["channel"]) if "channel" in was else None,
        where=was.get("where"),
        purpose=was.get("purpose"),
        bring="bring" in was,
        came=came,
        left=left,
    )


def _people(session: Session, meeting_id: UUID, were: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the first names of who came to the meeting, and of who left it; rooms are nobody."""
    before = {UUID(one) for one in were}
    after = set(session.exec(_NOW_IN_IT, params={"meeting_id": meeting_id}))
    names = session.exec(_NAMES, params={"ids": list(before ^ after)}).all()
    return (
        tuple(first_name(name) for one, name in names if one in after),
        tuple(first_name(name) for one, name in names if one in before),
    )
