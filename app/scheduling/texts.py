"""What speaks for a time, and what is unsure about it, in one plain sentence each."""

from uuid import UUID

from app.i18n import gettext as _
from app.i18n import long_datetime
from app.identity.rules import first_name
from app.scheduling.rules import OfferReason, TimeOffer, UncertainCalendar


def reasons_text(offer: TimeOffer, *, for_staff: bool) -> str:
    """Return the two best reasons in one sentence. Staff and systems never read what the citizen wishes."""
    said = _for_staff() if for_staff else _for_the_citizen()
    parts = [said[reason] for reason in offer.reasons if reason in said][:2]
    if not parts:
        return _("Tiden passer alle, der skal med.")
    sentence = parts[0] if len(parts) == 1 else _("%(one)s, og %(other)s", one=parts[0], other=parts[1])
    return _("%(reason)s.", reason=sentence[:1].upper() + sentence[1:])


def uncertain_text(uncertain: UncertainCalendar, reader: UUID | None = None) -> str:
    """Return what staff must know about a calendar that can't be trusted; `reader` may be whose it is."""
    if uncertain.person_id is None:
        return _("Der skal tolk med. Vi kender ikke tolkens kalender.")
    name = first_name(uncertain.name)
    if uncertain.known_at is None and uncertain.person_id == reader:
        return _("Vi kan ikke se din kalender.")
    if uncertain.known_at is None:
        return _("%(name)s: kalender ukendt.", name=name)
    when = long_datetime(uncertain.known_at)
    if uncertain.person_id == reader:
        return _("Din kalender er ikke opdateret siden %(when)s.", when=when)
    return _("%(name)s: kalenderen er ikke opdateret siden %(when)s.", name=name, when=when)


def _for_the_citizen() -> dict[OfferReason, str]:
    return {
        OfferReason.MORNING: _("formiddag, som du helst vil"),
        OfferReason.MIDDAY: _("midt på dagen, som du helst vil"),
        OfferReason.AFTERNOON: _("eftermiddag, som du helst vil"),
        **_for_staff(),
    }


def _for_staff() -> dict[OfferReason, str]:
    return {
        OfferReason.FREE_DAY: _("en dag uden andre møder"),
        OfferReason.STRAIGHT_AFTER: _("lige efter et andet møde samme sted"),
        OfferReason.RESTED: _("ikke dagen efter et møde"),
        OfferReason.SOON: _("en af de første tider"),
        OfferReason.TIME_BEFORE: _("der er god tid til mødet"),
    }
