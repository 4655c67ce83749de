"""How often the phone asks for one tap: once with JavaScript, twice without; both show the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, expect

from e2e.conftest import SignIn

DONE = "Skridtet er gjort."
WORDS = "Jeg vil gerne bage brød med min bror."


@contextmanager
def asking(page: Page) -> Iterator[list[str]]:
    """Yield what is asked for by a form, and by what that leads to; not the files of a page."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type in ("document", "xhr"):
            asked.append(f"{request.method} {urlsplit(request.url).path}")

    page.on("request", note)
    yield asked
    page.remove_listener("request", note)


def test_a_region_takes_one_request(sign_in: SignIn, javascript: bool) -> None:
    anna = sign_in("anna")
    with asking(anna) as asked:
        anna.get_by_role("button", name="Det er gjort").click()
        expect(anna.get_by_role("status").get_by_text(DONE)).to_be_visible()
    assert (len(asked), asked[1:]) == ((1, []) if javascript else (2, ["GET /"]))
    there = urlsplit(anna.url)
    assert (there.path, bool(there.query)) == ("/", not javascript)  # a swap stays where the reader is
    if javascript:
        expect(anna.get_by_role("heading", name="Dit næste skridt")).to_be_focused()


def test_a_page_takes_one_request_and_its_address_stands_in_the_bar(
    sign_in: SignIn, javascript: bool
) -> None:
    anna = sign_in("anna")
    anna.goto("/skriv?slags=droem")
    anna.get_by_role("textbox").fill(WORDS)
    with asking(anna) as asked:
        anna.get_by_role("button", name="Gem som kladde").click()
        expect(anna.get_by_role("status").get_by_text("Din kladde er gemt.")).to_be_visible()
    there = urlsplit(anna.url)
    assert asked == ["POST /skriv", *([] if javascript else [f"GET {there.path}"])]
    assert (there.path.startswith("/skriv/"), there.query) == (True, "nyt=kladde")
    expect(anna.get_by_text(WORDS)).to_be_visible()
    anna.reload()
    expect(anna.get_by_text(WORDS)).to_be_visible()
