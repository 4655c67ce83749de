"""What a meeting's card says of the answer to it, and what can be done there: by state, reader and answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.calendar.meeting_row import MeetingRow
from app.calendar.reply_choices import ReplyChoice, reply_choices, yes_effect
from app.i18n import by_day, clock_time, near_day
from app.i18n import gettext as _
from app.meetings.life_cycle import MeetingState
from app.meetings.rules import Channel, Reply
from app.meetings.texts import begun_text, own_reply_text, question_text, reply_text, shown_channel

ASKS_FOR_SOMETHING = (Reply.CALL_ME, Reply.CANNOT, Reply.OTHER_TIME)


class SectionAction(StrEnum):
    """What the reader can do in the section, in the order in which it stands there."""

    UNDO = "undo"
    CALL_CONTACT = "call_contact"  # whom to ask about what is off or taken
    CALL_CONTACT_NOW = "call_contact_now"  # the meeting is today, and the answer came late
    CALL_MUNICIPALITY_NOW = "call_municipality_now"  # the same, where there is nobody's own number
    CALL_CITIZEN = "call_citizen"
    CHOOSE = "choose"  # one of the times on offer
    REPLY = "reply"
    CHANGE_REPLY = "change_reply"  # the same, folded away: there is an answer


@dataclass(frozen=True, slots=True)
class SectionReader:
    """Who reads, as the section needs to know it."""

    id: UUID
    own: bool  # the citizen herself
    first_name: str  # the citizen's
    answered_by: date | None = None  # the last day on which the contact person answers a no; None: not known


@dataclass(frozen=True, slots=True)
class SectionEvents:
    """What has just happened or been looked up, on the page that the section stands on."""

    others: int | None = None  # how many other times there are to choose; None: nobody has looked
    can_undo: bool = False
    taken: bool = False  # the time that was asked for is taken: a notice says so instead of note and after


@dataclass(frozen=True, slots=True)
class AnswerSection:
    """The words of the section: title, note under it, and last what is true meanwhile; empty: none."""

    title: str
    note: str
    after: str
    choices: tuple[ReplyChoice, ...]  # the answers, each with what it does; none for those who only read
    yes_effect: str  # what a yes to any one of its times does
    actions: tuple[SectionAction, ...]

    @property
    def asks(self) -> bool:
        """True when the citizen is asked for an answer, so that it stands open."""
        return SectionAction.REPLY in self.actions


NOTHING_NEW = SectionEvents()


def answer_section(
    meeting: MeetingRow, reader: SectionReader, *, today: date, events: SectionEvents = NOTHING_NEW
) -> AnswerSection:
    """Return what this reader is told of the answer to a meeting, and can do about it."""
    title, note, after = _words(meeting, reader, today, events)
    if events.taken:
        note = after = ""
    return AnswerSection(
        title,
        note,
        after,
        reply_choices(meeting, today=today, answered_by=reader.answered_by) if reader.own else (),
        yes_effect(meeting),
        tuple(_actions(meeting, reader, today, events)),
    )


def is_soon(meeting: MeetingRow, today: date) -> bool:
    """Say whether an answer that isn't a yes came on the day itself: then one must call, too."""
    return not meeting.over and meeting.day == today and meeting.reply in (Reply.CANNOT, Reply.OTHER_TIME)


def _words(
    meeting: MeetingRow, reader: SectionReader, today: date, events: SectionEvents
) -> tuple[str, str, str]:
    """Return title, note and after, whatever was taken meanwhile."""
    if meeting.state is MeetingState.CANCELLED:
        declined = reader.own and meeting.cancelled_by == reader.id and meeting.reply is Reply.DECLINED
        title = _("Du har sagt nej tak") if declined else _("Mødet er aflyst")
        return title, _who_cancelled(meeting, reader, events), ""
    if meeting.expired:
        note = (
            _other_time(meeting, today, events) if reader.own else _("Ingen svarede i tide. Find en ny tid.")
        )
        return _("Vi holder ikke tiden længere"), note, ""
    if meeting.over:
        name = meeting.contact_first_name if reader.own else None
        return _("Mødet er slut"), _("Ring til %(name)s, hvis der er noget.", name=name) if name else "", ""
    if not reader.own:
        proposed = meeting.state is MeetingState.PROPOSED
        title = reply_text(meeting, own=False, name=reader.first_name)
        return title, _("Det er et forslag. Vi holder tiden.") if proposed else "", ""
    return _own_title(meeting, today), _own_note(meeting, today, events), _own_after(meeting, today)


