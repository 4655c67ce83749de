"""/skriv: what a citizen writes, and where it stands. The citizen's own only."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import requires
from app.access.policy import Action
from app.consent.rules import ActingScope
from app.entries.forms import KINDS, WORD_OF, WordsForm
from app.entries.models import Entry
from app.entries.queries import OwnEntry, get_own_entry, list_drafts
from app.entries.rules import (
    WORDS_MOST,
    EntryKind,
    EntryNeedsConsent,
    EntryNeedsContact,
    EntryState,
    NothingNew,
)
from app.entries.service.authoring import revise_entry, share_entry, take_back_entry, write_entry
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.notifications.opened import note_opened
from app.plan.queries import list_acting_with, list_plan_readers
from app.plan.share_state import read_share_state
from app.plan.texts import name_area_readers, name_readers
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, prepared_reader, settings
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("entries", __name__)

FOR_THE_THREAD = "andet"  # what a release before this one called a message
OF_AN_AREA = (EntryKind.GOAL, EntryKind.STEP)  # what those may see who see one area of life alone
SHARE = "del"  # the value of the button that shares; the other one keeps a draft
KEPT_AS_DRAFT = (
    EntryNeedsConsent,
    EntryNeedsContact,
    NothingNew,
)  # sharing can't be done yet; not a word is lost


@bp.get("/skriv")
@requires(Action.ENTRY_WRITE)
def write(citizen_id: UUID) -> ResponseReturnValue:
    asked = request.args.get("slags", "")
    if asked == FOR_THE_THREAD:
        return redirect(url_for("messages.index", _anchor="skriv"), code=303)
    kind = KINDS.get(asked)
    if kind is not None:
        return _form_page(citizen_id, kind, WordsForm(key=new_key()))
    drafts = list_drafts(prepared_reader(), citizen_id)
    return page("entries/choose.html", drafts=drafts, words=WORD_OF)


@bp.post("/skriv")
@requires(Action.ENTRY_WRITE)
def add(citizen_id: UUID) -> ResponseReturnValue:
    asked, now = request.form.get("slags", ""), clock()()
    if asked in ("", FOR_THE_THREAD):  # a form of the release before, kept open: it goes on as a message
        return redirect(url_for("messages.write"), code=307)
    kind = KINDS.get(asked)
    if kind is None:
        raise Missing  # the page that says so has the words
    form = WordsForm(request.form)

    def write_it(session: Session) -> Entry:
        return write_entry(session, citizen_id, kind, form.words.data, by=citizen_id, now=now)

    return _save(citizen_id, kind, form, write_it)


@bp.get("/skriv/<uuid:entry_id>")
@requires(Action.ENTRY_WRITE)
def entry(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    return _entry_page(citizen_id, entry_id)


@bp.get("/skriv/<uuid:entry_id>/ret")
@requires(Action.ENTRY_WRITE)
def edit(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    own = get_own_entry(prepared_reader(), citizen_id, entry_id)
    if own.state is EntryState.SHARED:  # a stale link: the page says what to do first
        return redirect(url_for(".entry", entry_id=entry_id), code=303)
    form = WordsForm(key=new_key(), words=own.newest_words)
    return _form_page(citizen_id, own.kind, form, own)


@bp.post("/skriv/<uuid:entry_id>/ret")
@requires(Action.ENTRY_WRITE)
def revise(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    form, now = WordsForm(request.form), clock()()
    own = get_own_entry(prepared_reader(), citizen_id, entry_id)

    def revise_it(session: Session) -> Entry:
        return revise_entry(session, citizen_id, entry_id, form.words.data, by=citizen_id, now=now)

    return _save(citizen_id, own.kind, form, revise_it, own)


@bp.post("/skriv/<uuid:entry_id>/del")
@requires(Action.ENTRY_WRITE)
def share(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    return _try(citizen_id, entry_id, lambda session: _share(session, citizen_id, entry_id), "delt")


@bp.post("/skriv/<uuid:entry_id>/tag-tilbage")
@requires(Action.ENTRY_WRITE)
def take_back(citizen_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    now = clock()()
    return _try(
        citizen_id,
        entry_id,
        lambda session: take_back_entry(session, citizen_id, entry_id, by=citizen_id, now=now),
        "tilbage",
    )


def _share(session: Session, citizen_id: UUID, entry_id: UUID) -> Entry:
    workdays = settings().site.workdays
    return share_entry(session, citizen_id, entry_id, by=citizen_id, now=clock()(), workdays=workdays)


def _try(
    citizen_id: UUID, entry_id: UUID, work: Callable[[Session], Entry], told: str
) -> ResponseReturnValue:
    """Do it and show where the entry stands; when the rules say no, say so on the same page."""
    try:
        db().retrying(work)
    except Refused as refused:
        return _entry_page(citizen_id, entry_id, refused)
    return redirect(url_for(".entry", entry_id=entry_id, nyt=told), code=303)


def _save(
    citizen_id: UUID,
    kind: EntryKind,
    form: WordsForm,
    write_it: Callable[[Session], Entry],
    own: OwnEntry | None = None,
) -> ResponseReturnValue:
    """Keep the words once per key, and share them if asked; all that was typed stands if it can't be done."""
    if not form.validate():
        return _form_page(citizen_id, kind, form, own, status=422)
    try:
        return redirect(db().retrying(lambda session: _once(session, citizen_id, form, write_it)), code=303)
    except KeyReused as other:
        form.say(_(other.reason))
        return _form_page(citizen_id, kind, form, own, status=422)
    except Refused as refused:
        form.say(_(refused.reason, **refused.params))
        return _form_page(citizen_id, kind, form, own, status=409)


