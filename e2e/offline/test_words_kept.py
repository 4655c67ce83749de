"""What is typed survives a lost line, a closed tab and an expired sign-in, and is sent exactly once."""

from base64 import b64decode
from collections.abc import Iterator
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlmodel import func, select, update

from app.entries.models import Entry, EntryVersion
from app.entries.service.authoring import revise_entry
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
NO_LINE = "Der er ikke internet. Dine ord står her endnu. Prøv igen."
KEPT = "Object.values(localStorage).some((kept) => /^[0-9a-f]{32} /.test(kept))"
PASTE_AND_LEAVE = """
([words, away]) => {
  document.querySelector("textarea").focus();
  document.execCommand("insertText", false, words);
  if (away) location.href = away;
  return Object.keys(localStorage).length;
}
"""
SEAL_AS_BEFORE = """
async (words) => {
  const form = document.querySelector("[data-keep]");
  const [name, secret] = form.dataset.keep.split(" ");
  const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const raw = Uint8Array.from(atob(secret), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(words));
  localStorage.setItem(name, [form.elements.key.value, text(iv), text(sealed)].join(" "));
}
"""
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shifts += one.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""
SEAL_AND_OPEN = """
async ([module, key, texts]) => {
  const { open, seal } = await import(module);
  const secret = Uint8Array.from(key);
  const sealed = texts.map((words) => seal(secret, words));
  const [nonce, body, tag] = sealed[2].split(" ");
  const other = (text) => (text[0] === "A" ? "B" : "A") + text.slice(1);
  const wrong = [[other(nonce), body, tag], [nonce, other(body), tag], [nonce, body, `1${tag}`]];
  return [sealed, [...sealed.map((box) => box.split(" ")), ...wrong].map((box) => open(secret, ...box))];
}
"""
GATEWAY = "<!doctype html><title>Wi-Fi</title><h1>Velkommen på nettet</h1>"
FULL = """
for (let size = 5_300_000; size; size = Math.floor(size / 2))
  try { localStorage[`x${size}`] = "x".repeat(size); } catch { }
"""
BLOCKED = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("", "SecurityError"); } });
"""


def type_words(page: Page, words: str = WORDS) -> None:
    """Write as a person does: what has been typed is on the phone."""
    page.get_by_role("textbox").press_sequentially(words)


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


def test_what_is_pasted_is_kept_before_anything_else_can_happen(phone: BrowserContext) -> None:
    """The stroke, the store and the tap that leaves are one turn of the browser: nothing can come between."""
    page = enter(phone, "anna")
    page.goto(FORM)
    page.get_by_role("textbox").press_sequentially("x")
    until(page, KEPT)
    page.get_by_role("textbox").press("Backspace")
    until(page, f"!({KEPT})")
    with page.expect_navigation():
        assert page.evaluate(PASTE_AND_LEAVE, [WORDS, "/plan"]) == 1
    page.goto(FORM)
    expect(page.get_by_role("textbox")).to_have_value(WORDS)


def test_what_the_release_before_sealed_is_put_back(phone: BrowserContext) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    page.evaluate(SEAL_AS_BEFORE, WORDS)
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    page.get_by_role("textbox").press_sequentially("!")
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value(f"{WORDS}!")


def test_older_words_on_the_phone_and_newer_ones_on_the_site_are_both_shown(
    phone: BrowserContext, server: Server
) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    page.get_by_role("textbox").fill("Før")
    keep_as_draft(page)
    page.get_by_role("link", name="Ret kladden").click()
    page.get_by_role("textbox").fill(WORDS)
    until(page, KEPT)
    there = page.url
    page.goto("/")
    with server.app.extensions["db"].writing() as session:
        anna = People().anna.id
        revise_entry(session, anna, UUID(there.split("/")[-2]), "Skrevet på en anden", by=anna, now=NOW)
    for _ in range(2):  # asked again until it is settled
        page.goto(there)
        expect(page.get_by_role("textbox")).to_have_value(WORDS)
        expect(page.get_by_text("Teksten er ændret et andet sted imens.")).to_be_visible()
        expect(page.locator("[data-newer]").get_by_text("Skrevet på en anden")).to_be_visible()
        page.get_by_role("textbox").press_sequentially(" ")
        page.get_by_role("textbox").press("Backspace")
    page.get_by_role("button", name="Slet det, jeg skrev").click()
    expect(page.get_by_role("textbox")).to_have_value("Skrevet på en anden")
    expect(page.get_by_text("Teksten er ændret et andet sted imens.")).to_be_hidden()
    until(page, f"!({KEPT})")


def test_what_is_typed_while_the_form_is_on_its_way_is_no_part_of_it_and_stays(
    phone: BrowserContext, server: Server
) -> None:
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        on_its_way.append(route)

    page.route("**/skriv", hold)
    with page.expect_request("**/skriv"):
        keep_as_draft(page)
    type_words(page, " Og mere.")
    on_its_way[0].continue_()
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    page.goto(FORM)
    expect(page.get_by_role("textbox")).to_have_value(f"{WORDS} Og mere.")
    assert entries_of(server) == 1


def test_a_gateways_page_takes_no_words(phone: BrowserContext, server: Server) -> None:
    """Status 200 and a page: not ours, so nothing is swapped, and nothing is said to be kept."""
    page = enter(phone, "anna")
    page.goto(FORM)
    type_words(page)
    page.route("**/skriv", lambda route: route.fulfill(status=200, content_type="text/html", body=GATEWAY))
    keep_as_draft(page)
    expect(page.get_by_role("status").get_by_text(NO_LINE)).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    assert page.evaluate(KEPT)
    page.unroute("**/skriv")
    keep_as_draft(page)
    expect(page.get_by_text("Din kladde er gemt.")).to_be_visible()
    until(page, f"!({KEPT})")
    assert entries_of(server) == 1


def test_the_seal_is_the_standards_own_and_opens_only_as_it_was_sealed(
    phone: BrowserContext, server: Server
) -> None:
    page = enter(phone, "anna")
    module = server.app.extensions["assets"].url("js/enhance/chacha.js")
    key, texts = bytes(range(7, 39)), ["", "a", *(WORDS * n for n in (1, 2, 9)), "å" * 2_000]
    sealed, opened = page.evaluate(SEAL_AND_OPEN, [module, list(key), texts])
    for words, box in zip(texts, sealed, strict=True):
        nonce, body, tag = box.split(" ")
        bare = b64decode(body) + int(tag, 36).to_bytes(16, "little")
        assert ChaCha20Poly1305(key).decrypt(b64decode(nonce), bare, None).decode() == words
    assert opened == [*texts, None, None, None]
    assert len({box.split(" ")[0] for box in sealed}) == len(texts)


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
    expect(page.get_by_role("textbox", name="Hvad drømmer du om?")).to_have_value(WORDS)
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
    page.wait_for_url("**/log-af")
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
