from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import allows
from app.access.policy import Action
from app.calendar_sync import busy
from app.calendar_sync.forms import BusyForm
from app.calendar_sync.http_fetch import FetchFailed, FetchFault
from app.calendar_sync.ical_reader import CalendarFault
from app.calendar_sync.texts import unread_days_text
from app.i18n import gettext as _
from app.web.context import clock, db, prepared_reader
from app.web.page import page

bp = Blueprint("busy", __name__)


@bp.get("/indstillinger/arbejdskalender")
@allows(Action.BUSY_OWN)
def index() -> ResponseReturnValue:
    return _page(BusyForm())


@bp.post("/indstillinger/arbejdskalender")
@allows(Action.BUSY_OWN)
def save() -> ResponseReturnValue:
    form = BusyForm(request.form)
    if not form.typed:
        form.refuse(_("Skriv adressen på din kalender."))
        return _page(form)
    try:
        with db().writing() as session:
            busy.add_source(session, current_user.id, form.typed, now=clock()())
    except FetchFailed:
        form.refuse(_("Skriv en adresse, der begynder med https:// og ligger på internettet."))
        return _page(form)
    return redirect(url_for(".index", gemt="ny"), code=303)


@bp.post("/indstillinger/arbejdskalender/fjern")
@allows(Action.BUSY_OWN)
def remove() -> ResponseReturnValue:
    with db().writing() as session:
        busy.remove_source(session, current_user.id, now=clock()())
    return redirect(url_for(".index", gemt="fjernet"), code=303)


def _page(form: BusyForm) -> ResponseReturnValue:
    now = clock()()
    source = busy.read_source(prepared_reader(), current_user.id, now=now)
    told = {"ny": _("Adressen er gemt."), "fjernet": _("Din kalender bliver ikke læst mere.")}
    return page(
        "calendar_sync/busy.html",
        status=422 if form.errors else 200,
        form=form,
        source=source,
        host=urlsplit(source.url).hostname if source else "",  # the rest of the address is a secret
        count=source.count if source else 0,
        old=bool(source and source.fetched_at and busy.is_old(source.fetched_at, now)),
        fault=_why(source.fault) if source and source.fault else "",
        unread=source.unread if source else None,
        unread_days=unread_days_text(source.unread) if source and source.unread else "",
        told=told.get(request.args.get("gemt", ""), ""),
    )


def _why(fault: str) -> str:
    """Return in one sentence why the last fetch gave nothing, and what to do."""
    known = {
        FetchFault.SENT_ON: _("Adressen sendte os videre til et sted, vi ikke må læse."),
        FetchFault.NOT_PUBLIC: _("Adressen ligger ikke på internettet, så vi kan ikke læse den."),
        FetchFault.NO_ANSWER: _("Kalenderen svarede ikke. Vi prøver igen om lidt."),
        FetchFault.REFUSED: _(
            "Kalenderen er ikke på adressen mere. Udgiv den igen, og skriv den nye adresse."
        ),
        FetchFault.SIGN_IN: _(
            "Man skal logge ind for at se kalenderen. Udgiv den, så alle med adressen kan læse den."
        ),
        FetchFault.BROKEN: _("Der er en fejl der, hvor kalenderen ligger. Vi prøver igen om lidt."),
        FetchFault.TOO_BIG: _("Kalenderen er for stor. Udgiv en med færre måneder."),
        CalendarFault.TOO_MANY: _("Kalenderen har for mange aftaler. Udgiv en med færre måneder."),
        CalendarFault.TOO_MUCH: _("Kalenderen er for tung at læse. Udgiv en med færre måneder."),
        CalendarFault.SLOW: _("Kalenderen tager for lang tid at læse. Udgiv en med færre måneder."),
        CalendarFault.BROKEN: _("Vi fik ikke hele kalenderen. Vi prøver igen om lidt."),
        FetchFault.CUT_OFF: _("Vi fik ikke hele kalenderen. Vi prøver igen om lidt."),
        CalendarFault.TOO_OFTEN: _(
            "Kalenderen har en aftale, der gentager sig flere gange om dagen. Ret den."
        ),
        CalendarFault.NOT_A_CALENDAR: _("Adressen er ikke en kalender. Brug den, der slutter på .ics."),
        busy.EMPTY: _("Kalenderen var tom. Vi beholder det, vi har, og prøver igen."),
    }
    return known.get(fault, _("Kalenderen kunne ikke læses. Vi prøver igen om lidt."))
