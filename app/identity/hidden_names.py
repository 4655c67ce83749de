"""Who is of a hidden department: a citizen's own pages don't name them where no talk with them is told of."""

from typing import Any

from sqlalchemy import literal
from sqlalchemy.orm import aliased
from sqlmodel import case, or_, select

from app.i18n import gettext as _
from app.identity.models import Department, Person
from app.identity.rules import first_name

UNNAMED = ""  # in a row, in place of a name that its reader may not know

_department: Any = aliased(Department)


def in_hidden_department(person: Any) -> Any:
    """Say of a row of Person, or of an alias of it, whether they are of a hidden department."""
    of_theirs = select(_department.id).where(_department.id == person.department_id, _department.hidden)
    return of_theirs.correlate(person).exists()


# Of a row of Person.
IN_HIDDEN_DEPARTMENT: Any = in_hidden_department(Person)


def name_unless_hidden(person: Any, label: str, names_all: Any) -> Any:
    """Return the column with who it is, for `shown_name`; `names_all`: whether its reader knows all."""
    named = or_(names_all, ~in_hidden_department(person))
    return case((named, person.name), else_=literal(UNNAMED)).label(label)


def shown_name(name: str | None) -> str | None:
    """Return the first name of who a row names, or that somebody helps, where it may not say who."""
    return _("Hjælperen") if name == UNNAMED else name and first_name(name)
