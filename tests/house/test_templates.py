"""Templates compile, speak htmx only in its plain dialect, and hold no colour of their own."""

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader, TemplateAssertionError

from app import create_app
from app.config import DEMO_SITE, Settings, read_site

TEMPLATES = sorted(Path("app/templates").rglob("*.html"))
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
BARE_HX = re.compile(r"(?<!data-)\bhx-[a-z]+=")
FILTERED = re.compile(r"data-hx-trigger=\"[^\"]*\[")


def test_each_template_compiles() -> None:
    environment = create_app(
        Settings("sqlite:///never.db", "only for tests", "", True, read_site(DEMO_SITE))
    ).jinja_env
    names = [path.relative_to("app/templates").as_posix() for path in TEMPLATES]
    assert [environment.get_template(name).name for name in names] == names


def test_a_template_that_does_not_compile_is_seen() -> None:
    environment = create_app(
        Settings("sqlite:///never.db", "only for tests", "", True, read_site(DEMO_SITE))
    ).jinja_env
    with pytest.raises(TemplateAssertionError):
        environment.overlay(loader=DictLoader({"a": "{{ 1|no_such_filter }}"})).get_template("a")


def fails_open(source: str) -> list[str]:
    """Return what htmx would pass over in silence, and what would let a person's words be read as HTML."""
    safe = ["|safe"] if "|safe" in source.replace(" ", "") else []
    return BARE_HX.findall(source) + FILTERED.findall(source) + safe


def test_htmx_is_written_so_that_it_cannot_fail_open() -> None:
    """A trigger filter is ignored under our settings, and the request is sent all the same."""
    found = {str(path): fails_open(path.read_text("utf-8")) for path in TEMPLATES}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_htmx_that_fails_open_is_seen() -> None:
    assert fails_open('<a hx-get="/x">') == ["hx-get="]
    assert fails_open("<a data-hx-trigger=\"keyup[key=='a']\">") != []
    assert fails_open("{{ words | safe }}") == ["|safe"]
    assert fails_open('<a data-hx-get="/x" data-hx-trigger="keyup">{{ words }}</a>') == []


def test_colours_have_one_home() -> None:
    elsewhere = [path for path in Path("app/static/css").rglob("*.css") if path.name != "tokens.css"]
    assert elsewhere
    assert {path.name: COLOUR.findall(path.read_text("utf-8")) for path in elsewhere} == {
        path.name: [] for path in elsewhere
    }
