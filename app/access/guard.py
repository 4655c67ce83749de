"""Stands in front of every route: find the citizen, decide, write the log, and only then let the view run.

The URL names the citizen (`/borgere/<uuid>/…`) or, on a citizen's own pages, nobody: then it is the reader.
Somebody without a tie is told 404, the same bytes as for a citizen who does not exist; somebody with a
tie but no right is told 403.
"""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Flask, abort, current_app, g
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from app.access.models import AccessLogEntry
from app.access.policy import Action, Actor, Field, Subject, Tie, may, may_at_all, may_see
from app.identity.login import login_manager, refuse_another_sender
from app.identity.rules import first_name
from app.identity.sessions import Account, AnonymousUser
from app.store.prepared import PreparedReader
from app.web.context import clock, prepared_reader

View = Callable[..., ResponseReturnValue]
FindSubject = Callable[..., "tuple[Subject, SubjectCitizen] | None"]

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class SubjectCitizen:
    """Whom a page is about: their name, and the state of what is shown of them.

    That is the plan's own, who is tied to them, and a count of changed names: each another after a change.
    """

    name: str
    plan: Hashable = None
    everybody: Hashable = None
    shown: Hashable = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at whom, as the view and its templates need to know it."""

    actor: Actor
    subject: Subject
    citizen: SubjectCitizen

    @property
    def citizen_name(self) -> str:
        return self.citizen.name

    @property
    def own(self) -> bool:
        """True when citizens look at their own."""
        return Tie.SELF in self.subject.ties

    @property
    def first_name(self) -> str:
        return first_name(self.citizen.name)

    @property
    def url_id(self) -> UUID | None:
        """The id to build addresses with: None on a citizen's own pages, which carry none."""
        return None if self.own else self.subject.citizen_id

    def may(self, action: str) -> bool:
        return may(self.subject, Action(action))

    def may_see(self, field: str) -> bool:
        return may_see(self.subject, Field(field))


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
            found = admit(
                current_app, prepared_reader(), reader, citizen_id=citizen_id, action=action, now=clock()()
            )
            g.viewer = found
            return view(citizen_id=found.subject.citizen_id, **rest)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return put_in_front


def may_open(endpoint: str, citizen_id: UUID) -> bool:
    """Say whether the reader may open that page about that citizen now."""
    reader: Any = current_user._get_current_object()
    found = find_view(current_app, prepared_reader(), reader, citizen_id, now=clock()())
    action: str = getattr(current_app.view_functions[endpoint], "action")  # noqa: B009 — set by `requires`
    return found is not None and found.may(action)


def admit(
    app: Flask,
    ask: PreparedReader,
    reader: Account,
    *,
    citizen_id: UUID | None,
    action: Action,
    now: datetime,
) -> Viewer:
    """Return who looks at whom, the look written down: nobody comes to anything of a citizen but by this.

    `citizen_id` None is the reader's own page. Aborts with 404 when the citizen does not exist, or not for
    this reader, and with 403 when the table says no to `action`.
    """
    found = find_view(app, ask, reader, citizen_id, now=now)
    if found is None:
        abort(404)
    if not may(found.subject, action):
        abort(403)
    if not found.own:
        _log(app, reader, [found.subject], action, now)
    return found


def find_view(
    app: Flask, ask: PreparedReader, reader: Account, citizen_id: UUID | None, *, now: datetime
) -> Viewer | None:
    """Return who looks at whom as it is at `now`; None when there is no tie. Decides nothing: ask `admit`."""
    if citizen_id is None and not reader.is_citizen:
        return None
    find: FindSubject = app.extensions["find_subject"]
    known = find(ask, citizen_id or reader.id, reader.id, now=now)
    if known is None or not known[0].ties:
        return None
    return Viewer(Actor(reader.id, reader.roles), *known)


def log_views(subjects: Collection[Subject], action: Action) -> None:
    """Write down, and commit, that the reader is about to see something of these citizens."""
    _log(current_app, current_user._get_current_object(), subjects, action, clock()())


def _log(
    app: Flask, reader: Account | AnonymousUser, subjects: Collection[Subject], action: Action, now: datetime
) -> None:
    if not subjects:
        return
    with app.extensions["db"].writing() as session:
        session.add_all(
            AccessLogEntry(
                at=now,
                citizen_id=one.citizen_id,
                action=str(action),
                relation=str(one.nearest),
                actor_id=reader.id,
                department_id=reader.department_id,
            )
            for one in subjects
        )


def log_system_view(session: Session, citizen_id: UUID, action: str, *, system_id: UUID) -> None:
    """Write down that another system asks about a citizen, in the caller's transaction."""
    now = clock()()
    session.add(
        AccessLogEntry(at=now, citizen_id=citizen_id, action=action, relation="system", system_id=system_id)
    )


def init_app(app: Flask, find_subject: FindSubject) -> None:
    """Tell the guard how to find a citizen's ties; they live above this floor."""
    app.extensions["find_subject"] = find_subject

    @app.context_processor
    def whom() -> dict[str, Any]:
        return {"viewer": g.get("viewer")}
