"""The running text of every page of the demo, by the kind of page; what is too short to measure is one."""

import re
from collections import defaultdict

from flask import Flask

from app.identity.login import DEMO_COOKIE
from app.web.page import LANGUAGE_COOKIE
from tests.conftest import enter
from tests.language.pages import texts, visit_all

CITIZENS = ("anna", "ny", "bent")
STAFF = ("line", "jonas", "lone")
ALSO = ("/indstillinger", "/findes-ikke", "/uden-forbindelse")  # no page links to the last two
SHORT = "short pages together"
MEASURABLE = 40  # words; of fewer, LIX says nothing

_visited: dict[tuple[str, str], dict[str, str]] = {}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def pages_of(app: Flask, slug: str, code: str = "da") -> dict[str, str]:
    """Return every page this person of the cast can reach, by address; visited once for all who ask.

    They are read from the demo as it is laid, whose app the first of them brings.
    """
    if (slug, code) not in _visited:
        browser = app.test_client()
        browser.set_cookie(DEMO_COOKIE, enter(app, slug), domain="localhost")
        browser.set_cookie(LANGUAGE_COOKIE, code, domain="localhost")
        _visited[slug, code] = dict(visit_all(browser, "/borgere" if slug in STAFF else "/", *ALSO))
    return _visited[slug, code]


def running_text(app: Flask, slug: str) -> dict[str, list[str]]:
    """Return the paragraphs of our own that this person reads, by the kind of page."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for address, html in pages_of(app, slug).items():
        kinds[_ID.sub("…", address)] |= set(texts(html)[0])
    found: dict[str, list[str]] = defaultdict(list)
    for kind, paragraphs in sorted(kinds.items()):
        long_enough = len(" ".join(paragraphs).split()) >= MEASURABLE
        found[kind if long_enough else SHORT] += sorted(paragraphs)
    return dict(found)
