"""/demo: everybody in the demo municipality, one tap each. Only a demo has these pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.access.guard import public
from app.demo.cast import CAST, CastMember
from app.demo.sign_in import sign_in_as
from app.i18n import gettext as _
from app.identity.rules import Role
from app.web.page import page

bp = Blueprint("demo", __name__)

STRANGER = "fremmed"


@dataclass(frozen=True, slots=True)
class CastGroup:
    """Some of the cast under one heading."""

    title: str
    people: tuple[CastMember, ...]


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
    return sign_in_as(one, "/" if one.role is Role.CITIZEN else "/borgere")


def _people_page(problem: str | None = None) -> ResponseReturnValue:
    return page("demo/index.html", status=422 if problem else 200, groups=list(_groups()), problem=problem)


def _groups() -> Iterator[CastGroup]:
    """Yield the cast in its own order, with a heading for each kind of people."""
    for title, people in groupby(CAST, _heading):
        yield CastGroup(title, tuple(people))


def _heading(one: CastMember) -> str:
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
