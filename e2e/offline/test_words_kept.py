"""What is typed survives a lost line, a closed tab and an expired sign-in, and is sent exactly once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import func, select, update

from app.entries.models import Entry, EntryVersion
from app.identity.models import LoginSession
from e2e.conftest import SMALL
from e2e.offline.line import LossyLine, enter
from e2e.page_checks import TALL, axe, layout, small_targets, until
from e2e.serving import Server
from tests.cast import NOW, People

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

FORM = "/skriv?slags=droem"
WORDS = "Jeg vil gerne lære at svømme til sommer."
STILL_HERE = "Det, du skrev, står her endnu."
NO_LINE = "Ingen forbindelse. Dine ord står her endnu. Prøv igen."
KEPT = "Object.values(localStorage).some((kept) => /^[0-9a-f]{32} /.test(kept))"
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shifts += one.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""
FULL = """
for (let size = 5_300_000; size; size = Math.floor(size / 2))
  try { localStorage[`x${size}`] = "x".repeat(size); } catch { }
"""
BLOCKED = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("", "SecurityError"); } });
"""


def type_words(page: Page, words: str = WORDS) -> None:
    """Write as a person does, and wait until the phone keeps all of it."""
    page.get_by_role("textbox").press_sequentially(words)
    until(page, f"Object.values(localStorage).some((kept) => kept.split(' ')[2]?.length === {sealed(words)})")


def sealed(words: str) -> int:
    """Return how long the words are on the phone: with the seal's 16 bytes, in base64."""
    size = len(words.encode()) + 16
    assert size % 3 == 1, "choose words whose last letter can be told from its length"
    return (size + 2) // 3 * 4


def keep_as_draft(page: Page) -> None:
    page.get_by_role("button", name="Gem som kladde").click()


def entries_of(server: Server, words: str = WORDS) -> int:
    """Return how many entries have these words, in any of their versions."""
    wanted = select(func.count()).select_from(EntryVersion).join(Entry).where(EntryVersion.words == words)
    with server.app.extensions["db"].reading() as session:
        return int(session.exec(wanted).one())


def test_a_closed_tab_loses_nothing(phone: BrowserContext, server: Server) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    page.close()
    page = phone.new_page()
    page.add_init_script(SHIFTS)
    page.goto(FORM)
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    expect(page.get_by_role("status").get_by_text(STILL_HERE)).to_be_visible()
    assert page.evaluate("shifts") == 0
    page.set_viewport_size(TALL)
    found = [one for one in axe(page) if STILL_HERE not in one]  # what lies over the page by intent
    assert found + layout(page) + small_targets(page) == []
    keep_as_draft(page)
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    until(page, f"!({KEPT})")
    assert entries_of(server) == 1


def test_a_lost_line_leaves_the_words_in_the_field_and_they_are_sent_once(
    phone: BrowserContext, server: Server
) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    server.stop()
    for _ in range(2):
        keep_as_draft(page)
        expect(page.get_by_role("status").get_by_text(NO_LINE)).to_be_visible()
        expect(page.get_by_role("textbox")).to_have_value(WORDS)
    server.start()
    keep_as_draft(page)
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    until(page, f"!({KEPT})")
    assert entries_of(server) == 1


@pytest.fixture
def lossy(server: Server) -> Iterator[LossyLine]:
    line = LossyLine(server.port)
    yield line
    line.close()


def test_a_lost_answer_and_a_closed_tab_make_one_entry(
    chromium: Browser, server: Server, lossy: LossyLine
) -> None:
    phone = chromium.new_context(base_url=f"http://localhost:{lossy.port}", viewport=SMALL, locale="da-DK")
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    lossy.loses = True
    keep_as_draft(page)
    expect(page.get_by_role("status").get_by_text(NO_LINE)).to_be_visible()
    assert (entries_of(server), lossy.lost >= 1) == (1, True)
    page.close()
    lossy.loses = False
    page = phone.new_page()
    page.goto(FORM)
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    keep_as_draft(page)
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    until(page, f"!({KEPT})")
    assert entries_of(server) == 1
    phone.close()


