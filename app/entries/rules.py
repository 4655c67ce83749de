"""The life of an entry: who may move it where, and what others may see of it. Pure.

    kladde ──share──▶ delt ──approve──▶ med i planen
      ▲                │  ▲
      └──take back─────┘  └──reshare── lad os tale om det ◀──talk── delt

There is no refusal here, and no word for one.
"""

import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from app.errors import Refused

WORDS_MOST = 4000
REPLY_MOST = 1000


class EntryKind(StrEnum):
    DREAM = "dream"
    GOAL = "goal"
    STEP = "step"
    OTHER = "other"


class EntryState(StrEnum):
    DRAFT = "draft"
    SHARED = "shared"
    TALK = "talk"
    IN_PLAN = "in_plan"


class EntryEventKind(StrEnum):
    """What can happen to an entry; each is kept with its time (EntryEvent)."""

    WRITTEN = "written"
    SHARED = "shared"
    TAKEN_BACK = "taken_back"
    APPROVED = "approved"
    TALK = "talk"
    LATE = "late"


NEXT = {
    EntryState.DRAFT: {EntryState.SHARED},
    EntryState.SHARED: {EntryState.IN_PLAN, EntryState.TALK, EntryState.DRAFT},
    EntryState.TALK: {EntryState.SHARED},
    EntryState.IN_PLAN: {EntryState.SHARED},  # by sharing a new version; the approved one stands until then
}


class IllegalMove(Refused):
    reason = "Der er allerede svaret på det. Se det nyeste i planen."


class AlreadyApproved(IllegalMove):
    reason = "%(name)s har allerede svaret: med i planen."


class AlreadyInTalk(IllegalMove):
    reason = "%(name)s har allerede svaret: lad os tale om det."


class TakenBack(IllegalMove):
    reason = "%(name)s har taget det tilbage. Du skal ikke svare."


class NewerWords(Refused):
    reason = "%(name)s har skrevet noget nyt. Læs det, og svar igen."


class WaitsForAnswer(Refused):
    reason = "Tag det tilbage først. Så kan du rette det."


class NothingNew(Refused):
    reason = "Det står allerede i planen. Ret det først, og del det så."


class EntryNeedsConsent(Refused):
    reason = "Du kan dele, når du har sagt ja til én plan."


class EntryNeedsContact(Refused):
    reason = "Du har ikke en kontaktperson endnu. Ring til kommunen. Din kladde er gemt."


def plain_text(text: str | None) -> str:
    """Return what somebody wrote, fit to be kept: one kind of line break, no control characters, trimmed.

    Characters that show nothing are not words: a text of them alone becomes the empty one.
    """
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    return kept if any(c.isprintable() and not c.isspace() for c in kept) else ""


def next_state(current: EntryState, wanted: EntryState) -> EntryState:
    """Return `wanted`, or raise IllegalMove if an entry cannot go there from `current`."""
    if wanted not in NEXT[current]:
        raise IllegalMove
    return wanted


@dataclass(frozen=True, slots=True)
class Versions:
    """Which version of the words is the newest written, the newest shared, and the one in the plan."""

    written: int
    shared: int | None = None  # None: never shared, or taken back
    approved: int | None = None  # None: never in the plan


@dataclass(frozen=True, slots=True)
class EntryStanding:
    """Where an entry stands: its state and its versions. Each move returns the next standing, or says no."""

    state: EntryState
    versions: Versions

    def revised(self) -> "EntryStanding":
        """One version more; nobody but the author sees it yet. What is shared or approved stands.

        Raises:
            WaitsForAnswer: it is shared, and the one who answers must not see it change.
        """
        if self.state is EntryState.SHARED:
            raise WaitsForAnswer
        return replace(self, versions=replace(self.versions, written=self.versions.written + 1))

    def shared(self) -> "EntryStanding":
        """The newest words are shown to the contact person. An approved version stands meanwhile.

        Raises:
            IllegalMove: it is shared already.
            NothingNew: the newest words are the ones in the plan.
        """
        state = next_state(self.state, EntryState.SHARED)
        if self.state is EntryState.IN_PLAN and self.versions.written == self.versions.approved:
            raise NothingNew
        return EntryStanding(state, replace(self.versions, shared=self.versions.written))

    def taken_back(self) -> "EntryStanding":
        """A draft again; or, when an older version is in the plan, that one stands with the draft beside it.

        Raises:
            IllegalMove: it isn't waiting for an answer.
        """
        if self.state is not EntryState.SHARED:
            raise IllegalMove
        back = EntryState.DRAFT if self.versions.approved is None else EntryState.IN_PLAN
        return EntryStanding(
            next_state(self.state, back), replace(self.versions, shared=self.versions.approved)
        )

    def approved(self, seen: int) -> "EntryStanding":
        """The version that was shared is in the plan. Raises as `talked_about`."""
        self._must_be_answerable(seen)
        return EntryStanding(EntryState.IN_PLAN, replace(self.versions, approved=self.versions.shared))

    def talked_about(self, seen: int) -> "EntryStanding":
        """Wait for a talk. `seen` is the version the one who answers has read.

        Raises:
            IllegalMove: it isn't waiting for an answer.
            NewerWords: newer words have been shared since.
        """
        self._must_be_answerable(seen)
        return EntryStanding(EntryState.TALK, self.versions)

    def _must_be_answerable(self, seen: int) -> None:
        if self.state is not EntryState.SHARED:
            raise IllegalMove
        if self.versions.shared != seen:
            raise NewerWords
