"""Stands in front of every route: find the citizen, decide, write the log, and only then let the view run.

The URL names the citizen (`/borgere/<uuid>/…`) or, on a citizen's own pages, nobody: then it is the reader.
Somebody without a tie is told 404, the same bytes as for a citizen who does not exist; somebody with a
tie but no right is told 403.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from uuid import UUID

from flask import Flask, abort, current_app, g
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from app.access.models import AccessLogEntry
from app.access.policy import Action, Actor, Subject, may, may_at_all, tie
from app.identity.login import account, ask_to_sign_in
from app.identity.rules import first_name
from app.web import clock, db

View = Callable[..., ResponseReturnValue]
FindSubject = Callable[..., tuple[Subject, str] | None]

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at whom, as the view and its templates need to know it."""

    actor: Actor
    subject: Subject
    tie: str
    citizen_name: str

    @property
    def own(self) -> bool:
        """True when citizens look at their own."""
        return self.tie == "self"

    @property
    def first_name(self) -> str:
        return first_name(self.citizen_name)

    @property
    def url_id(self) -> UUID | None:
        """The id to build addresses with: None on a citizen's own pages, which carry none."""
        return None if self.own else self.subject.citizen_id

    def may(self, action: str) -> bool:
        return may(self.actor, Action(action), self.subject)


def viewer() -> Viewer:
    """Return who looks at whom. Only inside a view behind `requires`."""
    return cast(Viewer, g.viewer)


def actor_of_request() -> Actor:
    return Actor(account().id, account().roles)


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
                return ask_to_sign_in()
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
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            found = _look(citizen_id)
            if not may(found.actor, action, found.subject):
                abort(403)
            if not found.own:
                log_looks([found.subject.citizen_id], action, found.tie)
            g.viewer = found
            return view(citizen_id=found.subject.citizen_id, **rest)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return put_in_front


def _look(citizen_id: UUID | None) -> Viewer:
    """Return who looks at whom; 404 when the citizen does not exist, or not for this reader."""
    actor = actor_of_request()
    if citizen_id is None and not account().is_citizen:
        abort(404)
    find: FindSubject = current_app.extensions["find_subject"]
    with db().reading() as session:
        known = find(session, citizen_id or actor.person_id, now=clock()())
    if known is None:
        abort(404)
    subject, name = known
    return Viewer(actor, subject, tie(actor, subject) or abort(404), name)


def log_looks(citizen_ids: Collection[UUID], action: Action, relation: str) -> None:
    """Write down, and commit, that the reader is about to see something of these citizens."""
    if not citizen_ids:
        return
    reader = account()
    with db().writing() as session:
        _write(session, citizen_ids, action, relation, actor_id=reader.id, department_id=reader.department_id)


def log_system_look(session: Session, citizen_id: UUID, action: str, *, system_id: UUID) -> None:
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
