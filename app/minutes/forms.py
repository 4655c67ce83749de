"""What was agreed, as a form: one text, and a few lines that can each become a step or a promise."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from wtforms import Field, Form, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.entries.forms import new_key, valid_key
from app.entries.rules import plain_text
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

BLANK_LINES = 3
KINDS = (
    SelectChoice(AgreementKind.STEP.value, _l("Et skridt")),
    SelectChoice(AgreementKind.PROMISE.value, _l("Et løfte fra kommunen")),
)
NOBODY = ""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DANISH = re.compile(r"(\d{1,2})[./ -]+(\d{1,2})[./ -]+(\d{4})")

MOST_DIGITS = 9  # of a version; none has more

Doers = Sequence[tuple[UUID, str]]


def parse_day(text: str | None) -> date | None:
    """Return the day that was typed, as a date field sends it (2026-03-31) or as one writes it (31.3.2026).

    Raises:
        ValueError: it is no day.
    """
    said = (text or "").strip()
    if not said:
        return None
    if found := _ISO.fullmatch(said):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DANISH.fullmatch(said):
        return date(int(found[3]), int(found[2]), int(found[1]))
    raise ValueError(said)


def check_length_of(field: Field, most: int) -> None:
    """Say by how much a text is too long."""
    over = len(field.data) - most
    if over > 0:
        text = _("Din tekst er %(number)s tegn for lang. Gør den kortere. Den står her endnu.", number=over)
        raise ValidationError(text)


class OwnWordsForm(Form):
    """What the citizen adds beside."""

    key = HiddenField(filters=[valid_key])
    seen = HiddenField()  # when the words that stood here were written
    words = TextAreaField(_l("Hvad vil du sige til det, I aftalte?"), filters=[plain_text])

    def validate_words(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Skriv det, du vil sige. Et par ord er nok."))
        check_length_of(field, OWN_WORDS_MOST)

    @property
    def seen_at(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None


class MinutesForm(Form):
    """The text. The lines come with a form made for so many: see `minutes_form`."""

    key = HiddenField(filters=[valid_key])
    version = HiddenField()
    linjer = HiddenField()  # how many lines it has
    words = TextAreaField(_l("Hvad talte I om?"), filters=[plain_text])

    count = 0  # of lines
    citizen_value = ""  # the choice that names the citizen
    first_day = date.min  # a day before it is none to agree on

    def validate_words(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Skriv, hvad I talte om. Et par ord er nok."))
        check_length_of(field, WORDS_MOST)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The fields of each line, by name."""
        names = ("words", "kind", "doer", "due")
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

    def _check(self, words: Field, kind: Field, doer: Field, due: Field) -> bool:
        """Say what is wrong with a line that has words; one without is left out."""
        if not words.data:
            return True
        for field in (kind, doer):
            if field.data not in [choice.value for choice in field.choices]:
                field.errors = [_("Vælg en fra listen.")]
        if len(words.data) > LINE_MOST:
            words.errors = [_("Gør aftalen kortere. Den må fylde %(number)s tegn.", number=LINE_MOST)]
        if problem := self._wrong_day(kind.data, due.data):
            due.errors = [problem]
        if kind.data == AgreementKind.PROMISE and doer.data in (NOBODY, self.citizen_value):
            doer.errors = [_("Vælg, hvem i kommunen der har lovet det.")]
        return not (words.errors or due.errors or doer.errors or kind.errors)

    def _wrong_day(self, kind: str, text: str) -> str | None:
        try:
            day = parse_day(text)
        except ValueError:
            return _("Skriv dagen som 31.3.2026.")
        if day is None:
            return _("Skriv, hvornår løftet senest er holdt.") if kind == AgreementKind.PROMISE else None
        if not self.first_day <= day <= self.first_day + FARTHEST:
            return _("Vælg en dag efter mødet og inden for to år.")
        return None

    def say(self, sentence: str) -> None:
        """Show one more problem; what was typed stands."""
        self.form_errors: list[str] = [*self.form_errors, sentence]
        self.key.data = new_key()

    @property
    def written(self) -> MinutesInput:
        """What was written. Only of a form that is valid."""
        said = self.version.data or ""
        version = int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else 0
        lines = tuple(_line(**line) for line in self.lines if line["words"].data)
        return MinutesInput(self.words.data, lines, version)


def _line(words: Field, kind: Field, doer: Field, due: Field) -> AgreementLine:
    who = UUID(doer.data) if doer.data else None
    return AgreementLine(AgreementKind(kind.data), words.data, who, parse_day(due.data))


def agreement_line(text: str | None) -> str:
    """Return what somebody wrote, on one line."""
    return " ".join(plain_text(text).split())


def choices(offered: Sequence[SelectChoice]) -> dict[str, Any]:
    """Return the options of a list whose first choice stands until another is made."""
    return {"choices": offered, "default": offered[0].value, "validate_choice": False}


def minutes_form(count: int, doers: Doers, *, first_day: date) -> type[MinutesForm]:
    """Return the form with `count` lines; `doers` can be named, the citizen first."""
    people = [
        SelectChoice(NOBODY, _l("Ingen er valgt")),
        *(SelectChoice(str(one), name) for one, name in doers),
    ]
    fields: dict[str, Any] = {"count": count, "first_day": first_day, "citizen_value": str(doers[0][0])}
    for number in range(1, count + 1):
        fields[f"words_{number}"] = StringField(_l("Hvad aftalte I?"), filters=[agreement_line])
        fields[f"kind_{number}"] = SelectField(_l("Hvad er det?"), **choices(KINDS))
        fields[f"doer_{number}"] = SelectField(_l("Hvem gør det?"), **choices(people))
        fields[f"due_{number}"] = StringField(_l("Senest hvornår?"))
    return type("MinutesFormWithLines", (MinutesForm,), fields)


def line_count(sent: str | None) -> int:
    """Return how many lines the form had that was sent; those of a fresh one if it does not say."""
    said = sent if sent and sent.isascii() and sent.isdigit() and len(sent) <= len(str(LINES_MOST)) else ""
    return min(int(said or BLANK_LINES), LINES_MOST)


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
        }
    return data
