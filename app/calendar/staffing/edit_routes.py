"""/borgere/…/ret: who is in a meeting, how and where it is, and what it says. When: only if it must be."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from wtforms import SelectChoice

from app.access.guard import requires, viewer
from app.access.policy import Action
from app.calendar import booking
from app.calendar.finder import Ask
from app.calendar.models import Meeting
from app.calendar.rules import ChangedMeanwhile, Clash, MeetingChange, Slot, TooManyProposals
from app.calendar.staffing import editing, proposing
from app.calendar.staffing.change_routes import OF_MEETING
from app.calendar.staffing.editing import Line, Standing
from app.calendar.staffing.forms import CHANNELS, EditForm, choices_of
from app.calendar.staffing.interpreting import or_nobody
from app.calendar.staffing.routes import full_week
from app.calendar.staffing.sheets import On, Sent, Sheet, get_theirs, search_on, send, show
from app.calendar.staffing.told import Done
from app.calendar.staffing.where import choices_of_wheres
from app.errors import Refused
from app.i18n import gettext as _
from app.identity.rules import first_name
from app.web import db

bp = Blueprint("editing", __name__)


class Edit(Sheet[EditForm]):
    """All of a meeting but its time, which moves only where those who shall come can't otherwise."""

    template = "calendar/staff/edit.html"
    asks_of_why = False

    def form(self, on: On, sent: Sent | None) -> EditForm:
        standing = _standing(on)
        form = EditForm(sent, **standing.shown, before=editing.sealed(standing.shown))
        _offer_choices(form, standing)
        return form

    def fits(self, on: On, form: EditForm) -> bool:
        right = bool(form.validate())
        if form.tid.data:
            right &= form.check_times(on.length, only_one=_("Vælg én tid at flytte til."))
        return right and not self._asks_of_why(on, form)

    def _asks_of_why(self, on: On, form: EditForm) -> bool:
        """Ask once whether the sentence that says why still fits a new place or way."""
        asks = not form.passer.data and editing.why_may_not_fit(form, _standing(on))
        form.passer.data = form.passer.data or "y" * asks
        self.asks_of_why = asks
        return asks

    def write(self, session: Session, on: On, form: EditForm) -> Meeting:
        mine = get_theirs(session, on.citizen_id, on.meeting.id)
        if mine.sequence != form.sequence:
            raise ChangedMeanwhile
        change = editing.change_of(form, editing.read_standing(session, mine, _circle()))
        to = next(iter(form.slots(on.length)), None)
        if to and not _is_offered(session, on, proposing.widened(_ask(session, on, change), form.wide), to):
            raise Clash
        by = viewer().actor.person_id
        return booking.change(session, mine.id, change, sequence=mine.sequence, by=by, now=on.now, to=to)

    def done(self, on: On, form: EditForm, meeting: Meeting) -> Done:
        return Done.SAME if meeting.sequence == on.meeting.sequence else Done.CHANGED

    def values(self, on: On, form: EditForm, refused: Refused | None) -> Mapping[str, Any]:
        """Return what both have changed, if it was changed meanwhile; on a clash the times there are."""
        standing, found = _standing(on), proposing.Found([])
        both, typed = list[Line](), list[Line]()
        _offer_choices(form, standing)
        if isinstance(refused, ChangedMeanwhile):
            before = editing.opened(form.before.data)
            both = editing.take_over(form, before, standing)
            typed = editing.typed(form, before) if not on.goes_on else []
        if refused is not None:
            form.before.data = editing.sealed(standing.shown)
        if _needs_a_time(form, refused):
            with db().reading() as session:
                ask = _ask(session, on, editing.change_of(form, standing))
                found = search_on(session, on, proposing.widened(ask, form.wide))
        if isinstance(refused, Clash):
            form.tid.data = []
        form.tid.label.text = _("Vil du flytte mødet til en tid, der passer alle?")
        return {
            "asks_of_why": self.asks_of_why,
            "both": both,
            "typed": typed,
            "found": found,
            "gone": [first_name(one.name) for one in standing.gone],
            "full_week": full_week(refused) if isinstance(refused, Clash) else "",
            "titles": {str(one.id): one.title for one in standing.helpers if one.title},
        }


def _needs_a_time(form: EditForm, refused: Refused | None) -> bool:
    """Say whether other times are shown: they can't meet where it is, or more than one was ticked."""
    if isinstance(refused, Clash):
        return not isinstance(refused, TooManyProposals)
    return refused is None and bool(form.tid.data) and set(form.errors) <= {"tid"}


def _circle() -> set[UUID | None]:
    subject = viewer().subject
    return {subject.contact_id, *subject.substitute_ids, *subject.professional_ids}


def _standing(on: On) -> Standing:
    with db().reading() as session:
        return editing.read_standing(session, on.meeting, _circle())


def _offer_choices(form: EditForm, standing: Standing) -> None:
    people = [SelectChoice(str(one.id), one.name) for one in standing.helpers]
    form.needed.choices, form.welcome.choices = people, people
    form.channel.choices = choices_of(CHANNELS)
    form.place_id.choices = choices_of_wheres(standing.wheres)
    form.interpreter.choices = or_nobody(standing.interpreters)
    form.bring.label.text = _("Hvad skal %(name)s tage med?", name=viewer().first_name)


def _ask(session: Session, on: On, change: MeetingChange) -> Ask:
    """Return what to look for times by: everybody who is to be in it, where it is to be."""
    wish = booking.as_wish(session, on.meeting.id, change)
    return proposing.ask_for(session, wish, on.meeting, now=on.now)


def _is_offered(session: Session, on: On, ask: Ask, to: Slot) -> bool:
    return proposing.is_offered(session, ask, [to], now=on.now, closing_days=on.closing_days)


@bp.get(f"{OF_MEETING}/ret")
@requires(Action.MEETING_CHANGE)
def edit(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return show(Edit(), citizen_id, meeting_id)


@bp.post(f"{OF_MEETING}/ret")
@requires(Action.MEETING_CHANGE)
def save(citizen_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return send(Edit(), citizen_id, meeting_id)
