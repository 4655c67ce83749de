"""/borgere/…/kalender/koe: a proposal that waits in line at the contact person; sent, or given back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import requires, viewer
from app.access.policy import Action, Field
from app.booking.queued import return_queued
from app.booking.rules import MakerLeft, QueuedIsSettled
from app.calendar.staff import proposal, queued_proposals
from app.calendar.staff.queued_proposals import QueuedTime, ShownQueued
from app.errors import Refused
from app.i18n import gettext as _
from app.identity.rules import first_name
from app.meetings.rules import Clash, NotBookable, TooManyProposals
from app.notifications.opened import note_opened
from app.plan.queries import find_contact_name
from app.scheduling.texts import obstacle_texts
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("queued", __name__)

OF_QUEUED = "/borgere/<uuid:citizen_id>/kalender/koe/<uuid:queued_id>"
ADDED, RETURNED = "i-koe", "tilbage"  # what was just done, as it stands in an address


@bp.get(OF_QUEUED)
@requires(Action.QUEUED_READ)
def show(citizen_id: UUID, queued_id: UUID) -> ResponseReturnValue:
    note_opened(db(), prepared_reader(), viewer().actor.person_id, queued_id, now=clock()())
    return _page(queued_id)


@bp.post(f"{OF_QUEUED}/send")
@requires(Action.QUEUED_SEND)
def send(citizen_id: UUID, queued_id: UUID) -> ResponseReturnValue:
    now, workdays, reader = clock()(), settings().site.workdays, viewer().reader
    return _try(
        queued_id,
        lambda: db().retrying(
            lambda session: queued_proposals.send_what_fits(
                session, reader, queued_id, now=now, workdays=workdays
            )
        ),
        lambda meeting_id: url_for("propose.sent", citizen_id=citizen_id, meeting_id=meeting_id),
    )


@bp.post(f"{OF_QUEUED}/tilbage")
@requires(Action.QUEUED_READ)
def give_back(citizen_id: UUID, queued_id: UUID) -> ResponseReturnValue:
    now, by = clock()(), viewer().actor.person_id
    queued_proposals.read_queued(
        prepared_reader(), viewer().reader, queued_id, now=now
    )  # Missing, if it is not theirs
    return _try(
        queued_id,
        lambda: db().retrying(lambda session: return_queued(session, citizen_id, queued_id, by=by, now=now)),
        lambda _nothing: url_for(".show", citizen_id=citizen_id, queued_id=queued_id, gjort=RETURNED),
    )


@bp.app_template_global("proposals_in_line")
def proposals_in_line() -> list[ShownQueued]:
    """Return what is in line for this citizen, and what came back lately, as far as it is the reader's."""
    if not viewer().may(Action.QUEUED_READ):
        return []
    return queued_proposals.list_queued(prepared_reader(), viewer().reader, now=clock()())


def _try(queued_id: UUID, work: Callable[[], Any], then: Callable[[Any], str]) -> ResponseReturnValue:
    """Do it and go on; what can't be had is said on the page of what waits."""
    try:
        return redirect(then(work()), code=303)
    except (Clash, NotBookable, MakerLeft, QueuedIsSettled) as refused:
        return _page(queued_id, status=409, refused=refused)


def _page(queued_id: UUID, *, status: int = 200, refused: Refused | None = None) -> ResponseReturnValue:
    now, reader, seen = clock()(), prepared_reader(), viewer()
    shown = queued_proposals.read_queued(reader, seen.reader, queued_id, now=now)
    waits = shown.state == "queued"
    times = (
        queued_proposals.check_queued_times(reader, shown.request, now=now, workdays=settings().site.workdays)
        if waits
        else [QueuedTime(slot, None) for slot in shown.slots]
    )
    people = proposal.list_invitable(reader, [*shown.request.with_ids, *shown.request.optional_ids])
    return page(
        "calendar/staff/queued.html",
        status=status,
        one=shown,
        mine=shown.maker_id == seen.actor.person_id,
        times=[(time, _in_the_way(time)) for time in times],
        left=any(time.fits for time in times),
        full=waits and proposal.has_too_many_proposals(reader, shown.request.citizen_id, now=now),
        people=[first_name(one.name) for one in people],
        contact_name=find_contact_name(reader, shown.request.citizen_id),
        refused=_words(refused) if refused else "",
        just=request.args.get("gjort", ""),
    )


def _in_the_way(time: QueuedTime) -> list[str]:
    """Return why a time doesn't suit everybody any more; nothing: it does."""
    if time.refused is not None:
        return [_(time.refused.reason, **time.refused.params)]
    if time.check is None or time.fits:
        return []
    seen = viewer()
    wishes = seen.may_see(Field.WISHES)
    return obstacle_texts(time.check, seen.first_name, reader=seen.actor.person_id, sees_wishes=wishes)[0]


def _words(refused: Refused) -> str:
    if isinstance(refused, TooManyProposals):
        return _(
            "%(name)s har stadig to forslag at svare på. Forslaget er ikke sendt.", name=viewer().first_name
        )
    if isinstance(refused, Clash):
        return _("Ingen af tiderne passer mere. Forslaget er ikke sendt.")
    return _(refused.reason, **refused.params)
