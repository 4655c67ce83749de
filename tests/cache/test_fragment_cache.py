"""A part is kept only while it would be drawn the same, and can hang on nothing that isn't compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import DictLoader, FunctionLoader

from app import i18n
from app.cache.fragment_cache import ROOM, FragmentCache, UndeclaredInput

TEMPLATES = Path("app/templates")
DRAWN = re.compile(r'drawn\([^"]*"(?P<template>[^"]+)", "(?P<name>\w+)"')
SOURCES = {
    "card.html": "{% from 'words.html' import said %}{% macro card(one) %}{{ said(one) }}{% endmacro %}",
    "words.html": "{% macro said(one) %}<p>{{ one.words }} {{ _('Mål') }}</p>{% endmacro %}",
    "request.html": "{% macro card(one) %}{{ request.path }}{% endmacro %}",
    "viewer.html": "{% macro card(one) %}{% if viewer %}{{ one.words }}{% endif %}{% endmacro %}",
    "session.html": "{% from 'request.html' import card as other %}{% macro card(one) %}{% endmacro %}",
    "two.html": "{% from 'words.html' import said %}{% macro first(one) %}{{ said(one) }}{% endmacro %}"
    "{% macro second(one) %}{{ said(one) }}{% endmacro %}",
    "unknown.html": "{% macro card(one) %}{% include one.words %}{% endmacro %}",
}


@dataclass(frozen=True)
class One:
    """What a part shows."""

    words: str


@pytest.fixture
def parts(app: Flask) -> FragmentCache:
    environment = app.jinja_env.overlay(loader=DictLoader(SOURCES))
    return FragmentCache(environment)


@pytest.fixture(autouse=True)
def _asked(app: Flask) -> Iterator[None]:
    with app.test_request_context("/plan"):
        yield


def test_a_part_is_drawn_once_for_its_value(parts: FragmentCache) -> None:
    first = parts.draw("anna", "card.html", "card", One("<æbler>"))
    assert first == "<p>&lt;æbler&gt; Mål</p>"
    assert parts.draw("anna", "card.html", "card", One("<æbler>")) is first


def test_another_value_takes_its_place_and_nothing_is_left_of_the_first(parts: FragmentCache) -> None:
    first = parts.draw("anna", "card.html", "card", One("rosen"))
    taken = parts.size
    assert parts.draw("anna", "card.html", "card", One("roden")) == "<p>roden Mål</p>"
    assert parts.size == taken
    again = parts.draw("anna", "card.html", "card", One("rosen"))
    assert again == first
    assert again is not first


def test_a_part_is_kept_for_each_place_and_language(parts: FragmentCache) -> None:
    danish = parts.draw("anna", "card.html", "card", One("ro"))
    i18n.answer_in(i18n.language_named("en"))
    assert parts.draw("anna", "card.html", "card", One("ro")) == "<p>ro Goal</p>"
    i18n.answer_in(i18n.DANISH)
    assert parts.draw("line", "card.html", "card", One("ro")) == danish
    assert parts.draw("anna", "card.html", "card", One("ro")) is danish


@pytest.mark.parametrize("template", ["request.html", "viewer.html", "session.html", "unknown.html"])
def test_a_template_that_reads_more_than_it_is_given_is_refused(parts: FragmentCache, template: str) -> None:
    with pytest.raises(UndeclaredInput):
        parts.draw("anna", template, "card", One("card.html"))


def test_a_template_is_looked_through_once_however_many_macros_hang_on_it(app: Flask) -> None:
    read: list[str] = []

    def load(name: str) -> str:
        read.append(name)
        return SOURCES[name]

    parts = FragmentCache(app.jinja_env.overlay(loader=FunctionLoader(load)))
    for template, name in (("two.html", "first"), ("two.html", "second"), ("card.html", "card")):
        assert parts.draw("anna", template, name, One("ro")) == "<p>ro Mål</p>"
    assert read.count("words.html") == 2  # looked through, and compiled


def test_parts_stay_within_their_bytes(app: Flask) -> None:
    environment = app.jinja_env.overlay(loader=DictLoader(SOURCES))
    nothing, few = FragmentCache(environment, 0), FragmentCache(environment, 3 * ROOM)
    for place in range(9):
        assert nothing.draw(place, "card.html", "card", One("ro")) == "<p>ro Mål</p>"
        few.draw(place, "card.html", "card", One("ro"))
    assert nothing.size == 0
    assert ROOM < few.size <= 3 * ROOM


def test_every_template_that_parts_are_drawn_from_reads_only_what_it_is_given(app: Flask) -> None:
    parts: FragmentCache = app.extensions["parts"]
    named = [found for path in TEMPLATES.rglob("*.html") for found in DRAWN.finditer(path.read_text("utf-8"))]
    assert named
    for found in named:
        assert parts.find_macro(found["template"], found["name"]).name == found["name"]
