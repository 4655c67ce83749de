"""/borgere/…/ret: who is in a meeting, how and where it is, and what it says. When: only if it must be."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.booking.change import as_request, change_meeting
from app.calendar.staff import edit_merge, proposal, time_search
from app.calendar.staff.edit_merge import EditState, Line
from app.calendar.staff.flash import FlashKind
from app.calendar.staff.form_page import (
    FormPage,
    PageMeeting,
    Sent,
    get_page_meeting,
    search_page_times,
    show_form_page,
    submit_form_page,
)
from app.calendar.staff.forms.meeting_fields import CHANNELS, choices_of
from app.calendar.staff.forms.page_forms import EditMeetingForm
from app.calendar.staff.interpreters import optional_interpreter_choices
from app.calendar.staff.locations import location_choices
from app.calendar.staff.routes.propose import limit_clash_text
from app.calendar.staff.routes.settle import OF_MEETING
from app.errors import Refused
from app.i18n import gettext as _
from app.identity.rules import first_name
from app.meetings.life_cycle import MeetingChanged
from app.meetings.models import Meeting
from app.meetings.queries import StoredMeeting
from app.meetings.rules import Clash, MeetingChange, Slot, TooManyProposals
from app.scheduling.rules import SearchRequest
from app.store.prepared import Reader
from app.web.context import prepared_reader

bp = Blueprint("edit", __name__)


class EditPage(FormPage[EditMeetingForm]):
    """All of a meeting but its time, which moves only where those who shall come can't otherwise."""

    template = "calendar/staff/edit.html"
    asks_of_why = False

    def form(self, on: PageMeeting, sent: Sent | None) -> EditMeetingForm:
        standing = _edit_state(on)
        form = EditMeetingForm(sent, **standing.shown, before=edit_merge.encode_shown(standing.shown))
        _offer_choices(form, standing)
        return form

    def fits(self, on: PageMeeting, form: EditMeetingForm) -> bool:
        right = bool(form.validate())
        if form.tid.data:
            right &= form.check_times(on.length, only_one=_("Vælg én tid at flytte til."))
        return right and not self._asks_about_why(on, form)

    def _asks_about_why(self, on: PageMeeting, form: EditMeetingForm) -> bool:
        """Ask once whether the sentence that says why still fits a new place or way."""
        asks = not form.passer.data and edit_merge.why_may_not_fit(form, _edit_state(on))
        form.passer.data = form.passer.data or "y" * asks
        self.asks_of_why = asks
        return asks

    def write(self, session: Session, on: PageMeeting, form: EditMeetingForm) -> Meeting:
        mine = get_page_meeting(session, on.citizen_id, on.meeting.id)
        if mine.sequence != form.sequence:
            raise MeetingChanged
        change = edit_merge.meeting_change_of(
            form, edit_merge.read_edit_state(session, mine, proposal.invitable_ids(viewer().reader))
        )
        to = next(iter(form.slots(on.length)), None)
        if to and not _is_offered(
            session,
            on,
            time_search.widen_search(_ask_for_times(session, mine, change, on.now), form.wide),
            to,
        ):
            raise Clash
        by = viewer().actor.person_id
        return change_meeting(
            session,
            mine.id,
            change,
            sequence=mine.sequence,
            by=by,
            now=on.now,
            workdays=on.workdays,
            to=to,
        )

    def done(self, on: PageMeeting, form: EditMeetingForm, meeting: Meeting) -> FlashKind:
        return FlashKind.SAME if meeting.sequence == on.meeting.sequence else FlashKind.CHANGED

    def values(self, on: PageMeeting, form: EditMeetingForm, refused: Refused | None) -> Mapping[str, Any]:
        """Return what both have changed, if it was changed meanwhile; on a clash the times there are."""
        standing, found = _edit_state(on), time_search.SearchResult([])
        both, typed = list[Line](), list[Line]()
        _offer_choices(form, standing)
        if isinstance(refused, MeetingChanged):
            before = edit_merge.decode_shown(form.before.data)
            both = edit_merge.merge_into_form(form, before, standing)
            typed = edit_merge.typed_texts(form, before) if not on.goes_on else []
        if refused is not None:
            form.before.data = edit_merge.encode_shown(standing.shown)
        if _needs_a_time(form, refused):
            change = edit_merge.meeting_change_of(form, standing)
            search_request = _ask_for_times(prepared_reader(), on.meeting, change, on.now)
            wider = time_search.widen_search(search_request, form.wide)
            found = search_page_times(prepared_reader(), on, wider)
        if isinstance(refused, Clash):
            form.tid.data = []
        form.tid.label.text = _("Vil du flytte mødet til en tid, der passer alle?")
        return {
            "asks_of_why": self.asks_of_why,
            "both": both,
            "typed": typed,
            "found": found,
            "chosen": form.slots(on.length) if refused is None and not found.best else [],
            "gone": [first_name(one.name) for one in standing.gone],
            "full_week": limit_clash_text(refused) if isinstance(refused, Clash) else "",
            "titles": {str(one.id): one.title for one in standing.helpers if one.title},
        }


def _needs_a_time(form: EditMeetingForm, refused: Refused | None) -> bool:
    """Say whether other times are shown: they can't meet where it is, or more than one was ticked."""
    if isinstance(refused, Clash):
        return not isinstance(refused, TooManyProposals)
    return refused is None and bool(form.tid.data) and set(form.errors) <= {"tid"}


def _edit_state(on: PageMeeting) -> EditState:
    return edit_merge.read_edit_state(prepared_reader(), on.meeting, proposal.invitable_ids(viewer().reader))


def _offer_choices(form: EditMeetingForm, standing: EditState) -> None:
    people = [SelectChoice(str(one.id), one.name) for one in standing.helpers]
    form.needed.choices, form.welcome.choices = people, people
    form.channel.choices = choices_of(CHANNELS)
    form.place_id.choices = location_choices(standing.wheres)
    form.interpreter.choices = optional_interpreter_choices(standing.interpreters)
    form.bring.label.text = _("Hvad skal %(name)s tage med?", name=viewer().first_name)


def _ask_for_times(
    session: Reader, meeting: StoredMeeting, change: MeetingChange, now: datetime
) -> SearchRequest:
    """Return what to look for times by: everybody who is to be in it, where it is to be."""
    meeting_request = as_request(session, meeting.id, change)
    return time_search.search_request_for(session, meeting_request, meeting, now=now)


def _is_offered(session: Reader, on: PageMeeting, search_request: SearchRequest, to: Slot) -> bool:
    return time_search.is_offered(session, search_request, [to], now=on.now, workdays=on.workdays)


@bp.get(f"{OF_MEETING}/ret")
@requires(Action.MEETING_CHANGE)
def edit(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show_form_page(EditPage(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/ret")
@requires(Action.MEETING_CHANGE)
def save(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return submit_form_page(EditPage(), citizen_id, meeting_id)
