"""/demo: everybody in the demo municipality, one tap each. Only a demo has these pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access.guard import public
from app.demo.cast import CAST, CastMember, person_id
from app.demo.sign_in import sign_in_as
from app.i18n import gettext as _
from app.identity.login import wanted_page
from app.identity.navigation import first_page, page_after_step_up, step_up_named
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
    """List the people; whoever must show once more who they are stands first."""
    again = _again()
    me = next((one for one in CAST if again and person_id(one.slug) == current_user.id), None)
    return _people_page(again=again if me else "", me=me)


def _again() -> str:
    return step_up_named(request.values.get("igen")) if current_user.is_authenticated else ""


@bp.post("/demo/log-ind")
@public
def sign_in() -> ResponseReturnValue:
    wanted = request.form.get("person", "")
    one = next((one for one in CAST if one.slug == wanted), None)
    if one is None:
        return _people_page(problem=_("Vælg en af personerne på listen."))
    again = _again()
    same = again and person_id(one.slug) == current_user.id
    back = page_after_step_up(again, done=True) if same else ""
    roles = frozenset({one.role})
    wanted = wanted_page(roles) if request.form.get("til") else ""
    return sign_in_as(one, back or wanted or first_page(roles))


def _people_page(*, problem: str = "", again: str = "", me: CastMember | None = None) -> ResponseReturnValue:
    groups = [*([CastGroup(_("Vælg dig selv igen"), (me,))] if me else []), *_groups()]
    status = 422 if problem else 200
    return page("demo/index.html", status=status, groups=groups, problem=problem, again=again)


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
