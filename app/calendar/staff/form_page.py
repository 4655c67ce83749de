"""A form page: a form about one meeting, on its own page. Shown, sent, and shown again when it can't be had.

The one home of that shape: what a page asks for, and what it does, it says itself. Whatever was typed stands
when the page comes back, and how the meeting stands by then is shown beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from app.access.guard import viewer
from app.access.policy import Action, Field
from app.booking.book import change_with_alternatives
from app.booking.own_meetings import check_visible, is_visible
from app.calendar.meeting_row import MeetingRow
from app.calendar.queries import get_shown_meeting
from app.calendar.service import CitizenReply
from app.calendar.staff import service, time_search
from app.calendar.staff.flash import ASKS, FlashKind
from app.calendar.staff.forms.meeting_fields import MeetingVersionForm
from app.dates.local_time import danish_day
from app.dates.workdays import WorkingCalendar
from app.errors import Refused
from app.i18n import gettext as _
from app.i18n import near_day, time_range
from app.meetings.life_cycle import (
    MeetingAlreadyAnswered,
    MeetingChanged,
    MeetingIsOver,
    TooLateToUndo,
    goes_on,
)
from app.meetings.models import Meeting
from app.meetings.queries import StoredMeeting
from app.meetings.rules import Clash, NotBookable, TooManyAtOnce, TooManyProposals
from app.scheduling.rules import SearchRequest
from app.store.prepared import Reader
from app.web.context import clock, db, prepared_reader, settings
from app.web.error_pages import error_texts, problem_page
from app.web.page import page

F = TypeVar("F", bound=MeetingVersionForm)
Sent = MultiDict[str, str]
CAN_BE_SAID = (MeetingChanged, MeetingAlreadyAnswered, Clash, NotBookable, TooLateToUndo)


@dataclass(frozen=True, slots=True)
class PageMeeting:
    """The meeting that a form page is about, as it stands now."""

    citizen_id: UUID
    meeting: StoredMeeting
    shown: MeetingRow  # the same, as pages show it
    now: datetime
    workdays: WorkingCalendar

    @property
    def length(self) -> timedelta:
        return self.meeting.ends_at - self.meeting.starts_at

    @property
    def goes_on(self) -> bool:
        """True while it stands and is not over."""
        return goes_on(self.meeting.state, self.meeting.ends_at, self.now)

    def said(self, form: MeetingVersionForm) -> CitizenReply:
        """Return whose word it is, and which state of the meeting the form was about."""
        by, seen = viewer().actor.person_id, form.sequence
        return CitizenReply(self.citizen_id, self.meeting.id, by, self.now, seen, self.workdays)


class FormPage(Generic[F]):
    """What one form page asks for and does; the rest is the same for all."""

    template = ""

    def form(self, on: PageMeeting, sent: Sent | None) -> F:
        """Return the form as it was sent, or as it is first shown, with what there is to choose."""
        raise NotImplementedError

    def fits(self, on: PageMeeting, form: F) -> bool:
        """Say whether what was sent can be tried; what is wrong stands in the form."""
        return bool(form.validate())

    def write(self, session: Session, on: PageMeeting, form: F) -> Meeting:
        """Do it. Raises Refused: it can't be had, and nothing is done."""
        raise NotImplementedError

    def done(self, on: PageMeeting, form: F, meeting: Meeting) -> FlashKind:
        """Return what was done, for the next page to say; `on`: how it stood before."""
        raise NotImplementedError

    def values(self, on: PageMeeting, form: F, refused: Refused | None) -> Mapping[str, Any]:
        """Return what the page shows beside the form and the meeting."""
        return {}


