"""Messages can be about an answer to how it goes while it is shown: of another nobody else knows."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, select

from app.assessments.models import Assessment
from app.i18n import gettext as _
from app.messages.rules import AboutKind, AboutLabel
from app.store.prepared import Reader
from app.store.query import id_list

ASSESSMENT_TOPIC = "assessment"

_SHOWN = select(Assessment.id).where(
    Assessment.citizen_id == bindparam("citizen_id", type_=Uuid()),
    col(Assessment.id).in_(id_list()),
    col(Assessment.shown_to).is_not(None),
)


def _find(session: Reader, citizen_id: UUID, ids: Collection[UUID]) -> dict[UUID, AboutLabel]:
    found = session.exec(_SHOWN, params={"citizen_id": citizen_id, "ids": list(ids)})
    return {one: AboutLabel(_("et svar på, hvordan det går"), "assessments.index") for one in found}


AboutKind(ASSESSMENT_TOPIC, _find)
