"""What a first visit costs on the wire: bytes and requests are exact, so they are counted."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from e2e.conftest import SMALL, Site
from tests.conftest import enter

PAGE_BYTES = 14_000  # HTML with the style block: what fits into the first flight of a new connection
ALL_BYTES = 40_000
REQUESTS = 6
SCRIPT_BYTES = 25_000

WATCH_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shifts += one.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", ["/", "/plan"])
def test_a_first_visit_is_light(chromium: Browser, site: Site, address: str) -> None:
    context = chromium.new_context(base_url=site.url, viewport=SMALL)
    context.add_cookies([{"name": "s", "value": enter(site.app, "anna"), "url": site.url}])
    page = context.new_page()
    page.add_init_script(WATCH_SHIFTS)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def finished(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", finished)
    page.goto(address, wait_until="networkidle")
    shifts = page.evaluate("window.shifts")
    context.close()

    of_kind = {
        kind: sum(sizes[one] for one in sizes if kinds.get(one) == kind) for kind in set(kinds.values())
    }
    assert 1_000 < of_kind["Document"] <= PAGE_BYTES
    assert of_kind.get("Script", 0) <= SCRIPT_BYTES
    assert sum(sizes.values()) <= ALL_BYTES
    assert len(sizes) <= REQUESTS
    assert shifts == 0
