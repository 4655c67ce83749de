"""Det aftalte vi: those who help write it on a page of its own; the citizen adds own words on another.

It is read on the meeting's own page (templates/calendar/_minutes.html, with `shown_minutes_for` as `talk`).
"""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.consent.rules import ActingScope
from app.dates.local_time import danish_day
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.minutes.forms import BLANK_LINES, MinutesForm, OwnWordsForm, filled_in, line_count, minutes_form
from app.minutes.queries import list_doers, list_goals, read_shown_minutes
from app.minutes.rules import (
    LINES_MOST,
    OWN_WORDS_MOST,
    WORDS_MOST,
    MeetingNotBegun,
    MinutesChanged,
    MinutesState,
    MinutesTaken,
    ShownMinutes,
)
from app.minutes.service import add_own_words, save_minutes
from app.plan.queries import list_acting_with
from app.plan.texts import name_readers
from app.store.prepared import Reader
from app.web.context import clock, db, prepared_reader
from app.web.forms import new_key
from app.web.page import page

bp = Blueprint("minutes", __name__)

SHARE = "del"  # the value of the button that shares; the other one keeps a draft


def shown_minutes_for(session: Reader, citizen_id: UUID, meeting_id: UUID, *, now: datetime) -> ShownMinutes:
    """Return what whoever looks may see of what was agreed at a meeting: for the meeting's page."""
    return read_shown_minutes(session, citizen_id, meeting_id, viewer().reader, now=now)


@bp.get("/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>/referat")
@requires(Action.MINUTES_WRITE)
def write(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _write_page(citizen_id, meeting_id)


@bp.post("/borgere/<uuid:citizen_id>/kalender/<uuid:meeting_id>/referat")
@requires(Action.MINUTES_WRITE)
def save(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    form, now, by = _sent_form(citizen_id, meeting_id), clock()(), viewer().reader
    if not form.validate():
        return _write_page(citizen_id, meeting_id, form, status=422)
    share = request.form.get("gem") == SHARE
    try:
        kept = db().retrying(
            lambda session: (
                save_minutes(session, citizen_id, meeting_id, form.written, share=share, by=by, now=now).state
            )
        )
    except (MeetingNotBegun, MinutesTaken, MinutesChanged) as refused:
        form.say(_(refused.reason, **refused.params))
        return _write_page(citizen_id, meeting_id, form, status=409, refused=refused)
    if kept == MinutesState.SHARED:
        there = url_for("calendar.meeting", citizen_id=citizen_id, meeting_id=meeting_id, _anchor="aftalt")
        return redirect(there, code=303)
    return redirect(url_for(".write", citizen_id=citizen_id, meeting_id=meeting_id, nyt="kladde"), code=303)


@bp.get("/kalender/<uuid:meeting_id>/mine-ord")
@requires(Action.MINUTES_ANSWER)
def own_words(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return _own_words_page(citizen_id, meeting_id)


@bp.post("/kalender/<uuid:meeting_id>/mine-ord")
@requires(Action.MINUTES_ANSWER)
def save_own_words(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    form, now = OwnWordsForm(request.form), clock()()
    if not form.validate():
        return _own_words_page(citizen_id, meeting_id, form, status=422)
    words, seen = form.words.data, form.seen_at
    try:
        db().retrying(
            lambda session: add_own_words(session, citizen_id, meeting_id, words, seen=seen, now=now)
        )
    except MinutesChanged as refused:
        form.words.errors = [_(refused.reason)]
        return _own_words_page(citizen_id, meeting_id, form, status=409)
    address = url_for("calendar.meeting", meeting_id=meeting_id, nyt="ord", _anchor="aftalt")
    return redirect(address, code=303)


def _sent_form(citizen_id: UUID, meeting_id: UUID) -> MinutesForm:
    """Return the form as it was sent, with as many lines as it had."""
    part = shown_minutes_for(prepared_reader(), citizen_id, meeting_id, now=clock()())
    held_on = danish_day(part.meeting.starts_at)
    doers = list_doers(prepared_reader(), citizen_id, meeting_id)
    count = line_count(request.form.get("linjer"))
    return minutes_form(count, doers, first_day=held_on, goals=_goals(part))(request.form)


def _goals(part: ShownMinutes) -> list[tuple[UUID, str]]:
    """Return the goals that can be named: those the reader sees, and those that are named already."""
    seen = list_goals(prepared_reader(), viewer().subject)
    ids = {goal_id for goal_id, _words in seen}
    lines = part.minutes.open_lines if part.minutes else []
    others = dict.fromkeys(line.goal_id for line in lines if line.goal_id and line.goal_id not in ids)
    return [*seen, *((goal_id, _("Et mål, som andre har valgt")) for goal_id in others if goal_id)]


def _write_page(
    citizen_id: UUID,
    meeting_id: UUID,
    form: MinutesForm | None = None,
    *,
    status: int = 200,
    refused: Refused | None = None,
) -> ResponseReturnValue:
    """Show the form, with everything typed; if it was changed meanwhile, with what stands now beside it."""
    part = shown_minutes_for(prepared_reader(), citizen_id, meeting_id, now=clock()())
    if not part.allowed:
        raise Missing
    found, meeting = part.minutes, part.meeting
    if form is None:
        lines = len(found.lines) if found else 0
        count = len(found.open_lines if found else ()) + min(BLANK_LINES, LINES_MOST - lines)
        doers = list_doers(prepared_reader(), citizen_id, meeting_id)
        made = minutes_form(count, doers, first_day=danish_day(meeting.starts_at), goals=_goals(part))
        form = made(data=filled_in(found), key=new_key(), linjer=str(count))
    changed = isinstance(refused, MinutesChanged)
    if changed and found:
        form.version.data = str(found.version)  # read now: what is sent next stands
    return page(
        "minutes/write.html",
        status=status,
        meeting=meeting,
        part=part,
        form=form,
        changed=changed,
        told=_("Din kladde er gemt.") if request.args.get("nyt") == "kladde" else "",
        share=SHARE,
        most=WORDS_MOST,
    )


def _own_words_page(
    citizen_id: UUID, meeting_id: UUID, form: OwnWordsForm | None = None, *, status: int = 200
) -> ResponseReturnValue:
    part = shown_minutes_for(prepared_reader(), citizen_id, meeting_id, now=clock()())
    found = part.minutes
    if found is None:
        raise Missing
    seen = found.own_words_at.isoformat() if found.own_words_at else ""
    if form is None:
        form = OwnWordsForm(key=new_key(), seen=seen, words=found.own_words)
    stands = found.own_words if form.seen.data != seen else None
    acting = list_acting_with(prepared_reader(), citizen_id, ActingScope.MEETINGS, now=clock()())
    form.seen.data = seen  # what stands is shown: what is sent next replaces it
    return page(
        "minutes/own_words.html",
        status=status,
        meeting=part.meeting,
        minutes=found,
        form=form,
        stands=stands,
        also_read=[] if part.meeting.hidden else name_readers(acting),
        most=OWN_WORDS_MOST,
    )
