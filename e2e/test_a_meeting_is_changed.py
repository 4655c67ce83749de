"""Two change a meeting at once, one with another room: neither change is lost, and Karim is asked anew."""

from playwright.sync_api import Page, expect

from app.demo.cast import person_id
from app.demo.meeting_stories import meeting_id
from e2e.conftest import SignIn
from e2e.page_checks import layout

MEETING = meeting_id("karim-tolk")
OF_KARIM = f"/borgere/{person_id('karim')}/kalender/{MEETING}"
PURPOSE = "Snak om et køkken i Solbjerg"


def opened(page: Page) -> None:
    page.goto(OF_KARIM)
    with page.expect_navigation():
        page.get_by_role("link", name="Ret mødet").click()
    assert layout(page) == []


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Gem").click()
    assert layout(page) == []


def test_two_change_a_meeting_and_the_citizen_is_asked(sign_in: SignIn) -> None:
    line = sign_in("line")
    opened(line)
    purpose = line.get_by_label("Hvad skal I tale om?")
    purpose.fill("")
    save(line)
    expect(line.get_by_text("Der er problemer")).to_be_visible()
    purpose.fill("Møde om job i et køkken")
    line.locator("summary", has_text="Hvem må gerne komme?").click()
    line.get_by_role("group", name="Hvem må gerne komme?").get_by_label("Sara Holm").check()
    line.get_by_label("Hvilket sted?").select_option(label="Solbjerg Bibliotek, mødelokalet")
    stale = line.context.new_page()  # the same page as another sees it, before this one is saved
    opened(stale)
    save(line)
    expect(line.get_by_text("Solbjerg Bibliotek, Torvet 6, mødelokalet")).to_be_visible()
    expect(line.get_by_text("Tolk: Nadia Aziz (arabisk)")).to_be_visible()
    expect(line.get_by_role("heading", name="Karim har ikke svaret endnu")).to_be_visible()

    stale.get_by_label("Hvad skal I tale om?").fill(PURPOSE)
    save(stale)
    expect(stale.get_by_text("Det, du skrev, står her endnu.")).to_be_visible()
    expect(stale.get_by_label("Hvad skal I tale om?")).to_have_value(PURPOSE)
    save(stale)
    expect(stale.get_by_role("heading", name=PURPOSE)).to_be_visible()
    expect(stale.get_by_text("Solbjerg Bibliotek, Torvet 6, mødelokalet")).to_be_visible()
    expect(stale.get_by_text("Sara Holm")).to_be_visible()

    karim = sign_in("karim")
    karim.goto(f"/kalender/{MEETING}?sprog=da")
    expect(karim.get_by_role("heading", name="Kommer du?")).to_be_visible()
    karim.get_by_role("button", name="Jeg kommer").click()
    expect(karim.get_by_role("heading", name="Du kommer")).to_be_visible()