def _once(session: Session, citizen_id: UUID, form: WordsForm, write_it: Callable[[Session], Entry]) -> str:
    """Return the address of what was written. The same form again gives the same one, and writes nothing.

    A form that was kept as a draft, and comes back by "back" to be shared, is shared.
    """
    meeting_request = request_hash(request.path, request.form.get("slags", ""), form.words.data)
    known = claim_key(session, citizen_id, form.key.data, meeting_request, clock()())
    share_it = request.form.get("gem") == SHARE
    if known is not None and (known.body == SHARE or not share_it) and known.location:
        return known.location
    written = UUID(known.location.split("/")[2][:36]) if known and known.location else write_it(session).id
    if share_it:
        try:
            _share(session, citizen_id, written)
        except KEPT_AS_DRAFT:
            share_it = False
    there = url_for(".entry", entry_id=written, nyt="delt" if share_it else "kladde")
    save_response(session, citizen_id, form.key.data, SavedResponse(303, there, SHARE if share_it else None))
    return there


def _form_page(
    citizen_id: UUID, kind: EntryKind, form: WordsForm, own: OwnEntry | None = None, *, status: int = 200
) -> ResponseReturnValue:
    reader, now = prepared_reader(), clock()()
    readers = list_plan_readers(reader, citizen_id, now=now)
    return page(
        "entries/form.html",
        status=status,
        form=form.ask(kind),
        slags=WORD_OF[kind],
        most=WORDS_MOST,
        sharing=read_share_state(reader, citizen_id, now=now),
        readers=name_readers(readers),
        area_readers=name_area_readers(readers) if kind in OF_AN_AREA else (),
        also_read=name_readers(list_acting_with(reader, citizen_id, ActingScope.WRITE, now=now)),
        share=SHARE,
        entry_id=own.id if own else None,
        version=own.version if own else "",
    )


def _entry_page(citizen_id: UUID, entry_id: UUID, refused: Refused | None = None) -> ResponseReturnValue:
    own = get_own_entry(prepared_reader(), citizen_id, entry_id)
    note_opened(db(), prepared_reader(), citizen_id, entry_id, now=clock()())
    sharing = read_share_state(prepared_reader(), citizen_id, now=clock()())
    problem = _(refused.reason, **refused.params) if refused else None
    return page(
        "entries/entry.html",
        status=409 if refused else 200,
        entry=own,
        sharing=sharing,
        problem=problem,
        new=request.args.get("nyt"),
    )
