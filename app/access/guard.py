"""Stands in front of every route: find the citizen, decide, write the log, and only then let the view run.

The URL names the citizen (`/borgere/<uuid>/…`) or, on a citizen's own pages, nobody: then it is the reader.
Somebody without a tie is told 404, the same bytes as for a citizen who does not exist; somebody with a
tie but no right is told 403.
"""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any
from uuid import UUID

from flask import Flask, abort, current_app, g
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from app.access.models import AccessLogEntry
from app.access.policy import Action, Actor, Subject, may, may_at_all, tie
from app.identity.login import login_manager, refuse_another_sender
from app.identity.rules import first_name
from app.identity.sessions import Account
from app.web.context import clock, db, prepared_reader

View = Callable[..., ResponseReturnValue]
FindSubject = Callable[..., "tuple[Subject, SubjectCitizen] | None"]

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class SubjectCitizen:
    """Whom a page is about: their name, and the state of their plan, another after each change in it."""

    name: str
    plan: Hashable


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at whom, as the view and its templates need to know it."""

    actor: Actor
    subject: Subject
    tie: str
    citizen: SubjectCitizen

    @property
    def citizen_name(self) -> str:
        return self.citizen.name

    @property
    def own(self) -> bool:
        """True when citizens look at their own."""
        return self.tie == "self"

    @property
    def first_name(self) -> str:
        return first_name(self.citizen.name)

    @property
    def url_id(self) -> UUID | None:
        """The id to build addresses with: None on a citizen's own pages, which carry none."""
        return None if self.own else self.subject.citizen_id

    def may(self, action: str) -> bool:
        return may(self.actor, Action(action), self.subject)


def viewer() -> Viewer:
    """Return who looks at whom. Only inside a view behind `requires`."""
    found: Viewer = g.viewer
    return found


def actor_of_request() -> Actor:
    return Actor(current_user.id, current_user.roles)


def public(view: View) -> View:
    """Mark a view that anybody may open, signed in or not."""
    view.action = PUBLIC  # type: ignore[attr-defined]
    return view


def allows(action: Action) -> Callable[[View], View]:
    """Let the view run if a role allows `action`, which names no citizen. Others are told 404."""

    def put_in_front(view: View) -> View:
        @wraps(view)
        def guarded(**rest: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            refuse_another_sender(current_user)
            if not may_at_all(actor_of_request(), action):
                abort(404)
            return view(**rest)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return put_in_front


def requires(action: Action) -> Callable[[View], View]:
    """Let the view run only if the table says so for the citizen it is about. The view gets `citizen_id`."""

    def put_in_front(view: View) -> View:
        @wraps(view)
        def guarded(citizen_id: UUID | None = None, **rest: Any) -> ResponseReturnValue:
            reader = current_user._get_current_object()  # asked for several times on the way
            if not reader.is_authenticated:
                return login_manager.unauthorized()
            refuse_another_sender(reader)
            found = view_of(reader, citizen_id)
            if not may(found.actor, action, found.subject):
                abort(403)
            if not found.own:
                log_views([found.subject.citizen_id], action, found.tie)
            g.viewer = found
            return view(citizen_id=found.subject.citizen_id, **rest)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return put_in_front


def view_of(reader: Account, citizen_id: UUID | None) -> Viewer:
    """Return who looks at whom as it is now; 404 as `find_view` finds none."""
    return _find_view_now(reader, citizen_id) or abort(404)


def may_open(endpoint: str, citizen_id: UUID) -> bool:
    """Say whether the reader may open that page about that citizen now."""
    found = _find_view_now(current_user._get_current_object(), citizen_id)
    action: str = getattr(current_app.view_functions[endpoint], "action")  # noqa: B009 — set by `requires`
    return found is not None and found.may(action)


def _find_view_now(reader: Any, citizen_id: UUID | None) -> Viewer | None:
    find: FindSubject = current_app.extensions["find_subject"]
    return find_view(partial(find, prepared_reader(), now=clock()()), reader, citizen_id)


def find_view(
    find: Callable[[UUID], tuple[Subject, SubjectCitizen] | None], reader: Account, citizen_id: UUID | None
) -> Viewer | None:
    """Return who looks at whom; None when the citizen does not exist, or not for this reader.

    `citizen_id` None is the reader's own page.
    """
    if citizen_id is None and not reader.is_citizen:
        return None
    actor = Actor(reader.id, reader.roles)
    known = find(citizen_id or actor.person_id)
    relation = known and tie(actor, known[0])
    return Viewer(actor, known[0], relation, known[1]) if known and relation else None


def log_views(citizen_ids: Collection[UUID], action: Action, relation: str) -> None:
    """Write down, and commit, that the reader is about to see something of these citizens."""
    if not citizen_ids:
        return
    who = {"actor_id": current_user.id, "department_id": current_user.department_id}
    with db().writing() as session:
        _write(session, citizen_ids, action, relation, **who)


def log_system_view(session: Session, citizen_id: UUID, action: str, *, system_id: UUID) -> None:
    """Write down that another system asks about a citizen, in the caller's transaction."""
    _write(session, [citizen_id], action, "system", system_id=system_id)


def _write(session: Session, citizen_ids: Collection[UUID], action: str, relation: str, **who: Any) -> None:
    now = clock()()
    session.add_all(
        AccessLogEntry(at=now, citizen_id=one, action=str(action), relation=relation, **who)
        for one in citizen_ids
    )


def init_app(app: Flask, find_subject: FindSubject) -> None:
    """Tell the guard how to find a citizen's ties; they live above this floor."""
    app.extensions["find_subject"] = find_subject

    @app.context_processor
    def whom() -> dict[str, Any]:
        return {"viewer": g.get("viewer")}
