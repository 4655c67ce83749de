"""The form of a proposal with what this reader can choose, and what a valid one asks for."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import request
from wtforms import SelectChoice

from app.access.guard import viewer
from app.access.policy import Action, Field
from app.availability.queries import MeetingNeeds, read_preferences
from app.calendar.staff import proposal
from app.calendar.staff.forms.meeting_fields import CHANNELS, choices_of
from app.calendar.staff.forms.page_forms import LENGTHS, YES, ProposeForm
from app.calendar.staff.interpreters import interpreter_choices, list_interpreters
from app.calendar.staff.locations import find_last_place, find_location, list_locations, location_choices
from app.calendar.staff.proposal import MeetingNeed
from app.calendar.staff.routes.prefill import earlier_values
from app.i18n import gettext as _
from app.i18n import ngettext
from app.meetings.rules import Channel
from app.messages.queries import find_message
from app.store.idempotency import request_hash
from app.store.prepared import Reader
from app.web.context import clock, prepared_reader
from app.web.forms import new_key

AGREED_ELSEWHERE = "aftalt"  # in an address: a day and an hour that were agreed on the phone
# What decides which times there are, and what it does to send one. The rest may be written anew beside them.
DECIDES = (
    *("needed", "minutes", "within", "day", "clock", "channel", "place_id", "place"),
    *("interpreter", "duty", "every", "times"),
)


def read_form(citizen_id: UUID) -> ProposeForm:
    """Return the form as it was sent, or with what is most often so."""
    seen, reader = viewer(), prepared_reader()
    me = seen.actor.person_id
    helpers = proposal.list_invitable(reader, proposal.invitable_ids(seen.reader))
    wheres = list_locations(reader, citizen_id)
    channel = read_needs(reader).channel
    last = find_last_place(reader, seen.reader, now=clock()())
    interpreters = list_interpreters(reader, citizen_id)
    place = last.place if last else None
    shown = next((one.value for one in wheres if not one.hidden), "")  # a shelter is not chosen by itself
    inputs = str(last.place_id) if last and last.place_id else "" if place else shown
    usual: dict[str, Any] = {"needed": [str(me)], "channel": channel or Channel.IN_PERSON, "place_id": inputs}
    usual["place"] = place if place and not inputs else ""
    usual |= {"besked": request.args.get("besked", "")} | earlier_values(citizen_id)
    usual |= {"said_yes": AGREED_ELSEWHERE in request.args}
    form = ProposeForm(request.form or None, key=new_key(), **usual)
    people = [SelectChoice(str(one.id), one.name) for one in helpers]
    form.needed.choices, form.welcome.choices = people, people
    form.channel.choices = choices_of(CHANNELS)
    form.minutes.choices = [
        SelectChoice(one, ngettext("%(num)s minut", "%(num)s minutter", int(one))) for one in LENGTHS
    ]
    form.place_id.choices = location_choices(wheres)
    form.interpreter.choices = interpreter_choices(interpreters)
    form.bring.label.text = _("Hvad skal %(name)s tage med?", name=seen.first_name)
    form.said_yes.label.text = _("%(name)s har sagt ja i telefonen", name=seen.first_name)
    return form


def read_needs(session: Reader) -> MeetingNeeds:
    """Return what the citizen needs at a meeting, as far as the reader may know: an interpreter always."""
    needs = read_preferences(session, viewer().subject.citizen_id).needs
    return needs if viewer().may_see(Field.NEEDS) else replace(needs, channel=None, companion=None)


def need_of(citizen_id: UUID, form: ProposeForm) -> MeetingNeed:
    """Return what a valid form asks for."""
    companion = read_preferences(prepared_reader(), citizen_id).needs.companion
    where = find_location(list_locations(prepared_reader(), citizen_id), form.known_place)
    return MeetingNeed(
        citizen_id=citizen_id,
        organiser_id=viewer().actor.person_id,
        with_ids=form.with_ids,
        optional_ids=form.optional_ids,
        purpose=form.purpose.data,
        why=form.why.data,
        bring=form.bring.data or None,
        minutes=int(form.minutes.data),
        within_days=int(form.within.data),
        channel=Channel(form.channel.data),
        place_id=where.place_id if where else None,
        place=form.typed_place,
        link=form.typed_link,
        room_id=where.room_id if where else None,
        duty=form.duty.data == YES,
        companion=companion,
        message_id=_message_of(citizen_id, form),
        interpreter_id=form.interpreter_id,
        key=form.key.data,
        wide=form.wide,
        said_yes=_said_yes(form),
        exact=form.exact,
        chosen=tuple(form.chosen),
    )


def _message_of(citizen_id: UUID, form: ProposeForm) -> UUID | None:
    """Return the message of the citizen's thread that led to this, if the reader may read it."""
    if not viewer().may(Action.MESSAGES_READ):
        return None
    return find_message(prepared_reader(), citizen_id, form.besked.data)


def _said_yes(form: ProposeForm) -> bool:
    """Say whether the citizen's yes was written down by somebody who may."""
    return bool(form.said_yes.data) and viewer().may(Action.MEETING_SETTLE)


def search_mark(form: ProposeForm) -> str:
    """Return what the times of this form are found by: with another mark they may be others."""
    found = [*(form[name].data or "" for name in DECIDES), _said_yes(form)]
    return request_hash(*(",".join(sorted(one)) if isinstance(one, list) else str(one) for one in found))


def is_changed(form: ProposeForm) -> bool:
    """Say whether the meeting is another by now than the one that the page showed times for."""
    return bool(form.soegt.data) and form.soegt.data != search_mark(form)