def _who_cancelled(meeting: MeetingRow, reader: SectionReader, events: SectionEvents) -> str:
    if meeting.cancelled_by == reader.id and meeting.reply is Reply.DECLINED:
        return _("Du får ikke flere forslag om det her møde. De andre har fået besked.")
    if meeting.cancelled_by == reader.id:
        told = _("Du har aflyst det. De andre har fået besked.")
        return " ".join([told, _("Vil du have en ny tid? Vælg en her.")]) if events.others else told
    return _("%(name)s har aflyst det.", name=meeting.canceller) if meeting.canceller else ""


def _own_title(meeting: MeetingRow, today: date) -> str:
    if meeting.reply is None:
        return question_text(meeting, len(meeting.options))
    if meeting.begun and meeting.reply is Reply.COMING:
        return begun_text(meeting)
    return own_reply_text(meeting, today)


def _own_note(meeting: MeetingRow, today: date, events: SectionEvents) -> str:
    """Return what follows from the citizen's answer, of a meeting that goes on."""
    name = meeting.contact_first_name
    if is_soon(meeting, today):
        called = bool(name and meeting.contact_phone)
        told = _("%(name)s har fået dit svar.", name=name) if called else _("Vi har fået dit svar.")
        soon = _("Ring også, for mødet begynder snart.")
        call = _("Ring også, for mødet er begyndt.") if meeting.begun else soon
        return " ".join([told, call])
    if meeting.begun and meeting.reply in (None, Reply.COMING):
        return _unheard(meeting)
    if meeting.reply is Reply.CALL_ME:
        return _("%(name)s ringer til dig.", name=name) if name else _("Vi ringer til dig.")
    if _is_no_to_duty(meeting):
        return _no_to_duty(meeting, today)
    if meeting.reply in (Reply.CANNOT, Reply.OTHER_TIME):
        return _other_time(meeting, today, events)
    return ""


def _unheard(meeting: MeetingRow) -> str:
    """Return whom to call when the time has come of a meeting for which the citizen waits at home."""
    if shown_channel(meeting) not in (Channel.PHONE, Channel.HOME):
        return ""
    if name := meeting.contact_first_name:
        return _("Har du ikke hørt fra os, så ring til %(name)s.", name=name)
    return _("Har du ikke hørt fra os, så ring til kommunen.")


def _own_after(meeting: MeetingRow, today: date) -> str:
    """Return what is held or stands until the citizen answers, or another time is found."""
    if meeting.reply is None:
        if meeting.state is MeetingState.PROPOSED:
            return _held(meeting, today)
        return _("Mødet gælder stadig, indtil du vælger en ny tid.") if meeting.options else ""
    if is_soon(meeting, today) or meeting.reply not in (Reply.CANNOT, Reply.OTHER_TIME):
        return ""
    if meeting.state is MeetingState.AGREED:
        if _is_no_to_duty(meeting):
            return ""
        return _("Mødet gælder stadig, indtil I har aftalt en ny tid.")
    return _still_held(meeting, today)


def _is_no_to_duty(meeting: MeetingRow) -> bool:
    return meeting.state is MeetingState.AGREED and meeting.duty and meeting.reply is Reply.CANNOT


def _no_to_duty(meeting: MeetingRow, today: date) -> str:
    """Return that a duty stands although she can't come, and whom she hears from by when."""
    stands = _("Mødet gælder stadig.")
    name, due = meeting.contact_first_name, meeting.due_on
    if not name or not due or due < today:
        return " ".join([stands, _("Ring til os, hvis du ikke har hørt noget.")])
    day = by_day(due, today)
    wait = _("%(name)s skriver senest %(day)s. Hører du ikke fra %(name)s, så ring.", name=name, day=day)
    return " ".join([stands, wait])


