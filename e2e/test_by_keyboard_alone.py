"""A demo person's whole path without a mouse, a finger or a glance at where the pointer is."""

from playwright.sync_api import Page, expect

from e2e.conftest import SignIn

DREAM = "Jeg vil synge i kor igen."
MOST_STOPS = 80


def go_to(page: Page, name: str) -> None:
    """Press Tab until the control with this name has focus; it must be seen, not hidden under a bar."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        assert focused is not None
        label = focused.evaluate("e => (e.labels?.[0]?.textContent || e.textContent || '').trim()")
        if name in label:
            # The page may still be on its way there: where it comes to rest, it is seen.
            page.wait_for_function(
                """e => { const r = e.getBoundingClientRect();
                const top = document.elementFromPoint(r.x + r.width / 2, r.y + Math.min(r.height / 2, 12));
                return e === top || e.contains(top) || (top && top.contains(e)); }""",
                arg=focused,
            )
            return
    raise AssertionError(f"no way to {name} by Tab")


def press(page: Page, name: str) -> None:
    go_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, words: str) -> None:
    """Type as fast as the engine can take it, and let the field come to rest before the next key.

    Firefox brings the caret into sight a frame later: a Tab within that frame is scrolled back from.
    """
    page.keyboard.type(words)
    page.locator(":focus").click(trial=True)  # nothing is clicked: it is the same for two frames


def test_from_the_first_page_to_the_plan_and_back(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    anna.keyboard.press("Tab")
    expect(anna.locator(":focus")).to_have_text("Gå til sidens indhold")

    press(anna, "Plan")
    press(anna, "Skriv noget nyt")
    press(anna, "En drøm")
    go_to(anna, "Hvad drømmer du om?")
    write(anna, DREAM)
    press(anna, "Del med Line")
    expect(anna.get_by_text(DREAM, exact=True)).to_be_visible()
    press(anna, "Log af")

    line = sign_in("line")
    press(line, "Godkend")
    for _ in range(12):
        if line.locator(".entry").get_by_text(DREAM).count():
            break
        press(line, "Næste")
    press(line, "Godkend – tag med i planen")
    expect(line.get_by_role("status")).to_contain_text("med i planen")
