"""What one who helps has just done with a meeting, in words: the next page says it in its status line."""

from enum import StrEnum

from flask import request

from app.access.guard import viewer
from app.i18n import gettext as _

ASKS = "gjort"  # the part of the address that says what was done


class FlashKind(StrEnum):
    """What was done, as it stands in an address: nothing of anybody's."""

    ASKED = "spurgt"  # other times were sent
    MOVED = "flyttet"
    AGREED = "aftalt"
    CHANGED = "rettet"
    SAME = "samme"  # saved as it was: nobody is told
    CANCELLED = "aflyst"
    ENDED = "resten"  # what was left of a series is called off
    RESTORED = "fortrudt"
    WRITTEN = "skrevet"  # the citizen's answer from the phone
    SETTLED = "klaret"
    TOO_LATE = "slut"  # nothing was done


def flash_text() -> str:
    """Return what was just done, if this page is the answer to it; else nothing."""
    done, name = _done(), viewer().first_name
    if done is None:
        return ""
    told = _("%(name)s og de andre har fået besked.", name=name)
    changed = {
        FlashKind.MOVED: _("Mødet er flyttet."),
        FlashKind.AGREED: _("Mødet er aftalt."),
        FlashKind.CHANGED: _("Mødet er rettet."),
        FlashKind.CANCELLED: _("Mødet er aflyst."),
        FlashKind.ENDED: _("Resten af rækken er aflyst."),
        FlashKind.RESTORED: _("Mødet gælder igen."),
    }
    if done in changed:
        return f"{changed[done]} {told}"
    return {
        FlashKind.ASKED: _("Tiderne er sendt til %(name)s.", name=name),
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
