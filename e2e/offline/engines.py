"""A phone of another engine than Chromium, asked for no more than both drivers can: an address, and a script.

The trouble is made on the line and not in the browser, and a tap is one that a script makes, so that it comes
as soon after a paste in every engine.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from playwright.sync_api import Browser, Error, Page

from e2e.conftest import PATIENCE, SMALL
from e2e.offline.line import LossyLine
from e2e.webkit import WebDriverError

PAGES_LEFT = 5  # at most, while one condition is waited for
UNTIL = """async () => {
  for (const end = Date.now() + 20_000; !(%s); ) {
    if (Date.now() > end) return false;
    await new Promise((go) => setTimeout(go, 20));
  }
  return true;
}"""
LOAD = "async (address) => { await import(address); }"
CLICK = "async (wanted) => document.querySelector(wanted).click()"
IS_IN = """location.pathname !== "/demo" && document.querySelector("[action='/log-af']")
  && document.readyState === "complete" """
PASTE_AND_TAP = """async (words, wanted) => {
  document.querySelector("textarea").select();
  document.execCommand("insertText", false, words);
  if (!wanted) return;
  await new Promise((go) => setTimeout(go, 50));
  document.querySelector(wanted).click();
}"""


class Driven(Protocol):
    """A browser as its driver gives it."""

    def goto(self, address: str) -> None: ...
    def run(self, function: str, *given: object) -> Any: ...


class OverPlaywright:
    """A page of Playwright's."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def goto(self, address: str) -> None:
        self._page.goto(address)

    def run(self, function: str, *given: object) -> Any:
        return self._page.evaluate(f"(given) => ({function})(...given)", list(given))


@contextmanager
def page_of(browser: Browser) -> Iterator[OverPlaywright]:
    """Yield a page in a browser that has seen nothing yet."""
    context = browser.new_context(viewport=SMALL, locale="da-DK")
    context.set_default_timeout(PATIENCE)
    yield OverPlaywright(context.new_page())
    context.close()


class EnginePhone:
    """A browser at the phone's end of a line."""

    def __init__(self, driven: Driven, line: LossyLine) -> None:
        self._driven, self._site = driven, f"http://localhost:{line.port}"

    def goto(self, address: str) -> None:
        self._driven.goto(self._site + address)

    def run(self, function: str) -> Any:
        """Call an async function in the page, and return what it returns."""
        return self._driven.run(function)

    def until(self, condition: str) -> None:
        """Wait until an expression is true, on whatever page is open by then."""
        for _ in range(PAGES_LEFT):
            with suppress(Error, WebDriverError):  # the page was left meanwhile
                assert self._driven.run(UNTIL % condition), f"never true: {condition}"
                return
        raise AssertionError(f"no page stayed until {condition}")

    def says(self, words: str) -> None:
        """Wait until the status line says so."""
        self.until(f'document.getElementById("status")?.textContent.includes("{words}")')

    def keeps(self, count: int) -> None:
        """Wait until so much lies on this phone."""
        self.until(f"localStorage.length === {count}")

    def has(self, words: str) -> None:
        """Wait until these words, and no others, stand in the form."""
        self.until(f'document.querySelector("textarea")?.value === "{words}"')

    def forget(self) -> None:
        """Take away all that this page's site has laid on the phone."""
        self._driven.run("async () => localStorage.clear()")

    def loads(self, script: str) -> None:
        """Wait until a script that the page has asked for is at work."""
        self._driven.run(LOAD, script)

    def tap(self, wanted: str) -> None:
        self._driven.run(CLICK, wanted)

    def paste(self, words: str, tapped: str = "") -> None:
        """Put words in the place of those in the form, and tap 50 ms later."""
        self._driven.run(PASTE_AND_TAP, words, tapped)

    def enter(self, slug: str) -> None:
        """Sign in, as a visitor to the demo does."""
        self.goto("/demo")
        self.tap(f"button[value={slug}]")
        self.until(IS_IN)
