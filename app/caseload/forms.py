"""The kind sentence that asks for a talk."""

from wtforms import Field, Form, TextAreaField
from wtforms.validators import ValidationError

from app.entries.rules import REPLY_MOST, plain_text
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l


class TalkForm(Form):
    """One field: what to talk about, said kindly."""

    words = TextAreaField(_l("Skriv en venlig sætning"), filters=[plain_text])

    def validate_words(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Skriv en venlig sætning om det, I skal tale om."))
        over = len(field.data) - REPLY_MOST
        if over > 0:
            text = _(
                "Din tekst er %(number)s tegn for lang. Gør den kortere. Den står her endnu.", number=over
            )
            raise ValidationError(text)
