"""What a page is measured with in a real browser. Every function returns what is wrong, in words."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

# Checkers that exist only as npm packages; `./enplan test` fetches them.
ENGINES = Path(__file__).parent / "engines" / "node_modules"
IBM = ENGINES / "accessibility-checker-engine" / "ace-window.js"
VNU = ENGINES / "vnu-jar" / "build" / "dist" / "vnu.jar"
NO_ENGINES = "npm-pakkerne i e2e/engines eller Java mangler; som root på Debian henter ./enplan test dem"

SHEET = re.compile(rb"/Type\s*/Page\b")

AXE_TAGS = [
    *("wcag2a", "wcag2aa", "wcag2aaa"),
    *("wcag21a", "wcag21aa", "wcag21aaa"),
    *("wcag22a", "wcag22aa", "wcag22aaa"),
    "best-practice",
]

ALL_OF_AXE = {
    "runOnly": {"type": "tag", "values": AXE_TAGS},
    "rules": {"target-size": {"enabled": True}},  # off by default
}
COLOURS_OF_AXE = {"runOnly": {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced"]}}

# What axe can't decide by itself, with the reason why it is well.
LEFT_OPEN: dict[str, str] = {}

# What IBM's engine leaves to a person, or takes for wrong: a rule, and the elements that are well.
LEFT_OPEN_BY_IBM = {
    # It knows only type="submit"; in HTML a button without a type submits as well.
    "form_submit_button_exists": "form:has(button:not([type]))",
    # A form without a name is no landmark (HTML-AAM), so nobody hears two that could be taken for each other.
    "aria_form_label_unique": "form:not([aria-label], [aria-labelledby], [title])",
    "aria_landmark_name_unique": "form:not([aria-label], [aria-labelledby], [title])",
    # It takes a label for visible at an input, not at an empty textarea or at some
    # lists. axe's own rule sees the label.
    "input_label_visible": ".field:has(> .field__label, > h1 > .field__label) > :is(textarea, select)",
    # It asks whether a skip link comes into sight: `covered` puts focus on it and looks.
    "element_tabbable_visible": ".skip",
    # It asks who is quoted: that stands in words beside what a person wrote, and there is no address to cite.
    "blockquote_cite_exists": ".words",
    # It asks whether short, strong words are headings. They are an answer, a name, a purpose or a code, each
    # under a heading of its own; more headings would only make the way by headings longer.
    # A week's number names the list of its meetings; the headings are the meetings. Whose a page is stands
    # over the page's own title.
    "text_block_heading": ".person, .person__name, .row__title, .week__name, .when, .code, .whose__name",
    # It asks whether a long heading is one. A meeting's says when, what, who and where to who jumps to it.
    "heading_markup_misuse": ".row__title",
    # Recommendations beside WCAG. What is asked together stands in a fieldset; another field has a label that
    # says it whole. The hours of a day, or a few people, need no groups in their list.
    "input_fields_grouped": ".field > :is(input, select, textarea)",
    "select_options_grouped": "select",
    # Whether the citizen has said yes is no time among those above it: it stands alone, below their fieldset.
    # So does the contact person's number, above the fieldset of what may be kept of meetings.
    "input_checkboxes_grouped": "#said_yes, #keep-contact",
    # It asks of every style sheet whether colour stands alone: `lost_in_forced_colours` looks.
    "style_color_misuse": "style",
    "style_highcontrast_visible": "style",
}

# In a low window axe takes what the bar of places half covers for too small.
TALL = ViewportSize(width=320, height=14_000)
TARGET = 48  # px; WCAG asks for 24 (AA) and 44 (AAA)
LARGE_TEXT = "html { font-size: 225% !important }"  # twice the app's own 112.5 %
SPACED_TEXT = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } "
    "p { margin-bottom: 2em !important }"
)

WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


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


def axe(page: Page, options: dict[str, Any] = ALL_OF_AXE) -> list[str]:
    """Return axe's findings, undecided ones included unless their reason stands in LEFT_OPEN."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(script("axe"), options)
    undecided = [one for one in found["incomplete"] if one["id"] not in LEFT_OPEN]
    return [
        f"{one['id']}: {node['html'][:160]} — {node.get('failureSummary', '')[:200]}"
        for one in found["violations"] + undecided
        for node in one["nodes"]
    ]


