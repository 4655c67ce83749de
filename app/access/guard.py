"""Stands in front of every route: find the citizen, decide, write the log, and only then let the view run.

The URL names the citizen (`/borgere/<uuid>/…`) or, on a citizen's own pages, nobody: then it is the reader.
Somebody without a tie is told 404, the same bytes as for a citizen who does not exist; somebody with a
tie but no right is told 403.
"""

from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.access.access_log import write_list, write_views
from app.access.models import AccessLogEntry
from app.access.policy import (
    Action,
    Actor,
    Field,
    Subject,
    SubjectReader,
    Tie,
    may,
    may_at_all,
    may_see,
)
from app.access.tie_roles import ties_held
from app.dates.local_time import danish_day
from app.i18n import clock_time, near_day
from app.i18n import gettext as _
from app.identity.login import login_manager, refuse_another_sender
from app.identity.rules import first_name
from app.identity.sessions import Account
from app.store.prepared import PreparedReader
from app.web.context import become_anonymous, clock, db, prepared_reader
from app.web.error_pages import error_texts, problem_page
from app.web.request_deadline import READING

View = Callable[..., ResponseReturnValue]
FindSubject = Callable[..., "tuple[Subject, SubjectCitizen] | None"]
ReadHeader = Callable[..., Hashable]

PUBLIC = "public"


class LookNotLogged(Exception):
    """The access log can't be written, so nothing is shown of `seen`; None: of several, as on a list."""

    def __init__(self, seen: "Viewer | None" = None) -> None:
        super().__init__("the access log can't be written")
        self.seen = seen


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
    def reader(self) -> SubjectReader:
        """Who looks, as the services and queries need to know it."""
        return SubjectReader(self.actor.person_id, self.subject)

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


def citizen_header() -> Hashable:
    """Return what stands above everything of a citizen, for those who help; None on one's own pages.

    Read once for each answer, so that a page that is kept hangs on the very header that stands in it.
    """
    seen: Viewer | None = g.get("viewer")
    if seen is None or seen.own:
        return None
    if "citizen_header" not in g:
        read: ReadHeader = current_app.extensions["read_header"]
        g.citizen_header = read(prepared_reader(), seen.reader, now=clock()())
    found: Hashable = g.citizen_header
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
            if not may_enter(action):
                abort(404)
            return view(**rest)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return put_in_front


def or_for_helpers(theirs: View) -> Callable[[View], View]:
    """Show `theirs` at an address that names no citizen to those who are none; citizens have their own there.

    `theirs` stands behind `allows`, and its action says who has the place in the bar.
    """

    def put_in_front(view: View) -> View:
        @wraps(view)
        def either(citizen_id: UUID | None = None) -> ResponseReturnValue:
            helper = current_user.is_authenticated and not current_user.is_citizen
            return theirs() if citizen_id is None and helper else view(citizen_id=citizen_id)

        either.helper_action = getattr(theirs, "action")  # type: ignore[attr-defined]  # noqa: B009
        return either

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
            g.viewer = found = admit_reader(citizen_id, action)
            return view(citizen_id=found.subject.citizen_id, **rest)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return put_in_front


def admit_reader(citizen_id: UUID | None, action: Action) -> Viewer:
    """Let who is signed in come to a citizen, also one that a form names, or not: as `admit`."""
    reader: Any = current_user._get_current_object()
    return admit(current_app, prepared_reader(), reader, citizen_id=citizen_id, action=action, now=clock()())


def may_open(endpoint: str, subject: Subject) -> bool:
    """Say whether the reader of `subject` may open that page about them."""
    action: Action = getattr(current_app.view_functions[endpoint], "action")  # noqa: B009 — set by `requires`
    return may(subject, action)


def still_may(action: Action) -> bool:
    """Say whether the reader may still do `action` for the citizen of this request, after what it did."""
    reader = current_user._get_current_object()
    if not reader.is_authenticated:
        return False
    found = find_view(current_app, prepared_reader(), reader, viewer().url_id, now=clock()())
    return found is not None and may(found.subject, action)


