"""The thread with the contact person, with and without JavaScript, at 320 px: no tap changes who reads it."""

import re

from playwright.sync_api import Page, expect

from app.demo.cast import person_id
from e2e.conftest import SignIn
from e2e.page_checks import layout

TOLD = "Min mor drikker. Hun må ikke vide, at jeg siger det."
PART = "Jeg har brug for et sted at læse lektier."
EMIL = f"/borgere/{person_id('emil')}"


def send(page: Page, words: str) -> None:
    """Send, and wait for the page that says so: htmx names the page one is on anew before it goes on."""
    page.get_by_role("textbox", name="Skriv en besked").fill(words)
    with page.expect_navigation(url=re.compile("nyt=")):
        page.get_by_role("button", name="Send til").click()


def test_somebody_not_yet_decided_asks_and_is_answered(sign_in: SignIn) -> None:
    nynne = sign_in("ny")
    nynne.get_by_role("link", name="Kontakt", exact=True).click()
    nynne.get_by_role("link", name="Skriv til Line").click()
    nynne.wait_for_url(re.compile("/beskeder"))
    assert layout(nynne) == []
    send(nynne, "Mister jeg min bolig, hvis jeg siger nej?")
    expect(nynne.get_by_text("Line svarer senest").first).to_be_visible()

    line = sign_in("line")
    line.get_by_role("link", name="Beskeder", exact=True).click()
    line.get_by_role("link", name="Nynne").click()
    line.wait_for_url(re.compile("/borgere/.*/beskeder"))
    assert layout(line) == []
    send(line, "Nej. Det ændrer ikke din bolig.")

    nynne = sign_in("ny")
    nynne.get_by_role("link", name="Line har skrevet til dig.").click()
    expect(nynne.get_by_text("Nej. Det ændrer ikke din bolig.")).to_be_visible()


def test_what_emil_tells_is_read_and_answered_and_goes_nowhere(sign_in: SignIn) -> None:
    emil = sign_in("emil")
    emil.goto("/beskeder#skriv")
    send(emil, TOLD)

    omar = sign_in("omar")
    omar.goto(f"{EMIL}/beskeder#nyeste")
    expect(omar.get_by_text(TOLD)).to_be_visible()
    send(omar, "Tak, fordi du siger det. Vi taler om det i morgen.")

    mette = sign_in("mette")
    for place in ("plan", "plan/historie", "kalender", "kontakt"):
        mette.goto(f"{EMIL}/{place}")
        expect(mette.get_by_role("heading", level=1)).to_be_visible()
        expect(mette.get_by_text(TOLD)).to_have_count(0)
    mette.goto(f"{EMIL}/beskeder")
    expect(mette.get_by_text(TOLD)).to_have_count(0)


def test_it_comes_into_the_plan_by_a_yes_to_a_part_and_never_by_a_no(sign_in: SignIn) -> None:
    emil = sign_in("emil")
    emil.goto("/beskeder#skriv")
    send(emil, f"{TOLD} {PART}")
    for said, tells in (
        ("Nej, det bliver mellem os", "Det bliver her."),
        ("Ja, det må stå i planen", "Du sagde ja."),
    ):
        omar = sign_in("omar")
        omar.goto(f"{EMIL}/beskeder")
        omar.get_by_text("Skal det med i planen?").last.click()
        with omar.expect_navigation():
            omar.get_by_role("button", name="Spørg Emil").last.click()
        emil = sign_in("emil")
        emil.goto("/beskeder#nyeste")
        emil.get_by_role("link", name="Svar ja eller nej").click()
        expect(emil.get_by_text("Mette (har forældremyndigheden)").first).to_be_visible()
        assert layout(emil) == []
        emil.get_by_role("textbox").fill(PART)
        with emil.expect_navigation():
            emil.get_by_role("button", name=said).click()
        expect(emil.get_by_text(tells).last).to_be_visible()

    mette = sign_in("mette")
    mette.goto(f"{EMIL}/plan?alle=1")
    expect(mette.get_by_text(PART).first).to_be_visible()
    expect(mette.get_by_text(TOLD)).to_have_count(0)


def test_the_talk_about_a_dream_is_answered_in_words_or_by_one_tap(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    anna.get_by_role("link", name="Plan", exact=True).click()
    anna.get_by_role("link", name="Læs svaret").first.click()
    anna.get_by_role("link", name="Svar Line").click()
    expect(anna.get_by_text("Din besked handler om en drøm.")).to_be_visible()
    send(anna, "Ja, jeg har tænkt på, hvem der passer den.")
    anna.go_back()
    with anna.expect_navigation():
        anna.get_by_role("button", name="Ring til mig, tak.").click()
    expect(anna.get_by_text("Ring til mig, tak.").first).to_be_visible()

    line = sign_in("line")
    line.goto(f"/borgere/{person_id('anna')}/beskeder")
    expect(line.get_by_role("link", name="Om en drøm")).to_have_count(2)
