"""The dictionary in CONTRIBUTING.md is true: one Danish word, one name in code, and each name is there.

So is what a docstring says can be raised: a name that was changed in code alone leads nowhere.
"""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from pydoc import locate
from typing import NamedTuple

from sqlmodel import SQLModel

import app.migrations.schema  # noqa: F401 — it knows every model

TITLE = "## The dictionary"
MODULES = sorted(path for path in Path("app").rglob("*.py") if "versions" not in path.parts)
TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}
CLASSES = {node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
TABLES = {mapper.class_.__name__ for mapper in SQLModel._sa_registry.mappers}
RAISES = re.compile(r"^ *Raises:\n((?: +.*\n?)+)", re.M)
NAMED = re.compile(r"^ +((?:[A-Z]\w+|[a-z]\w*(?:\.\w+)+)(?:, [A-Z]\w+)*): ", re.M)


class Word(NamedTuple):
    """One row: what people call it, and what the code does."""

    danish: list[str]
    code: list[str]


def dictionary(text: str) -> list[Word]:
    """Return the rows of the table under the title; its head and its rule are no words."""
    section = text.partition(TITLE)[2].partition("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("|")]
    return [Word(_terms(row[1]), re.findall(r"`([^`]+)`", row[2])) for row in rows[2:]]


def _terms(cell: str) -> list[str]:
    return [term.strip() for term in cell.split("·")]


def twice(words: Iterable[str]) -> list[str]:
    return sorted(word for word, times in Counter(map(str.casefold, words)).items() if times > 1)


def faults(text: str, tables: set[str], names: set[str]) -> list[str]:
    """Return what is wrong with the dictionary of `text`."""
    found = dictionary(text)
    code = [name for word in found for name in word.code]
    return [
        *(f"missing: {table}" for table in sorted(tables - set(code))),
        *(f"not in app: {name}" for name in code if name not in names),
        *(f"no name: {word.danish[0]}" for word in found if not word.code),
        *(f"twice: {word}" for word in twice(one for word in found for one in word.danish)),
        *(f"twice: {name}" for name in twice(code)),
    ]


def names_in_app() -> set[str]:
    """Return every class, module, room, member of an enumeration and value of one."""
    found = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    for node in _classes():
        found.add(node.name)
        if any("Enum" in ast.unparse(base) for base in node.bases):
            found |= set(_members(node))
    return found


def _classes() -> Iterator[ast.ClassDef]:
    for tree in TREES.values():
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _members(enumeration: ast.ClassDef) -> Iterator[str]:
    for line in enumeration.body:
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                yield from (name, value)


def lost_errors(docstring: str, known: set[str]) -> list[str]:
    """Return the errors under "Raises:" that are none; one with dots is a library's."""
    said = "".join(RAISES.findall(docstring))
    each = [name for names in NAMED.findall(said) for name in names.split(", ")]
    return [name for name in each if name not in known and not ("." in name and locate(name))]


@cache
def errors_known_to(path: Path) -> set[str]:
    """Return what a module can name: classes of the app, its own imports, and Python's own."""
    imports = (node for node in ast.walk(TREES[path]) if isinstance(node, ast.Import | ast.ImportFrom))
    imported = {one.asname or one.name for node in imports for one in node.names}
    return CLASSES | imported | set(dir(builtins))


def test_the_dictionary_is_whole_and_true() -> None:
    text = Path("CONTRIBUTING.md").read_text("utf-8")
    assert len(dictionary(text)) > len(TABLES)  # or nothing was read
    assert faults(text, TABLES, names_in_app()) == []


def test_every_error_that_a_docstring_names_is_one() -> None:
    lost = [
        f"{path}: {name}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for name in lost_errors(ast.get_docstring(node) or "", errors_known_to(path))
    ]
    assert lost == []


def test_each_fault_of_a_dictionary_is_seen() -> None:
    rows = (
        "| møde | `Meeting` | |",
        "| Møde · mål | `Goal`, `Gone` | |",
        "| drøm | `goal` | |",
        "| hus | | |",
    )
    text = "\n".join((TITLE, "| Danish | in code | note |", "| --- | --- | --- |", *rows, "", "## Next"))
    assert faults(text, {"Meeting", "Plan"}, {"Meeting", "Goal", "goal"}) == [
        "missing: Plan",
        "not in app: Gone",
        "no name: hus",
        "twice: møde",
        "twice: goal",
    ]


def test_an_error_that_is_none_is_seen() -> None:
    said = (
        "Do it.\n\nRaises:\n    Missing, Gone: there is none.\n    ast.Lost: it is lost.\n    ast.AST: no.\n"
    )
    assert lost_errors(said, {"Missing"}) == ["Gone", "ast.Lost"]