def ibm(page: Page) -> list[str]:
    """Return the findings of IBM's engine, questions included unless LEFT_OPEN_BY_IBM answers them."""
    page.evaluate(IBM.read_text("utf-8"))
    found: list[str] = page.evaluate(script("ibm"), LEFT_OPEN_BY_IBM)
    return found


def lay_style(page: Page, css: str) -> None:
    page.evaluate(script("lay_style"), css)


@dataclass(frozen=True)
class Measured:
    """A page as it is laid out now: its words, and what is wrong with where they stand."""

    words: str
    wrong: list[str]


def measure(page: Page, least: int = TARGET) -> Measured:
    """Return what `words`, `layout`, `small_targets` and `covered` would, in one question to the browser."""
    found: dict[str, Any] = page.evaluate(_all_probes(), least)
    wrong = _layout(found["wide"], found["outside"], found["clipped"])
    return Measured(found["words"], wrong + found["small"] + _covered(found["covered"]))


@cache
def _all_probes() -> str:
    # `covered` scrolls and moves the focus, so it comes last.
    parts = [
        f"{name}: ({script(name)})(least)" for name in ("words", "outside", "clipped", "small", "covered")
    ]
    return f"(least) => ({{ wide: ({WIDE})(), {', '.join(parts)} }})"


def layout(page: Page) -> list[str]:
    """Return what stands outside the screen or is cut off."""
    page.wait_for_load_state("domcontentloaded")  # a tap may just have led here
    return _layout(page.evaluate(WIDE), page.evaluate(script("outside")), page.evaluate(script("clipped")))


def _layout(wide: int, outside: list[str], clipped: list[str]) -> list[str]:
    found = [f"the page scrolls {wide} px sideways"] if wide > 0 else []
    found += [f"outside: {one}" for one in outside]
    return found + [f"cut off: {one}" for one in clipped]


def small_targets(page: Page, least: int = TARGET) -> list[str]:
    """Return the controls that are smaller than `least` CSS pixels in either direction."""
    found: list[str] = page.evaluate(script("small"), least)
    return found


def covered(page: Page) -> list[str]:
    """Return the controls that can't be seen when the keyboard comes to them."""
    return _covered(page.evaluate(script("covered")))


def _covered(found: list[str]) -> list[str]:
    return [f"hidden when it has focus: {one}" for one in found]


def lost_in_forced_colours(page: Page) -> list[str]:
    """Return what nobody can see when the browser chooses all colours, as in high contrast."""
    page.emulate_media(forced_colors="active")
    found: list[str] = page.evaluate(script("lost_in_forced_colours"))
    page.emulate_media(forced_colors="none")
    return found


def words(page: Page) -> str:
    """Return all words that stand on the page, in order."""
    return str(page.evaluate(script("words")))


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression, which may use `await`, is true in the page."""
    page.evaluate(script("until"), condition)


def paper(page: Page, most: int) -> list[str]:
    """Return what is wrong on A4: too many sheets, one for the footer alone, or a part left closed.

    Chromium alone prints to a file. The page has lost its footer afterwards.
    """
    pages = _sheets(page)
    page.evaluate("document.querySelector('.foot').hidden = true")
    found = [f"{pages} sheets, at most {most}"] if pages > most else []
    found += ["the footer stands alone on a sheet"] if _sheets(page) < pages else []
    page.emulate_media(media="print")
    closed = page.locator("main details > :not(summary)")
    found += [
        f"not printed: {' '.join((one.text_content() or '').split())[:60]}"
        for one in closed.all()
        if not one.is_visible()
    ]
    page.emulate_media(media="screen")
    return found


def _sheets(page: Page) -> int:
    return len(SHEET.findall(page.pdf(format="A4", prefer_css_page_size=True)))
