"""What an interpreter speaks: by code where we know one, else in the words that were typed."""

from functools import lru_cache

from babel import Locale

from app import i18n
from app.i18n import gettext as _

SIGNED = "dsl"  # Danish sign language: the names of languages that we use hold no signed ones


def language_name(code: str) -> str:
    """Return what a language is called in the reader's own: arabisk. What is no code stands as typed."""
    if code == SIGNED:
        return _("dansk tegnsprog")
    return str(Locale.parse(i18n.current().locale).languages.get(code, code))


def code_of(typed: str) -> str:
    """Return the code of a language typed in Danish or in the reader's own; else what was typed."""
    words = typed.casefold()
    if words in (_("dansk tegnsprog").casefold(), "dansk tegnsprog", "tegnsprog"):
        return SIGNED
    found = _codes("da").get(words) or _codes(i18n.current().locale).get(words)
    return found or typed


@lru_cache(maxsize=8)
def _codes(locale: str) -> dict[str, str]:
    return {name.casefold(): code for code, name in Locale.parse(locale).languages.items()}
