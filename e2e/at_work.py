"""Somebody at work in a browser, from the own first page on: what they do is counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Locator, Page, Response, ViewportSize, expect

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=1024)
Role = Literal["button", "link"]
REDIRECTED = range(300, 400)
BESIDE = "borgere-ved-siden"  # comes by itself beside the page, and nobody waits for it


def is_page(answer: Response) -> bool:
    """Say whether this is a page, or the part of one that a script asked for: something one waits for."""
    if answer.status in REDIRECTED or answer.request.headers.get("hx-target") == BESIDE:
        return False
    return answer.request.resource_type == "document" or "hx-request" in answer.request.headers


class AtWork:
    """A page that counts: taps (links, buttons, ticks, what is unfolded) and the pages that come.

    What is typed, or chosen in a list, is no tap: it is as much whoever keeps the record.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = self.loads = 0
        page.on("response", self._count)

    def _count(self, answer: Response) -> None:
        self.loads += is_page(answer)

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def begin(self) -> None:
        """Stand on the own first page, with nothing counted."""
        self.page.goto("/")
        self.taps = self.loads = 0

    def costs(self, *, taps: int) -> None:
        """Expect that it took at most so many taps since the own first page; say how many, and the pages."""
        print(f"{self.taps} taps, {self.loads} pages, at most {taps}")  # noqa: T201
        assert self.taps <= taps

    def go(self, role: Role, name: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """Tap what leads to a page, or brings one back."""
        self.follow((within or self.main).get_by_role(role, name=name, exact=exact).first)

    def follow(self, control: Locator) -> None:
        with self._a_page():
            self._tap(control)

    def unfold(self, words: str) -> None:
        self._tap(self.main.locator("summary").filter(has_text=words).first)

    def tick(self, name: str, *, among: str = "") -> None:
        """Tick what is called so, in a field of this name in the form."""
        found = self.main.get_by_label(name)
        self._tap(found.and_(self.page.locator(f"[name={among}]")) if among else found)

    def _tap(self, control: Locator) -> None:
        expect(control).to_be_visible()
        control.click()
        self.taps += 1

    @contextmanager
    def _a_page(self) -> Iterator[None]:
        with self.page.expect_response(is_page):
            yield
        self.page.wait_for_load_state()

    def fill(self, **words: str) -> None:
        """Type into fields, by their name in the form."""
        for name, typed in words.items():
            self.main.locator(f"[name={name}]").fill(typed)

    def choose(self, **chosen: str) -> None:
        """Choose in lists, by their name in the form, what is called so."""
        for name, label in chosen.items():
            self.main.locator(f"select[name={name}]").select_option(label=label)

    def sees(self, *words: str) -> None:
        """Expect each of these to stand on the page, to be seen."""
        for one in words:
            expect(self.page.get_by_text(one).locator("visible=true").first).to_be_visible()
