"""How it goes: six taps at most, private until shown, read and never scored; with and without JavaScript."""

import re

from playwright.sync_api import Page, expect

from e2e.conftest import SignIn
from e2e.page_checks import layout
from e2e.test_the_words_reach_the_plan import find_in_queue

WORDS = "At jeg får ringet til min søster."
REPLY = "Det var godt at læse. Vi tager det op på mødet."


def answer(page: Page, topic: str, word: str, words: str = "") -> None:
    """Answer one topic, from any page on: five taps, and one more to show it."""
    page.get_by_role("link", name="Fremgang", exact=True).click()
    page.get_by_role("link", name="Svar nu").click()
    page.get_by_role("link", name=topic).click()
    expect(page.get_by_role("radio")).to_have_count(7)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    assert layout(page) == []
    page.get_by_role("radio", name=word, exact=True).check()
    if words:
        page.get_by_role("textbox").fill(words)
    page.get_by_role("button", name="Gem mit svar").click()


def test_anna_says_how_it_goes_shows_line_and_is_read(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    answer(anna, "Familie og venner", "Godt", WORDS)
    expect(anna.get_by_role("heading", name="Tak. Lige nu er det kun dig, der kan se det.")).to_be_visible()
    assert layout(anna) == []
    anna.get_by_role("button", name="Vis det til Line").click()
    expect(anna.get_by_role("status")).to_contain_text("Line kan se det nu.")

    line = sign_in("line")
    find_in_queue(line, WORDS)
    expect(line.get_by_text("Godt", exact=True)).to_be_visible()
    assert line.get_by_role("button", name=re.compile("Godkend")).count() == 0
    assert layout(line) == []
    line.get_by_text("Send en sætning med").click()
    line.get_by_role("textbox").fill(REPLY)
    line.get_by_role("button", name="Jeg har læst det").click()
    expect(line.get_by_role("status")).to_contain_text("Anna får at vide, at du har læst det.")

    anna = sign_in("anna")
    expect(anna.get_by_text("Line har læst dit svar på, hvordan det går.")).to_be_visible()
    anna.get_by_role("link", name="Fremgang", exact=True).click()
    anna.get_by_role("link", name=re.compile("^Godt ?: Familie og venner")).click()
    expect(anna.get_by_text(REPLY)).to_be_visible()
    assert layout(anna) == []


def test_what_she_keeps_to_herself_and_hides_again_line_never_finds(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    answer(anna, "Hverdagen derhjemme", "Rigtig svært", WORDS)
    expect(anna.get_by_role("heading", name="Sidst svarede du: Midt imellem.")).to_be_visible()
    anna.get_by_role("button", name="Gem det kun til mig").click()
    anna.get_by_role("link", name=re.compile("^Midt imellem ?: Hverdagen derhjemme")).click()
    anna.get_by_role("button", name="Skjul det igen").click()
    expect(anna.get_by_role("status")).to_contain_text("Kun du kan se det.")

    line = sign_in("line")
    line.get_by_role("link", name="Alle dine borgere").click()
    line.get_by_role("link", name="Anna Jensen", exact=True).click()
    line.get_by_role("navigation", name="Anna").get_by_role("link", name="Fremgang").click()
    expect(line.get_by_role("heading", name="Sådan går det: Anna")).to_be_visible()
    for hidden in (WORDS, "Rigtig svært", "Midt imellem"):
        assert line.get_by_text(hidden).count() == 0
    assert layout(line) == []


def test_she_skips_and_that_is_all_right(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    answer(anna, "Krop, sind og energi", "Spring over")
    expect(anna.get_by_text("Du sprang over")).to_be_visible()
    assert anna.get_by_role("button", name="Vis det til Line").count() == 0
    assert layout(anna) == []
