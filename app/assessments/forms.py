"""How it goes: one choice that nobody has made beforehand, and one line that one may leave empty."""

from wtforms import Field, Form, HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import ValidationError

from app.assessments.question_sets import SHIPPED, Topic
from app.assessments.rules import VALUES, WORDS_MOST, StepChoice, read_choice
from app.entries.forms import new_key, valid_key
from app.entries.rules import plain_text
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

ICONS = {str(value): f"face-{value}" for value in VALUES} | {"spring-over": "arrow", "vil-ikke": "other"}


def single_line(text: str | None) -> str:
    """Return what somebody wrote, on one line."""
    return " ".join(plain_text(text).split())


class HowForm(Form):
    """One topic: five words to choose from, or none of them, and what matters most."""

    key = HiddenField(filters=[valid_key])
    answer = RadioField(
        choices=[
            *(
                SelectChoice(str(value), _l(words))
                for value, words in zip(VALUES, SHIPPED.steps, strict=True)
            ),
            SelectChoice("spring-over", _l("Spring over")),
            SelectChoice("vil-ikke", _l("Vil ikke svare")),
        ],
        validate_choice=False,  # the sentence below says what to do
    )
    words = StringField(_l("Hvad er vigtigst for dig lige nu?"), filters=[single_line])

    def ask(self, asked: Topic) -> "HowForm":
        """Let the question be the page's heading."""
        self.answer.label.text = _(asked.text)
        return self

    def say(self, sentence: str) -> None:
        """Show one more problem; the form is shown again with a fresh key."""
        self.form_errors: list[str] = [*self.form_errors, sentence]
        self.key.data = new_key()

    @property
    def said(self) -> StepChoice | None:
        return read_choice(self.answer.data)

    def validate_answer(self, field: Field) -> None:
        if read_choice(field.data) is None:
            raise ValidationError(_("Vælg et svar. Du kan også vælge Spring over."))

    def validate_words(self, field: Field) -> None:
        over = len(field.data) - WORDS_MOST
        if over > 0:
            text = _(
                "Din tekst er %(number)s tegn for lang. Gør den kortere. Den står her endnu.", number=over
            )
            raise ValidationError(text)
