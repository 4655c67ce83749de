"""A message that is written without a line lies on the phone, sealed, and is sent exactly once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import func, select

from app.demo.cast import person_id
from app.identity.offline_key import form_storage_key
from app.messages.models import Message
from e2e.conftest import SMALL
from e2e.offline.line import LossyLine, enter
from e2e.offline.test_words_kept import KEPT, NO_LINE
from e2e.page_checks import until
from e2e.serving import Server

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

WORDS = "Må jeg ringe til dig i morgen tidlig?"


@pytest.fixture
def lossy(server: Server) -> Iterator[LossyLine]:
    line = LossyLine(server.port)
    yield line
    line.close()


def sent(server: Server) -> int:
    with server.app.extensions["db"].reading() as session:
        return int(session.exec(select(func.count()).where(Message.words == WORDS)).one())


def send(page: Page) -> None:
    page.get_by_role("button", name="Send til Line").click()


def test_without_a_line_it_stays_and_is_sent_when_there_is_one(phone: BrowserContext, server: Server) -> None:
    page = enter(phone, "anna")
    page.goto("/beskeder")
    page.get_by_role("textbox").fill(WORDS)
    phone.set_offline(True)
    send(page)
    expect(page.get_by_role("status").get_by_text(NO_LINE)).to_be_visible()
    assert sent(server) == 0
    phone.set_offline(False)
    send(page)
    expect(page.get_by_role("status").get_by_text("Din besked er sendt.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=WORDS)).to_have_count(1)
    until(page, f"!({KEPT})")
    assert sent(server) == 1


def test_an_answer_that_is_lost_and_a_closed_tab_make_one_message(
    chromium: Browser, server: Server, lossy: LossyLine
) -> None:
    phone = chromium.new_context(base_url=f"http://localhost:{lossy.port}", viewport=SMALL, locale="da-DK")
    page = enter(phone, "anna")
    page.goto("/beskeder")
    page.get_by_role("textbox").fill(WORDS)
    lossy.loses = True
    send(page)
    expect(page.get_by_role("status").get_by_text(NO_LINE)).to_be_visible()
    page.close()
    lossy.loses = False
    page = phone.new_page()
    page.goto("/beskeder")
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    send(page)
    expect(page.get_by_role("status").get_by_text("Din besked er sendt.")).to_be_visible()
    until(page, f"!({KEPT})")
    assert sent(server) == 1
    phone.close()


def test_what_was_typed_in_an_older_form_for_something_else_comes_back_in_the_thread(
    phone: BrowserContext, server: Server
) -> None:
    """A form of the release before, played by that for a dream under the name which that one had."""
    secret = server.app.extensions["settings"].secret_key
    older = form_storage_key(secret, person_id("anna"), "andet")
    page = enter(phone, "anna")
    page.add_init_script(
        f"""document.addEventListener("readystatechange", () => {{
            const form = location.pathname === "/skriv" && document.querySelector("form[data-keep]");
            if (form) form.dataset.keep = "{older}";
        }}, {{ once: true }});"""
    )
    page.goto("/skriv?slags=droem")
    page.get_by_role("textbox").fill(WORDS)
    until(page, f"localStorage.getItem({older.split()[0]!r})")
    page.goto("/beskeder")
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    send(page)
    expect(page.get_by_role("status").get_by_text("Din besked er sendt.")).to_be_visible()
    until(page, f"!({KEPT})")
    assert sent(server) == 1