def may_enter(action: Action) -> bool:
    """Say whether the reader's roles allow `action`, which names no citizen."""
    return may_at_all(actor_of_request(), action)


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

    Raises:
        LookNotLogged: it can't be written down now.
    """
    found = find_view(app, ask, reader, citizen_id, now=now)
    if found is None:
        abort(404)
    if not may(found.subject, action):
        abort(403)
    if not found.own:
        with _logged(found):
            write_views(app.extensions["db"], reader, [found.subject], action, now=now)
    return found


@contextmanager
def _logged(seen: Viewer | None = None) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as trouble:
        raise LookNotLogged(seen) from trouble


def find_view(
    app: Flask, ask: PreparedReader, reader: Account, citizen_id: UUID | None, *, now: datetime
) -> Viewer | None:
    """Return who looks at whom as it is at `now`; None when there is no tie. Decides nothing: ask `admit`."""
    if citizen_id is None and not reader.is_citizen:
        return None
    find: FindSubject = app.extensions["find_subject"]
    known = find(ask, citizen_id or reader.id, reader.id, now=now)
    if known is None:
        return None
    subject, citizen = known
    ties = ties_held(subject.ties, reader.roles)  # somebody who works here no more may be a citizen still
    if not ties:
        return None
    held = subject if ties == subject.ties else replace(subject, ties=ties)
    return Viewer(Actor(reader.id, reader.roles), held, citizen)


def log_views(subjects: Collection[Subject], action: Action) -> None:
    """Write down, and commit, that the reader is about to see something of each of these citizens."""
    with _logged():
        write_views(db(), current_user._get_current_object(), subjects, action, now=clock()())


def log_list(subjects: Collection[Subject], action: Action) -> None:
    """Write down, and commit, that the reader is about to see these citizens as one list: one of `LISTS`."""
    with _logged():
        write_list(db(), current_user._get_current_object(), subjects, action, now=clock()())


def log_system_view(session: Session, citizen_id: UUID, action: str, *, system_id: UUID) -> None:
    """Write down that another system asks about a citizen, in the caller's transaction."""
    now = clock()()
    session.add(
        AccessLogEntry(at=now, citizen_id=citizen_id, action=action, relation="system", system_id=system_id)
    )


def init_app(app: Flask, find_subject: FindSubject, read_header: ReadHeader) -> None:
    """Tell the guard how to find a citizen's ties, and their header; both live above this floor."""
    app.extensions.update(find_subject=find_subject, read_header=read_header)
    app.register_error_handler(LookNotLogged, _not_logged)

    @app.context_processor
    def whom() -> dict[str, Any]:
        return {"viewer": g.get("viewer"), "citizen_header": citizen_header}


def _not_logged(problem: LookNotLogged) -> Response:
    """Show nothing of a citizen but when the next meeting is, to one who may know that."""
    title, lead = error_texts(503)
    if request.method in READING:
        lead = _(
            "Vi skriver ned, hver gang en anden end borgeren ser noget. Det kan vi ikke lige nu, så vi viser"
            " det ikke. Det er vores fejl. Prøv igen om lidt, eller ring til os."
        )
    meeting = _next_meeting(problem.seen) if problem.seen else ""
    become_anonymous()  # the page is drawn without asking the database who reads it
    return problem_page(503, title, lead, also=meeting)


def _next_meeting(seen: Viewer) -> str:
    try:
        header: Any = current_app.extensions["read_header"](prepared_reader(), seen.reader, now=clock()())
    except SQLAlchemyError:
        return ""
    if not header.meetings:
        return ""
    starts_at, today = header.meetings[0].starts_at, danish_day(clock()())
    day = near_day(danish_day(starts_at), today)
    return _("Borgerens næste møde er %(day)s kl. %(time)s.", day=day, time=clock_time(starts_at))
