"""What a page is measured with in a real browser. Every function returns what is wrong, in words."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

AXE_TAGS = [
    *("wcag2a", "wcag2aa", "wcag2aaa"),
    *("wcag21a", "wcag21aa", "wcag21aaa"),
    *("wcag22a", "wcag22aa", "wcag22aaa"),
    "best-practice",
]

# What axe can't decide by itself, with the reason why it is well.
LEFT_OPEN: dict[str, str] = {}

# In a low window axe takes what the bar of places half covers for too small.
TALL = ViewportSize(width=320, height=14_000)
TARGET = 48  # px; WCAG asks for 24 (AA) and 44 (AAA)
LARGE_TEXT = "html { font-size: 225% !important }"  # twice the app's own 112.5 %
SPACED_TEXT = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } "
    "p { margin-bottom: 2em !important }"
)


@cache
def script(name: str) -> str:
    """Return one of our own probes, without its opening comment."""
    lines = (Path(__file__).parent / "js" / f"{name}.js").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//"))


@cache
def _axe() -> str:
    """Return axe-core's source from the package that ships it."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0]).rglob("axe*.js")).read_text("utf-8")


def axe(page: Page) -> list[str]:
    """Return axe's findings, undecided ones included unless their reason stands in LEFT_OPEN."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(script("axe"), AXE_TAGS)
    undecided = [one for one in found["incomplete"] if one["id"] not in LEFT_OPEN]
    return [
        f"{one['id']}: {node['html'][:160]} — {node.get('failureSummary', '')[:200]}"
        for one in found["violations"] + undecided
        for node in one["nodes"]
    ]


def lay_style(page: Page, css: str) -> None:
    page.evaluate(script("lay_style"), css)


def layout(page: Page) -> list[str]:
    """Return what stands outside the screen or is cut off."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"the page scrolls {wide} px sideways"] if wide > 0 else []
    found += [f"outside: {one}" for one in page.evaluate(script("outside"))]
    return found + [f"cut off: {one}" for one in page.evaluate(script("clipped"))]


def small_targets(page: Page, least: int = TARGET) -> list[str]:
    """Return the controls that are smaller than `least` CSS pixels in either direction."""
    found: list[str] = page.evaluate(script("small"), least)
    return found


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression, which may use `await`, is true in the page."""
    page.evaluate(script("until"), condition)
