"""What a kind of news is, and how it reads: each room makes its own in its `news.py`. Pure."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

KIND_MOST = 40

KINDS: dict[str, "NoticeKind"] = {}  # what all rooms can tell, by the name that is stored


@dataclass(frozen=True, slots=True)
class Link:
    """Where what is told of stands: the page, and what its address needs beside the citizen."""

    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class AboutTable:
    """The table in which stands what a notice is about: its key, and the column that says what it is.

    `quiet` is true of the rows whose notices don't say to the citizen who did it.
    """

    id: Any
    detail: Any
    quiet: Any = None  # None: of none


@dataclass(frozen=True, slots=True)
class NewsGroup:
    """What one sentence tells: what the same person did, of one kind, in one plan."""

    who: str  # first name of who did it; the municipality's when the app itself did
    citizen: str  # first name of whose plan it is
    at: datetime  # the newest
    count: int = 1
    about: UUID | None = None  # the one thing; None: several, or the plan as a whole
    detail: StrEnum | None = None  # what its table says of it, of several of the newest; None: it has none


@dataclass(frozen=True, slots=True, eq=False)
class NoticeKind:
    """One kind of news; to make it is to register it. Its sentences are made where they are read.

    Raises:
        ValueError: the name is taken, or is none that can be stored.
    """

    name: str
    leads_to: Callable[[NewsGroup], Link]
    to_citizen: Callable[[NewsGroup], str] | None = None  # None: no citizen is told
    to_helper: Callable[[NewsGroup], str] | None = None  # None: none is told, or their queue says it
    about: AboutTable | None = None
    apart: Callable[[NewsGroup], Hashable] = lambda _one: None  # what differs in it is told apart
    beside_question: bool = False  # told although the page asks about the same thing: that doesn't say it
    urgent: bool = False  # stands first, and in a box
    revision: str = ""  # how the plan's history calls it; empty: what is told of makes its own, or none

    def __post_init__(self) -> None:
        if self.name in KINDS or not 0 < len(self.name) <= KIND_MOST:
            raise ValueError(self.name)
        KINDS[self.name] = self


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """One thing to tell: its kind, about whose plan, who did it (None: the app), which entry or meeting."""

    kind: NoticeKind
    citizen_id: UUID
    by: UUID | None = None
    about: UUID | None = None
