"""What was agreed, as a form: one text, and a few lines that can each become a step or a promise."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from wtforms import Field, HiddenField, SelectChoice, StringField

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.meetings.rules import FARTHEST
from app.minutes.rules import (
    LINE_MOST,
    LINES_MOST,
    OWN_WORDS_MOST,
    WORDS_MOST,
    AgreementKind,
    AgreementLine,
    MinutesInput,
    MinutesPage,
)
from app.typed_text import read_day, read_id, read_whole_number
from app.web.forms import NOT_A_DAY, NOT_ON_THE_LIST, KeyedForm, LineField, LongTextField, SelectField

BLANK_LINES = 3
KINDS = (
    SelectChoice(AgreementKind.STEP.value, _l("Et skridt")),
    SelectChoice(AgreementKind.PROMISE.value, _l("Et løfte fra kommunen")),
)
NOBODY = ""

Doers = Sequence[tuple[UUID, str]]
Goals = Sequence[tuple[UUID, str]]


class OwnWordsForm(KeyedForm):
    """What the citizen adds beside."""

    seen = HiddenField()  # when the words that stood here were written
    words = LongTextField(
        _l("Hvad vil du sige til det, I aftalte?"),
        most=OWN_WORDS_MOST,
        missing=_l("Skriv det, du vil sige. Et par ord er nok."),
    )

    @property
    def seen_at(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None


class MinutesForm(KeyedForm):
    """The text. The lines come with a form made for so many: see `minutes_form`."""

    version = HiddenField()
    linjer = HiddenField()  # how many lines it has
    words = LongTextField(
        _l("Hvad talte I om?"), most=WORDS_MOST, missing=_l("Skriv, hvad I talte om. Et par ord er nok.")
    )

    count = 0  # of lines
    citizen_value = ""  # the choice that names the citizen
    first_day = date.min  # a day before it is none to agree on

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The fields of each line, by name."""
        names = ("words", "kind", "doer", "due", "goal")
        return [{name: self[f"{name}_{number}"] for name in names} for number in range(1, self.count + 1)]

    @property
    def shown(self) -> int:
        """How many lines stand open: those with something in them, and one more."""
        used = [number for number, line in enumerate(self.lines, 1) if line["words"].data]
        return max(used, default=0) + 1

    def validate(self, extra_validators: object = None) -> bool:
        fine: bool = super().validate()
        for line in self.lines:
            fine = self._check(**line) and fine
        return fine

    def _check(self, words: Field, kind: Field, doer: Field, due: Field, goal: Field) -> bool:
        """Say what is wrong with a line that has words; one without is left out."""
        if not words.data:
            return True
        for field in (kind, doer, goal):
            if field.data not in [choice.value for choice in field.choices]:
                field.errors = [str(NOT_ON_THE_LIST)]
        if problem := self._wrong_day(kind.data, due.data):
            due.errors = [problem]
        if kind.data == AgreementKind.PROMISE and doer.data in (NOBODY, self.citizen_value):
            doer.errors = [_("Vælg, hvem i kommunen der har lovet det.")]
        return not any(field.errors for field in (words, due, doer, kind, goal))

    def _wrong_day(self, kind: str, text: str) -> str | None:
        try:
            day = read_day(text)
        except ValueError:
            return str(NOT_A_DAY)
        if day is None:
            return (
                _("Skriv, hvornår løftet senest skal være holdt.") if kind == AgreementKind.PROMISE else None
            )
        if not self.first_day <= day <= self.first_day + FARTHEST:
            return _("Vælg en dag efter mødet og inden for to år.")
        return None

    @property
    def written(self) -> MinutesInput:
        """What was written. Only of a form that is valid."""
        lines = tuple(_line(**line) for line in self.lines if line["words"].data)
        return MinutesInput(self.words.data, lines, read_whole_number(self.version.data) or 0)


def _line(words: Field, kind: Field, doer: Field, due: Field, goal: Field) -> AgreementLine:
    who, goal_id = read_id(doer.data), read_id(goal.data)
    return AgreementLine(AgreementKind(kind.data), words.data, who, read_day(due.data), goal_id)


def choices(offered: Sequence[SelectChoice]) -> dict[str, Any]:
    """Return the options of a list whose first choice stands until another is made."""
    return {"choices": offered, "default": offered[0].value, "validate_choice": False}


def minutes_form(count: int, doers: Doers, *, first_day: date, goals: Goals = ()) -> type[MinutesForm]:
    """Return the form with `count` lines; `doers` and `goals` can be named, the citizen first."""
    named = [SelectChoice(NOBODY, _l("Intet mål")), *(SelectChoice(str(one), words) for one, words in goals)]
    people = [
        SelectChoice(NOBODY, _l("Ingen er valgt")),
        *(SelectChoice(str(one), name) for one, name in doers),
    ]
    fields: dict[str, Any] = {"count": count, "first_day": first_day, "citizen_value": str(doers[0][0])}
    for number in range(1, count + 1):
        fields[f"words_{number}"] = LineField(_l("Hvad aftalte I?"), most=LINE_MOST)
        fields[f"kind_{number}"] = SelectField(_l("Hvad er det?"), **choices(KINDS))
        fields[f"doer_{number}"] = SelectField(_l("Hvem gør det?"), **choices(people))
        fields[f"due_{number}"] = StringField(_l("Senest hvornår?"))
        fields[f"goal_{number}"] = SelectField(_l("Hvilket mål hører det til?"), **choices(named))
    return type("MinutesFormWithLines", (MinutesForm,), fields)


def line_count(sent: str | None) -> int:
    """Return how many lines the form had that was sent; those of a fresh one if it does not say."""
    said = read_whole_number(sent)
    return min(BLANK_LINES if said is None else said, LINES_MOST)


def filled_in(found: MinutesPage | None) -> dict[str, Any]:
    """Return what the form shows of what was written before."""
    if found is None:
        return {"version": "0"}
    data: dict[str, Any] = {"version": str(found.version), "words": found.words}
    for number, line in enumerate(found.open_lines, 1):
        data |= {
            f"words_{number}": line.words,
            f"kind_{number}": line.kind.value,
            f"doer_{number}": str(line.doer_id or NOBODY),
            f"due_{number}": line.due_on.isoformat() if line.due_on else "",
            f"goal_{number}": str(line.goal_id or NOBODY),
        }
    return data
