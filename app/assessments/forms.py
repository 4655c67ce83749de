"""How it goes: one choice that nobody has made beforehand, and one line that one may leave empty."""

from wtforms import SelectChoice

from app.assessments.question_sets import SHIPPED, Topic
from app.assessments.rules import VALUES, WORDS_MOST, StepChoice, read_choice
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.web.forms import KeyedForm, LineField, RadioField

ICONS = {str(value): f"face-{value}" for value in VALUES} | {"spring-over": "arrow", "vil-ikke": "other"}


class HowForm(KeyedForm):
    """One topic: five words to choose from, or none of them, and what matters most."""

    answer = RadioField(
        choices=[
            *(
                SelectChoice(str(value), _l(words))
                for value, words in zip(VALUES, SHIPPED.steps, strict=True)
            ),
            SelectChoice("spring-over", _l("Spring over")),
            SelectChoice("vil-ikke", _l("Vil ikke svare")),
        ],
        missing=_l("Vælg et svar. Du kan også vælge Spring over."),
    )
    words = LineField(_l("Hvad er vigtigst for dig lige nu?"), most=WORDS_MOST)

    def ask(self, asked: Topic) -> "HowForm":
        """Let the question be the page's heading."""
        self.answer.label.text = _(asked.text)
        return self

    @property
    def said(self) -> StepChoice | None:
        return read_choice(self.answer.data)
