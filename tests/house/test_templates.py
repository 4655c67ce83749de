"""Templates compile, speak htmx only in its plain dialect, and hold no colour of their own."""

import re
from pathlib import Path

import pytest
from flask import Flask

TEMPLATES = sorted(Path("app/templates").rglob("*.html"))
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
BARE_HX = re.compile(r"(?<!data-)\bhx-[a-z]+=")
FILTERED = re.compile(r"data-hx-trigger=\"[^\"]*\[")


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_compiles(path: Path, app: Flask) -> None:
    assert app.jinja_env.get_template(path.relative_to("app/templates").as_posix())


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_htmx_is_written_so_that_it_cannot_fail_open(path: Path) -> None:
    """A trigger filter is ignored under our settings, and the request is sent all the same."""
    text = path.read_text("utf-8")
    assert BARE_HX.findall(text) == []
    assert FILTERED.findall(text) == []
    assert "|safe" not in text.replace(" ", "")


def test_colours_have_one_home() -> None:
    elsewhere = [path for path in Path("app/static/css").rglob("*.css") if path.name != "tokens.css"]
    assert elsewhere
    assert {path.name: COLOUR.findall(path.read_text("utf-8")) for path in elsewhere} == {
        path.name: [] for path in elsewhere
    }
