"""Who can read the plan, as a sentence to the citizen names them."""

from collections.abc import Iterable

from app.consent.rules import RepresentationKind
from app.i18n import gettext as _
from app.identity.rules import first_name
from app.plan.queries import PlanReader


def name_reader(reader: PlanReader) -> str:
    """Return a reader as the citizen knows them: by name, and by what they are if they represent.

    It stands in a list of names, so it has no comma and no relative clause: that would be of all before it.
    """
    if reader.hidden:
        return _("en anden hjælper")
    first = first_name(reader.name)
    if reader.kind is None:
        return first
    return {
        RepresentationKind.GUARDIAN: _("din værge %(name)s", name=first),
        RepresentationKind.CUSTODY: _("%(name)s (har forældremyndigheden)", name=first),
        RepresentationKind.PARTY_REPRESENTATIVE: _("din partsrepræsentant %(name)s", name=first),
        RepresentationKind.POWER_OF_ATTORNEY: _("%(name)s med fuldmagt fra dig", name=first),
    }[reader.kind]


def name_readers(readers: Iterable[PlanReader]) -> list[str]:
    """Return each of those who read all of the plan once, to stand in a sentence to the citizen."""
    return list(dict.fromkeys(name_reader(one) for one in readers if not one.areas))


def name_area_readers(readers: Iterable[PlanReader]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Return those who read no more than some areas of life: which, and the names of who reads them."""
    found: dict[tuple[str, ...], list[str]] = {}
    for one in readers:
        if one.areas:
            found.setdefault(one.areas, []).append(name_reader(one))
    return list(found.items())
