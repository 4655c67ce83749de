"""Danish that is left on a page in another language, found by the texts of the app itself."""

import re
from collections.abc import Iterable
from functools import cache

from app.cli.catalogue import PLACE, read_texts
from app.i18n import translations

LEAST = 4  # letters; shorter texts may be a name in any language


@cache
def danish_texts(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the texts that read otherwise in this language, each with what it looks like on a page."""
    found = []
    for text in read_texts():
        for form in (text.id,) if isinstance(text.id, str) else text.id:
            letters = re.sub(r"[\W\d_]", "", PLACE.sub("", form))
            if len(letters) >= LEAST and translations(code).gettext(form) != form:
                parts = [" ".join(part.split()) for part in PLACE.split(form)[::2]]
                found.append((form, re.compile(r".+".join(map(re.escape, parts)))))
    return tuple(found)


def danish_left(blocks: Iterable[str], code: str) -> list[str]:
    """Return the Danish texts that stand in these blocks: whole, or as a sentence among others."""
    return sorted({found for block in blocks for found in _danish_in(block, code)})


@cache  # most blocks stand on many pages
def _danish_in(block: str, code: str) -> tuple[str, ...]:
    return tuple(
        f"{text!r} in {block!r}"
        for text, looks in danish_texts(code)
        if looks.fullmatch(block) or (text.endswith((".", "?", ":")) and looks.search(block))
    )
