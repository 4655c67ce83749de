"""The life of an entry: who may move it where, and what others may see of it. Pure.

    kladde ──share──▶ delt ──approve──▶ med i planen
      ▲                │  ▲
      └──take back─────┘  └──reshare── lad os tale om det ◀──talk── delt

There is no refusal here, and no word for one.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.errors import Refused

WORDS_MOST = 4000
REPLY_MOST = 1000


class Kind(StrEnum):
    DREAM = "dream"
    GOAL = "goal"
    STEP = "step"
    OTHER = "other"


class State(StrEnum):
    DRAFT = "draft"
    SHARED = "shared"
    TALK = "talk"
    IN_PLAN = "in_plan"


class Happening(StrEnum):
    """What can happen to an entry; each is kept with its time (EntryEvent)."""

    WRITTEN = "written"
    SHARED = "shared"
    TAKEN_BACK = "taken_back"
    APPROVED = "approved"
    TALK = "talk"
    LATE = "late"


NEXT = {
    State.DRAFT: {State.SHARED},
    State.SHARED: {State.IN_PLAN, State.TALK, State.DRAFT},
    State.TALK: {State.SHARED},
    State.IN_PLAN: {State.SHARED},  # by sharing a new version; the approved one stands until then
}


class IllegalMove(Refused):
    reason = "Der er allerede svaret på det. Se det nyeste i planen."


def move(current: State, wanted: State) -> State:
    """Return `wanted`, or raise IllegalMove if an entry cannot go there from `current`."""
    if wanted not in NEXT[current]:
        raise IllegalMove
    return wanted


class Tie(StrEnum):
    """What somebody is to the citizen whose plan it is; decides what they see."""

    SELF = "self"
    CONTACT = "contact"
    SUBSTITUTE = "substitute"
    PROFESSIONAL = "professional"
    REPRESENTATIVE = "representative"


READS_SHARED = frozenset({Tie.CONTACT, Tie.SUBSTITUTE})


@dataclass(frozen=True, slots=True)
class Versions:
    """Which version of the words is the newest written, the newest shared, and the one in the plan."""

    written: int
    shared: int | None = None  # None: never shared, or taken back
    approved: int | None = None  # None: never in the plan


def visible_version(tie: Tie, versions: Versions) -> int | None:
    """Return the number of the version that somebody with this tie may read; None hides the entry.

    Drafts are the citizen's alone. What is shared reaches the contact person and the substitute;
    the rest of the team sees only what is in the plan.
    """
    if tie is Tie.SELF:
        return versions.written
    if tie in READS_SHARED and versions.shared is not None:
        return versions.shared
    return versions.approved
