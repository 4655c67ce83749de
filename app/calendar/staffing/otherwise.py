"""When no time is found: the same need with one thing given up, as the page's own buttons say it."""

from collections.abc import Sequence

from app.calendar.finder import Way
from app.calendar.rules import Channel
from app.calendar.staffing.forms import NeedForm
from app.calendar.staffing.where import Where, find_where


def try_otherwise(form: NeedForm, said: str, wheres: Sequence[Where]) -> None:
    """Give up in the form what a button named: somebody, the room, the interpreter, or that they meet.

    What no button of ours says changes nothing. Who is left out may still come.
    """
    way, _colon, who = said.partition(":")
    if way == Way.WITHOUT and who in (form.needed.data or ()):
        form.needed.data = [one for one in form.needed.data if one != who]
        form.welcome.data = [*(form.welcome.data or ()), who]
    elif way == Way.ROOM:
        where = find_where(wheres, form.place_id.data)
        form.place_id.data = str(where.place_id) if where else form.place_id.data
    elif way == Way.INTERPRETER:
        form.interpreter.data = ""
    elif way == Way.PHONE:
        form.channel.data = Channel.PHONE.value
