"""Who can interpret for a citizen, to choose between."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select
from wtforms import SelectChoice

from app.i18n import gettext as _
from app.identity.models import Person
from app.meetings.models import CalendarSubject
from app.meetings.rules import SubjectKind


def list_interpreters(
    session: Session, citizen_id: UUID, now_there: UUID | None = None
) -> list[SelectChoice]:
    """Return those with a name who speak the citizen's language, and who is there now, by name."""
    spoken = select(Person.interpreter_language).where(Person.id == citizen_id).scalar_subquery()
    subject = CalendarSubject
    rows = session.exec(
        select(subject.id, subject.name)
        .where(
            subject.kind == SubjectKind.INTERPRETER,
            (subject.language == spoken) | (subject.id == now_there),
        )
        .order_by(col(subject.name), col(subject.id))
    )
    return [SelectChoice(str(one), name or _("Tolken")) for one, name in rows]


def interpreter_choices(inputs: Sequence[SelectChoice]) -> list[SelectChoice]:
    """Return the choices for a meeting that has no interpreter yet."""
    return [SelectChoice("", _("Den tolk, der er ledig")), *inputs]


def optional_interpreter_choices(inputs: Sequence[SelectChoice]) -> list[SelectChoice]:
    """Return the choices for a meeting that may have one."""
    return [SelectChoice("", _("Ingen tolk")), *inputs]
