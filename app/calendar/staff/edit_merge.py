"""A meeting as a form shows it, what of it was changed, and what two who did so at once have both touched."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from wtforms import SelectChoice

from app.booking.change import as_request
from app.calendar.staff import proposal
from app.calendar.staff.forms.meeting_fields import CHANNELS
from app.calendar.staff.forms.page_forms import LENGTHS, NO, YES, EditMeetingForm
from app.calendar.staff.interpreters import list_interpreters
from app.calendar.staff.locations import LocationChoice, find_location, list_locations, location_value
from app.calendar.staff.proposal import InvitableHelper
from app.i18n import gettext as _
from app.identity.models import PersonRole
from app.identity.rules import STAFF
from app.meetings.queries import StoredMeeting
from app.meetings.rules import Channel, MeetingChange, MeetingRequest
from app.store.prepared import Reader
from app.store.query import id_list

# What is changed together: where one part is touched, all of it is.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "purpose": ("purpose",),
    "why": ("why",),
    "people": ("needed", "welcome"),
    "where": ("channel", "place_id", "place"),
    "video_link": ("video_link",),
    "interpreter": ("interpreter",),
    "bring": ("bring",),
}
Shown = dict[str, Any]  # what stands in the form's fields, by name
Line = tuple[str, str]  # what something is called, and how it stands

_WORK_HERE = select(PersonRole.person_id).where(
    col(PersonRole.person_id).in_(id_list()),
    col(PersonRole.role).in_(STAFF),
    col(PersonRole.ends_at).is_(None),
)


@dataclass(frozen=True, slots=True)
class EditState:
    """A meeting as it stands, and what there is to choose from."""

    meeting_request: MeetingRequest
    shown: Shown
    helpers: Sequence[InvitableHelper]
    wheres: Sequence[LocationChoice]
    interpreters: Sequence[SelectChoice]
    gone: Sequence[InvitableHelper]  # in it, and works here no more: what is saved next is without them


def read_edit_state(session: Reader, meeting: StoredMeeting, circle: Iterable[UUID | None]) -> EditState:
    """Return a meeting as a form shows it. Somebody who works here no more is in it and can't be chosen."""
    meeting_request = as_request(session, meeting.id)
    in_it = {*meeting_request.with_ids, *meeting_request.optional_ids}
    here = _who_work_here(session, {*circle, *in_it})
    helpers = proposal.list_invitable(session, here)
    inputs = {str(one.id) for one in helpers}
    met = meeting_request.channel is Channel.IN_PERSON
    shown = {
        "purpose": meeting_request.purpose,
        "why": meeting_request.why or "",
        "bring": meeting_request.bring or "",
        "needed": sorted(str(one) for one in meeting_request.with_ids if str(one) in inputs),
        "welcome": sorted(str(one) for one in meeting_request.optional_ids if str(one) in inputs),
        "channel": meeting_request.channel.value,
        "place_id": location_value(session, meeting),
        "video_link": meeting_request.link or "",
        "interpreter": str(meeting_request.interpreter_id or ""),
        # The home of somebody is not shown here: it may be one that must not be known.
        "place": meeting_request.place or "" if met and meeting_request.place_id is None else "",
    }
    wheres = list_locations(session, meeting.citizen_id)
    interpreters = list_interpreters(session, meeting.citizen_id, meeting_request.interpreter_id)
    gone = proposal.list_invitable(session, in_it - here)
    return EditState(meeting_request, shown, helpers, wheres, interpreters, gone)


def read_as_template(session: Reader, meeting: StoredMeeting) -> Shown:
    """Return what another meeting of the same kind would say, and how and where it would be."""
    return template_of(as_request(session, meeting.id)) | {
        "place_id": location_value(session, meeting),
        "duty": YES if meeting.duty else NO,
    }


def template_of(meeting_request: MeetingRequest) -> Shown:
    """Return what a form shows that asks for the same again, at other times."""
    met = meeting_request.channel is Channel.IN_PERSON
    known = meeting_request.room_id or meeting_request.place_id if met else None
    length = int((meeting_request.ends_at - meeting_request.starts_at).total_seconds()) // 60
    return {
        "purpose": meeting_request.purpose,
        "why": meeting_request.why or "",
        "bring": meeting_request.bring or "",
        "needed": [str(one) for one in meeting_request.with_ids],
        "welcome": [str(one) for one in meeting_request.optional_ids],
        "channel": meeting_request.channel.value,
        "place_id": str(known or ""),
        "place": meeting_request.place or "" if met and meeting_request.place_id is None else "",
        "minutes": str(length) if str(length) in LENGTHS else "45",
        "duty": YES if meeting_request.duty else NO,
    }


