"""Messages can be about a meeting: whoever reads the thread is told when it is, and no more."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, select

from app.i18n import FILTERS
from app.i18n import gettext as _
from app.meetings.models import Meeting
from app.messages.models import Message
from app.messages.rules import AboutKind, AboutLabel
from app.store.prepared import Reader
from app.store.query import id_list

MEETING_TOPIC = "meeting"

_TIMES = select(Meeting.id, Meeting.starts_at).where(
    Meeting.citizen_id == bindparam("citizen_id", type_=Uuid()), col(Meeting.id).in_(id_list())
)

_BEHIND = (
    select(Message.id)
    .join(Meeting, col(Meeting.message_id) == Message.id)
    .where(Meeting.id == bindparam("meeting_id", type_=Uuid()))
)


def find_message_behind(session: Reader, meeting_id: UUID) -> UUID | None:
    """Return the message that a meeting was proposed because of, if it still stands; None: there is none."""
    return session.exec(_BEHIND, params={"meeting_id": meeting_id}).first()


def _find(session: Reader, citizen_id: UUID, ids: Collection[UUID]) -> dict[UUID, AboutLabel]:
    asked = {"citizen_id": citizen_id, "ids": list(ids)}
    return {
        meeting_id: AboutLabel(
            _("mødet %(when)s", when=FILTERS["long_datetime"](starts_at)),
            "calendar.meeting",
            {"meeting_id": meeting_id},
        )
        for meeting_id, starts_at in session.exec(_TIMES, params=asked)
    }


AboutKind(MEETING_TOPIC, _find)
