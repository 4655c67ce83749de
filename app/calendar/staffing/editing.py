"""A meeting as a form shows it, what of it was changed, and what two who did so at once have both touched."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col
from wtforms import SelectChoice

from app.calendar import booking
from app.calendar.models import Meeting
from app.calendar.rules import Channel, MeetingChange, MeetingWish
from app.calendar.staffing import proposing
from app.calendar.staffing.forms import CHANNELS, LENGTHS, NO, YES, EditForm
from app.calendar.staffing.interpreting import list_interpreters
from app.calendar.staffing.proposing import Helper
from app.calendar.staffing.where import Where, find_where, list_wheres, where_of
from app.i18n import gettext as _
from app.identity.models import PersonRole
from app.identity.rules import STAFF

# What is changed together: where one part is touched, all of it is.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "purpose": ("purpose",),
    "why": ("why",),
    "people": ("needed", "welcome"),
    "where": ("channel", "place_id", "place"),
    "interpreter": ("interpreter",),
    "bring": ("bring",),
}
Shown = dict[str, Any]  # what stands in the form's fields, by name
Line = tuple[str, str]  # what something is called, and how it stands


@dataclass(frozen=True, slots=True)
class Standing:
    """A meeting as it stands, and what there is to choose from."""

    wish: MeetingWish
    shown: Shown
    helpers: Sequence[Helper]
    wheres: Sequence[Where]
    interpreters: Sequence[SelectChoice]
    gone: Sequence[Helper]  # in it, and works here no more: what is saved next is without them


def read_standing(session: Session, meeting: Meeting, circle: Iterable[UUID | None]) -> Standing:
    """Return a meeting as a form shows it. Somebody who works here no more is in it and can't be chosen."""
    wish = booking.as_wish(session, meeting.id)
    in_it = {*wish.with_ids, *wish.optional_ids}
    here = _who_work_here(session, {*circle, *in_it})
    helpers = proposing.list_helpers(session, here)
    known = {str(one.id) for one in helpers}
    met = wish.channel is Channel.IN_PERSON
    shown = {
        "purpose": wish.purpose,
        "why": wish.why or "",
        "bring": wish.bring or "",
        "needed": sorted(str(one) for one in wish.with_ids if str(one) in known),
        "welcome": sorted(str(one) for one in wish.optional_ids if str(one) in known),
        "channel": wish.channel.value,
        "place_id": where_of(session, meeting),
        "interpreter": str(wish.interpreter_id or ""),
        # The home of somebody is not shown here: it may be one that must not be known.
        "place": wish.place or "" if met and wish.place_id is None else "",
    }
    wheres = list_wheres(session, meeting.citizen_id)
    interpreters = list_interpreters(session, meeting.citizen_id, wish.interpreter_id)
    gone = proposing.list_helpers(session, in_it - here)
    return Standing(wish, shown, helpers, wheres, interpreters, gone)


def read_again(session: Session, meeting: Meeting) -> Shown:
    """Return what another meeting of the same kind would say, and how and where it would be."""
    wish = booking.as_wish(session, meeting.id)
    length = int((wish.ends_at - wish.starts_at).total_seconds()) // 60
    return {
        "purpose": wish.purpose,
        "why": wish.why or "",
        "bring": wish.bring or "",
        "needed": [str(one) for one in wish.with_ids],
        "welcome": [str(one) for one in wish.optional_ids],
        "channel": wish.channel.value,
        "place_id": where_of(session, meeting),
        "place": wish.place or "" if wish.channel is Channel.IN_PERSON and wish.place_id is None else "",
        "minutes": str(length) if str(length) in LENGTHS else "45",
        "duty": YES if meeting.duty else NO,
    }


