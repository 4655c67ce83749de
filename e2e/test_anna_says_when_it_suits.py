"""Anna says when meetings don't suit her: taps alone, nobody asks why, one tap to take it back."""

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import SignIn
from e2e.page_checks import layout, small_targets


def well(page: Page) -> None:
    assert layout(page) + small_targets(page) == []


def tap(page: Page, control: Locator) -> None:
    """Press what leads to another page, and wait until that is there: a page half gone can't be looked at."""
    with page.expect_navigation():
        control.click()


def test_anna_says_that_tuesday_mornings_do_not_suit(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    anna.goto("/kalender/oensker")
    well(anna)
    tap(anna, anna.get_by_role("link", name="Skriv en tid, der ikke passer"))
    well(anna)
    tap(anna, anna.get_by_role("button", name="Hver tirsdag"))
    tap(anna, anna.get_by_role("button", name="Før kl. 12"))
    well(anna)
    expect(anna.get_by_text("Hver tirsdag før kl. 12.00")).to_be_visible()
    tap(anna, anna.get_by_role("button", name="Gem"))
    expect(anna.get_by_role("link", name="Vælg, om du ikke kan, eller helst ikke vil.")).to_be_visible()
    well(anna)
    anna.get_by_role("radio", name="Jeg kan ikke").check()
    tap(anna, anna.get_by_role("button", name="Gem"))
    expect(anna.get_by_role("status")).to_contain_text("Tak. Det er gemt.")
    expect(anna.get_by_role("heading", name="Hver tirsdag før kl. 12.00")).to_be_visible()

    tap(anna, anna.get_by_role("link", name="Bedste tid på dagen"))
    anna.get_by_role("radio", name="Om eftermiddagen").check()
    well(anna)
    tap(anna, anna.get_by_role("button", name="Gem"))
    expect(anna.get_by_text("Om eftermiddagen")).to_be_visible()
    well(anna)

    tap(anna, anna.get_by_role("button", name="Fjern Hver tirsdag"))
    expect(anna.get_by_role("status")).to_contain_text("Tiden er fjernet.")
    expect(anna.get_by_role("heading", name="Hver tirsdag før kl. 12.00")).to_have_count(0)
