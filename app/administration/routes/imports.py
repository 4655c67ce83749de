"""/administration/hent-ind: a list of people, seen line by line before it is taken.

The file goes back to the browser with what it would do, and comes again with the yes: no server keeps a list
of people, and of two servers behind one address either can take it.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from app.access.act_kinds import ActKind
from app.access.guard import allows
from app.access.policy import Action
from app.administration.forms.acts import KEY_CHANGES, ImportForm
from app.administration.queries import find_act
from app.administration.routes.overview import texts
from app.administration.service import LINES_MOST, ImportToRecord, find_import, record_import
from app.i18n import gettext as _
from app.people_import.line_errors import BadFile
from app.people_import.rules import COLUMNS
from app.people_import.service import ImportOptions, PeopleImportReport, import_people
from app.store.key_fingerprint import OtherSecretKey
from app.typed_text import read_id
from app.web.context import clock, db, prepared_reader, settings
from app.web.events import Event, record_event
from app.web.page import page

bp = Blueprint("administration_import", __name__)
bp.context_processor(texts)

# Of a file: some three thousand people. Others wait with what they write while it is tried, three seconds by
# then, and are told no after five; larger files are for the terminal, at night.
MOST_BYTES = 256 * 1024
MOST_SENT = 2 * MOST_BYTES  # of a request: the file comes back as letters, a third longer
MOST_LINES = 200  # that are shown of what is wrong, and of what would change


class OtherwiseThanShown(Exception):
    """The file would do something else now than it would when it was shown."""


@bp.before_request
def take_larger() -> None:
    """Take a larger request than others, of who is signed in: the guard reads the form before the view."""
    if current_user.is_authenticated:
        request.max_content_length = request.max_form_memory_size = MOST_SENT


@bp.errorhandler(OtherSecretKey)
def say_other_key(_other: OtherSecretKey) -> ResponseReturnValue:
    """Say that no list can be looked at now: a number would be taken for that of somebody new."""
    form = ImportForm(request.form)
    form.say(str(KEY_CHANGES))
    return _page(form, status=503)


@bp.get("/administration/hent-ind")
@allows(Action.PEOPLE_IMPORT)
def index() -> ResponseReturnValue:
    done = find_act(prepared_reader(), read_id(request.args.get("gjort")))
    return _page(ImportForm(), done=done if done and done.kind is ActKind.PEOPLE_IMPORTED else None)


@bp.post("/administration/hent-ind")
@allows(Action.PEOPLE_IMPORT)
def preview() -> ResponseReturnValue:
    """Show what a file would do; nothing is changed."""
    form, raw = ImportForm(request.form), _uploaded()
    if raw is None:
        form.file.errors = [_("Vælg en CSV-fil på højst 256 kB. Større filer hentes ind på serveren.")]
        return _page(form, status=422)
    return _preview_page(form, raw)


@bp.post("/administration/hent-ind/gem")
@allows(Action.PEOPLE_IMPORT)
def take() -> ResponseReturnValue:
    """Take the file that was shown, if it still does what was shown."""
    form, raw = ImportForm(request.form), _carried()
    if raw is None:
        form.say(_("Filen kom ikke med. Vælg den igen. Intet er ændret."))
        return _page(form, status=422)
    try:
        act_id = _take(form, raw)
    except BadFile as bad:
        _record_refused(bad)
        return _refused_page(form, bad)
    except OtherwiseThanShown:
        before = _taken_before(raw)
        if before is not None:  # tapped twice
            return redirect(url_for(".index", gjort=before), code=303)
        changed = _("Noget er ændret, siden du så det. Intet er hentet ind. Se det igennem igen.")
        return _preview_page(form, raw, changed, status=409)
    record_event(Event.PEOPLE_IMPORTED)
    return redirect(url_for(".index", gjort=act_id), code=303)


def _take(form: ImportForm, raw: bytes) -> UUID:
    now, me, seen = clock()(), current_user.id, request.form.get("seen", "")
    acts: list[UUID] = []

    def check(session: Session, report: PeopleImportReport) -> None:
        if report_mark(report) != seen:
            raise OtherwiseThanShown
        told = ImportToRecord(ActKind.PEOPLE_IMPORTED, report.sentences(), checksum=_checksum(raw))
        acts.append(record_import(session, told, by=me, now=now))

    _run(raw, new_departments=form.new_departments.data, before_commit=check)
    return acts[-1]


def _run(raw: bytes, **options: Any) -> PeopleImportReport:
    site = settings()
    asked = ImportOptions(old_key=site.secret_key_old, **options)
    return import_people(db(), site.site, site.secret_key, raw, now=clock()(), options=asked)


def report_mark(report: PeopleImportReport) -> str:
    """Return a mark of all that a report says: another as soon as the file would do something else."""
    return hashlib.sha256("\n".join([*report.sentences(), *report.notices]).encode()).hexdigest()[:32]


def _checksum(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _uploaded() -> bytes | None:
    """Return the file that was chosen; None: none, an empty one, or one that is too large."""
    sent = request.files.get("file")
    if sent is None:
        return None
    with closing(sent):  # a large one lies in a file of its own until then
        raw = sent.stream.read(MOST_BYTES + 1)
    return raw if 0 < len(raw) <= MOST_BYTES else None


def _carried() -> bytes | None:
    """Return the file that came back with the yes; None: it is not the one that was shown."""
    try:
        raw = urlsafe_b64decode(request.form.get("content", "").encode())
    except (Error, ValueError):
        return None
    return raw if raw and _checksum(raw) == request.form.get("checksum") else None


def _record_refused(bad: BadFile) -> None:
    now, me = clock()(), current_user.id
    told = ImportToRecord(ActKind.IMPORT_REFUSED, bad.sentences(LINES_MOST), number=len(bad.lines))
    db().retrying(lambda session: record_import(session, told, by=me, now=now))
    record_event(Event.IMPORT_REFUSED, lines=len(bad.lines))


def _taken_before(raw: bytes) -> UUID | None:
    with db().reading() as session:
        return find_import(session, _checksum(raw), by=current_user.id, now=clock()())


def _preview_page(
    form: ImportForm, raw: bytes, changed: str = "", *, status: int = 200
) -> ResponseReturnValue:
    try:
        report = _run(raw, new_departments=form.new_departments.data, preview=True)
    except BadFile as bad:
        return _refused_page(form, bad)
    return page(
        "administration/import_preview.html",
        status=status,
        form=form,
        report=report,
        changes=any(report.new.values()) or any(report.changed.values()) or report.notices,
        most=MOST_LINES,
        changed=changed,
        seen=report_mark(report),
        content=urlsafe_b64encode(raw).decode(),
        checksum=_checksum(raw),
    )


def _refused_page(form: ImportForm, bad: BadFile) -> ResponseReturnValue:
    return page(
        "administration/import_refused.html",
        status=422,
        form=form,
        lines=bad.sentences(MOST_LINES),
        number=len(bad.lines),
    )


def _page(form: ImportForm, *, status: int = 200, done: Any = None) -> ResponseReturnValue:
    return page("administration/import.html", status=status, form=form, columns=COLUMNS, done=done)
