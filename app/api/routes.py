import json
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session, col, select

from app.access.guard import log_system_look, public
from app.api.answers import KINDS, invalid, meeting_json, problem, taken
from app.api.door import token_required
from app.api.wishes import Faulty, NotAnObject, read_object, read_wish
from app.calendar import booking
from app.calendar.models import Meeting, Participant
from app.calendar.rules import Clash, MeetingWish, NotBookable
from app.errors import Missing
from app.i18n import gettext as _
from app.idempotency import KEY_MOST, Answer, OtherBody, first_answer, keep_answer, request_hash
from app.identity.tokens import System
from app.web import clock, db, page, settings

bp = Blueprint("api", __name__)

BOOK, READ = "meeting:book", "meeting:read"  # what the citizen's access log says


@bp.post("/api/v1/meetings")
@token_required("meetings")
def book(system: System) -> ResponseReturnValue:
    key = request.headers.get("Idempotency-Key", "")
    if not (0 < len(key) <= KEY_MOST and key.isascii() and key.isprintable()):
        title = _("Send en Idempotency-Key: 1 til %(most)s tegn, den samme når du prøver igen", most=KEY_MOST)
        return problem(400, title, "idempotency")
    body = read_object(request.get_data())
    wish = read_wish(body, system.id)
    try:
        return _created(_book_once(system, key, json.dumps(body, sort_keys=True), wish))
    except Clash as clash:
        with db().writing() as session:  # the other times tell something about the citizen, too
            log_system_look(session, wish.citizen_id, BOOK, system_id=system.id)
        return taken(clash)


@bp.errorhandler(NotAnObject)
def not_an_object(_problem: NotAnObject) -> Response:
    return problem(400, _("Det, du sendte, er ikke et JSON-objekt"), "invalid")


@bp.errorhandler(Faulty)
def faulty(found: Faulty) -> Response:
    return invalid(found.faults)


@bp.errorhandler(NotBookable)
def not_bookable(refused: NotBookable) -> Response:
    return invalid([(refused.field, _(refused.reason, **refused.params))])


@bp.errorhandler(OtherBody)
def other_body(_refused: OtherBody) -> Response:
    return problem(422, _("Nøglen er brugt til noget andet"), "idempotency", field="Idempotency-Key")


def _book_once(system: System, key: str, body: str, wish: MeetingWish) -> Answer:
    """Book, and keep the answer under the key, in one transaction; or return the answer kept before."""
    now = clock()()

    def work(session: Session) -> Answer:
        known = first_answer(session, system.id, key, request_hash(BOOK, body), now)
        if known is None:
            meeting = booking.place(session, wish, now=now)
            address = url_for(".meeting", meeting_id=meeting.id)
            known = Answer(201, address, json.dumps(meeting_json(meeting, set(wish.with_ids))))
            keep_answer(session, system.id, key, known)
        log_system_look(session, wish.citizen_id, BOOK, system_id=system.id)
        return known

    return booking.attempt(db(), wish, work, now=now, closing_days=settings().site.closing_days)


def _created(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, mimetype="application/json")
    response.headers["Location"] = answer.location or ""
    return response


@bp.get("/api/v1/meetings/<uuid:meeting_id>")
@token_required("meetings")
def meeting(system: System, meeting_id: UUID) -> ResponseReturnValue:
    """A meeting that this system booked; of others it learns nothing."""
    with db().writing() as session:
        found = session.get(Meeting, meeting_id)
        if found is None or found.system_id != system.id:
            raise Missing
        people = select(Participant.subject_id).where(
            Participant.meeting_id == found.id, col(Participant.subject_id) != found.citizen_id
        )
        body = meeting_json(found, session.exec(people).all())
        log_system_look(session, found.citizen_id, READ, system_id=system.id)
    response = Response(json.dumps(body), mimetype="application/json")
    response.set_etag(str(body["sequence"]))
    return response


@bp.get("/problems/<kind>")
@public
def explain(kind: str) -> ResponseReturnValue:
    """What a problem's `type` means, for the people who connect the system."""
    if kind not in KINDS:
        abort(404)
    return page("api/problem.html", kind=kind)
