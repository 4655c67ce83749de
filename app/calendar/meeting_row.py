"""Meetings as a page shows them, and the time that one takes for who may not know what it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.dates.local_time import danish_day
from app.identity.rules import first_name
from app.meetings.life_cycle import MeetingState, refuse_undo, undo_until
from app.meetings.rules import Channel, ParticipantRole, Reply
from app.meetings.video_link import link_host

HIDDEN_WORDS = (
    *("why", "bring", "address", "directions", "link", "companion"),
    *("interpreter_language", "interpreter", "spoken", "canceller", "cancel_reason"),
)


@dataclass(frozen=True, slots=True)
class MeetingPerson:
    """One of the others in a meeting."""

    id: UUID
    name: str
    title: str | None  # None: not told
    is_contact: bool  # the citizen's contact person today
    role: ParticipantRole

    @property
    def work(self) -> str:
        """What they do, as it reads inside a sentence: jobkonsulent, SOSU-assistent; or nothing."""
        title = self.title or ""
        return title if title[:2].isupper() else title[:1].lower() + title[1:]


@dataclass(frozen=True, slots=True)
class ShownOption:
    """One of the times that a citizen can say yes to."""

    position: int
    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        """The day it begins in Denmark."""
        return danish_day(self.starts_at)


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as a page shows it to one reader, who may see it. What of it is not theirs is None."""

    id: UUID
    purpose: str
    why: str | None
    bring: str | None
    duty: bool
    channel: Channel
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    sequence: int
    reply: Reply | None
    interpreter_language: str | None  # that the citizen needs; None: none is needed, or not known
    needs_interpreter: bool  # the citizen has asked for one, whatever they shall speak
    interpreter: str | None  # who interprets; None: nobody, or the name is not known
    spoken: str | None  # the interpreter's language; None: nobody interprets
    contact_name: str | None  # None: the citizen has no contact person
    contact_phone: str | None  # None: no contact person, or no number known
    contact_hours: str | None  # when they can be called; None: not told
    contact_away_from: datetime | None  # see `plan.queries.ContactNow`
    phone: str | None  # the citizen's own number; None: not known, or not for this reader
    people: tuple[MeetingPerson, ...]  # the contact person first; nobody, if it is not for this reader
    over: bool  # it has ended, or will not be
    begun: bool  # its first minute has come, whatever became of it
    ended: bool  # its time is over, whatever became of it
    moved_from: datetime | None  # None: where it always was
    cancelled_at: datetime | None  # None: not cancelled
    cancelled_by: UUID | None  # None: not cancelled, or by a system
    canceller: str | None  # the name of who cancelled it; None: not cancelled, or by a system
    cancel_reason: str | None
    companion: str | None  # who the citizen brings along
    due_on: date | None  # the last day to settle what the citizen asked for; None: nothing is to be settled
    expires_at: datetime | None  # when a proposal's times are given up
    minuted: bool  # what was agreed stands there to be read
    address: str | None  # None: by phone, not known, or not for this reader
    directions: str | None
    link: str | None  # to the video meeting; None: there is none, or it is not for this reader
    ready: bool  # it is time to go there: see `video_link.is_ready`
    hidden: bool = False  # this reader may not know what it is, but when, and whom to ask
    options: tuple[ShownOption, ...] = ()  # the times to choose between; read where they are shown

    @property
    def day(self) -> date:
        """The day it begins in Denmark."""
        return danish_day(self.starts_at)

    def has_others(self, reader_id: UUID) -> bool:
        """Say whether somebody beside the citizen and this reader is in it, as far as it is theirs to see."""
        return any(one.id != reader_id for one in self.people)

    @property
    def link_host(self) -> str:
        """Where the link leads, as people know it."""
        return link_host(self.link) if self.link else ""

    @property
    def waits(self) -> bool:
        """True when the citizen has not answered and still can."""
        return self.reply is None and not self.over

    @property
    def expired(self) -> bool:
        """True when nobody answered a proposal in time, and its time has not come."""
        return self.state is MeetingState.EXPIRED and not self.ended

    @property
    def called_off(self) -> bool:
        """True when it is cancelled and its time has not come."""
        return self.state is MeetingState.CANCELLED and not self.ended

    @property
    def answer_by(self) -> date | None:
        """The last day to answer a proposal; None: it waits for no answer."""
        return self.expires_at and danish_day(self.expires_at - timedelta(minutes=1))

    def can_undo(self, who: UUID, now: datetime) -> bool:
        """Say whether `who` has cancelled it so lately that it can be brought back."""
        return refuse_undo(self.cancelled_at, self.cancelled_by, self.starts_at, who=who, now=now) is None

    @property
    def undo_by(self) -> datetime | None:
        """How long a cancelling can be undone; None: it is not cancelled."""
        return undo_until(self.cancelled_at)

    @property
    def contact_first_name(self) -> str | None:
        return self.contact_name and first_name(self.contact_name)


@dataclass(frozen=True, slots=True)
class BusySpan:
    """Time that a meeting takes or holds, for a reader who may not know that meeting (optaget)."""

    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        """The day it begins in Denmark."""
        return danish_day(self.starts_at)


def hidden_meeting(meeting: MeetingRow, purpose: str) -> MeetingRow:
    """Return a meeting for who may not know what it is: its times and answers, and `purpose` for all words.

    How it is held is told to nobody, so each is as one that is met at.
    """
    untold: Any = dict.fromkeys(HIDDEN_WORDS) | {"people": (), "needs_interpreter": False, "minuted": False}
    return replace(meeting, hidden=True, purpose=purpose, channel=Channel.IN_PERSON, **untold)


def held_times(
    state: MeetingState, starts_at: datetime, ends_at: datetime, options: Sequence[ShownOption]
) -> list[tuple[datetime, datetime, bool]]:
    """Return the times of a meeting and whether each is only held: a proposal's are those to choose."""
    proposed = state is MeetingState.PROPOSED
    times = [(one.starts_at, one.ends_at, True) for one in options]
    return times if proposed and times else [(starts_at, ends_at, proposed), *times]
