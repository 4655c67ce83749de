"""What /godkend shows: one of what waits, in the whole queue or with one citizen, and what comes next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import Form

from app.access.guard import log_views, may_enter
from app.access.policy import Action, Subject
from app.caseload import service
from app.caseload.citizens import list_consented
from app.caseload.entry_context import EntryContext, read_entry_context
from app.caseload.forms import ReadForm, TalkForm
from app.caseload.queue import QueueEntry, QueueItem, find_queue_entry, list_queue
from app.caseload.rules import WaitingItem, WaitingKind, next_citizen, pick_next
from app.caseload.unread_answers import UnreadAnswer, find_reader, find_unread
from app.caseload.waiting import list_waiting_work
from app.entries.rules import REPLY_MOST
from app.goals.approvals import find_own_approval
from app.plan.relations import list_ties
from app.web.context import clock, prepared_reader
from app.web.page import page

IN_QUEUE = (WaitingKind.APPROVE, WaitingKind.READ)  # what of Min dag waits here


class QueueAddress(NamedTuple):
    """Where in the queue one wants to be, as an address or a form says it."""

    after: UUID | None = None
    before: UUID | None = None
    stay: UUID | None = None
    citizen_id: UUID | None = None  # whose alone; None: the whole queue
    to_read: bool = False  # first what is only to be read

    def at(self, entry_id: UUID) -> "QueueAddress":
        return self._replace(stay=entry_id, after=None, before=None)


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Which of how many is shown, and what else waits. Of nobody but the one who is shown a name is known."""

    shown: QueueEntry | UnreadAnswer | None = None
    subject: Subject | None = None  # the citizen who is shown, with the reader's tie
    number: int = 0
    count: int = 0  # in what one walks through: the queue, or what waits with one citizen
    of_citizen: int = 0  # with the citizen who is shown
    everything: int = 0
    next_id: UUID | None = None  # the one to go on with; None: there is no other
    next_citizen: UUID | None = None
    first: QueueItem | None = None  # of the whole queue
    citizen_id: UUID | None = None  # with whom alone one goes on


def address_asked() -> QueueAddress:
    """Return where an address leads to."""
    return QueueAddress(
        asked_id("efter"), asked_id("foer"), asked_id("vis"), asked_id("borger"), "laes" in request.args
    )


def address_sent(citizen_id: UUID, entry_id: UUID) -> QueueAddress:
    """Return where a form was sent from: who goes on with one citizen says so in it."""
    return QueueAddress(stay=entry_id, citizen_id=citizen_id if "hos" in request.form else None)


def asked_id(name: str, *, of_form: bool = False) -> UUID | None:
    said = request.form if of_form else request.args
    try:
        return UUID(said.get(name, ""))
    except ValueError:
        return None


def queue_page(
    form: Form, at: QueueAddress, *, answered: UUID | None = None, status: int = 200
) -> ResponseReturnValue:
    place = _find_place(at)
    shown = place.shown
    to_read = isinstance(shown, UnreadAnswer)
    same = shown is not None and shown.entry_id == at.stay
    kept = "" if same else form.words.data  # words that were for another one are given back beside
    if not same:  # the problem is not with the field that is shown
        problems = [*form.form_errors, *form.words.errors]
        form = ReadForm() if to_read else TalkForm()
        form.form_errors = problems
    told, thanked = _just_done(answered)
    now, me, reader = clock()(), current_user.id, prepared_reader()
    answer = page(
        "caseload/queue.html",
        status=status,
        form=form,
        place=place,
        shown=shown,
        to_read=to_read,
        context=_context(place),
        rest=[] if shown else _other_work(),
        kept=kept,
        told=told,
        thanked=thanked,
        approval=find_own_approval(reader, me, now=now),
        undone=shown is not None and shown.entry_id == asked_id("fortrudt"),
        most=REPLY_MOST,
    )
    if status != HTTPStatus.OK:  # nothing can be read at the address of a form
        answer.headers["HX-Push-Url"] = "false"
    return answer


def _just_done(answered: UUID | None) -> tuple[service.GivenAnswer | None, str | None]:
    """Return what the reader has just answered, and whose answer to how it goes was just read."""
    read_one, me, reader = asked_id("laest"), current_user.id, prepared_reader()
    told = service.find_given_answer(reader, answered, by=me, now=clock()()) if answered else None
    return told, find_reader(reader, read_one, by=me) if read_one else None


def _find_place(at: QueueAddress) -> QueuePlace:
    """Return what is shown; the look is written down before a word is read."""
    everything = list_queue(prepared_reader(), current_user.id, now=clock()())
    walked = {one.entry_id: one for one in everything if at.citizen_id in (None, one.subject.citizen_id)}
    stay = at.stay or _first_to_read(walked.values(), at)
    while (chosen := pick_next(list(walked), after=at.after, before=at.before, stay=stay)) is not None:
        shown = _log_and_show(walked[chosen])
        if shown is not None:
            return _place_of(shown, list(walked), everything, at.citizen_id)
        everything = [one for one in everything if one.entry_id != chosen]
        del walked[chosen]  # answered by somebody else, or hidden, in between
    return QueuePlace(
        everything=len(everything), first=next(iter(everything), None), citizen_id=at.citizen_id
    )


def _first_to_read(places: Iterable[QueueItem], at: QueueAddress) -> UUID | None:
    return next((one.entry_id for one in places if at.to_read and one.to_read), None)


def _log_and_show(place: QueueItem) -> QueueEntry | UnreadAnswer | None:
    log_views([place.subject], Action.QUEUE_READ)
    if place.to_read:
        return find_unread(prepared_reader(), place.entry_id)
    return find_queue_entry(prepared_reader(), place.entry_id, now=clock()())


def _place_of(
    shown: QueueEntry | UnreadAnswer,
    walked: Sequence[UUID],
    everything: Sequence[QueueItem],
    citizen_id: UUID | None,
) -> QueuePlace:
    whose = [one.subject.citizen_id for one in everything]
    subject = next(one.subject for one in everything if one.entry_id == shown.entry_id)
    following = pick_next(walked, after=shown.entry_id)
    return QueuePlace(
        shown=shown,
        subject=subject,
        number=walked.index(shown.entry_id) + 1,
        count=len(walked),
        of_citizen=whose.count(shown.citizen_id),
        everything=len(everything),
        next_id=None if following == shown.entry_id else following,
        next_citizen=next_citizen(whose, shown.citizen_id),
        first=everything[0],
        citizen_id=citizen_id,
    )


def _context(place: QueuePlace) -> EntryContext | None:
    """Return what stands around an entry; an answer to how it goes belongs to nothing in the plan."""
    if not isinstance(place.shown, QueueEntry) or place.subject is None:
        return None
    return read_entry_context(prepared_reader(), current_user.id, place.subject, place.shown, now=clock()())


def _other_work() -> list[WaitingItem]:
    """Return what else waits for the reader on Min dag, the oldest day first: nobody's name, and no word."""
    if not may_enter(Action.MY_DAY_READ):
        return []
    now, me, reader = clock()(), current_user.id, prepared_reader()
    bonds = list_ties(reader, me, now=now)
    consented = list_consented(reader, [one.citizen_id for one in bonds])
    subjects = {one.citizen_id: replace(one.subject, consented=one.citizen_id in consented) for one in bonds}
    let_in = frozenset(one.citizen_id for one in bonds if one.let_in)
    found = list_waiting_work(reader, me, subjects, let_in, now=now)
    return [one for one in found if one.kind not in IN_QUEUE]
