"""What an answer can be, and who may see it. Pure.

Skipping and declining are not values: they are never counted, and never told to anybody else.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.errors import Refused

WORDS_MOST = 300
REPLY_MOST = 1000
VALUES = range(1, 6)  # the hardest first; stored, never shown


class AnswerKind(StrEnum):
    GIVEN = "given"
    SKIPPED = "skipped"
    DECLINED = "declined"


class Visibility(StrEnum):
    PRIVATE = "private"
    SHARED = "shared"


class AssessmentNeedsConsent(Refused):
    reason = "Du kan vise det, når din plan er åben. Dit svar er gemt."


class AssessmentNeedsContact(Refused):
    reason = "Du har ikke en kontaktperson endnu. Ring til kommunen. Dit svar er gemt."


class NothingToShow(Refused):
    reason = "Der er ikke noget at vise. Det er helt i orden."


class NotShown(Refused):
    reason = "%(name)s viser det ikke længere. Du skal ikke svare."


class AlreadyRead(Refused):
    reason = "%(name)s har allerede læst det."


@dataclass(frozen=True, slots=True)
class StepChoice:
    """What was answered to one question: one of the five steps, or none of them and why."""

    kind: AnswerKind
    value: int | None = None

    def __post_init__(self) -> None:
        given = self.kind is AnswerKind.GIVEN
        if not (self.value in VALUES if given else self.value is None):
            raise ValueError("an answer that is given has a value, 1 to 5; the others have none")


SKIP, DECLINE = StepChoice(AnswerKind.SKIPPED), StepChoice(AnswerKind.DECLINED)
_BY_WORD = {
    **{str(value): StepChoice(AnswerKind.GIVEN, value) for value in VALUES},
    "spring-over": SKIP,
    "vil-ikke": DECLINE,
}


def read_choice(word: str | None) -> StepChoice | None:
    """Return what a form's choice means, or None if nothing was chosen."""
    return _BY_WORD.get(word or "")


def has_something_to_show(said: StepChoice, words: str | None) -> bool:
    """Say whether there is anything to show: that one skipped is nobody else's to see."""
    return said.kind is AnswerKind.GIVEN or bool(words)


def is_shown_to(contact_id: UUID | None, *, state: Visibility, shown_to: UUID | None) -> bool:
    """Say whether the contact person, and who stands in for them, may see it now.

    It is shown to a person: another contact person sees nothing until the citizen shows it again.
    """
    return state is Visibility.SHARED and contact_id is not None and shown_to == contact_id
