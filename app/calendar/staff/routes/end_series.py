"""/borgere/…/aflys-resten: call off a series of meetings from one on, with one reason and one message."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.booking.series import end_series
from app.calendar.staff import service
from app.calendar.staff.flash import FlashKind
from app.calendar.staff.form_page import (
    FormPage,
    PageMeeting,
    Sent,
    get_page_meeting,
    show_form_page,
    submit_form_page,
)
from app.calendar.staff.forms.page_forms import EndSeriesForm
from app.calendar.staff.routes.settle import OF_MEETING
from app.calendar.staff.series_rest import decode_series, encode_series, list_rest_of_series
from app.dates.local_time import danish_day
from app.errors import Missing, Refused
from app.i18n import gettext as _
from app.meetings.life_cycle import MeetingIsOver
from app.meetings.models import Meeting
from app.meetings.queries import StoredMeeting
from app.store.prepared import Reader
from app.web.context import prepared_reader

bp = Blueprint("end_series", __name__)


class EndSeriesPage(FormPage[EndSeriesForm]):
    """Why the rest of the meetings will not be."""

    template = "calendar/staff/end_series.html"

    def form(self, on: PageMeeting, sent: Sent | None) -> EndSeriesForm:
        form = EndSeriesForm(sent)
        form.reason.label.text = _("Hvorfor bliver møderne aflyst?")
        return form

    def write(self, session: Session, on: PageMeeting, form: EndSeriesForm) -> Meeting:
        mine = get_page_meeting(session, on.citizen_id, on.meeting.id)
        if not _left(session, mine, on.now) or mine.series_id is None:
            raise MeetingIsOver
        end_series(
            session,
            mine.series_id,
            by=viewer().actor.person_id,
            now=on.now,
            reason=form.reason.data,
            seen=decode_series(form.rest.data),
            first_id=mine.id,
        )
        return mine

    def done(self, on: PageMeeting, form: EndSeriesForm, meeting: Meeting) -> FlashKind:
        return FlashKind.ENDED

    def values(self, on: PageMeeting, form: EndSeriesForm, refused: Refused | None) -> Mapping[str, Any]:
        """Return the meetings that will be called off; what is sent next is about these."""
        left = _left(prepared_reader(), on.meeting, on.now)
        if on.meeting.series_id is None:
            raise Missing
        if refused is not None or not form.rest.data:
            form.rest.data = encode_series(left)
        days = [(danish_day(one.starts_at), one.starts_at, one.ends_at) for one in left]
        return {"left": [{"day": day, "starts_at": start, "ends_at": end} for day, start, end in days]}


def _left(session: Reader, meeting: StoredMeeting, now: datetime) -> list[StoredMeeting]:
    """Return what is left of the series. Raises Missing: some of it is not the reader's to change."""
    left, seen = list_rest_of_series(session, meeting, now=now), viewer()
    if not all(service.may_change(one, seen.subject, seen.actor.person_id) for one in left):
        raise Missing
    return list(left)


@bp.get(f"{OF_MEETING}/aflys-resten")
@requires(Action.MEETING_CHANGE)
def end(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show_form_page(EndSeriesPage(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/aflys-resten")
@requires(Action.MEETING_CHANGE)
def confirm_end(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return submit_form_page(EndSeriesPage(), citizen_id, meeting_id)
