"""What is new about a meeting since the citizen last answered: how it was, beside how it is. Reads only."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, select

from app.identity.hidden_names import IN_HIDDEN_DEPARTMENT
from app.identity.models import Person
from app.identity.rules import first_name
from app.meetings.hidden import tells_hidden_place
from app.meetings.models import Meeting, Participant
from app.meetings.rules import Channel
from app.store.prepared import Reader
from app.store.query import id_list


@dataclass(frozen=True, slots=True)
class MeetingDiff:
    """What was otherwise; None or empty: nothing of that kind."""

    channel: Channel | None = None  # how it was held
    where: str | None = None  # the place that it was at, where there was one
    purpose: str | None = None
    bring: bool = False  # what to bring is another
    link: bool | None = None  # whether there was a link to the video meeting; it is another now
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
    .where(col(Person.id).in_(id_list()), ~IN_HIDDEN_DEPARTMENT)
    .order_by(col(Person.sort_key), col(Person.id))
)


def read_diff(session: Reader, citizen_id: UUID, meeting_id: UUID) -> MeetingDiff | None:
    """Return what is new; None when she has answered since, nothing was changed, or it was hidden before."""
    asked = {"citizen_id": citizen_id, "meeting_id": meeting_id}
    said = session.exec(_WAS, params=asked).first()
    if not said:
        return None
    was: dict[str, Any] = json.loads(said)
    where = was.get("where")
    if "hidden" in was or (where and tells_hidden_place(session, where)):
        return None
    came, left = _people(session, meeting_id, was["people"]) if "people" in was else ((), ())
    return MeetingDiff(
        channel=Channel(was["channel"]) if "channel" in was else None,
        where=where,
        purpose=was.get("purpose"),
        bring="bring" in was,
        link=was.get("link"),
        came=came,
        left=left,
    )


def _people(session: Reader, meeting_id: UUID, were: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the first names of who came to the meeting, and of who left it; rooms are nobody."""
    before = {UUID(one) for one in were}
    after = set(session.exec(_NOW_IN_IT, params={"meeting_id": meeting_id}))
    names = session.exec(_NAMES, params={"ids": list(before ^ after)}).all()
    return (
        tuple(first_name(name) for one, name in names if one in after),
        tuple(first_name(name) for one, name in names if one in before),
    )
