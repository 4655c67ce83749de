"""On a bad day: open the app, see who to call, and what comes next."""

from playwright.sync_api import expect

from e2e.conftest import SignIn
from e2e.page_checks import layout


def test_who_to_call_stands_on_the_first_page(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    contact = anna.get_by_role("region", name="Din kontaktperson")
    expect(contact).to_contain_text("Line Madsen")
    expect(contact.get_by_role("link", name="Ring")).to_have_attribute("href", "tel:+4570123461")
    expect(anna.get_by_role("heading", name="Dit næste møde")).to_be_visible()
    expect(anna.get_by_role("heading", name="Dit næste skridt")).to_be_visible()
    assert layout(anna) == []


def test_the_circle_says_who_else_helps(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    anna.get_by_role("link", name="Kontakt", exact=True).click()
    for name in ("Line Madsen", "Jonas Friis", "Sara Holm", "Thea Krogh", "Ali Demir"):
        expect(anna.get_by_text(name).first).to_be_visible()
    assert layout(anna) == []


def test_she_says_that_she_cannot_come(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    meeting = anna.locator(".card").filter(has=anna.get_by_role("heading", name="Dit næste møde"))
    meeting.get_by_role("button", name="Jeg kan ikke").click()
    expect(anna.get_by_text("Du har aflyst det.")).to_be_visible()


def test_one_who_is_just_invited_is_told_what_to_do_first(sign_in: SignIn) -> None:
    ny = sign_in("ny")
    ny.get_by_role("link", name="Læs om én plan").click()
    ny.get_by_role("button", name="Ja, jeg vil have én plan").click()
    ny.get_by_role("link", name="Plan", exact=True).click()
    expect(ny.get_by_role("link", name="Skriv").first).to_be_visible()
    assert layout(ny) == []