def _still_held(meeting: MeetingRow, today: date) -> str:
    """Return for how long the times of a proposal are held while another is found."""
    several, until = len(meeting.options) > 1, meeting.answer_by
    if until and several:
        return _("Vi holder tiderne til dig til og med %(day)s.", day=by_day(until, today))
    if several:
        return _("Vi holder tiderne til dig så længe.")
    time = _("%(day)s kl. %(time)s", day=near_day(meeting.day, today), time=clock_time(meeting.starts_at))
    if until:
        day = by_day(until, today)
        return _("Vi holder tiden %(time)s til dig til og med %(day)s.", time=time, day=day)
    return _("Vi holder tiden %(time)s til dig så længe.", time=time)


def _held(meeting: MeetingRow, today: date) -> str:
    """Return that it is a proposal, and how long its times are kept free."""
    day = meeting.answer_by and by_day(meeting.answer_by, today)
    if len(meeting.options) > 1:
        if day:
            held = _("Vi holder tiderne fri til dig. Svar senest %(day)s.", day=day)
        else:
            held = _("Vi holder tiderne fri til dig.")
    elif day:
        held = _("Vi holder tiden fri til dig. Svar senest %(day)s.", day=day)
    else:
        held = _("Vi holder tiden fri til dig.")
    return " ".join([_("Det er et forslag."), held])


def _other_time(meeting: MeetingRow, today: date, events: SectionEvents) -> str:
    """Return who finds another time, and by when; or that the citizen can choose one here."""
    before = [_("Det gør ikke noget.")] if meeting.expired else []
    due = meeting.due_on if meeting.due_on and meeting.due_on >= today else None
    name, day = meeting.contact_first_name, by_day(due, today) if due else None
    if events.others:
        return " ".join([*before, _choose_or_wait(name, day)])
    asked = meeting.reply is Reply.OTHER_TIME or meeting.expired
    if events.others is not None and asked and not meeting.options:
        before.append(_("Lige nu er der ingen tider at vælge."))
    return " ".join([*before, _wait(name, day)])


def _choose_or_wait(name: str | None, day: str | None) -> str:
    if name and day:
        return _("Vælg en tid her. Ellers finder %(name)s en senest %(day)s.", name=name, day=day)
    if name:
        return _("Vælg en tid her. Ellers finder %(name)s en.", name=name)
    return _("Vælg en tid her. Ellers finder vi en.")


def _wait(name: str | None, day: str | None) -> str:
    if name and day:
        return _("%(name)s finder en anden tid senest %(day)s og giver dig besked.", name=name, day=day)
    if name:
        return _("%(name)s finder en anden tid og giver dig besked.", name=name)
    return _("Vi finder en anden tid og giver dig besked.")


def _actions(
    meeting: MeetingRow, reader: SectionReader, today: date, events: SectionEvents
) -> list[SectionAction]:
    if not reader.own:
        asks = not meeting.over and meeting.reply in ASKS_FOR_SOMETHING
        return [SectionAction.CALL_CITIZEN] if asks and meeting.phone else []
    found = []
    if events.can_undo and not events.taken:
        found.append(SectionAction.UNDO)
    elif (meeting.state is MeetingState.CANCELLED or events.taken) and meeting.contact_phone:
        found.append(SectionAction.CALL_CONTACT)
    if is_soon(meeting, today):
        own_number = meeting.contact_first_name and meeting.contact_phone
        found.append(SectionAction.CALL_CONTACT_NOW if own_number else SectionAction.CALL_MUNICIPALITY_NOW)
    if meeting.over:
        return found
    choose = [SectionAction.CHOOSE] if meeting.options else []
    asked = meeting.waits or choose
    return [*found, *choose, SectionAction.REPLY if asked else SectionAction.CHANGE_REPLY]
