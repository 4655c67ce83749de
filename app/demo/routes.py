"""/demo: everybody in the demo municipality, one tap each. Only a demo has these pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.access.guard import public
from app.demo.people import CAST, Cast, person_id
from app.i18n import gettext as _
from app.identity.login import find_account, let_in
from app.identity.rules import Role
from app.identity.sessions import open_session, revoke_session
from app.web import clock, db, page

bp = Blueprint("demo", __name__)

STRANGER = "fremmed"


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the cast under one heading."""

    title: str
    people: tuple[Cast, ...]


@bp.get("/demo")
@public
def index() -> ResponseReturnValue:
    return _people_page()


@bp.post("/demo/log-ind")
@public
def sign_in() -> ResponseReturnValue:
    wanted = request.form.get("person", "")
    one = next((one for one in CAST if one.slug == wanted), None)
    if one is None:
        return _people_page(problem=_("Vælg en af personerne på listen."))
    before, now = find_account(), clock()()
    with db().writing() as session:
        if before is not None:
            revoke_session(session, before.session_id, now=now)
        token = open_session(session, person_id(one.slug), now=now)
    home = "/" if one.role is Role.CITIZEN else "/borgere"
    language = dict(one.more or {}).get("language", "da")
    return let_in(make_response(redirect(home, code=303)), token, language)


def _people_page(problem: str | None = None) -> ResponseReturnValue:
    return page("demo/index.html", status=422 if problem else 200, groups=list(_groups()), problem=problem)


def _groups() -> Iterator[Group]:
    """Yield the cast in its own order, with a heading for each kind of people."""
    for title, people in groupby(CAST, _heading):
        yield Group(title, tuple(people))


def _heading(one: Cast) -> str:
    if one.slug == STRANGER:
        return _("En borger for sig selv")
    return {
        Role.CITIZEN: _("Borgere"),
        Role.CONTACT: _("Dem, der hjælper"),
        Role.PROFESSIONAL: _("Dem, der hjælper"),
        Role.LEADER: _("Leder og administrator"),
        Role.ADMINISTRATOR: _("Leder og administrator"),
        Role.REPRESENTATIVE: _("Pårørende"),
    }[one.role]
