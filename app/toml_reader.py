"""A TOML file, read so that all that is wrong with it is told at once, with its line and an example. Pure.

`tomllib` gives values without their lines, so these are found in the text: a key stands first on a line,
under the header of its table. Where that can't be seen (inside a list), it is the line of what is around it.

A key that nobody reads is a fault: a misspelt `hidden` would show what must not be shown.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, cast

from app.config_faults import BadConfiguration, ConfigFault

T = TypeVar("T")
Place = tuple[str | int, ...]  # keys and places in lists, from the outermost

REQUIRED: Any = object()  # there is no value to use when nothing is said

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*[.=]""")
_LONG_STRING = re.compile(r'"""|\'\'\'')
_AT_LINE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class TomlReader:
    """One table of a file. What is wrong is collected for all tables of the file; `finish` raises it."""

    def __init__(self, file: "_File", table: Mapping[str, Any], place: Place = ()) -> None:
        self._file, self._table, self._place = file, table, place
        self._asked: set[str] = set()
        self._below: list[TomlReader] = []

    def value(self, key: str, parse: Callable[[object], T], example: str, otherwise: T = REQUIRED) -> T:
        """Return what `parse` makes of a key's value; it raises ValueError with a sentence that says why not.

        After a fault it is None, which nobody uses: `finish` raises.
        """
        self._asked.add(key)
        written = f"{key} = {example}"
        if key not in self._table:
            if otherwise is REQUIRED:
                self._fault(self._place, f"{self._named(key)} mangler.", written)
            return otherwise if otherwise is not REQUIRED else cast("T", None)
        try:
            return parse(self._table[key])
        except ValueError as why:
            self._fault((*self._place, key), f"{self._named(key)} {why}", written)
            return cast("T", None)

    def table(self, key: str) -> "TomlReader":
        """Return the table of a key. One that is not there is empty: what it must hold is then missing."""
        self._asked.add(key)
        said = self._table.get(key, {})
        if not isinstance(said, Mapping):
            self._fault((*self._place, key), f"{self._named(key)} skal være en tabel.", f"[{key}]")
            said = {}
        return self._inside(said, (*self._place, key))

    def tables(self, key: str, example: str, *, least: int = 0) -> "list[TomlReader]":
        """Return the tables of a list, in order, of which there must be so many."""
        items: list[object] = self.value(key, a_list, example, []) or []
        if len(items) < least:
            self.fault(key, "mangler.", example)
        found = (self.item(key, at, said, example) for at, said in enumerate(items))
        return [one for one in found if one is not None]

    def refuse_twice(self, key: str, names: Iterable[str | None], example: str) -> None:
        """Note it as a fault if a name stands twice, in whatever letters: the database holds one of each."""
        counted = Counter(name.casefold() for name in names if name)
        for name in (name for name, times in counted.items() if times > 1):
            self.fault(key, f"har »{name}« to gange.", example)

    def fault(self, key: str, reason: str, example: str) -> None:
        """Note that something is wrong with a key; `reason` goes on after its name."""
        written = example if example.startswith("[[") else f"{key} = {example}"
        self._fault((*self._place, key), f"{self._named(key)} {reason}", written)

    def item(self, key: str, at: int, said: object, example: str) -> "TomlReader | None":
        """Return a place of a list as a table, or None after a fault: it is something else."""
        place = (*self._place, key, at)
        if isinstance(said, Mapping):
            return self._inside(said, place)
        self._fault(place, f"{self._named(key)} nr. {at + 1} skal være en tabel.", example)
        return None

    def finish(self) -> None:
        """Raise BadConfiguration with all that is wrong, in the order of the file, if anything is."""
        self._refuse_others()
        if self._file.faults:
            raise BadConfiguration(
                *(fault for _line, fault in sorted(self._file.faults, key=lambda one: one[0]))
            )

    def _inside(self, table: Mapping[str, Any], place: Place) -> "TomlReader":
        below = TomlReader(self._file, table, place)
        self._below.append(below)
        return below

    def _refuse_others(self) -> None:
        for key in self._table.keys() - self._asked:
            near = get_close_matches(key, self._asked, n=1)
            meant = f" Mente du {near[0]}?" if near else ""
            self._fault((*self._place, key), f"{self._named(key)} kendes ikke.{meant}", "")
        for one in self._below:
            one._refuse_others()

    def _named(self, key: str) -> str:
        """Return a key as it is called in a sentence: texts.duty, place nr. 2: hidden."""
        name = ""
        for part in (*self._place, key):
            if isinstance(part, int):
                name += f" nr. {part + 1}:"
            else:
                name += f"{' ' if name.endswith(':') else '.' if name else ''}{part}"
        return name

    def _fault(self, place: Place, reason: str, example: str) -> None:
        line = self._file.line_of(place)
        at = f", linje {line}" if line else ""
        where = f"ENPLAN_CONFIG: {self._file.name}{at}:"
        self._file.faults.append((line, ConfigFault(where, reason, example)))


