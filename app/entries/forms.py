"""What a citizen writes: one text. The server explains; nothing stops the typing."""

from app.entries.rules import WORDS_MOST, EntryKind
from app.i18n import lazy_gettext as _l
from app.web.forms import KeyedForm, LongTextField

KINDS = {"droem": EntryKind.DREAM, "maal": EntryKind.GOAL, "skridt": EntryKind.STEP}
WORD_OF = {
    **{kind: word for word, kind in KINDS.items()},  # as the address says it
    EntryKind.OTHER: "andet",  # comes into the plan from a message alone; only its words are changed here
}
QUESTIONS = {
    EntryKind.DREAM: _l("Hvad drømmer du om?"),
    EntryKind.GOAL: _l("Hvad vil du gerne nå?"),
    EntryKind.STEP: _l("Hvad er det næste skridt?"),
    EntryKind.OTHER: _l("Hvad vil du fortælle?"),
}


class WordsForm(KeyedForm):
    """The one field, and the hidden key of this intent."""

    words = LongTextField(most=WORDS_MOST, missing=_l("Skriv det, du vil fortælle. Et par ord er nok."))

    def ask(self, kind: EntryKind) -> "WordsForm":
        """Let the page's question be the field's label."""
        self.words.label.text = QUESTIONS[kind]
        return self
