"""Where a citizen's answer to a meeting stands, and the words to give one: by state, reader and channel."""

from datetime import date, datetime
from typing import Protocol

from app.dates.local_time import danish_day
from app.i18n import clock_time, near_day
from app.i18n import gettext as _
from app.meetings.life_cycle import MeetingState
from app.meetings.rules import Channel, Reply


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

    @property
    def hidden(self) -> bool: ...


def shown_channel(meeting: MeetingOfReply) -> Channel:
    """Return whose words are used: of one that isn't told of, those that fit however it is held."""
    return Channel.VIDEO if meeting.hidden else meeting.channel


def reply_text(meeting: MeetingOfReply, *, own: bool, name: str) -> str:
    """Return where the answer stands, in one short sentence to the citizen, or about her by first name."""
    return _own_reply(meeting) if own else _reply_of(meeting, name)


def own_reply_text(meeting: MeetingOfReply, today: date) -> str:
    """Return the same to the citizen herself, with day and time when it is a yes."""
    if meeting.reply is not Reply.COMING:
        return _own_reply(meeting)
    day = near_day(danish_day(meeting.starts_at), today)
    time = _("%(day)s kl. %(time)s", day=day, time=clock_time(meeting.starts_at))
    if shown_channel(meeting) is Channel.PHONE:
        return _("Vi ringer til dig %(time)s. Du har sagt ja", time=time)
    if shown_channel(meeting) is Channel.HOME:
        return _("Du har sagt, at du er hjemme %(time)s", time=time)
    if shown_channel(meeting) is Channel.VIDEO:
        return _("Du er med %(time)s", time=time)
    return _("Du kommer %(time)s", time=time)


def begun_text(meeting: MeetingOfReply) -> str:
    """Return what is true once the time of a meeting has come that the citizen said yes to."""
    time = clock_time(meeting.starts_at)
    if shown_channel(meeting) is Channel.PHONE:
        return _("Vi skulle ringe til dig kl. %(time)s", time=time)
    if shown_channel(meeting) is Channel.HOME:
        return _("Vi skulle komme til dig kl. %(time)s", time=time)
    return _("Mødet begyndte kl. %(time)s", time=time)


def yes_text(meeting: MeetingOfReply) -> str:
    """Return the words of the button that says yes."""
    if meeting.state is MeetingState.PROPOSED:
        return _("Ja tak")
    return {
        Channel.PHONE: _("Ja, ring til mig"),
        Channel.HOME: _("Ja, jeg er hjemme"),
        Channel.VIDEO: _("Ja, jeg er med"),
        Channel.IN_PERSON: _("Jeg kommer"),
    }[shown_channel(meeting)]


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
    }[shown_channel(meeting)]


def _own_reply(meeting: MeetingOfReply) -> str:
    if meeting.reply is Reply.COMING:
        return {
            Channel.PHONE: _("Du har sagt ja"),
            Channel.HOME: _("Du har sagt, at du er hjemme"),
            Channel.VIDEO: _("Du er med"),
            Channel.IN_PERSON: _("Du kommer"),
        }[shown_channel(meeting)]
    if meeting.reply is Reply.CANNOT:
        there = shown_channel(meeting) is Channel.IN_PERSON
        return _("Du kan ikke komme") if there else _("Du har sagt, at du ikke kan")
    if meeting.reply is Reply.OTHER_TIME:
        return _("Du har bedt om en anden tid")
    if meeting.reply is Reply.DECLINED:
        return _("Du har sagt nej tak")
    return _("Du har bedt os om at ringe") if meeting.reply else _("Du har ikke svaret endnu")


def _reply_of(meeting: MeetingOfReply, name: str) -> str:
    if meeting.reply is Reply.COMING:
        return {
            Channel.PHONE: _("%(name)s har sagt ja til opkaldet", name=name),
            Channel.HOME: _("%(name)s har sagt ja til at være hjemme", name=name),
            Channel.VIDEO: _("%(name)s er med", name=name),
            Channel.IN_PERSON: _("%(name)s kommer", name=name),
        }[shown_channel(meeting)]
    if meeting.reply is Reply.CANNOT:
        there = shown_channel(meeting) is Channel.IN_PERSON
        return _("%(name)s kan ikke komme", name=name) if there else _("%(name)s kan ikke", name=name)
    if meeting.reply is Reply.OTHER_TIME:
        return _("%(name)s vil gerne have en anden tid", name=name)
    if meeting.reply is Reply.CALL_ME:
        return _("%(name)s vil gerne ringes op", name=name)
    if meeting.reply is Reply.DECLINED:
        return _("%(name)s har sagt nej tak", name=name)
    return _("%(name)s har ikke svaret endnu", name=name)
