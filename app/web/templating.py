"""What templates draw with: our texts in the reader's language, the addresses of our pages, and quick calls.

A page asks for a hundred texts and calls four hundred macros. Each is looked up once and then remembered:
texts by catalogue, addresses by what they lead to. Both stand still while the app runs.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from gettext import NullTranslations
from types import FunctionType, MethodType
from typing import Any

from flask import Flask, url_for
from jinja2 import Template
from jinja2.ext import Extension
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from app import i18n

_INDENT = re.compile(r"\n[ \t]+")
MOST_TEXTS = 8192  # all texts in all languages are some 3,000
MOST_ADDRESSES = 8192
QUICK = (FunctionType, MethodType)


class FastContext(Context):
    """Calls macros and plain functions at once; Jinja's own first asks each three times what it wants."""

    def call(self, called: Any, /, *args: Any, **named: Any) -> Any:
        kind = type(called)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind not in QUICK or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*args, **named)


class SingleModuleTemplate(Template):
    """Is imported as one module; Jinja's own first asks whether the page has globals of its own. None has."""

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        return super()._get_default_module()


class WithoutIndent(Extension):
    """Leaves out the indentation of templates, which says nothing to a browser: a page is 1 % smaller."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _INDENT.sub("\n", source)


@lru_cache(MOST_TEXTS)
def _gettext(text: str, catalogue: NullTranslations) -> str:
    return catalogue.gettext(text)


@lru_cache(MOST_TEXTS)
def _gettext_markup(text: str, catalogue: NullTranslations) -> Markup:
    return Markup(_gettext(text, catalogue) % {})  # noqa: S704 — the text is ours


def translate_text(text: str, **values: Any) -> Markup:
    """Say one of our own texts in the reader's language; values put into it are escaped."""
    catalogue = i18n.translations(i18n.current().code)
    if not values:
        return _gettext_markup(text, catalogue)
    return Markup(_gettext(text, catalogue) % {name: escape(value) for name, value in values.items()})  # noqa: S704


def translate_plural(one: str, many: str, num: int, **values: Any) -> Markup:
    """Say one of our own texts about so many of something; values put into it are escaped."""
    said = i18n.translations(i18n.current().code).ngettext(one, many, num)
    return Markup(said) % {"num": num, **values}  # noqa: S704 — the text is ours


def _addresses(app: Flask) -> Callable[..., str]:
    """Return Flask's `url_for` for templates, with the paths of this app's pages remembered."""
    build = app.url_map.bind("localhost").build

    @lru_cache(MOST_ADDRESSES, typed=True)
    def path(endpoint: str, /, **values: Any) -> str:
        return build(endpoint, values)

    def address(endpoint: str, /, **values: Any) -> str:
        """Return a page's path. Flask says what hangs on where the reader is, or is more than a path."""
        if endpoint[0] == "." or any(name[0] == "_" for name in values):
            return url_for(endpoint, **values)
        return path(endpoint, **values)

    return address


def init_app(app: Flask) -> None:
    environment = app.jinja_env
    environment.add_extension(WithoutIndent)
    environment.context_class, environment.template_class = FastContext, SingleModuleTemplate
    environment.globals.update(_=translate_text, ngettext=translate_plural, url_for=_addresses(app))
