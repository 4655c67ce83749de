"""Thea proposes, Bent asks for another time, Line finds one, Bent says yes; then it is called off, twice."""

import re

from playwright.sync_api import Page, expect

from app.demo.cast import person_id
from e2e.conftest import SignIn
from e2e.page_checks import layout

OF_BENT = f"/borgere/{person_id('bent')}"
PURPOSE = "En tur i haven"
REASON = "Thea er syg i dag."


def tick_three_times(page: Page) -> None:
    for number in range(3):
        page.get_by_role("group", name="Hvilke tider").get_by_role("checkbox").nth(number).check()


def call_off(page: Page) -> None:
    page.get_by_role("link", name="Aflys mødet").click()
    page.get_by_label("Hvorfor bliver mødet aflyst?").fill(REASON)
    page.get_by_role("button", name="Aflys mødet").click()
    expect(page.get_by_role("button", name="Fortryd aflysningen")).to_be_visible()


def proposed(thea: Page) -> str:
    """Let Thea send Bent three times, and return the meeting's id."""
    thea.goto(f"{OF_BENT}/kalender")
    thea.get_by_role("link", name="Foreslå et møde").click()
    thea.get_by_role("button", name="Find tider").click()
    expect(thea.get_by_text("Der er problemer")).to_be_visible()
    thea.get_by_label("Hvad skal I tale om?").fill(PURPOSE)
    thea.get_by_label("Hvorfor?").fill("Vi aftaler, hvad der skal klippes.")
    thea.get_by_label("På telefon").check()
    assert layout(thea) == []
    thea.get_by_role("button", name="Find tider").click()
    tick_three_times(thea)
    assert layout(thea) == []
    thea.get_by_role("button", name="Send til Bent").click()
    expect(thea.get_by_text("Bent kan svare til og med torsdag den 5. marts.")).to_be_visible()
    assert layout(thea) == []
    with thea.expect_navigation():
        thea.get_by_role("link", name="Se mødet").click()
    return thea.url.rpartition("/")[2]


def test_a_meeting_is_talked_about(sign_in: SignIn) -> None:
    meeting = proposed(sign_in("thea"))

    bent = sign_in("bent")
    bent.goto(f"/kalender/{meeting}")
    bent.get_by_role("button", name=re.compile("^En anden tid")).click()
    expect(bent.get_by_text("Line finder en anden tid senest onsdag den 4. marts")).to_be_visible()
    expect(bent.get_by_text("ingen tider at vælge")).to_be_hidden()  # those that were offered still are

    line = sign_in("line")
    line.goto("/borgere")
    line.get_by_role("link", name="skal klares").click()
    expect(line.get_by_text("Bent vil gerne have en anden tid")).to_be_visible()
    assert layout(line) == []
    line.get_by_role("link", name=f"Bent Aagaard: {PURPOSE}").click()
    tick_three_times(line)
    assert layout(line) == []
    line.get_by_role("button", name="Send", exact=True).click()
    expect(line.get_by_role("heading", name="Bent har ikke svaret endnu")).to_be_visible()
    assert layout(line) == []

    bent = sign_in("bent")
    bent.goto(f"/kalender/{meeting}")
    bent.get_by_role("button", name="Ja tak").first.click()
    expect(bent.get_by_role("heading", name="Du har sagt ja")).to_be_visible()

    thea = sign_in("thea")
    thea.goto(f"{OF_BENT}/kalender/{meeting}")
    call_off(thea)
    thea.get_by_role("button", name="Fortryd aflysningen").click()
    expect(thea.get_by_role("heading", name="Bent har sagt ja til opkaldet")).to_be_visible()
    call_off(thea)
    bent = sign_in("bent")
    bent.goto(f"/kalender/{meeting}")
    expect(bent.get_by_text(REASON)).to_be_visible()
