from wtforms import Form, RadioField, SelectChoice, TextAreaField
from wtforms.validators import Length, ValidationError

from app.entries.rules import plain_text
from app.goals.rules import SAID_MOST, Agreement, GoalAnswer
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l


class GoalResponseForm(Form):
    """What the citizen says of a goal."""

    answer = RadioField(
        _l("Hvad siger du til målet?"),
        choices=[
            SelectChoice(Agreement.AGREE.value, _l("Jeg er enig")),
            SelectChoice(Agreement.DISAGREE.value, _l("Jeg er uenig")),
            SelectChoice(Agreement.UNSURE.value, _l("Jeg ved det ikke")),
            SelectChoice(Agreement.TALK.value, _l("Jeg vil tale om det")),
        ],
        validate_choice=False,  # the sentence below says what to do
    )
    words = TextAreaField(
        _l("Vil du sige mere?"),
        filters=[plain_text],
        validators=[Length(max=SAID_MOST, message=_l("Skriv højst 1.000 tegn."))],
    )

    def validate_answer(self, field: RadioField) -> None:
        if field.data not in set(Agreement):
            raise ValidationError(_("Vælg et svar."))

    @property
    def said(self) -> GoalAnswer:
        return GoalAnswer(Agreement(self.answer.data), self.words.data or None)
