"""The texts of the app gathered from its source, and what can be wrong with a translation of them."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from app.i18n import is_translated

APP = Path(__file__).parent.parent
SAYS = {"_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
OPTIONS = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}

PLACE = re.compile(r"%\((\w+)\)s")
TAG = re.compile(r"<[^>]+>")
TRIED = 1000  # numbers that a plural is tried with

Msgid = str | tuple[str, ...]


def read_texts(app: Path = APP) -> Catalog:
    """Return every text of the source under `app`, with the files it stands in, in an order that stays.

    Raises:
        OSError: a file can't be read.
    """
    places: dict[Msgid, set[str]] = {}
    for path in sorted([*app.rglob("*.py"), *app.rglob("*.html")]):
        for msgid in read_file(path):
            places.setdefault(msgid, set()).add(path.relative_to(app.parent).as_posix())
    catalogue = Catalog()
    for msgid, files in sorted(places.items(), key=_by_file):
        catalogue.add(msgid, locations=[(file, 0) for file in sorted(files)])
    return catalogue


def _by_file(one: tuple[Msgid, set[str]]) -> tuple[list[str], str]:
    msgid, files = one
    return sorted(files), msgid if isinstance(msgid, str) else msgid[0]


def read_file(path: Path) -> Iterator[Msgid]:
    """Yield the texts of a template, or of a module with the reasons of what it refuses."""
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    with path.open("rb") as source:
        for _line, msgid, _comments, _context in extract(method, source, SAYS, (), OPTIONS):
            yield msgid
    if path.suffix == ".py":
        yield from _reasons(path.read_text("utf-8"))


def _reasons(source: str) -> Iterator[str]:
    """Yield what stands as `reason = "…"` in a class: those texts are translated where they are answered."""
    for node in ast.walk(ast.parse(source)):
        for line in node.body if isinstance(node, ast.ClassDef) else ():
            match line:
                case ast.Assign(targets=[ast.Name(id="reason")], value=ast.Constant(value=str(text))):
                    yield text


def brought_up_to_date(translated: Catalog, texts: Catalog) -> Catalog:
    """Return `texts` with the translations there are. A text that is no more leaves no trace."""
    fresh = Catalog(locale=translated.locale)
    for text in texts:
        if not text.id:
            continue
        known = translated.get(text.id)
        if known is None or known.id != text.id:
            fresh.add(text.id, locations=text.locations)
            continue
        flags, notes = known.flags & {"fuzzy"}, known.user_comments
        fresh.add(text.id, known.string, locations=text.locations, flags=flags, user_comments=notes)
    return fresh


def write_catalogue(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue without dates, line numbers or versions: the same texts give the same bytes."""
    plural = f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};"
    head = ("Language: " + str(catalogue.locale), "MIME-Version: 1.0", "Plural-Forms: " + plural)
    kind = ("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit")
    lines = "".join(f'"{line}\\n"\n' for line in (*head, *kind))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(f'msgid ""\nmsgstr ""\n{lines}\n'.encode())
        write_po(file, catalogue, omit_header=True, include_lineno=False, width=110)


def problems(catalogue: Catalog) -> Iterator[str]:
    """Yield what is missing, uncertain or broken in a catalogue, one line for each text."""
    for text in catalogue:
        if not text.id:
            continue
        name = _each(text.id)[0]
        if text.fuzzy:
            yield f"usikker: {name}"
        elif not is_translated(text):
            yield f"mangler: {name}"
        else:
            yield from (f"{fault}: {name}" for fault in _faults(text, catalogue))


def _faults(text: Message, catalogue: Catalog) -> Iterator[str]:
    said, forms = _each(text.id), _each(text.string)
    if any("%" in PLACE.sub("", one) for one in (*said, *forms)):
        yield "et %-tegn for sig selv"
    if any(_tags(one) != _tags(said[-1]) for one in forms):
        yield "andre HTML-mærker"
    if any(_edges(one) != _edges(said[-1]) for one in forms):
        yield "andre mellemrum i enderne"
    if isinstance(text.id, str):
        right = _places(forms) == _places(said)
    else:
        right = _plural_places_are_right(said, forms, _exact(catalogue))
    if not right:
        yield "andre pladser"


def _each(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _places(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in PLACE.findall(text)}


def _tags(text: str) -> Counter[str]:
    return Counter(TAG.findall(text))


def _edges(text: str) -> tuple[bool, bool]:
    return text.startswith(" "), text.endswith(" ")


def _exact(catalogue: Catalog) -> set[int]:
    """Return the plural forms that stand for one number alone: those may say it in words."""
    form_of = c2py(catalogue.plural_expr)
    found = Counter(form_of(number) for number in range(TRIED))
    return {form for form, times in found.items() if times == 1}


def _plural_places_are_right(said: Iterable[str], forms: Iterable[str], exact: set[int]) -> bool:
    wanted = _places(said)
    return all(
        found == wanted or (place in exact and found | {"num"} == wanted | {"num"})
        for place, found in enumerate(_places([form]) for form in forms)
    )
