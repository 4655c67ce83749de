"""The answers a citizen can give to a meeting, each with what it does, said before the tap.."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.calendar.meeting_row import MeetingRow
from app.i18n import by_day, clock_time
from app.i18n import gettext as _
from app.meetings.life_cycle import MeetingState
from app.meetings.rules import Channel, Reply
from app.meetings.texts import shown_channel, yes_text


@dataclass(frozen=True, slots=True)
class ReplyChoice:
    """One button: the answer, its words, and what happens then."""

    reply: Reply
    label: str
    effect: str


def reply_choices(meeting: MeetingRow, *, today: date, answered_by: date | None) -> tuple[ReplyChoice, ...]:
    """Return what can be said to a meeting that goes on, the yes first.

    `answered_by` is the last day on which the contact person answers a no to a duty. Source: product.md 3,
    "What an answer to a meeting does".
    """
    return tuple(_choices(meeting, today, answered_by))


def _choices(meeting: MeetingRow, today: date, answered_by: date | None) -> Iterator[ReplyChoice]:
    name = meeting.contact_first_name
    yield ReplyChoice(Reply.COMING, yes_text(meeting), yes_effect(meeting))
    yield ReplyChoice(Reply.OTHER_TIME, _("En anden tid"), _other_time(meeting, today))
    yield ReplyChoice(Reply.CANNOT, _("Jeg kan ikke"), _cannot(meeting, today, answered_by))
    if not meeting.duty:
        yield ReplyChoice(Reply.DECLINED, _("Nej tak"), _declined(meeting))
    if shown_channel(meeting) is not Channel.PHONE:
        label = _("Bed %(name)s om at ringe", name=name) if name else _("Bed os om at ringe")
        yield ReplyChoice(Reply.CALL_ME, label, _call_me(meeting))


def yes_effect(meeting: MeetingRow) -> str:
    """Return what a yes does, to whichever of its times it is said."""
    if meeting.state is MeetingState.PROPOSED and len(meeting.options) > 1:
        return _("Så er mødet aftalt, og de andre tider bliver ledige")
    if meeting.state is MeetingState.PROPOSED:
        return _("Så er mødet aftalt")
    if len(meeting.options) > 1:
        return _("Så er den nye tid aftalt, og de andre tider bliver ledige")
    if meeting.options:
        return _("Så er den nye tid aftalt")
    time, begun = clock_time(meeting.starts_at), meeting.begun
    return {
        Channel.PHONE: _("Så ved vi, at du er klar")
        if begun
        else _("Vi ringer til dig kl. %(time)s", time=time),
        Channel.HOME: _("Så ved vi, at du er hjemme") if begun else _("Vi kommer kl. %(time)s", time=time),
        Channel.VIDEO: _("Så ved vi, at du er med"),
        Channel.IN_PERSON: _("Så ved vi, at du kommer"),
    }[shown_channel(meeting)]


def _other_time(meeting: MeetingRow, today: date) -> str:
    if meeting.state is not MeetingState.PROPOSED:
        if meeting.duty:
            return _("Den gamle tid gælder, til I har fundet en ny")
        return _("Vi holder den gamle tid, til I har fundet en ny")
    day = meeting.answer_by and by_day(meeting.answer_by, today)
    if len(meeting.options) > 1:
        if day:
            return _("Vi holder tiderne til og med %(day)s, mens I finder en ny", day=day)
        return _("Vi holder tiderne, mens I finder en ny")
    if day:
        return _("Vi holder tiden til og med %(day)s, mens I finder en ny", day=day)
    return _("Vi holder tiden, mens I finder en ny")


def _cannot(meeting: MeetingRow, today: date, answered_by: date | None) -> str:
    name = meeting.contact_first_name
    if meeting.state is MeetingState.PROPOSED:
        return _("%(name)s finder en anden tid", name=name) if name else _("Vi finder en anden tid")
    if not meeting.duty:
        return _("Mødet bliver aflyst. Så kan du bede om en ny tid")
    if answered_by is None:
        return _("Mødet gælder stadig")
    day = by_day(answered_by, today)
    if name:
        stands = _("Mødet gælder stadig. %(name)s skriver senest %(day)s.", name=name, day=day)
    else:
        stands = _("Mødet gælder stadig. Vi skriver senest %(day)s.", day=day)
    return " ".join([stands, _("Hører du ikke fra os, så ring")])


def _declined(meeting: MeetingRow) -> str:
    if meeting.state is MeetingState.PROPOSED:
        return _("Du får ikke flere forslag om det her møde")
    return _("Mødet bliver aflyst")


def _call_me(meeting: MeetingRow) -> str:
    if meeting.state is MeetingState.PROPOSED:
        return _("Vi holder tiden imens")
    return _("Mødet gælder stadig")
