"""No room outgrows the house, and each says what it is."""

import ast
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

from sqlmodel import SQLModel

import app
import app.migrations.schema  # it knows every model

LARGEST = 0.12  # of the lines of all rooms
SAYS_LITTLE = 40  # characters


def rooms() -> list[Path]:
    return sorted(path.parent for path in Path("app").glob("*/__init__.py"))


mappers = list(SQLModel._sa_registry.mappers)


def lines(folder: Path) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py"))


def test_no_room_holds_more_than_an_eighth_of_the_house() -> None:
    sizes = {room.name: lines(room) for room in rooms()}
    whole = sum(sizes.values())
    assert whole > 10_000  # or nothing was counted
    assert {name: size for name, size in sizes.items() if size > LARGEST * whole} == {}


def test_each_room_says_what_it_is_and_holds_nothing_else() -> None:
    for room in rooms():
        tree = ast.parse((room / "__init__.py").read_text("utf-8"))
        assert len(ast.get_docstring(tree) or "") >= SAYS_LITTLE, room
        assert room.name == "cli" or len(tree.body) == 1, room


def test_no_room_is_hidden_behind_a_name_of_the_app() -> None:
    """`from … import bp as calendar` in `app` itself made `import app.calendar.rules` fail for 13 rooms."""
    hidden = [
        room.name for room in rooms() if not isinstance(getattr(app, room.name, None), ModuleType | None)
    ]
    assert hidden == []


def test_a_room_names_its_tables() -> None:
    tables = {
        name: {
            str(mapper.local_table) for mapper in mappers if mapper.class_.__module__.split(".")[1] == name
        }
        for name in (room.name for room in rooms())
    }
    assert sum(map(len, tables.values())) == len(SQLModel.metadata.tables)
    for name, its in tables.items():
        said = import_module(f"app.{name}").__doc__ or ""
        assert [table for table in its if not re.search(rf"\b{table}\b", said)] == [], name
