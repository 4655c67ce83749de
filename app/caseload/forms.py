"""The kind sentence that asks for a talk, and the one to an answer that was read."""

from wtforms import Field, Form, TextAreaField
from wtforms.validators import ValidationError

from app.entries.rules import REPLY_MOST, plain_text
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l


class ReadForm(Form):
    """One field, and it may be empty: a sentence to one who has shown how it goes."""

    words = TextAreaField(_l("Vil du skrive en sætning?"), filters=[plain_text])

    def validate_words(self, field: Field) -> None:
        _must_fit(field)


class TalkForm(Form):
    """One field: what to talk about, said kindly."""

    words = TextAreaField(_l("Skriv en venlig sætning"), filters=[plain_text])

    def validate_words(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Skriv en venlig sætning om det, I skal tale om."))
        _must_fit(field)


def _must_fit(field: Field) -> None:
    over = len(field.data) - REPLY_MOST
    if over > 0:
        text = _("Din tekst er %(number)s tegn for lang. Gør den kortere. Den står her endnu.", number=over)
        raise ValidationError(text)
