"""The calls that systems make. Each is written down in the citizen's access log."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import log_system_look, public
from app.api import refusals
from app.api.answers import KINDS, meeting_response, slot_json, taken
from app.api.description import DESCRIPTION
from app.api.door import idempotency_key, token_required
from app.api.hours import check_hours, check_wish
from app.api.meetings import check_home, own_meeting, tell
from app.api.rewriting import Rewrite, log_look, written
from app.api.values import read_object
from app.api.wishes import read_ask, read_change, read_reason, read_wish
from app.calendar import booking
from app.calendar.booking.people import check_people
from app.calendar.finder import Ask, find_times, reason_words
from app.calendar.models import Meeting
from app.calendar.rules import Clash, MeetingChange, MeetingWish
from app.idempotency import Answer, first_answer, keep_answer, request_hash
from app.identity.tokens import System
from app.web import clock, db, page, settings

bp = Blueprint("api", __name__)
refusals.init(bp)

# What the citizen's access log says.
FIND, BOOK, READ = "times:find", "meeting:book", "meeting:read"
MOVE, CHANGE, CANCEL = "meeting:move", "meeting:change", "meeting:cancel"


@bp.get("/api/v1/free")
@token_required("meetings")
def free(system: System) -> ResponseReturnValue:
    """Times that suit everybody, best first. Why a time is good is told, never why another is not."""
    query: dict[str, Any] = request.args.to_dict()
    ask = read_ask(query | {"with": request.args.getlist("with")})
    now = clock()()
    with db().reading() as session:
        check_home(session, ask.citizen_id)
        check_people(session, _as_wish(ask), now=now)
        offers = find_times(session, ask, now=now, closing_days=settings().site.closing_days)
    with db().writing() as session:
        log_system_look(session, ask.citizen_id, FIND, system_id=system.id)
    slots = [slot_json(one.slot) | {"why": reason_words(one, for_staff=True)} for one in offers]
    return Response(json.dumps({"slots": slots}), mimetype="application/json")


def _as_wish(ask: Ask) -> MeetingWish:
    """Return who would meet where, to be checked as a booking would be."""
    return MeetingWish(
        citizen_id=ask.citizen_id,
        with_ids=ask.with_ids,
        starts_at=ask.from_,
        ends_at=ask.to,
        purpose="",
        channel=ask.channel,
        place_id=ask.place_id,
    )


@bp.post("/api/v1/meetings")
@token_required("meetings")
def book(system: System) -> ResponseReturnValue:
    key = idempotency_key()
    body = read_object(request.get_data())
    wish, now = read_wish(body, system.id, key), clock()()

    def work(session: Session) -> Answer:
        known = first_answer(session, system.id, key, request_hash(BOOK, written(body)), now)
        if known is None:
            check_home(session, wish.citizen_id)
            check_wish(wish, now=now)
            meeting = booking.place(session, wish, now=now)
            known = Answer(201, url_for(".meeting", meeting_id=meeting.id), tell(session, meeting))
            keep_answer(session, system.id, key, known)
        log_system_look(session, wish.citizen_id, BOOK, system_id=system.id)
        return known

    try:
        answer = booking.attempt(db(), wish, work, now=now, closing_days=settings().site.closing_days)
    except Clash as clash:
        log_look(system, wish.citizen_id, BOOK)  # the other times tell something about the citizen, too
        return taken(clash)
    return meeting_response(answer.body or "", answer.status, answer.location)


@bp.get("/api/v1/meetings/<uuid:meeting_id>")
@token_required("meetings")
def meeting(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """A meeting that this system booked; of others it learns nothing."""
    with db().writing() as session:
        found = own_meeting(session, system, meeting_id)
        told = tell(session, found)
        log_system_look(session, found.citizen_id, READ, system_id=system.id)
    return meeting_response(told).make_conditional(request)


@bp.patch("/api/v1/meetings/<uuid:meeting_id>")
@token_required("meetings")
def change(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """Move a meeting, or change who is in it, where it is and what it says."""
    body = read_object(request.get_data())
    wanted, now = read_change(body), clock()()
    if isinstance(wanted, MeetingChange):
        return Rewrite(system, meeting_id, CHANGE, body).do(
            lambda session, sequence: booking.change(
                session, meeting_id, wanted, sequence=sequence, by=None, now=now
            )
        )

    def move(session: Session, sequence: int) -> Meeting:
        slot = check_hours(wanted.starts_at, wanted.ends_at, now=now)
        return booking.move(session, meeting_id, slot, sequence=sequence, by=None, now=now)

    return Rewrite(system, meeting_id, MOVE, body).do(move, around=(wanted.starts_at, wanted.ends_at))


@bp.post("/api/v1/meetings/<uuid:meeting_id>/cancel")
@token_required("meetings")
def cancel(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """Call a meeting off; its time is free at once."""
    body = read_object(request.get_data() or b"{}")
    reason, now = read_reason(body), clock()()
    return Rewrite(system, meeting_id, CANCEL, body).do(
        lambda session, sequence: booking.cancel(
            session, meeting_id, sequence=sequence, by=None, now=now, reason=reason
        )
    )


@bp.get("/api/openapi.json")
@public
def description() -> ResponseReturnValue:
    """What every call takes and answers, for the programs of those who connect a system."""
    response = Response(json.dumps(DESCRIPTION), mimetype="application/json")
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/problems/<kind>")
@public
def explain(kind: str) -> ResponseReturnValue:
    """What a problem's `type` means, for the people who connect the system."""
    if kind not in KINDS:
        abort(404)
    return page("api/problem.html", kind=kind)
