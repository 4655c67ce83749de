"""No line: a calm page, nothing private on the phone, and everything works again when the line is back."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from app.demo.state_list import PAGES
from app.demo.states import StateKind
from e2e.conftest import ARGUMENTS, SMALL
from e2e.offline.line import enter, keep_choice
from e2e.page_checks import axe, layout, script, small_targets, until
from e2e.serving import Server

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

NO_LINE = "Der er ikke internet lige nu"
TOUR = [
    state.address
    for page in PAGES
    for state in page.states
    if (state.who, state.kind, state.rows) == ("anna", StateKind.FULL, None)
]
CHOICE = "Vis navn og nummer på min kontaktperson på denne telefon"


def left(page: Page) -> dict[str, Any]:
    """Return what lies on the phone: counts, and the addresses in every cache."""
    found: dict[str, Any] = page.evaluate(script("left"))
    return found


def test_after_a_tour_no_cache_holds_a_private_page(phone: BrowserContext, server: Server) -> None:
    page = enter(phone, "anna")
    for address in TOUR:
        page.goto(address)
    cached = [urlsplit(address).path for address in left(page)["cached"]]
    assert "/uden-forbindelse" in cached
    assert [path for path in cached if not path.startswith("/static/") and path != "/uden-forbindelse"] == []
    assert not page.evaluate("caches.match('/uden-forbindelse').then((kept) => kept.text())").count("Anna")


def test_the_site_stops_and_comes_back(phone: BrowserContext, server: Server) -> None:
    page = enter(phone, "anna")
    server.stop()
    page.goto("/plan")
    expect(page.get_by_role("heading", level=1)).to_have_text(NO_LINE)
    expect(page.get_by_text("Der ligger ord på telefonen")).to_be_hidden()
    expect(page.get_by_text("Din kontaktperson")).to_be_hidden()
    assert axe(page) + layout(page) + small_targets(page) == []
    page.get_by_role("link", name="Prøv igen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NO_LINE)
    server.start()
    page.get_by_role("link", name="Prøv igen").click()
    expect(page).to_have_title("Din plan – Én plan")
    assert urlsplit(page.url).path == "/plan"


def test_the_contact_persons_number_only_if_it_was_chosen(phone: BrowserContext, server: Server) -> None:
    page = enter(phone, "anna")
    page.goto("/indstillinger")
    choice = page.get_by_label(CHOICE)
    expect(choice).not_to_be_checked()
    page.set_viewport_size({"width": 320, "height": 9000})  # nothing lies under the bar
    assert axe(page) + layout(page) + small_targets(page) == []
    page.set_viewport_size(SMALL)
    choice.check()
    keep_choice(page, CHOICE)
    expect(page.get_by_text("Navn og nummer er gemt på telefonen.")).to_be_visible()
    server.stop()
    page.goto("/")
    expect(page.get_by_text("Line")).to_be_visible()
    expect(page.get_by_role("link", name="Ring").first).to_have_attribute("href", "tel:+4570123461")
    assert axe(page) + layout(page) + small_targets(page) == []
    server.start()
    page.goto("/indstillinger")
    expect(choice).to_be_checked()
    choice.uncheck()
    keep_choice(page, CHOICE)
    expect(page.get_by_text("Navn og nummer er slettet fra telefonen.")).to_be_visible()
    assert left(page)["kept"] == 0


def test_another_person_does_not_see_the_number(phone: BrowserContext, server: Server) -> None:
    page = enter(phone, "anna")
    page.goto("/indstillinger")
    page.get_by_label(CHOICE).check()
    keep_choice(page, CHOICE)
    page = enter(phone, "bent")
    until(page, "localStorage.length === 0")
    server.stop()
    page.goto("/")
    expect(page.get_by_text("Din kontaktperson")).to_be_hidden()


def test_log_off_leaves_nothing(phone: BrowserContext) -> None:
    page = enter(phone, "anna")
    page.goto("/indstillinger")
    page.get_by_label(CHOICE).check()
    keep_choice(page, CHOICE)
    page.evaluate(
        "sessionStorage.setItem('x', 'x'); new Promise((ok) => { indexedDB.open('x').onsuccess = ok; })"
    )
    before = left(page)
    assert (before["kept"], before["workers"], before["databases"]) == (1, 1, 1)
    assert before["cached"]
    page.get_by_role("contentinfo").get_by_role("button", name="Log af").click()
    page.wait_for_url("**/log-af")
    assert page.get_by_role("heading", name="Du er logget af").is_visible()
    assert left(page) == {"kept": 0, "session": [], "databases": 0, "cached": [], "workers": 0}
    assert phone.cookies() == []


def test_log_off_wipes_by_itself_where_the_browser_does_not(phone: BrowserContext) -> None:
    """An older phone doesn't know Clear-Site-Data: its header is taken off. And it wipes slowly."""
    phone.add_init_script(
        "const names = caches.keys.bind(caches);"
        "caches.keys = () => new Promise((go) => setTimeout(go, 300)).then(names);"
    )
    page = enter(phone, "anna")
    page.goto("/indstillinger")
    page.get_by_label(CHOICE).check()
    keep_choice(page, CHOICE)
    signed_off = {"location": "/demo", "set-cookie": "s=; Max-Age=0; Path=/"}
    page.route("**/log-af", lambda route: route.fulfill(status=303, headers=signed_off))
    page.get_by_role("contentinfo").get_by_role("button", name="Log af").click()
    page.wait_for_url("**/demo")
    until(page, "!(await navigator.serviceWorker.getRegistrations()).length && !(await caches.keys()).length")
    assert left(page)["kept"] == 0


def test_the_site_can_end_the_worker_on_every_phone(phone: BrowserContext, server: Server) -> None:
    page = enter(phone, "anna")
    assert left(page)["cached"]
    server.stop()
    server.start(worker_off=True)
    page.goto("/plan")
    until(page, "!(await navigator.serviceWorker.getRegistrations()).length")
    page.goto("/kalender")
    after = left(page)
    assert (after["workers"], after["cached"]) == (0, [])


def test_a_new_release_takes_the_place_of_the_old_without_a_reload(
    phone: BrowserContext, server: Server
) -> None:
    page = enter(phone, "anna")
    [old] = page.evaluate("caches.keys()")
    server.stop()
    server.settings = replace(server.settings, site=replace(server.settings.site, phone="70101010"))
    server.start()
    page.goto("/skriv?slags=droem")
    page.evaluate("window.stays = true")
    until(page, f"!(await caches.keys()).includes({old!r}) && (await caches.keys()).length")
    assert page.evaluate("window.stays")


def test_chromium_would_install_it(playwright: Playwright, server: Server, tmp_path: Path) -> None:
    """A profile of its own: in a private window nothing can be installed."""
    phone = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path=os.environ.get("ENPLAN_CHROMIUM") or None,
        args=[*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        base_url=server.url,
    )
    wire = phone.new_cdp_session(enter(phone, "anna"))
    assert wire.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert wire.send("Page.getAppManifest")["errors"] == []
    phone.close()
