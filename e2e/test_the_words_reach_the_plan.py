"""The way of a citizen's words: written, shared, answered, seen; with and without JavaScript, at 320 px."""

import re

from playwright.sync_api import Page, expect

from e2e.conftest import SignIn
from e2e.page_checks import layout, paper

DREAM = "Jeg vil gerne ud at sejle med min søn til sommer."


def write(page: Page, kind: str, words: str, press: str) -> None:
    """Write something new, from the front page on."""
    page.get_by_role("link", name="Plan", exact=True).click()
    page.get_by_role("link", name="Skriv noget nyt").click()
    page.get_by_role("link", name=kind).click()
    page.get_by_role("textbox").fill(words)
    with page.expect_navigation():  # somebody else looks for the words next
        page.get_by_role("button", name=press).click()


def find_in_queue(page: Page, words: str) -> None:
    """Go on in the queue until these words stand there."""
    with page.expect_navigation():
        page.get_by_role("link", name="Godkend", exact=True).click()
    for _ in range(12):
        if page.locator(".entry").get_by_text(words).count():
            return
        with page.expect_navigation():  # else the words are looked for on a page that is half gone
            page.get_by_role("link", name="Næste", exact=True).first.click()
    raise AssertionError("the words are not in the queue")


def test_anna_writes_a_dream_and_line_takes_it_into_the_plan(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    write(anna, "En drøm", DREAM, "Del med Line")
    expect(anna.get_by_text(DREAM, exact=True)).to_be_visible()
    assert layout(anna) == []
    anna.get_by_role("link", name="Plan", exact=True).click()
    folded = anna.locator(".dream summary")
    expect(folded).to_contain_text("Dit forslag")
    folded.click()
    expect(anna.get_by_text("Dit forslag. Line svarer senest mandag den 9. marts.").first).to_be_visible()

    line = sign_in("line")
    find_in_queue(line, DREAM)
    assert layout(line) == []
    line.get_by_role("button", name="Godkend – tag med i planen").click()
    expect(line.get_by_role("status")).to_contain_text("med i planen")

    anna = sign_in("anna")
    expect(anna.get_by_role("region", name="Nyt til dig")).to_contain_text("Line tog")
    anna.get_by_role("link", name="Plan", exact=True).click()
    anna.get_by_text(re.compile(r"^Se \d drømme mere")).click()
    expect(anna.get_by_text(DREAM, exact=True)).to_be_visible()
    dream = anna.locator(".dream li").filter(has=anna.get_by_text(DREAM, exact=True))
    expect(dream.get_by_text("Skrevet af dig")).to_be_visible()
    expect(dream.get_by_text("svarer senest")).to_have_count(0)
    anna.reload()  # all that was opened lies folded again
    assert paper(anna, most=4) == []


def test_line_wants_to_talk_and_anna_shares_again(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    write(anna, "Et mål", "Jeg vil løbe en tur hver morgen.", "Del med Line")

    line = sign_in("line")
    find_in_queue(line, "Jeg vil løbe en tur hver morgen.")
    line.get_by_text("Lad os tale om det først").click()
    line.get_by_role("button", name="Lad os tale om det").click()
    expect(line.get_by_text("Der er problemer")).to_be_visible()
    line.get_by_role("textbox").fill("Det lyder godt. Skal vi tale om dit knæ først?")
    line.get_by_role("button", name="Lad os tale om det").click()
    expect(line.get_by_role("status")).not_to_be_empty()

    anna = sign_in("anna")
    anna.get_by_role("link", name="Plan", exact=True).click()
    row = anna.locator("summary").filter(has_text="Jeg vil løbe en tur")
    expect(row).to_contain_text("Line vil tale med dig om det")
    row.click()
    expect(anna.get_by_text("Skal vi tale om dit knæ først?")).to_be_visible()
    anna.get_by_role("link", name=re.compile("Ret det, og del igen.*løbe")).click()
    anna.get_by_role("link", name="Ret det, du skrev").click()
    anna.get_by_role("textbox").fill("Jeg vil gå en tur hver morgen.")
    anna.get_by_role("button", name="Del").first.click()
    expect(anna.get_by_text("Jeg vil gå en tur hver morgen.", exact=True).first).to_be_visible()

    line = sign_in("line")
    find_in_queue(line, "Jeg vil gå en tur hver morgen.")
