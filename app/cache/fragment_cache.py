"""Parts of a page that are drawn anew only when what they show is another: a plan's cards, for one.

After a change a page is drawn, and most of what stands on it is as before. A part is a macro, and it can
read nothing but the values it is given: a template that asks for anything else is refused when it is first
drawn. So the same values in the same language give the same part, whoever looks; nothing is to be remembered
to be thrown away.

Values are told apart by `==`: give dates, ids, texts, and frozen dataclasses of them.
"""

from collections.abc import Hashable
from functools import cache
from typing import Any

from jinja2 import Environment
from jinja2.meta import find_referenced_templates, find_undeclared_variables
from jinja2.runtime import Macro
from markupsafe import Markup

from app import i18n
from app.cache.lru_cache import LruCache

MOST_BYTES = 32 * 1024 * 1024  # of one process: the parts of some 300 plans
ROOM = 8 * 1024  # what a part takes beside its text: the values it was drawn from
ALLOWED = {"_", "ngettext", "url_for", "namespace"}  # they hang on the language at most, and it is asked for


class UndeclaredInput(Exception):
    """A template of fragments reads what it isn't given: what is kept of it could be stale."""


class FragmentCache:
    """Draws fragments, in one app; keeps them in memory alone, and only so many bytes."""

    def __init__(self, environment: Environment, most_bytes: int = MOST_BYTES) -> None:
        self._bare = environment.overlay()
        self._bare.globals = {}  # or what all templates may read, as `request`, would not be seen
        self._cache: LruCache[Markup] = LruCache(most_bytes, ROOM)
        self._environment = environment
        self._loader: Any = environment.loader
        self._macro = cache(self.find_macro)
        self._check_once = cache(self._refuse_readers)  # many macros hang on the same few templates

    @property
    def size(self) -> int:
        """How many bytes are kept now."""
        return self._cache.size

    def draw(self, place: Hashable, template: str, name: str, *values: Any) -> Markup:
        """Return what the macro of that name draws of `values`.

        `place` is where it stands, as who reads what: the part kept there before makes room for the new one.

        Raises:
            UndeclaredInput: the template could read more than `values`.
        """
        macro = self._macro(template, name)
        place = place, template, name, i18n.current().code
        part = self._cache.find(place, values)
        if part is None:
            part = Markup(macro(*values))  # noqa: S704 — drawn by our own template, which escapes
            self._cache.put(place, values, part)
        return part

    def find_macro(self, template: str, name: str) -> Macro:
        """Return the macro of that name; raise UndeclaredInput if its template reads more than its values."""
        self._check_once(template)
        macro: Macro = getattr(self._environment.get_template(template).module, name)
        return macro

    def _refuse_readers(self, template: str) -> None:
        tree = self._bare.parse(self._loader.get_source(self._environment, template)[0])
        more = find_undeclared_variables(tree) - ALLOWED
        if more:
            raise UndeclaredInput(f"{template} reads {', '.join(sorted(more))}")
        for other in find_referenced_templates(tree):
            if other is None:
                raise UndeclaredInput(f"{template} reads a template that is known only when it is drawn")
            self._check_once(other)
