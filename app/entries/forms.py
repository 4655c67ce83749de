"""What a citizen writes: one text. The server explains; nothing stops the typing."""

import re
from uuid import uuid4

from wtforms import Field, Form, HiddenField, TextAreaField
from wtforms.validators import ValidationError

from app.entries.rules import WORDS_MOST, EntryKind, plain_text
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

KINDS = {"droem": EntryKind.DREAM, "maal": EntryKind.GOAL, "skridt": EntryKind.STEP, "andet": EntryKind.OTHER}
WORD_OF = {kind: word for word, kind in KINDS.items()}  # as the address says it
QUESTIONS = {
    EntryKind.DREAM: _l("Hvad drømmer du om?"),
    EntryKind.GOAL: _l("Hvad vil du gerne nå?"),
    EntryKind.STEP: _l("Hvad er det næste skridt?"),
    EntryKind.OTHER: _l("Hvad vil du fortælle?"),
}
_KEY = re.compile(r"[0-9a-f-]{32,36}")


def new_key() -> str:
    """Return a key for one intent: the form that carries it can be sent twice and is taken once."""
    return uuid4().hex


def valid_key(value: str | None) -> str:
    """Return the key that came with the form, or a fresh one if it is none of ours."""
    return value if value and _KEY.fullmatch(value) else new_key()


class WordsForm(Form):
    """The one field, and the hidden key of this intent."""

    key = HiddenField(filters=[valid_key])
    words = TextAreaField(filters=[plain_text])

    def ask(self, kind: EntryKind) -> "WordsForm":
        """Let the page's question be the field's label."""
        self.words.label.text = QUESTIONS[kind]
        return self

    def say(self, sentence: str) -> None:
        """Show one more problem with the words; the form is shown again with a fresh key."""
        self.words.errors = [*self.words.errors, sentence]
        self.key.data = new_key()

    def validate_words(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Skriv det, du vil fortælle. Et par ord er nok."))
        over = len(field.data) - WORDS_MOST
        if over > 0:
            text = _(
                "Din tekst er %(number)s tegn for lang. Gør den kortere. Den står her endnu.", number=over
            )
            raise ValidationError(text)
