from wtforms import Form, RadioField, SelectChoice
from wtforms.validators import Optional

from app.i18n import lazy_gettext as _l
from app.i18n import offered
from app.identity.rules import TextSize


def _languages() -> list[SelectChoice]:
    """Return the languages the app speaks today, each by its own name."""
    return [SelectChoice(one.code, one.own_name) for one in offered()]


class SettingsForm(Form):
    """What people choose for themselves: the size of the words and the language."""

    text_size = RadioField(
        _l("Størrelse på teksten"),
        choices=[
            SelectChoice(TextSize.NORMAL.value, _l("Almindelig")),
            SelectChoice(TextSize.LARGE.value, _l("Stor")),
            SelectChoice(TextSize.LARGEST.value, _l("Størst")),
        ],
        invalid_choice_message=_l("Vælg en af de tre størrelser."),
    )
    language = RadioField(  # optional: where only one is offered, there is nothing to choose
        _l("Sprog"),
        choices=_languages,
        validators=[Optional()],
        invalid_choice_message=_l("Vælg et af sprogene."),
    )
