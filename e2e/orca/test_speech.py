"""What Orca was heard to say is still what the pages have: headings, names and roles, in their order.

The wording around them is Orca's own and is not compared. A difference here means: listen again (README.md).
"""

import json
import re
from itertools import pairwise
from typing import NamedTuple

import pytest
from playwright.sync_api import Page

from e2e.conftest import SignIn
from e2e.orca.pages import PAGES, Heard

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

AGAIN = "The page no longer is what was heard: python -m e2e.orca.listen"
ROLES = {
    "henvisning": "link",
    "besøgt link": "link",
    "trykknap": "button",
    "felt": "textbox",
    **{f"overskrift niveau {level}": f"heading {level}" for level in range(1, 7)},
}
SHOWN = re.compile(r"""- '?(heading|link|button|textbox) ("(?:[^"\\]|\\.)*")(?: \[level=(\d)\])?""")
UNFOLDS = re.compile(r'- group: "?([^"]+)')  # what is folded away, by its first line; Orca calls it a button
# A heading in what unfolds: Orca says it with the rest, as one button.
ROW = re.compile(
    r'- group:\n\s+- heading "((?:[^"\\]|\\.)*)" \[level=\d\](?:\n\s+- text: "?(.*?)"?)?$', re.MULTILINE
)
FOLDED = {"slået sammen"}  # between a button's name and its role


class Said(NamedTuple):
    """A heading or a control, as it is spoken: what it is, and its name without spaces."""

    role: str
    name: str


def heard_on(page: Heard, shown: list[Said]) -> list[Said]:
    """Return what was heard, in order; where a heading is a link, the heading first, as in the page.

    A long name is heard in parts, with the role after the first: the rest is put to it where it is word for
    word what stands in `shown`.
    """
    found: list[Said] = []
    after: list[str] = []  # what was heard until the next of them
    name = ""
    for line in page.kept()[0]:
        if line in ROLES:
            found.append(Said(ROLES[line], tight(name)))
            after.append("")
        elif line not in FOLDED:
            name = line
            after[-1:] = [one + tight(line) for one in after[-1:]]
    for i, (first, second) in enumerate(pairwise(found)):
        if first.name == second.name and second.role.startswith("heading"):
            found[i : i + 2] = [second, first]
            after[i] = after[i + 1]
    return [
        stands if one.role == stands.role and is_the_rest(stands.name, one.name, rest) else one
        for one, rest, stands in zip(found, after, [*shown, *found[len(shown) :]], strict=False)
    ]


def is_the_rest(whole: str, begun: str, after: str) -> bool:
    return whole.startswith(begun) and after.startswith(whole[len(begun) :])


def shown_on(page: Page) -> list[Said]:
    """Return what stands on the page, in order; a heading that is a field's label is said with the field."""
    found: list[Said] = []
    for line in ROW.sub(r"- group: \1 \2", page.locator("body").aria_snapshot()).splitlines():
        if one := SHOWN.search(line):
            name = json.loads(one[2].replace("''", "'"))
            found.append(Said(f"{one[1]} {one[3]}" if one[3] else one[1], tight(name)))
        elif one := UNFOLDS.search(line):
            found.append(Said("button", tight(one[1])))
    fields = {one.name for one in found if one.role == "textbox"}
    return [one for one in found if not (one.role.startswith("heading") and one.name in fields)]


def tight(name: str) -> str:
    """Take out what is never heard: spaces and soft hyphens."""
    return re.sub(r"[\s\u00ad]", "", name)


def stops_on(page: Page) -> list[str]:
    """Return the names at which Tab stops, in order."""
    return [one.name for one in shown_on(page) if not one.role.startswith("heading")]


def test_what_was_heard_is_what_the_pages_have(sign_in: SignIn) -> None:
    page = sign_in("anna")
    for heard in PAGES:
        page.goto(heard.address)
        shown = shown_on(page)
        assert heard_on(heard, shown) == shown, f"{heard.key}: {AGAIN}"
        stops = zip(stops_on(page), heard.kept()[1], strict=True)
        assert [name for name, said in stops if name not in tight(said)] == [], f"{heard.key}: {AGAIN}"


CHANGES = {
    "a heading's words": "document.querySelector('h2').textContent = 'Dit møde'",
    "its level": "document.querySelector('h2').outerHTML = '<h3>Dit næste møde</h3>'",
    "a link's name": "document.querySelector('main a').ariaLabel = 'Mere'",
    "a role": "document.querySelector('main button').role = 'link'",
    "the order": "document.querySelector('main').before(document.querySelector('footer'))",
    "less than before": "document.querySelector('main form button').remove()",
}


def test_each_kind_of_change_is_noticed(sign_in: SignIn) -> None:
    page = sign_in("anna")
    for change, script in CHANGES.items():
        page.goto(PAGES[0].address)
        before = shown_on(page)
        assert heard_on(PAGES[0], before) == before
        page.evaluate(f"{{ {script} }}")
        after = shown_on(page)
        assert heard_on(PAGES[0], after) != after, change