def _who_work_here(session: Reader, ids: Iterable[UUID | None]) -> set[UUID]:
    return set(session.exec(_WORK_HERE, params={"ids": [one for one in ids if one]}))


def form_values(form: EditMeetingForm) -> Shown:
    """Return what stands in a form, in one way however it was ticked."""
    found = {name: form[name].data for group in GROUPS.values() for name in group}
    return found | {name: sorted(found[name] or ()) for name in ("needed", "welcome")}


def encode_shown(shown: Shown) -> str:
    """Return what a form shows as the one hidden field that goes with it."""
    return json.dumps(shown, sort_keys=True, ensure_ascii=False)


def decode_shown(text: str | None) -> Shown:
    """Return what a form showed when it was sent; nothing for what no page of ours sends."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def changed_groups(before: Shown, after: Shown) -> set[str]:
    """Return which groups differ between two."""
    return {
        group for group, names in GROUPS.items() if any(before.get(name) != after.get(name) for name in names)
    }


def meeting_change_of(form: EditMeetingForm, standing: EditState) -> MeetingChange:
    """Return what the form changes of the meeting as it stands; the rest is kept."""
    groups = changed_groups(standing.shown, form_values(form))
    wanted: dict[str, Any] = {
        name: form[name].data or None for name in ("purpose", "why", "bring") if name in groups
    }
    if "people" in groups or standing.gone:
        wanted |= {"with_ids": form.with_ids, "optional_ids": form.optional_ids}
    if "video_link" in groups:
        wanted["link"] = form.typed_link
    if "interpreter" in groups:
        wanted["interpreter_id"] = form.interpreter_id
    if "where" in groups:
        where = find_location(standing.wheres, form.known_place)
        wanted |= {
            "channel": Channel(form.channel.data),
            "place_id": where.place_id if where else None,
            "place": form.typed_place,
            "room_id": where.room_id if where else None,
            "directions": None,
        }
    return MeetingChange(**wanted)


def why_may_not_fit(form: EditMeetingForm, standing: EditState) -> bool:
    """Say whether the meeting gets a new place or way, and what it says of why was left as it was."""
    groups = changed_groups(standing.shown, form_values(form))
    return "where" in groups and "why" not in groups and bool(form.why.data)


def merge_into_form(form: EditMeetingForm, before: Shown, standing: EditState) -> list[Line]:
    """Put what somebody else changed meanwhile into the form where it was not touched.

    Returns what both have changed, each as its label and what stands now: there the typed stands in the form.
    """
    mine, both = changed_groups(before, form_values(form)), []
    for group in changed_groups(before, standing.shown):
        if group in mine:
            both.append(group)
            continue
        for name in GROUPS[group]:
            form[name].data = standing.shown[name]
    really = changed_groups(form_values(form), standing.shown)
    return [
        (label_of(form, one), group_text(standing, one)) for one in GROUPS if one in both and one in really
    ]


def typed_texts(form: EditMeetingForm, before: Shown) -> list[Line]:
    """Return the words that were changed, to be shown where they can't be saved any more."""
    mine = changed_groups(before, form_values(form))
    return [
        (label_of(form, one), form[one].data)
        for one in ("purpose", "why", "video_link", "bring")
        if one in mine
    ]


def label_of(form: EditMeetingForm, group: str) -> str:
    """Return what a group is called: the label of its first field."""
    return str(form[GROUPS[group][0]].label.text)


def group_text(standing: EditState, group: str) -> str:
    """Return how a group stands, in one line."""
    shown = standing.shown
    if group == "people":
        ids = (*shown["needed"], *shown["welcome"])
        return _(", ").join(one.name for one in standing.helpers if str(one.id) in ids)
    if group == "where":
        where = find_location(standing.wheres, shown["place_id"])
        place = where.name if where and shown["place_id"] else shown["place"]
        return _(", ").join(str(one) for one in (CHANNELS[Channel(shown["channel"])], place) if one)
    if group == "interpreter":
        chosen = (one.label for one in standing.interpreters if one.value == shown["interpreter"])
        return str(next(chosen, _("Ingen tolk")))
    return shown[group] or _("Ingenting")
