"""What templates draw with says the same as what it stands in for, only sooner."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask, url_for
from jinja2.runtime import Context
from markupsafe import Markup

from app import i18n
from app.web.templating import FastContext, translate_text

SAMPLES: dict[str, Any] = {"uuid": UUID(int=7), "int": 3, "path": "a/b", "default": "ord og ø"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("more", [{}, {"nyt": "gjort", "ved": UUID(int=9), "igen": 1, "væk": None}])
def test_a_remembered_address_is_the_one_flask_builds(app: Flask, method: str, more: dict[str, Any]) -> None:
    address: Any = app.jinja_env.globals["url_for"]
    with app.test_request_context("/plan", method=method):
        for rule in app.url_map.iter_rules():
            names = rule.arguments - set(rule.defaults or {})
            samples = {name: SAMPLES[_kind(rule, name)] for name in names}
            for _again in range(2):
                assert address(rule.endpoint, **samples, **more) == url_for(rule.endpoint, **samples, **more)


def _kind(rule: Any, name: str) -> str:
    kind = type(rule._converters[name]).__name__.removesuffix("Converter").lower()
    return {"integer": "int", "unicode": "default"}.get(kind, kind)


def test_an_address_that_hangs_on_the_request_is_built_for_it(app: Flask) -> None:
    address: Any = app.jinja_env.globals["url_for"]
    with app.test_request_context("/plan"):
        assert address(".history") == "/plan/historie"
        assert address("entries.write", _anchor="drafts-title") == "/skriv#drafts-title"
    with app.test_request_context("/demo/tilstande"):
        assert address(".index") == "/demo/tilstande"


def test_a_text_is_said_in_the_readers_language_and_its_values_are_escaped(app: Flask) -> None:
    with app.test_request_context("/plan"):
        for language, said in ((i18n.DANISH, "Mål"), (i18n.language_named("en"), "Goal")):
            i18n.answer_in(language)
            assert translate_text("Mål") == said
            assert isinstance(translate_text("Mål"), Markup)
        assert translate_text("%(name)s er enig", name="<b>") == "&lt;b&gt; agrees"
        assert translate_text("%(name)s er enig", name=Markup("<b>")) == "<b> agrees"


def test_macros_and_what_asks_for_its_context_are_called_as_by_jinja(app: Flask) -> None:
    source = (
        "{% macro own(a, b='&') %}{{ a }}{{ b }}{{ caller() if caller }}{% endmacro %}"
        "{% for one in '<>' %}{% call own(one) %}{{ loop.index }}{% endcall %}{{ own(one, b=1) }}{% endfor %}"
        "{{ [1, 2] | map('string') | join }}{{ dict(a=1) }}{{ namespace(a=3).a }}{{ cycler('x').next() }}"
    )
    plain = app.jinja_env.overlay()
    plain.context_class = Context
    assert app.jinja_env.context_class is FastContext
    assert app.jinja_env.from_string(source).render() == plain.from_string(source).render()
