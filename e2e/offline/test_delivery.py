"""An answer is delivered when our own server says so, once, in the sign-in it was given in."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlmodel import select

from app.booking.models import MeetingTask
from app.meetings.models import Meeting
from app.meetings.rules import Reply
from e2e.conftest import SMALL
from e2e.offline.line import LossyLine, enter
from e2e.offline.test_meetings_kept import (
    NOT_SENT,
    WAITS,
    answer_without_a_line,
    is_asked_and_says,
    next_meeting,
    reply_to,
)
from e2e.page_checks import TALL, axe, layout, small_targets, until
from e2e.serving import Server

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

GATEWAY = "<!doctype html><title>Wi-Fi</title><h1>Velkommen</h1>"
NO_LOCKS = """
Object.defineProperty(Navigator.prototype, "locks", { get() { throw new TypeError("there are none"); } });
"""
OPEN = "Vil du sende det nu?"
REPLIES = "**/svar"


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    return enter(phone, "anna")


def at_next_meeting(page: Page, server: Server) -> Meeting:
    with server.app.extensions["db"].reading() as session:
        meeting = next_meeting(session)
    page.goto(f"/kalender/{meeting.id}")
    return meeting


def says_yes(page: Page) -> None:
    page.get_by_role("button", name="Ja, ring til mig").click()


def waits_here(page: Page) -> None:
    expect(page.get_by_role("status").get_by_text(WAITS)).to_be_visible()
    assert page.evaluate("localStorage.length") == 1


def is_delivered(page: Page, server: Server, meeting: Meeting) -> None:
    expect(page.get_by_role("status").get_by_text("Tak. Mødet i dag kl. 10.30 er aftalt.")).to_be_visible()
    assert reply_to(server, meeting) is Reply.COMING
    until(page, "localStorage.length === 0")


def test_a_gateways_page_is_no_delivery(page: Page, server: Server) -> None:
    """Status 200, and a page: to the tap itself, and to the phone that sends it again."""
    meeting = at_next_meeting(page, server)
    asked: list[str] = []

    def welcome(route: Route) -> None:
        asked.append(route.request.headers.get("outbox", "a tap"))
        route.fulfill(status=200, content_type="text/html", body=GATEWAY)

    page.route(REPLIES, welcome)
    says_yes(page)
    waits_here(page)
    expect(page.get_by_role("heading", name=NOT_SENT)).to_be_visible()
    with page.expect_response(REPLIES):
        page.goto("/")
    assert (page.evaluate("localStorage.length"), len(asked)) == (1, 2)
    expect(page.get_by_role("status")).not_to_contain_text("sendt")
    assert reply_to(server, meeting) is None
    page.unroute(REPLIES)
    page.goto("/")
    is_delivered(page, server, meeting)


@pytest.fixture
def lossy(server: Server) -> Iterator[LossyLine]:
    line = LossyLine(server.port)
    yield line
    line.close()


def test_a_lost_answer_and_a_closed_tab_ask_once(chromium: Browser, server: Server, lossy: LossyLine) -> None:
    """The site has it, the phone doesn't know; when it is sent again, what was asked for is long done."""
    phone = chromium.new_context(base_url=f"http://localhost:{lossy.port}", viewport=SMALL, locale="da-DK")
    page = enter(phone, "anna")
    meeting = at_next_meeting(page, server)
    lossy.loses = True
    page.get_by_role("button", name=re.compile("^En anden tid")).click()
    waits_here(page)
    page.close()
    assert reply_to(server, meeting) is Reply.OTHER_TIME
    with server.app.extensions["db"].writing() as session:
        for task in session.exec(select(MeetingTask).where(MeetingTask.meeting_id == meeting.id)):
            session.delete(task)
    lossy.loses = False
    page = phone.new_page()
    page.goto("/plan")
    until(page, "localStorage.length === 0")
    with server.app.extensions["db"].reading() as session:
        assert session.exec(select(MeetingTask).where(MeetingTask.meeting_id == meeting.id)).all() == []
    phone.close()


def test_a_tab_that_is_closed_before_the_answer_comes_has_kept_it(page: Page, server: Server) -> None:
    meeting = at_next_meeting(page, server)
    page.route(REPLIES, lambda _route: None)  # neither an answer nor an end
    with page.expect_request(REPLIES):
        says_yes(page)
    phone = page.context
    phone.set_offline(True)  # or the request that is held would be let go to the server as the tab closes
    page.close()
    phone.set_offline(False)
    page = phone.new_page()
    page.goto("/")
    # Where a closing tab lets its request go all the same, the page has the answer and tells no delivery.
    told = page.get_by_role("status").get_by_text("Tak. Mødet i dag kl. 10.30 er aftalt.")
    expect(told.or_(page.get_by_role("heading", name=re.compile("Du har sagt ja"))).first).to_be_visible()
    assert reply_to(server, meeting) is Reply.COMING
    until(page, "localStorage.length === 0")


