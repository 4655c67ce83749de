"""What a voice is given in a page's own language though it is written in Danish letters, by people."""

import re
from html.parser import HTMLParser

from tests.language.pages import VOID

# A name begins with a capital letter; in brackets beside a translation stands how the sign reads.
RUNNING = re.compile(r"(?<![\w(@])[a-zæøå]{3,}\b(?!\))")
NO_TEXT = {"style", "script", "svg", "textarea"}  # a field is read in the language of who writes there
READ_OUT = ("aria-label", "title", "placeholder", "alt")


class _Heard(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str, bool]] = []  # tag, its language, and whether it is read out
        self.found: list[str] = []
        self.feed(html.replace("Én plan", ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        language, quiet = self.open[-1][1:] if self.open else ("", False)
        language = said.get("lang") or language
        for key in READ_OUT:
            self._hear(said.get(key) or "", language)
        if tag not in VOID:
            self.open.append((tag, language, quiet or tag in NO_TEXT))

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag not in VOID:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.open and not self.open[-1][2]:
            self._hear(data, self.open[-1][1])

    def _hear(self, text: str, language: str) -> None:
        if language == "ar" and RUNNING.search(text):
            self.found.append(" ".join(text.split()))


def unmarked(html: str) -> list[str]:
    """Return the Danish on a page in Arabic that no ancestor says is Danish."""
    return _Heard(html).found
