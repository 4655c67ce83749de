"""When no time is found: the same need with one thing given up, as the page's own buttons say it."""

from collections.abc import Sequence

from app.calendar.staff.forms.page_forms import ProposeForm
from app.calendar.staff.locations import LocationChoice, find_location
from app.meetings.rules import Channel
from app.scheduling.rules import Relaxation


def relax_form(form: ProposeForm, said: str, wheres: Sequence[LocationChoice]) -> None:
    """Give up in the form what a button named: somebody, the room, the interpreter, or that they meet.

    What no button of ours says changes nothing. Who is left out may still come.
    """
    way, _colon, who = said.partition(":")
    if way == Relaxation.WITHOUT and who in (form.needed.data or ()):
        form.needed.data = [one for one in form.needed.data if one != who]
        form.welcome.data = [*(form.welcome.data or ()), who]
    elif way == Relaxation.ROOM:
        where = find_location(wheres, form.place_id.data)
        form.place_id.data = str(where.place_id) if where else form.place_id.data
    elif way == Relaxation.INTERPRETER:
        form.interpreter.data = ""
    elif way == Relaxation.PHONE:
        form.channel.data = Channel.PHONE.value
