"""What every room's forms are made of: the fields, and what is said when something is wrong.

A room says what a field is and how much it takes; what is wrong with what was sent is said here, in one way
for all. WTForms has English sentences of its own: none of them is ever shown.
"""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from wtforms import Field, Form, HiddenField, StringField
from wtforms import RadioField as WTRadioField
from wtforms import SelectField as WTSelectField
from wtforms import SelectMultipleField as WTSelectMultipleField
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import TextArea

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.typed_text import plain_text, read_day, read_whole_number, single_line

ANSWER_MISSING = _l("Vælg et svar.")
NOT_ON_THE_LIST = _l("Vælg en fra listen.")
NOT_A_DAY = _l("Skriv dagen som 31.3.2026.")
FARTHEST = timedelta(days=731)  # how far ahead a day can be by which something is to be done
_KEY = re.compile(r"[0-9a-f-]{32,36}")


class _OurSentences:
    """What WTForms is given in place of its translations, should a field of its own ever find a fault."""

    def gettext(self, text: str) -> str:
        return _("Det her kan ikke bruges. Ret det, og send igen.")

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(many)


class BaseForm(Form):
    """A form: what it takes, and what is said of it."""

    class Meta(DefaultMeta):
        def get_translations(self, form: Form) -> Any:
            return _OurSentences()

    def say(self, sentence: str) -> None:
        """Show one more problem, above the form; what was typed stands."""
        self.form_errors: list[str] = [*self.form_errors, sentence]


def new_key() -> str:
    """Return a key for one intent: the form that carries it can be sent twice and is taken once."""
    return uuid4().hex


def valid_key(value: str | None) -> str:
    """Return the key that came with the form, or a fresh one if it is none of ours."""
    return value if value and _KEY.fullmatch(value) else new_key()


class KeyedForm(BaseForm):
    """A form that is taken once, however often it is sent: it carries the key of its intent."""

    key = HiddenField(filters=[valid_key])

    def say(self, sentence: str) -> None:
        """Show one more problem; sent again, the form is a new intent."""
        super().say(sentence)
        self.key.data = new_key()


# --- fields ---


class LineField(StringField):
    """One line of text, at most `most` characters; `missing` is what is said when there must be some."""

    read = staticmethod(single_line)

    def __init__(self, label: Any = None, *, most: int, missing: Any = None, **more: Any) -> None:
        super().__init__(label, filters=[self.read], **more)
        self.most, self.missing = most, missing

    def pre_validate(self, form: Form) -> None:
        require_text(self, self.most, self.missing)


class LongTextField(LineField):
    """Text of some lines; else as a LineField."""

    widget = TextArea()
    read = staticmethod(plain_text)


class RadioField(WTRadioField):
    """One answer of a few that are all seen. None is chosen beforehand unless it says so."""

    def __init__(self, label: Any = None, *, missing: Any = ANSWER_MISSING, **more: Any) -> None:
        super().__init__(label, invalid_choice_message=missing, **more)


class SelectField(WTSelectField):
    """One of a list."""

    def __init__(self, label: Any = None, *, missing: Any = NOT_ON_THE_LIST, **more: Any) -> None:
        super().__init__(label, invalid_choice_message=missing, **more)
        self.missing = missing


class SelectMultipleField(WTSelectMultipleField):
    """Some of a list; `missing` is what is said when it must be one at least."""

    def __init__(self, label: Any = None, *, missing: Any = None, **more: Any) -> None:
        super().__init__(label, **more)
        self.missing = missing

    def pre_validate(self, form: Form) -> None:
        offered = {one.value for one in self.choices or ()}
        if (self.missing and not self.data) or (
            self.validate_choice and not offered.issuperset(self.data or ())
        ):
            raise StopValidation(str(self.missing or NOT_ON_THE_LIST))


# --- what is said of a field, where the rest of the form decides whether it counts ---


def require_text(field: Field, most: int, missing: Any = None) -> None:
    """See that a text is there, if `missing` says what is missing, and that it is not too long."""
    if missing and not field.data:
        raise StopValidation(str(missing))
    over = len(field.data or "") - most
    if over > 0:
        said = _("Din tekst er %(number)s tegn for lang. Gør den kortere. Den står her endnu.", number=over)
        raise StopValidation(said)


def require_number(field: Field, least: int, most: int) -> None:
    """See that a whole number from `least` to `most` was typed."""
    number = read_whole_number(field.data)
    if number is None or not least <= number <= most:
        raise ValidationError(_("Skriv et tal fra %(least)s til %(most)s.", least=least, most=most))


def check_day(field: Field, today: date, missing: str = "") -> date | None:
    """Return the last day that was typed; the field says what is wrong with it, or that it is missing."""
    try:
        day = read_day(field.data)
    except ValueError:
        field.errors = [str(NOT_A_DAY)]
        return None
    if day is None:
        field.errors = [missing] if missing else []
    elif not today <= day <= today + FARTHEST:
        field.errors = [_("Vælg en dag fra i dag og inden for to år.")]
    return day
