"""What one who helps has just done with a meeting, in words: the next page says it in its status line."""

from enum import StrEnum

from flask import request

from app.access.guard import viewer
from app.i18n import gettext as _

ASKS = "gjort"  # the part of the address that says what was done


class Done(StrEnum):
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


def done_words() -> str:
    """Return what was just done, if this page is the answer to it; else nothing."""
    done, name = _done(), viewer().first_name
    if done is None:
        return ""
    told = _("%(name)s og de andre har fået besked.", name=name)
    return {
        Done.ASKED: _("Tiderne er sendt til %(name)s.", name=name),
        Done.MOVED: f"{_('Mødet er flyttet.')} {told}",
        Done.AGREED: f"{_('Mødet er aftalt.')} {told}",
        Done.CHANGED: f"{_('Mødet er rettet.')} {told}",
        Done.SAME: _("Mødet er, som det var."),
        Done.CANCELLED: f"{_('Mødet er aflyst.')} {told}",
        Done.ENDED: f"{_('Resten af rækken er aflyst.')} {told}",
        Done.RESTORED: f"{_('Mødet gælder igen.')} {told}",
        Done.WRITTEN: _("Svaret er skrevet ned. %(name)s kan se det.", name=name),
        Done.SETTLED: _("Det er klaret."),
        Done.TOO_LATE: _("Mødet er slut eller aflyst. Intet er ændret."),
    }[done]


def _done() -> Done | None:
    try:
        return Done(request.args.get(ASKS, ""))
    except ValueError:
        return None
