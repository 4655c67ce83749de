"""The calls that systems make. Each is written down in the citizen's access log."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import log_system_view, public
from app.api import error_handlers
from app.api.booking_hours import check_hours, check_request_hours
from app.api.conditional_update import ConditionalUpdate, canonical_json, log_api_view
from app.api.meeting_resource import check_municipality, get_own_meeting, meeting_json
from app.api.openapi import DESCRIPTION
from app.api.parsing import read_object
from app.api.request_bodies import read_change, read_free_query, read_meeting_request, read_reason
from app.api.responses import KINDS, clash_problem, meeting_response, slot_json
from app.api.token_auth import read_idempotency_key, token_required
from app.booking.book import create_meeting, with_alternatives
from app.booking.cancel import cancel_meeting
from app.booking.change import change_meeting
from app.booking.participants import check_people
from app.booking.reschedule import reschedule_meeting
from app.identity.tokens import System
from app.meetings.models import Meeting
from app.meetings.rules import Clash, MeetingChange, MeetingRequest
from app.scheduling.rules import SearchRequest
from app.scheduling.service import find_times
from app.scheduling.texts import reasons_text
from app.store.idempotency import SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("api", __name__)
error_handlers.register_error_handlers(bp)

# What the citizen's access log says.
FIND, BOOK, READ = "times:find", "meeting:book", "meeting:read"
MOVE, CHANGE, CANCEL = "meeting:move", "meeting:change", "meeting:cancel"


@bp.get("/api/v1/free")
@token_required("meetings")
def free(system: System) -> ResponseReturnValue:
    """Times that suit everybody, best first. Why a time is good is told, never why another is not."""
    query: dict[str, Any] = request.args.to_dict()
    search_request = read_free_query(query | {"with": request.args.getlist("with")})
    now = clock()()
    with db().reading() as session:
        check_municipality(session, search_request.citizen_id)
        check_people(session, _as_meeting_request(search_request), now=now)
        offers = find_times(session, search_request, now=now, closing_days=settings().site.closing_days)
    with db().writing() as session:
        log_system_view(session, search_request.citizen_id, FIND, system_id=system.id)
    slots = [slot_json(one.slot) | {"why": reasons_text(one, for_staff=True)} for one in offers]
    return Response(json.dumps({"slots": slots}), mimetype="application/json")


def _as_meeting_request(search_request: SearchRequest) -> MeetingRequest:
    """Return who would meet where, to be checked as a booking would be."""
    return MeetingRequest(
        citizen_id=search_request.citizen_id,
        with_ids=search_request.with_ids,
        starts_at=search_request.from_,
        ends_at=search_request.to,
        purpose="",
        channel=search_request.channel,
        place_id=search_request.place_id,
    )


@bp.post("/api/v1/meetings")
@token_required("meetings")
def book(system: System) -> ResponseReturnValue:
    key = read_idempotency_key()
    body = read_object(request.get_data())
    meeting_request, now = read_meeting_request(body, system.id, key), clock()()

    def work(session: Session) -> SavedResponse:
        known = claim_key(session, system.id, key, request_hash(BOOK, canonical_json(body)), now)
        if known is None:
            check_municipality(session, meeting_request.citizen_id)
            check_request_hours(meeting_request, now=now)
            meeting = create_meeting(session, meeting_request, now=now)
            known = SavedResponse(
                201, url_for(".meeting", meeting_id=meeting.id), meeting_json(session, meeting)
            )
            save_response(session, system.id, key, known)
        log_system_view(session, meeting_request.citizen_id, BOOK, system_id=system.id)
        return known

    try:
        answer = with_alternatives(
            db(), meeting_request, work, now=now, closing_days=settings().site.closing_days
        )
    except Clash as clash:
        log_api_view(
            system, meeting_request.citizen_id, BOOK
        )  # the other times tell something about the citizen, too
        return clash_problem(clash)
    return meeting_response(answer.body or "", answer.status, answer.location)


@bp.get("/api/v1/meetings/<uuid:meeting_id>")
@token_required("meetings")
def meeting(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """A meeting that this system booked; of others it learns nothing."""
    with db().writing() as session:
        found = get_own_meeting(session, system, meeting_id)
        told = meeting_json(session, found)
        log_system_view(session, found.citizen_id, READ, system_id=system.id)
    return meeting_response(told).make_conditional(request)


@bp.patch("/api/v1/meetings/<uuid:meeting_id>")
@token_required("meetings")
def change(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """Move a meeting, or change who is in it, where it is and what it says."""
    body = read_object(request.get_data())
    wanted, now = read_change(body), clock()()
    if isinstance(wanted, MeetingChange):
        return ConditionalUpdate(system, meeting_id, CHANGE, body).do(
            lambda session, sequence: change_meeting(
                session, meeting_id, wanted, sequence=sequence, by=None, now=now
            )
        )

    def move(session: Session, sequence: int) -> Meeting:
        slot = check_hours(wanted.starts_at, wanted.ends_at, now=now)
        return reschedule_meeting(session, meeting_id, slot, sequence=sequence, by=None, now=now)

    return ConditionalUpdate(system, meeting_id, MOVE, body).do(
        move, around=(wanted.starts_at, wanted.ends_at)
    )


@bp.post("/api/v1/meetings/<uuid:meeting_id>/cancel")
@token_required("meetings")
def cancel(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """Call a meeting off; its time is free at once."""
    body = read_object(request.get_data() or b"{}")
    reason, now = read_reason(body), clock()()
    return ConditionalUpdate(system, meeting_id, CANCEL, body).do(
        lambda session, sequence: cancel_meeting(
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