class _File:
    """What all tables of a file share: its name, where its keys stand, and what is wrong so far."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.faults: list[tuple[int, ConfigFault]] = []
        self._lines = _lines(text)

    def line_of(self, place: Place) -> int:
        """Return the line of a key, or of the nearest around it; 0 for the whole file."""
        while place:
            if place in self._lines:
                return self._lines[place]
            place = place[:-1]
        return 0


def read_toml(name: str, raw: bytes) -> TomlReader:
    """Return the outermost table of a file. A mark of UTF-8 at its beginning is left out.

    Raises:
        BadConfiguration: it can't be read as TOML.
    """
    file = f"ENPLAN_CONFIG: {name}"
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        kind = "gemt som UTF-16" if raw.startswith(UTF_16) else f"ikke gemt som UTF-8 (se linje {line})"
        raise BadConfiguration(ConfigFault(f"{file}:", f"filen er {kind}: gem den som UTF-8.")) from problem
    text = text.replace("\r\n", "\n")
    try:
        return TomlReader(_File(name, text), tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        said, found = str(problem), _AT_LINE.search(str(problem))
        at = f", linje {found[1] or text.count(chr(10)) + 1}" if found else ""
        twice = "Cannot overwrite" in said or "Cannot declare" in said
        reason = (
            "det, der står her, står to gange: slet det ene."
            if twice
            else "her kan filen ikke læses: mangler der et anførselstegn, et komma eller en parentes?"
        )
        raise BadConfiguration(ConfigFault(f"{file}{at}:", reason)) from problem


def _lines(text: str) -> dict[Place, int]:
    found: dict[Place, int] = {}
    table: Place = ()
    counted, inside = Counter[Place](), False
    for number, line in enumerate(text.split("\n"), 1):
        was_inside, inside = inside, inside ^ (len(_LONG_STRING.findall(line)) % 2 == 1)
        if was_inside:
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header and not key:
            table = tuple(part.strip().strip("\"'") for part in header[2].split("."))
            if header[1] == "[[":
                counted[table] += 1
                table = (*table, counted[table] - 1)
            found.setdefault(table, number)
        elif key:
            found.setdefault((*table, key[1].strip("\"'")), number)
    return found


# -- what a value may be: each raises ValueError with the end of a sentence --


def a_list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("skal være en liste i [ ].")
    return value


def a_text(most: int = 2000) -> Callable[[object], str]:
    """Return the reader of a text of 1 to `most` characters."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("skal være en tekst i anførselstegn.")
        if not 1 <= len(value.strip()) <= most:
            raise ValueError(f"skal være på 1 til {most} tegn.")
        return value

    return read


def some_texts(most: int = 2000, least: int = 1) -> Callable[[object], tuple[str, ...]]:
    """Return the reader of a list of at least so many texts, no two of them the same."""

    def read(value: object) -> tuple[str, ...]:
        items = a_list(value)
        if len(items) < least:
            raise ValueError("må ikke være tom.")
        for at, one in enumerate(items, 1):
            try:
                a_text(most)(one)
            except ValueError as why:
                raise ValueError(f"nr. {at} {why}") from why
        twice = [one for one, times in Counter(items).items() if times > 1]
        if twice:
            raise ValueError(f"har »{twice[0]}« to gange.")
        return tuple(items)

    return read


def a_truth(value: object) -> bool:
    if not isinstance(value, bool):  # "false" in quotes would be a promise
        raise ValueError("skal være true eller false, uden anførselstegn.")
    return value


def a_positive(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("skal være et helt tal på mindst 1.")
    return value
