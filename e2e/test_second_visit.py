"""What a second visit costs on the wire, while the phone has our page for when there is no line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bench.slow_line import SlowLine, Speed, slow_line
from e2e.conftest import PATIENCE, SMALL, Site
from e2e.offline.line import enter

AT_ONCE = Speed(0, 100_000_000)  # the line is here to count
CODING = "performance.getEntriesByType('navigation')[0].contentEncoding"

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def line(site: Site) -> Iterator[SlowLine]:
    with slow_line(site.port, AT_ONCE) as line:
        yield line


@pytest.fixture
def phone(chromium: Browser, line: SlowLine) -> Iterator[BrowserContext]:
    phone = chromium.new_context(base_url=f"http://localhost:{line.port}", viewport=SMALL)
    phone.set_default_timeout(PATIENCE)
    yield phone
    phone.close()


def coding_of(phone: BrowserContext, address: str) -> str:
    """Return how the page at `address` was written on the line; it is read as it was drawn."""
    page = phone.new_page()
    page.goto(address, wait_until="networkidle")
    expect(page.get_by_role("main")).to_be_visible()
    coding = str(page.evaluate(CODING))
    page.close()
    return coding


@pytest.mark.parametrize(("address", "most"), [("/", 5_200), ("/plan", 7_300)])
def test_a_second_visit_brings_what_is_new_alone(
    phone: BrowserContext, line: SlowLine, address: str, most: int
) -> None:
    enter(phone, "anna").close()
    line.hang_up()
    assert coding_of(phone, address) == "dcz"
    assert (line.requests, line.carried <= most) == (1, True), line.carried


@pytest.mark.parametrize(("address", "most"), [("/", 5_200), ("/plan", 7_300)])
def test_without_script_the_browser_keeps_that_page_by_itself(
    chromium: Browser, line: SlowLine, address: str, most: int
) -> None:
    url = f"http://localhost:{line.port}"
    phone = chromium.new_context(base_url=url, viewport=SMALL, java_script_enabled=False)
    phone.request.post("/demo/log-ind", form={"person": "anna"}, headers={"Sec-Fetch-Site": "same-origin"})
    page = phone.new_page()
    page.goto(address, wait_until="networkidle")
    line.hang_up()
    page.goto(address, wait_until="networkidle")
    expect(page.get_by_role("main")).to_be_visible()
    assert (line.requests, line.carried <= most) == (1, True), line.carried
    phone.close()


def test_what_is_kept_goes_with_the_sign_in(phone: BrowserContext) -> None:
    anna = enter(phone, "anna")
    assert coding_of(phone, "/plan") == "dcz"
    anna.get_by_role("contentinfo").get_by_role("button", name="Log af").click()
    anna.wait_for_url("**/log-af")
    assert anna.evaluate(CODING) == "br"
