"""What people wrote, on a page: set apart, in the language it is in, and cut where there is no room for it.

A voice reads what isn't marked as the page's own language: Danish was read to one who reads Arabic by a voice
that knows no Danish letter. Nobody says in which language they write, so the letters decide.
"""

from markupsafe import Markup

from app import i18n
from app.i18n import gettext as _

ARABIC = range(0x0600, 0x0780)  # with the letters of Persian
LEEWAY = 5
LOOSE_ENDS = " ,;:.–-(»"


def language_of(words: str | None) -> str:
    """Return the language of what somebody wrote, by its first letter; "" if it is the page's own."""
    first = next(filter(str.isalpha, words or ""), "")
    if not first or words == _("En aftale"):  # what stands for a meeting that isn't told of is ours
        return ""
    code = "ar" if ord(first) in ARABIC else i18n.DANISH.code
    page = i18n.current()
    same = code == page.code or (code == "ar" and page.direction == "rtl")
    return "" if same else code


def lang_attribute(words: str | None) -> str:
    """Return the attribute that says so, for the element they stand in: `<p dir="auto"{{ x | said_in }}>`."""
    code = language_of(words)
    return Markup(' lang="{}"').format(code) if code else ""


def isolate(words: str | None) -> str:
    """Return words set apart, so that they run their own way amid text that runs the other."""
    return Markup("<bdi>{}</bdi>").format(words) if words else ""


def write(words: str | None) -> str:
    """Return what somebody wrote, set apart and in its own language."""
    return Markup("<bdi{}>{}</bdi>").format(lang_attribute(words), words) if words else ""


def isolate_name(name: str | None) -> str:
    """Return somebody's name where it stands by itself: it runs its own way, and nothing translates it."""
    return Markup('<bdi translate="no">{}</bdi>').format(name) if name else ""


def cut(words: str, most: int = 60) -> str:
    """Return the first words of a text, whole ones, and that there are more."""
    if len(words) <= most + LEEWAY:
        return words
    begun = words[: most + 1].rpartition(" ")[0] or words[:most]
    return begun.rstrip(LOOSE_ENDS) + "…"


FILTERS = {
    "as_written": write,
    "cut": cut,
    "person_name": isolate_name,
    "said_in": lang_attribute,
    "set_apart": isolate,
}
