"""Anna says when meetings don't suit her: taps alone, nobody asks why, one tap to take it back."""

from playwright.sync_api import Page, expect

from e2e.conftest import SignIn
from e2e.looking import layout, small_targets


def well(page: Page) -> None:
    assert layout(page) + small_targets(page) == []


def test_anna_says_that_tuesday_mornings_do_not_suit(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    anna.goto("/kalender/oensker")
    well(anna)
    anna.get_by_role("link", name="Skriv en tid, der ikke passer").click()
    well(anna)
    anna.get_by_role("button", name="Hver tirsdag").click()
    anna.get_by_role("button", name="Før kl. 12").click()
    well(anna)
    expect(anna.get_by_text("Hver tirsdag før kl. 12.00")).to_be_visible()
    anna.get_by_role("button", name="Gem").click()
    expect(anna.get_by_role("link", name="Vælg, om du ikke kan, eller helst ikke vil.")).to_be_visible()
    well(anna)
    anna.get_by_role("radio", name="Jeg kan ikke").check()
    anna.get_by_role("button", name="Gem").click()
    expect(anna.get_by_role("status")).to_contain_text("Tak. Det er gemt.")
    expect(anna.get_by_role("heading", name="Hver tirsdag før kl. 12.00")).to_be_visible()

    anna.get_by_role("link", name="Bedste tid på dagen").click()
    anna.get_by_role("radio", name="Om eftermiddagen").check()
    well(anna)
    anna.get_by_role("button", name="Gem").click()
    expect(anna.get_by_text("Om eftermiddagen")).to_be_visible()
    well(anna)

    anna.get_by_role("button", name="Fjern Hver tirsdag").click()
    expect(anna.get_by_role("status")).to_contain_text("Tiden er fjernet.")
    expect(anna.get_by_role("heading", name="Hver tirsdag før kl. 12.00")).to_have_count(0)
