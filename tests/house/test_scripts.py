"""The scripts stand in an order: each can be read, changed and loaded without those that import it."""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SCRIPTS = sorted(Path("app/static/js").rglob("*.js"))
IMPORT = re.compile(r"""(?:from|import\()\s*["']\./(?:enhance/)?([a-z_]+)\.js["']""")


def imports(scripts: dict[str, str]) -> dict[str, set[str]]:
    """Return what each script imports, at its start or when it is needed."""
    return {name: set(IMPORT.findall(text)) for name, text in scripts.items()}


def test_no_scripts_import_each_other_in_a_circle() -> None:
    arrows = imports({path.stem: path.read_text("utf-8") for path in SCRIPTS})
    assert any(arrows.values())
    TopologicalSorter(arrows).prepare()


def test_no_script_asks_for_a_lock() -> None:
    """Some phones have none, and another tab may hold one for ever: it is the key that is taken once."""
    worker = Path("app/pwa/worker.js")
    assert [path.name for path in (*SCRIPTS, worker) if ".locks" in path.read_text("utf-8")] == []


def test_a_circle_is_seen() -> None:
    with pytest.raises(CycleError):
        TopologicalSorter(
            imports({"a": 'import { b } from "./b.js";', "b": 'import("./a.js").then(go);'})
        ).prepare()
