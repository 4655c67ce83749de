"""The life of an entry: who may move it where, and what others may see of it. Pure.

    kladde ──share──▶ delt ──approve──▶ med i planen
      ▲                │  ▲
      └──take back─────┘  └──reshare── lad os tale om det ◀──talk── delt

An approval can be undone for ten minutes: then it is *delt* again, just as it was.
There is no refusal here, and no word for one.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.errors import Refused

WORDS_MOST = 4000
REPLY_MOST = 1000
UNDONE_WITHIN = timedelta(minutes=10)  # of an approval


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
    UNDONE = "undone"  # of an approval


NEXT = {
    EntryState.DRAFT: {EntryState.SHARED},
    EntryState.SHARED: {EntryState.IN_PLAN, EntryState.TALK, EntryState.DRAFT},
    EntryState.TALK: {EntryState.SHARED},
    # By sharing a new version, the approved one stands until then; or when the approval is undone.
    EntryState.IN_PLAN: {EntryState.SHARED},
}


class IllegalMove(Refused):
    reason = "Der er allerede svaret på det. Se det nyeste i planen."


class AlreadyApproved(IllegalMove):
    reason = "%(name)s har allerede svaret og taget det med i planen."


class AlreadyInTalk(IllegalMove):
    reason = "%(name)s har allerede svaret og vil gerne tale om det."


class TakenBack(IllegalMove):
    reason = "%(name)s har taget det tilbage. Du skal ikke svare."


class NewerWords(Refused):
    reason = "%(name)s har skrevet noget nyt. Læs det, og svar en gang til."


class ApprovalStands(Refused):
    reason = "Der er gået mere end ti minutter. Det bliver i planen. Tal med %(name)s, hvis det skal ændres."


class ApprovalBuiltOn(Refused):
    reason = "Der er allerede bygget videre på det. Det bliver i planen. Tal med %(name)s om det."


class WaitsForAnswer(Refused):
    reason = "Tag det tilbage først. Så kan du rette det."


class NothingNew(Refused):
    reason = "Det står allerede i planen. Ret det først, og del det så."


class EntryNeedsConsent(Refused):
    reason = "Du kan dele, når din plan er åben."


class EntryNeedsContact(Refused):
    reason = "Du har ikke en kontaktperson endnu. Ring til kommunen. Din kladde er gemt."


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

    def approval_undone(self, seen: int, earlier: int | None) -> "EntryStanding":
        """As it was before the approval of `seen`; `earlier` is the version that stood then.

        Newer words of the author's own, which nobody else sees, stay as they are.

        Raises:
            NewerWords: it isn't that version any more.
            IllegalMove: it isn't in the plan.
        """
        if self.state is not EntryState.IN_PLAN:
            raise IllegalMove
        if self.versions.approved != seen:
            raise NewerWords
        return EntryStanding(
            next_state(self.state, EntryState.SHARED), replace(self.versions, shared=seen, approved=earlier)
        )

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


@dataclass(frozen=True, slots=True)
class Approval:
    """That a version was taken into the plan, or taken out again: by whom, and when."""

    version: int
    at: datetime
    by: UUID | None
    undone: bool = False


def approval_before(happened: Collection[Approval], version: int) -> Approval | None:
    """Return the approval that stood before that of `version`: the newest that was not undone; None: none."""
    count = Counter[int]()
    for one in happened:
        count[one.version] += -1 if one.undone else 1
    older = [one for one in happened if one.version < version and not one.undone and count[one.version] > 0]
    return max(older, key=lambda one: (one.version, one.at), default=None)


def can_be_undone(answered_at: datetime | None, now: datetime) -> bool:
    """Say whether an approval of that moment may still be undone. In a statement: `UNDONE_WITHIN`."""
    return answered_at is not None and now <= answered_at + UNDONE_WITHIN