def show_form_page(form_page: FormPage[F], citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Show a sheet for the first time. Raises Missing: it is no meeting that the reader may change."""
    on = read_page_meeting(citizen_id, meeting_id)
    form = form_page.form(on, None)
    form.seen.data = str(on.meeting.sequence)
    return _draw(form_page, on, form)


def submit_form_page(form_page: FormPage[F], citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Do what a sheet was sent for and show the meeting; or show the sheet again, and say what is wrong."""
    on = read_page_meeting(citizen_id, meeting_id)
    form = form_page.form(on, request.form)
    if not form_page.fits(on, form):
        return _draw(form_page, on, form, status=422)

    def write(session: Session) -> Meeting:
        get_page_meeting(session, citizen_id, meeting_id)
        return form_page.write(session, on, form)

    try:
        meeting = change_with_alternatives(db(), meeting_id, write, now=on.now, workdays=on.workdays)
    except CAN_BE_SAID as refused:
        stands = read_page_meeting(citizen_id, meeting_id)
        return _draw(form_page, stands, form, status=409, refused=refused)
    except MeetingIsOver:
        return _over_page(citizen_id, meeting_id)
    return redirect_to_meeting(citizen_id, meeting_id, form_page.done(on, form, meeting))


def _over_page(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Give back what was typed about a meeting that ended meanwhile; its own page says where it stands."""
    there = url_for("calendar.meeting", citizen_id=citizen_id, meeting_id=meeting_id)
    title, lead = error_texts(HTTPStatus.CONFLICT)[0], _("Mødet er slut eller aflyst. Intet er ændret.")
    return problem_page(HTTPStatus.CONFLICT, title, lead, on=(there, _("Se mødet")))


def _draw(
    form_page: FormPage[F], on: PageMeeting, form: F, *, status: int = 200, refused: Refused | None = None
) -> ResponseReturnValue:
    values = form_page.values(on, form, refused)
    if refused is not None:
        form.seen.data = str(on.meeting.sequence)  # what stands is shown: what is sent next is about it
    return page(
        form_page.template,
        status=status,
        form=form,
        meeting=on.shown,
        goes_on=on.goes_on,
        changed=isinstance(refused, MeetingChanged),
        taken=isinstance(refused, Clash) and not isinstance(refused, TooManyProposals),
        refused=refused and _words(refused),
        **values,
    )


def _words(refused: Refused) -> str:
    """Return why it can't be had; who answers for the plan is not told to ask who does."""
    if isinstance(refused, TooManyProposals) and viewer().may(Action.MEETING_SETTLE):
        name = viewer().first_name
        if isinstance(refused, TooManyAtOnce):
            return _(
                "Så får %(name)s mere end to forslag at svare på. Ring, og få et ja til tiderne, eller vent.",
                name=name,
            )
        return _("%(name)s har allerede to forslag at svare på. Ring, eller vent på svar.", name=name)
    return _(refused.reason, **refused.params)


def read_page_meeting(citizen_id: UUID, meeting_id: UUID) -> PageMeeting:
    """Return a meeting that the reader may change, as it stands. Raises Missing: there is none."""
    now, reader, seen = clock()(), prepared_reader(), viewer()
    meeting = service.read_changeable_meeting(reader, seen.subject, meeting_id, who=seen.actor.person_id)
    shown = get_shown_meeting(reader, seen.reader, meeting_id, now=now)
    return PageMeeting(citizen_id, meeting, shown, now, settings().site.workdays)


def search_page_times(
    session: Reader, on: PageMeeting, search_request: SearchRequest
) -> time_search.SearchResult:
    """Return the times for a meeting; who answers for the plan also learns what stands in the way."""
    seen = viewer()
    return time_search.search_times(
        session,
        search_request,
        now=on.now,
        workdays=on.workdays,
        blockers=seen.may_see(Field.WISHES),
        reader=seen.actor.person_id,
    )


def get_page_meeting(session: Session, citizen_id: UUID, meeting_id: UUID) -> Meeting:
    """Return a meeting that the reader may change, to change it. Raises Missing: there is none."""
    seen = viewer()
    check_visible(session, seen.reader, meeting_id, now=clock()())
    return service.get_changeable_meeting(session, seen.subject, meeting_id, who=seen.actor.person_id)


def redirect_to_meeting(citizen_id: UUID, meeting_id: UUID, done: FlashKind) -> ResponseReturnValue:
    """Lead to the meeting's page, or to all if it is no more theirs to see; there it says what was done."""
    of: dict[str, Any] = {"citizen_id": citizen_id, ASKS: done.value}
    if is_visible(prepared_reader(), viewer().reader, meeting_id, now=clock()()):
        return redirect(url_for("calendar.meeting", meeting_id=meeting_id, **of), code=303)
    return redirect(url_for("calendar.index", **of), code=303)


def slot_text(start: datetime, end: datetime, *, write_day: Callable[[date, date], str] = near_day) -> str:
    """Return a time as it is told: på torsdag den 5. marts kl. 10.00–11.00; by_day leaves out the "på"."""
    day = write_day(danish_day(start), danish_day(clock()()))
    return _("%(day)s kl. %(hours)s", day=day, hours=time_range(start, end))
