"""/borgere/…/kalender/dag: one day of the citizen, the reader and chosen colleagues, side by side."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guard import requires, viewer
from app.access.policy import Action, Field
from app.calendar.staff.day_view import (
    ONE_DAY,
    DayColumn,
    read_taken_times,
    with_own_calendar,
    with_wishes,
)
from app.calendar.staff.proposal import InvitableHelper, invitable_ids, list_invitable
from app.dates.local_time import danish_day
from app.i18n import gettext as _
from app.meetings.rules import FARTHEST
from app.scheduling.queries import list_uncertain
from app.scheduling.texts import uncertain_text
from app.web.context import clock, prepared_reader
from app.web.page import page

bp = Blueprint("day", __name__)


@bp.get("/borgere/<uuid:citizen_id>/kalender/dag")
@requires(Action.MEETING_PROPOSE)
def index(citizen_id: UUID) -> ResponseReturnValue:
    """The citizen's day, the reader's own and chosen colleagues', side by side. Why is told to nobody."""
    chosen, reader, seen = _chosen_day(request.args.get("dato")), prepared_reader(), viewer()
    now, known = clock()(), invitable_ids(seen.reader)
    helpers = list_invitable(reader, known - {seen.actor.person_id})
    wanted = set(request.args.getlist("med"))
    others = [one for one in helpers if str(one.id) in wanted]
    theirs = read_taken_times(reader, citizen_id, seen.reader, chosen, now=now)
    if seen.may_see(Field.WISHES):
        theirs = with_wishes(reader, theirs, citizen_id, chosen)
    return page(
        "calendar/staff/day.html",
        day=chosen,
        turns=[
            (day, url_for(".index", citizen_id=citizen_id, dato=day, med=[one.id for one in others]))
            for day in (chosen - ONE_DAY, chosen + ONE_DAY)
        ],
        columns=[DayColumn(seen.first_name, theirs), *_columns_of_helpers(others, chosen)],
        helpers=helpers,
        chosen=[one.id for one in others],
    )


def _columns_of_helpers(others: Sequence[InvitableHelper], day: date) -> list[DayColumn]:
    """Return the reader's own day, and these colleagues'; what we can't know of it is said."""
    reader, me, now = prepared_reader(), viewer().reader, clock()()
    people = [(me.id, _("Du selv")), *((one.id, one.name) for one in others)]
    unsure = {
        one.person_id: uncertain_text(one, me.id)
        for one in list_uncertain(reader, [one for one, _name in people], now=now, day=day)
    }
    return [
        DayColumn(
            title,
            with_own_calendar(reader, read_taken_times(reader, one, me, day, now=now), one, day),
            unsure.get(one, ""),
        )
        for one, title in people
    ]


def _chosen_day(said: str | None) -> date:
    """Return the day that was asked for, within two years of today; today if it is none."""
    today = danish_day(clock()())
    try:
        found = date.fromisoformat(said or "")
    except ValueError:
        return today
    return found if abs(found - today) <= FARTHEST else today
