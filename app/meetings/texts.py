"""Where a citizen's answer to a meeting stands, and the words to give one: by state, reader and channel."""

from datetime import date, datetime
from typing import Protocol

from app.dates.local_time import danish_day
from app.i18n import clock_time, near_day
from app.i18n import gettext as _
from app.meetings.life_cycle import MeetingState
from app.meetings.rules import Channel, Reply

# Where large letters break a month: Chromium knows no such place of its own in Danish.
LONG_MONTH = ("ember", "em\u00adber")


class MeetingOfReply(Protocol):
    """What these texts need to know of a meeting, however it was read."""

    @property
    def state(self) -> MeetingState: ...

    @property
    def channel(self) -> Channel: ...

    @property
    def starts_at(self) -> datetime: ...

    @property
    def reply(self) -> Reply | None: ...


def reply_text(meeting: MeetingOfReply, *, own: bool, name: str) -> str:
    """Return where the answer stands, in one short sentence to the citizen, or about her by first name."""
    return _own_reply(meeting) if own else _reply_of(meeting, name)


def own_reply_text(meeting: MeetingOfReply, today: date) -> str:
    """Return the same to the citizen herself, with day and time when it is a yes."""
    if meeting.reply is not Reply.COMING:
        return _own_reply(meeting)
    day = near_day(danish_day(meeting.starts_at), today).replace(*LONG_MONTH)
    time = _("%(day)s kl. %(time)s", day=day, time=clock_time(meeting.starts_at))
    if meeting.channel is Channel.PHONE:
        return _("Du er klar til opkaldet %(time)s", time=time)
    if meeting.channel is Channel.HOME:
        return _("Du er hjemme %(time)s", time=time)
    if meeting.channel is Channel.VIDEO:
        return _("Du er med %(time)s", time=time)
    return _("Du kommer %(time)s", time=time)


def yes_text(meeting: MeetingOfReply) -> str:
    """Return the words of the button that says yes."""
    if meeting.state is MeetingState.PROPOSED:
        return _("Ja tak")
    return {
        Channel.PHONE: _("Ja, ring til mig"),
        Channel.HOME: _("Ja, jeg er hjemme"),
        Channel.VIDEO: _("Ja, jeg er med"),
        Channel.IN_PERSON: _("Jeg kommer"),
    }[meeting.channel]


def question_text(meeting: MeetingOfReply, times: int) -> str:
    """Return what that button answers; of several `times` on offer: which."""
    if times > 1:
        return _("Hvilken tid passer dig?")
    if meeting.state is MeetingState.PROPOSED:
        return _("Passer tiden?")
    return {
        Channel.PHONE: _("Passer det?"),
        Channel.HOME: _("Er du hjemme?"),
        Channel.VIDEO: _("Er du med?"),
        Channel.IN_PERSON: _("Kommer du?"),
    }[meeting.channel]


def _own_reply(meeting: MeetingOfReply) -> str:
    if meeting.reply is Reply.COMING:
        return {
            Channel.PHONE: _("Du er klar til opkaldet"),
            Channel.HOME: _("Du er hjemme"),
            Channel.VIDEO: _("Du er med"),
            Channel.IN_PERSON: _("Du kommer"),
        }[meeting.channel]
    if meeting.reply is Reply.CANNOT:
        there = meeting.channel is Channel.IN_PERSON
        return _("Du kan ikke komme") if there else _("Du har sagt, at du ikke kan")
    if meeting.reply is Reply.OTHER_TIME:
        return _("Du har bedt om en anden tid")
    return _("Du har bedt os ringe") if meeting.reply else _("Du har ikke svaret endnu")


def _reply_of(meeting: MeetingOfReply, name: str) -> str:
    if meeting.reply is Reply.COMING:
        return {
            Channel.PHONE: _("%(name)s er klar til opkaldet", name=name),
            Channel.HOME: _("%(name)s er hjemme", name=name),
            Channel.VIDEO: _("%(name)s er med", name=name),
            Channel.IN_PERSON: _("%(name)s kommer", name=name),
        }[meeting.channel]
    if meeting.reply is Reply.CANNOT:
        there = meeting.channel is Channel.IN_PERSON
        return _("%(name)s kan ikke komme", name=name) if there else _("%(name)s kan ikke", name=name)
    if meeting.reply is Reply.OTHER_TIME:
        return _("%(name)s vil gerne have en anden tid", name=name)
    if meeting.reply is Reply.CALL_ME:
        return _("%(name)s vil gerne ringes op", name=name)
    return _("%(name)s har ikke svaret endnu", name=name)
