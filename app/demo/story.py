"""How the demo's stories are told: what was written, promised and planned, in days from the day it starts."""

from dataclasses import dataclass

from app.entries.rules import EntryKind, EntryState
from app.goals.rules import Agreement
from app.meetings.rules import Channel, Reply


@dataclass(frozen=True, slots=True)
class StoryResponse:
    """The citizen's answer to a goal, so many days ago."""

    answer: Agreement
    days_ago: int
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEntry:
    """One entry and all that happened to it. `written`, `shared`, `answered`, `done` count days back."""

    key: str
    kind: EntryKind
    words: str
    written: int
    by: str | None = None  # None: the citizen
    shared: int | None = None
    answered: int | None = None
    reply: str | None = None  # "lad os tale om det"
    newer: str | None = None  # a newer version, shared a day ago; the first stands in the plan until then
    late: bool = False
    area: int | None = None  # goals: place in the municipality's list
    dream: str | None = None  # goals: key of the dream it serves
    because: str | None = None
    said: tuple[StoryResponse, ...] = ()
    goal: str | None = None  # steps: key of the goal
    doer: str | None = None
    due: int | None = None  # days ahead
    done: int | None = None

    @property
    def state(self) -> EntryState:
        if self.reply is not None:
            return EntryState.TALK
        if self.answered is not None and self.newer is None:
            return EntryState.IN_PLAN
        return EntryState.DRAFT if self.shared is None else EntryState.SHARED


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPromise:
    """What the municipality has promised: `made` and `kept` count days back, `due` ahead."""

    key: str
    words: str
    by: str
    made: int
    due: int
    kept: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMeeting:
    """One meeting: `day` counts ahead, `at` is the time on the wall; None is later today."""

    key: str
    citizen: str
    day: int
    at: str | None
    minutes: int
    channel: Channel
    purpose: str
    people: tuple[str, ...]  # the first one called it
    why: str | None = None
    bring: str | None = None
    room: str | None = None  # its key in the list of places
    duty: bool = False
    agreed: bool = True  # False: a proposal, and its time is held
    reply: Reply | None = None
    interpreter: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class CitizenStory:
    """One citizen's plan."""

    citizen: str
    entries: tuple[StoryEntry, ...]
    promises: tuple[StoryPromise, ...] = ()
