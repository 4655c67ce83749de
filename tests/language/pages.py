"""The text of our own on the pages people see: every page one can reach by links, as it is rendered."""

from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask.testing import FlaskClient

PAGES_MOST = 150
BLOCKS = {
    "p",
    "li",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "form",
    "ul",
    "ol",
    "fieldset",
} | {
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "nav",
        "details",
        "summary",
        "legend",
        "label",
        "button",
        "title",
        "option",
        "td",
    )
}
RUNNING = {"p", "li", "div"}
NAMES = {"a", "button", "label", "legend", "summary", "nav", "option", "title"}  # text inside is a label
VOID = {"input", "br", "img", "link", "meta", "path", "wbr", "hr"}
LEFT_OUT = {"style", "script", "svg", "blockquote", "textarea", "code"}
NO_PAGES = ("/static", "/log-af", "/demo", "/ics", "/api")


class _Text(HTMLParser):
    """Splits a page into blocks of text; what people wrote themselves is left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []  # tag, and whether its inside is left out
        self.parts: list[str] = []
        self.named = True  # nothing but labels in this block so far
        self.running: list[str] = []
        self.labels: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self._end_block()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in BLOCKS or (found.get("class") or "").endswith("note"):
            self._end_block()
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag not in VOID:
            hidden = tag in LEFT_OUT or "data-hx-disable" in found or "data-own" in found
            self.open.append((tag, hidden or bool(self.open and self.open[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end_block()
        while self.open and tag not in VOID:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1]:
            self.parts.append(" ")
            return
        self.parts.append(data)
        if data.strip() and not NAMES & {tag for tag, _ in self.open}:
            self.named = False

    def _end_block(self) -> None:
        text, named = " ".join("".join(self.parts).split()), self.named
        self.parts, self.named = [], True
        if not any(map(str.isalpha, text)):
            return
        block = next((tag for tag, _ in reversed(self.open) if tag in BLOCKS), "p")
        is_running = block in RUNNING and not named and text.endswith((".", "?", ":"))
        (self.running if is_running else self.labels).append(text)


def texts(html: str) -> tuple[list[str], list[str]]:
    """Return the paragraphs of a page, and its labels: headings, buttons, links and other short texts."""
    page = _Text(html)
    return page.running, page.labels


def visit_all(browser: FlaskClient, *starts: str) -> Iterator[tuple[str, str]]:
    """Yield each page one can reach by links from `starts`, as (address, html)."""
    waiting, known = deque(starts), set(starts)
    while waiting and len(known) < PAGES_MOST:
        address = waiting.popleft()
        answer = browser.get(address)
        if answer.location:
            waiting += _new([answer.location], known)
        if answer.mimetype != "text/html" or answer.location:
            continue
        yield address, answer.text
        waiting += _new(_Text(answer.text).links, known)


def _new(links: list[str], known: set[str]) -> list[str]:
    """Return the links that lead to a page of ours not yet known, and know them."""
    fresh = []
    for link in links:
        address = urlsplit(link)
        if address.netloc or address.scheme or not address.path or address.path.startswith(NO_PAGES):
            continue
        plain = address._replace(fragment="").geturl()
        if plain not in known:
            known.add(plain)
            fresh.append(plain)
    return fresh
