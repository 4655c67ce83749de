"""What fails to load, or is closed, takes nothing away: it is told, and what is printed is open."""

import pytest
from playwright.sync_api import Browser, expect

from e2e.conftest import PATIENCE, SMALL, SignIn, Site

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

CLOSED = "document.querySelectorAll(':is(.more, .goal):not([open])').length"


def test_what_fails_to_load_is_told_and_the_form_still_sends(chromium: Browser, site: Site) -> None:
    # Without the worker: a file that it has kept never meets the route.
    phone = chromium.new_context(base_url=site.url, viewport=SMALL, locale="da-DK", service_workers="block")
    phone.set_default_timeout(PATIENCE)
    phone.request.post("/demo/log-ind", form={"person": "anna"}, headers={"Sec-Fetch-Site": "same-origin"})
    anna = phone.new_page()
    anna.route("**/enhance/draft.js", lambda route: route.abort())
    with anna.expect_event("requestfailed"):
        anna.goto("/skriv?slags=droem")
    expect(anna.get_by_role("status").first).to_contain_text("Noget af siden blev ikke hentet.")
    anna.get_by_role("textbox").fill("Jeg vil lære at svømme.")
    anna.get_by_role("button", name="Gem som kladde").click()
    expect(anna.get_by_role("status").first).to_contain_text("Din kladde er gemt.")


def test_closed_parts_are_open_on_paper_in_any_engine(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    anna.goto("/plan")
    closed = anna.evaluate(CLOSED)
    assert closed
    anna.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert anna.evaluate(CLOSED) == 0
    anna.evaluate("dispatchEvent(new Event('afterprint'))")
    assert anna.evaluate(CLOSED) == closed
