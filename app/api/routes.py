"""The calls that systems make. Each is written down in the citizen's access log."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import log_system_view, public
from app.access.system_policy import SystemAction, may_system
from app.api import error_handlers
from app.api.booking_hours import check_hours, check_request_hours
from app.api.conditional_update import ConditionalUpdate, canonical_json, log_api_view
from app.api.meeting_resource import check_consent, check_municipality, get_own_meeting, meeting_json
from app.api.openapi import DESCRIPTION
from app.api.parsing import read_object
from app.api.request_bodies import read_change, read_free_query, read_meeting_request, read_reason
from app.api.responses import KINDS, NoConsent, clash_problem, meeting_response, slot_json
from app.api.token_auth import read_idempotency_key, token_required
from app.booking.book import create_meeting, with_alternatives
from app.booking.cancel import cancel_meeting
from app.booking.change import change_meeting
from app.booking.participants import check_people
from app.booking.reschedule import reschedule_meeting
from app.identity.tokens import System
from app.meetings.models import Meeting
from app.meetings.rules import Clash, MeetingChange, MeetingRequest, NotBookable, UnknownCitizen
from app.plan.queries import is_plan_open
from app.scheduling.rules import SearchRequest
from app.scheduling.service import find_times
from app.scheduling.texts import reasons_text
from app.store.idempotency import SavedResponse, claim_key, request_hash, save_response
from app.web.context import clock, db, prepared_reader, settings
from app.web.page import page

bp = Blueprint("api", __name__)
error_handlers.register_error_handlers(bp)


@bp.get("/api/v1/free")
@token_required("meetings")
def free(system: System) -> ResponseReturnValue:
    """Times that suit everybody, best first. Why a time is good is told, never why another is not."""
    query: dict[str, Any] = request.args.to_dict()
    search_request = read_free_query(query | {"with": request.args.getlist("with")})
    now = clock()()
    reader = prepared_reader()
    check_municipality(reader, search_request.citizen_id)
    check_people(reader, _as_meeting_request(search_request), now=now)
    offers = find_times(reader, search_request, now=now, workdays=settings().site.workdays)
    with db().writing() as session:
        log_system_view(session, search_request.citizen_id, SystemAction.FIND, system_id=system.id)
    tells = may_system(SystemAction.REASONS, consented=is_plan_open(reader, search_request.citizen_id))
    slots = [
        slot_json(one.slot) | ({"why": reasons_text(one, for_staff=True)} if tells else {}) for one in offers
    ]
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
    workdays = settings().site.workdays

    def work(session: Session) -> tuple[str, str]:
        known = claim_key(session, system.id, key, request_hash(SystemAction.BOOK, canonical_json(body)), now)
        if known is None:
            check_municipality(session, meeting_request.citizen_id)
            check_people(session, meeting_request, now=now)  # who is no citizen has no yes to give
            check_consent(session, meeting_request.citizen_id, SystemAction.BOOK)
            check_request_hours(meeting_request, now=now)
            booked = create_meeting(session, meeting_request, now=now, workdays=workdays)
            there = url_for(".meeting", meeting_id=booked.id)
            save_response(session, system.id, key, SavedResponse(201, there, None))
        else:
            there = known.location or ""
            booked = get_own_meeting(session, system, UUID(there.rpartition("/")[2]))
        log_system_view(session, meeting_request.citizen_id, SystemAction.BOOK, system_id=system.id)
        return meeting_json(session, booked), there  # of a retry, too: told as the yes stands now

    try:
        told, there = with_alternatives(db(), meeting_request, work, now=now, workdays=workdays)
    except UnknownCitizen:  # nobody whose log it could stand in
        raise
    except (Clash, NoConsent, NotBookable) as refused:  # it tells something about the citizen, too
        log_api_view(system, meeting_request.citizen_id, SystemAction.BOOK)
        if isinstance(refused, Clash):
            return clash_problem(refused)
        raise
    return meeting_response(told, 201, there)


@bp.get("/api/v1/meetings/<uuid:meeting_id>")
@token_required("meetings")
def meeting(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """A meeting that this system booked; of others it learns nothing."""
    with db().writing() as session:
        found = get_own_meeting(session, system, meeting_id)
        told = meeting_json(session, found)
        log_system_view(session, found.citizen_id, SystemAction.READ, system_id=system.id)
    return meeting_response(told).make_conditional(request)


@bp.patch("/api/v1/meetings/<uuid:meeting_id>")
@token_required("meetings")
def change(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """Move a meeting, or change who is in it, where it is and what it says."""
    body = read_object(request.get_data())
    wanted, now, workdays = read_change(body), clock()(), settings().site.workdays
    if isinstance(wanted, MeetingChange):
        return ConditionalUpdate(system, meeting_id, SystemAction.CHANGE, body).do(
            lambda session, sequence: change_meeting(
                session, meeting_id, wanted, sequence=sequence, by=None, now=now, workdays=workdays
            )
        )

    def move(session: Session, sequence: int) -> Meeting:
        slot = check_hours(wanted.starts_at, wanted.ends_at, now=now)
        return reschedule_meeting(
            session, meeting_id, slot, sequence=sequence, by=None, now=now, workdays=workdays
        )

    return ConditionalUpdate(system, meeting_id, SystemAction.MOVE, body).do(
        move, around=(wanted.starts_at, wanted.ends_at)
    )


@bp.post("/api/v1/meetings/<uuid:meeting_id>/cancel")
@token_required("meetings")
def cancel(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """Call a meeting off; its time is free at once."""
    body = read_object(request.get_data() or b"{}")
    reason, now, workdays = read_reason(body), clock()(), settings().site.workdays
    return ConditionalUpdate(system, meeting_id, SystemAction.CANCEL, body).do(
        lambda session, sequence: cancel_meeting(
            session, meeting_id, sequence=sequence, by=None, now=now, workdays=workdays, reason=reason
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
