"""/borgere/…/aflys-resten: call off what is left of a series of meetings, with one reason and one message."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.calendar import booking
from app.calendar.models import Meeting
from app.calendar.rules import MeetingIsOver
from app.calendar.staffing import changing
from app.calendar.staffing.change_routes import OF_MEETING
from app.calendar.staffing.ending import left_of_series, opened, sealed
from app.calendar.staffing.forms import EndForm
from app.calendar.staffing.sheets import On, Sent, Sheet, get_theirs, send, show
from app.calendar.staffing.told import Done
from app.clock import danish_day
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.web import db

bp = Blueprint("ending", __name__)


class EndSeries(Sheet[EndForm]):
    """Why the rest of the meetings will not be."""

    template = "calendar/staff/end_series.html"

    def form(self, on: On, sent: Sent | None) -> EndForm:
        form = EndForm(sent)
        form.reason.label.text = _("Hvorfor bliver møderne aflyst?")
        return form

    def write(self, session: Session, on: On, form: EndForm) -> Meeting:
        mine = get_theirs(session, on.citizen_id, on.meeting.id)
        if not _left(session, on) or mine.series_id is None:
            raise MeetingIsOver
        booking.end_series(
            session,
            mine.series_id,
            by=viewer().actor.person_id,
            now=on.now,
            reason=form.reason.data,
            seen=opened(form.rest.data),
        )
        return mine

    def done(self, on: On, form: EndForm, meeting: Meeting) -> Done:
        return Done.ENDED

    def values(self, on: On, form: EndForm, refused: Refused | None) -> Mapping[str, Any]:
        """Return the meetings that will be called off; what is sent next is about these."""
        with db().reading() as session:
            left = _left(session, on)
            if on.meeting.series_id is None:
                raise Missing
            if refused is not None or not form.rest.data:
                form.rest.data = sealed(left)
            days = [(danish_day(one.starts_at), one.starts_at, one.ends_at) for one in left]
        return {"left": [{"day": day, "starts_at": start, "ends_at": end} for day, start, end in days]}


def _left(session: Session, on: On) -> list[Meeting]:
    """Return what is left of the series. Raises Missing: some of it is not the reader's to change."""
    left, seen = left_of_series(session, on.meeting, now=on.now), viewer()
    if not all(changing.is_theirs(one, seen.tie, seen.actor.person_id) for one in left):
        raise Missing
    return list(left)


@bp.get(f"{OF_MEETING}/aflys-resten")
@requires(Action.MEETING_CHANGE)
def end(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show(EndSeries(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/aflys-resten")
@requires(Action.MEETING_CHANGE)
def end_all(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return send(EndSeries(), citizen_id, meeting_id)
