"""What stands in the way when no time fits: the same search again, without one person or rule at a time.

For the contact person, who settles it. What the citizen has said "kan ikke" to is never given up, and never
named. How much and how soon comes last, as something to ask: the citizen is not asked to give way first.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from app.calendar.finding.fit import ALL, Rules, Search, fitting
from app.calendar.finding.grid import CLOSES, EARLIEST, LATEST, OPENS
from app.calendar.finding.offers import Blocker, Way
from app.calendar.rules import Channel
from app.i18n import gettext as _
from app.i18n import ngettext
from app.identity.rules import first_name

LONGER = timedelta(days=14)  # how much longer is tried


class Otherwise(NamedTuple):
    """What it is called, and the search as it would be."""

    what: str
    search: Search
    rules: Rules = ALL
    way: Way | None = None
    without: UUID | None = None


def blockers(search: Search) -> list[Blocker]:
    """Return what would give times if it were otherwise: what gives most first, the citizen's last."""
    found = []
    for one in chain(_ours(search), _the_citizens(search)):
        times = len(fitting(one.search, one.rules))
        if times:
            words = ngettext("%(what)s: %(num)s tid", "%(what)s: %(num)s tider", times, what=one.what)
            found.append(Blocker(words, times, one.way, one.without))
    return sorted(found, key=lambda one: (one.way is None, -one.count))


def _ours(search: Search) -> Iterator[Otherwise]:
    """Yield what those who help can give up."""
    ask, names = search.ask, search.known.names
    for who in ask.with_ids:
        name = first_name(names.get(who, "")) or _("en af dem, der skal med")
        yield Otherwise(_("Uden %(name)s", name=name), search, replace(ALL, without=who), Way.WITHOUT, who)
    if ask.room_id:
        room = names.get(ask.room_id) or _("lokalet")
        yield Otherwise(_("Uden %(name)s", name=room), search, replace(ALL, without=ask.room_id), Way.ROOM)
    if ask.interpreter_id:
        rules = replace(ALL, without=ask.interpreter_id)
        yield Otherwise(_("Med en anden tolk"), search, rules, Way.INTERPRETER)
    if search.spot is not None:
        remote = replace(ask, channel=Channel.PHONE, place_id=None, place=None)
        yield Otherwise(_("På telefon"), replace(search, ask=remote), way=Way.PHONE)
    early_and_late = replace(ALL, opens=EARLIEST, closes=LATEST)
    hours = _("Før kl. %(opens)s eller efter kl. %(closes)s", opens=OPENS.hour, closes=CLOSES.hour)
    yield Otherwise(hours, search, early_and_late, Way.HOURS)
    later = replace(search, last=search.last + LONGER, ask=replace(ask, to=ask.to + LONGER))
    yield Otherwise(_("Op til to uger senere"), later, way=Way.LATER)


def _the_citizens(search: Search) -> Iterator[Otherwise]:
    """Yield what the citizen has said of how much and how soon, as something to ask about."""
    name = first_name(search.known.names.get(search.ask.citizen_id, ""))
    if search.ask.notice and search.first_noticed > search.first:
        words = _("Spørg %(name)s, om der må være kortere varsel", name=name)
        yield Otherwise(words, search, replace(ALL, notice=False))
    words = _("Spørg %(name)s, om der er plads til et møde mere", name=name)
    yield Otherwise(words, search, replace(ALL, limits=False))