def _who_work_here(session: Session, ids: Iterable[UUID | None]) -> set[UUID]:
    wanted = select(col(PersonRole.person_id)).where(
        col(PersonRole.person_id).in_([one for one in ids if one]),
        col(PersonRole.role).in_(STAFF),
        col(PersonRole.ends_at).is_(None),
    )
    return set(session.execute(wanted).scalars())


def in_form(form: EditForm) -> Shown:
    """Return what stands in a form, in one way however it was ticked."""
    found = {name: form[name].data for group in GROUPS.values() for name in group}
    return found | {name: sorted(found[name] or ()) for name in ("needed", "welcome")}


def sealed(shown: Shown) -> str:
    """Return what a form shows as the one hidden field that goes with it."""
    return json.dumps(shown, sort_keys=True, ensure_ascii=False)


def opened(text: str | None) -> Shown:
    """Return what a form showed when it was sent; nothing for what no page of ours sends."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def touched(before: Shown, after: Shown) -> set[str]:
    """Return which groups differ between two."""
    return {
        group for group, names in GROUPS.items() if any(before.get(name) != after.get(name) for name in names)
    }


def change_of(form: EditForm, standing: Standing) -> MeetingChange:
    """Return what the form changes of the meeting as it stands; the rest is kept."""
    groups = touched(standing.shown, in_form(form))
    wanted: dict[str, Any] = {
        name: form[name].data or None for name in ("purpose", "why", "bring") if name in groups
    }
    if "people" in groups or standing.gone:
        wanted |= {"with_ids": form.with_ids, "optional_ids": form.optional_ids}
    if "interpreter" in groups:
        wanted["interpreter_id"] = form.interpreter_id
    if "where" in groups:
        where = find_where(standing.wheres, form.known_place)
        wanted |= {
            "channel": Channel(form.channel.data),
            "place_id": where.place_id if where else None,
            "place": form.typed_place,
            "room_id": where.room_id if where else None,
            "directions": None,
        }
    return MeetingChange(**wanted)


def why_may_not_fit(form: EditForm, standing: Standing) -> bool:
    """Say whether the meeting gets a new place or way, and what it says of why was left as it was."""
    groups = touched(standing.shown, in_form(form))
    return "where" in groups and "why" not in groups and bool(form.why.data)


def take_over(form: EditForm, before: Shown, standing: Standing) -> list[Line]:
    """Put what somebody else changed meanwhile into the form where it was not touched.

    Returns what both have changed, each as its label and what stands now: there the typed stands in the form.
    """
    mine, both = touched(before, in_form(form)), []
    for group in touched(before, standing.shown):
        if group in mine:
            both.append(group)
            continue
        for name in GROUPS[group]:
            form[name].data = standing.shown[name]
    really = touched(in_form(form), standing.shown)
    return [(label_of(form, one), in_words(standing, one)) for one in GROUPS if one in both and one in really]


def typed(form: EditForm, before: Shown) -> list[Line]:
    """Return the words that were changed, to be shown where they can't be saved any more."""
    mine = touched(before, in_form(form))
    return [(label_of(form, one), form[one].data) for one in ("purpose", "why", "bring") if one in mine]


def label_of(form: EditForm, group: str) -> str:
    """Return what a group is called: the label of its first field."""
    return str(form[GROUPS[group][0]].label.text)


def in_words(standing: Standing, group: str) -> str:
    """Return how a group stands, in one line."""
    shown = standing.shown
    if group == "people":
        ids = (*shown["needed"], *shown["welcome"])
        return _(", ").join(one.name for one in standing.helpers if str(one.id) in ids)
    if group == "where":
        where = find_where(standing.wheres, shown["place_id"])
        place = where.name if where and shown["place_id"] else shown["place"]
        return _(", ").join(str(one) for one in (CHANNELS[Channel(shown["channel"])], place) if one)
    if group == "interpreter":
        chosen = (one.label for one in standing.interpreters if one.value == shown["interpreter"])
        return str(next(chosen, _("Ingen tolk")))
    return shown[group] or _("Ingenting")
