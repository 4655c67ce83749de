"""What stands in the way when no time fits: the same search again, without one person or rule at a time.

For the contact person, who settles it. What the citizen has said "kan ikke" to is never given up, and never
named: the citizen is not asked to give way first.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from app.calendar.finding.fit import ALL, Rules, Search, fitting
from app.calendar.finding.grid import CLOSES, EARLIEST, LATEST, OPENS
from app.calendar.finding.offers import Blocker
from app.calendar.rules import Channel
from app.i18n import gettext as _
from app.i18n import ngettext
from app.identity.rules import first_name

LONGER = timedelta(days=14)  # how much longer is tried

Otherwise = tuple[str, Search, Rules]  # what it is called, and the search as it would be


def blockers(search: Search) -> list[Blocker]:
    """Return what would give times if it were otherwise, what gives most first."""
    found = []
    for what, other, rules in _otherwise(search):
        times = len(fitting(other, rules))
        if times:
            words = ngettext("%(what)s: %(num)s tid", "%(what)s: %(num)s tider", times, what=what)
            found.append(Blocker(words, times))
    return sorted(found, key=lambda one: -one.count)


def _otherwise(search: Search) -> Iterator[Otherwise]:
    ask, names = search.ask, search.known.names
    for who in ask.with_ids:
        name = first_name(names.get(who, "")) or _("en af dem, der skal med")
        yield _("Uden %(name)s", name=name), search, replace(ALL, without=who)
    if ask.room_id:
        room = names.get(ask.room_id) or _("lokalet")
        yield _("Uden %(name)s", name=room), search, replace(ALL, without=ask.room_id)
    if ask.interpreter_id:
        yield _("Med en anden tolk"), search, replace(ALL, without=ask.interpreter_id)
    if ask.notice and search.first_noticed > search.first:
        yield _("Med kortere varsel"), search, replace(ALL, notice=False)
    if search.spot is not None:
        remote = replace(ask, channel=Channel.PHONE, place_id=None, place=None)
        yield _("På telefon"), replace(search, ask=remote), ALL
    citizen = first_name(names.get(ask.citizen_id, ""))
    yield _("Hvis %(name)s kan tage et møde mere", name=citizen), search, replace(ALL, limits=False)
    early_and_late = replace(ALL, opens=EARLIEST, closes=LATEST)
    hours = {"opens": OPENS.hour, "closes": CLOSES.hour}
    yield _("Før kl. %(opens)s eller efter kl. %(closes)s", **hours), search, early_and_late
    later = replace(search, last=search.last + LONGER, ask=replace(ask, to=ask.to + LONGER))
    yield _("Op til to uger senere"), later, ALL
