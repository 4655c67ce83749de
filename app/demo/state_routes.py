"""/demo/tilstande: every page in every state, one tap each. /demo/fejl: every error page."""

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import MethodNotAllowed

from app.access.guard import public
from app.demo.cast import CAST, CastMember, person_id
from app.demo.sign_in import sign_in_as
from app.demo.state_list import PAGES
from app.demo.state_rows import EXTRA
from app.demo.states import PageState, PageStates, StateContext, find_state
from app.errors import Refused
from app.web.context import clock, db, settings
from app.web.page import page

bp = Blueprint("states", __name__)

PEOPLE = {one.slug: one for one in (*CAST, *EXTRA)}
PLAIN_CODES = {"400": 400, "401": 401, "403": 403, "404": 404, "413": 413, "429": 429}


class DemoConflict(Refused):
    """What a page is told when somebody was first."""

    reason = "Det er ændret imens."


@bp.get("/demo/tilstande")
@public
def index() -> ResponseReturnValue:
    return page("demo/states.html", pages=PAGES, people=PEOPLE)


@bp.get("/demo/tilstande/<key>")
@public
def one(key: str) -> ResponseReturnValue:
    """Say what a state is, and hold the form that brings it about."""
    about, state = _find(key)
    who, reader_id = _person(state), current_user.id if current_user.is_authenticated else None
    is_there = reader_id == (person_id(who.slug) if who else None)
    address = _address(state) if state.sends is not None and is_there else None
    return page("demo/state.html", about=about, state=state, who=who, address=address)


@bp.post("/demo/tilstande/<key>")
@public
def show(key: str) -> ResponseReturnValue:
    """Put the demo in the state, become the one who sees it, and go there."""
    _about, state = _find(key)
    address = _prepared(state)
    return sign_in_as(_person(state), url_for(".one", key=key) if state.sends is not None else address)


@bp.get("/demo/fejl/<code>")
@public
def error(code: str) -> ResponseReturnValue:
    """Fail as the real thing would, so that the real error page is drawn."""
    if code in PLAIN_CODES:
        abort(PLAIN_CODES[code])
    match code:
        case "405":
            raise MethodNotAllowed(valid_methods=["POST"])
        case "409":
            raise DemoConflict
        case "500":
            raise RuntimeError("a demo of a fault of ours")
        case "503":
            raise OperationalError("a demo of a database that is away", None, RuntimeError())
    abort(404)


def _find(key: str) -> tuple[PageStates, PageState]:
    return find_state(PAGES, key) or abort(404)


def _person(state: PageState) -> CastMember | None:
    return PEOPLE[state.who] if state.who else None


def _address(state: PageState) -> str | None:
    """Return the address of a state whose rows are there; None if they are not."""
    if state.rows is None:
        return state.address
    with db().reading() as session:
        found = state.rows.find(session)
    return state.address.replace("{id}", found) if found else None


def _prepared(state: PageState) -> str:
    """Return the address of a state, with its rows laid in one transaction if they were not there."""
    rows = state.rows
    if rows is None:
        return state.address
    now = clock()()
    with db().writing() as session:
        found = rows.find(session) or rows.make(StateContext(session, settings(), now))
    return state.address.replace("{id}", found)
