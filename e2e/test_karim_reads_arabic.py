"""Karim's pages in Arabic: from right to left, whole, readable, and Danish is one tap away."""

from playwright.sync_api import Page, expect

from e2e.conftest import SMALL, SignIn
from e2e.page_checks import layout, small_targets
from tests.language.foreign import danish_left

PLACES = ("/", "/plan", "/plan/historie", "/kalender", "/kontakt", "/skriv", "/skriv?slags=droem")
ALSO = ("/samtykke", "/indstillinger", "/tilgaengelighed", "/privatliv", "/findes-ikke")
OWN = "blockquote, [data-hx-disable], [lang=da]"  # what people wrote, and what says itself that it is Danish


def blocks(page: Page) -> list[str]:
    """Return the lines one reads, without what people wrote themselves."""
    page.locator(OWN).evaluate_all("all => all.forEach((one) => one.remove())")
    lines = page.locator("body").inner_text().splitlines()
    return [" ".join(line.split()) for line in lines if line.strip()]


def test_every_page_is_in_arabic_and_nothing_is_cut_off(sign_in: SignIn) -> None:
    karim = sign_in("karim")
    karim.set_viewport_size({"width": SMALL["width"], "height": 3000})  # nothing lies under the bar of places
    for address in (*PLACES, *ALSO):
        karim.goto(address)
        html = karim.locator("html")
        expect(html).to_have_attribute("lang", "ar")
        expect(html).to_have_attribute("dir", "rtl")
        found = layout(karim) + small_targets(karim)
        assert (address, found, danish_left(blocks(karim), "ar")) == (address, [], [])


def test_a_time_and_a_number_keep_their_order(sign_in: SignIn) -> None:
    karim = sign_in("karim")
    karim.goto("/kontakt")
    number = karim.get_by_role("link", name="70 12 34 61").or_(karim.get_by_text("70 12 34 61")).first
    drawn = number.evaluate(
        """(e) => {
          const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
          let text = walk.nextNode();
          while (!text.data.includes("70 12")) text = walk.nextNode();
          const at = text.data.indexOf("70 12");
          const left = (i) => { const r = document.createRange(); r.setStart(text, at + i);
            r.setEnd(text, at + i + 1); return r.getBoundingClientRect().x; };
          return [0, 3, 6, 9].map(left);
        }"""
    )
    assert drawn == sorted(drawn)


def test_danish_is_one_tap_away_and_so_is_the_way_back(sign_in: SignIn) -> None:
    karim = sign_in("karim")
    karim.goto("/plan")
    karim.get_by_role("banner").get_by_role("link", name="Dansk", exact=True).click()
    expect(karim.get_by_role("heading", level=1)).to_have_text("Din plan")
    expect(karim.locator("html")).to_have_attribute("dir", "ltr")
    karim.goto("/kalender")  # the choice stays
    expect(karim.get_by_role("heading", level=1)).to_have_text("Dine møder")
    karim.get_by_role("contentinfo").get_by_role("link", name="العربية").click()
    expect(karim.locator("html")).to_have_attribute("lang", "ar")
