"""What speaks for a time, and what is unsure about it, in one plain sentence each."""

from collections.abc import Mapping
from uuid import UUID

from app.i18n import gettext as _
from app.i18n import long_datetime
from app.identity.rules import first_name
from app.scheduling.candidates import CLOSES, OPENS
from app.scheduling.rules import (
    FoundObstacle,
    OfferReason,
    TimeCheck,
    TimeObstacle,
    TimeOffer,
    UncertainCalendar,
)


def reasons_text(offer: TimeOffer, *, for_staff: bool) -> str:
    """Return the two best reasons in one sentence. Staff and systems never read what the citizen wishes."""
    sentence = _reasons(offer, _for_staff() if for_staff else _for_the_citizen())
    if for_staff and offer.is_uncertain:
        return " ".join(filter(None, (sentence, _("Kalenderen er usikker."))))
    return sentence


def _reasons(offer: TimeOffer, said: Mapping[OfferReason, str]) -> str:
    parts = [said[reason] for reason in offer.reasons if reason in said][:2]
    if not parts and offer.as_agreed:  # nobody found it, and what is to be known of it stands beside it
        return ""
    if not parts:
        return _("Tiden passer alle, der skal med.")
    sentence = parts[0] if len(parts) == 1 else _("%(one)s, og %(other)s", one=parts[0], other=parts[1])
    return _("%(reason)s.", reason=sentence[:1].upper() + sentence[1:])


def uncertain_text(uncertain: UncertainCalendar, reader: UUID | None = None) -> str:
    """Return what staff must know about a calendar that can't be trusted; `reader` may be whose it is."""
    if uncertain.person_id is None:
        return _("Der skal tolk med. Vi kender ikke tolkens kalender.")
    name, is_own = first_name(uncertain.name), uncertain.person_id == reader
    if uncertain.known_at is None:
        own, other = _("Vi kan ikke se din kalender."), _("%(name)s: Vi kender ikke kalenderen.", name=name)
    elif uncertain.known_to:
        own = _("Din kalender er ikke læst så langt frem.")
        other = _("%(name)s: kalenderen er ikke læst så langt frem.", name=name)
    elif uncertain.unread:
        own = _("Din kalender er usikker: noget i den kunne ikke læses.")
        other = _("%(name)s: Kalenderen er usikker. Noget i den kunne ikke læses.", name=name)
    else:
        when = long_datetime(uncertain.known_at)
        own = _("Din kalender er ikke opdateret siden %(when)s.", when=when)
        other = _("%(name)s: kalenderen er ikke opdateret siden %(when)s.", name=name, when=when)
    return own if is_own else other


def _for_the_citizen() -> dict[OfferReason, str]:
    return {
        OfferReason.MORNING: _("om formiddagen, som du helst vil"),
        OfferReason.MIDDAY: _("midt på dagen, som du helst vil"),
        OfferReason.AFTERNOON: _("om eftermiddagen, som du helst vil"),
        **_for_staff(),
        OfferReason.STRAIGHT_AFTER: _("lige efter et andet møde samme sted"),
    }


def _for_staff() -> dict[OfferReason, str]:
    """Return the reasons that say nothing of a meeting but when it is: it may not be theirs to know."""
    return {
        OfferReason.FREE_DAY: _("en dag uden andre møder"),
        OfferReason.STRAIGHT_AFTER: _("lige efter et andet møde"),
        OfferReason.RESTED: _("ikke dagen efter et møde"),
        OfferReason.SOON: _("en af de første tider"),
        OfferReason.TIME_BEFORE: _("der er god tid til mødet"),
    }


def obstacle_texts(
    check: TimeCheck, citizen: str, *, reader: UUID, sees_wishes: bool
) -> tuple[list[str], list[str]]:
    """Return what is in the way of a time, and what is only to be known of it, each sentence once.

    `citizen` is the first name. Who may not see wishes reads only that the time doesn't suit.
    """
    in_the_way: dict[str, None] = {}
    to_know: dict[str, None] = {}
    for one in check.obstacles:
        words = _obstacle_text(one, check, citizen, reader) if sees_wishes or one.kind not in _WISHES else ""
        if one.kind in _WISHES and not sees_wishes and not one.passable:
            words = _("Tiden passer ikke %(name)s.", name=citizen)
        if words:
            (to_know if one.passable else in_the_way)[words] = None
    return list(in_the_way), list(to_know)


_WISHES = (
    TimeObstacle.CITIZEN_CANNOT,
    TimeObstacle.CITIZEN_FULL,
    TimeObstacle.CITIZEN_MEETING,
    TimeObstacle.CITIZEN_TRAVEL,
    TimeObstacle.SHORT_NOTICE,
)


def _obstacle_text(found: FoundObstacle, check: TimeCheck, citizen: str, reader: UUID) -> str:
    name = first_name(check.names.get(found.who, "")) if found.who else citizen
    if found.who == reader:
        return {
            TimeObstacle.MEETING: _("Du er optaget på den tid."),
            TimeObstacle.AWAY: _("Du har fravær den dag."),
            TimeObstacle.OWN_CALENDAR: _(
                "Der står noget i din egen kalender på den tid. Måske er det det her møde."
            ),
            TimeObstacle.NO_TIME_TO_DRIVE: _("Du kan ikke nå at køre ud til mødet."),
        }[found.kind]
    return {
        TimeObstacle.MEETING: _("%(name)s er optaget på den tid.", name=name),
        TimeObstacle.AWAY: _("%(name)s har fravær den dag.", name=name),
        TimeObstacle.OWN_CALENDAR: _(
            "%(name)s har noget i sin egen kalender på den tid. Måske er det det her møde.", name=name
        ),
        TimeObstacle.NO_TIME_TO_DRIVE: _("%(name)s kan ikke nå at køre ud til mødet.", name=name),
        TimeObstacle.CITIZEN_MEETING: _("%(name)s har et andet møde på den tid.", name=name),
        TimeObstacle.CITIZEN_TRAVEL: _(
            "%(name)s kan ikke nå frem fra mødet før, eller videre til det næste.", name=name
        ),
        TimeObstacle.CITIZEN_FULL: _(
            "%(name)s har så mange møder, som der er plads til den dag eller uge.", name=name
        ),
        TimeObstacle.CITIZEN_CANNOT: _("%(name)s har skrevet, at den tid ikke passer.", name=name),
        TimeObstacle.TODAY: _(
            "Et møde i dag kan kun aftales, når %(name)s har sagt ja i telefonen.", name=name
        ),
        TimeObstacle.NO_INTERPRETER: _("Der er ingen ledig tolk på den tid."),
        TimeObstacle.CLOSED_DAY: _("Kommunen har lukket den dag. Mødet kan godt holdes alligevel."),
        TimeObstacle.ODD_HOURS: _(
            "Tiden er uden for kl. %(opens)s–%(closes)s. Mødet kan godt holdes alligevel.",
            opens=OPENS.hour,
            closes=CLOSES.hour,
        ),
        TimeObstacle.SHORT_NOTICE: _("%(name)s vil gerne have besked i bedre tid.", name=name),
    }[found.kind]
