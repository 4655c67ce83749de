"""/beskeder: the citizen's one thread; for those who answer, all that are theirs to answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from app.access.guard import allows, log_list, or_for_helpers, requires, still_may, viewer
from app.access.policy import Action, may
from app.consent.rules import ActingScope
from app.dates.local_time import danish_day
from app.errors import Refused
from app.i18n import gettext as _
from app.messages.forms import MessageForm
from app.messages.news import NEWEST
from app.messages.queries import Thread, find_about, list_message_drafts, list_threads, read_thread
from app.messages.rules import WORDS_MOST, About, MessageNeedsContact
from app.messages.service import (
    ask_for_plan,
    delete_draft,
    drop_sent_draft,
    is_sent_already,
    mark_read,
    remove_message,
    save_draft,
    send_to_citizen,
    send_to_contact,
    settle_messages,
)
from app.plan.queries import list_acting_with, list_plan_readers
from app.plan.relations import list_ties
from app.plan.share_state import read_share_state
from app.plan.texts import name_readers
from app.store.idempotency import KeyReused, SavedResponse, claim_key, request_hash, save_response
from app.typed_text import read_id
from app.web.context import clock, db, prepared_reader, settings
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("messages", __name__)

SEND = "del"  # the value of the button that sends; the other one keeps a draft


@allows(Action.THREADS_READ)
def threads() -> ResponseReturnValue:
    """Show whose threads the reader answers, those that wait first."""
    ties = list_ties(prepared_reader(), current_user.id, now=clock()())
    mine = [one.subject for one in ties if may(one.subject, Action.MESSAGES_READ)]
    log_list(mine, Action.THREADS_READ)
    rows = list_threads(prepared_reader(), mine)
    return page("messages/threads.html", rows=rows, sent=request.args.get("nyt") == "sendt")


@bp.get("/beskeder", defaults={"citizen_id": None})
@bp.get("/borgere/<uuid:citizen_id>/beskeder")
@or_for_helpers(threads)
@requires(Action.MESSAGES_READ)
def index(citizen_id: UUID) -> ResponseReturnValue:
    about, sentence = About.read(request.args.get("om")), _sentence()
    wanted = request.args.get("kladde", type=UUID)
    drafts = list_message_drafts(prepared_reader(), citizen_id, current_user.id)
    draft = next((one for one in drafts if one.id == wanted or (not wanted and one.about == about)), None)
    if draft is None or sentence:
        form = MessageForm(key=new_key(), words=sentence, om=str(about or ""))
    else:
        known = {"om": str(draft.about or ""), "kladde": str(draft.version)}
        form = MessageForm(key=new_key(), words=draft.words, **known)
    return _thread_page(citizen_id, form)


def _sentence() -> str:
    """Return the sentence that one who helps has chosen to begin with; nothing if there is none."""
    offered = () if viewer().own else settings().site.message_starts
    chosen = request.args.get("start", -1, type=int)
    return offered[chosen] if 0 <= chosen < len(offered) else ""


@bp.post("/beskeder", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/beskeder")
@requires(Action.MESSAGE_WRITE)
def write(citizen_id: UUID) -> ResponseReturnValue:
    form = MessageForm(request.form)
    if not form.validate():
        return _thread_page(citizen_id, form, status=422)
    try:
        done = db().retrying(lambda session: _write_once(session, citizen_id, form))
    except KeyReused as other:
        form.say(_(other.reason))
        return _thread_page(citizen_id, form, status=422)
    if done.body is None:
        return _to_thread("sendt", NEWEST)
    return _to_thread("kladde", "skriv", kladde=done.body)


def _write_once(session: Session, citizen_id: UUID, form: MessageForm) -> SavedResponse:
    """Send it, or keep it as a draft, once per key. `body` is the draft that was kept; None: it is sent.

    A form that was kept as a draft, and comes back by "back" to be sent, is sent.
    """
    by, send = current_user.id, request.form.get("gem") == SEND
    fingerprint = request_hash(request.path, form.words.data, str(form.about or ""))
    known = claim_key(session, by, form.key.data, fingerprint, clock()())
    if known is not None and (known.body is None or not send):
        return known
    if send and _send(session, citizen_id, form):
        if known and known.body:
            delete_draft(session, citizen_id, UUID(known.body), by=by)
        done = SavedResponse(303, None, None)
    else:  # asked for, or nobody reads it yet: not a word is lost
        now, about = clock()(), form.about
        draft = save_draft(
            session, citizen_id, form.words.data, by=by, about=about, known=form.draft, now=now
        )
        done = SavedResponse(303, None, str(draft.id))
    save_response(session, by, form.key.data, done)
    return done


def _send(session: Session, citizen_id: UUID, form: MessageForm) -> bool:
    """Send what was written; return False if there is nobody to read it."""
    by, now, words = current_user.id, clock()(), form.words.data
    if is_sent_already(session, citizen_id, words, form.draft, by=by):
        return True
    if viewer().own:
        workdays = settings().site.workdays
        try:
            send_to_contact(session, citizen_id, words, about=form.about, now=now, workdays=workdays)
        except MessageNeedsContact:
            return False
    else:
        send_to_citizen(session, citizen_id, words, by=by, about=form.about, seen_id=form.seen_id, now=now)
    drop_sent_draft(session, citizen_id, form.draft, by=by)
    return True


@bp.post("/beskeder/kladder/<uuid:draft_id>/slet", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/beskeder/kladder/<uuid:draft_id>/slet")
@requires(Action.MESSAGE_WRITE)
def drop_draft(citizen_id: UUID, draft_id: UUID) -> ResponseReturnValue:
    by = current_user.id
    db().retrying(lambda session: delete_draft(session, citizen_id, draft_id, by=by))
    return _to_thread("slettet", "skriv")


@bp.post("/beskeder/kraever-ikke-svar", defaults={"citizen_id": None})
@bp.post("/borgere/<uuid:citizen_id>/beskeder/kraever-ikke-svar")
@requires(Action.MESSAGE_SETTLE)
def settle(citizen_id: UUID) -> ResponseReturnValue:
    now, seen_id = clock()(), read_id(request.form.get("seneste"))
    db().retrying(lambda session: settle_messages(session, citizen_id, seen_id=seen_id, now=now))
    return _to_thread("slut", NEWEST)


@bp.post("/borgere/<uuid:citizen_id>/beskeder/<uuid:message_id>/tag-ud")
@requires(Action.MESSAGE_TAKE_OUT)
def take_out(citizen_id: UUID, message_id: UUID) -> ResponseReturnValue:
    by, now = viewer().reader, clock()()
    return _do(citizen_id, lambda session: remove_message(session, message_id, by=by, now=now), "ud")


@bp.post("/borgere/<uuid:citizen_id>/beskeder/<uuid:message_id>/spoerg")
@requires(Action.PLAN_REQUEST)
def ask(citizen_id: UUID, message_id: UUID) -> ResponseReturnValue:
    by, now = current_user.id, clock()()
    return _do(
        citizen_id, lambda session: ask_for_plan(session, citizen_id, message_id, by=by, now=now), "spurgt"
    )


def _do(citizen_id: UUID, work: Callable[[Session], object], done: str) -> ResponseReturnValue:
    """Do it and show the thread; when the rules say no, say so above it."""
    try:
        db().retrying(work)
    except Refused as refused:
        form = MessageForm(key=new_key())
        form.form_errors = [_(refused.reason, **refused.params)]
        return _thread_page(citizen_id, form, status=409)
    return _to_thread(done, NEWEST)


def _to_thread(done: str, anchor: str, **more: Any) -> ResponseReturnValue:
    """Lead to the thread; whoever stood in until this very answer is led to the threads they still answer."""
    if not still_may(Action.MESSAGES_READ):  # an answer ends what a late one opened
        return redirect(url_for(".index", nyt=done), code=303)
    there = url_for(".index", citizen_id=viewer().url_id, nyt=done, _anchor=anchor, **more)
    return redirect(there, code=303)


def _thread_page(citizen_id: UUID, form: MessageForm, *, status: int = 200) -> ResponseReturnValue:
    """Show the thread; what is opened now is noted as read by the citizen, or by who answers them."""
    now, reader, seen = clock()(), prepared_reader(), viewer()
    topic = find_about(reader, citizen_id, form.about)
    if topic is None:  # a draft about what was taken back: it can still be sent, about nothing
        form.om.data = ""
    thread = read_thread(reader, citizen_id, current_user.id, now=now, whole="alle" in request.args)
    drafts = list_message_drafts(reader, citizen_id, current_user.id)
    filled = next((one for one in drafts if form.draft and one.id == form.draft.id), None)
    acting = list_acting_with(reader, citizen_id, ActingScope.MESSAGES, now=now)
    # Before it is shown: what has been read is not taken out without a trace. To read along is no answerer's.
    if thread.unread and seen.may(Action.MESSAGE_WRITE):
        with db().writing() as session:
            mark_read(session, thread.unread, by=current_user.id, now=now)
    return page(
        "messages/thread.html",
        status=status,
        thread=thread,
        form=form,
        topic=topic,
        drafts=[one for one in drafts if one is not filled],
        draft_on=filled and filled.words == form.words.data and danish_day(filled.version.written_at),
        sharing=read_share_state(reader, citizen_id, now=now),
        readers=_plan_readers(citizen_id, thread),
        also_read=name_readers(acting) if seen.own else [one.name for one in acting],
        most=WORDS_MOST,
        send=SEND,
        new=request.args.get("nyt"),
        starts=() if seen.own or not seen.may(Action.MESSAGE_WRITE) else settings().site.message_starts,
    )


def _plan_readers(citizen_id: UUID, thread: Thread) -> list[str]:
    """Return who would read what the citizen is asked about; nobody, if nothing is asked."""
    asks = any(one.asked and one.asked.answer is None for one in thread.messages)
    if not (viewer().own and asks):
        return []
    return name_readers(list_plan_readers(prepared_reader(), citizen_id, now=clock()()))
