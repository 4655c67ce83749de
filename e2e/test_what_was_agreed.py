"""Line writes down what was agreed, Bent adds his own words, and one tap takes the step into the plan."""

from playwright.sync_api import expect

from app.demo.cast import person_id
from app.demo.meeting_stories import meeting_id
from e2e.conftest import SignIn
from e2e.page_checks import layout

MEETING = meeting_id("bent-foer")
OF_BENT = f"/borgere/{person_id('bent')}"
WORDS = "Vi åbnede fem breve. Resten tager vi næste gang."
STEP = "Lægge de nye breve i kassen"
OWN = "Jeg vil helst have Thea med."


def test_what_was_agreed_becomes_a_step_in_the_plan(sign_in: SignIn) -> None:
    line = sign_in("line")
    line.goto(f"{OF_BENT}/kalender/{MEETING}")
    line.get_by_role("link", name="Skriv, hvad I aftalte").click()
    line.get_by_role("button", name="Del med Bent").click()
    expect(line.get_by_text("Der er problemer")).to_be_visible()
    line.get_by_label("Hvad talte I om?").fill(WORDS)
    first = line.get_by_role("group", name="Aftale 1")
    first.get_by_label("Hvad aftalte I?").fill(STEP)
    first.get_by_label("Hvem gør det?").select_option(str(person_id("bent")))
    assert layout(line) == []
    line.get_by_role("button", name="Del med Bent").click()
    expect(line.get_by_text("Line skrev det")).to_be_visible()

    bent = sign_in("bent")
    bent.goto(f"/kalender/{MEETING}")
    expect(bent.get_by_text("Du gør det.")).to_be_visible()
    bent.get_by_role("link", name="Skriv med dine egne ord").click()
    bent.get_by_role("textbox").fill(OWN)
    assert layout(bent) == []
    bent.get_by_role("button", name="Gem mine ord").click()
    expect(bent.get_by_text(OWN)).to_be_visible()
    assert layout(bent) == []

    line = sign_in("line")
    line.goto(f"{OF_BENT}/kalender/{MEETING}")
    expect(line.get_by_text(OWN)).to_be_visible()
    line.get_by_role("button", name="Tag skridtet med i planen").click()
    expect(line.get_by_text("Med i planen")).to_be_visible()

    bent = sign_in("bent")
    bent.get_by_role("link", name="Plan", exact=True).click()
    expect(bent.get_by_text(STEP, exact=True).first).to_be_visible()
