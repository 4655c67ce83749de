"""What the words about a meeting are made of, and what stands in the way of writing them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.errors import Refused

WORDS_MOST = 4000
OWN_WORDS_MOST = 2000
LINE_MOST = 300  # what a promise takes
LINES_MOST = 20


class MinutesState(StrEnum):
    DRAFT = "draft"
    SHARED = "shared"


class AgreementKind(StrEnum):
    STEP = "step"
    PROMISE = "promise"


class MeetingNotBegun(Refused):
    reason = "Mødet er ikke begyndt endnu. Skriv, når I har talt sammen."


class MinutesTaken(Refused):
    reason = "%(name)s skriver det, I aftalte. Tal med %(name)s, før du skriver."


class MinutesChanged(Refused):
    reason = "Der er skrevet noget nyt imens. Det står herunder. Læs det, og gem igen."


class AgreementChanged(Refused):
    reason = "Aftalen er lige blevet rettet. Se mødet igen."


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One thing that was agreed, as it is written."""

    kind: AgreementKind
    words: str
    doer_id: UUID | None = None  # None: nobody is named
    due_on: date | None = None  # None: no day is set; a promise has one
    goal_id: UUID | None = None  # None: it is for no goal


@dataclass(frozen=True, slots=True)
class MinutesInput:
    """All that one form holds: the words, and the lines that don't stand in the plan yet."""

    words: str
    lines: tuple[AgreementLine, ...]
    version: int  # the one that was read; 0: there was none


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """One thing that was agreed, as it stands."""

    id: UUID
    line: AgreementLine
    doer: str | None  # first name
    placed: bool  # it stands in the plan
    goal: str | None = None  # the words of its goal; None: it has none, or not for this reader


@dataclass(frozen=True, slots=True)
class MinutesPage:
    """What was agreed, as its page shows it."""

    words: str
    shared: bool
    author: str  # first name
    version: int
    written_at: datetime
    own_words: str | None  # the citizen's; None: nothing was added
    own_words_at: datetime | None
    lines: tuple[AgreedLine, ...]

    @property
    def open_lines(self) -> list[AgreementLine]:
        """Those that can still be rewritten: they don't stand in the plan."""
        return [one.line for one in self.lines if not one.placed]


@dataclass(frozen=True, slots=True)
class MinutesMeeting:
    """The meeting at which it was agreed."""

    id: UUID
    purpose: str
    starts_at: datetime
    hidden: bool = False  # of a place or department that nobody who acts for the citizen learns of


@dataclass(frozen=True, slots=True)
class ShownMinutes:
    """What one reader is shown of it on the meeting's page."""

    meeting: MinutesMeeting
    minutes: MinutesPage | None  # None: nothing, or nothing for this reader
    allowed: bool  # this reader may write about the meeting
    begun: bool  # there is something to write about
    writer: str | None = None  # who has a draft that is not this reader's; told only to those who may write

    @property
    def writes(self) -> bool:
        """True when this reader may write now."""
        return self.allowed and self.begun and self.writer is None
