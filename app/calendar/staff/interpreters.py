"""Who can interpret for a citizen, to choose between."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, select
from wtforms import SelectChoice

from app.i18n import gettext as _
from app.identity.models import Person
from app.meetings.models import CalendarSubject
from app.meetings.rules import SubjectKind
from app.store.prepared import Reader

_SPOKEN = select(Person.interpreter_language).where(Person.id == bindparam("citizen_id", type_=Uuid()))
_INTERPRETERS = (
    select(CalendarSubject.id, CalendarSubject.name)
    .where(
        CalendarSubject.kind == SubjectKind.INTERPRETER,
        (CalendarSubject.language == _SPOKEN.scalar_subquery())
        | (CalendarSubject.id == bindparam("now_there", type_=Uuid())),
    )
    .order_by(col(CalendarSubject.name), col(CalendarSubject.id))
)


def list_interpreters(session: Reader, citizen_id: UUID, now_there: UUID | None = None) -> list[SelectChoice]:
    """Return those with a name who speak the citizen's language, and who is there now, by name."""
    rows = session.exec(_INTERPRETERS, params={"citizen_id": citizen_id, "now_there": now_there})
    return [SelectChoice(str(one), name or _("Tolken")) for one, name in rows]


def interpreter_choices(inputs: Sequence[SelectChoice]) -> list[SelectChoice]:
    """Return the choices for a meeting that has no interpreter yet."""
    return [SelectChoice("", _("Den tolk, der er ledig")), *inputs]


def optional_interpreter_choices(inputs: Sequence[SelectChoice]) -> list[SelectChoice]:
    """Return the choices for a meeting that may have one."""
    return [SelectChoice("", _("Ingen tolk")), *inputs]
