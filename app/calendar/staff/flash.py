"""What one who helps has just done with a meeting, in words: the next page says it in its status line."""

from enum import StrEnum

from flask import request

from app.access.guard import viewer
from app.calendar.meeting_row import MeetingRow
from app.i18n import gettext as _

ASKS = "gjort"  # the part of the address that says what was done


class FlashKind(StrEnum):
    """What was done, as it stands in an address: nothing of anybody's."""

    ASKED = "spurgt"  # other times were sent
    MOVED = "flyttet"
    SWAPPED = "byttet"
    SERIES_MOVED = "raekken"  # from one meeting on
    AGREED = "aftalt"
    CHANGED = "rettet"
    SAME = "samme"  # saved as it was: nobody is told
    CANCELLED = "aflyst"
    ENDED = "resten"  # what was left of a series is called off
    RESTORED = "fortrudt"
    WRITTEN = "skrevet"  # the citizen's answer from the phone
    SETTLED = "klaret"
    TOO_LATE = "slut"  # nothing was done


def told_text(meeting: MeetingRow | None) -> str:
    """Return who has been told: the citizen, and the others if there are any. None: it isn't known."""
    name = viewer().first_name
    if meeting is None or meeting.has_others(viewer().actor.person_id):
        return _("%(name)s og de andre har fået besked.", name=name)
    return _("%(name)s har fået besked.", name=name)


def flash_text(meeting: MeetingRow | None = None) -> str:
    """Return what was just done, if this page is the answer to it; else nothing. None: see `told_text`."""
    done, name = _done(), viewer().first_name
    if done is None:
        return ""
    told = told_text(meeting)
    changed = {
        FlashKind.MOVED: _("Mødet er flyttet."),
        FlashKind.SWAPPED: _("Møderne har byttet tid."),
        FlashKind.SERIES_MOVED: _("Møderne er flyttet."),
        FlashKind.AGREED: _("Mødet er aftalt."),
        FlashKind.CHANGED: _("Mødet er rettet."),
        FlashKind.CANCELLED: _("Mødet er aflyst."),
        FlashKind.ENDED: _("Resten af møderne er aflyst."),
        FlashKind.RESTORED: _("Mødet gælder igen."),
    }
    if done in changed:
        return f"{changed[done]} {told}"
    return {
        FlashKind.ASKED: _("Forslaget er sendt til %(name)s.", name=name),
        FlashKind.SAME: _("Mødet er, som det var."),
        FlashKind.WRITTEN: _("Svaret er skrevet ned. %(name)s kan se det.", name=name),
        FlashKind.SETTLED: _("Det er klaret."),
        FlashKind.TOO_LATE: _("Mødet er slut eller aflyst. Intet er ændret."),
    }[done]


def _done() -> FlashKind | None:
    try:
        return FlashKind(request.args.get(ASKS, ""))
    except ValueError:
        return None