def test_neither_missing_locks_nor_a_line_that_is_silent_stop_the_next_try(
    page: Page, server: Server
) -> None:
    meeting = answer_without_a_line(page, server)
    page.clock.install()
    page.add_init_script(NO_LOCKS)
    tries: list[Route] = []
    page.route(REPLIES, lambda route: tries.append(route) if not tries else route.continue_())
    with page.expect_request(REPLIES):
        page.goto("/")
    page.clock.run_for(29_000)
    assert (len(tries), page.evaluate("localStorage.length")) == (1, 1)
    with page.expect_response(REPLIES):
        page.clock.run_for(2_000)
        until(page, "true")
        page.clock.run_for(21_000)
    is_delivered(page, server, meeting)


def test_the_last_answer_to_a_meeting_holds(page: Page, server: Server) -> None:
    """A time is chosen, and then she can't after all: two forms, and one of them is sent."""
    meeting = at_next_meeting(page, server)
    page.get_by_role("button", name=re.compile("^En anden tid")).click()
    time = page.locator("form[action$='/tid'] button").first
    expect(time).to_be_visible()
    server.stop()
    time.click()
    waits_here(page)
    page.get_by_text("Ændr dit svar").click()
    page.get_by_role("button", name="Jeg kan ikke").click()
    expect(page.get_by_role("heading", name="Jeg kan ikke")).to_be_visible()
    waits_here(page)
    server.start()
    page.goto("/")
    until(page, "localStorage.length === 0")
    assert reply_to(server, meeting) is Reply.CANNOT
    with server.app.extensions["db"].reading() as session:
        assert session.get_one(Meeting, meeting.id).starts_at == meeting.starts_at


def test_what_is_done_is_told_as_done_though_the_page_behind_it_fails(page: Page, server: Server) -> None:
    answer_without_a_line(page, server)

    def fail(route: Route) -> None:
        key = parse_qs(route.request.post_data)["key"][0]
        ours = {"Enplan": "1", "Outbox": f"{key} done"}  # its cookie is gone: another tab has let go of it
        route.fulfill(status=503, content_type="text/html", headers=ours, body="<h1>Vi kan ikke lige nu</h1>")

    page.route(REPLIES, fail)
    page.goto("/")
    expect(page.get_by_role("status").get_by_text("Dit svar er sendt.")).to_be_visible()
    until(page, "localStorage.length === 0")


def test_no_means_that_it_is_never_sent_and_later_that_it_is_asked_again(page: Page, server: Server) -> None:
    meeting = answer_without_a_line(page, server)
    page.context.clear_cookies()
    page = enter(page.context, "anna")
    asked = page.get_by_role("dialog", name=OPEN)
    expect(asked).to_be_visible()
    expect(asked.get_by_text("Ja, ring til mig", exact=True)).to_be_visible()  # what it is that would be sent
    page.set_viewport_size(TALL)
    assert axe(page) + layout(page) + small_targets(page) == []
    page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    assert page.evaluate("localStorage.length") == 1
    page.goto("/plan")
    is_asked_and_says(page, "Nej, slet det")
    until(page, "localStorage.length === 0")
    page.goto("/")
    assert reply_to(server, meeting) is None


def test_a_page_that_another_has_signed_in_behind_sends_and_tells_nothing(page: Page, server: Server) -> None:
    """Anna's tab is open still, with her answer; in another tab Bent has come."""
    meeting = at_next_meeting(page, server)
    server.stop()
    says_yes(page)
    waits_here(page)
    page.context.route(REPLIES, lambda route: route.abort())  # or his first page still sends it, for her
    server.start()
    bents = enter(page.context, "bent")
    page.context.unroute(REPLIES)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(bents.get_by_role("dialog", name=OPEN)).to_be_hidden()
    server.stop()
    bents.goto("/plan")
    expect(bents.get_by_role("heading", level=1)).to_have_text("Der er ikke internet lige nu")
    expect(bents.get_by_text("ligger på telefonen")).to_have_count(0)
    server.start()
    assert (reply_to(server, meeting), page.evaluate("localStorage.length")) == (None, 1)
    as_bent = "document.cookie.match(/inde=([^;]+)/)[1]"
    page.evaluate(f"""
        const [[name, kept]] = Object.entries(localStorage);
        localStorage.setItem(name, kept.replace(/"by":"[^"]*"/, `"by":"${{{as_bent}}}"`));
    """)  # as if the cookie had changed between the look at it and the sending
    with page.expect_response(REPLIES) as answered:
        page.evaluate("dispatchEvent(new Event('online'))")
    assert answered.value.status == 401
    assert (reply_to(server, meeting), page.evaluate("localStorage.length")) == (None, 1)


def test_what_the_release_before_let_wait_is_asked_about(page: Page, server: Server) -> None:
    meeting = at_next_meeting(page, server)
    page.evaluate(f"""
        const {{ owner }} = document.querySelector("[data-owner]").dataset;
        const waits = ["reply=coming&seen=", "mandag den 2. marts kl. 10.30"];
        localStorage.setItem(`${{owner}}svar`, JSON.stringify({{ "/kalender/{meeting.id}/svar": waits }}));
    """)
    page.goto("/")
    asked = page.get_by_role("dialog", name=OPEN)
    expect(asked.get_by_text("mandag den 2. marts kl. 10.30 ligger på telefonen.")).to_be_visible()
    asked.get_by_role("button", name="Ja, send det").click()
    is_delivered(page, server, meeting)
