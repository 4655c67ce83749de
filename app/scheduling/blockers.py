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

from app.i18n import gettext as _
from app.i18n import ngettext
from app.identity.rules import first_name
from app.meetings.rules import Channel
from app.scheduling.candidates import CLOSES, EARLIEST, LATEST, OPENS
from app.scheduling.fit import ALL, SearchRules, TimeSearch, fitting_times
from app.scheduling.rules import Relaxation, SearchBlocker

LONGER = timedelta(days=14)  # how much longer is tried


class RelaxedSearch(NamedTuple):
    """What it is called, and the search as it would be."""

    what: str
    search: TimeSearch
    rules: SearchRules = ALL
    way: Relaxation | None = None
    without: UUID | None = None


def list_blockers(search: TimeSearch) -> list[SearchBlocker]:
    """Return what would give times if it were otherwise: what gives most first, the citizen's last."""
    found = []
    for one in chain(_ours(search), _the_citizens(search)):
        times = len(fitting_times(one.search, one.rules))
        if times:
            words = ngettext("%(what)s: %(num)s tid", "%(what)s: %(num)s tider", times, what=one.what)
            found.append(SearchBlocker(words, times, one.way, one.without))
    return sorted(found, key=lambda one: (one.way is None, -one.count))


def _ours(search: TimeSearch) -> Iterator[RelaxedSearch]:
    """Yield what those who help can give up."""
    search_request, names = search.search_request, search.inputs.names
    for who in search_request.with_ids:
        name = first_name(names.get(who, "")) or _("en af dem, der skal med")
        yield RelaxedSearch(
            _("Uden %(name)s", name=name), search, replace(ALL, without=who), Relaxation.WITHOUT, who
        )
    if search_request.room_id:
        room = names.get(search_request.room_id) or _("lokalet")
        yield RelaxedSearch(
            _("Uden %(name)s", name=room),
            search,
            replace(ALL, without=search_request.room_id),
            Relaxation.ROOM,
        )
    if search_request.interpreter_id:
        rules = replace(ALL, without=search_request.interpreter_id)
        yield RelaxedSearch(_("Med en anden tolk"), search, rules, Relaxation.INTERPRETER)
    if search.spot is not None:
        remote = replace(search_request, channel=Channel.PHONE, place_id=None, place=None)
        yield RelaxedSearch(_("På telefon"), replace(search, search_request=remote), way=Relaxation.PHONE)
    early_and_late = replace(ALL, opens=EARLIEST, closes=LATEST)
    hours = _("Før kl. %(opens)s eller efter kl. %(closes)s", opens=OPENS.hour, closes=CLOSES.hour)
    yield RelaxedSearch(hours, search, early_and_late, Relaxation.HOURS)
    later = replace(
        search,
        last=search.last + LONGER,
        search_request=replace(search_request, to=search_request.to + LONGER),
    )
    yield RelaxedSearch(_("Op til to uger senere"), later, way=Relaxation.LATER)


def _the_citizens(search: TimeSearch) -> Iterator[RelaxedSearch]:
    """Yield what the citizen has said of how much and how soon, as something to ask about."""
    name = first_name(search.inputs.names.get(search.search_request.citizen_id, ""))
    if search.search_request.notice and search.first_noticed > search.first:
        words = _("Spørg %(name)s, om der må være kortere varsel", name=name)
        yield RelaxedSearch(words, search, replace(ALL, notice=False))
    words = _("Spørg %(name)s, om der er plads til et møde mere", name=name)
    yield RelaxedSearch(words, search, replace(ALL, limits=False))