def test_after_a_time_out_the_words_are_given_back_twice_over(phone: BrowserContext, server: Server) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    with server.app.extensions["db"].writing() as session:
        session.exec(update(LoginSession).values(revoked_at=NOW))
    keep_as_draft(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Du er logget af")
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    page = enter(phone, "anna")
    page.goto(FORM)
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    keep_as_draft(page)
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    until(page, f"!({KEPT})")
    assert entries_of(server) == 1


def test_the_next_one_on_this_phone_can_neither_see_nor_read_them(phone: BrowserContext) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    page = enter(phone, "bent")
    page.goto(FORM)
    page.get_by_role("textbox").press_sequentially("Bents egne ord")
    until(page, "Object.keys(localStorage).length === 2")
    lying = page.evaluate("JSON.stringify(localStorage)")
    assert [word for word in ("svømme", "Bents", "anna", str(People().anna.id)) if word in lying] == []
    page = enter(phone, "anna")
    page.goto(FORM)
    expect(page.get_by_role("textbox")).to_have_value(WORDS)


def test_one_can_begin_again(phone: BrowserContext) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    page.get_by_role("button", name="Slet det, jeg skrev").click()
    expect(page.get_by_role("textbox")).to_have_value("")
    expect(page.get_by_role("textbox")).to_be_focused()
    until(page, f"!({KEPT})")


def test_a_change_to_an_old_text_is_kept_too(phone: BrowserContext) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    page.get_by_role("textbox").fill("Før")
    keep_as_draft(page)
    page.get_by_role("link", name="Ret kladden").click()
    page.get_by_role("textbox").fill("")
    type_words(page)
    there = page.url
    page.goto("/")
    page.goto(there)
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    page.get_by_role("button", name="Slet det, jeg skrev").click()
    expect(page.get_by_role("textbox")).to_have_value("Før")


def test_what_the_server_asks_about_stays_and_is_sent_once(phone: BrowserContext, server: Server) -> None:
    """Too long: the page says so with the words in the field. Shorter words are then one entry."""
    page = enter(phone, "anna")
    page.goto(FORM)
    page.get_by_role("textbox").fill("x" * 4_100)
    keep_as_draft(page)
    expect(page.get_by_text("Der er problemer")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("x" * 4_100)
    page.get_by_role("textbox").fill(WORDS)
    keep_as_draft(page)
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    until(page, f"!({KEPT})")
    assert entries_of(server) == 1


def test_log_off_warns_once_and_then_leaves_nothing(phone: BrowserContext) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    leave = page.get_by_role("contentinfo").get_by_role("button", name="Log af")
    leave.click()
    expect(page.get_by_text("Du har skrevet noget, der ikke er sendt.")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    leave.click()
    page.wait_for_url("**/log-ind")
    assert page.evaluate("localStorage.length") == 0


def test_back_after_sending_opens_an_empty_form_and_never_sends_again(
    phone: BrowserContext, server: Server
) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    keep_as_draft(page)
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("textbox")).to_have_value("")
    page.go_forward()
    expect(page.get_by_text(WORDS).first).to_be_visible()
    assert entries_of(server) == 1


@pytest.mark.parametrize("trouble", [FULL, BLOCKED], ids=["full", "blocked"])
def test_a_phone_that_can_keep_nothing_says_nothing_and_stops_nobody(
    phone: BrowserContext, server: Server, trouble: str
) -> None:
    broken: list[str] = []
    phone.on("weberror", lambda error: broken.append(str(error.error)))
    page = enter(phone, "anna")
    page.add_init_script(trouble)
    page.goto(FORM)
    page.get_by_role("textbox").press_sequentially(WORDS)
    expect(page.get_by_role("status")).to_be_empty()
    keep_as_draft(page)
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    assert entries_of(server) == 1
    assert broken == []
