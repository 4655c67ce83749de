"""The yes to one plan, from Kontakt: taken back in two taps, and given by one who shows that it is them."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlmodel import col

from app.demo.cast import person_id
from app.identity.models import LoginSession
from app.identity.rules import FRESH
from e2e.conftest import SignIn, Site
from e2e.page_checks import layout
from tests.cast import NOW


def checked(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    assert layout(page) == []


def has_read_for_long(site: Site, slug: str) -> None:
    """Let somebody's sign-in be as old as one may not be who says yes."""
    began = {"opened_at": NOW - FRESH - timedelta(seconds=1)}
    with site.app.extensions["db"].writing() as session:
        session.exec(
            update(LoginSession).where(col(LoginSession.person_id) == person_id(slug)).values(**began)
        )


def test_anna_takes_her_yes_back_in_two_taps_from_kontakt(sign_in: SignIn) -> None:
    page = sign_in("anna")
    page.get_by_role("navigation", name="Sider").get_by_role("link", name="Kontakt").click()
    page.get_by_role("main").get_by_role("link", name="Dit ja til én plan").click()
    page.get_by_role("button", name="Træk dit ja tilbage").click()
    expect(page.get_by_text("Intet er slettet.")).to_be_visible()

    line = sign_in("line")
    line.get_by_role("link", name="Alle dine borgere").click()
    line.get_by_role("link", name="Anna Jensen", exact=True).click()
    checked(line, "Planen for Anna er ikke åben")


def test_nynne_shows_that_it_is_her_and_nothing_is_lost(sign_in: SignIn, site: Site) -> None:
    page = sign_in("ny")
    has_read_for_long(site, "ny")
    page.get_by_role("contentinfo").get_by_role("link", name="Dit ja til én plan").click()
    checked(page, "Dit ja til én plan")
    page.get_by_role("button", name="Ja, jeg vil have én plan").click()
    checked(page, "Vis, at det er dig")
    page.get_by_role("link", name="Vælg dig selv igen").click()
    page.get_by_role("button", name="Nynne Bech").first.click()
    expect(page.get_by_text("Nu ved vi, at det er dig. Du har ikke sagt ja endnu.")).to_be_visible()
    page.get_by_role("button", name="Ja, jeg vil have én plan").click()
    expect(page.get_by_role("heading", name="Tak. Nu har du én plan.")).to_be_visible()
