"""Each checker of test_states.py and test_valid_html.py goes red on a page with the fault it is there for."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from e2e.conftest import SMALL
from e2e.page_checks import (
    IBM,
    LARGE_TEXT,
    NO_ENGINES,
    SPACED_TEXT,
    axe,
    covered,
    ibm,
    lay_style,
    layout,
    lost_in_forced_colours,
    small_targets,
    words,
)

Look = Callable[[Page], list[str]]

PAGE = """<!doctype html><html lang="da"><head><title>Prøve</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>input, button {{ min-block-size: 48px; min-inline-size: 48px }} {style}</style></head>
<body><main><h1>Prøve</h1>
<p><label for="name">Dit navn</label> <input id="name"></p>{html}</main></body></html>"""
NAMELESS = '<input type="text">'


def large(page: Page) -> list[str]:
    lay_style(page, LARGE_TEXT)
    return layout(page)


def spaced(page: Page) -> list[str]:
    lay_style(page, SPACED_TEXT)
    return layout(page)


def wide(page: Page) -> list[str]:
    said = words(page)
    page.set_viewport_size({"width": 1280, "height": 1024})
    return [] if words(page) == said else ["others"]


FAULTS: list[tuple[Look, str, str, str]] = [  # look · style · html · what it must tell
    (axe, "", NAMELESS, "label"),
    (axe, "", '<p style="color:#999">Lysegrå ord.</p>', "color-contrast"),
    (ibm, "", NAMELESS, "input_label_exists"),
    (small_targets, "a { display: inline-block; width: 20px; height: 20px }", '<a href="/">x</a>', "20x20"),
    (large, ".box { width: 15rem }", '<p class="box">Et felt med fast bredde.</p>', "box"),
    (spaced, ".box { height: 20px; overflow: hidden; line-height: 20px }", '<p class="box">Ord.</p>', "box"),
    (covered, ".bar { position: fixed; inset: 0; z-index: 1 }", '<p class="bar">Dækker alt.</p>', "INPUT"),
    (covered, ".far { position: fixed; top: -200px }", '<a class="far" href="/">Væk</a>', "Væk"),
    (
        wide,
        "@media (min-width: 60rem) { .box { display: none } }",
        '<p class="box">Forsvinder.</p>',
        "others",
    ),
    (lost_in_forced_colours, "", '<button style="border:0;background:teal">Send</button>', "edge"),
    (
        lost_in_forced_colours,
        ".dot { width: 20px; height: 20px; background: teal }",
        '<p class="dot"></p>',
        "dot",
    ),
    (lost_in_forced_colours, "", '<p style="forced-color-adjust:none;color:#fff">Ord.</p>', "words"),
]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=SMALL)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("look", "style", "html", "told"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_told_and_a_sound_page_is_silent(
    page: Page, look: Look, style: str, html: str, told: str
) -> None:
    if look is ibm and not IBM.is_file():
        pytest.skip(NO_ENGINES)
    page.set_content(PAGE.format(style="", html=""))
    assert look(page) == []
    page.set_viewport_size(SMALL)
    page.set_content(PAGE.format(style=style, html=html))
    assert told in " ".join(look(page))
