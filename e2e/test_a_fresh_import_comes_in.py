"""Somebody nobody has met in the app: imported, found by the contact person, invited, in, and with one plan.

With JavaScript alone: who comes in makes a passkey, and no phone makes one without. All the rest is links.
"""

import pytest
from playwright.sync_api import Page, expect

from app.people_import.service import import_people
from e2e.conftest import Site
from e2e.page_checks import axe, layout
from e2e.test_passkey import Phone, Shop, accept, phones  # noqa: F401 — a fixture
from tests.cast import NOW

pytestmark = pytest.mark.slow

LIST = "CPR-nummer;Navn;Rolle;Kontaktperson;Telefon\n010190-1234;Tove Bang;borger;Line Madsen;20 30 40 50\n"


def bring_in(site: Site) -> None:
    settings, database = site.app.extensions["settings"], site.app.extensions["db"]
    import_people(database, settings.site, settings.secret_key, LIST.encode(), now=NOW)


def seen(page: Page, heading: str) -> None:
    """See that this page is there, and that all can use it."""
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    assert layout(page) + axe(page) == []


def invite_from_the_list(line: Phone) -> str:
    """Go from the first page to the code, by what stands on the pages."""
    line.page.goto("/")
    line.page.get_by_role("link", name="Alle dine borgere").click()
    line.page.get_by_role("link", name="Tove Bang").click()
    seen(line.page, "Planen for Tove er ikke åben")
    expect(line.page.get_by_role("link", name="Ring til Tove 20 30 40 50")).to_be_visible()
    line.page.get_by_role("link", name="Inviter Tove").click()
    line.page.get_by_role("button", name="Lav en invitation").click()
    return line.page.locator(".code").inner_text()


def test_a_fresh_import_is_invited_comes_in_and_says_yes(phones: Shop, site: Site) -> None:  # noqa: F811
    bring_in(site)
    line, tove = phones.phone(), phones.phone()
    accept(line, site, "line")
    code = invite_from_the_list(line)

    tove.page.goto("/invitation")
    tove.page.get_by_label("Din kode").fill(code)
    tove.page.get_by_role("button", name="Fortsæt").click()
    tove.page.get_by_role("button", name="Lav adgangsnøgle").click()
    tove.page.wait_for_url("/")
    tove.page.get_by_role("link", name="Læs om én plan").click()
    seen(tove.page, "Dit ja til én plan")
    tove.page.get_by_role("button", name="Ja, jeg vil have én plan").click()
    expect(tove.page.get_by_role("heading", name="Tak. Nu har du én plan.")).to_be_visible()

    line.page.goto("/")
    expect(line.page.get_by_role("link", name="Tove: Der er sagt ja til planen.")).to_be_visible()
    line.page.get_by_role("link", name="Alle dine borgere").click()
    line.page.get_by_role("link", name="Tove Bang").click()
    line.page.wait_for_url("**/plan")
