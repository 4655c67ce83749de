"""/borgere/…/byt: two meetings of one citizen begin when the other did, in one go."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.booking.reschedule import swap_meetings
from app.booking.swap_choices import list_swap_choices
from app.calendar.staff.flash import FlashKind
from app.calendar.staff.form_page import (
    FormPage,
    PageMeeting,
    Sent,
    get_page_meeting,
    show_form_page,
    slot_text,
    submit_form_page,
)
from app.calendar.staff.forms.page_forms import MOVE, SAID_YES, SwapForm
from app.calendar.staff.routes.settle import OF_MEETING
from app.calendar.staff.series_rest import decode_series, encode_series
from app.errors import Refused
from app.i18n import by_day
from app.i18n import gettext as _
from app.meetings.life_cycle import MeetingChanged
from app.meetings.models import Meeting
from app.web.context import prepared_reader

bp = Blueprint("swap", __name__)


class SwapPage(FormPage[SwapForm]):
    """Which other meeting it changes times with, and what the citizen has said."""

    template = "calendar/staff/swap.html"

    def form(self, on: PageMeeting, sent: Sent | None) -> SwapForm:
        form = SwapForm(sent)
        form.other.choices = _as_seen(_choices(on), form.other.data)
        form.how.choices, form.how.data = _hows(), form.how.data or MOVE
        return form

    def fits(self, on: PageMeeting, form: SwapForm) -> bool:
        return bool(form.other.choices) and super().fits(on, form)

    def write(self, session: Session, on: PageMeeting, form: SwapForm) -> Meeting:
        mine = get_page_meeting(session, on.citizen_id, on.meeting.id)
        other_id, sequence = next(iter(decode_series(form.other.data)), (mine.id, -1))
        get_page_meeting(session, on.citizen_id, other_id)
        swap_meetings(
            session,
            (mine.id, form.sequence),
            (other_id, sequence),
            by=viewer().actor.person_id,
            now=on.now,
            workdays=on.workdays,
            said_yes=form.how.data == SAID_YES,
        )
        return mine

    def done(self, on: PageMeeting, form: SwapForm, meeting: Meeting) -> FlashKind:
        return FlashKind.SWAPPED

    def values(self, on: PageMeeting, form: SwapForm, refused: Refused | None) -> Mapping[str, Any]:
        """Return how many there are to choose from; they are shown as they stand now."""
        if isinstance(refused, MeetingChanged):
            chosen, form.other.choices = form.other.data, _choices(on)
            form.other.data = next((one.value for one in form.other.choices if _is_same(one, chosen)), None)
        return {"others": len(form.other.choices)}


def _choices(on: PageMeeting) -> list[SelectChoice]:
    """Return the citizen's other meetings to come that this reader may change, by when they are."""
    seen = viewer()
    if not on.goes_on:
        return []
    return [
        SelectChoice(
            encode_series([one]),
            one.purpose + _(", ") + slot_text(one.starts_at, one.ends_at, write_day=by_day),
        )
        for one in list_swap_choices(prepared_reader(), seen.reader, on.meeting, now=on.now)
    ]


def _as_seen(choices: list[SelectChoice], chosen: str | None) -> list[SelectChoice]:
    """Return the choices, the chosen one as the page showed it: that it was changed is found out later."""
    return [SelectChoice(chosen, one.label) if _is_same(one, chosen) else one for one in choices]


def _is_same(one: SelectChoice, chosen: str | None) -> bool:
    """Say whether a choice is the meeting that was chosen, in whichever state it was seen."""
    return bool(one.value.partition(":")[0] == (chosen or "").partition(":")[0])


def _hows() -> list[SelectChoice]:
    name = viewer().first_name
    said = SelectChoice(SAID_YES, _("%(name)s har sagt ja til begge tider i telefonen", name=name))
    move = SelectChoice(MOVE, _("Byt tiderne, og spørg %(name)s", name=name))
    return [move, said] if viewer().may(Action.MEETING_SETTLE) else [move]


@bp.get(f"{OF_MEETING}/byt")
@requires(Action.MEETING_CHANGE)
def swap(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show_form_page(SwapPage(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/byt")
@requires(Action.MEETING_CHANGE)
def confirm(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return submit_form_page(SwapPage(), citizen_id, meeting_id)
